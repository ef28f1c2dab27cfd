"""The `morgue` command: its groups, and how every error ends.

Exit codes: 0 done, 1 store or index unusable, 2 bad usage or settings,
3 finished with some sources failing, 4 another run holds the lock.
"""

import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from archive import log
from archive.errors import MorgueError, advice
from morgue import __version__
from morgue.output import OWNER_ONLY, State, common, complain

STOPPED: Final = 130
_log = logging.getLogger(__name__)

# Command → the module it lives in. Loaded when asked for: a search should not
# wait for the parsers of an update.
_COMMANDS: Final = {
    "add": "sources",
    "sources": "sources",
    "update": "run",
    "backfill": "backfill",
    "search": "articles",
    "article": "articles",
    "export": "export",
    "withdraw": "articles",
    "topics": "topics",
    "saved": "saved",
    "alerts": "alerts",
    "serve": "serve",
    "password": "access",
    "token": "access",
    "status": "run",
    "coverage": "holdings",
    "reindex": "run",
    "verify": "verify",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "backup",
}


class _Commands(click.Group):
    """A group that loads each command from its module when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks so
        """Return the commands in the order in which a new user needs them."""
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click asks so
        cmd_name: str,
    ) -> click.Command | None:
        """Return the command of this name, or None."""
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(importlib.import_module(f"morgue.{module}"), cmd_name)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: morgue add https://example.org/feed.xml, then morgue update, "
    "then morgue serve.",
)
@click.version_option(__version__, prog_name="morgue")
@common
@click.pass_context
def morgue(context: click.Context) -> None:
    """Keep news articles, and find them again.

    An archive is a folder: articles.db is the truth, index/ is derived from it,
    morgue.toml holds settings if you want any.
    """
    context.ensure_object(State)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every error of ours ends in one line and its exit code.

    *arguments* are those of this process where none are given.
    """
    log.configure()
    # What is made from here on is for its owner; only exports are as the user has them.
    state = State(umask=os.umask(OWNER_ONLY))
    try:
        code = morgue.main(arguments, standalone_mode=False, obj=state)
    except MorgueError as error:
        complain(f"morgue: {error}", state, code=error.exit_code)
        code = error.exit_code
    except click.ClickException as error:
        if state.in_json:
            complain(f"morgue: {error.format_message()}", state, code=error.exit_code)
        else:
            error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain("morgue: stopped", state, code=STOPPED)
        code = STOPPED
    except BrokenPipeError:
        # Whoever read our output has read enough; nothing more can be written.
        sys.stderr.close()
        code = 0
    except OSError as error:
        # Of a file that no module speaks for: the disk, more likely than a defect.
        reason, where = error.strerror or str(error), str(error.filename or "")
        complain(
            f"morgue: {MorgueError(reason, where, advice(error.errno))}",
            state,
            code=MorgueError.exit_code,
        )
        code = MorgueError.exit_code
    except Exception:
        # A defect; its traceback is on one line where a program reads the lines.
        if not state.in_json:
            raise
        _log.exception("a command failed")
        code = 1
    finally:
        os.umask(state.umask or 0)
    sys.exit(code if isinstance(code, int) else 0)
