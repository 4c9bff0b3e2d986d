"""The same passage in two language versions of a document is found once, with the other beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb import KnowledgeBase
from kb.records import Filters
from kb.search.fusion import Fused
from kb.search.parallel_passages import FEWEST, Side, match, once, say_the_same
from lang.languages import Language
from tests.kb.make import base, document
from tests.support import PROJECT


def side(vectors: np.ndarray, keys: tuple[str | None, ...] | None = None, first: int = 0) -> Side:
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return Side(tuple(range(first, first + len(rows))), rows.astype(np.float32), keys or (None,) * len(rows))


def topics(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 32))


def translated(vectors: np.ndarray) -> np.ndarray:
    """The same topics with the constant part and the noise that another language brings."""
    return vectors + 4.0 * topics(1, 99) + 0.3 * topics(len(vectors), 100)


def test_passages_of_two_versions_find_each_other_in_order() -> None:
    assert match(side(topics(8, 1)), side(translated(topics(8, 1)))) == [(i, i) for i in range(8)]


def test_a_passage_that_only_one_version_has_has_no_counterpart() -> None:
    longer = translated(topics(8, 1))
    assert match(side(topics(8, 1)[[0, 1, 2, 4, 5, 6, 7]]), side(longer)) == [(0, 0), (1, 1), (2, 2), (3, 4), (4, 5), (5, 6), (6, 7)]


def test_sections_that_only_bear_the_same_numbers_are_no_counterparts() -> None:
    numbers = tuple(f"§n{i}" for i in range(8))
    assert match(side(topics(8, 1), numbers), side(translated(topics(8, 2)), numbers)) == []


def test_the_same_topics_in_another_order_are_no_versions() -> None:
    assert match(side(topics(8, 1)), side(translated(topics(8, 1))[::-1])) == []


def test_passages_under_different_numbers_are_not_paired() -> None:
    left = tuple(f"§a{i}" for i in range(8))
    right = (*left[:7], "§a9")
    assert match(side(topics(8, 1), left), side(translated(topics(8, 1)), right)) == [(i, i) for i in range(7)]


def test_a_document_of_few_passages_is_not_compared() -> None:
    few = topics(FEWEST - 1, 1)
    assert match(side(few), side(translated(few))) == []


RANKED = [Fused(1, 5.0), Fused(2, 4.0), Fused(3, 3.0), Fused(4, 2.0)]
BESIDE = {1: (3,), 3: (1,), 2: (4,), 4: (2,)}


def test_of_two_counterparts_the_better_one_stays() -> None:
    assert once(RANKED, BESIDE, (), 2) == [Fused(1, 5.0), Fused(2, 4.0)]


def test_the_one_in_the_language_of_the_question_takes_the_better_place() -> None:
    assert once(RANKED, BESIDE, {3, 4}, 2) == [Fused(3, 5.0), Fused(4, 4.0)]


def test_as_many_are_returned_as_were_asked_for_while_there_are_any() -> None:
    assert once(RANKED, BESIDE, (), 3) == [Fused(1, 5.0), Fused(2, 4.0), Fused(3, 3.0)]


ARTICLES: dict[Language, tuple[str, ...]] = {
    "en": (
        "The purpose of this Memorandum is to cooperate in tide prediction and harbour safety.",
        "The Ministry shall bear the cost of the forty tide gauges.",
        "The Joint Committee meets twice a year and decides by consensus.",
        "Personal data of fishermen shall be stored only on servers in the port.",
        "Either Participant may terminate this Memorandum with six months' notice in writing.",
    ),
    "mr": (
        "या करारनाम्याचा उद्देश भरती-ओहोटीचा अंदाज व बंदर सुरक्षा यांत सहकार्य करणे हा आहे.",
        "चाळीस भरतीमापकांचा खर्च मंत्रालय करेल.",
        "संयुक्त समितीची बैठक वर्षातून दोनदा होते व ती सर्वसहमतीने निर्णय घेते.",
        "मच्छीमारांची वैयक्तिक माहिती केवळ बंदरातील सर्व्हरवरच साठवली जाईल.",
        "कोणताही सहभागी सहा महिन्यांची लेखी सूचना देऊन हा करारनामा समाप्त करू शकतो.",
    ),
}


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> object:
    with base(tmp_path_factory.mktemp("bilingual")) as kb:
        kb.ingest_documents([document(f"moc-{lang}", lang, "agreement", texts) for lang, texts in ARTICLES.items()])
        kb.ingest_documents(
            [document("other", "en", "report", ("The office closes at noon.", "Tea is served.", "Rain fell.", "It was late."))]
        )
        yield kb


def test_a_search_shows_a_passage_once_in_the_language_of_the_question(bilingual: KnowledgeBase) -> None:
    for language, question in (("en", "Who bears the cost of the tide gauges?"), ("mr", "भरतीमापकांचा खर्च कोण करेल?")):
        hits = bilingual.search(question, k=5).hits
        assert hits[0].text == ARTICLES[language][1]  # type: ignore[index]
        other = "mr" if language == "en" else "en"
        assert [(c.language, c.path) for c in hits[0].counterparts] == [(other, ("Article 2",))]
        start, end = hits[0].counterparts[0].start, hits[0].counterparts[0].end
        assert bilingual.text(hits[0].counterparts[0].document_id)[start:end] == ARTICLES[other][1]  # type: ignore[index]
        shown = {hit.chunk for hit in hits}
        assert not shown & {c.chunk for hit in hits for c in hit.counterparts}


def test_every_passage_can_still_be_found(bilingual: KnowledgeBase) -> None:
    assert len(bilingual.search("tide gauges", k=14).hits) == 14
    marathi = bilingual.search("tide gauges", k=5, filters=Filters(languages=("mr",))).hits
    assert [hit.language for hit in marathi] == ["mr"] * 5


def test_a_quote_names_its_place_in_the_other_version(bilingual: KnowledgeBase) -> None:
    citation = bilingual.answer("Who shall bear the cost of the forty tide gauges?").statements[0].citations[0]
    assert citation.language == "en"
    assert [c.language for c in citation.counterparts] == ["mr"]


def test_the_languages_of_the_sample_agreement_are_paired_article_by_article_and_nothing_else_is(tmp_path: Path) -> None:
    samples = PROJECT / "samples" / "documents"
    with base(tmp_path) as kb:
        names = ("memorandum-of-cooperation.pdf", "sahakarya-karar.pdf", "flood-warning-kazehama.pdf", "city-data-platform.docx")
        kb.ingest([samples / name for name in names])
        pairs = {(h.path, c.path) for h in kb.search("the agreement and the platform", k=31).hits for c in h.counterparts}
    assert len(pairs) == 13
    assert all(other and one[0].startswith("Article") for one, other in pairs if one) or all(
        one[0].startswith("कलम") for one, _ in pairs if one
    )


def test_texts_whose_numbers_differ_are_no_versions() -> None:
    said = "Of 18,600 lamps 17,940 were replaced for Rs 14.2 crore, 660 are left, and 56 per cent less is used since 2023."
    assert say_the_same([said], ["१८,६०० पैकी १७,९४० दिवे १४.२ कोटी रुपयांत बदलले, ६६० राहिले; २०२३ पासून ५६ टक्के कमी वीज लागते."])
    assert not say_the_same([said], ["7,450灯のうち7,210灯を4億8,600万円で替え、240灯が残る。2022年から60%減った。"])
    assert say_the_same([said], ["१८ दिवे"])  # too few numbers to tell
