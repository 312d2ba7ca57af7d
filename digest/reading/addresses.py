"""Which network addresses may be asked: public ones only, in whatever notation they come. Pure.

``ipaddress.is_global`` is not enough: it calls NAT64 and 6to4 wrappings of 127.0.0.1 and multicast global.

Source: RFC 6890 (special-purpose registries), RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).
"""

from __future__ import annotations

import ipaddress
from typing import Final

__all__ = ["is_public"]

_NAT64: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def is_public(address: str) -> bool:
    """Tell whether an address, as the resolver gave it, lies in the public internet."""
    parsed = ipaddress.ip_address(address.split("%", 1)[0])
    if parsed.is_multicast or not parsed.is_global or parsed.is_reserved:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if any(parsed in network for network in _NAT64):
            return False
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        return inner is None
    return True
