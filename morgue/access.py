"""Commands about who may do what in the web app: password and token."""

import sys
from datetime import UTC, datetime, timedelta
from typing import TextIO

import click

from archive.access import LONGEST_PASSWORD, Role, check_password, checked_name
from archive.errors import UsageError
from morgue.output import common, json_option, print_json, say, site

_ROLE = click.Choice([Role.READ.label, Role.WRITE.label])


@click.command(
    short_help="Set who can sign in in a browser.",
    epilog="Example: morgue password ana --role write",
)
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--role", type=_ROLE, help="What NAME may do; write unless set, or as it was.")
@click.option(
    "--from",
    "file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Read the password from the first line of a file, - for standard input.",
)
@click.option("--keep", is_flag=True, help="Keep the password, and change only the role.")
@click.option("--remove", is_flag=True, help="Remove the account, and end its sessions.")
@json_option
@common
def password(
    name: str | None,
    role: str | None,
    file: TextIO | None,
    keep: bool,
    remove: bool,
    as_json: bool,
) -> None:
    """Give NAME a password to sign in with; without NAME, list who has one.

    Once there is an account, the web app asks everybody to sign in, on
    127.0.0.1 too. A new password ends all sessions of the account, and lets it
    in again where signing in failed too often. It works at once: `morgue serve`
    need not be started again.
    """
    if name is None:
        _list_accounts(as_json)
        return
    name = checked_name(name)
    if keep and role is None:
        raise UsageError("--keep changes the role: give --role too")
    with site().open(create=True) as store:
        known = {account.name: account for account in store.accounts()}
        if (remove or keep) and name not in known:
            raise UsageError("has no account here", name, "`morgue password` lists them")
        chosen = Role.named(role) if role else known[name].role if name in known else Role.WRITE
        if remove:
            store.remove_account(name)
            done = "removed"
        elif keep:
            store.set_role(name, chosen)
            done = f"may {chosen.label} from now on"
        else:
            store.set_account(name, _asked(file), chosen)
            done = f"can sign in and may {chosen.label}"
        left = store.has_accounts()
    if as_json:
        print_json({"name": name, "role": None if remove else chosen.label})
        return
    say(f"{name}: {done}.")
    if not known and left:
        say("From now on whoever opens the web app has to sign in, on this machine too, where")
        say("until now nobody had to. `access.anyone` in morgue.toml opens reading again.")
    if not left:
        say("Nobody can sign in now: whoever sits at this machine may read and write, as far as")
        say("morgue.toml does not say otherwise.")


def _asked(file: TextIO | None) -> str:
    """Return the password from *file*, or as typed twice. Raises UsageError."""
    if file is not None:
        written = file.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    elif sys.stdin.isatty():
        written = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    else:
        raise UsageError("there is nobody to ask for the password", hint="give --from FILE")
    check_password(written)
    return written


def _list_accounts(as_json: bool) -> None:
    with site().open() as store:
        known = store.accounts()
    if as_json:
        rows = [{"name": a.name, "role": a.role.label, "created": a.created} for a in known]
        print_json({"accounts": rows})
        return
    if not known:
        say("Nobody has a password: `morgue password NAME` sets one.")
    for account in known:
        say(f"{account.name}: may {account.role.label}, since {account.created[:10]}")


@click.group(
    invoke_without_command=True,
    short_help="Keys for programs and feed readers.",
    epilog="Example: morgue token add zotero --role read",
)
@json_option
@common
@click.pass_context
def token(context: click.Context, as_json: bool) -> None:
    """List the tokens by which programs read and write without a password.

    A program sends its token as `Authorization: Bearer TOKEN`; a feed reader,
    which knows only names and passwords, as the password, and may then only read.
    """
    if not context.invoked_subcommand:
        _list_tokens(as_json)


@token.command("list", epilog="Example: morgue token list --json")
@json_option
@common
def list_tokens(as_json: bool) -> None:
    """List the tokens; what they are can be seen only when they are made."""
    _list_tokens(as_json)


@token.command("add", epilog="Example: morgue token add newsletter --role read --days 90")
@click.argument("name", metavar="NAME")
@click.option(
    "--role", type=_ROLE, default=Role.READ.label, help="What it may do; read unless set."
)
@click.option("--days", type=click.IntRange(1, 3650), metavar="N", help="Days that it lasts.")
@json_option
@common
def add_token(name: str, role: str, days: int | None, as_json: bool) -> None:
    """Make a token and print it: it is shown this once, and kept only as a hash."""
    lasts = timedelta(days=days) if days else None
    with site().open(create=True) as store:
        secret = store.add_token(name, Role.named(role), lasts)
    if as_json:
        print_json({"name": checked_name(name), "role": role, "token": secret})
        return
    # Alone on standard output, so that it can go straight into a file.
    click.echo(secret)
    click.echo(f"It may {role}; it is not shown again.", err=True)


@token.command("revoke", epilog="Example: morgue token revoke newsletter")
@click.argument("name", metavar="NAME")
@json_option
@common
def revoke_token(name: str, as_json: bool) -> None:
    """Make a token worthless at once."""
    with site().open() as store:
        if not store.revoke_token(checked_name(name)):
            raise UsageError("there is no such token", name, "`morgue token list` names them")
    if as_json:
        print_json({"revoked": name})
    else:
        say(f"{name}: revoked.")


def _list_tokens(as_json: bool) -> None:
    with site().open() as store:
        known = store.tokens()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if as_json:
        print_json(
            {
                "tokens": [
                    {
                        "name": t.name,
                        "role": t.role.label,
                        "created": t.created,
                        "expires": t.expires,
                        "valid": t.expires is None or t.expires > now,
                    }
                    for t in known
                ]
            }
        )
        return
    if not known:
        say("No tokens: `morgue token add NAME` makes one.")
    for one in known:
        until = f", until {one.expires[:10]}" if one.expires else ""
        ended = " (ran out)" if one.expires and one.expires <= now else ""
        say(f"{one.name}: may {one.role.label}, since {one.created[:10]}{until}{ended}")
