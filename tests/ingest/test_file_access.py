"""Links do not lead out of the folder that was named, and Setu's own data and files of secrets are not read on any path."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest import file_access
from ingest.containers import contents
from ingest.discover import discover
from ingest.errors import DamagedFileError, IngestError, NotFoundError, OutsideLinkError, SecretFileError, UnsupportedFormatError
from ingest.records import Access, Limits, Links, Source
from ingest.watch import look_through
from kb import KnowledgeBase
from tests.kb.make import base
from ui.jobs.ingest_tasks import again_task

ACCOUNTS = '[users.asha]\nrole = "admin"\npassword = "scrypt$hidden"\n'
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n-----END OPENSSH PRIVATE KEY-----\n"
WORDS = "The Parties shall meet twice a year in Kalpanagar."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Papers, beside the data folder of a Setu and papers of somebody else."""
    for name, text in {
        "papers/a.txt": WORDS,
        "papers/deep/b.txt": "The harbour is closed on Friday.",
        "other/c.txt": "The budget of another office.",
        "other/sub/d.txt": "The salaries of another office.",
        "home/users.toml": ACCOUNTS,
        "home/originals/0a.txt": "A copy of a paper.",
        "home/uploads/sent.txt": "A paper that was sent.",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "papers"


def limits(folder: Path, links: Links = "inside", *folders: Path) -> Limits:
    home = folder.parent / "home"
    return Limits(access=Access(links, tuple(map(str, folders)), private=(str(home),), shared=(str(home / "uploads"),)))


def found(folder: Path, *paths: Path, links: Links = "inside", within: tuple[Path, ...] = ()) -> dict[str, str]:
    """What becomes of each path: the words of a file, or the name of the error, by the path from the parent of the folder."""
    told = {}
    for one in discover(paths, limits(folder, links, *within)):
        uri = one.file if isinstance(one, IngestError) else one.uri
        said = type(one).__name__ if isinstance(one, IngestError) else contents(one, limits(folder)).decode()
        told[uri.removeprefix(f"{folder.parent}/")] = said
        if isinstance(one, IngestError):
            assert one.reason.endswith(".")
            assert one.remedy.endswith((".", ")."))
    return told


def test_links_to_files_folders_and_through_folders_are_followed_inside_the_folder_only(folder: Path) -> None:
    (folder / "inside.txt").symlink_to("deep/b.txt")
    (folder / "out.txt").symlink_to(folder.parent / "other" / "c.txt")
    (folder / "out").symlink_to(folder.parent / "other")
    (folder / "deep" / "up").symlink_to("..")
    (folder / "step.txt").symlink_to("deep/up/../other/c.txt")
    assert found(folder, folder) == {
        "papers/a.txt": WORDS,
        "papers/inside.txt": "The harbour is closed on Friday.",
        "papers/out.txt": "OutsideLinkError",
        "papers/out": "OutsideLinkError",
        "papers/step.txt": "OutsideLinkError",
    }
    assert found(folder, folder, links="follow") | {"papers/a.txt": WORDS} == {
        "papers/a.txt": WORDS,
        "papers/inside.txt": "The harbour is closed on Friday.",
        "papers/out.txt": "The budget of another office.",
        "papers/out/sub/d.txt": "The salaries of another office.",
    }


def test_the_error_names_the_link_where_it_leads_and_what_to_do(folder: Path) -> None:
    (folder / "out.txt").symlink_to(folder.parent / "other" / "c.txt")
    (error,) = [one for one in discover([folder], limits(folder)) if isinstance(one, IngestError)]
    assert error.file == str(folder / "out.txt")
    assert f"out of {folder}, to {folder.parent / 'other' / 'c.txt'}" in error.reason
    assert "--follow-links" in error.remedy


def test_a_path_that_was_found_in_a_folder_is_judged_as_if_the_folder_had_been_named(folder: Path) -> None:
    (folder / "out.txt").symlink_to(folder.parent / "other" / "c.txt")
    (folder / "out").symlink_to(folder.parent / "other")
    paths = (folder / "out.txt", folder / "out", folder / "out" / "c.txt", folder / "a.txt")
    assert found(folder, *paths, within=(folder,)) == {
        "papers/out.txt": "OutsideLinkError",
        "papers/out": "OutsideLinkError",
        "papers/out/c.txt": "OutsideLinkError",
        "papers/a.txt": WORDS,
    }
    assert found(folder, folder / "out.txt") == {"papers/out.txt": "The budget of another office."}  # a person named it


def test_a_named_folder_that_is_a_link_is_the_folder_it_leads_to(folder: Path) -> None:
    link = folder.parent / "named"
    link.symlink_to("papers")
    (folder / "inside.txt").symlink_to(folder / "deep" / "b.txt")
    (folder / "out.txt").symlink_to(folder.parent / "other" / "c.txt")
    told = found(folder, link)
    assert told["named/inside.txt"] == "The harbour is closed on Friday."
    assert told["named/out.txt"] == "OutsideLinkError"


@pytest.mark.parametrize("links", ["inside", "follow"])
def test_nothing_in_the_data_folder_is_read_but_what_was_sent_to_it(folder: Path, links: Links) -> None:
    home = folder.parent / "home"
    (folder / "accounts.txt").symlink_to(home / "users.toml")
    (folder / "copies").symlink_to(home / "originals")
    (folder / "home").symlink_to(home)
    told = found(folder, folder, links=links)
    refused = "OutsideLinkError" if links == "inside" else "SecretFileError"
    assert {name: said for name, said in told.items() if said.endswith("Error")} == dict.fromkeys(
        ("papers/accounts.txt", "papers/copies", "papers/home"), refused
    )
    assert found(folder, home / "users.toml", home / "originals" / "0a.txt", home / "uploads" / "sent.txt", links=links) == {
        "home/users.toml": "SecretFileError",
        "home/originals/0a.txt": "SecretFileError",
        "home/uploads/sent.txt": "A paper that was sent.",
    }
    assert found(folder, home, links=links) == {"home": "SecretFileError"}
    assert not any(name.startswith("home/") for name in found(folder, folder.parent, links="inside"))


def test_a_hard_link_to_the_accounts_is_the_accounts(folder: Path) -> None:
    os.link(folder.parent / "home" / "users.toml", folder / "minutes.txt")
    os.link(folder / "a.txt", folder / "again.txt")
    told = found(folder, folder)
    assert told["papers/minutes.txt"] == "SecretFileError"
    assert told["papers/again.txt"] == WORDS


@pytest.mark.parametrize(
    "name", ["secrets", "credentials.json", ".env", "prod.env", "id_ed25519", ".netrc", "users.toml", ".ssh/config.txt", "keys.kdbx"]
)
def test_a_file_of_secrets_is_not_read_though_it_is_named_or_linked(folder: Path, name: str) -> None:
    secret = folder.parent / "desk" / name
    secret.parent.mkdir(parents=True)
    secret.write_text("PASSWORD=hidden", encoding="utf-8")
    (folder / "notes.txt").symlink_to(secret)
    assert found(folder, secret, folder / "notes.txt", links="follow") == {
        f"desk/{name}": "SecretFileError", "papers/notes.txt": "SecretFileError",
    }  # fmt: skip


@pytest.mark.parametrize(
    "start",
    [
        KEY,
        "Bag Attributes\n" + KEY.replace("OPENSSH ", ""),
        KEY.replace("KEY-", "KEY BLOCK-").replace("OPENSSH", "PGP"),
        "PuTTY-User-Key-File-2: x",
    ],
)
def test_a_private_key_is_told_by_its_words_in_files_archives_and_mails(tmp_path: Path, start: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", start)
        archive.writestr("id_rsa", "anything")
        archive.writestr("a.txt", WORDS)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", "Papers"
    mail.set_content(WORDS)
    mail.add_attachment(start.encode(), maintype="text", subtype="plain", filename="notes.txt")
    for name, data in {"notes.txt": start.encode(), "p.zip": packed.getvalue(), "m.eml": mail.as_bytes(), "z.txt": WORDS.encode()}.items():
        (tmp_path / name).write_bytes(data)
    outcomes = list(discover([tmp_path], Limits()))
    refused = [one.file.removeprefix(f"{tmp_path}/") for one in outcomes if isinstance(one, SecretFileError)]
    assert refused == ["m.eml › notes.txt", "notes.txt", "p.zip › notes.txt", "p.zip › id_rsa"]
    assert [one.uri.removeprefix(f"{tmp_path}/") for one in outcomes if isinstance(one, Source)] == ["m.eml", "p.zip › a.txt", "z.txt"]


def test_a_paper_that_speaks_of_keys_is_a_paper(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A file that begins with -----BEGIN PRIVATE KEY----- is a key.\nKeep it.", encoding="utf-8")
    assert [type(one) for one in discover([tmp_path], Limits())] == [Source]


def test_a_link_that_is_swapped_after_it_was_found_gives_nothing_of_the_other_file(folder: Path) -> None:
    link = folder / "link.txt"
    link.symlink_to("a.txt")
    sources = [one for one in discover([link], limits(folder)) if isinstance(one, Source)]
    link.unlink()
    link.symlink_to(folder.parent / "other" / "c.txt")
    with pytest.raises(DamagedFileError, match="changed"):
        contents(sources[0], limits(folder))
    link.unlink()
    link.symlink_to(folder.parent / "home" / "users.toml")
    with pytest.raises(SecretFileError):
        contents(sources[0], limits(folder))
    link.unlink()
    os.mkfifo(link)
    with pytest.raises(UnsupportedFormatError):
        contents(sources[0], limits(folder))


@pytest.mark.parametrize("back", [True, False])
def test_a_link_that_is_swapped_while_it_is_opened_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch, back: bool) -> None:
    """Between the look and the opening it leads out; before the next look it may lead in again."""
    link, opened, plain = folder / "link.txt", [], os.open

    def point(target: Path) -> None:
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    def swapping(path: Path, flags: int) -> int:
        if Path(path) != link:
            return plain(path, flags)
        point(folder.parent / "other" / "c.txt")
        opened.append(plain(path, flags))
        if back:
            point(folder / "a.txt")
        return opened[-1]

    point(folder / "a.txt")
    monkeypatch.setattr(file_access.os, "open", swapping)
    (outcome,) = discover([link], limits(folder, "inside", folder))
    assert type(outcome) is (DamagedFileError if back else OutsideLinkError)
    assert len(opened) == (5 if back else 1)


def test_a_folder_that_becomes_a_link_while_it_is_walked_through_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.open

    def swapping(path: Path, flags: int) -> int:
        if Path(path) == folder / "deep" and not (folder / "deep").is_symlink():
            (folder / "deep").rename(folder.parent / "moved")
            (folder / "deep").symlink_to(folder.parent / "other")
        return plain(path, flags)

    monkeypatch.setattr(file_access.os, "open", swapping)
    assert found(folder, folder) == {"papers/a.txt": WORDS, "papers/deep": "OutsideLinkError"}


def test_a_watched_folder_has_the_links_that_lead_out_among_its_files(folder: Path) -> None:
    (folder / "out").symlink_to(folder.parent / "other")
    (folder / "out.txt").symlink_to(folder.parent / "other" / "c.txt")
    access = limits(folder).access
    assert set(look_through(folder, access) or ()) == {folder / name for name in ("a.txt", "deep/b.txt", "out", "out.txt")}


@pytest.fixture
def kb(folder: Path) -> Iterator[KnowledgeBase]:
    with base(folder.parent / "home", readers=1) as opened:
        yield opened


def test_the_accounts_are_not_in_the_base_and_what_came_in_before_leaves_it(kb: KnowledgeBase, folder: Path) -> None:
    link = folder / "notes.txt"
    link.write_text(ACCOUNTS, encoding="utf-8")  # as an older Setu took it in through the link
    kb.ingest([folder])
    assert any("scrypt$hidden" in hit.text for hit in kb.search("password of asha", k=10).hits)
    link.unlink()
    link.symlink_to(kb.settings.home / "users.toml")
    for links in ("inside", "follow"):
        summary = kb.ingest([folder], links=links)  # type: ignore[arg-type]
        assert [reject.file for reject in summary.rejected] == [str(link)]
    assert not any("scrypt$hidden" in hit.text for hit in kb.search("password of asha", k=10).hits)
    (listed,) = [one for one in kb.documents() if one.source == str(link)]
    assert listed.state == "rejected"
    assert "Setu's own data" in listed.note


def test_trying_a_rejected_link_again_does_not_follow_it(kb: KnowledgeBase, folder: Path) -> None:
    (folder / "out.txt").symlink_to(folder.parent / "other" / "c.txt")
    kb.ingest([folder])
    (listed,) = [one for one in kb.documents() if one.state == "rejected"]
    _, run = again_task(kb, listed)
    summary = run(progress=lambda _: None, cancelled=lambda: False)
    assert [reject.file for reject in summary.rejected] == [str(folder / "out.txt")]
    assert "through a link" in summary.rejected[0].reason


def test_a_dangling_link_is_not_found(folder: Path) -> None:
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    assert found(folder, folder)["papers/gone.txt"] == NotFoundError.__name__
