"""What a module is made of is about its topic, is shown before it is made, and can be put otherwise by a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.records import Filters
from training.cited_lines import Scribe
from training.compose import FRAME, WORDS, slides, words
from training.errors import NotCoveredError, OtherLanguageError
from training.make import in_one_language, make
from training.material.gather import gather
from training.material.preview import preview
from training.material.source_sentences import headings
from training.material.topicality import FEATURES, about, least
from training.records import Request

KENNELS = """Report on the kennels of Brookmere, 2023

1. What was found

The kennels of Brookmere took in 412 stray dogs in 2023. Of these, 301 were given to families. The others stayed in the north wing.

2. What it cost

Feed and vets cost Rs 18 lakh. The council paid two thirds of it, and a trust the rest.

3. What failed

The night watch was not filled for five months. Three dogs got out, and one was never found.
"""
FERRY = """Circular on the ferry of Brookmere

1. Hours

The ferry leaves every twenty minutes from six in the morning. It does not run when the wind is above 60 km an hour.

2. Fares

A ticket costs Rs 12, and pupils pay half. Season tickets are sold at the pier until the fifth of each month.
"""
GARDENS = """महापालिकेची उद्याने

१. वेळा

उद्याने सकाळी सहा वाजता उघडतात आणि रात्री नऊ वाजता बंद होतात. पावसाळ्यात ती आठ वाजता बंद होतात.

२. देखभाल

प्रत्येक उद्यानात दोन माळी आहेत. रोपांना आठवड्यातून तीन वेळा पाणी दिले जाते.
"""


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home: Path = tmp_path_factory.mktemp("topics")
    papers = home / "papers"
    papers.mkdir()
    for name, text in (("kennels", KENNELS), ("ferry", FERRY), ("gardens", GARDENS)):
        (papers / f"{name}.txt").write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=home / "home")) as opened:
        opened.ingest([papers])
        yield opened


def _names(kb: KnowledgeBase) -> dict[int, str]:
    return {info.id: Path(info.source).stem for info in kb.documents()}


def test_the_weights_are_of_what_is_weighed() -> None:
    stored = json.loads(resources.files("training.material").joinpath("topicality.json").read_text(encoding="utf-8"))
    assert set(stored) == {*FEATURES, "constant", "least", "command", "topics", "passages"}


def test_what_is_on_the_topic_is_above_what_is_not(kb: KnowledgeBase) -> None:
    found = about(kb, "stray dogs and kennels", Filters())
    named = _names(kb)
    assert {named[fit.hit.document_id] for fit in found if fit.chance >= least()} == {"kennels"}
    assert [fit.chance for fit in found] == sorted((fit.chance for fit in found), reverse=True)


@pytest.mark.parametrize("topic", ["underground railway", "アイスホッケーの試合", "समुद्री चाचे"])
def test_what_the_papers_do_not_hold_is_refused_before_anything_is_made(kb: KnowledgeBase, topic: str) -> None:
    with pytest.raises(NotCoveredError):
        make(kb, Request(topic, ("en",)))
    assert preview(kb, Request(topic, ("en",))).stretches == ()
    assert preview(kb, Request(topic, ("en",))).nearest


def test_a_preview_names_the_stretches_and_what_is_missing(kb: KnowledgeBase) -> None:
    found = preview(kb, Request("stray dogs and kennels", ("en",)))
    named = _names(kb)
    assert {named[one.info.id] for one in found.stretches} == {"kennels"}
    assert all(one.chance >= least() > other.chance for one in found.stretches for other in found.others)
    assert "agreement" in found.lacking
    assert all(one.sentences >= 1 and one.begins for one in found.stretches)


def test_a_person_takes_stretches_out_and_puts_others_in(kb: KnowledgeBase) -> None:
    request = Request("stray dogs and kennels", ("en",))
    shown = preview(kb, request)
    out, other = shown.stretches[0], next(one for one in shown.others if _names(kb)[one.info.id] == "ferry")
    material = gather(kb, replace(request, without=(out.key,), also=(other.key,)))
    used = {group.heading.key for group in material.groups}
    assert out.key not in used
    assert other.key in used


def test_papers_in_another_language_are_told_with_that_language(kb: KnowledgeBase) -> None:
    with pytest.raises(OtherLanguageError, match="Marathi") as told:
        make(kb, Request("उद्यानांच्या वेळा", ("en",)))
    assert told.value.languages == ("mr",)
    assert make(kb, Request("उद्यानांच्या वेळा", ("mr",), items=2)).slides


def test_a_slide_is_short_in_one_language_and_its_title_has_no_number(kb: KnowledgeBase) -> None:
    made = make(kb, Request("stray dogs and kennels", ("en",), items=3))
    content = [slide for slide in made.slides if slide.kind == "content"]
    assert content
    for slide in content:
        assert sum(words(line.text) for line in slide.bullets) <= WORDS
        assert not slide.title.text[0].isdigit()
        assert {line.language for line in (slide.title, *slide.bullets)} == {"en"}
        assert all(line.status == "verified" for line in (slide.title, *slide.bullets, *slide.notes))


def test_what_leans_on_the_sentence_before_stands_with_it(kb: KnowledgeBase) -> None:
    scribe = Scribe(kb, gather(kb, Request("stray dogs and kennels", ("en",), slides=FRAME + 6)))
    bullets = [line.text for slide in slides(scribe, with_case=False) for line in slide.bullets if slide.kind == "content"]
    others = next(text for text in bullets if "The others stayed" in text)
    assert "301 were given to families" in others


def test_no_question_asks_for_a_heading(kb: KnowledgeBase) -> None:
    made = make(kb, Request("stray dogs and kennels", ("en",), items=8))
    assert made.quiz
    assert not [item for item in made.quiz if item.asks == "clause"]
    named = {" ".join(heading.text.split()) for info in kb.documents() for heading in headings(kb, info)}
    assert not [option for item in made.quiz for option in item.options if option.text in named]


def test_what_the_model_did_not_say_in_the_module_s_language_goes(kb: KnowledgeBase) -> None:
    made = make(kb, Request("stray dogs and kennels", ("en",), items=0))
    at = next(i for i, slide in enumerate(made.slides) if slide.kind == "content")
    foreign = replace(made.slides[at], bullets=tuple(replace(line, language="ja") for line in made.slides[at].bullets))
    left = in_one_language(replace(made, slides=(*made.slides[:at], foreign, *made.slides[at + 1 :])))
    assert foreign.id not in {slide.id for slide in left.slides}
    assert len(left.slides) == len(made.slides) - 1
