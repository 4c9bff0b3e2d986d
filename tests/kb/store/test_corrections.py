"""What a person corrects about a document wins everywhere, stays, and can be taken back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.records import Chunk, Document, Found, FoundFacts
from kb import EmbedderMismatchError, Filters, KnowledgeBase, UnknownDocumentError
from kb.errors import CorrectionError
from kb.records import FactView
from kb.store import publish
from kb.store.facts import fact_corrections
from kb.store.publish import Publisher
from kb.store.schema import versions
from kb.store.vectors.chroma_projection import VectorProjection
from lang.languages import Language
from lang.values.calendars import When
from tests.kb.make import base, document, papers
from tests.support import PROJECT

SIGNED = "This Memorandum was signed in Kalpanagar on 12 March 2025."


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path, exact_limit=0) as opened:
        opened.ingest_documents(papers())
        yield opened


def _named(opened: KnowledgeBase, title: str) -> int:
    return next(d.id for d in opened.documents() if d.title == title)


def _fact(opened: KnowledgeBase, document_id: int, field: str) -> FactView | None:
    return next((f for f in opened.fact_views(document_id) if f.field == field), None)


def _held(opened: KnowledgeBase, language: Language) -> set[int]:
    return opened._vectors.chroma.ids(language)


def test_a_correction_is_shown_beside_what_was_read(filled: KnowledgeBase) -> None:
    moc = _named(filled, "moc")
    filled.correct(moc, "publisher", " Ministry  of Tides ")
    shown = _fact(filled, moc, "publisher")
    assert shown is not None
    assert (shown.value, shown.origin, shown.extracted) == ("Ministry of Tides", "person", "")
    assert shown.changed is not None
    assert filled.document(moc).publisher == "Ministry of Tides"
    assert filled.facts(moc)["corrected"]["publisher"]["value"] == "Ministry of Tides"
    filled.correct(moc, "kind", "report")
    shown = _fact(filled, moc, "kind")
    assert shown is not None
    assert (shown.value, shown.extracted) == ("report", "agreement")


def test_a_corrected_kind_changes_what_an_answer_stands_for_and_which_filters_find_it(filled: KnowledgeBase) -> None:
    question = "When was the memorandum signed?"
    assert [s.standing for s in filled.answer(question).statements][:1] == ["agreed"]
    filled.correct(_named(filled, "moc"), "kind", "news")
    first = filled.answer(question).statements[0]
    assert (first.standing, first.citations[0].kind, first.citations[0].quote) == ("reported", "news", SIGNED)
    assert filled.search(question, filters=Filters(kinds=("agreement",))).hits == ()
    assert SIGNED in [h.text for h in filled.search(question, filters=Filters(kinds=("news",))).hits]
    assert filled.verify() == ()


def test_a_corrected_title_is_embedded_anew_and_no_channel_keeps_the_old_passages(filled: KnowledgeBase) -> None:
    moc = _named(filled, "moc")
    before = {h.chunk: h.channels["dense"] for h in filled.search("waterfront charter costs", channels=("dense",), k=50).hits}
    old = _held(filled, "en")
    filled.correct(moc, "title", "Waterfront Charter")
    hits = filled.search("waterfront charter", channels=("lexical",), k=50).hits
    assert {h.document for h in hits} == {"Waterfront Charter"}
    assert len(hits) == 3
    assert not [h for h in filled.search("moc", channels=("lexical",), k=50).hits if h.document_id == moc]
    after = filled.search("waterfront charter costs", channels=("dense",), k=50, filters=Filters(documents=(moc,))).hits
    assert len(after) == 3
    assert not {h.chunk for h in after} & before.keys()
    assert min(h.channels["dense"] or 0 for h in after) > max(before[chunk] or 0 for chunk in old)
    assert not _held(filled, "en") & old
    assert filled.verify() == ()


def test_a_corrected_title_leaves_version_text_and_places_as_they_were(filled: KnowledgeBase) -> None:
    moc = _named(filled, "moc")
    cited = filled.answer("When was the memorandum signed?").statements[0].citations[0]
    outline, pages, text = filled.outline(moc), filled.pages(moc), filled.text(moc)
    filled.correct(moc, "title", "Waterfront Charter")
    assert [v.number for v in filled.history(moc)] == [cited.version] == [1]
    assert (filled.outline(moc), filled.text(moc)) == (outline, text)
    assert [replace(p, document=pages[0].document) for p in filled.pages(moc)] == list(pages)
    assert filled.text(moc, cited.version)[cited.start : cited.end] == cited.quote
    assert filled.place(moc, cited.version, cited.start).path == cited.path


def _mixed() -> Document:
    """A paper that was taken for English, with a Marathi passage in it."""
    made = document("mixed", "en", "report", ("Tide gauges stand in the harbour.", "भरतीमापक बंदरात आहेत.", "They are read every hour."))
    chunks: list[Chunk] = [replace(c, language="mr") if c.ordinal == 1 else c for c in made.chunks]
    return replace(made, chunks=tuple(chunks))


def _languages(opened: KnowledgeBase, document_id: int) -> list[str]:
    hits = opened.search("tide gauges harbour", k=50, channels=("dense",), filters=Filters(documents=(document_id,))).hits
    return [h.language for h in sorted(hits, key=lambda h: h.start)]


@pytest.mark.parametrize("older", [False, True], ids=["this layout", "an older layout"])
def test_a_corrected_language_moves_the_passages_and_comes_back_exactly(tmp_path: Path, older: bool) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents([*papers(), _mixed()])
        mixed = _named(opened, "mixed")
        if older:
            with opened._catalogue.write() as conn:
                kept = json.dumps({"parties": [], "dates": []})
                conn.execute(versions.update().where(versions.c.document_id == mixed).values(facts=kept))
        assert _languages(opened, mixed) == ["en", "mr", "en"]
        opened.correct(mixed, "language", "hi")
        assert _languages(opened, mixed) == ["hi", "mr", "hi"]
        assert mixed not in {h.document_id for h in opened.search("tide", k=50, filters=Filters(languages=("en",))).hits}
        assert opened.verify() == ()
        opened.correct(mixed, "language", "mr")
        assert _languages(opened, mixed) == ["mr", "mr", "mr"]
        opened.clear_correction(mixed, "language")
        assert _languages(opened, mixed) == ["en", "mr", "en"]
        assert opened.document(mixed).language == "en"
        assert opened.verify() == ()


def test_a_correction_survives_a_changed_file_a_given_kind_and_a_rebuilt_index(tmp_path: Path) -> None:
    paper = tmp_path / "in" / "notice.txt"
    paper.parent.mkdir()
    paper.write_text("Notice of the harbour office\n\nThe office closes at half past four on Fridays.\n", encoding="utf-8")
    with base(tmp_path / "home", readers=1) as opened:
        opened.ingest([paper])
        (notice,) = opened.documents()
        for field, value in (("kind", "best_practice"), ("title", "Opening hours"), ("language", "hi"), ("signed", "5 March 2025")):
            opened.correct(notice.id, field, value)
        assert opened.ingest([paper], kind="news").unchanged == (str(paper),)
        opened.reindex()
        paper.write_text(paper.read_text(encoding="utf-8").replace("half past four", "noon"), encoding="utf-8")
        assert opened.ingest([paper], kind="news").updated == (str(paper),)
        (now,) = opened.documents()
        assert (now.version, now.kind, now.title, now.language, now.date) == (2, "best_practice", "Opening hours", "hi", date(2025, 3, 5))
        hits = opened.search("opening hours noon", channels=("lexical",), filters=Filters(kinds=("best_practice",))).hits
        assert [(h.document, h.language) for h in hits][:1] == [("Opening hours", "hi")]
        assert {v.title for v in opened.history(notice.id)} == {"Opening hours"}
        assert opened.verify() == ()
        for field in ("kind", "title", "language", "signed"):
            opened.clear_correction(notice.id, field)
        (back,) = opened.documents()
        assert (back.kind, back.title, back.language, back.date) == ("news", "Notice of the harbour office", "en", None)
        assert opened.facts(notice.id)["corrected"] == {}
        assert opened.verify() == ()


def _dated(opened: KnowledgeBase) -> int:
    """An agreement that was read as signed on 12 March 2025 and published three days later."""
    made = document("pact", "en", "agreement", (SIGNED, "Published on 15 March 2025."), date(2025, 3, 12))
    found = FoundFacts(
        signed=Found(When(2025, 3, 12), "12 March 2025", 45, 58), published=Found(When(2025, 3, 15), "15 March 2025", 72, 85)
    )
    opened.ingest_documents([replace(made, facts=replace(made.facts, found=found))])
    return _named(opened, "pact")


@pytest.mark.parametrize(
    ("made", "day"),
    [
        ({"published": "2025-04-01"}, date(2025, 3, 12)),
        ({"signed": "१४ मार्च २०२५"}, date(2025, 3, 14)),
        ({"signed": "none"}, date(2025, 3, 15)),
        ({"signed": "none", "published": "令和7年4月1日"}, date(2025, 4, 1)),
        ({"signed": "none", "published": "none"}, None),
        ({"signed": "2025-03"}, None),
        ({"signed": "2025-03-14", "date": "2025-05-05"}, date(2025, 5, 5)),
        ({"date": "none"}, None),
    ],
)
def test_a_document_speaks_from_its_corrected_day_of_signature_else_of_publication(
    day_base: KnowledgeBase, made: dict[str, str], day: date | None
) -> None:
    pact = _named(day_base, "pact")
    for field, value in made.items():
        day_base.correct(pact, field, value)
    assert day_base.document(pact).date == day
    from_then = Filters(documents=(pact,), date_from=day, date_to=day) if day else Filters(documents=(pact,), date_from=date(1900, 1, 1))
    assert bool(day_base.search("memorandum", filters=from_then).hits) == (day is not None)
    shown = _fact(day_base, pact, "date")
    assert shown is not None
    assert shown.value == str(day or "none")
    assert shown.origin == ("text" if day == date(2025, 3, 12) else "person")
    for field in made:
        day_base.clear_correction(pact, field)
    assert day_base.document(pact).date == date(2025, 3, 12)


@pytest.fixture(scope="module")
def day_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("days")) as opened:
        _dated(opened)
        yield opened


def test_the_day_is_shown_with_the_place_where_it_stands(day_base: KnowledgeBase) -> None:
    shown = _fact(day_base, _named(day_base, "pact"), "date")
    assert shown is not None
    assert (shown.value, shown.text, shown.page_label, shown.path) == ("2025-03-12", "12 March 2025", "i", ("Article 1",))


class _Killed(BaseException):
    """Stands for the end of the process."""


def _dies(*_: object, **__: object) -> None:
    raise _Killed


MOMENTS: list[tuple[object, str, bool]] = [
    (Publisher, "embed_missing", False),
    (VectorProjection, "add", False),
    (Publisher, "_withdraw", False),
    (publish, "add_keywords", False),
    (fact_corrections, "refresh", False),
    (VectorProjection, "collect_garbage", True),
]
"""Where a correction of the title is cut off, in the order of its steps, and whether it is in force after that."""


def test_a_correction_cut_off_at_any_step_is_wholly_made_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path, exact_limit=0) as opened:
        opened.ingest_documents(papers())
        moc = _named(opened, "moc")
        title = "moc"
        for number, (owner, step, made) in enumerate(MOMENTS):
            with monkeypatch.context() as patched:
                patched.setattr(opened._publisher, "undo", lambda: None)  # it begins with the steps that are cut off here
                patched.setattr(owner, step, _dies)
                with pytest.raises(_Killed):
                    opened.correct(moc, "title", f"Charter {number}")
            opened._publisher.heal()
            title = f"Charter {number}" if made else title
            assert opened.document(moc).title == title, step
            assert opened.facts(moc)["corrected"].get("title", {}).get("value") == (title if made else None), step
            assert {h.document for h in opened.search("memorandum costs", k=50).hits if h.document_id == moc} == {title}
            opened.correct(moc, "publisher", f"Office {number}")  # the next writer clears up
            assert opened.verify() == (), step
            assert len(_held(opened, "en")) == 3
            assert len(opened.history(moc)) == 1


_VICTIM = """
import os, signal, sys
from pathlib import Path
from kb.store.facts import fact_corrections
from tests.kb.make import base
with base(Path(sys.argv[1])) as opened:
    fact_corrections.refresh = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    opened.correct(int(sys.argv[2]), "title", "Waterfront Charter")
