"""Updates that a page asks for: `morgue update ADDRESS` in a process of its own.

What a page keeps in the store is in no index before an update ran. The process outlives
the server; where another run holds the lock it waits for its turn.
"""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Final

from archive.ingest.topics import model as topic_model
from archive.ingest.topics.inference import inference
from morgue import __version__
from morgue.site import Site
from web.intake import Intake

_PATIENCE: Final = "600"
"""Seconds that such a run waits for the lock; after that cron's next one does its work."""
_MOST: Final = 4
"""Runs of one worker that wait or work; what is asked for beyond is left to cron."""


@dataclass
class Runs:
    """The updates that this process began and that have not ended."""

    site: Site
    _begun: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, address: str) -> bool:
        """Begin an update of the source at *address*; say whether one was begun."""
        with self._lock:
            self._begun = [run for run in self._begun if run.poll() is None]
            if len(self._begun) >= _MOST:
                return False
            try:
                run = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [
                        *(sys.executable, "-P", "-m", "morgue"),
                        *("--site", str(self.site.folder.absolute())),
                        *("update", "-q", "--", address),
                    ],
                    env={
                        **os.environ,
                        "MORGUE_LOCK_TIMEOUT": _PATIENCE,
                        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    },
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError:
                return False
            self._begun.append(run)
        # Somebody has to hear that it ended, or its entry stays with the system.
        threading.Thread(target=run.wait, daemon=True).start()
        return True


def intake(site: Site) -> Intake:
    """Return what the pages of *site* bring in articles with."""
    return Intake(
        site.settings,
        __version__,
        Runs(site).start,
        lambda: inference(topic_model.load(site.topic_model)),
    )
