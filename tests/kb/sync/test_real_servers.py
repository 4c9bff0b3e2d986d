"""A source follows a real server, also when that dies or refuses. No message or log has a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.sync.sync_records import SyncProgress, SyncSource
from kb.sync.sync_state import SyncError
from tests.ingest.sources.servers.places import NO_SAMBA, PLACES, SMBD, RealPlace
from tests.ingest.sources.servers.process import needs

needs("moto", "flask_cors", "s3fs", "asyncssh", "paramiko", "impacket", "smbclient", "wsgidav", "webdav4")

NAMES = ("moc.txt", "करार/सामंजस्य करार.txt", "覚書/覚書 2026.txt", "notes/a b+c%41.txt", "notes/minutes.txt")
WRONG = "marigold-wharf-7"


@pytest.fixture(params=["s3", "sftp", "smb", "samba", "webdav"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealPlace]:
    if request.param == "samba" and not SMBD:
        pytest.skip(NO_SAMBA)
    with PLACES[request.param](tmp_path) as made:
        for at, name in enumerate(NAMES):
            made.put(name, f"Paper {at} speaks of the harbour of Kalpanagar.")
        yield made


def followed(kb: KnowledgeBase, there: RealPlace):
    kb.sources.add(SyncSource(0, "papers", there.kind, there.address, options=there.options, grace_hours=48.0), there.secret)
    return kb.sources


def texts(kb: KnowledgeBase) -> set[str]:
    return {kb.text(info.id).strip() for info in kb.documents() if info.state == "published"}


def paper(at: int, of: str = "the harbour of Kalpanagar") -> str:
    return f"Paper {at} speaks of {of}."


def test_what_comes_changes_and_goes_on_a_real_server_does_so_here(kb: KnowledgeBase, there: RealPlace, at) -> None:
    sources = followed(kb, there)
    first = sources.sync("papers")
    assert (first.outcome, sorted(first.added)) == ("done", sorted(NAMES))
    assert texts(kb) == {paper(n) for n in range(5)}
    assert sources.sync("papers").counts == {**dict.fromkeys(first.counts, 0), "unchanged": 5}
    there.put(NAMES[1], paper(1, "trams"))
    there.delete(NAMES[2])
    at(hours=1)
    run = sources.sync("papers")
    assert (run.updated, run.waiting, run.unchanged) == ((NAMES[1],), (NAMES[2],), 3)
    at(hours=30)
    assert sources.sync("papers").withdrawn == ()
    at(hours=60)
    assert sources.sync("papers").withdrawn == (NAMES[2],)
    assert texts(kb) == {paper(0), paper(1, "trams"), paper(3), paper(4)}


def test_a_real_server_that_is_away_or_refuses_is_told_without_the_secret_and_nothing_is_lost(
    kb: KnowledgeBase, there: RealPlace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sources = followed(kb, there)
    sources.sync("papers")
    told = []
    there.wire.breaks(after=0)
    there.wire.cut()
    with pytest.raises(
        SyncError, match=rf"^The source papers could not be listed, and nothing was changed\. {there.address.rstrip('/')} does"
    ) as away:
        sources.sync("papers")
    told += [str(away.value), *sources.get("papers").told]
    there.wire.mends()
    sources.change("papers", WRONG)
    with pytest.raises(SyncError, match=rf"nothing was changed\. {there.address.rstrip('/')}/? does not let .* Check the ") as refused:
        sources.sync("papers")
    told += [str(refused.value), *sources.get("papers").told]
    sources.change("papers", there.secret)
    assert sources.sync("papers").unchanged == 5
    assert texts(kb) == {paper(n) for n in range(5)}
    for secret in (there.secret, WRONG):
        assert all(secret not in text for text in (*told, caplog.text))


def test_a_real_server_that_dies_while_papers_are_fetched_loses_nothing_and_the_next_sync_goes_on(
    kb: KnowledgeBase, there: RealPlace
) -> None:
    sources = followed(kb, there)
    sources.sync("papers")
    for n, name in enumerate(NAMES):
        there.put(name, paper(n, "trams and their drivers"))

    def dies(step: SyncProgress) -> None:
        if step.stage == "fetch" and step.done == 2:
            there.wire.breaks(after=0)
            there.wire.cut()

    run = sources.sync("papers", progress=dies)
    assert (run.outcome, len(run.updated), run.withdrawn, run.waiting) == ("failed", 2, (), ())
    assert f"{there.address.rstrip('/')} does not answer as it should" in run.told[-1]
    assert len(texts(kb)) == 5
    there.wire.mends()
    assert len(sources.sync("papers").updated) == 3
    assert texts(kb) == {paper(n, "trams and their drivers") for n in range(5)}
