"""A folder on a real server of WebDAV: names of all sorts, a folder that is not there, a dead server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sources.connect import connect
from ingest.sources.entries import Address, SourceError
from tests.ingest.sources.servers.places import RealPlace, webdav
from tests.ingest.sources.servers.process import needs

needs("wsgidav", "webdav4")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[RealPlace]:
    with webdav(tmp_path) as made:
        yield made


def taken(address: Address) -> dict[str, str]:
    place, found = connect(address), {}
    try:
        for one in place.listing({}, "").entries:
            out = io.BytesIO()
            place.read(one, out)
            found[one.path] = out.getvalue().decode()
    finally:
        place.close()
    return found


def test_a_folder_with_all_below_it_is_listed_and_read_whatever_its_names(place: RealPlace) -> None:
    papers = {"करार/सामंजस्य करार.txt": "one", "覚書/2026/覚書.txt": "two", "50%41 done/a b+c%20#?&.txt": "three"}
    papers["long.txt"] = "The harbour. " * 50_000
    for path, text in papers.items():
        place.put(path, text)
    (place.folder / "empty").mkdir()
    assert taken(place.at()) == papers
    assert taken(place.at("/%E0%A4%95%E0%A4%B0%E0%A4%BE%E0%A4%B0")) == {"सामंजस्य करार.txt": "one"}


def test_a_folder_that_is_not_there_is_told(place: RealPlace) -> None:
    with pytest.raises(SourceError, match=r"There is no http://.*/papers/none\. Check the address\."):
        taken(place.at("/none"))


def test_a_file_at_which_the_server_dies_is_an_error_and_is_read_when_it_is_back(place: RealPlace) -> None:
    place.put("long.txt", "The harbour. " * 50_000)
    here, out = connect(place.at()), io.BytesIO()
    (entry,) = here.listing({}, "").entries
    place.wire.breaks(after=200_000)
    with pytest.raises(SourceError, match="does not answer as it should"):
        here.read(entry, io.BytesIO())
    place.wire.mends()
    here.read(entry, out)
    here.close()
    assert len(out.getvalue()) == entry.size == 650_000
