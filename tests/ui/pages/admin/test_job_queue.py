"""What waits for workers, as admins see it, and that none runs, as who adds papers sees it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.queue.job_queue import Asked
from tests.kb.make import base
from tests.ui.apps import alone
from tests.ui.conftest import opened

pytest.importorskip("procrastinate")


@pytest.fixture
def served(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    """A base on a server, in whose queue a file waits."""
    monkeypatch.setenv("SETU_DATABASE_URL", database_url)
    for home in opened(tmp_path / "home", monkeypatch):
        with base(home, database_url=database_url) as kb:
            queue = kb.queue
            assert queue is not None
            queue.add("asha", [Asked("notice.txt", {}, io.BytesIO(b"The lantern bridge is closed."))])
            yield kb


def drawn() -> None:
    from dataclasses import replace

    from kb import KnowledgeBase, Settings
    from ui.components.i18n import strings
    from ui.pages.admin.job_queue import job_queue
    from ui.pages.library.uploads import watch

    with KnowledgeBase.open(Settings.load()) as kb:
        job_queue(kb, strings("en"))
        watch(kb, kb.reader, strings("en"))
        in_groups = kb.seen_by(replace(kb.reader, groups=frozenset({"ports"})))
        job_queue(in_groups, strings("hi"))


def test_an_admin_sees_what_waits_and_everybody_who_adds_papers_that_no_worker_runs(served: KnowledgeBase) -> None:
    app = alone(drawn)
    assert not app.exception, app.exception
    told = "\n".join(str(element.proto.body) for element in app.get("html"))
    assert told.count("notice.txt") == 1  # an admin of some groups sees counts alone
    assert "Waiting: 1 (of these to be tried again: 0) · under way: 0" in told
    warned = [one.value.replace("\\", "") for one in app.warning]  # Markdown's escapes
    assert "No worker runs, so nothing that is sent is taken in. Start one on any machine: setu worker" in warned
    assert "Files that are added wait: no worker runs that takes them in. Whoever runs Setu starts one with setu worker." in warned
    assert len(warned) == 3
