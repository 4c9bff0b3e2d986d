"""A line that is reworded is judged again; a source that changes makes its lines stale."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from tests.once import copied, once
from training import edit, module_store
from training.errors import BadRequestError, UnknownLineError
from training.freshness import accept, mapped, stale
from training.make import make
from training.records import Line, Module, Rendering, Request

MEMORANDUM = """# Memorandum of Cooperation on Tide Warnings

## Article 1 Tide gauges

The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth by 30 June 2026.

The Port of Ottermouth will check each tide gauge twice a year and will repair it within fourteen days.

## Article 2 Costs

The tide gauges will cost Rs 3.20 crore, of which the Ministry of Tides will bear 70 per cent.

The Port of Ottermouth will pay the yearly upkeep of Rs 12 lakh from its own budget.

## Article 3 Training

Each year the Ministry of Tides will train ten officers of the Port of Ottermouth in reading tide tables.

The training will take place every November and will last two weeks.
"""
REPORT = """# Tide gauges: how the harbour of Ottermouth waits for them. Report of the harbour master

## Tide gauges that are there

The first eleven tide gauges of the Ministry of Tides were installed in the harbour of Ottermouth on 4 May 2026.

The Port of Ottermouth has checked these eleven tide gauges once, and repaired one tide gauge within nine days.
"""


def opened(folder: Path, factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A home of the test's own, with its papers in the folder. They were read elsewhere and have moved since: nothing is read again."""
    base = KnowledgeBase.open(Settings.load(home=copied(once(factory, "tides", _ingested) / "home", folder / "home")))
    assert base.ingest([_written(folder / "papers")]).moved
    return base


def _ingested(folder: Path) -> None:
    papers = _written(folder / "papers")
    with KnowledgeBase.open(Settings.load(home=folder / "home")) as base:
        base.ingest([papers])
    shutil.rmtree(papers)


def _written(papers: Path) -> Path:
    papers.mkdir()
    (papers / "memorandum.md").write_text(MEMORANDUM, encoding="utf-8")
    (papers / "news.md").write_text(REPORT, encoding="utf-8")
    return papers


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """Papers that stay as they are."""
    with opened(tmp_path_factory.mktemp("still"), tmp_path_factory) as base:
        yield base


@pytest.fixture(scope="module")
def module(kb: KnowledgeBase) -> Module:
    return make(kb, Request("tide gauges", ("en",), slides=7, items=4))


@pytest.fixture
def changing(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """Papers that the test changes: the same documents, so that the module made of the others is of these too."""
    with opened(tmp_path, tmp_path_factory) as base:
        yield base


def line_with(module: Module, words: str, part: str = "slides") -> Line:
    return next(line for where, line in module.lines() if where == part and words in line.text)


def again(module: Module, line: Line) -> Line:
    return next(one for _, one in module.lines() if one.id == line.id)


def test_a_false_rewording_is_unsupported_and_says_why(kb: KnowledgeBase, module: Module) -> None:
    line = line_with(module, "forty tide gauges")
    changed = again(edit.reword(kb, module, line.id, line.text.replace("forty", "sixty")), line)
    assert (changed.status, changed.origin) == ("unsupported", "edited")
    assert changed.verdict is not None
    assert ("number", "sixty", "forty") in {(f.check, f.said, f.shown) for f in changed.verdict.findings}


def test_a_true_rewording_is_not_called_unsupported_and_the_papers_words_are_a_quote_again(kb: KnowledgeBase, module: Module) -> None:
    line = line_with(module, "forty tide gauges")
    shorter = edit.reword(kb, module, line.id, "The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth.")
    assert again(shorter, line).status in ("verified", "partial")
    back = again(edit.reword(kb, shorter, line.id, f"  {line.text} "), line)
    assert (back.origin, back.status, back.verdict) == ("quote", "verified", None)


def test_lines_are_dropped_pinned_and_taken_back(module: Module) -> None:
    line = line_with(module, "forty tide gauges")
    assert again(edit.drop(module, line.id), line).dropped
    assert not again(edit.drop(edit.drop(module, line.id), line.id, False), line).dropped
    assert again(edit.pin(module, line.id), line).pinned
    item = module.quiz[0]
    assert edit.drop(module, item.id).quiz[0].dropped


def test_what_two_people_change_at_once_is_both_kept(kb: KnowledgeBase, module: Module) -> None:
    mine = replace(module, id="two-people")
    module_store.save(kb, mine)
    one, other = mine.objectives[0], mine.objectives[1]
    acts: list[str] = []

    def drop(kept: Module) -> Module:
        if not acts:
            module_store.change(kb, mine.id, lambda now: edit.pin(now, other.id))
        acts.append("drop")
        return edit.drop(kept, one.id)

    module_store.change(kb, mine.id, drop)
    kept = module_store.load(kb, mine.id)
    assert (again(kept, one).dropped, again(kept, other).pinned) == (True, True)
    assert len(acts) == 2
    with pytest.raises(UnknownLineError):
        module_store.change(kb, mine.id, lambda now: edit.drop(now, "no such line"))
    assert module_store.load(kb, mine.id) == kept
    module_store.delete(kb, mine.id)


def test_things_are_moved_among_their_like_and_stop_at_the_ends(module: Module) -> None:
    first, second = module.slides[0].id, module.slides[1].id
    assert [slide.id for slide in edit.move(module, first, 1).slides[:2]] == [second, first]
    assert edit.move(module, first, -3).slides == module.slides
    assert [slide.id for slide in edit.move(module, first, 99).slides][-1] == first
    heading = module.briefing[0].heading.id
    assert edit.move(module, heading, 1).briefing[1].heading.id == heading


def test_a_question_put_otherwise_is_judged_with_its_key(kb: KnowledgeBase, module: Module) -> None:
    item = next(item for item in module.quiz if item.kind in ("cloze", "choice"))
    with pytest.raises(BadRequestError, match="exactly one gap"):
        edit.reword_item(kb, module, item.id, "How many are there?")
    wrong = edit.reword_item(kb, module, item.id, item.prompt.replace("Ottermouth", "Seagate").replace("Tides", "Railways"))
    if "Ottermouth" in item.prompt or "Tides" in item.prompt:
        assert next(one for one in wrong.quiz if one.id == item.id).status != "verified"


def test_an_empty_or_endless_text_and_an_unknown_line_are_told(kb: KnowledgeBase, module: Module) -> None:
    line = line_with(module, "forty tide gauges")
    with pytest.raises(BadRequestError, match="drop it"):
        edit.reword(kb, module, line.id, "  ")
    with pytest.raises(BadRequestError, match="601 characters"):
        edit.reword(kb, module, line.id, "x" * 601)
    for change in (lambda: edit.reword(kb, module, "nope", "Yes."), lambda: edit.pin(module, "nope"), lambda: edit.move(module, "nope", 1)):
        with pytest.raises(UnknownLineError, match="nope"):
            change()


def new_version(kb: KnowledgeBase, tmp_path: Path, text: str) -> None:
    (tmp_path / "papers" / "memorandum.md").write_text(text, encoding="utf-8")
    assert kb.ingest([tmp_path / "papers"]).updated


def test_nothing_is_stale_while_nothing_changes(changing: KnowledgeBase, module: Module, tmp_path: Path) -> None:
    assert stale(changing, module) == ()
    new_version(changing, tmp_path, f"{MEMORANDUM}\nThe Participants keep this memorandum in two copies in their archives.\n")
    assert stale(changing, module) == ()


def test_a_sentence_that_a_new_version_changes_is_offered(changing: KnowledgeBase, module: Module, tmp_path: Path) -> None:
    new_version(changing, tmp_path, MEMORANDUM.replace("forty tide gauges", "fifty-five tide gauges"))
    changes = [change for change in stale(changing, module) if "forty" in change.citation.quote]
    assert {change.reason for change in changes} == {"changed"}
    assert all(change.offered is not None and "fifty-five tide gauges" in change.offered.quote for change in changes)
    line = line_with(module, "forty tide gauges")
    taken = accept(changing, module, tuple(changes))
    assert again(taken, line).text == line.text.replace("forty", "fifty-five")
    assert again(taken, line).status == "verified"
    assert not any("forty" in change.citation.quote for change in stale(changing, taken))
    asked = {change.id for change in changes if change.part == "quiz"}
    assert all(item.dropped for item in taken.quiz if item.proof.id in asked)


def test_a_sentence_that_only_moved_still_holds_and_says_where(changing: KnowledgeBase, module: Module, tmp_path: Path) -> None:
    heading = "## Article 1 Tide gauges\n"
    new_version(changing, tmp_path, MEMORANDUM.replace(heading, f"A preamble of the Participants goes first.\n\n{heading}"))
    found = stale(changing, module)
    assert found
    assert {change.reason for change in found} == {"moved"}
    assert all(change.offered is not None and change.offered.start > change.citation.start for change in found)


def test_what_stands_beside_a_line_in_another_language_is_brought_up_to_date_too(
    changing: KnowledgeBase, module: Module, tmp_path: Path
) -> None:
    changed, quoted = line_with(module, "forty tide gauges", "handout"), line_with(module, "eleven tide gauges", "handout")
    version = Rendering("mr", changed.text, changed.citations)
    both = mapped(module, line=lambda one: replace(one, beside=(version,)) if one.id == quoted.id else one)
    new_version(changing, tmp_path, MEMORANDUM.replace("forty tide gauges", "fifty-five tide gauges"))
    offers = tuple(change for change in stale(changing, both) if change.id == quoted.id)
    assert [change.reason for change in offers] == ["changed"]
    line = again(accept(changing, both, offers), quoted)
    assert (line.text, line.beside[0].status) == (quoted.text, "verified")
    assert "fifty-five tide gauges" in line.beside[0].text
    assert line.beside[0].text == line.beside[0].citations[0].quote


def test_a_line_that_only_moved_keeps_what_stands_beside_it(changing: KnowledgeBase, module: Module, tmp_path: Path) -> None:
    line = line_with(module, "forty tide gauges", "handout")
    of_news = line_with(module, "eleven tide gauges", "handout")
    both = mapped(
        module, line=lambda one: replace(one, beside=(Rendering("mr", of_news.text, of_news.citations),)) if one.id == line.id else one
    )
    heading = "## Article 1 Tide gauges\n"
    new_version(changing, tmp_path, MEMORANDUM.replace(heading, f"A preamble of the Participants goes first.\n\n{heading}"))
    taken = again(accept(changing, both, tuple(change for change in stale(changing, both) if change.id == line.id)), line)
    assert taken.citations[0].start > line.citations[0].start
    assert [one.text for one in taken.beside] == [of_news.text]


def test_what_a_new_version_no_longer_says_is_gone(changing: KnowledgeBase, module: Module, tmp_path: Path) -> None:
    kept, _, _ = MEMORANDUM.partition("## Article 3")
    promise = "forty tide gauges in the harbour of Ottermouth by 30 June 2026"
    new_version(changing, tmp_path, kept.replace(promise, "nothing for the time being"))
    gone = [change for change in stale(changing, module) if change.reason in ("gone", "changed")]
    assert gone
    bare = next((change for change in gone if change.offered is None), None)
    if bare is not None:
        with pytest.raises(UnknownLineError, match="Drop the line"):
            accept(changing, module, (bare,))


def test_a_withdrawn_source_makes_its_lines_stale_and_unsupported(changing: KnowledgeBase, module: Module) -> None:
    from training.freshness import checked

    news = next(info for info in changing.documents() if "waits" in info.title)
    changing.delete(news.id)
    found = stale(changing, module)
    assert found
    assert {(change.reason, change.citation.document_id) for change in found} == {("withdrawn", news.id)}
    lines = [line for _, line in checked(changing, module).lines() if line.citations[0].document_id == news.id]
    assert {line.status for line in lines} == {"unsupported"}
