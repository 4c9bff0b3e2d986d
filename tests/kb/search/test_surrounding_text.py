"""A passage is shown with what stands around it in its clause, in whole sentences."""

from __future__ import annotations

from pathlib import Path

from ingest.records import Block
from kb.records import Context
from kb.search.surrounding_text import ROOM, neighbours
from tests.kb.make import base, document

LINES = (
    ("heading", ("Article 4",), "Article 4 Joint Committee"),
    ("paragraph", ("Article 4", "(1)"), "A Joint Committee is set up. It meets twice a year. It decides by consensus."),
    ("paragraph", ("Article 4", "(2)"), "Minutes are sent within fourteen days."),
    ("heading", ("Article 5",), "Article 5 Costs"),
    ("paragraph", ("Article 5",), "Each Party bears its own costs."),
)
TEXT = "\n".join(line for _, _, line in LINES)


def outline() -> list[Block]:
    found, start = [], 0
    for role, path, line in LINES:
        found.append(Block(1, role, path, line, start, start + len(line), "en"))  # type: ignore[arg-type]
        start += len(line) + 1
    return found


def around(quote: str) -> Context | None:
    start = TEXT.index(quote)
    return neighbours(TEXT, outline(), start, start + len(quote))


def test_the_sentences_of_the_clause_stand_around_a_quote() -> None:
    assert around("It meets twice a year.") == Context("A Joint Committee is set up.", "It decides by consensus.")


def test_a_quote_that_is_its_whole_clause_gets_its_article_and_no_other() -> None:
    before = "A Joint Committee is set up. It meets twice a year. It decides by consensus."
    assert around("Minutes are sent within fourteen days.") == Context(before, "")
    assert around("Each Party bears its own costs.") is None


def test_a_sentence_that_is_cut_is_given_with_its_rest() -> None:
    assert around("meets twice") == Context("A Joint Committee is set up. It", "a year. It decides by consensus.")


def test_headings_are_not_repeated() -> None:
    found = around("A Joint Committee is set up.")
    assert found is not None
    assert "Article 4" not in found.before + found.after


def test_only_so_many_whole_sentences_are_shown() -> None:
    sentence = "The gauge at the quay is read again every ten minutes by the warden. "
    text = (sentence * 20).strip()
    at = 10 * len(sentence)
    found = neighbours(text, [Block(1, "paragraph", (), text, 0, len(text), "en")], at, at + len(sentence) - 1)
    assert found is not None
    assert len(found.before) <= ROOM
    assert found.before == found.after == (sentence * 5).strip()


def test_a_search_and_a_quote_have_their_context(tmp_path: Path) -> None:
    opening = "The towns of Ottermouth and Minatogi agree on what follows about pilots, moorings, tides and the lights of their two bays."
    passages = (opening, "The committee meets twice a year. Its secretariat sits in Ottermouth.", "The harbour closes at noon.")
    with base(tmp_path) as kb:
        kb.ingest_documents([document("moc", "en", "agreement", passages)])
        citation = kb.answer("Where does the secretariat of the committee sit?").statements[0].citations[0]
        assert citation.context is None or "The committee meets" in citation.context.before + citation.quote
        hit = kb.search("secretariat of the committee", context=True).hits[0]
        assert hit.text == passages[1]
        assert hit.context is None
        text = kb.text(hit.document_id)
        start = text.index("Its secretariat")
        assert kb.context(hit.document_id, 1, start, start + 15) == Context("The committee meets twice a year.", "sits in Ottermouth.")
        assert kb.context(hit.document_id, 9, 0, 5) is None
