"""One reading process as its parent sees it: started, asked, and put to rest."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection, Pipe

from archive.errors import FormatError, IngestError, MorgueError
from archive.ingest.readers.work import Answer, Begun, Bounds, End, Part, Ready, Task

_PATIENCE = 1800
"""Seconds without any answer after which a child is stuck and not just on a busy machine."""
_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from archive.ingest.readers import child; child.serve(*map(int, sys.argv[2:]))"
)


class Lost(FormatError):
    """The child was lost over a piece of work; *number* is that of the record, 0 outside any."""

    def __init__(self, reason: str, where: str, number: int) -> None:
        super().__init__(reason, where)
        self.number = number


class Worker:
    """A child process that reads, one task at a time."""

    def __init__(self, bounds: Bounds) -> None:
        """Start the child. A new interpreter, for threads are at work here and do not fork."""
        ours, theirs = Pipe()
        numbers = (theirs.fileno(), bounds.seconds, bounds.memory)
        command = [sys.executable, "-P", "-c", _START, json.dumps(sys.path), *map(str, numbers)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._connection: Connection = ours
        self._bounds = bounds
        self._started = False
        self.idle = True

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child is there to be asked."""
        return self._process.poll() is None

    def ask(self, task: Task) -> Iterator[object]:
        """Yield what *task* finds as the child finds it.

        Raises what reading raises, Lost when the child passes a bound or crashes, and
        IngestError when it was ended from outside or gives no answer.
        """
        self.idle = False
        begun = Begun(0, task.where)
        try:
            self._connection.send(task)
            while True:
                answer = self._next(begun)
                match answer:
                    case Ready():
                        self._started = True
                    case Begun():
                        begun = answer
                    case Part(value):
                        yield value
                    case End(error, retires):
                        self.idle = not retires
                        if error is not None:
                            raise error
                        return
        except (EOFError, OSError) as error:
            raise self._lost(begun, task) from error

    def _next(self, begun: Begun) -> Answer:
        if not self._connection.poll(_PATIENCE):
            self.close()
            raise IngestError(f"gives no answer for {_PATIENCE} s", begun.where)
        answer: Answer = self._connection.recv()
        return answer

    def _lost(self, begun: Begun, task: Task) -> MorgueError:
        self._connection.close()
        code = self._process.wait()
        if not self._started:
            return MorgueError(
                f"the process that reads cannot be started (it returned {code})",
                hint="what it said stands above",
            )
        if code == -signal.SIGKILL:
            # None of our bounds: another time it may pass.
            reason = "was given up: the system, perhaps short of memory, ended what read it"
            return IngestError(reason, begun.where)
        return Lost(_reason(code, self._bounds, task), begun.where, begun.number)

    def close(self) -> None:
        """End the child, whatever it is at."""
        self.idle = False
        self._process.kill()
        self._process.wait()
        self._connection.close()


def _reason(code: int, bounds: Bounds, task: Task) -> str:
    """Why a child ended with this return code, in words about what it read."""
    if code == -signal.SIGXCPU:
        return bounds.too_long(task)
    if code < 0:
        return f"crashes the process that reads it ({signal.Signals(-code).name})"
    return f"ends the process that reads it (code {code})"
