"""What the store knows of people and programs: accounts, sessions, tokens, failed attempts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from archive.access import (
    TOKEN_PREFIX,
    Account,
    Role,
    Token,
    check_password,
    checked_name,
    fingerprint,
    hashed_password,
    is_password,
    new_secret,
)
from archive.errors import TooManyAttempts, UsageError
from archive.store.database import Database

WINDOW: Final = timedelta(minutes=15)
"""How long a failed attempt to sign in counts."""
MOST_FROM_PLACE: Final = 10
"""How many may fail in that time from one address, or in one browser that is known."""
MOST_FOR_ACCOUNT: Final = 30
"""How many may fail for one account in all browsers that are not known."""
KNOWN_FOR: Final = timedelta(days=180)
"""How long a browser is known in which an account signed in."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a session or token, and what they may do."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The secrets of a new session, and of the browser, which is known from now on."""

    session: str
    browser: str


class AccessStore(Database):
    """The store's tables of who may do what."""

    def accounts(self) -> list[Account]:
        """Return all accounts by name."""
        rows = self._rows("SELECT name, role, created FROM account ORDER BY name")
        return [Account(row["name"], Role.named(row["role"]), row["created"]) for row in rows]

    def has_accounts(self) -> bool:
        """Whether anybody can sign in."""
        return bool(self._value("SELECT EXISTS (SELECT 1 FROM account)"))

    def set_account(self, name: str, password: str, role: Role) -> None:
        """Make an account, or give it this password and role and end its sessions.

        What failed before is forgotten, so that whoever has the command line always gets in.
        Raises UsageError for a name or password that will not do.
        """
        name = checked_name(name)
        check_password(password)
        kept = hashed_password(password)
        with self.transaction():
            self._run(
                "INSERT INTO account (name, role, password, created) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE"
                " SET role = excluded.role, password = excluded.password",
                [name, role.label, kept, self._now()],
            )
            self._run("DELETE FROM session WHERE account = ?", [name])
            self._run("DELETE FROM attempt")

    def set_role(self, name: str, role: Role) -> bool:
        """Give an account another role at once; False where there is no such account."""
        return self._run("UPDATE account SET role = ? WHERE name = ?", [role.label, name]) > 0

    def remove_account(self, name: str) -> bool:
        """Remove an account and its sessions; False where there is none."""
        return self._run("DELETE FROM account WHERE name = ?", [name]) > 0

    # -- signing in ----------------------------------------------------------

    def sign_in(
        self, name: str, password: str, address: str, stay: timedelta, browser: str = ""
    ) -> SignedIn | None:
        """Begin a session for *stay*, or return None where name or password are wrong.

        *address* is where the attempt comes from, *browser* the secret that an earlier
        `SignedIn` gave it. Raises TooManyAttempts where too many failed from there, or for
        this account from strange places; a known browser has a count of its own (OWASP,
        Slow Down Online Guessing Attacks with Device Cookies). An attempt counts from
        before the password is looked at, so that many at once gain nothing.
        """
        try:
            name = checked_name(name)
        except UsageError:
            name = ""
        known = self._is_known(name, browser)
        attempt = self._begin_attempt(name, fingerprint(browser) if known else address, known)
        row = self._row("SELECT password FROM account WHERE name = ?", [name])
        kept: str | None = row["password"] if row else None
        if not is_password(password, kept):
            return None
        signed_in = SignedIn(new_secret(), browser if known else new_secret())
        now = self._now()
        with self.transaction():
            # The password may have been changed meanwhile.
            row = self._row("SELECT password FROM account WHERE name = ?", [name])
            if row is None or row["password"] != kept:
                return None
            self._run("DELETE FROM attempt WHERE number = ?", [attempt])
            self._run(
                "INSERT INTO known_browser (secret, account, seen) VALUES (?, ?, ?)"
                " ON CONFLICT (secret) DO UPDATE SET seen = excluded.seen",
                [fingerprint(signed_in.browser), name, now],
            )
            self._run("DELETE FROM known_browser WHERE seen < ?", [self._at(-KNOWN_FOR)])
            self._run("DELETE FROM session WHERE expires <= ?", [now])
            self._run(
                "INSERT INTO session (secret, account, created, expires) VALUES (?, ?, ?, ?)",
                [fingerprint(signed_in.session), name, now, self._at(stay)],
            )
        return signed_in

    def _is_known(self, name: str, browser: str) -> bool:
        return bool(
            self._value(
                "SELECT EXISTS"
                " (SELECT 1 FROM known_browser WHERE secret = ? AND account = ? AND seen >= ?)",
                [fingerprint(browser), name, self._at(-KNOWN_FOR)],
            )
        )

    def _begin_attempt(self, name: str, place: str, known: bool) -> int:
        """Note an attempt before it is made; return its number. Raises TooManyAttempts."""
        account = "" if known else fingerprint(name)
        limits = [("place", place, MOST_FROM_PLACE)]
        if not known:
            limits.append(("account", account, MOST_FOR_ACCOUNT))
        with self.transaction():
            # What failed in a time to come did so before the clock was set back.
            self._run(
                "DELETE FROM attempt WHERE at <= ? OR at > ?",
                [self._at(-WINDOW), self._at(WINDOW)],
            )
            for column, value, most in limits:
                # Of the last *most* the oldest: when it goes, there is room for one more.
                row = self._row(
                    f"SELECT at FROM attempt WHERE {column} = ?"
                    f" ORDER BY number DESC LIMIT 1 OFFSET {most - 1}",
                    [value],
                )
                if row is not None:
                    free = datetime.fromisoformat(row["at"]) + WINDOW
                    raise TooManyAttempts(max(1, ceil((free - self.now()).total_seconds())))
            self._run(
                "INSERT INTO attempt (place, account, at) VALUES (?, ?, ?)",
                [place, account, self._now()],
            )
            return int(self._value("SELECT last_insert_rowid()"))

    def session(self, secret: str) -> Holder | None:
        """Return whose session this is, None where it ended or never was.

        One that began in a time to come, before the clock was set back, lasts for at most
        twice what was meant.
        """
        now = self._now()
        row = self._row(
            "SELECT a.name, a.role FROM session s JOIN account a ON a.name = s.account"
            " WHERE s.secret = ? AND s.expires > ?"
            " AND julianday(s.created) - julianday(?)"
            " <= julianday(s.expires) - julianday(s.created)",
            [fingerprint(secret), now, now],
        )
        return Holder(row["name"], Role.named(row["role"])) if row else None

    def sign_out(self, secret: str) -> None:
        """End a session."""
        self._run("DELETE FROM session WHERE secret = ?", [fingerprint(secret)])

    # -- tokens ----------------------------------------------------------------

    def tokens(self) -> list[Token]:
        """Return all tokens by name."""
        rows = self._rows("SELECT name, role, created, expires FROM token ORDER BY name")
        return [
            Token(row["name"], Role.named(row["role"]), row["created"], row["expires"])
            for row in rows
        ]

    def add_token(self, name: str, role: Role, lasts: timedelta | None = None) -> str:
        """Make a token and return it; it can be had only now. Raises UsageError for its name."""
        name = checked_name(name)
        secret = new_secret(TOKEN_PREFIX)
        with self.transaction():
            if self._row("SELECT 1 FROM token WHERE name = ?", [name]):
                raise UsageError(
                    "there is a token of this name", name, "revoke it, or choose another name"
                )
            self._run(
                "INSERT INTO token (name, role, secret, created, expires) VALUES (?, ?, ?, ?, ?)",
                [
                    name,
                    role.label,
                    fingerprint(secret),
                    self._now(),
                    self._at(lasts) if lasts else None,
                ],
            )
        return secret

    def revoke_token(self, name: str) -> bool:
        """Make a token worthless from now on; False where there is none."""
        return self._run("DELETE FROM token WHERE name = ?", [name]) > 0

    def token(self, secret: str) -> Holder | None:
        """Return whose token this is, None where it ran out, was revoked or never was."""
        row = self._row(
            "SELECT name, role FROM token WHERE secret = ? AND (expires IS NULL OR expires > ?)",
            [fingerprint(secret), self._now()],
        )
        return Holder(row["name"], Role.named(row["role"])) if row else None

    def _at(self, later: timedelta) -> str:
        """Return the moment *later* than now, as it is noted."""
        return (self.now() + later).astimezone(UTC).isoformat(timespec="seconds")
