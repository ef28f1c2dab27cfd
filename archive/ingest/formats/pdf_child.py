"""The text of a PDF, in a process of its own: bytes on its input, JSON on its output.

Run by path, with nothing of Morgue's: a hostile file can cost this process its
life, and nothing else.
"""

import io
import json
import resource
import sys

import pypdf

SECONDS, MEMORY, PAGES = (int(argument) for argument in sys.argv[1:4])


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    # Not every system knows this bound; the time is bounded everywhere.
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _answer(data: bytes) -> dict[str, object]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        return {"error": "is locked with a password"}
    if len(reader.pages) > PAGES:
        return {"error": f"has more than {PAGES} pages"}
    pages = [page.extract_text() for page in reader.pages]
    title = reader.metadata.title if reader.metadata else None
    return {"title": title or "", "pages": pages}


if __name__ == "__main__":
    _bounded()
    try:
        answer = _answer(sys.stdin.buffer.read())
    except MemoryError:
        answer = {"error": "needs too much memory to read"}
    except Exception as error:
        answer = {"error": f"is not a readable PDF ({type(error).__name__})"}
    sys.stdout.write(json.dumps(answer))
