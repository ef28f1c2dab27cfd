"""Makes the stores and indexes of every released format, by that release's own code.

Run in a whole clone: ``python tests/data/upgrades/make.py``. Each release is taken
from the history of the repository and given the same few articles: from a folder and from
a feed, one revised, one withdrawn. What it keeps is written down as SQL, the index as it is.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).parent
# The same for every run: it is in addresses.
WORK = Path("/tmp/morgue-upgrades")
PORT = 18765

# The last commit with each format of the store; by whose code the index is of which format.
RELEASES = {
    1: "5a53c37",
    2: "c53205d",
    6: "4bbe93c",
    7: "71e28ea",
    8: "74c3c4b",
    9: "d886a3f",
    10: "4aa53c7",
    11: "e95aa51",
    12: "6eee69f",
    13: "ff4d867",
}
INDEXES = {2: "whoosh-2", 7: "whoosh-3", 8: "arrays-1", 9: "arrays-2", 11: "arrays-3"}
INDEXES[13] = "arrays-4"

FILES = {
    "bridge.txt": "Bridge opens\nBy Ana Lindqvist\n12 January 2023\n\n"
    "KETTLE BAY (Reuters) - The bridge over the sound opened on Thursday.\n\n"
    "Some 4,000 people walked across it in the first hour.\n",
    "ferry.md": "---\ntitle: Last ferry sails\ndate: 2023-01-13\ntopics: [transport]\n---\n\n"
    "The *Kittiwake* left the quay for the last time.\n",
    "gulls.txt": "Gulls return to the quay\n\nNobody knows why, said the harbour master.\n",
    "withdrawn.txt": "A rumour\n\nWhich was not true.\n",
}
FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Kettle Bay Post</title><link>http://127.0.0.1:18765/</link>
<item><title>Mayor resigns</title><guid>post-1</guid><link>http://127.0.0.1:18765/mayor</link>
<pubDate>Fri, 13 Jan 2023 09:00:00 GMT</pubDate><category>politics</category>
<description>The mayor of Kettle Bay resigned on Friday. She gave no reason, and left by the
back door of the town hall before noon, where a car was waiting for her.</description></item>
<item><title>Fog closes the port</title><guid>post-2</guid><link>http://127.0.0.1:18765/fog</link>
<pubDate>Sat, 14 Jan 2023 09:00:00 GMT</pubDate>
<description>Fog closed the port of Kettle Bay on Saturday. No ship came in, and none went
out; the pilots played cards.</description></item>
</channel></rss>
"""

# Runs in the release: its command line, by a clock of ours.
DRIVER = r"""
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

at = datetime(2023, 2, 1, 12, tzinfo=UTC)
def clock():
    global at
    at += timedelta(seconds=1)
    return at

from archive.store import Store
for base in Store.__mro__:
    defaults = getattr(base.__dict__.get("__init__"), "__defaults__", None)
    if defaults:
        base.__init__.__defaults__ = tuple(clock if callable(d) else d for d in defaults)

def morgue(*arguments):
    from morgue.cli import main
    sys.argv = ["morgue", "--site", site, *arguments]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (arguments, end.code)

if __name__ == "__main__":
    site, folder, feed = sys.argv[1:4]
    store = Path(site) / "articles.db"
    morgue("add", folder)
    morgue("add", feed)
    morgue("update")
    bridge = Path(folder) / "bridge.txt"
    bridge.write_text(bridge.read_text().replace("4,000", "5,000"))
    import os
    os.utime(bridge, (1675256400, 1675256400))
    morgue("update")
    with Store(store) as s:
        for one in list(s.articles()):
            if one.url.endswith("withdrawn.txt"):
                s.withdraw(one.id)
        source = s.sources()[-1]
        s.record_failures(source.id, [(source.address + "x", "no answer")])
        if hasattr(s, "schedule"):
            from archive.source import Plan
            s.schedule(source.id, Plan(due="2023-02-02T00:00:00+00:00", failing=1))
        if hasattr(s, "set_account"):
            from archive.access import Role
            s.set_account("ana", "correct horse battery", Role.WRITE)
            s.add_token("robot", Role.READ)
        if hasattr(s, "pause_source"):
            s.pause_source(s.sources()[0].id, paused=True)
        if hasattr(s, "save_search"):
            from indexer.request import Request
            from indexer.saved import kept
            s.save_search("Fog", kept(Request("fog")), alert=True)
    morgue("update")
"""


class _Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/feed.xml"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(FEED.encode() if found else b"")

    def log_message(self, *_: object) -> None:
        pass


def make(number: int, commit: str, root: Path) -> None:
    """Write what the release at *commit* makes of the articles."""
    shutil.rmtree(WORK, ignore_errors=True)
    clippings, code, site = WORK / "clippings", WORK / "code", WORK / "site"
    for folder in (clippings, code, site):
        folder.mkdir(parents=True)
    for name, text in FILES.items():
        (clippings / name).write_text(text)
        os.utime(clippings / name, (1675252800, 1675252800))
    archived = subprocess.run(
        ["git", "archive", commit], cwd=root, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x"], cwd=code, input=archived.stdout, check=True)
    (WORK / "driver.py").write_text(DRIVER)
    feed = f"http://127.0.0.1:{PORT}/feed.xml"
    subprocess.run(
        [sys.executable, str(WORK / "driver.py"), str(site), str(clippings), feed],
        env={**os.environ, "PYTHONPATH": str(code)},
        cwd=code,
        check=True,
    )
    (HERE / f"{number:04}.sql").write_text(_dump(site / "articles.db", number))
    if number in INDEXES:
        with tarfile.open(HERE / f"{INDEXES[number]}.tar.xz", "w:xz") as packed:
            packed.add(site / "index", "index", filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime, member.uname, member.gname, member.uid, member.gid = 0, "", "", 0, 0
    return member


def _dump(path: Path, number: int) -> str:
    database = sqlite3.connect(path)
    (version,) = database.execute("PRAGMA user_version").fetchone()
    assert version == number, (version, number)
    (store_id,) = database.execute("SELECT store_id FROM identity").fetchone()
    text = "\n".join(database.iterdump())
    database.close()
    # By chance, like the secrets of accounts: the same in every dump.
    text = text.replace(store_id, "0" * 32)
    return re.sub(r"COMMIT;$", f"PRAGMA user_version = {number};\nCOMMIT;", text) + "\n"


def main() -> None:
    """Make all of them."""
    top = subprocess.run(
        ["git", "rev-parse", "--show-toplevel"],
        cwd=HERE,
        capture_output=True,
        check=True,
        text=True,
    )
    server = HTTPServer(("127.0.0.1", PORT), _Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number, commit in RELEASES.items():
        make(number, commit, Path(top.stdout.strip()))
        sys.stdout.write(f"{number:04} of {commit}\n")
    server.shutdown()
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
