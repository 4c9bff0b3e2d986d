"""The addresses in settings of what watches a node, checked when they are read."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_and_port(value: str) -> str:
    """Where figures are shown. Raises `ValueError` for what is neither "" nor a host and a port."""
    host, _, port = value.strip().rpartition(":")
    if value.strip() and not (host.strip("[]") and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("a host and a port are wanted, such as 127.0.0.1:9464")
    return value.strip()


def collector(value: str) -> str:
    """Where traces are sent. Raises `ValueError` for what is neither "" nor an address of the web."""
    parts = urlsplit(value.strip())
    if value.strip() and not (parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError("the address of a collector is wanted, such as http://127.0.0.1:4318")
    return value.strip()
