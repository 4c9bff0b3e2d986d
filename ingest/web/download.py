"""One page of the web, fetched only because a person named it, and from public addresses only (SSRF protection).

No private or loopback address is reached unless the limits allow it: every connection, also one that a redirect leads to, is made to
an address that was resolved and checked here, so that a name cannot point elsewhere between the check and the connection.
Special ranges are those of IANA's registries (RFC 6890; iana-ipv4-special-registry and iana-ipv6-special-registry), multicast, and what
is not yet given out. `ipaddress.is_global` is not asked, since it changes with Python's patch releases: 192.0.0.8 and 3fff::1 are global
in 3.11.7 and not in 3.13.5, 2001:20::1 the other way round, and 192.0.0.9, 192.31.196.1, 192.52.193.1, 192.88.99.1, 192.175.48.1,
2620:4f:8000::1 and fec0::1 in both.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

import httpcore

from ingest.errors import DamagedFileError, EmptyFileError, NotFoundError, TooLargeError, UnsupportedFormatError
from ingest.records import Limits

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


_REDIRECTS = 5
_HEADERS = [
    ("User-Agent", "Setu"),
    ("Accept", "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8"),
    ("Accept-Encoding", "gzip, identity"),
]
_LOOKUPS = threading.BoundedSemaphore(8)
"""Names that are looked up at once, those included whose resolver hangs."""
_BY_HAND = "Open it in a browser, save the page, and add the file."


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a page and the last step of the address that gave them in the end."""

    data: bytes
    name: str


