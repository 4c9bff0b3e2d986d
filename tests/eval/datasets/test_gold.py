"""The gold questions are well formed, and every sentence they name stands in the sample papers."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from lxml.html import fromstring

from ingest.records import Document, Limits
from lang.languages import LANGUAGES
from tests.support import PROJECT, shared

DATA = PROJECT / "eval" / "data"
SAMPLES = PROJECT / "samples" / "documents"
SCAN = "monsoon-circular-scan.pdf"
DOCUMENT_LANGUAGE = {
    "memorandum-of-cooperation.pdf": "en",
    "sahakarya-karar.pdf": "mr",
    "laharvarta-sahakarya-karar.html": "mr",
    "sagartat-samachar.txt": "hi",
    "lahargad-ledger.html": "en",
    "flood-warning-kazehama.pdf": "ja",
    "city-data-platform.docx": "en",
    SCAN: "mr",
}
FIELDS = {"_id", "text", "lang", "answerable", "cross", "kind", "standing", "answers", "sentences"}
KINDS = {"who", "when", "where", "which", "what", "why", "how", "how_much", "how_long", "yes_no"}


def load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def bare(text: str) -> str:
    """NFKC without any white space: how a line was broken does not matter."""
    return "".join(unicodedata.normalize("NFKC", text).split())


GOLD = load("samples_gold.jsonl")
OFFICIALS = load("officials_gold.jsonl")
PUDHARI = load("pudhari_gold.jsonl")
NAMED = [(q["_id"], s) for q in GOLD + OFFICIALS for s in q["sentences"] + q.get("contradicted_by", [])]


def test_every_line_has_the_fields_of_a_gold_question() -> None:
    for question in GOLD + OFFICIALS:
        assert (
            set(question) - {"contradicted_by", "reason", *(("before", "together", "marks") if question in OFFICIALS else ())} == FIELDS
        ), question["_id"]
        assert question["text"].strip() == question["text"] != ""
        assert question["lang"] in LANGUAGES[:4]
        assert question["kind"] in KINDS
        assert question["standing"] in {"agreed", "reported", "practised", None}


def test_ids_and_questions_are_unique() -> None:
    for questions in (GOLD + OFFICIALS, PUDHARI):
        assert max(Counter(q["_id"] for q in questions).values()) == 1
        assert max(Counter((q["lang"], q["text"]) for q in questions).values()) == 1


def test_there_are_enough_questions_of_each_sort_in_each_language() -> None:
    assert len(GOLD) >= 72
    for language in ("mr", "hi", "en", "ja"):
        mine = [q for q in GOLD if q["lang"] == language]
        assert len(mine) >= 16
        assert sum(not q["answerable"] for q in mine) >= 4
        assert sum(q["cross"] for q in mine) >= 5
        assert sum(q["answerable"] and not q["cross"] for q in mine) >= 5
        assert {q["reason"] for q in mine if not q["answerable"]} == {"near_domain", "out_of_scope"}


def test_the_questions_of_officials_are_as_many_in_each_language_and_of_each_sort() -> None:
    for language in ("mr", "hi", "en", "ja"):
        mine = [q for q in OFFICIALS if q["lang"] == language]
        assert len(mine) == 20
        assert sum(not q["answerable"] for q in mine) == 3
        assert sum(q["cross"] for q in mine) >= 7
        assert sum("before" in q for q in mine) == 2
    assert not {q["text"] for q in OFFICIALS} & {q["text"] for q in GOLD}


def test_what_belongs_together_and_what_is_to_be_marked_stands_in_the_sentences() -> None:
    for question in OFFICIALS:
        assert {a for group in question.get("together", ()) for a in group} <= set(question["answers"]), question["_id"]
        said = [bare(s["sentence"]) for s in question["sentences"]]
        assert all(any(bare(fact) in text for text in said) for fact in question.get("marks", ())), question["_id"]


def test_only_an_answerable_question_names_sentences() -> None:
    for question in GOLD + OFFICIALS:
        assert bool(question["sentences"]) == bool(question["answers"]) == question["answerable"], question["_id"]
        assert ("reason" in question) == (not question["answerable"]), question["_id"]


@pytest.mark.parametrize(("question", "sentence"), NAMED, ids=[f"{q}-{s['document'].split('.')[0]}" for q, s in NAMED])
def test_the_short_answers_stand_in_their_sentence(question: str, sentence: dict[str, Any]) -> None:
    assert sentence["answers"]
    for answer in sentence["answers"]:
        assert bare(answer) in bare(sentence["sentence"])
        assert len(answer) < len(sentence["sentence"])


def test_the_answers_of_a_question_are_those_of_its_sentences() -> None:
    for question in GOLD + OFFICIALS:
        assert question["answers"] == [a for s in question["sentences"] for a in s["answers"]], question["_id"]


def test_cross_says_that_no_answering_sentence_is_in_the_language_of_the_question() -> None:
    for question in GOLD + OFFICIALS:
        languages = {DOCUMENT_LANGUAGE[s["document"]] for s in question["sentences"]}
        assert question["cross"] == (question["answerable"] and question["lang"] not in languages), question["_id"]


def test_every_sample_paper_answers_some_question_and_no_other_paper_is_named() -> None:
    assert {s["document"] for _, s in NAMED} == {p.name for p in SAMPLES.iterdir()} == set(DOCUMENT_LANGUAGE)


def test_the_contradicted_date_is_asked_from_both_sides() -> None:
    contradicted = [q for q in GOLD if "contradicted_by" in q]
    assert {q["standing"] for q in contradicted} == {"agreed", "reported"}
    for question in contradicted:
        assert not set(question["answers"]) & {a for s in question["contradicted_by"] for a in s["answers"]}


def test_the_samples_stay_small() -> None:
    assert sum(p.stat().st_size for p in SAMPLES.parent.rglob("*") if p.is_file()) < 1_500_000


@pytest.fixture(scope="module")
def papers() -> dict[str, Document]:
    from ingest.pipeline import read_documents

    found: dict[str, Document] = {}
    for result in read_documents([SAMPLES], kind=None, limits=Limits(), known=lambda source: False):
        assert isinstance(result, Document), result
        found[Path(result.source.uri).name] = result
    return found


@pytest.mark.parametrize(
    ("question", "sentence"),
    [(q, s) for q, s in NAMED if s["document"] != SCAN],
    ids=[f"{q}-{s['document'].split('.')[0]}" for q, s in NAMED if s["document"] != SCAN],
)
def test_a_gold_sentence_stands_verbatim_in_the_extracted_text(
    question: str, sentence: dict[str, Any], papers: dict[str, Document]
) -> None:
    assert bare(sentence["sentence"]) in bare(papers[sentence["document"]].text)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [(q, s) for q, s in NAMED if s["document"] != SCAN],
    ids=[f"{q}-{s['document'].split('.')[0]}" for q, s in NAMED if s["document"] != SCAN],
)
def test_a_gold_sentence_lies_within_one_chunk(question: str, sentence: dict[str, Any], papers: dict[str, Document]) -> None:
    assert any(bare(sentence["sentence"]) in bare(chunk.text) for chunk in papers[sentence["document"]].chunks)


@pytest.mark.parametrize("name", ["memorandum-of-cooperation", "sahakarya-karar", "flood-warning-kazehama"])
def test_every_heading_and_paragraph_that_was_printed_is_in_the_extracted_text(name: str, papers: dict[str, Document]) -> None:
    source = fromstring((SAMPLES.parent / "src" / f"{name}.html").read_bytes())
    printed = [line for element in source.iter("h1", "h2", "p", "caption") for line in element.itertext() if line.strip()]
    assert len(printed) > 40
    text = bare(papers[f"{name}.pdf"].text)
    assert [line for line in printed if bare(line) not in text] == []


@pytest.mark.parametrize(
    "clutter",
    [
        "मोबाईल ॲप",
        "Download the Laharvarta",
        "हेही वाचा",
        "संबंधित बातम्या",
        "मासळी बाजाराचे",
        "खडाजंगी",
        "व्हॉट्सॲप",
        "जाहिरात",
        "हक्क राखीव",
        "Ledger app",
        "Related stories",
        "Fish market",
        "Most read",
        "Ferry fares",
        "cookies",
        "Copy link",
        "All rights reserved",
    ],
)
def test_what_surrounds_a_newspaper_article_is_in_no_chunk(clutter: str, papers: dict[str, Document]) -> None:
    raw = [p.read_text(encoding="utf-8") for p in SAMPLES.glob("*.html")]
    assert any(clutter in text for text in raw)
    for paper in papers.values():
        assert not any(clutter in chunk.text for chunk in paper.chunks), paper.source.uri


def test_the_scanned_page_is_read_nearly_right_or_says_that_it_was_not_read(papers: dict[str, Document]) -> None:
    (page,) = papers[SCAN].pages
    if page.method != "ocr":
        assert page.method == "none"
        assert page.note
        pytest.skip(f"the scan was not read: {page.note}")
    truth = bare((SAMPLES.parent / "src" / "monsoon-circular.txt").read_text(encoding="utf-8"))
    assert SequenceMatcher(None, bare(page.text), truth, autojunk=False).ratio() >= 0.95


def test_the_twelve_questions_on_the_real_article_cover_three_facts_in_four_languages() -> None:
    assert Counter(q["lang"] for q in PUDHARI) == {"mr": 3, "en": 3, "hi": 3, "ja": 3}
    assert len({tuple(q["answers"]) for q in PUDHARI}) == 3


@pytest.mark.shared
def test_the_answers_on_the_real_article_stand_in_it() -> None:
    article = bare(shared("corpus", "pudhari-mlit-thane.txt").read_text(encoding="utf-8"))
    for question in PUDHARI:
        assert all(bare(answer) in article for answer in question["answers"]), question["_id"]
