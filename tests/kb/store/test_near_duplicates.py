"""One agency story in several papers is one story, in whatever order the papers come, change and go."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase
from kb.store.schema import stories
from lang.languages import LANGUAGES, Language
from tests.kb.make import base, document
from tests.kb.stories import DAY, OWN, PAPERS, STORY, paper, three

QUESTION: dict[Language, str] = {
    "mr": "पाण्याची पातळी किती वेळाने मोजली जाते?",
    "hi": "जल स्तर कितनी देर में नापा जाता है?",
    "en": "How often do the gauges measure the water level?",
    "ja": "水位計は何分ごとに水位を測りますか。",
}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path) as kb:
        yield kb


def told(kb: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """Each document's publisher, with those of its variants."""
    return {str(d.publisher): tuple(v.name for v in d.variants) for d in kb.documents()}


def leaders(kb: KnowledgeBase) -> dict[str, str | None]:
    named = {d.id: str(d.publisher) for d in kb.documents()}
    return {str(d.publisher): named[d.story] if d.story is not None else None for d in kb.documents()}


def number(kb: KnowledgeBase, publisher: str) -> int:
    return next(d.id for d in kb.documents() if d.publisher == publisher)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_in_three_papers_is_found_and_quoted_once_with_the_others_named(opened: KnowledgeBase, language: Language) -> None:
    opened.ingest_documents(three(language))
    hits = opened.search(QUESTION[language], k=20).hits
    gauge = [h for h in hits if STORY[language][1] in h.text]
    assert [[v.name for v in h.variants] for h in gauge] == [[PAPERS[0], PAPERS[1]]]
    assert gauge[0].document == f"{PAPERS[2]} {language}"
    answer = opened.answer(QUESTION[language])
    quotes = [c for s in answer.statements for c in s.citations if STORY[language][1] in c.quote]
    assert [[v.publisher for v in c.variants] for c in quotes] == [[PAPERS[0], PAPERS[1]]]
    assert any(OWN[language] in h.text for h in hits)


def test_of_one_day_the_fullest_leads_and_an_earlier_one_leads_before_it(opened: KnowledgeBase) -> None:
    opened.ingest_documents(three("en"))
    assert set(leaders(opened).values()) == {PAPERS[2]}
    opened.ingest_documents([paper("Early", "en", STORY["en"][:3], DAY - timedelta(days=1))])
    assert set(leaders(opened).values()) == {"Early"}


def test_the_order_of_arrival_changes_nothing(tmp_path: Path) -> None:
    found = []
    for seed in (1, 2, 3):
        papers = [*three("mr"), *three("en"), paper("Other", "en", (OWN["en"] * 2,))]
        papers = [replace(p, facts=replace(p.facts, publisher=p.facts.title)) for p in papers]
        random.Random(seed).shuffle(papers)
        with base(tmp_path / str(seed)) as kb:
            kb.ingest_documents(papers)
            found.append((told(kb), leaders(kb)))
            assert kb.verify() == ()
    assert found[0] == found[1] == found[2]
    assert found[0][0]["Other en"] == ()


def test_a_filter_that_leaves_out_the_leader_shows_a_variant(opened: KnowledgeBase) -> None:
    early = paper("Early", "en", STORY["en"], DAY - timedelta(days=2))
    opened.ingest_documents([early, *three("en")])
    hits = opened.search(QUESTION["en"], k=20, filters=Filters(date_from=DAY)).hits
    gauge = [h for h in hits if STORY["en"][1] in h.text]
    assert [h.document for h in gauge] == [f"{PAPERS[2]} en"]
    assert [v.name for v in gauge[0].variants] == ["Early", PAPERS[0], PAPERS[1]]
    only = opened.search(QUESTION["en"], k=20, filters=Filters(documents=(number(opened, PAPERS[1]),))).hits
    assert {h.document for h in only} == {f"{PAPERS[1]} en"}
    assert len(only) == 3


def test_a_variant_with_another_figure_is_shown_beside_the_leader(opened: KnowledgeBase) -> None:
    first, second, third, fourth = STORY["en"]
    other = third.replace("23 million", "32 million")
    opened.ingest_documents([paper("One", "en", STORY["en"]), paper("Two", "en", (first, second, other, fourth))])
    assert told(opened) == {"One": ("Two",), "Two": ("One",)}
    texts = [h.text for h in opened.search("What did the work cost?", k=20).hits]
    assert third in texts
    assert other in texts
    assert texts.count(second) == 1


