"""What must not be told: secrets in addresses, headers and settings, wherever text shows them.

`redacted` stands before every log line and in every error, so what it takes out reaches no
log, no page, no mail and no stored reason. It goes by what a secret is called: it rather
hides a word too many. A secret that nothing names, such as a word in an address's path,
cannot be known; what the settings hold is given as *known*.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote_plus

HIDDEN: Final = "***"
_SHORTEST: Final = 4
"""A known secret of fewer letters is not looked for: it would hide half of the text."""

# Name and password of an address (RFC 3986, 3.2.1), also where the password has what it
# must not, such as a slash; what is a port is none.
_USERINFO: Final = re.compile(
    r"(?<=://)(?:[^/?#\s\"'<>:@]{1,256}:(?!\d{0,5}(?:[/?#]|$))[^\s\"'<>]{0,256}|[^/?#\s\"'<>]*)@"
)
# As far as the end of the line, for cookies and credentials hold spaces.
_HEADER: Final = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie2?|x-(?:api-key|auth-token|csrf-token))"
    r"(\\?[\"']?\s{0,4}[:=])\s{0,4}(?=\S)[^\r\n]+"
)
_SCHEME: Final = re.compile(
    r"(?i)\b(bearer|basic|auth (?:plain|login|cram-md5|xoauth2)) +[^\s\"',]+"
)
_TOKEN: Final = re.compile(r"\bmorgue_(?!\*)[A-Za-z0-9_-]{8,}")
# The end of a name is what tells; so no more of it is read than can.
_NAME: Final = re.compile(r"((?:[\w.\[\]-]|%(?!3[Dd]|26)[0-9A-Fa-f]{2}){1,64})(?:=|%3[Dd])")
_SAID: Final = re.compile(
    r"(?i)\b(pass(?:word|wd|phrase)|pwd|secret|token|api[ _-]?key|credentials?)"
    r"\\?[\"']?\s{0,4}[:=]\s{0,4}"
)
_VALUE: Final = re.compile(r"\"[^\"\r\n]*\"?|'[^'\r\n]*'?|(?:(?!%26)[^\s&#\"'<>])+")

_CALLED: Final = ("token", "secret", "passw", "passphrase", "signature", "credential", "session")
_EXACTLY: Final = frozenset(
    ("auth", "authorization", "jwt", "nonce", "pass", "pin", "pwd", "sid", "sig")
)


def redacted(text: str, known: Iterable[str] = ()) -> str:
    """Return *text* with `HIDDEN` for each secret in it, also those of *known* in any place."""
    for secret in sorted(known, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
    if "@" in text:
        text = _USERINFO.sub(f"{HIDDEN}@", text)
    text = _HEADER.sub(rf"\1\2 {HIDDEN}", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _TOKEN.sub(f"morgue_{HIDDEN}", text)
    if "=" in text or "%3" in text:
        text = _without_values(text, _NAME)
    return _without_values(text, _SAID)


def is_secret_name(name: str) -> bool:
    """Whether what is called so, in an address or a setting, is nobody's business."""
    # Of an address within an address only the last name is meant.
    last = re.split("[?&;#/=]", unquote_plus(name).casefold())[-1]
    plain = re.sub("[^a-z0-9]", "", last)
    return (
        plain in _EXACTLY
        or plain.endswith(("key", "auth", "nonce"))
        or any(part in plain for part in _CALLED)
    )


def _without_values(text: str, named: re.Pattern[str]) -> str:
    parts, at = [], 0
    for found in named.finditer(text):
        if found.start() < at or not is_secret_name(found[1]):
            continue
        value = _VALUE.match(text, found.end())
        if value:
            parts += [text[at : found.end()], HIDDEN]
            at = value.end()
    return "".join([*parts, text[at:]])
