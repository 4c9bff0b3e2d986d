"""Where a page may be fetched from: an address of the public Internet that was checked, and no other."""

from __future__ import annotations

import _socket
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ingest.errors import IngestError, NotFoundError, TooLargeError, UnsupportedFormatError
from ingest.records import Limits
from ingest.web.download import fetch, is_public
from tests import conftest
from tests.webserver import Site, site

PUBLIC, OTHER_PUBLIC, PRIVATE = "8.8.8.8", "9.9.9.9", "10.0.0.5"


def words(table: str) -> list[str]:
    return table.split()


# First and last address of each entry of IANA's registries (July 2025), of multicast and of what is reserved.
SPECIAL = words("""
0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255 169.254.0.0 169.254.255.255
172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.7 192.0.0.8 192.0.0.9 192.0.0.10 192.0.0.170 192.0.0.171 192.0.0.255 192.0.2.0 192.0.2.255
192.31.196.0 192.31.196.255 192.52.193.0 192.52.193.255 192.88.99.0 192.88.99.255 192.168.0.0 192.168.255.255 192.175.48.0 192.175.48.255
198.18.0.0 198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255
:: ::1 ::ffff:0:0 ::ffff:255.255.255.255 64:ff9b:1:: 64:ff9b:1:ffff:ffff:ffff:ffff:ffff 100:: 100::ffff:ffff:ffff:ffff 100:0:0:1::
2001:: 2001:0:ffff:ffff:ffff:ffff:ffff:ffff 2001:1::1 2001:1::2 2001:1::3 2001:2:: 2001:2:0:ffff:ffff:ffff:ffff:ffff 2001:3:: 2001:4:112::
2001:10:: 2001:1f:ffff:ffff:ffff:ffff:ffff:ffff 2001:20:: 2001:30:: 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8::
2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2002:: 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2620:4f:8000:: 2620:4f:8000:ffff:ffff:ffff:ffff:ffff
3fff:: 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff 5f00:: 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff fc00:: fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
fe80:: fe80::1%eth0 febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff fec0:: ff00:: ff02::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::192.0.0.1
2002:7f00:1:: 2002:a00:1:: 2002:808:808:: 2001:0:4136:e378:8000:63bf:80ff:fffe 2001::f5ff:fffe 4000:: 8000::1 e000::1
""")

# The neighbours of those ranges on both sides, and what everybody knows.
ORDINARY = words("""
1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0
191.255.255.255 192.0.1.0 192.0.3.0 192.31.195.255 192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0 192.167.255.255
192.169.0.0 192.175.47.255 192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
8.8.8.8 2000:: 2001:200:: 2001:4860:4860::8888 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9:: 2003:: 2606:4700::1111 2620:4f:7fff::
2620:4f:8001:: 3ffe:: 3fff:1000:: 64:ff9b::808:808
""")


@pytest.mark.parametrize("number", SPECIAL)
def test_an_address_of_a_special_range_is_not_public(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize("number", ORDINARY)
def test_an_address_beside_the_special_ranges_is_public(number: str) -> None:
    assert is_public(number)


FORMS = [
    # the same number, written otherwise
    "127.0.0.1", "127.1", "127.0.1", "0x7f.0.0.1", "0x7f000001", "0177.0.0.1", "017700000001", "2130706433", "127.0.0.1.",
    "127.000.000.001", "0", "0.0.0.0", "0x0", "3232235777", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.169.254",
    # version 6
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]",
    "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1%lo]", "[fe80::1%25lo]", "[::1%25lo]",
    "[fec0::1]", "[fd00::1]",
    "[ff02::1]", "[v1.x]", "[127.0.0.1]", "[::ffff:0:7f00:1]",
    # names, full-width digits and dots, what is dropped on the way
    "localhost", "LOCALHOST", "localhost.", "ip6-localhost", "ⓁⓄⒸⒶⓁⒽⓄⓈⓉ", "ｌｏｃａｌｈｏｓｔ",
    "１２７.0.0.1", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "\u00ad127.0.0.1", "127.0.0.1\u200b", "loc\tal\nhost", "①②⑦.0.0.1",
    # ports
    "127.0.0.1:22", "127.0.0.1:65535", "localhost:11434", "[::1]:8501", "127.0.0.1:", "127.0.0.1:80:80", "127.0.0.1:-1", "127.0.0.1:٨٠",
    # who is asked, hidden behind who seems to be
    "8.8.8.8@127.0.0.1", "8.8.8.8:80@127.0.0.1:80", "8.8.8.8%40127.0.0.1", "127.0.0.1\\@8.8.8.8", "127.0.0.1#@8.8.8.8",
    "127.0.0.1?@8.8.8.8", "%31%32%37.0.0.1", "127.0.0.1%00.example.org", "127.0.0.1\0.example.org",
    "8.8.8.8\\.127.0.0.1", "@127.0.0.1", ":@127.0.0.1",
]  # fmt: skip
assert len(FORMS) >= 57


