"""A page of the web: only the one that was named, only from where it may be fetched, only so much and so long."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, IngestError, NotFoundError, TooLargeError, UnsupportedFormatError
from ingest.parse.dispatch import read
from ingest.records import Limits, Source
from ingest.web import download
from ingest.web.download import fetch
from tests.webserver import Site, site

PAGE = "<!DOCTYPE html><html><head><title>Water</title></head><body><h1>Water</h1><p>कलम १. पाणी सर्वांना मिळेल.</p></body></html>".encode()
LOCAL = Limits(private_addresses=True, max_web_seconds=5.0)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with site() as address:
        yield address


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Site.answers.clear()
    Site.asked.clear()


@pytest.fixture
def raw() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """A server that does with its one connection whatever it is told."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads = []

    def serve(act: Callable[[socket.socket], None]) -> str:
        def run() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                act(connection)

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield serve
    listening.close()
    for thread in threads:
        thread.join(5)


def refused(address: str, kind: type[IngestError], limits: Limits = LOCAL) -> IngestError:
    with pytest.raises(kind) as caught:
        fetch(address, limits)
    assert caught.value.file == address
    assert caught.value.remedy.endswith(".")
    return caught.value


def test_a_page_is_a_source_with_its_address_and_is_read_without_being_fetched_again(address: str) -> None:
    Site.answers["/water?x=1"] = (200, {"Content-Type": "text/plain"}, PAGE)
    (source,) = discover([f"{address}/water?x=1"], LOCAL)
    assert isinstance(source, Source)
    assert (source.uri, source.media, source.size) == (f"{address}/water?x=1", "html", len(PAGE))
    assert [block.text for block in read(source, LOCAL).pages[0].blocks] == ["Water", "कलम १. पाणी सर्वांना मिळेल."]
    assert Site.asked == ["/water?x=1"]


def test_the_kind_of_content_is_told_from_the_bytes(address: str) -> None:
    Site.answers["/a"] = (200, {"Content-Type": "text/html"}, b"%PDF-1.7\n%%EOF\n")
    Site.answers["/b"] = (200, {"Content-Type": "application/pdf"}, b"PK\x05\x06" + b"\x00" * 18)
    (pdf,) = discover([f"{address}/a"], LOCAL)
    assert isinstance(pdf, Source)
    assert pdf.media == "pdf"
    (archive,) = discover([f"{address}/b"], LOCAL)
    assert isinstance(archive, UnsupportedFormatError)


def test_addresses_in_our_scripts_are_encoded(address: str) -> None:
    Site.answers["/%E0%A4%AA%E0%A4%BE%E0%A4%A3%E0%A5%80?q=%E6%B0%B4"] = (200, {}, PAGE)
    assert fetch(f"{address}/पाणी?q=水", LOCAL).data == PAGE


def test_redirects_are_followed_a_few_times(address: str) -> None:
    for at in range(4):
        Site.answers[f"/{at}"] = (302, {"Location": f"/{at + 1}"}, b"")
    Site.answers["/4"] = (200, {}, PAGE)
    assert fetch(f"{address}/0", LOCAL).name == "4"
    Site.answers["/4"] = (302, {"Location": "/0"}, b"")
    refused(f"{address}/0", NotFoundError)
    assert len(Site.asked) == 5 + 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/"])
def test_a_redirect_to_anything_but_the_web_is_refused(address: str, target: str) -> None:
    Site.answers["/a"] = (302, {"Location": target}, b"")
    refused(f"{address}/a", UnsupportedFormatError)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_reached_unless_allowed(host: str) -> None:
    error = refused(f"http://{host}:1/", IngestError, Limits())  # type: ignore[type-abstract]
    assert isinstance(error, UnsupportedFormatError | NotFoundError)
    if host in {"127.0.0.1", "localhost", "[::1]", "0.0.0.0"}:
        assert "SETU_WEB_PRIVATE" in error.remedy


def test_a_name_that_points_into_the_network_is_refused_also_after_a_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once, where the connection is made: what was checked is what is connected to."""
    looked_up: list[str] = []

    def lookup(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", port)),
        ]

    monkeypatch.setattr(download.socket, "getaddrinfo", lookup)
    error = refused("http://papers.example/a", UnsupportedFormatError, Limits())
    assert "private network" in error.reason
    assert looked_up == ["papers.example"]


@pytest.mark.parametrize("wrong", ["http://", "http:///a", "http://user:pass@127.0.0.1/", "http://127.0.0.1:99999/", "http://[::1"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    refused(wrong, UnsupportedFormatError)


def test_a_missing_page_and_a_missing_server_are_not_found(address: str) -> None:
    assert "404" in refused(f"{address}/none", NotFoundError).reason
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    refused(f"http://127.0.0.1:{port}/", NotFoundError)


def test_an_empty_page_is_empty(address: str) -> None:
    Site.answers["/a"] = (200, {}, b"")
    refused(f"{address}/a", EmptyFileError)


def test_a_page_over_the_limit_is_too_large_also_packed(address: str) -> None:
    limits = Limits(private_addresses=True, max_web_bytes=10_000)
    Site.answers["/a"] = (200, {}, b"w" * 10_001)
    Site.answers["/b"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"w" * 5_000_000))
    Site.answers["/c"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE))
    refused(f"{address}/a", TooLargeError, limits)
    refused(f"{address}/b", TooLargeError, limits)
    assert fetch(f"{address}/c", limits).data == PAGE


def test_an_answer_that_breaks_off_is_damaged(address: str) -> None:
    Site.answers["/a"] = (200, {"Content-Length": "5000"}, PAGE)
    refused(f"{address}/a", DamagedFileError)


def test_an_answer_that_is_no_http_is_damaged(raw: Callable[[Callable[[socket.socket], None]], str]) -> None:
    refused(raw(lambda connection: connection.sendall(b"SSH-2.0-x\r\n\r\n")), DamagedFileError)


def test_a_server_that_drips_is_left_at_the_deadline(raw: Callable[[Callable[[socket.socket], None]], str]) -> None:
    def drip(connection: socket.socket) -> None:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(300):
                connection.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            return

    started = time.monotonic()
    refused(raw(drip), TooLargeError, Limits(private_addresses=True, max_web_seconds=0.6))
    assert time.monotonic() - started < 300 * 0.1 / 2  # of the time that the whole answer would have taken


@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_half_a_packed_page_is_no_page(address: str, keep: float) -> None:
    body = gzip.compress(PAGE * 50)
    Site.answers["/half"] = (200, {"Content-Encoding": "gzip"}, body[: int(len(body) * keep)])
    assert "broke off" in refused(f"{address}/half", DamagedFileError).reason


def test_a_page_that_is_packed_in_pieces_is_read_whole(address: str) -> None:
    at = len(PAGE) // 2
    Site.answers["/pieces"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE[:at]) + gzip.compress(PAGE[at:]) + bytes(40))
    assert fetch(f"{address}/pieces", LOCAL).data == PAGE
