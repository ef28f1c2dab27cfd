"""A process that has everything loaded, and forks one of its kind for each run under faults.

`python -m tests.torture.warm`, started by `tests.torture.faults` with the shim preloaded: it
reads a request a line (JSON), and answers each with how the run ended.
"""

import ctypes
import json
import os
import sys
import tempfile
import traceback
from io import BytesIO
from pathlib import Path
from typing import Any

from archive.errors import MorgueError
from archive.store import FILE, Store
from tests.command_line import run_morgue
from tests.web.conftest import client_of, csrf_in

_SHIM = ctypes.CDLL(None)
_SHIM.faults_counted.restype = ctypes.c_long


def main() -> None:
    """Answer requests until there are no more."""
    with tempfile.TemporaryDirectory() as folder:
        _load(Path(folder))
    _answer("ready")
    for line in sys.stdin:
        _answer(_run(json.loads(line)))


def _answer(said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _load(folder: Path) -> None:
    """Do once all that a run may do, so that what it needs is loaded and remembered."""
    (folder / "in").mkdir()
    # Long enough for its language to be asked for.
    text = "The council of the harbour town met on Tuesday evening about the ferry. " * 9
    (folder / "in" / "2026-03-01-ferry.txt").write_text(f"Ferry\n\n{text}\n")
    for step in (
        ["add", str(folder / "in")],
        ["update", "--merge", "--json"],
        ["reindex"],
        ["verify"],
        ["search", "ferry"],
    ):
        assert run_morgue(*step, site=folder / "site").returncode == 0
    assert _upload(folder / "site", "2026-03-02-quay.txt", f"Quay\n\n{text[9:]}\n")["code"] == 0


def _run(request: dict[str, Any]) -> dict[str, Any]:
    """Fork, take the steps of *request* under its fault, and say what came of them."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _take_steps(request, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = [json.loads(line) for line in pipe.read().splitlines()]
    _, status = os.waitpid(child, 0)
    counted = said.pop()["counted"] if said and "counted" in said[-1] else None
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "counted": counted,
        "steps": said,
    }


def _take_steps(request: dict[str, Any], pipe: int) -> None:
    notes = -1
    if request["notes"]:
        notes = os.open(request["notes"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    site = Path(request["site"])
    action, at, error = request["fault"]
    _SHIM.faults_arm(
        os.fsencode(request["root"]),
        ctypes.c_int(action),
        ctypes.c_long(at),
        ctypes.c_int(error),
        ctypes.c_int(notes),
    )
    for name, *arguments in request["steps"]:
        try:
            said = _step(site, name, arguments)
        except MorgueError as error:
            said = {"code": error.exit_code, "stdout": "", "stderr": f"morgue: {error}"}
        except BaseException:
            said = {"code": -1, "stdout": "", "stderr": traceback.format_exc()}
        line = json.dumps({"step": [name, *arguments], **said})
        os.write(pipe, line.encode() + b"\n")
        _SHIM.faults_mark(line.encode())
    line = json.dumps({"counted": _SHIM.faults_counted()})
    os.write(pipe, line.encode() + b"\n")


def _step(site: Path, name: str, arguments: list[str]) -> dict[str, Any]:
    """Take one step: a command, an upload, or a file that comes to lie in a folder."""
    if name == "mend":
        _SHIM.faults_disarm()
        return {"code": 0, "stdout": "", "stderr": ""}
    if name == "write":
        path, text = arguments
        Path(path).write_text(text, encoding="utf-8")
        return {"code": 0, "stdout": "", "stderr": ""}
    if name == "upload":
        return _upload(site, *arguments)
    if name == "get":
        with client_of(site) as client:
            answer = client.get(arguments[0])
        return {
            "code": 0 if answer.status_code < 400 else answer.status_code,
            "stdout": answer.text,
            "stderr": "",
        }
    words = [_meant(site, word) for word in arguments]
    if None in words:
        return {"code": 0, "stdout": "", "stderr": ""}
    done = run_morgue(name, *filter(None, words), site=site)
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def _meant(site: Path, word: str) -> str | None:
    """Return *word*, or for a headline after an equals sign its article's id, if it is there."""
    if not word.startswith("="):
        return word
    with Store(site / FILE) as store:
        return next((a.id for a in store.articles() if a.headline == word[1:]), None)


def _upload(site: Path, name: str, text: str) -> dict[str, Any]:
    """Hand in a file by the form; the code is 0 where the answer is that it is kept."""
    with client_of(site) as client:
        form = client.get("/sources/upload")
        if form.status_code != 200:
            return {"code": form.status_code, "stdout": "", "stderr": form.text}
        data = {
            "csrf": csrf_in(form.text),
            "files": [(BytesIO(text.encode()), name)],
            "topics": "Rivers",
        }
        answer = client.post("/sources/upload", data=data)
    kept = answer.status_code == 200 and "1 new article from 1 file" in answer.text
    return {
        "code": 0 if kept else answer.status_code,
        "stdout": answer.text if kept else "",
        "stderr": "" if kept else answer.text,
    }


if __name__ == "__main__":
    main()
