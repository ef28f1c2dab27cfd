"""The command that looks after the archive: what is not as it should be, and what to do."""

import os
import sys
from collections import Counter
from typing import Final

import click
from rich.text import Text

from archive.redaction import redacted
from archive.wording import counted
from morgue.checkup.finding import Finding, Level
from morgue.checkup.look import look
from morgue.output import common, complain, json_option, print_json, say, state
from morgue.output import site as this_site

ILL: Final = 1
_STYLES: Final = {Level.ERROR: "bold red", Level.WARNING: "bold", Level.OK: "green"}


@click.command(
    short_help="Say what is not as it should be, why it matters, and what to do.",
    epilog="Example for cron: 0 8 * * 1 morgue --site /srv/archive doctor -q",
)
@click.option("--network", is_flag=True, help="Also ask the mail server and the proxy.")
@json_option
@common
def doctor(network: bool, as_json: bool) -> None:
    """Look at settings, files, disk, clock, versions, store, index, sources, alerts, access.

    Each finding says what is so, why it matters and what to do. Nothing is changed, and
    without --network nothing is asked outside. -q says only errors and warnings. Checksums
    are for `morgue verify`, which reads everything.

    Exit codes: 0 no error was found (there may be warnings), 1 there is one.
    """
    site = this_site()
    findings = list(look(site, os.environ))
    if network:
        from morgue.checkup.network import ask

        findings += ask(site.settings) if _readable(findings) else ()
    counts = Counter(finding.level for finding in findings)
    if as_json:
        print_json(
            {
                "site": str(site.folder),
                "ok": not counts[Level.ERROR],
                "counts": {str(level): counts[level] for level in Level},
                "findings": [finding.as_json() for finding in findings],
            }
        )
    else:
        for finding in findings:
            _tell(finding)
        told = (Level.ERROR, Level.WARNING, Level.NOTE)
        say(f"{', '.join(counted(counts[level], str(level)) for level in told)}.")
    if counts[Level.ERROR]:
        sys.exit(ILL)


def _tell(finding: Finding) -> None:
    what = redacted(finding.what)
    if state().quiet:
        if finding.level in (Level.ERROR, Level.WARNING):
            todo = f" ({finding.do})" if finding.do else ""
            complain(f"{finding.level}: {finding.area}: {what}{todo}")
        return
    line = Text(f"{finding.level:<8} {finding.area}: {what}")
    line.stylize(_STYLES.get(finding.level, ""), 0, len(finding.level))
    say(line)
    if finding.why:
        say(f"         {finding.why}")
    if finding.do:
        say(f"         → {finding.do}")


def _readable(findings: list[Finding]) -> bool:
    return not any(f.area == "settings" and f.level is Level.ERROR for f in findings)
