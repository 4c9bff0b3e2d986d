"""Where what is written to a language model goes: which host, and whether that is in the house.

In the house are this machine, private networks and the hosts that ``SETU_LLM_INSIDE`` names. A provider's own service never is, whatever
its address; nor is a host whose name only happens to lead to a private address, or one that is reached by way of a proxy outside.
"""

from __future__ import annotations

import ipaddress
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_NETWORKS: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128",  # this machine; 0.0.0.0 is what OLLAMA_HOST mostly says
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
        "169.254.0.0/16", "fe80::/10",  # link-local, RFC 3927 and 4291
        "fc00::/7",  # unique local, RFC 4193
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Destination:
    """The host that a model runs on, with its port where one is named, and whether it is in the house."""

    host: str
    inside: bool


OUTSIDE: Final = Destination("", inside=False)
"""A place that nothing is known of."""


def destination(address: str, hosts: Collection[str] = (), *, service: bool = False) -> Destination:
    """Where an address leads.

    Args:
        address: of the server, ``http://host:port/…``.
        hosts: those that are in the house beside private networks, in small letters.
        service: whether it is a provider's own service, which never is.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    shown = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return Destination(shown, not service and in_house(host, hosts) and _directly(parts.scheme, host, hosts))


def in_house(host: str, hosts: Collection[str] = ()) -> bool:
    """Whether a host, by name or number, is this machine, in a private network, or one of ``hosts``."""
    name = host.casefold().rstrip(".")
    if name in hosts or name == "localhost" or name.endswith((".localhost", ".local")):
        return True
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    return any(number in network for network in _NETWORKS if network.version == number.version)


def _directly(scheme: str, host: str, hosts: Collection[str]) -> bool:
    """Whether no proxy of the environment outside the house is asked on the way."""
    proxies = urllib.request.getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(host):
        return True
    return in_house(urlsplit(proxy if "://" in proxy else f"//{proxy}").hostname or "", hosts)
