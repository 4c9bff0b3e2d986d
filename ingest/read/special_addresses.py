"""Which IP addresses are public: those of no special-purpose range.

The ranges are those of IANA's registries (RFC 6890; iana-ipv4-special-registry and iana-ipv6-special-registry), multicast, and what is not
yet given out. `ipaddress.is_global` is not asked, since it changes with Python's patch releases: 192.0.0.8 and 3fff::1 are global in 3.11.7
and not in 3.13.5, 2001:20::1 the other way round, and 192.0.0.9, 192.31.196.1, 192.52.193.1, 192.88.99.1, 192.175.48.1, 2620:4f:8000::1 and
fec0::1 in both.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_SPECIAL_4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a provider's customers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local; where clouds answer with their keys
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # multicast tunnels
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""What is given out (RFC 4291, 2.4); outside lie ::1, ::ffff:0:0/96, 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10, ff00::/8."""
_SPECIAL_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, drones
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: leads to whatever IPv4 address it holds
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""How a network without IPv4 reaches every IPv4 address (RFC 6052), so what counts is the one inside."""


def is_public(number: str) -> bool:
    """Whether an address, with or without a zone, is one of the public Internet.

    Raises:
        ValueError: it is no address.
    """
    address = ip_address(number.partition("%")[0])
    if isinstance(address, IPv6Address) and address in _NAT64:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_4)
    return address in _GLOBAL_UNICAST and not any(address in network for network in _SPECIAL_6)
