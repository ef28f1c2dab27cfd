"""A reading process: takes tasks from its parent, answers, and is bounded by the kernel.

It ends when its parent does: the connection breaks, which a thread waits for
while a task is at work. (Linux's own signal for that comes when the *thread*
that started a child ends, which here happens all the time.)
"""

import os
import resource
import select
import signal
import sys
import threading
import time
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from archive.article import Evidence
from archive.errors import FormatError, MorgueError, unforeseen
from archive.ingest.compose import Composer
from archive.ingest.item import Item
from archive.ingest.readers.work import Answer, Begun, Bounds, End, Part, Ready, Task


def serve(descriptor: int, seconds: int, memory: int) -> None:
    """Answer the tasks that come over the socket *descriptor* until its other end is closed.

    *seconds* and *memory* are the `Bounds`.
    """
    bounds = Bounds(seconds, memory)
    # Ctrl-C is for the parent, which then closes the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, args=[descriptor], daemon=True).start()
    connection = Connection(descriptor)
    _load()
    base = _size()
    _bound_memory(base, bounds)
    try:
        connection.send(Ready())
        # From here on what libraries print about hostile input is for nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        composes = False
        while True:
            task = connection.recv()
            if getattr(task, "composer", None) and not composes:
                composes = True
                _allow_time(bounds.seconds)
                _load_composing(task.composer)
                base = _size()
                _bound_memory(base, bounds)
            _allow_time(bounds.seconds_for(task))
            error = _work(task, connection, bounds)
            # Memory once taken is seldom given back: a new process is.
            retires = _size() > base + bounds.memory // 4
            connection.send(End(error, retires))
            if retires:
                return
    except (EOFError, OSError):
        return


def _work(task: Task, connection: Connection, bounds: Bounds) -> MorgueError | None:
    """Send all results of *task*; return what ended it, if anything did."""
    number = 0
    skip = getattr(task, "skip", 0)

    def send(answer: Answer) -> None:
        connection.send(answer)
        _allow_time(bounds.seconds_for(task))

    def begin(where: str) -> bool:
        nonlocal number
        number += 1
        if number > skip:
            send(Begun(number, where))
        return number > skip

    try:
        for value in task.results(begin):
            send(Part(value))
    except MorgueError as error:
        return error
    except MemoryError:
        return FormatError(bounds.too_large, task.where)
    except OSError:
        # Nobody listens any more.
        raise
    except Exception as error:
        # Third-party parsers meet hostile input here.
        return FormatError(unforeseen(error), task.where)
    return None


def _load() -> None:
    """Load all that reads, before memory is bounded."""
    for name in ("feeds", "files", "pages"):
        import_module(f"archive.ingest.{name}")


def _load_composing(composer: Composer) -> None:
    """Load what composing loads at first use, such as the languages: that is no task's growth."""
    text = "The harbour of Port Ellis was closed for three days, and the ferry did not sail."
    topic = Evidence("topics", "Harbours", "feed: category")
    composer.composed(Item("harbour", "https://gannet.example/", text, (topic,), b"", ""))


def _allow_time(seconds: int) -> None:
    """Let the next piece of work take its time. Past it the kernel ends this process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    # The kernel counts whole seconds.
    until = round(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def _bound_memory(base: int, bounds: Bounds) -> None:
    """Let this process take so much memory and no more. macOS does not know this bound."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if base:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (base + bounds.memory, hard))


def _size() -> int:
    """The bytes of this process's address space; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _leave_with_parent(descriptor: int) -> None:
    poll = select.poll()
    # Without any event asked for, the end of the connection is still told.
    poll.register(descriptor, 0)
    poll.poll()
    os._exit(0)
