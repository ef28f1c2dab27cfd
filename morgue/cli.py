"""The `morgue` command: its groups, and how every error ends.

Exit codes: 0 done, 1 store or index unusable, 2 bad usage or settings,
3 finished with some sources failing, 4 another run holds the lock.
"""

import importlib
import logging
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from archive.errors import MorgueError
from morgue import __version__
from morgue.output import State, common, complain

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
    # They warn about single pages; what matters of that becomes a failure of ours.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    try:
        code = morgue.main(arguments, standalone_mode=False)
    except MorgueError as error:
        complain(f"morgue: {error}")
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("morgue: stopped", err=True)
        code = 130
    except BrokenPipeError:
        # Whoever read our output has read enough; nothing more can be written.
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)
