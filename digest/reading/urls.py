"""Addresses of stories: when two of them mean the same page. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

__all__ = ["absolute", "canonical", "is_address"]

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_ga|ref|ref_src|cmpid|ncid|ocid|icid|smid|at_\w+|spm|xtor|wt_mc|amp)$",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "/:@!$&'()*+,;=~-._"


def is_address(name: str) -> bool:
    """Tell whether a SOURCE is an address that can be fetched."""
    return re.match(r"https?://", name, re.IGNORECASE) is not None


def absolute(address: str | None, base: str | None) -> str | None:
    """Complete a page's link; None where it is not http(s)."""
    if not address or not address.strip():
        return None
    try:
        joined = urljoin(base, address.strip()) if base else address.strip()
        return joined if is_address(joined) and urlsplit(joined).hostname else None
    except ValueError:
        return None


def canonical(address: str) -> str:
    """Reduce an address to what tells pages apart: no tracking, fragment, default port, ``www.`` or ``amp``.

    >>> canonical("HTTP://www.Example.org:80/a/../b/?utm_source=x&q=1#top")
    'https://example.org/b?q=1'
    """
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return address.strip()
    if not host:
        return address.strip()
    host = f"[{host}]" if ":" in host else host
    if port and port != _DEFAULT_PORTS.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    path = urlsplit(urljoin("http://x/", quote(unquote(parts.path), safe=_SAFE))).path
    path = re.sub(r"/amp/?$", "", re.sub(r"//+", "/", path)).rstrip("/")
    query = sorted(
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0])
    )
    return urlunsplit(("https", host, path, urlencode(query), ""))