def fetch(address: str, limits: Limits, hosts: Collection[str] = ()) -> Fetched:
    """Fetch one address, following a few redirects. Nothing that the page refers to is fetched.

    Args:
        address: ``http`` or ``https``, without user name and password.
        limits: ``max_web_bytes`` and ``max_web_seconds`` for everything together; ``private_addresses``.
        hosts: the only ones that are asked, also after a redirect, each with its port where it is named; none: any.

    Raises:
        DamagedFileError: the answer broke off, or is no HTTP.
        EmptyFileError: the page has no bytes.
        NotFoundError: the name, the server or the page is not there, or the server refuses.
        TooLargeError: over a limit on bytes or time.
        UnsupportedFormatError: an address that Setu does not open.
    """
    deadline = time.monotonic() + limits.max_web_seconds
    current = address
    try:
        with httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            network_backend=_Checked(address, deadline, limits.private_addresses),
            max_connections=1,
        ) as pool:
            for _ in range(_REDIRECTS + 1):
                if hosts and _named_host(current) not in hosts:
                    raise UnsupportedFormatError(address, f"It leads to {_named_host(current)}, a host that was not named.", _BY_HAND)
                found, following = _get(pool, address, current, limits)
                if found is not None:
                    return found
                current = _joined(address, current, following)
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise TooLargeError(
            address, f"The page took longer than {limits.max_web_seconds:.0f} seconds.", "Try again later, or save the page."
        ) from error
    except (httpcore.ConnectError, httpcore.UnsupportedProtocol, UnicodeError) as error:
        raise NotFoundError(address, f"The server cannot be reached ({error}).", "Check the address and the network.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, zlib.error) as error:
        raise DamagedFileError(address, f"The answer broke off or is not HTTP ({type(error).__name__}).", "Try again later.") from error
    raise NotFoundError(address, f"The address leads on and on (more than {_REDIRECTS} redirects).", _BY_HAND)


def _get(pool: httpcore.ConnectionPool, address: str, current: str, limits: Limits) -> tuple[Fetched | None, str]:
    """The page, or the address it has moved to."""
    url = _url(address, current)
    wait = {"connect": 15.0, "read": 20.0, "write": 15.0, "pool": 15.0}
    with pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": wait}) as answer:
        headers = {name.lower(): value for name, value in answer.headers}
        if answer.status in {301, 302, 303, 307, 308} and b"location" in headers:
            return None, headers[b"location"].decode("latin-1")
        if answer.status != 200:
            raise NotFoundError(
                address, f"The server answered {answer.status}.", "Check the address in a browser; save the page if it needs a login."
            )
        data = _bounded(answer.iter_stream(), headers, address, limits.max_web_bytes)
    if not data:
        raise EmptyFileError(address, "The page has no bytes.", _BY_HAND)
    return Fetched(data, unquote(PurePosixPath(urlsplit(current).path).name) or "page"), ""


def _named_host(address: str) -> str:
    """The host of an address, with its port where there is one."""
    try:
        parts = urlsplit(address)
        return f"{(parts.hostname or '').casefold()}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return ""


def _joined(address: str, current: str, following: str) -> str:
    try:
        return urljoin(current, following)
    except ValueError as error:
        raise UnsupportedFormatError(address, f"It leads on to what is no web address ({error}).", _BY_HAND) from error


def _url(address: str, current: str) -> httpcore.URL:
    try:
        parts = urlsplit(current)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnsupportedFormatError(address, f"It is not a web address ({error}).", "Check the address.") from error
    if parts.scheme.lower() not in {"http", "https"} or not host:
        raise UnsupportedFormatError(address, "Only http and https addresses are opened.", _BY_HAND)
    if parts.username is not None or parts.password is not None:
        raise UnsupportedFormatError(address, "The address holds a user name or password.", _BY_HAND)
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise UnsupportedFormatError(address, f"It is not a web address ({error}).", "Check the address.") from error
    target = httpcore.URL(
        scheme=parts.scheme.lower().encode(), host=name.encode(), port=port,
        target=_ascii(parts.path or "/") + (b"?" + _ascii(parts.query) if parts.query else b""),
    )  # fmt: skip
    return target


def _ascii(text: str) -> bytes:
    """Text of an address with everything beyond printable ASCII percent-encoded as UTF-8 (RFC 3987, 3.1)."""
    return b"".join(bytes([byte]) if 0x21 <= byte <= 0x7E else b"%%%02X" % byte for byte in text.encode("utf-8", "surrogatepass"))


def _bounded(chunks: Iterable[bytes], headers: dict[bytes, bytes], address: str, most: int) -> bytes:
    """The body, unpacked, and never more than ``most`` bytes of it."""
    gzip = headers.get(b"content-encoding", b"").strip().lower() in {b"gzip", b"x-gzip"}
    unpack = zlib.decompressobj(31) if gzip else None
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        left = chunk
        while left:
            if unpack is not None and unpack.eof:  # the pages of a body may be packed one after the other (RFC 1952, 2.2)
                unpack = zlib.decompressobj(31)
            part = unpack.decompress(left, most - size + 1) if unpack is not None else left
            size += len(part)
            if size > most:
                raise TooLargeError(address, f"The page has more than {most / 1e6:.0f} MB.", "Download it, and add the file.")
            parts.append(part)
            left = unpack.unused_data.lstrip(b"\0") if unpack is not None else b""  # zeros fill up a block
    if unpack is not None and parts and not unpack.eof:
        raise DamagedFileError(address, "The answer broke off in the middle of the page.", "Try again later.")
    return b"".join(parts)


class _Checked(httpcore.SyncBackend):
    """Connects only to addresses that may be reached, and lets nothing wait beyond the deadline."""

    def __init__(self, address: str, deadline: float, private: bool) -> None:
        self._address = address
        self._deadline = deadline
        self._private = private

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        """Resolve the name, refuse it when any of its addresses is not public, and connect to one of those that were checked."""
        numbers = self._resolved(host, port)
        for number in numbers:
            if not self._private and not is_public(number):
                raise UnsupportedFormatError(
                    self._address, f"{host} is an address inside a private network.", "Save the page, or allow it with SETU_WEB_PRIVATE=1."
                )
        last: httpcore.ConnectError | None = None
        for number in numbers:
            try:
                stream = super().connect_tcp(number, port, _left(self._deadline, timeout), local_address, socket_options)
            except httpcore.ConnectError as error:
                last = error
            else:
                return _Timed(stream, self._deadline)
        raise last or httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> httpcore.NetworkStream:
        """Never."""
        raise httpcore.ConnectError("no local sockets")

    def _resolved(self, host: str, port: int) -> list[str]:
        try:
            return [str(ipaddress.ip_address(host.strip("[]")))]
        except ValueError:
            pass
        return _looked_up(host, port, self._deadline)


def _looked_up(host: str, port: int, deadline: float) -> list[str]:
    """The addresses of a name. A thread asks, since the system's resolver waits as long as it likes; one that hangs is left to it."""
    if not _LOOKUPS.acquire(timeout=_left(deadline, None)):
        raise httpcore.ConnectTimeout("Names are not looked up at the moment.")
    found: list[str] | Exception | None = None
    done = threading.Event()

    def ask() -> None:
        nonlocal found
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        except (OSError, ValueError) as error:  # ValueError: a name that is none, such as one with a NUL
            found = error
        finally:
            _LOOKUPS.release()
            done.set()

    threading.Thread(target=ask, name="setu-lookup", daemon=True).start()
    if not done.wait(_left(deadline, None)):
        raise httpcore.ConnectTimeout(f"{host} was not looked up in time.")
    if not isinstance(found, list):
        raise httpcore.ConnectError(f"{host} is not known") from found
    return found


class _Timed(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline, so that a server that drips cannot hold on to it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the stream, up to the deadline."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As the stream, up to the deadline."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """As the stream; the certificate is checked against the name, not the address."""
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As the stream."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The time for the whole page is over.")
    return left if timeout is None else min(left, timeout)
