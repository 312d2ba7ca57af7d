"""Which network addresses may be contacted: pure.

Source: RFC 6890 and the IANA special-purpose registries as ``ipaddress`` knows them; its ``is_global`` calls
NAT64, 6to4 and multicast addresses global, although each of them can lead back into the own network.
"""

from __future__ import annotations

import ipaddress

__all__ = ["is_public"]

_LEADING_BACK = tuple(
    ipaddress.ip_network(net)
    for net in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "::/96",
        "192.88.99.0/24",
        "fec0::/10",
    )
)


def is_public(address: str) -> bool:
    """Tell whether an address, as the resolver gave it, is one of the public network.

    >>> is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("64:ff9b::7f00:1"), is_public("9.9.9.9")
    (False, False, False, True)
    """
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if any(parsed.version == net.version and parsed in net for net in _LEADING_BACK):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved
