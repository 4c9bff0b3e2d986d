"""A module is made of the papers alone: every line opens its place, in four languages, and bad input is told in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from tests.once import copied
from tests.papers import few_samples
from training import module_store
from training.errors import BadRequestError, MakingCancelledError, NoPapersError, NotCoveredError, UnknownModuleError
from training.freshness import checked
from training.make import Progress, make, remake
from training.material.gather import gather
from training.module_store import read_module, write_module
from training.quiz.assembly import flaw
from training.records import PARTS, Module, Request


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home = copied(few_samples(tmp_path_factory), tmp_path_factory.mktemp("training") / "home")
    with KnowledgeBase.open(Settings.load(home=home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def module(kb: KnowledgeBase) -> Module:
    return make(kb, Request("flood warning", ("en", "mr"), "engineers"))


def test_every_part_is_there_and_every_line_is_verified_and_cited(module: Module) -> None:
    assert len(module.slides) == 12
    assert len(module.quiz) >= 6, "news, which has more, is not asked of"
    assert module.glossary
    assert {part for part, _ in module.lines()} == set(PARTS) - {"glossary", "case"}, "they define no term, and the report is Japanese"
    for part, line in module.lines():
        assert line.citations, (part, line.text)
        assert line.status == "verified", (part, line.text)


def test_every_citation_opens_at_its_words(kb: KnowledgeBase, module: Module) -> None:
    for citation in module.citations():
        assert kb.text(citation.document_id, citation.version)[citation.start : citation.end] == citation.quote
        assert kb.place(citation.document_id, citation.version, citation.start).page == citation.page


def test_no_two_lines_share_an_id(module: Module) -> None:
    ids = [line.id for _, line in module.lines()]
    assert len(ids) == len(set(ids))


def test_the_minutes_of_the_plan_are_those_asked_for(module: Module) -> None:
    assert sum(step.minutes for step in module.plan) == 45
    shown = {slide.id for slide in module.slides}
    assert all(slide in shown for step in module.plan for slide in step.slides)


def test_every_key_is_proved_by_what_is_cited(module: Module) -> None:
    assert {flaw(item) for item in module.quiz} == {""}
    assert len({item.kind for item in module.quiz}) >= 2


def test_the_language_version_of_a_line_stands_beside_it(module: Module) -> None:
    beside = [line for _, line in module.lines() if line.beside]
    assert beside
    for line in beside:
        assert [rendering.language for rendering in line.beside] == ["mr"]
        assert line.beside[0].status == "verified"
    cost = next(line for line in beside if "12.40 crore" in line.text)
    assert "१२.४० कोटी" in cost.beside[0].text


def test_the_two_language_versions_say_each_thing_once(kb: KnowledgeBase) -> None:
    material = gather(kb, Request("flood-warning pilot", ("en",)))
    of_costs = [one.text for one in material.all() if "12.40 crore" in one.text or "१२.४० कोटी" in one.text]
    assert of_costs == [of_costs[0]]
    assert "crore" in of_costs[0]


def test_an_exercise_is_drawn_from_a_report_in_the_module_s_language_or_there_is_none(kb: KnowledgeBase, module: Module) -> None:
    assert module.case is None
    assert "no_case" in {note.code for note in module.notes}
    japanese = make(kb, Request("洪水警報", ("ja",), items=0)).case
    assert japanese is not None
    assert {line.citations[0].document for line in japanese.situation} == {"風浜市における洪水警報システムの実践報告"}
    assert len(japanese.tasks) >= 3


def test_the_glossary_aligns_what_the_papers_say(module: Module) -> None:
    warning = next(entry for entry in module.glossary if entry.named("en") and entry.named("en").text == "flood warning")  # type: ignore[union-attr]
    names = {name.language: (name.text, name.listed) for name in warning.names}
    assert names["ja"] == ("洪水警報", "paper")
    assert names["mr"] == ("पूर इशारा", "paper")
    for name in warning.names:
        assert bool(name.citations) == (name.listed == "paper")


def test_what_is_kept_comes_back_as_it_was(kb: KnowledgeBase, module: Module) -> None:
    module_store.save(kb, module)
    assert module_store.load(kb, module.id) == module
    assert [info.title for info in module_store.listed(kb)] == ["flood warning"]
    copy = module_store.copied(kb, module.id, "flood warning, for ward 7")
    assert (copy.title, copy.slides) == ("flood warning, for ward 7", module.slides)
    module_store.delete(kb, copy.id)
    with pytest.raises(UnknownModuleError, match="setu train list"):
        module_store.load(kb, copy.id)
    assert checked(kb, read_module(write_module(module))) == module


@pytest.mark.parametrize(("topic", "language"), [("पूर इशारा", "mr"), ("洪水警報", "ja"), ("बाढ़ की चेतावनी", "hi")])
def test_a_module_in_another_language_is_verified_too(kb: KnowledgeBase, topic: str, language: str) -> None:
    made = make(kb, Request(topic, (language,), slides=8, items=5))  # type: ignore[arg-type]
    assert all(line.status == "verified" for _, line in made.lines())
    assert made.objectives[0].language == language
    assert not any(flaw(item) for item in made.quiz)


def test_a_topic_that_the_papers_do_not_cover_is_told_with_the_nearest_headings(kb: KnowledgeBase) -> None:
    with pytest.raises(NotCoveredError, match="say nothing of “high-speed railway timetable”") as told:
        make(kb, Request("high-speed railway timetable", ("en",)))
    assert 1 <= len(told.value.nearest) <= 6
    blocks = [block for info in kb.documents() for block in kb.outline(info.id)]
    headings = {" ".join(block.text.split()) for block in blocks if len(block.text) <= 300}
    assert all(near in headings or any(near.startswith(heading) for heading in headings) for near in told.value.nearest)


def test_a_module_of_one_document_says_so(kb: KnowledgeBase) -> None:
    ledger = next(info for info in kb.documents() if info.title.startswith("First nine"))
    made = make(kb, Request("river sensors", ("en",), documents=(ledger.id,), slides=6, items=3))
    assert {citation.document_id for citation in made.citations()} == {ledger.id}
    assert "one_document" in {note.code for note in made.notes}
    assert "no_case" in {note.code for note in made.notes}


def test_a_document_that_is_not_in_use_is_told(kb: KnowledgeBase) -> None:
    with pytest.raises(NoPapersError, match="Document 4711 is not in use"):
        make(kb, Request("flood warning", ("en",), documents=(4711,)))


def test_an_empty_library_is_told(tmp_path: Path) -> None:
    with (
        KnowledgeBase.open(Settings.load(home=tmp_path)) as empty,
        pytest.raises(NoPapersError, match="कागदपत्र"),
    ):
        make(empty, Request("पूर इशारा", ("mr",)))


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"topic": " … "}, "The topic is empty"),
        ({"topic": "x" * 301}, "301 characters"),
        ({"languages": ()}, "at least one"),
        ({"languages": ("fr",)}, "mr, hi, en, ja"),
        ({"languages": ("en", "en")}, "named twice"),
        ({"audience": "pilots"}, "no audience 'pilots'"),
        ({"minutes": 5}, "from 10 to 480"),
        ({"slides": 4}, "from 5 to 40"),
        ({"items": -1}, "from 0 to 60"),
    ],
)
def test_a_request_that_makes_no_sense_names_the_field(kb: KnowledgeBase, field: dict[str, object], said: str) -> None:
    with pytest.raises(BadRequestError, match=said):
        make(kb, replace(Request("flood warning", ("en",)), **field))  # type: ignore[arg-type]


def test_the_making_tells_its_steps_and_stops_when_asked(kb: KnowledgeBase) -> None:
    steps: list[Progress] = []
    with pytest.raises(MakingCancelledError, match="Nothing was kept"):
        make(kb, Request("flood warning", ("en",)), tell=steps.append, cancelled=lambda: bool(steps) and steps[-1].part == "slides")
    assert [step.part for step in steps if step.inner == 0 and step.of == 0] == ["objectives", "briefing", "slides"]
    assert all(step.total == 11 for step in steps)


def test_a_part_that_is_made_again_keeps_what_is_pinned(kb: KnowledgeBase, module: Module) -> None:
    from training.edit import pin, reword

    line = module.briefing[0].lines[0]
    edited = pin(reword(kb, module, line.id, f"In short: {line.text}"), line.id)
    again = remake(kb, edited, "briefing")
    kept = next(one for section in again.briefing for one in section.lines if one.id == line.id)
    assert (kept.text, kept.pinned, kept.origin) == (f"In short: {line.text}", True, "edited")
    assert again.slides == module.slides
    item = module.quiz[3]
    fewer = replace(pin(module, item.id), request=replace(module.request, items=3))
    questions = remake(kb, fewer, "quiz").quiz
    assert item.id in {one.id for one in questions}
    assert len(questions) == 3
