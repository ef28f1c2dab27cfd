"""People: who may read and write, and whether alerts reach them. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from archive.access import Account, Role, Token
from archive.saved_search import Digest, DigestState
from archive.settings import Settings
from archive.wording import counted
from morgue.checkup.finding import Finding, Level, some

_PATIENCE: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Known:
    """Who is known, and *only_here*: whether the server is heard by this machine alone."""

    accounts: Sequence[Account]
    tokens: Sequence[Token]
    only_here: bool


def judge_access(settings: Settings, known: Known, now: datetime) -> Iterator[Finding]:
    """Judge who may come in where `morgue serve` listens."""
    access, serve = settings.access, settings.serve
    where = f"{serve.host}:{serve.port}"
    live = [t for t in known.tokens if not t.expires or datetime.fromisoformat(t.expires) > now]
    told = _known(known.accounts, live)
    if not known.only_here and not (known.accounts or known.tokens or access.user_header):
        if access.anyone not in ("read", "write"):
            yield _access(
                Level.ERROR,
                f"it should listen on {where}, and nobody can be told apart",
                "`morgue serve` does not start",
                "`morgue password NAME`, or docs/access.md",
            )
    elif access.proxies and access.user_header:
        yield _access(Level.OK, f"{where}; {told}; whom the proxy vouches for")
    else:
        open_ = f"; anyone may {access.anyone}" if access.anyone in ("read", "write") else ""
        here = (
            ""
            if known.accounts or access.anyone or access.proxies
            else ("; whoever is at this machine reads and writes")
        )
        yield _access(Level.OK, f"{where}; {told}{open_}{here}")
    if not known.only_here:
        if not access.hosts:
            yield _access(
                Level.NOTE,
                f"it listens on {where}, and access.hosts is empty",
                "it answers under addresses in figures alone",
                'set hosts = ["archive.example.org"] below [access]',
            )
        if not access.proxies:
            yield _access(
                Level.WARNING,
                f"it listens on {where} without a web server in front",
                "Morgue speaks plain http: passwords can be read on the way",
                "put a web server with TLS before it; docs/access.md",
            )
    if (known.accounts or known.tokens) and not access.user_header:
        roles = {one.role for one in known.accounts} | {one.role for one in live}
        if Role.WRITE not in roles and access.anyone != "write":
            yield _access(
                Level.NOTE,
                "nobody may write in the web app",
                "sources and saved searches can be changed on the command line alone",
                "`morgue password NAME --role write`",
            )
    ended = [token.name for token in known.tokens if token not in live]
    if ended:
        yield _access(
            Level.NOTE,
            f"tokens that have run out: {some(ended)}",
            "programs that still use them are refused",
            "`morgue token revoke NAME`, `morgue token add NAME`",
        )


def judge_alerts(
    settings: Settings, digests: Sequence[Digest], alerting: int, now: datetime
) -> Iterator[Finding]:
    """Judge the *digests* that were not sent; *alerting* saved searches have an alert."""
    ways = settings.alerts.host or settings.alerts.folder
    if alerting and not ways:
        yield _alerts(
            Level.WARNING,
            f"{counted(alerting, 'saved search', 'saved searches')} with an alert, "
            "and no way for mail to leave",
            "nobody is told of what they find",
            "set host, sender and to below [alerts] in morgue.toml",
        )
    undelivered = False
    for digest in digests:
        age = now - datetime.fromisoformat(digest.made)
        if digest.state is DigestState.SENDING:
            undelivered = True
            yield _alerts(
                Level.WARNING,
                f"digest {digest.id} of {digest.made} may not have arrived: "
                f"{digest.reason or 'its run was cut off'}",
                "nobody can know, so it is not sent twice",
                f"ask whom it was for; `morgue alerts --again {digest.id}` sends it once more",
            )
        elif digest.reason or age > _PATIENCE:
            undelivered = True
            yield _alerts(
                Level.WARNING,
                f"digest {digest.id} of {digest.made} waits: {digest.reason or 'not sent yet'}",
                "its readers do not know what is new",
                "`morgue alerts` tries again; is it in cron?",
            )
    if not undelivered and not (alerting and not ways):
        yield _alerts(Level.OK, "nothing is undelivered" if ways or alerting else "none are set")


def _known(accounts: Sequence[Account], tokens: Sequence[Token]) -> str:
    roles = Counter(account.role.label for account in accounts)
    roles.update(token.role.label for token in tokens)
    if not roles:
        return "nobody has a password or token"
    counts = ", ".join(f"{count} to {role}" for role, count in sorted(roles.items()))
    return f"{counted(len(accounts), 'account')}, {counted(len(tokens), 'token')} ({counts})"


def _access(level: Level, what: str, why: str = "", do: str = "") -> Finding:
    return Finding("access", level, what, why, do)


def _alerts(level: Level, what: str, why: str = "", do: str = "") -> Finding:
    return Finding("alerts", level, what, why, do)
