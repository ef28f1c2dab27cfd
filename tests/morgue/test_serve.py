"""`morgue serve` where it cannot listen."""

from pathlib import Path

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
