"""The jobs of the library, and what is sent to it on its way into a job."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import KnowledgeBase, Settings
from kb.auth.throttle import MOST_WAITING
from kb.errors import KnowledgeBaseError
from kb.records import IngestSummary, Progress, Reject
from lang.languages import LANGUAGES, Language
from tests.ui.apps import alone, button
from tests.ui.jobs.test_runner import settled
from ui.components.i18n import strings
from ui.jobs.ingest_jobs import Items, Outcome, items_of, member, share_of, start
from ui.jobs.ingest_tasks import Choice, address_task, again_task, discard, file_name, file_task, folder_for, keep, reread_task
from ui.jobs.runner import Jobs
from ui.pages.library import uploads
from ui.pages.library.uploads import items_html

PAPER = "NOTICE of the Port of Ottermouth\n\nThe lighthouse has nineteen lamps.\n"


def gives(summary: IngestSummary) -> Callable[..., IngestSummary]:
    return lambda *, progress, cancelled: summary


def fails(error: Exception) -> Callable[..., IngestSummary]:
    def run(*, progress: Any, cancelled: Any) -> IngestSummary:
        raise error

    return run


def test_each_file_of_a_job_tells_what_became_of_it_and_one_that_fails_stops_no_other() -> None:
    jobs = Jobs[Items]("library")
    unread = IngestSummary(rejected=(Reject("/up/b.pdf", "It needs a password.", "Save it without one."),))
    archive = IngestSummary(added=("/up/c.zip › one.txt",), rejected=(Reject("/up/c.zip › two.pdf", "It is damaged.", "Send it again."),))
    noted = IngestSummary(added=("/up/e.pdf",), notes=("/up/e.pdf, page 1: no OCR",))
    tasks = [("a.txt", gives(IngestSummary(updated=("/up/a.txt",)))), ("b.pdf", gives(unread)), ("c.zip", gives(archive))]
    tasks += [
        ("d.txt", fails(KnowledgeBaseError("The disk is full."))),
        ("e.pdf", gives(noted)),
        ("f.txt", fails(ValueError("secret text"))),
    ]
    job = settled(jobs, start(jobs, "", tasks))
    assert [item.state for item in job.progress] == ["done", "rejected", "done", "failed", "done", "failed"]
    assert job.progress[0].outcomes == (Outcome("a.txt", "updated", source="/up/a.txt"),)
    assert job.progress[1].outcomes == (Outcome("b.pdf", "rejected", "It needs a password.", "Save it without one."),)
    assert [(o.name, o.result) for o in job.progress[2].outcomes] == [("one.txt", "added"), ("two.pdf", "rejected")]
    assert job.progress[3].trouble == "The disk is full."
    assert job.progress[4].notes == ("e.pdf, page 1: no OCR",)
    assert job.progress[5].trouble == "ValueError"
    assert share_of(job.progress) == 1.0


def test_a_job_shows_how_far_each_file_is_while_it_runs_and_stops_when_it_is_cancelled() -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(*, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> IngestSummary:
        progress(Progress("read", "a.pdf", 0, 1, pages_done=3, pages_total=12))
        reached.set()
        go_on.wait(30)
        return IngestSummary(cancelled=cancelled())

    jobs = Jobs[Items]("library")
    key = start(jobs, "asha", [("a.pdf", slow), ("b.pdf", gives(IngestSummary(added=("b.pdf",))))])
    assert reached.wait(30)
    job = jobs.get(key, "asha")
    assert job is not None
    assert [(item.state, item.share) for item in job.progress] == [("working", 0.125), ("waiting", 0.0)]
    assert share_of(job.progress) == 0.0625
    jobs.cancel(key, "asha")
    go_on.set()
    assert [item.state for item in items_of(settled(jobs, key, "asha"))] == ["cancelled", "cancelled"]


def test_the_files_of_a_job_that_is_stopped_while_it_waits_are_cancelled() -> None:
    go, jobs = threading.Event(), Jobs[Items]("library")

    def waits(*, progress: Any, cancelled: Any) -> IngestSummary:
        go.wait(30)
        return IngestSummary()

    first = start(jobs, "", [("a", waits)])
    second = start(jobs, "", [("b", gives(IngestSummary(added=("b",))))])
    jobs.cancel(second, "")
    assert [item.state for item in items_of(settled(jobs, second))] == ["cancelled"]
    go.set()
    assert [item.state for item in items_of(settled(jobs, first))] == ["done"]


def test_a_twin_is_named_to_those_who_may_see_it_only() -> None:
    known = IngestSummary(unchanged=("/up/a.txt",), notes=("/up/a.txt: has the same content as /secret/plan.txt, which is already known.",))
    jobs = Jobs[Items]("library")
    job = settled(jobs, start(jobs, "", [("a.txt", gives(known))]))
    assert job.progress[0].outcomes == (Outcome("a.txt", "unchanged", twin="/secret/plan.txt", source="/up/a.txt"),)
    assert not job.progress[0].unread
    words = strings("en")
    assert "plan" not in items_html(job.progress, {}, words)
    assert "the same content is already there: The plan" in items_html(job.progress, {"/secret/plan.txt": "The plan"}, words)


def test_what_a_file_says_in_english_is_marked_as_english_on_a_page_in_another_language() -> None:
    words = strings("mr")
    known = IngestSummary(added=("/up/a.pdf",), notes=tuple(f"/up/a.pdf, page {n}: Pages are pictures." for n in range(1, 8)))
    torn = IngestSummary(rejected=(Reject("/up/b.pdf", "The file is <torn>.", "Send it again."),))
    jobs = Jobs[Items]("library")
    drawn = items_html(settled(jobs, start(jobs, "", [("a.pdf", gives(known)), ("b.pdf", gives(torn))])).progress, {}, words)
    assert '<div class="setu-note" lang="en">⚠ a.pdf, page 1: Pages are pictures.</div>' in drawn
    assert f'<div class="setu-note">⚠ {words("library.job.more_notes", n=2)}</div>' in drawn
    assert '<span lang="en">The file is &lt;torn&gt;. Send it again.</span>' in drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_that_there_are_too_many_unfinished_jobs_and_keeps_no_file(home: Path, language: Language) -> None:
    go = threading.Event()

    def waits(*, progress: Any, cancelled: Any) -> IngestSummary:
        go.wait(60)
        return IngestSummary()

    for _ in range(MOST_WAITING):
        start(uploads.jobs(), "otto", [("a", waits)])
    try:
        app = alone(drawn_in, language)
        next(field for field in app.text_input if field.key == f"library-address-{language}").set_value("http://127.0.0.1:9/paper")
        next(b for b in app.button if b.label == strings(language)("documents.upload_button")).click().run()
        assert not app.exception
        assert [one.value for one in app.warning] == [strings(language)("library.upload.too_many", n=MOST_WAITING)]
    finally:
        go.set()


def drawn_in(language: str) -> None:
    from kb.auth.roles import Reader
    from ui.auth.authentication import knowledge_base
    from ui.components.i18n import strings
    from ui.pages.library.library_page import library_page

    reader = Reader("otto", "editor", frozenset())
    library_page(knowledge_base().seen_by(reader), reader, strings(language))


@pytest.mark.parametrize(
    ("source", "name"),
    [("/up/a.pdf", "a.pdf"), ("/up/m.eml › annex.pdf", "annex.pdf"), ("https://office.example/news", "https://office.example/news")],
)
def test_a_document_is_called_by_its_last_name(source: str, name: str) -> None:
    assert member(source) == name


@given(st.text(max_size=40))
def test_no_name_that_is_sent_leads_out_of_the_folder_or_is_hidden(sent: str) -> None:
    name = file_name(sent)
    assert name not in ("", ".", "..")
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith(".")


def test_a_file_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the line broke")

    keep(tmp_path, "a.txt", io.BytesIO(b"first"))
    with pytest.raises(OSError, match="the line broke"):
        keep(tmp_path, "a.txt", Breaks())
    assert [(f.name, f.read_bytes()) for f in tmp_path.iterdir()] == [("a.txt", b"first")]


def test_files_for_other_access_groups_are_kept_apart(tmp_path: Path) -> None:
    assert folder_for(tmp_path, ()) == tmp_path / "uploads"
    assert folder_for(tmp_path, ("water", "legal")) == tmp_path / "uploads" / "legal+water"
    assert folder_for(tmp_path, ("../../etc",)).is_relative_to(tmp_path / "uploads")


@dataclass(frozen=True)
class Sent:
    name: str
    size: int


def test_a_file_whose_document_the_sender_does_not_see_is_not_written_over(tmp_path: Path) -> None:
    uploads = tmp_path / "home" / "uploads"
    uploads.mkdir(parents=True)
    (uploads / "plan.txt").write_text("The secret plan of others.", encoding="utf-8")
    with KnowledgeBase.open(Settings(home=tmp_path / "home")) as kb:
        sent = [("plan.txt", b"The first of mine."), ("plan.txt", b"The second of mine."), ("other.txt", b"Another of mine.")]
        jobs, choice = Jobs[Items]("library"), Choice(sees_all=False)
        tasks = [file_task(kb, Sent(name, len(data)), io.BytesIO(data), choice) for name, data in sent]
        job = settled(jobs, start(jobs, "", tasks))
        assert [[o.result for o in item.outcomes] for item in job.progress] == [["added"], ["updated"], ["added"]]
    assert files(uploads) == {
        "plan.txt": "The secret plan of others.", "2/plan.txt": "The second of mine.", "other.txt": "Another of mine."
    }  # fmt: skip


def files(uploads: Path) -> dict[str, str]:
    """What lies at its place among the uploads."""
    there = (file for file in uploads.rglob("*.txt") if not file.parent.name.startswith("."))
    return {str(file.relative_to(uploads)): file.read_text(encoding="utf-8") for file in there}


@pytest.mark.parametrize("sees_all", [True, False])
def test_of_two_files_of_one_name_that_are_sent_before_either_is_read_both_are_versions(tmp_path: Path, sees_all: bool) -> None:
    jobs, busy = Jobs[Items]("library"), threading.Event()

    def works(*, progress: Any, cancelled: Any) -> IngestSummary:
        busy.wait(60)
        return IngestSummary()

    with KnowledgeBase.open(Settings(home=tmp_path / "home")) as kb:
        start(jobs, "maya", [("before.txt", works)])
        texts = ("The lighthouse has nineteen lamps.", "The lighthouse has twenty lamps.")
        sent = [file_task(kb, Sent("lamps.txt", len(t)), io.BytesIO(t.encode()), Choice(sees_all=sees_all)) for t in texts]
        assert files(tmp_path / "home" / "uploads") == {}
        keys = [start(jobs, owner, [task]) for owner, task in zip(("maya", "noor"), sent, strict=True)]
        sent.clear()
        busy.set()
        for key, owner in zip(keys, ("maya", "noor"), strict=True):
            assert settled(jobs, key, owner).progress[0].state == "done"
        (info,) = kb.documents()
        assert info.version == 2
        assert {kb.text(info.id, number).strip() for number in (1, 2)} == set(texts)


def test_a_file_that_nobody_waits_for_any_more_is_gone(tmp_path: Path) -> None:
    with KnowledgeBase.open(Settings(home=tmp_path / "home")) as kb:
        task = file_task(kb, Sent("lamps.txt", 4), io.BytesIO(b"lamp"), Choice())
        waiting = list((tmp_path / "home" / "uploads").iterdir())
        assert len(waiting) == 1
        del task
        assert not waiting[0].exists()


def test_the_file_of_a_deleted_document_stays_while_one_that_the_reader_does_not_see_came_from_it(home: Path) -> None:
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        uploads = home / "uploads"
        uploads.mkdir()
        with zipfile.ZipFile(uploads / "papers.zip", "w") as packed:
            packed.writestr("open.txt", PAPER)
            packed.writestr("closed.txt", PAPER.replace("nineteen", "ninety"))
        kb.ingest([uploads / "papers.zip"])
        shown, hidden = (next(d for d in kb.documents() if d.source.endswith(name)) for name in ("open.txt", "closed.txt"))
        kb.put_in_groups(hidden.id, ["water"])
        app = alone(drawn_in, "en", document=str(shown.id), view="versions")
        app.checkbox[0].check().run()
        button(app, "library-delete").click().run()
        assert not app.exception
        assert shown.id not in {d.id for d in kb.documents()}
        assert (uploads / "papers.zip").exists()
        kb.delete(hidden.id)
        discard(kb, hidden.source)
        assert not (uploads / "papers.zip").exists()


def test_what_was_sent_is_taken_in_tried_again_and_read_again(tmp_path: Path) -> None:
    jobs = Jobs[Items]("library")
    with KnowledgeBase.open(Settings(home=tmp_path / "home", max_file_mb=1)) as kb:
        large = file_task(kb, Sent("large.txt", 2 * 2**20), io.BytesIO(b""), Choice())
        paper = file_task(kb, Sent("lamps.txt", len(PAPER)), io.BytesIO(PAPER.encode()), Choice(kind="news"))
        empty = file_task(kb, Sent("empty.txt", 0), io.BytesIO(b""), Choice())
        private = address_task(kb, "http://127.0.0.1:9/paper", Choice())
        job = settled(jobs, start(jobs, "", [large, paper, empty, private]))
        assert [item.state for item in job.progress] == ["rejected", "done", "rejected", "rejected"]
        assert "over the limit of 1.0 MB" in job.progress[0].outcomes[0].reason
        assert not (tmp_path / "home/uploads/large.txt").exists()
        assert job.progress[3].outcomes[0].name == "http://127.0.0.1:9/paper"
        (lamps,) = [d for d in kb.documents() if d.state == "published"]
        assert lamps.kind == "news"
        (hollow,) = [d for d in kb.documents() if d.source.endswith("empty.txt")]
        (tmp_path / "home/uploads/empty.txt").write_text("The harbour office opens at ten.\n", encoding="utf-8")
        tried = settled(jobs, start(jobs, "", [again_task(kb, hollow), reread_task(kb, lamps)]))
        assert [[o.result for o in item.outcomes] for item in tried.progress] == [["added"], ["updated"]]
        assert kb.document(hollow.id).state == "published"
        again = kb.document(lamps.id)
        assert (again.source, again.version, again.title) == (lamps.source, 2, lamps.title)
        assert kb.text(lamps.id, 1) == kb.text(lamps.id, 2)
