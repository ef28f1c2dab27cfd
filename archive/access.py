"""Who may do what: roles, names, and secrets as the store keeps them.

Passwords are hashed by scrypt (RFC 7914) with the parameters that OWASP's cheat
sheet on password storage gives. Tokens and sessions are 256 random bits, which
nobody guesses, so that one round of SHA-256 is enough to make a copy of the
store worthless for signing in.
"""

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from archive.errors import UsageError

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 1024
LONGEST_NAME: Final = 80
TOKEN_PREFIX: Final = "morgue_"  # noqa: S105 - how leaked tokens are recognised, and no secret
_LOG_N, _R, _P = 15, 8, 3
_MEMORY: Final = 64 * 1024 * 1024
# Bounds on what a hash in the store may make us compute.
_MOST_LOG_N, _MOST_R, _MOST_P = 17, 16, 8


class Role(IntEnum):
    """What somebody may do; each may what those before may."""

    NOTHING = 0
    READ = 1
    WRITE = 2

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the role called ``read``, ``write`` or ``nothing``. Raises UsageError."""
        try:
            return cls[name.upper()]
        except KeyError:
            raise UsageError(f"there is no role “{name}”", hint="write read or write") from None

    @property
    def label(self) -> str:
        """What it is called in settings, in the store and on pages."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in with a password."""

    name: str
    role: Role
    created: str


@dataclass(frozen=True, slots=True)
class Token:
    """A key for a program; *expires* is a moment in ISO 8601, None for never."""

    name: str
    role: Role
    created: str
    expires: str | None


def checked_name(name: str) -> str:
    """Return the name of an account or token in its one form. Raises UsageError.

    Without spaces around, in normal form C; no commas, by which proxies join what was
    sent twice, and nothing that cannot be seen.
    """
    clean = unicodedata.normalize("NFC", name.strip())
    if not 0 < len(clean) <= LONGEST_NAME or not clean.isprintable() or "," in clean:
        raise UsageError(
            "is no name for an account or token",
            name[:LONGEST_NAME],
            f"write 1 to {LONGEST_NAME} visible characters, without commas",
        )
    return clean


def check_password(password: str) -> None:
    """Raise UsageError for a password that is too short, or longer than anybody types."""
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(
            f"a password must have at least {SHORTEST_PASSWORD} characters",
            hint="four words that have nothing to do with each other are easy to keep in mind",
        )
    if len(password) > LONGEST_PASSWORD:
        raise UsageError(f"a password may have at most {LONGEST_PASSWORD} characters")


def hashed_password(password: str, log_n: int = _LOG_N) -> str:
    """Return *password* as the store keeps it: ``scrypt$LOG_N$R$P$SALT$HASH``.

    *log_n* is the cost: one more doubles time and memory (32 MiB).
    """
    salt = secrets.token_bytes(16)
    key = _scrypt(password, salt, log_n, _R, _P)
    parts = (log_n, _R, _P, b64encode(salt).decode(), b64encode(key).decode())
    return "$".join(("scrypt", *map(str, parts)))


def is_password(password: str, kept: str | None) -> bool:
    """Whether *password* is the one kept; with None it takes as long, and is not.

    So that nobody learns from the time it takes which accounts there are.
    """
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        scheme, log_n, r, p, salt, key = (kept or _NOBODY).split("$")
        numbers = int(log_n), int(r), int(p)
        known = b64decode(key)
        if scheme != "scrypt" or not all(
            0 < number <= most
            for number, most in zip(numbers, (_MOST_LOG_N, _MOST_R, _MOST_P), strict=True)
        ):
            return False
        same = hmac.compare_digest(_scrypt(password, b64decode(salt), *numbers), known)
    except ValueError:
        return False
    return same and kept is not None


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    # One normal form: keyboards differ in how they compose an é.
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    memory = max(_MEMORY, 2 * 128 * r * 2**log_n)
    return hashlib.scrypt(text, salt=salt, n=2**log_n, r=r, p=p, maxmem=memory, dklen=32)


_NOBODY: Final = "$".join(
    ("scrypt", str(_LOG_N), str(_R), str(_P), b64encode(bytes(16)).decode(), "A" * 43 + "=")
)


def new_secret(prefix: str = "") -> str:
    """Return 256 random bits as text for a cookie or header."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """Return what the store keeps of a secret that cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