"""


def test_a_process_killed_while_it_corrects_leaves_a_consistent_store(filled: KnowledgeBase, tmp_path: Path) -> None:
    moc = _named(filled, "moc")
    victim = subprocess.run([sys.executable, "-c", _VICTIM, str(tmp_path), str(moc)], cwd=PROJECT, env=dict(os.environ), check=False)
    assert victim.returncode == -signal.SIGKILL
    filled.correct(moc, "publisher", "Port")
    assert (filled.document(moc).title, filled.verify()) == ("moc", ())
    filled.correct(moc, "title", "Waterfront Charter")
    assert (filled.document(moc).title, filled.verify()) == ("Waterfront Charter", ())


def test_a_title_is_not_corrected_in_an_index_of_another_model(filled: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    moc = _named(filled, "moc")
    monkeypatch.setattr(filled._embedder, "name", "another-model")
    with pytest.raises(EmbedderMismatchError, match="setu reindex"):
        filled.correct(moc, "title", "Waterfront Charter")
    assert filled.document(moc).title == "moc"
    assert filled.facts(moc)["corrected"] == {}


def test_a_document_that_is_gone_keeps_no_corrections_and_takes_none(filled: KnowledgeBase) -> None:
    moc = _named(filled, "moc")
    filled.correct(moc, "kind", "news")
    filled._publisher.withdraw(moc, "It is no longer in its archive.", "Put it back and ingest the archive again.")
    with pytest.raises(CorrectionError, match=r"not in use.*ingest the archive again"):
        filled.correct(moc, "kind", "report")
    filled.delete(moc)
    with pytest.raises(UnknownDocumentError):
        filled.correct(moc, "kind", "report")
    filled.ingest_documents(papers()[:1])
    assert filled.document(_named(filled, "moc")).kind == "agreement"


def test_what_is_not_corrected_cannot_be_taken_back(filled: KnowledgeBase) -> None:
    with pytest.raises(CorrectionError, match="The kind of “moc” is not corrected"):
        filled.clear_correction(_named(filled, "moc"), "kind")
