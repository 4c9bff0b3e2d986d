"""A backup that was tampered with is refused by name: it is never called sound, and never becomes a home."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kb import KnowledgeBaseError, Settings
from kb.backup.archive import MANIFEST, check
from kb.backup.create import back_up
from kb.backup.restore import restore
from kb.errors import BackupError
from kb.records import Filters
from kb.user_records import Exchange
from tests.kb.backup.conftest import rewritten
from tests.kb.make import base, papers
from tests.once import once

Parts = dict[str, bytes]
FIRST, SECOND = (f"The {word} bridge is closed on Mondays.\n" for word in ("lantern", "harbour"))


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of three papers, two kept files of the same length in time, and a conversation."""
    return once(tmp_path_factory, "sound", _sound) / "sound.zip"


def _sound(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    (home / "settings.toml").write_text("max_pages = 77\n", encoding="utf-8")
    for name, text in (("first", FIRST), ("second", SECOND)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with base(home) as opened:
        opened.ingest_documents(papers())
        opened.ingest([folder / "first.txt", folder / "second.txt"])
        opened.conversations.save(opened.conversations.new().with_new(Exchange("When?", Filters())))
        back_up(opened.settings, folder / "sound.zip")


def kept(parts: Parts, text: str) -> str:
    return f"originals/{hashlib.sha256(text.encode()).hexdigest()}.txt"


def part(change: Callable[[bytes], bytes], text: str = FIRST, *, signed: bool = True) -> Callable[[Parts], None]:
    """Another content of a kept file; ``signed``: the manifest says the same."""

    def tamper(parts: Parts) -> None:
        parts[kept(parts, text)] = change(parts[kept(parts, text)])
        if signed:
            sign(parts)

    return tamper


def sign(parts: Parts) -> None:
    """Have the manifest say what there is now."""
    said = json.loads(parts[MANIFEST])
    said["files"] = {n: {"size": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in parts.items() if n != MANIFEST}
    parts[MANIFEST] = json.dumps(said).encode()


def catalogue(change: Callable[[bytes], bytes]) -> Callable[[Parts], None]:
    def tamper(parts: Parts) -> None:
        parts["catalogue.sqlite"] = change(parts["catalogue.sqlite"])
        sign(parts)

    return tamper


def query(said: str, tmp: str = "tampered.sqlite") -> Callable[[Parts], None]:
    """The catalogue after a statement of SQL."""

    def change(data: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:")) as conn:
            conn.deserialize(data)
            conn.execute(said)
            conn.commit()
            return conn.serialize()

    return catalogue(change)


def manifest(**changes: Any) -> Callable[[Parts], None]:
    def tamper(parts: Parts) -> None:
        parts[MANIFEST] = json.dumps(json.loads(parts[MANIFEST]) | changes).encode()

    return tamper


def dropped(*, lost: list[str] | None = None) -> Callable[[Parts], None]:
    """Without a kept file, of which the manifest knows nothing either."""

    def tamper(parts: Parts) -> None:
        del parts[kept(parts, FIRST)]
        sign(parts)
        if lost is not None:
            manifest(lost=lost, missing=len(lost))(parts)

    return tamper


def added(name: str, data: bytes = b"evil", *, signed: bool = True) -> Callable[[Parts], None]:
    def tamper(parts: Parts) -> None:
        parts[name] = data
        if signed:
            sign(parts)

    return tamper


def swapped(parts: Parts) -> None:
    one, other = kept(parts, FIRST), kept(parts, SECOND)
    parts[one], parts[other] = parts[other], parts[one]
    sign(parts)


def unlisted(parts: Parts) -> None:
    del parts[kept(parts, FIRST)]


def part_of_manifest(**changes: Any) -> Callable[[Parts], None]:
    def tamper(parts: Parts) -> None:
        said = json.loads(parts[MANIFEST])
        said["files"][kept(parts, FIRST)] |= changes
        parts[MANIFEST] = json.dumps(said).encode()

    return tamper


def without(key: str) -> Callable[[Parts], None]:
    def tamper(parts: Parts) -> None:
        said = json.loads(parts[MANIFEST])
        del said[key]
        parts[MANIFEST] = json.dumps(said).encode()

    return tamper


TAMPERED: dict[str, tuple[Callable[[Parts], Any], str]] = {
    "a kept file is missing": (unlisted, "other parts"),
    "a kept file and its entry are missing": (dropped(), "lacks originals/"),
    "a kept file is missing and another is said to be lost": (dropped(lost=["originals/x.txt"]), "lacks originals/"),
    "a byte of a kept file": (part(lambda d: b"X" + d[1:], signed=False), "originals/.* is not what was written"),
    "a byte of a kept file, and its hash": (part(lambda d: b"X" + d[1:]), "originals/.* is not the file that its name says"),
    "a zeroed kept file": (part(lambda d: bytes(len(d))), "originals/.* is not the file that its name says"),
    "an empty kept file": (part(lambda _: b""), "originals/.* is not the file that its name says"),
    "a longer kept file": (part(lambda d: d * 1000, signed=False), "originals/.* is not what was written"),
    "two kept files are swapped": (swapped, "originals/.* is not the file that its name says"),
    "a truncated catalogue": (catalogue(lambda d: d[: len(d) // 2]), "its catalogue cannot be read"),
    "a catalogue without its head": (catalogue(lambda d: bytes(100) + d[100:]), "its catalogue cannot be read"),
    "a zeroed page of the catalogue": (catalogue(lambda d: d[:8192] + bytes(4096) + d[12288:]), "its catalogue cannot be read"),
    "zeros in the second half of the catalogue": (
        catalogue(lambda d: d[: len(d) // 2] + bytes(len(d) // 2)),
        "its catalogue cannot be read",
    ),
    "garbage for a catalogue": (catalogue(lambda _: b"no database" * 999), "its catalogue cannot be read"),
    "an empty catalogue": (catalogue(lambda _: b""), "its catalogue cannot be read"),
    "another database": (query("DROP TABLE versions"), "its catalogue cannot be read"),
    "an altered text": (query("UPDATE versions SET text = replace(text, 'lantern', 'lentern')"), "a text in its catalogue"),
    "a text that is gone": (query("UPDATE versions SET text = '' WHERE id = 1"), "a text in its catalogue"),
    "a document is gone": (query("DELETE FROM versions WHERE id = 1"), "manifest says documents 5, its catalogue 4"),
    "a conversation is gone": (query("DELETE FROM conversations"), "manifest says conversations 1, its catalogue 0"),
    "a catalogue of another layout": (query("UPDATE meta SET value = '4' WHERE key = 'schema'"), "manifest says layout"),
    "a catalogue of another model": (query("UPDATE meta SET value = 'x' WHERE key = 'embedder'"), "manifest says embedder"),
    "a newer layout": (manifest(layout="999"), "A newer Setu"),
    "a layout that is none": (manifest(layout="six"), "manifest cannot be read"),
    "a part that leads out": (added("../evil.txt"), "other parts.*evil"),
    "an absolute part": (added("/etc/evil"), "other parts.*evil"),
    "a part that the manifest does not know": (added("users.toml", signed=False), "other parts"),
    "a key": (added("secrets.toml", b'llm_key = "sk-123456"'), "other parts"),
    "no manifest": (lambda parts: parts.pop(MANIFEST), "no manifest"),
    "an empty manifest": (added(MANIFEST, b"", signed=False), "manifest cannot be read"),
    "a manifest that is a list": (added(MANIFEST, b"[]", signed=False), "manifest cannot be read"),
    "a manifest that is nested": (added(MANIFEST, b'{"format":' + b"[" * 100_000, signed=False), "manifest cannot be read"),
    "files that are nothing": (manifest(files=None), "manifest cannot be read"),
    "a size below nothing": (part_of_manifest(size=-1), "size or hash of originals/"),
    "a size beyond measure": (part_of_manifest(size=10**40), "size or hash of originals/"),
    "a hash that is a number": (part_of_manifest(sha256=7), "size or hash of originals/"),
    "documents in words": (manifest(documents="five"), "documents is wrong"),
    "documents beyond measure": (manifest(documents=10**40), "documents is wrong"),
    "too many documents": (manifest(documents=6), "manifest says documents 6, its catalogue 5"),
    "versions below nothing": (manifest(versions=-5), "versions is wrong"),
    "a time that is none": (manifest(created="yesterday"), "manifest cannot be read"),
    "a time that is nothing": (manifest(created=None), "created is wrong"),
    "a model that is a list": (manifest(embedder=["x"]), "embedder is wrong"),
    "lost files that are a number": (manifest(lost=3), "lost is wrong"),
    "missing files that are not named": (manifest(missing=3), "missing is wrong"),
    "a format that is nothing": (manifest(format=None), "format is wrong"),
    "a key that is not known": (manifest(colour="red"), "manifest cannot be read"),
    "no count of versions": (without("versions"), "manifest cannot be read"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_backup_that_was_tampered_with_is_refused_by_name(sound: Path, tmp_path: Path, name: str) -> None:
    tamper, said = TAMPERED[name]
    file = rewritten(sound, tmp_path / "tampered.zip", tamper)
    for refuse in (check, lambda archive: restore(tmp_path / "new", archive)):
        with pytest.raises(BackupError, match=said) as refusal:
            refuse(file)
        assert str(file) in str(refusal.value)
    assert not [left for left in (tmp_path / "new").rglob("*") if left.suffix != ".lock" and "vectors" not in left.parts]
    assert not (tmp_path / "evil.txt").exists()


def test_a_part_that_is_there_twice_is_refused(sound: Path, tmp_path: Path) -> None:
    file = rewritten(sound, tmp_path / "twice.zip", lambda _: None)
    with warnings.catch_warnings(), zipfile.ZipFile(file, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("settings.toml", "max_pages = 1\n")
    with pytest.raises(BackupError, match="other parts"):
        check(file)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.toml", "max_pages = ["),
        ("settings.toml", 'max_pages = "many"'),
        ("users.toml", "people = 7"),
        ("accounts.sqlite3", ""),
        ("accounts.sqlite3", "damaged"),
    ],
)
def test_a_file_of_the_office_that_is_damaged_in_a_backup_is_named_and_replaces_nothing(
    sound: Path, tmp_path: Path, name: str, text: str
) -> None:
    file = rewritten(sound, tmp_path / "tampered.zip", added(name, text.encode()))
    with pytest.raises(KnowledgeBaseError, match=name.replace(".", r"\.")):
        restore(tmp_path / "new", file)
    assert not (tmp_path / "new" / "catalogue.sqlite").exists()


@pytest.mark.parametrize("harm", ["gone", "altered", "zeroed", "cut off"])
def test_a_backup_of_a_home_that_lost_a_kept_file_names_it_and_restores_the_rest(sound: Path, tmp_path: Path, harm: str) -> None:
    restore(tmp_path / "home", sound)
    (file,) = (tmp_path / "home" / "originals").glob(f"{hashlib.sha256(FIRST.encode()).hexdigest()}*")
    data = file.read_bytes()
    harmed = {"altered": b"X" + data[1:], "zeroed": bytes(len(data)), "cut off": data[:-3]}
    file.write_bytes(harmed[harm]) if harm in harmed else file.unlink()
    written, held = back_up(Settings.load(home=tmp_path / "home"), tmp_path / "lost.zip")
    assert (held.missing, held.lost, held.originals) == (1, (f"originals/{file.name}",), 1)
    assert check(written) == held
    done = restore(tmp_path / "new", written)
    assert any(file.name in note for note in done.notes)


def test_a_backup_of_a_catalogue_with_an_altered_text_is_refused_by_the_title(sound: Path, tmp_path: Path) -> None:
    restore(tmp_path / "home", sound)
    with closing(sqlite3.connect(tmp_path / "home" / "catalogue.sqlite")) as conn:
        conn.execute("UPDATE versions SET text = replace(text, 'twice', 'thrice') WHERE title = 'moc'")
        conn.commit()
    with pytest.raises(BackupError, match=r"moc.*Restore an earlier backup"):
        back_up(Settings.load(home=tmp_path / "home"), tmp_path / "altered.zip")
    assert not list(tmp_path.glob("*.zip"))
