"""What is quoted can be read by itself: lists whole, replies with their question, and the answering sentence known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.document.build import build_document
from ingest.records import RawBlock, RawDocument, RawPage, Role, Source
from kb.answer.quotation.quote_spans import LEAST, MOST, MOST_LIST, answering_alone, as_stretches, stretch_of
from kb.records import Citation, Statement
from lang.languages import Language
from tests.kb.make import base

AREAS: list[tuple[Role, str]] = [
    ("heading", "Article 3 Areas"),
    ("paragraph", "The Parties shall cooperate in the following areas:"),
    *(("list_item", f"({mark}) {area};") for mark, area in zip("abcde", ("drains", "rain gauges", "pumps", "drills", "maps"), strict=True)),  # type: ignore[list-item]
    ("paragraph", "Each Party bears its own costs."),
]
REPLIES: list[tuple[Role, str]] = [
    ("paragraph", "Who may apply for the rebate?"),
    ("paragraph", "Every owner of a house with a tank of 500 litres or more."),
    ("paragraph", "When is it paid? " + "It is paid within sixty days of the inspection, into the account named in the form. " * 6),
]
LONG: list[tuple[Role, str]] = [("paragraph", " ".join(f"Sentence number {n} tells what was done in ward {n}." for n in range(60)))]


def _document(blocks: list[tuple[Role, str]], *, pages: int = 1) -> tuple[str, tuple]:
    each = -(-len(blocks) // pages)
    raw = tuple(
        RawPage(n + 1, str(n + 1), tuple(RawBlock(text, role) for role, text in blocks[n * each : (n + 1) * each]), "markup")
        for n in range(pages)
    )
    made = build_document(RawDocument(Source("test:stretch", "ab" * 32, "text", 1), raw), kind="agreement")
    return made.text, made.blocks


def _quoted(blocks: list[tuple[Role, str]], sentence: str, *, pages: int = 1) -> str:
    text, outline = _document(blocks, pages=pages)
    start = text.index(sentence)
    return text[slice(*stretch_of(text, outline, start, start + len(sentence)))]


@pytest.mark.parametrize("sentence", ["The Parties shall cooperate in the following areas:", "(c) pumps;"])
def test_a_list_is_quoted_with_its_lead_in_and_all_its_items(sentence: str) -> None:
    found = _quoted(AREAS, sentence)
    assert "following areas:" in found
    assert all(area in found for area in ("drains", "rain gauges", "pumps", "drills", "maps"))


def test_a_long_list_is_quoted_as_far_as_whole_items_go() -> None:
    items: list[tuple[Role, str]] = [
        ("list_item", f"({n}) the {n}th matter, described in as many words as such matters take;") for n in range(40)
    ]
    found = _quoted([("paragraph", "They cooperate on:"), *items], "They cooperate on:")
    assert MOST < len(found) <= MOST_LIST
    assert found.startswith("They cooperate on:")
    assert found.endswith(";")


def test_a_question_in_a_paper_is_quoted_with_its_reply_and_a_reply_with_its_question() -> None:
    for sentence in ("Who may apply for the rebate?", "Every owner of a house with a tank of 500 litres or more."):
        found = _quoted(REPLIES, sentence)
        assert found.startswith("Who may apply for the rebate?")
        assert "500 litres" in found


def test_of_a_long_paragraph_whole_sentences_around_the_one_are_quoted() -> None:
    found = _quoted(LONG, "Sentence number 30 tells what was done in ward 30.")
    assert LEAST * MOST <= len(found) <= MOST
    assert found.startswith("Sentence number")
    assert found.endswith(".")


def test_a_stretch_stays_on_its_page() -> None:
    blocks: list[tuple[Role, str]] = [("paragraph", "The pact lasts three years."), ("paragraph", "It may be renewed once.")]
    assert _quoted(blocks, "The pact lasts three years.", pages=2) == "The pact lasts three years."
    assert "renewed" in _quoted(blocks, "The pact lasts three years.")


def test_a_list_goes_on_beyond_its_passage_and_nothing_else_does() -> None:
    text, outline = _document(AREAS)
    lead, third = text.index("The Parties"), text.index("(c) pumps;") + len("(c) pumps;")
    start, end = stretch_of(text, outline, lead, lead + 20, third)
    assert text[start:end].endswith("(e) maps;")
    plain = [("paragraph", "The pact lasts three years."), ("paragraph", "It may be renewed once.")]
    text, outline = _document(plain)  # type: ignore[arg-type]
    assert stretch_of(text, outline, 0, 27, 27) == (0, 27)


def test_a_heading_is_quoted_with_what_stands_under_it() -> None:
    assert "following areas:" in _quoted(AREAS, "Article 3 Areas")


def test_where_nothing_is_known_of_the_blocks_the_sentence_is_quoted_alone() -> None:
    assert stretch_of("One. Two.", (), 5, 9) == (5, 9)


def test_two_sentences_of_one_stretch_are_one_statement_with_both_marked() -> None:
    text, outline = _document(REPLIES)

    def statement(sentence: str) -> Statement:
        start = text.index(sentence)
        cited = Citation(1, "d", "s", 1, "agreement", None, 1, "1", (), start, start + len(sentence), "en", sentence, "verified")
        return Statement(sentence, "agreed", (cited,), marks=((0, 3),))

    one, two = statement("Who may apply for the rebate?"), statement("Every owner of a house with a tank of 500 litres or more.")
    (shown,) = as_stretches([one, two], lambda _d, _v: text, lambda _d, _v, _s, _e: outline)
    assert [shown.text[a:b] for a, b in shown.answering] == [one.text, two.text]
    assert [shown.text[a:b] for a, b in shown.marks] == ["Who", "Eve"]
    (cited,) = shown.citations
    assert text[cited.start : cited.end] == cited.quote == shown.text
    assert answering_alone(shown).text == one.text
    other = replace(two, side="another part")
    assert [s.side for s in as_stretches([one, other], lambda _d, _v: text, lambda _d, _v, _s, _e: outline)] == ["", "another part"]


@pytest.mark.parametrize(
    ("question", "language", "held"),
    [
        ("In which areas shall the Parties cooperate?", "en", ("drains", "maps")),
        ("किन क्षेत्रों में पक्ष सहयोग करेंगे?", "hi", ("drains", "maps")),
    ],
)
def test_an_answer_shows_the_stretch_verified_at_its_offsets(
    question: str, language: Language, held: tuple[str, ...], tmp_path: Path
) -> None:
    raw = RawPage(1, "1", tuple(RawBlock(text, role) for role, text in AREAS), "markup")
    paper = build_document(RawDocument(Source("test:areas", "cd" * 32, "text", 1), (raw,)), kind="agreement")
    with base(tmp_path) as kb:
        kb.ingest_documents([paper])
        answer = kb.answer(question)
        assert answer.language == language
        first = answer.statements[0]
        (cited,) = first.citations
        assert cited.status == "verified"
        assert kb.text(cited.document_id, cited.version)[cited.start : cited.end] == first.text
        assert all(word in first.text for word in held)
        assert first.answering


@pytest.mark.parametrize("most", [200, 400])
def test_a_stretch_has_the_characters_that_are_asked_for(most: int) -> None:
    text, outline = _document(LONG)
    start = text.index("Sentence number 30")
    first, last = stretch_of(text, outline, start, text.index(".", start) + 1, None, most)
    assert LEAST * most <= last - first <= most
    assert text[first:].startswith("Sentence number")
    assert text[:last].endswith(".")


def test_numbered_steps_are_quoted_whole_with_the_line_above_them_and_nothing_else() -> None:
    steps = ["Get the vaccination card.", "Upload a picture of the dog.", "Pay the fee.", "Collect the badge."]
    lines = ["Rule 3: Keeping", "(1) No flat may have more than two dogs.", "Rule 4: How to register"]
    lines += [f"{n}. {step}" for n, step in enumerate(steps, 1)]
    found = _quoted(
        [("paragraph", line) for line in [*lines, "Rule 5: Vaccination", "It is due every year."]], "2. Upload a picture of the dog."
    )
    assert found.splitlines() == lines[2:]
