"""`morgue serve` where it cannot listen, and when it is told to stop."""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.command_line import run_process
from tests.http_server import Web


def test_a_taken_port_is_said_plainly(web: Web, sample_site: Path) -> None:
    taken = web.base.rpartition(":")[2]
    done = run_process("serve", "--port", taken, site=sample_site)
    assert done.returncode == 2
    assert "choose another --port" in done.stderr


def test_an_unknown_host_to_serve_on_is_said_plainly(sample_site: Path) -> None:
    done = run_process("serve", "--host", "host.invalid", site=sample_site)
    assert done.returncode == 2
    assert "choose another --host" in done.stderr


SLOW_FORKS: Final = """
import os, time
fork = os.fork
def slow():
    process = fork()
    if not process:
        time.sleep(2)
    return process
os.fork = slow
from morgue.cli import main
main()
"""


def test_a_server_stopped_while_its_workers_start_ends_at_once(sample_site: Path) -> None:
    """Not after the thirty seconds that are for requests at work."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-c", SLOW_FORKS, "--site", str(sample_site)),
            *("serve", "--port", str(port)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            time.sleep(0.05)
        time.sleep(0.5)
        server.terminate()
        assert server.wait(timeout=20) == 0
    finally:
        server.kill()
        server.wait()
