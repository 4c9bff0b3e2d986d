"""A paper at a glance: lines that are cited, questions that the paper answers, kept until it changes, and made of that paper alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ingest.records import Block
from kb import KnowledgeBase
from kb.answer.overview.overview import answered, of_paper, overview_key, read_kept, to_json
from kb.answer.overview.question_generation import Candidate, candidates, matter_of
from kb.answer.skills.summaries.summary_sentences import sentences_in, unwrapped
from kb.auth.roles import Reader
from kb.errors import UnknownDocumentError
from kb.records import DocumentInfo, Filters
from kb.store.schema import overviews
from lang.languages import Language
from tests.kb.make import base
from tests.kb.summary_papers import make, paper, ports_of
from tests.once import copied, once

LANGUAGES: tuple[tuple[str, Language], ...] = (
    ("lanterns.md", "en"),
    ("samjhauta.md", "hi"),
    ("paripatrak.md", "mr"),
    ("okihama.txt", "ja"),
)


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home = once(tmp_path_factory, "skills", make) / "home"
    with base(copied(home, tmp_path_factory.mktemp("overview") / "home")) as opened:
        yield opened


def named(kb: KnowledgeBase, name: str) -> DocumentInfo:
    return paper(ports_of(kb), name)


def rows(kb: KnowledgeBase) -> int:
    with kb._catalogue.read() as conn:
        return conn.scalar(select(func.count()).select_from(overviews)) or 0


@pytest.mark.parametrize(("name", "language"), LANGUAGES)
def test_each_line_quotes_the_paper_and_each_question_is_answered_by_it(kb: KnowledgeBase, name: str, language: Language) -> None:
    of = named(kb, name)
    told = kb.overview(of.id, language)
    assert told.paper.id == of.id
    assert 3 <= len(told.lines.rows) <= 6
    for _, said, *_more in told.lines.rows:
        assert said.cited
        for at in said.cited:
            citation = told.statements[at].citations[0]
            assert citation.status == "verified"
            assert kb.text(of.id)[citation.start : citation.end] == citation.quote
    assert 1 <= len(told.questions) <= 3
    assert len({one.text for one in told.questions}) == len(told.questions)
    for one in told.questions:
        answer = kb.answer(one.text, filters=Filters(documents=(of.id,)))
        assert answer.refusal is None, one.text
        assert answer.grade == "answers", one.text
        assert {c.document_id for s in answer.statements for c in s.citations} == {of.id}


def test_a_question_that_other_words_answer_is_not_offered(kb: KnowledgeBase) -> None:
    of = named(kb, "lanterns.md")
    alone = of_paper(of, ports_of(kb))
    text = kb.text(of.id)
    cost, theft = text.index("The lanterns cost"), text.index("Seven batteries")
    asked = "How much did the lanterns cost?"
    assert answered(Candidate("money", asked, "en", ((cost, cost + 40),)), of, alone)
    assert not answered(Candidate("money", asked, "en", ((theft, theft + 40),)), of, alone)
    assert not answered(Candidate("money", "Who won the football cup of Iceland?", "en", ((0, len(text)),)), of, alone)


def test_questions_of_several_sorts_are_tried_before_a_second_of_one(kb: KnowledgeBase) -> None:
    of = named(kb, "lanterns.md")
    made = list(candidates(matter_of(of, "en", of_paper(of, ports_of(kb)))))
    first = [one.sort for one in made][: len({one.sort for one in made})]
    assert len(first) == len(set(first)) >= 2
    assert any(one.text == "What is the amount of ¥18 million for?" or "18" in one.text for one in made)


def test_an_overview_is_kept_and_found_again_as_it_was(kb: KnowledgeBase) -> None:
    of = named(kb, "lanterns.md")
    ports = ports_of(kb)
    first = kb.overview(of.id, "en")
    before = rows(kb)
    assert kb.overview(of.id, "en") == first
    assert rows(kb) == before
    assert read_kept(to_json(first), first.paper, "en", ports) is not None
    assert overview_key(of, ports.facts(of.id), "other model") != overview_key(of, ports.facts(of.id), "model")


def test_a_correction_a_new_version_and_a_deletion_let_go_of_it(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = once(tmp_path_factory, "skills", make) / "home"
    with base(copied(home, tmp_path / "home")) as kb:
        of = named(kb, "lanterns.md")
        kb.overview(of.id, "en")
        assert rows(kb) == 1
        kb.correct(of.id, "title", "Lanterns of Velipur")
        assert rows(kb) == 0
        assert kb.overview(of.id, "en").paper.title == "Lanterns of Velipur"
        file = tmp_path / "lanterns.md"
        file.write_text(
            "# Bells\n\nThe bells of Velipur were hung in 2024. They cost 3 million yen. A bell rings at each pier.\n", encoding="utf-8"
        )
        added = kb.ingest([file])
        assert added.added
        bells = next(one for one in kb.documents() if one.source == str(file))
        kb.overview(bells.id, "en")
        file.write_text(
            "# Bells\n\nThe bells of Velipur were sold in 2025. They brought 5 million yen. No bell rings any more.\n", encoding="utf-8"
        )
        kept = rows(kb)
        assert kb.ingest([file]).updated
        assert rows(kb) == kept - 1
        assert any("5 million yen" in row[1].text for row in kb.overview(bells.id, "en").lines.rows)
        kb.delete(bells.id)
        assert rows(kb) == kept - 1
        with pytest.raises(UnknownDocumentError):
            kb.overview(bells.id, "en")


def test_who_may_not_see_a_paper_gets_no_overview_and_no_word_of_it(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = once(tmp_path_factory, "skills", make) / "home"
    with base(copied(home, tmp_path / "home")) as kb:
        hidden, open_to_all = named(kb, "samjhauta.md"), named(kb, "lanterns.md")
        kb.put_in_groups(hidden.id, ["harbour"])
        whole = kb.overview(open_to_all.id, "hi")
        limited = kb.seen_by(Reader("r", "viewer", frozenset()))
        with pytest.raises(UnknownDocumentError):
            limited.overview(hidden.id, "hi")
        seen = limited.overview(open_to_all.id, "hi")
        assert seen == whole
        assert "तटपुर" not in repr(seen)


def test_a_reader_of_another_language_gets_labels_and_questions_in_theirs(kb: KnowledgeBase) -> None:
    told = kb.overview(named(kb, "lanterns.md").id, "hi")
    assert told.language == "hi"
    assert any(row[0].text == "लागत और धन" for row in told.lines.rows)
    assert any(one.language == "hi" for one in told.questions)


def test_lines_that_were_broken_at_a_width_are_one_sentence_and_the_offsets_stay() -> None:
    lines = (
        "The harbour bell of Westerholm was hung in the spring of 1904 by",
        "seven men and a horse, and it has rung for every storm since that",
        "night in which the ferry was lost. It is rung by hand.",
        "A new rope is bought in every third year, and the old one is cut",
        "into pieces that are given to the schools.",
    )
    text = "\n".join(lines)
    starts = [text.index(line) for line in lines]
    outline = [Block(1, "paragraph", (), "", at, at + len(line), "en") for at, line in zip(starts, lines, strict=True)]
    whole, joined = unwrapped(text, outline)
    assert len(whole) == len(text)
    assert [(block.start, block.end) for block in joined] == [(0, starts[3] - 1), (starts[3], len(text))]
    said = sentences_in(whole, joined, "en")
    assert [text[s.start : s.end].replace("\n", " ") for s in said] == [s.text for s in said]
    assert said[0].text.startswith("The harbour bell")
    assert said[0].text.endswith("was lost.")
    short = [block for block in outline if block.start >= starts[3]]
    assert unwrapped(text, short) == (text, short)  # too few lines to tell a width


def test_an_item_is_told_with_the_words_that_lead_to_it() -> None:
    lines = ("In the garden the following is forbidden:", "planting trees;", "building huts.", "The garden is open all year round.")
    text = "\n".join(lines)
    outline = [Block(1, "paragraph", ("Garden",), "", text.index(line), text.index(line) + len(line), "en") for line in lines]
    outline.append(Block(1, "paragraph", ("Pond",), "", len(text), len(text), "en"))
    said = [" ".join(s.text.split()) for s in sentences_in(text, outline, "en")]
    assert said == ["In the garden the following is forbidden: planting trees; building huts.", "The garden is open all year round."]
