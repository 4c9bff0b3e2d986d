"""A folder on a real server of SFTP: password and key, the server's key, links, files that may not be read, odd names, a dead server."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sources.connect import connect
from ingest.sources.entries import Address, EntryError, Listing, SourceError
from tests.ingest.sources.servers.places import RealPlace, known, sftp
from tests.ingest.sources.servers.process import needs

needs("asyncssh", "paramiko")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[RealPlace]:
    with sftp(tmp_path) as made:
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


def test_a_folder_with_all_below_it_is_listed_and_read(place: RealPlace) -> None:
    papers = {"करार/सामंजस्य करार.txt": "one", "覚書/2026/覚書.txt": "two", "a b+c%41#?.txt": "three", "long.txt": "The harbour. " * 50_000}
    for path, text in papers.items():
        place.put(path, text)
    place.put(".hidden/x.txt", "no")
    listing, found = taken(place.at())
    assert found == papers
    assert [(one.size, one.modified) for one in listing.entries] == [
        (file.stat().st_size, int(file.stat().st_mtime)) for file in (place.folder / one.path for one in listing.entries)
    ]
    assert taken(place.at("करार"))[1] == {"सामंजस्य करार.txt": "one"}
    assert taken(place.at("%E8%A6%9A%E6%9B%B8/"))[1] == {"2026/覚書.txt": "two"}


def test_links_lead_nobody_out_or_round_in_a_circle_and_are_told(place: RealPlace, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("no")
    place.put("sub/moc.txt", "one")
    (place.folder / "out.txt").symlink_to(tmp_path / "outside.txt")
    (place.folder / "sub" / "loop").symlink_to("..")
    os.mkfifo(place.folder / "pipe.txt")
    listing, found = taken(place.at())
    assert found == {"sub/moc.txt": "one"}
    assert listing.notes == ("Links are not followed; 2 were passed over, such as out.txt.",)


def test_a_file_that_may_not_be_read_stops_no_other_and_below_a_closed_folder_nothing_is_known(place: RealPlace) -> None:
    place.put("closed.txt", "no")
    place.put("open.txt", "yes")
    place.put("board/moc.txt", "no")
    (place.folder / "closed.txt").chmod(0o200)
    (place.folder / "board").chmod(0o300)
    listing, found = taken(place.at())
    assert found == {"closed.txt": "The source does not let it be read.", "open.txt": "yes"}
    assert listing.unseen == ("board",)


def test_names_that_are_not_utf_8_are_shown_and_read(place: RealPlace) -> None:
    folder = os.fsencode(place.folder) + b"/caf\xe9"
    os.mkdir(folder)
    for name in (b"/r\xe9sum\xe9.txt", b"/plain.txt", "/करार.txt".encode()):
        Path(os.fsdecode(folder + name)).write_text("one")
    _, found = taken(place.at())
    assert found == {r"caf\xe9/r\xe9sum\xe9.txt": "one", r"caf\xe9/plain.txt": "one", r"caf\xe9/करार.txt": "one"}


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"])
def test_a_private_key_lets_in_and_one_that_is_locked_or_none_is_told(place: RealPlace, kind: str) -> None:
    import asyncssh

    place.put("moc.txt", "one")
    key = asyncssh.generate_private_key(kind)
    allowed = place.more["client"].with_suffix(".pub")
    allowed.write_bytes(allowed.read_bytes() + key.export_public_key())
    for form in ("openssh", "pkcs8-pem"):
        assert taken(place.at(secret=key.export_private_key(form).decode().strip()))[1] == {"moc.txt": "one"}
    locked = key.export_private_key("openssh", passphrase="marigold-wharf").decode().strip()
    with pytest.raises(SourceError, match=r"locked with a passphrase\. Give one without") as refused:
        taken(place.at(secret=locked))
    assert locked[60:100] not in str(refused.value)
    with pytest.raises(SourceError, match=r"cannot be read\. Give one of OpenSSH"):
        taken(place.at(secret="-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----"))


@pytest.mark.parametrize("secret", ["marigold-wharf-7", "key"])
def test_a_wrong_password_or_key_is_told(place: RealPlace, secret: str) -> None:
    import asyncssh

    wrong = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode() if secret == "key" else secret
    with pytest.raises(SourceError, match=r"does not let asha in\. Check the user, and the password or key\.") as refused:
        taken(place.at(secret=wrong))
    assert wrong not in str(refused.value)


def test_a_server_whose_key_is_not_known_or_another_is_refused_before_anything_is_sent(place: RealPlace, tmp_path: Path) -> None:
    import asyncssh

    place.put("moc.txt", "one")
    nobody, other = tmp_path / "nobody", tmp_path / "other"
    nobody.write_text("")
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_public_key(tmp_path / "key.pub")
    other.write_text(known(place.wire, tmp_path / "key"))
    fingerprint = asyncssh.read_public_key(place.more["host"].with_suffix(".pub")).get_fingerprint()
    for file, words in (
        (nobody, ("is not known here", "nothing was sent")),
        (other, ("is another one", f"ssh-keygen -R '[127.0.0.1]:{place.wire.port}'")),
    ):
        with pytest.raises(SourceError) as refused:
            taken(place.at(known_hosts=str(file)))
        assert all(word in str(refused.value) for word in (*words, fingerprint, f"ssh-keyscan -p {place.wire.port} 127.0.0.1 >> {file}"))
    with pytest.raises(SourceError, match=r"none of known keys cannot be read\. Check the option known_hosts"):
        taken(place.at(known_hosts=str(tmp_path / "none")))
    assert taken(place.at())[1] == {"moc.txt": "one"}


def test_a_folder_that_is_not_there_is_told(place: RealPlace) -> None:
    with pytest.raises(SourceError, match=r"There is no sftp://.*/none\. Check the address\."):
        taken(place.at("none"))


def test_a_listing_that_breaks_off_is_no_listing(place: RealPlace) -> None:
    for n in range(400):
        place.put(f"{n} {'harbour ' * 20}.txt", "x")
    place.wire.breaks(after=60_000)
    with pytest.raises(SourceError, match="does not answer as it should"):
        taken(place.at())


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
