"""Where nobody signs in, this machine alone is served: whether somebody may be on another one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

FORWARDED: Final = ("X-Forwarded-For", "X-Real-Ip", "X-Forwarded-Host")
"""Headers in which a proxy says whom it forwards."""


def from_elsewhere(listens: str | None, host: str | None, forwarded: Iterable[str], client: str | None) -> bool:
    """Whether a browser may be on another machine than this one.

    Args:
        listens: the address that the server listens on; None or "" is every one.
        host: the ``Host`` header, which a page of another site cannot choose.
        forwarded: what a proxy says of whom it forwards.
        client: the address of the connection.
    """
    names = [listens or "0.0.0.0", _name(host) if host else "localhost", client or "localhost"]
    said = [part.strip().rsplit("=", 1)[-1].strip('"') for line in forwarded for part in line.split(",")]
    return not all(_loopback(name) for name in (*names, *said))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or host
    except ValueError:
        return host


def _loopback(name: str) -> bool:
    if name.casefold().rstrip(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name.split("%", maxsplit=1)[0].strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or bool(getattr(address, "ipv4_mapped", None) and address.ipv4_mapped.is_loopback)  # type: ignore[union-attr]
