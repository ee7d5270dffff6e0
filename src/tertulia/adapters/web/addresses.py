"""Which addresses are anybody's: those that a server may ask because somebody wrote a link."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_RESERVED_4: Final = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
"""IANA's IPv4 Special-Purpose Address Registry (RFC 6890), multicast, and the address at which Azure's machines find
their host. Written down, because `ipaddress` says other things in other versions of Python."""
_GLOBAL_6: Final = IPv6Network("2000::/3")
"""All that IANA has given out so far. Mapped, compatible and translated IPv4, unique local, link-local and multicast
addresses lie outside of it."""
_RESERVED_6: Final = tuple(
    IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16", "3fff::/20")
)
"""Within it: Teredo and other protocols' own, documentation, 6to4, the old 6bone."""
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""The upper half of an interface identifier that holds an IPv4 address (RFC 5214, 6.1)."""


def is_public(address: str) -> bool:
    """Whether an address, as the resolver gives it, is of the public internet, and no other address in disguise."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return _is_public_6(parsed) if isinstance(parsed, IPv6Address) else _is_public_4(parsed)


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _RESERVED_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    if any(address in network for network in _RESERVED_6):
        return False
    return (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP
