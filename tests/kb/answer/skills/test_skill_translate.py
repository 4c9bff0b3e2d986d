"""A clause in another language is the parallel text where the papers have one; else the original, its values and its terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.drafting.translation import translate
from kb.auth.roles import Reader
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import Answer, DocumentInfo, Place, Timings, Turn
from lang.languages import Language
from tests.kb.make import base, document
from tests.kb.pact import PACT, REPORT, ports_of


def paper(ports: Ports, title: str) -> DocumentInfo:
    return next(one for one in ports.papers() if one.title == title)


def made(text: str, language: Language, ports: Ports, **more: object) -> SkillResult:
    found = translate(Question(text, text, language, skill="translate", **more), ports)  # type: ignore[arg-type]
    assert found is not None
    return found


def cells(found: SkillResult) -> list[list[str]]:
    return [[cell.text for row in block.rows for cell in row] for block in found.blocks]


def test_a_numbered_clause_is_shown_in_the_official_text_of_the_language_and_in_its_own(ports: Ports) -> None:
    pact = (paper(ports, "Pact on Tide Gauges"),)
    found = made("Translate Article 3 into Marathi", "en", ports, papers=pact, answer_in="mr")
    assert [block.text for block in found.blocks] == ["The official text in Marathi:", "The original in English:"]
    assert cells(found) == [["Article 3", PACT["mr"][2]], ["Article 3", PACT["en"][2]]]
    assert [s.citations[0].quote for s in found.statements] == [PACT["mr"][2], PACT["en"][2]]
    assert all(cell.cited for block in found.blocks for row in block.rows for cell in row if cell.text != "Article 3")
    back = made("कलम ३ चे इंग्रजीत भाषांतर द्या", "mr", ports, papers=(paper(ports, "भरतीमापक करार"),))
    assert PACT["en"][2] in cells(back)[0]


def test_that_sentence_is_what_the_last_answer_showed(held: KnowledgeBase, ports: Ports) -> None:
    before = "Where is the personal data of fishermen stored?"
    turn = Turn(before, held.answer(before))
    found = made("Translate that sentence into Marathi", "en", ports, history=(turn,), answer_in="mr")
    assert PACT["mr"][3] in cells(found)[0]
    again = made("त्या कलमाचे मराठीत भाषांतर द्या", "mr", ports, history=(turn,))
    assert PACT["mr"][3] in cells(again)[0]


def test_quoted_words_are_found_where_they_stand(ports: Ports) -> None:
    found = made("「点検の結果は三十日以内に市の掲示板で公表される」をマラーティー語に訳してください", "ja", ports)
    assert [s.citations[0].document for s in found.statements] == ["灯台点検の報告"]
    assert found.statements[0].text in REPORT[1]


@contextmanager
def below_a_heading(home: Path, title: str, texts: Sequence[str]) -> Iterator[Ports]:
    """A base that holds one paper: a heading, and what stands below it."""
    with base(home) as kb:
        laid = document(title, "en", "other", texts)
        blocks = tuple(replace(one, path=(texts[0],), role="paragraph" if n else "heading") for n, one in enumerate(laid.blocks))
        kb.ingest_documents([replace(laid, blocks=blocks)])
        yield ports_of(kb)


def test_of_a_heading_that_is_quoted_what_stands_below_it_is_given(tmp_path: Path) -> None:
    asked = ("Who repairs a broken gauge?", "The harbour office sends a diver within two days.", "It asks for no fee.")
    with below_a_heading(tmp_path, "Questions on gauges", asked) as ports:
        found = made("「Who repairs a broken gauge」の答えを日本語に訳してください", "ja", ports)
    assert [s.citations[0].quote for s in found.statements] == list(asked[1:])


def test_of_an_answer_that_rests_on_a_heading_what_stands_below_it_is_given(tmp_path: Path) -> None:
    asked = ("Article 4 Repairs", "The harbour office sends a diver within two days.", "It asks for no fee.")
    with below_a_heading(tmp_path, "Rules for gauges", asked) as ports:
        (paper,) = ports.papers()
        start = ports.text(paper.id, paper.version).index(asked[0])
        cited = Evidence(ports)
        cited.cite(paper, start, start + len(asked[0]))
        turn = Turn("What is Article 4 about?", Answer("", "en", "extractive", cited.statements, None, Timings(0, 0, 0)))
        found = made("その条を日本語に訳してください", "ja", ports, history=(turn,))
    assert [s.citations[0].quote for s in found.statements] == list(asked[1:])


@pytest.mark.parametrize(
    ("message", "language", "value", "term"),
    [
        ("Translate Article 4 into Japanese", "en", "5年", "personal data：個人データ"),
        ("अनुच्छेद 4 का हिंदी में अनुवाद दीजिए", "hi", "5 वर्ष", "personal data: व्यक्तिगत डेटा"),
        ("第4条を日本語に訳してください", "ja", "5年", "personal data：個人データ"),
    ],
)
def test_without_a_version_the_original_stands_with_its_values_and_terms(
    message: str, language: Language, value: str, term: str, ports: Ports
) -> None:
    found = made(message, language, ports, papers=(paper(ports, "Pact on Tide Gauges"),))
    line, original, figures, terms = found.blocks
    assert line.kind == "text"
    assert "SETU_LLM" in line.text
    assert PACT["en"][3] in [cell.text for row in original.rows for cell in row]
    assert [cell.text for row in figures.rows for cell in row] == [value]
    assert all(cell.cited for row in figures.rows for cell in row)
    assert any(term in cell.text for row in terms.rows for cell in row)


def test_what_stands_in_the_language_already_is_said_to_do_so(ports: Ports) -> None:
    found = made("Translate Article 5 into English", "en", ports, papers=(paper(ports, "Pact on Tide Gauges"),), answer_in="en")
    assert [block.text for block in found.blocks] == ["This stands in English in the papers:"]


def test_nothing_is_translated_where_nothing_is_found(ports: Ports) -> None:
    nothing = replace(ports, search=lambda query, k, limits: replace(ports.search(query, k, limits), hits=()))
    assert translate(Question("Translate that", "Translate that", "en", skill="translate"), nothing) is None

    def gone(*_: object) -> str:
        raise UnknownDocumentError("There is no document 1.")

    def nowhere(*_: object) -> Place:
        raise UnknownDocumentError("There is no document 1.")

    went = replace(ports, text=gone, place=nowhere)
    assert translate(Question("Translate Article 3", "Translate Article 3", "en", skill="translate", answer_in="mr"), went) is None
    empty = Turn("?", Answer("?", "en", "extractive", (), None, Timings(0, 0, 0)))
    assert translate(Question("Translate that", "Translate that", "en", history=(empty,)), nothing) is None


def test_a_counterpart_is_the_same_clause_and_none_of_a_paper_that_is_not_seen(held: KnowledgeBase, ports: Ports) -> None:
    pact, other = paper(ports, "Pact on Tide Gauges"), paper(ports, "भरतीमापक करार")
    start = held.text(pact.id).index(PACT["en"][1])
    (found,) = ports.counterparts(pact.id, pact.version, start, start + 10)
    assert held.text(found.document_id)[found.start : found.end] == PACT["mr"][1]
    held.put_in_groups(other.id, ("port",))
    try:
        view = held.seen_by(Reader("ann", "viewer", frozenset()))
        assert view._retriever.counterparts(pact.id, pact.version, start, start + 10, view._catalogue.sight) == ()
        assert held._retriever.counterparts(other.id, other.version, 0, 10, view._catalogue.sight) == ()
    finally:
        held.put_in_groups(other.id, ())


def test_a_clause_is_shown_with_the_list_that_it_leads_in_also_by_its_number(tmp_path: Path) -> None:
    clauses = ["4.1 The shop sells brass.", "4.2 The following are forbidden:", "- cooking;\n- sleeping.", "4.3 It closes at ten."]
    lease = "\n\n".join(["# Lease", "## 4. Use", *clauses]) + "\n"
    (tmp_path / "lease.md").write_text(lease, encoding="utf-8")
    with base(tmp_path / "home") as kb:
        kb.ingest([tmp_path / "lease.md"])
        found = made("Translate 4.2 of the lease into Marathi", "en", ports_of(kb), answer_in="mr")
    assert ["4.2 The following are forbidden:", "cooking;", "sleeping."] in [[row[-1].text for row in block.rows] for block in found.blocks]


def test_where_no_counterpart_is_known_the_same_article_of_the_version_is_shown(ports: Ports) -> None:
    pact, other = paper(ports, "Pact on Tide Gauges"), paper(ports, "भरतीमापक करार")
    apart = replace(ports, counterparts=lambda *_: (), parallels=lambda: [frozenset((pact.id, other.id))])
    found = made("Translate Article 3 into Marathi", "en", apart, papers=(pact,), answer_in="mr")
    assert cells(found) == [["Article 3", PACT["mr"][2]], ["Article 3", PACT["en"][2]]]
    alone = replace(ports, counterparts=lambda *_: ())
    assert "Marathi" in made("Translate Article 3 into Marathi", "en", alone, papers=(pact,), answer_in="mr").blocks[0].text


@pytest.mark.parametrize(
    ("message", "language", "first"),
    [
        ("The Marathi wording of Article 3, please", "en", PACT["mr"][2]),
        ("कलम ३ चा इंग्रजी मजकूर दाखवा", "mr", PACT["en"][2]),
        ("Translate Article 3 of the English text", "mr", PACT["mr"][2]),
    ],
)
def test_a_language_that_is_only_named_is_wanted_unless_the_passage_is_in_it(
    ports: Ports, message: str, language: Language, first: str
) -> None:
    pact = paper(ports, "भरतीमापक करार" if language == "mr" and "इंग्रजी" in message else "Pact on Tide Gauges")
    assert first in cells(made(message, language, ports, papers=(pact,)))[0]
