"""A share on a real server of SMB: names, sizes and times, refusals, sessions that are nobody else's, a dead server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sources.connect import connect
from ingest.sources.entries import Address, EntryError, Listing, SourceError
from tests.ingest.sources.servers.places import NO_SAMBA, PASSWORD, SMBD, RealPlace, samba, smb
from tests.ingest.sources.servers.process import needs

needs("impacket", "smbclient")

pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <function SMBRawIO")  # what a dead server holds open cannot be closed


@pytest.fixture(params=["impacket", "samba"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealPlace]:
    if request.param == "samba" and not SMBD:
        pytest.skip(NO_SAMBA)
    with (samba if request.param == "samba" else smb)(tmp_path) as made:
        yield made


def taken(address: Address) -> tuple[Listing, dict[str, str]]:
    """The listing of a place, and what can be read of it."""
    place, found = connect(address), {}
    try:
        listing = place.listing({}, "")
        for one in listing.entries:
            out = io.BytesIO()
            try:
                place.read(one, out)
                found[one.path] = out.getvalue().decode()
            except EntryError as error:
                found[one.path] = str(error)
    finally:
        place.close()
    return listing, found


def test_a_share_with_all_below_it_is_listed_and_read(place: RealPlace) -> None:
    papers = {"करार/सामंजस्य करार.txt": "one", "覚書/2026/覚書.txt": "two", "a b+c%41#.txt": "three", "long.txt": "The harbour. " * 50_000}
    for path, text in papers.items():
        place.put(path, text)
    place.put(".hidden/x.txt", "no")
    (place.folder / "empty").mkdir()
    listing, found = taken(place.at())
    assert found == papers
    for one in listing.entries:
        status = (place.folder / one.path).stat()
        assert (one.size, one.modified) == (status.st_size, pytest.approx(status.st_mtime, abs=1))
    assert taken(place.at("/करार"))[1] == {"सामंजस्य करार.txt": "one"}
    assert taken(place.at("/%E8%A6%9A%E6%9B%B8/"))[1] == {"2026/覚書.txt": "two"}


@pytest.mark.parametrize(
    ("below", "secret", "told"),
    [
        ("", "marigold-wharf-7", r"does not let \w+ in\. Check the user \(also DOMAIN\\user\) and the password\."),
        ("none", None, r"There is no .*papersnone\. Check the address\."),
        ("/none", None, r"There is no smb://.*/papers/none\. Check the address\."),
    ],
)
def test_a_wrong_password_a_share_and_a_folder_that_are_not_there_are_told(
    place: RealPlace, below: str, secret: str | None, told: str
) -> None:
    place.put("moc.txt", "one")
    with pytest.raises(SourceError, match=told) as refused:
        taken(place.at(below, secret))
    assert (secret or PASSWORD) not in str(refused.value)


def test_an_address_without_a_share_is_refused() -> None:
    with pytest.raises(SourceError, match=r"names no share\. It looks like smb://server\.example\.org/share/papers"):
        connect(Address("smb", "smb://server.example.org/"))


def test_the_session_of_one_source_is_of_no_use_to_another(place: RealPlace) -> None:
    place.put("moc.txt", "one")
    first = connect(place.at())
    assert [one.path for one in first.listing({}, "").entries] == ["moc.txt"]
    with pytest.raises(SourceError, match="does not let"):
        taken(place.at(secret="marigold-wharf-7"))
    with pytest.raises(SourceError, match="does not let"):
        taken(place.at(user="ravi"))
    first.close()


def test_a_file_that_went_since_stops_no_other(place: RealPlace) -> None:
    place.put("gone.txt", "one")
    place.put("moc.txt", "two")
    here, out = connect(place.at()), io.BytesIO()
    gone, there = here.listing({}, "").entries
    place.delete("gone.txt")
    with pytest.raises(EntryError, match="went while"):
        here.read(gone, out)
    here.read(there, out)
    here.close()
    assert out.getvalue() == b"two"


def test_a_file_at_which_the_server_dies_is_an_error_and_is_read_when_it_is_back(place: RealPlace) -> None:
    place.put("long.txt", "The harbour. " * 50_000)
    here, out = connect(place.at()), io.BytesIO()
    (entry,) = here.listing({}, "").entries
    place.wire.breaks(after=200_000)
    with pytest.raises(SourceError, match="does not answer as it should"):
        here.read(entry, io.BytesIO())
    place.wire.mends()
    try:
        here.read(entry, out)
    except SourceError:  # the wire may have been cut once more before it was mended; the next read has a connection of its own
        out = io.BytesIO()
        here.read(entry, out)
    here.close()
    assert len(out.getvalue()) == entry.size == 650_000


def test_a_listing_that_breaks_off_is_no_listing(place: RealPlace) -> None:
    for n in range(300):
        place.put(f"{n} {'harbour ' * 20}.txt", "x")
    place.wire.breaks(after=60_000)
    with pytest.raises(SourceError, match="does not answer as it should"):
        taken(place.at())


def test_links_on_a_share_lead_nobody_out(place: RealPlace, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    place.put("moc.txt", "one")
    (place.folder / "out.txt").symlink_to(tmp_path / "outside.txt")
    _, found = taken(place.at())
    assert found["moc.txt"] == "one"
    assert "secret" not in found.values()


def test_a_link_that_leads_back_has_an_end(place: RealPlace) -> None:
    place.put("sub/moc.txt", "one")
    (place.folder / "sub" / "loop").symlink_to("..")
    listing, found = taken(place.at())
    assert found["sub/moc.txt"] == "one"
    assert len(listing.entries) <= 2
