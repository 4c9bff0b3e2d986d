"""Originals of a base on a server lie where every machine reaches them: in the database, in a folder that all mount, in a bucket of S3."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb import KnowledgeBase, KnowledgeBaseError, Settings
from kb.backup.gather_originals import gather
from kb.backup.move_base import EMBEDDED, move
from kb.errors import OriginalsError, SettingsError
from kb.store.catalogue import Catalogue
from kb.store.originals import places
from kb.store.originals.object_store import object_place
from tests.ingest.sources.servers.places import RealBucket, s3
from tests.ingest.sources.servers.process import needs
from tests.kb.make import base
from ui.cli.doctor import check_originals

needs("moto", "flask_cors", "s3fs")

TEXT = "The lantern bridge is closed on Mondays.\n"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBucket]:
    with s3(tmp_path_factory.mktemp("s3")) as made:
        yield made


@pytest.fixture
def s3_url(bucket: RealBucket, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prefix of its own for each test, with the keys where programs of S3 look for them."""
    bucket.wire.mends()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", bucket.options["user"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", bucket.secret)
    return f"s3://papers/{abs(hash(request.node.name))}/originals?endpoint={bucket.options['endpoint']}"


@pytest.fixture(params=["database", "folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    if request.param == "database":
        return None
    if request.param == "s3":
        found: str = request.getfixturevalue("s3_url")
        return found
    (tmp_path / "share").mkdir()
    return f"file://{tmp_path}/share"


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    (tmp_path / "notice.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "notice.txt"


Nodes = tuple[KnowledgeBase, KnowledgeBase]


@pytest.fixture
def nodes(database_url: str, url: str | None, tmp_path: Path) -> Iterator[Nodes]:
    ways: dict[str, Any] = {"database_url": database_url, "objects_url": url}
    with base(tmp_path / "one", **ways) as one, base(tmp_path / "two", **ways) as two:
        yield one, two


def originals(kb: KnowledgeBase) -> list[str]:
    return sorted(kb._catalogue.originals.place.names())


def test_what_one_takes_in_the_other_has_and_what_one_deletes_is_nowhere(nodes: Nodes, notice: Path) -> None:
    one, two = nodes
    one.ingest([notice])
    (info,) = two.documents()
    file = two.original(info.id)
    assert file is not None
    assert file.read_text(encoding="utf-8") == TEXT
    assert originals(one) == [two.original_name(info.id)] == [file.name]
    assert one.verify() == two.verify() == ()
    assert not (one.settings.home / "originals").exists()
    notice.write_text("The lantern bridge is open.\n", encoding="utf-8")
    one.ingest([notice])
    assert len(originals(one)) == 2
    two.delete(info.id)
    assert originals(one) == []
    one.ingest([notice])
    (again,) = two.documents()
    assert two.original(again.id) is not None
    assert two.verify() == ()


def test_a_copy_of_what_was_deleted_elsewhere_goes_when_the_base_is_opened_again(nodes: Nodes, notice: Path, url: str | None) -> None:
    one, two = nodes
    one.ingest([notice])
    (info,) = two.documents()
    copied = two.original(info.id)
    assert copied is not None
    one.delete(info.id)
    with base(two.settings.home, database_url=two.settings.database_url, objects_url=url):
        assert not copied.exists()


def test_one_that_is_missing_or_altered_is_named_and_an_altered_one_is_not_shown(nodes: Nodes, notice: Path) -> None:
    one, two = nodes
    one.ingest([notice])
    (info,) = two.documents()
    place = two._catalogue.originals.place
    (name,) = place.names()
    place.put(name, b"something else")
    (told,) = two.verify()
    assert "is altered; it came from " in told
    assert "“" in told
    if not isinstance(place, places.FolderPlace):
        with pytest.raises(OriginalsError, match="is not what was taken in"):
            two.original(info.id)
    place.remove(name)
    (told,) = two.verify()
    assert "is missing" in told
    assert two.original(info.id) is None
    one.ingest([notice])
    assert two.verify() == ()


def test_a_base_moves_with_its_originals_and_back(notice: Path, database_url: str, url: str | None, tmp_path: Path) -> None:
    with base(tmp_path / "home") as opened:
        opened.ingest([notice])
    there = move(Settings.load(home=tmp_path / "home"), database_url, objects=url)
    assert there.originals.brought == 1
    with base(tmp_path / "other", database_url=database_url, objects_url=url) as other:
        assert other.verify() == ()
        assert other.original(other.documents()[0].id) is not None
    (tmp_path / "home" / "catalogue.sqlite").unlink()
    (kept,) = (tmp_path / "home" / "originals").iterdir()
    kept.unlink()
    back = move(there.settings, EMBEDDED)
    assert back.originals.brought == 1
    assert kept.read_text(encoding="utf-8") == TEXT
    with base(tmp_path / "home") as opened:
        assert opened.verify() == ()


def test_originals_of_a_home_and_of_the_database_come_to_the_place_that_is_set(
    notice: Path, database_url: str, s3_url: str, tmp_path: Path
) -> None:
    settings = Settings.load(home=tmp_path / "home", database_url=database_url)
    with base(tmp_path / "home", database_url=database_url) as opened:
        opened.ingest([notice])
        place = opened._catalogue.originals.place
        (name,) = place.names()
        place.remove(name)  # as an earlier Setu kept it: in the home alone
    kept = tmp_path / "home" / "originals" / name
    kept.parent.mkdir()
    kept.write_text(TEXT, encoding="utf-8")
    assert gather(settings).brought == 1
    kept.unlink()
    away = settings.model_copy(update={"objects_url": s3_url})
    object_place(s3_url).put("f" * 64 + ".txt", b"of nobody")
    found = gather(away)
    assert (found.kept, found.brought, found.lacking, found.unclaimed) == (0, 1, (), 1)
    assert list(place.names()) == []
    with base(tmp_path / "two", database_url=database_url, objects_url=s3_url) as two:
        assert two.verify() == ()
    object_place(s3_url).remove(name)
    (lacking,) = gather(away).lacking
    assert lacking.endswith(f"({notice})")


def test_a_store_that_is_gone_lets_nobody_in_or_has_no_bucket_is_told_and_nothing_is_taken_in(
    notice: Path, database_url: str, s3_url: str, bucket: RealBucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: dict[str, Any] = {"database_url": database_url, "objects_url": s3_url}

    def refused(said: str, **more: str) -> None:
        with base(tmp_path / "home", **ways | more) as opened:
            with pytest.raises(OriginalsError, match=said):
                opened.ingest([notice])
            assert opened.documents() == ()
        told = check_originals(Settings.load(home=tmp_path / "home", **ways | more))
        assert told is not None
        assert told.outcome == "failed"

    bucket.wire.breaks(0)
    bucket.wire.cut()
    refused("does not answer as it should")
    bucket.wire.mends()
    refused("There is no bucket harbour", objects_url=s3_url.replace("papers", "harbour"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    refused("does not let Setu in.*Check the access key")


def test_what_was_deleted_while_the_store_was_gone_goes_with_the_next_writing(
    notice: Path, database_url: str, s3_url: str, bucket: RealBucket, tmp_path: Path
) -> None:
    with base(tmp_path / "home", database_url=database_url, objects_url=s3_url) as opened:
        opened.ingest([notice])
        bucket.wire.breaks(0)
        bucket.wire.cut()
        opened.delete(opened.documents()[0].id)
        assert opened.documents() == ()
        bucket.wire.mends()
        assert len(originals(opened)) == 1
        with opened._publisher.writing():
            pass
        assert originals(opened) == []


def test_a_shared_folder_that_is_gone_or_full_is_told(
    notice: Path, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with base(tmp_path / "home", database_url=database_url, objects_url=f"file://{tmp_path}/share") as opened:
        with pytest.raises(OriginalsError, match=r"is not there\. Mount it"):
            opened.ingest([notice])
        assert ["is not there. Mount it" in told for told in opened.verify()] == [True]
        (tmp_path / "share").mkdir()

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(places, "atomic_write", full)
            with pytest.raises(OriginalsError, match=r"No space left on device\. Make room there"):
                opened.ingest([notice])
        assert opened.documents() == ()
        assert opened.ingest([notice]).added


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://papers/originals", "no place that Setu can keep files in"),
        ("s3:///originals", "no place"),
        ("s3://papers/in?endpoin=x", "no place"),
        ("file://server/share", "no place"),
        ("s3://key:secret@papers/in", "holds a key"),
    ],
)
def test_a_url_of_no_place_is_refused(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        object_place(url)


def test_a_base_in_files_has_no_other_place(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="goes with SETU_DATABASE_URL"), base(tmp_path, objects_url="file:///srv/originals"):
        pass


def test_copies_on_a_machine_take_no_more_room_than_they_may(
    notice: Path, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb.store.originals import original_files

    monkeypatch.setattr(original_files, "_IN_USE_S", -1.0)
    with base(tmp_path / "home", database_url=database_url, originals_cache_mb=0) as opened:
        opened.ingest([notice])
        notice.write_text("The lantern bridge is open.\n", encoding="utf-8")
        opened.ingest([notice])
        first, second = (opened.original(1, number) for number in (1, 2))
        assert first is not None
        assert second is not None
        assert (first.exists(), second.exists()) == (False, True)


def test_a_file_of_many_parts_comes_whole(database_url: str, tmp_path: Path) -> None:
    catalogue = Catalogue(Settings.load(home=tmp_path, database_url=database_url))
    data = bytes(range(256)) * 10_000 + b"end"
    place: Callable[[str], Iterator[bytes]] = catalogue.originals.place.pieces
    catalogue.originals.place.put("many", data)
    assert b"".join(place("many")) == data
    with pytest.raises(FileNotFoundError):
        list(place("none"))
    catalogue.close()


def test_the_database_gone_is_told_where_a_file_is_asked(notice: Path, tmp_path: Path, postgresql: Any) -> None:
    url = postgresql.database()
    with base(tmp_path / "home", database_url=url) as opened:
        opened.ingest([notice])
        name = url.rpartition("/")[2]
        opened._catalogue.engine.dispose()
        postgresql.run(f'ALTER DATABASE "{name}" RENAME TO "{name}_away"')
        with pytest.raises(KnowledgeBaseError, match="no such database"):
            opened.original(1)