@pytest.mark.parametrize("host", FORMS)
def test_no_way_of_writing_an_address_reaches_this_machine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, to: connected.append(to))
    with pytest.raises((UnsupportedFormatError, NotFoundError)) as caught:
        fetch(f"http://{host}/", Limits(max_web_seconds=20.0))
    assert connected == []
    assert caught.value.remedy.endswith(".")
    conftest.attempts.clear()  # what is no number is looked up as a name, which the guard of these tests refuses


@dataclass
class Network:
    """Names as a resolver gives them, one answer after the other, the last again and again; and the numbers that are connected to."""

    names: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)

    def look_up(self, host: str | bytes, port: int, *_: object) -> list[tuple[Any, ...]]:
        name = host.decode() if isinstance(host, bytes) else host
        if re.fullmatch(r"[0-9]+([.][0-9]+){3}", name):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port))]
        self.asked.append(name)
        if name == "hangs.example":
            self.hangs.wait(60)
        answers = self.names[name]
        number = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in number.split()]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """The resolver below Python's own, and connections that all end at a server on loopback, whatever number they name."""
    network = Network()
    with site() as address:
        port = int(address.rpartition(":")[2])

        def connect(self: socket.socket, to: tuple[str, int]) -> None:
            network.connected.append(to)
            conftest._connect(self, ("127.0.0.1", port))

        monkeypatch.setattr(_socket, "getaddrinfo", network.look_up)
        monkeypatch.setattr(socket, "getaddrinfo", conftest._getaddrinfo)
        monkeypatch.setattr(socket.socket, "connect", connect)
        yield network
        network.hangs.set()


def refused(address: str, kind: type[IngestError], limits: Limits | None = None) -> IngestError:
    with pytest.raises(kind) as caught:
        fetch(address, limits or Limits(max_web_seconds=20.0))
    return caught.value


def test_a_name_that_points_elsewhere_after_the_check_is_reached_where_it_was_checked(network: Network) -> None:
    network.names["rebinds.example"] = [PUBLIC, "127.0.0.1"]
    Site.answers["/a"] = (200, {}, b"a page")
    assert fetch("http://rebinds.example/a", Limits()).data == b"a page"
    assert network.connected == [(PUBLIC, 80)]
    assert network.asked == ["rebinds.example"]


def test_a_name_that_points_elsewhere_before_the_next_hop_is_refused_there(network: Network) -> None:
    network.names["rebinds.example"] = [PUBLIC, "127.0.0.1"]
    Site.answers["/a"] = (302, {"Location": "http://rebinds.example:8080/b"}, b"")
    Site.answers["/b"] = (200, {}, b"inside")
    assert "private network" in refused("http://rebinds.example/a", UnsupportedFormatError).reason
    assert network.connected == [(PUBLIC, 80)]


def test_each_hop_is_looked_up_and_checked_for_itself(network: Network) -> None:
    network.names |= {"one.example": [PUBLIC], "two.example": [OTHER_PUBLIC], "three.example": [f"{PUBLIC} {PRIVATE}"]}
    Site.answers["/1"] = (301, {"Location": "http://two.example/2"}, b"")
    Site.answers["/2"] = (302, {"Location": "//three.example/3"}, b"")
    Site.answers["/3"] = (200, {}, b"inside")
    assert "three.example" in refused("http://one.example/1", UnsupportedFormatError).reason
    assert network.connected == [(PUBLIC, 80), (OTHER_PUBLIC, 80)]
    assert Site.asked == ["/1", "/2"]


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "//[::ffff:10.0.0.1]/", "http://u:p@9.9.9.9/", "http://[::1"]
)
def test_a_redirect_into_the_machine_is_refused(network: Network, to: str) -> None:
    network.names |= {"one.example": [PUBLIC], "2130706433": ["127.0.0.1"]}
    Site.answers["/a"] = (307, {"Location": to}, b"")
    refused("http://one.example/a", UnsupportedFormatError)
    assert network.connected == [(PUBLIC, 80)]


def test_a_resolver_that_hangs_is_left_when_the_time_is_over(network: Network) -> None:
    network.names["hangs.example"] = [PUBLIC]
    started = time.monotonic()
    assert "longer than" in refused("http://hangs.example/", TooLargeError, Limits(max_web_seconds=0.5)).reason
    assert time.monotonic() - started < 20


def test_resolvers_that_hang_hold_at_most_a_few_threads_and_names_are_found_again_afterwards(network: Network) -> None:
    network.names |= {"hangs.example": [PUBLIC], "one.example": [PUBLIC]}
    Site.answers["/a"] = (200, {}, b"a page")
    for _ in range(10):
        refused("http://hangs.example/", TooLargeError, Limits(max_web_seconds=0.1))
    waiting: Callable[[], int] = lambda: sum(thread.name == "setu-lookup" for thread in threading.enumerate())  # noqa: E731
    assert waiting() <= 8
    refused("http://one.example/a", TooLargeError, Limits(max_web_seconds=0.1))
    network.hangs.set()
    assert fetch("http://one.example/a", Limits()).data == b"a page"