def test_a_deleted_or_rewritten_leader_hands_over_and_the_last_one_stands_alone(opened: KnowledgeBase) -> None:
    opened.ingest_documents(three("ja"))
    opened.delete(number(opened, PAPERS[2]))
    assert told(opened) == {PAPERS[0]: (PAPERS[1],), PAPERS[1]: (PAPERS[0],)}
    assert set(leaders(opened).values()) == {PAPERS[0]}
    rewritten = paper(
        PAPERS[0], "ja", (OWN["ja"], "市議会は来月、排水路の予算を審議する。", *("集会には百人が集まり、意見を述べた。",) * 3)
    )
    opened.ingest_documents([rewritten])
    assert told(opened) == {PAPERS[0]: (), PAPERS[1]: ()}
    assert opened.verify() == ()


def test_a_corrected_kind_or_date_takes_a_document_out_of_its_story_and_back(opened: KnowledgeBase) -> None:
    opened.ingest_documents(three("hi"))
    third = number(opened, PAPERS[2])
    opened.correct(third, "kind", "report")
    assert told(opened)[PAPERS[2]] == ()
    opened.clear_correction(third, "kind")
    assert told(opened)[PAPERS[2]] == (PAPERS[0], PAPERS[1])
    opened.correct(third, "date", "2024-03-12")
    assert told(opened) == {PAPERS[0]: (PAPERS[1],), PAPERS[1]: (PAPERS[0],), PAPERS[2]: ()}
    opened.correct(third, "date", "2025-03-11")
    assert leaders(opened)[PAPERS[0]] == PAPERS[2]
    assert opened.verify() == ()


def test_two_texts_of_an_agreement_and_a_translation_are_no_variants(opened: KnowledgeBase) -> None:
    drafts = [document(f"draft {n}", "en", "agreement", STORY["en"], DAY) for n in (1, 2)]
    opened.ingest_documents([*drafts, paper("One", "mr", STORY["mr"]), paper("Two", "hi", STORY["hi"])])
    assert all(d.variants == () and d.story is None for d in opened.documents())


def test_a_digest_does_not_make_one_story_of_those_it_holds(opened: KnowledgeBase) -> None:
    other = tuple(f"The council of Lahargad {what}." for what in (
        "sold the old ferry landing to a company that will build a market hall there by next summer",
        "closed three wells after the district laboratory found salt in the water during the dry weeks of February",
        "asked the railway to stop the morning train at the new hospital, which opens after the harvest festival",
        "named the bridge over the canal after the schoolteacher who had collected money for it over eleven years",
    ))  # fmt: skip
    opened.ingest_documents([
        paper("One", "en", STORY["en"]),
        paper("Two", "en", other, DAY + timedelta(days=1)),
        paper("Digest", "en", (*STORY["en"], *other), DAY + timedelta(days=2)),
    ])  # fmt: skip
    assert "Two" not in told(opened)["One"]


def test_a_damaged_record_of_stories_is_noticed_and_rebuilt(opened: KnowledgeBase) -> None:
    opened.ingest_documents(three("en"))
    before = told(opened), leaders(opened)
    with opened._catalogue.write() as conn:
        conn.execute(stories.delete().where(stories.c.document_id == number(opened, PAPERS[2])))
    assert any("stories" in problem for problem in opened.verify())
    opened.reindex()
    assert opened.verify() == ()
    assert (told(opened), leaders(opened)) == before


def test_copies_do_not_take_the_places_of_other_hits(opened: KnowledgeBase) -> None:
    """Thirty papers with the same two passages, and twenty passages of others: asked for fifteen, fifteen come."""
    same = [paper(f"Paper {n}", "en", STORY["en"][:2]) for n in range(30)]
    others = [
        document(f"n{n}", "en", "report", (f"Gauge number {n} stands at the mill of the river and measures the water.",)) for n in range(20)
    ]
    opened.ingest_documents([*same, *others])
    hits = opened.search("gauges measure the water of the river", k=15).hits
    assert len(hits) == 15
    assert sum(h.kind == "news" for h in hits) <= 2


def test_news_without_a_date_is_compared_with_all(opened: KnowledgeBase) -> None:
    opened.ingest_documents([paper("One", "mr", STORY["mr"], None), paper("Two", "mr", STORY["mr"], date(2020, 1, 1))])
    assert leaders(opened) == {"One": "Two", "Two": "Two"}
