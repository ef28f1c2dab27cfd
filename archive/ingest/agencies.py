"""News agencies: the names by which copy signs, and the one by which each is known."""

from typing import Final

SHORT: Final = (
    "PA Media|Bloomberg|Interfax|Reuters|Xinhua|Yonhap|Kyodo|TASS|ANSA|AFP|dpa|EFE|UPI|AP"
)
"""A pattern of the names that no person bears."""
# Longest first, for a pattern that is not anchored.
KNOWN: Final = (
    "Agence France-Presse|Deutsche Presse-Agentur|The Associated Press|Associated Press"
    f"|Press Association|{SHORT}"
)
"""A pattern of all names, which tell an agency from any other name in running text."""
_NAMES: Final = {
    "reuter": "Reuters",
    "the associated press": "AP",
    "associated press": "AP",
    "agence france-presse": "AFP",
    "deutsche presse-agentur": "dpa",
    "press association": "PA Media",
    "pa": "PA Media",
    "新华社": "Xinhua",
    "路透社": "Reuters",
    "法新社": "AFP",
    "美联社": "AP",
    "德新社": "dpa",
    "中新社": "China News Service",
}


def known_as(name: str) -> str:
    """Return an agency's name as it is known today: copy of the 1980s signs Reuter.

    A regional service (``dpa/lno``, ``dpa-infocom``) is its agency's.
    """
    name = name.strip()
    if name.lower().startswith(("dpa/", "dpa-")):
        return "dpa"
    return _NAMES.get(name.casefold(), name)
