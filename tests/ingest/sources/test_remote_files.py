"""Files behind WebDAV (a real small server) and behind `fsspec`'s own memory: listed wholly or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator

import fsspec
import pytest

from ingest.sources import connect as module
from ingest.sources.connect import connect
from ingest.sources.entries import Address, EntryError, SourceError
from ingest.sources.remote_files import RemoteFiles
from tests.ingest.sources.web_server import Served, serving


@pytest.fixture
def cloud() -> Iterator[Served]:
    files = {"/dav/Papers/moc.txt": b"The committee.", "/dav/Papers/2026/पत्र.txt": b"Two."}
    files |= {"/dav/Papers/.hidden": b"no", "/dav/Papers/2026/code.py": b"no", "/dav/Other/no.txt": b"no"}
    with serving(Served(files, password="cerulean-tram")) as served:
        yield served


@pytest.fixture
def place(cloud: Served):
    pytest.importorskip("webdav4")
    opened = []

    def connected(_cloud: Served, secret: str = "cerulean-tram"):
        opened.append(connect(Address("webdav", f"{cloud.address}/dav/Papers", {"user": "asha"}, secret)))
        return opened[-1]

    yield connected
    for one in opened:
        one.close()


def read(place, entry) -> bytes:
    out = io.BytesIO()
    place.read(entry, out)
    return out.getvalue()


def test_a_webdav_folder_is_listed_with_etags_and_read(cloud: Served, place) -> None:
    found = place(cloud).listing({}, "")
    assert [one.path for one in found.entries] == ["2026/पत्र.txt", "moc.txt"]
    assert all(one.etag and one.size for one in found.entries)
    assert [read(place(cloud), one) for one in found.entries] == [b"Two.", b"The committee."]
    assert found.entries[1].origin == f"{cloud.address}/dav/Papers/moc.txt"
    before = found.entries[1].etag
    cloud.files["/dav/Papers/moc.txt"] = b"The Committee."
    assert place(cloud).listing({}, "").entries[1].etag != before


def test_a_webdav_listing_that_breaks_off_in_a_folder_is_no_listing(cloud: Served, place) -> None:
    cloud.broken.add("/dav/Papers/2026")
    with pytest.raises(SourceError, match="does not answer as it should"):
        place(cloud).listing({}, "")


def test_a_wrong_password_is_told_without_it(cloud: Served, place) -> None:
    with pytest.raises(SourceError) as refused:
        place(cloud, "wrong-secret").listing({}, "")
    assert "401" in str(refused.value)
    assert "wrong-secret" not in str(refused.value)
    assert "cerulean-tram" not in repr(Address("webdav", cloud.address, {}, "cerulean-tram"))


def test_a_file_that_went_since_stops_no_other(cloud: Served, place) -> None:
    here = place(cloud)
    gone, there = here.listing({}, "").entries
    del cloud.files["/dav/Papers/" + gone.path]
    with pytest.raises(EntryError):
        read(here, gone)
    assert read(here, there) == b"The committee."


def test_any_file_system_of_fsspec_is_followed_in_all_its_folders() -> None:
    system = fsspec.filesystem("memory", skip_instance_cache=True)
    system.store.clear()
    system.pipe({"/papers/a.txt": b"one", "/papers/deep/er/b.txt": b"two", "/elsewhere/c.txt": b"three"})
    place = RemoteFiles(lambda: system, "/papers", "memory://papers")
    found = place.listing({}, "").entries
    assert [(one.key, one.size) for one in found] == [("a.txt", 3), ("deep/er/b.txt", 3)]
    assert [read(place, one) for one in found] == [b"one", b"two"]


class Guarded:
    """A file system one folder of which may not be looked into, and which breaks off in another."""

    def __init__(self, denied: str = "", breaks: str = "") -> None:
        self.denied, self.breaks = denied, breaks

    def ls(self, path: str, detail: bool) -> list[dict[str, object]]:
        if path == self.denied:
            raise PermissionError(path)
        if path == self.breaks:
            raise OSError("connection reset")
        names = {"/p": ["a", "b"]}.get(path, [])
        files = [{"name": f"{path}/x.txt", "type": "file", "size": 1}]
        return [*({"name": f"{path}/{one}", "type": "directory"} for one in names), *files]


def test_a_folder_that_may_not_be_looked_into_is_unseen_and_one_that_breaks_off_is_an_error() -> None:
    found = RemoteFiles(lambda: Guarded(denied="/p/a"), "/p", "smb://x/p").listing({}, "")
    assert ([one.key for one in found.entries], found.unseen) == (["b/x.txt", "x.txt"], ("a",))
    for broken in (Guarded(breaks="/p/b"), Guarded(denied="/p"), Guarded(breaks="/p")):
        with pytest.raises(SourceError):
            RemoteFiles(lambda broken=broken: broken, "/p", "smb://x/p").listing({}, "")


@pytest.mark.parametrize(("kind", "address"), [("s3", "s3://bucket/papers"), ("sftp", "sftp://host/p"), ("smb", "smb://host/share/p")])
def test_a_package_that_is_missing_is_named_with_the_command_that_brings_it(kind: str, address: str, monkeypatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SourceError, match=rf"pip install 'setu-qa\[{kind}\]'"):
        connect(Address(kind, address))


def test_a_password_is_sent_with_encryption_alone() -> None:
    with pytest.raises(SourceError, match="without encryption"):
        connect(Address("webdav", "http://cloud.example.org/dav", {"user": "asha"}))


@pytest.mark.parametrize("address", ["ftp://host/p", "/srv/papers", "sftp://asha:secret@host/p", ""])
def test_an_address_of_another_kind_or_with_a_password_is_refused(address: str) -> None:
    with pytest.raises(SourceError) as refused:
        connect(Address("sftp", address))
    assert "secret@" not in str(refused.value)
