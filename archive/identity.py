"""What makes two things the same: canonical addresses, article ids, fingerprints."""

import base64
import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from archive.article import Article
from archive.topic_rules import without_rules

# Parameters that say where a reader came from, not what is shown.
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_ga|cmpid|ocid|ref_src"
    r"|at_medium|at_campaign|xtor|partner|wt_mc|ns_(campaign|mchannel|source)"
    r"|gbraid|wbraid|twclid|ttclid|li_fat_id|mkt_tok|_hs(enc|mi)|hsa_\w+|mtm_\w+|pk_\w+|piwik_\w+"
    r"|guccounter|guce_referrer(_sig)?|__twitter_impression|smid|smtyp|s_cid|sref|soc_(src|trk))$",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Hosts and parts of addresses that show an article to another device, or by another's server.
_DEVICE_HOST = re.compile(r"^(www\d?|m|mobile|amp)\.(?=[^.]+\.)", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?<=/)amp(?=/.)|/amp$|\.amp(?=\.html?$|$)", re.IGNORECASE)
_AMP_QUERY = re.compile(r"^(amp=.*|(output|outputtype)=amp)$", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^/(?:[acv]|amp)/(s/)?(?P<rest>[^/]+\.[^/]+/.*)$")
_SAFE = "/:@!$&'()*+,;=~%-._"
# An article's own addresses are asked for several times while it comes in.
_remembered = lru_cache(maxsize=1024)


def web_url(address: str) -> str | None:
    """Return *address* when it is an http or https URL with a host, else None."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _DEFAULT_PORTS or re.search(r"\s", parts.netloc):
        return None
    if not host or not host.strip("."):
        return None
    return address


@_remembered
def canonical_url(address: str) -> str:
    """Return the one spelling of *address* under which an article is known (RFC 3986 §6).

    Scheme and host in lower case, no default port, no fragment, no tracking
    parameters, an empty path as ``/``. Other parameters keep their order, for
    some sites need it. An address that is not http or https comes back as it is.
    """
    if web_url(address) is None:
        return address
    parts = urlsplit(address.strip())
    query = urlencode(
        [
            pair
            for pair in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACKING.match(pair[0])
        ]
    )
    scheme = parts.scheme.lower()
    path = quote(parts.path, safe=_SAFE) or "/"
    return SplitResult(scheme, _host(parts, scheme), path, query, "").geturl()


def _host(parts: SplitResult, scheme: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port and parts.port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{parts.port}"
    return host


def same_site(one: str, other: str) -> bool:
    """Whether two web addresses lie on one site: its own host, or hosts under one name.

    The name is the last two labels of the host, or three where the last but one is
    short (``co.uk``); numbers and single names are compared whole.
    """
    return _site(one) == _site(other) != ""


def _site(address: str) -> str:
    host = (urlsplit(address).hostname or "").rstrip(".") if web_url(address) else ""
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return host
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if short else -2 :])


@_remembered
def address_key(address: str) -> str:
    """Return what the addresses of one article have in common, to look it up by any of them.

    Tracking parameters, the scheme, ``www.``, ``m.``, ``mobile.`` and ``amp.``, the
    marks of AMP pages (and the caches that serve them) and a closing slash go.
    Two articles may, rarely, have one key: compare what they say. An address that
    is not http or https is its own key.
    """
    if web_url(address) is None:
        return address
    parts = urlsplit(canonical_url(address))
    cached = _AMP_CACHE.match(parts.path)
    host = parts.netloc
    if cached and (host.endswith(".cdn.ampproject.org") or _bare(host).startswith("google.")):
        return address_key(f"https://{cached['rest']}")
    pairs = (pair for pair in parts.query.split("&") if pair and not _AMP_QUERY.match(pair))
    query = "&".join(pairs)
    path = _AMP_PATH.sub("", parts.path.rstrip("/")).replace("//", "/").rstrip("/")
    return f"{_bare(host)}{path}?{query}" if query else f"{_bare(host)}{path}"


def _bare(host: str) -> str:
    while (shorter := _DEVICE_HOST.sub("", host)) != host:
        host = shorter
    return host


def may_be_canonical(claimed: str, url: str) -> bool:
    """Whether *claimed* can be the canonical address of an article read at *url*.

    Not another site's (stricter than `same_site`: hosts that many share under one name
    are several), and no site's front page, which some pages give whatever they
    show. Of a file (``file://``) any address of the web may be.
    """
    if web_url(claimed) is None:
        return False
    host, slash, rest = address_key(claimed).partition("/")
    if (not slash and "?" not in host) or (not rest and slash):
        return False
    if web_url(url) is None:
        return True
    own = address_key(url).partition("/")[0].partition("?")[0]
    host = host.partition("?")[0]
    return own == host or own.endswith(f".{host}") or host.endswith(f".{own}")


def article_id(url: str) -> str:
    """Return the 12 letters and digits (60 bits) that name the article at *url* for ever."""
    digest = hashlib.blake2b(url.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:12]


def fingerprint(article: Article) -> str:
    """Return a digest of what a reader would call the article's content.

    Two readings with the same fingerprint are the same revision: white space does
    not count, nor what is said about the article from outside (source, topics,
    section, language, links).
    """
    parts = [
        article.headline,
        article.text,
        article.caption or "",
        article.agency or "",
        article.dateline or "",
        article.published.iso if article.published else "",
        article.credits or "",
        *article.byline,
    ]
    folded = "\x1f".join(" ".join(part.split()) for part in parts)
    return digest(folded.encode("utf-8", "surrogatepass"))


def labels(article: Article) -> tuple[object, ...]:
    """Return what is said about *article* from outside, which no fingerprint holds.

    What the user's rules say of it is no matter of its source, and not among it.
    """
    article = without_rules(article)
    about = article.source, article.topics, article.section, article.language, article.link
    return *about, article.updated.iso if article.updated else None


def digest(data: bytes) -> str:
    """Return a short digest of *data*, to tell whether it changed."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
