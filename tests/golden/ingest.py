"""What `ingest` reads out of the lines of a paper, as the golden tables of `ingest/` write it.

The lines of a paper are texts, or lists of text, role and outline depth; "…" stands for a paragraph of a line or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import pairwise

from ingest.document import clause_numbering, structure
from ingest.document.build import build_document
from ingest.extract import document_kinds, title_rules, title_tagger
from ingest.extract import parties as between
from ingest.extract.facts import dated_facts
from ingest.parse.lines import spell_number
from ingest.parse.markdown import read_markdown
from ingest.parse.text import read_text
from ingest.pdf.layout import join
from ingest.records import Block, Document, Hints, Kind, Limits, RawBlock, RawDocument, RawPage, Source
from ingest.web.html_page import read_html
from lang.languages import Language

PARAGRAPH = "The Participants will cooperate on the basis of equality and mutual benefit in all of the areas named below."
NOTHING = Hints()
Line = str | Sequence[object]


def raw(lines: Sequence[Line]) -> list[RawBlock]:
    parted = [(line,) if isinstance(line, str) else line for line in lines]
    return [RawBlock(str(text).replace("…", PARAGRAPH), *rest) for text, *rest in parted]  # type: ignore[arg-type]


def blocks(lines: Sequence[Line], language: Language) -> tuple[str, list[Block]]:
    """A text of these lines, and its blocks."""
    found, at = [], 0
    for line in raw(lines):
        found.append(Block(1, line.role, (), line.text, at, at + len(line.text), language))
        at += len(line.text) + 1
    return "\n".join(block.text for block in found), found


def document(pages: Sequence[Sequence[Line]], hints: Hints = NOTHING, kind: Kind | None = None) -> Document:
    built = tuple(RawPage(number, str(number), tuple(raw(lines)), "markup") for number, lines in enumerate(pages, start=1))
    return build_document(RawDocument(Source("/papers/scan_0042.pdf", "ab" * 32, "pdf", 10), built, hints), kind=kind)


def clauses(text: str) -> list[str]:
    return [text[start:end] for start, end in pairwise([*clause_numbering.clause_starts(text), len(text)])]


def paths(lines: Sequence[Line], title: str = "") -> list[tuple[str, ...]]:
    return [block.path for block in structure.place_blocks(raw(lines), title or None)]


def roles(lines: Sequence[Line], title: str = "") -> list[str]:
    return [block.role for block in structure.place_blocks(raw(lines), title or None)]


def whole_text(pages: Sequence[Sequence[Line]]) -> str:
    return document(pages).text


def page_spans(pages: Sequence[Sequence[Line]]) -> list[object]:
    return [(page.start, page.end) for page in document(pages).pages]


def block_texts(pages: Sequence[Sequence[Line]]) -> list[str]:
    return [block.text for block in document(pages).blocks]


def block_paths(pages: Sequence[Sequence[Line]]) -> list[tuple[str, ...]]:
    return [block.path for block in document(pages).blocks]


def block_languages(pages: Sequence[Sequence[Line]]) -> list[str]:
    return [block.language for block in document(pages).blocks]


def document_language(pages: Sequence[Sequence[Line]], declared: str | None = None) -> str:
    return document(pages, Hints(language=declared)).facts.language


def page_language(pages: Sequence[Sequence[Line]]) -> str:
    return document(pages).pages[0].language


def chunks(pages: Sequence[Sequence[Line]]) -> list[object]:
    return [(chunk.path, chunk.text) for chunk in document(pages).chunks]


def chunk_paths(pages: Sequence[Sequence[Line]]) -> list[tuple[str, ...]]:
    return [chunk.path for chunk in document(pages).chunks]


def chunk_pages(pages: Sequence[Sequence[Line]]) -> list[object]:
    return [(chunk.page_first, chunk.page_last) for chunk in document(pages).chunks]


def facts(
    lines: Sequence[Line],
    show: str,
    kind: Kind | None = None,
    title: str | None = None,
    published: str | None = None,
    own_kind: Kind | None = None,
) -> object:
    """One of the facts of a paper, whose file may declare a title, a day and a kind."""
    hints = Hints(title=title, published=date.fromisoformat(published) if published else None, kind=own_kind)
    told = document([lines], hints, kind).facts
    found = told.found
    match show:
        case "dates":
            return [(one.role, one.value) for one in told.dates]
        case "signed":
            return found.signed and str(found.signed.value)
        case "in_force":
            return found.in_force and str(found.in_force.value.when)
        case "signatories":
            return [one.value.name for one in found.signatories]
        case _:
            return getattr(told, show)


def date_roles(text: str) -> list[str]:
    found = dated_facts(text)
    assert all(one.text == text[one.start : one.end] for one in found)
    return [one.role for one in found]


def parties_of_formula(text: str, language: Language) -> list[str]:
    return [one.value for one in between.find_parties(text, "", language)]


def likely_parties(lines: Sequence[Line], language: Language) -> list[str]:
    text, found = blocks(lines, language)
    title = found[0].text
    told = between.likely_parties(text, found, (), title, language, between.find_parties(text, title, language))
    assert all(text[one.start : one.end] == one.text for one in told)
    return [one.value for one in told]


def is_letterhead(text: str) -> bool:
    return title_rules.is_letterhead(text)


def may_name_a_publisher(text: str) -> bool:
    return title_tagger.is_name(text)


def title(lines: Sequence[Line], file: str) -> str:
    return title_rules.find_title(*blocks(lines, "en"), Hints(), file).value


def publisher(lines: Sequence[Line], file: str, kind: Kind) -> str | None:
    text, found = blocks(lines, "en")
    told = title_rules.find_publisher(text, found, Hints(), kind, title_rules.find_title(text, found, Hints(), file))
    return told and told.value


def kind_by_phrases(text: str) -> str:
    """The kind that the phrases of a paper tell, whose title is its first line."""
    return document_kinds.by_phrases(text.split("\n", maxsplit=1)[0], text, ()).value


def of_text(text: str) -> RawDocument:
    return read_text(text.encode(), Source("/papers/a.txt", "0" * 64, "text", len(text.encode())), Limits())


def of_markdown(text: str) -> RawDocument:
    return read_markdown(text.encode(), Source("/papers/a.md", "0" * 64, "markdown", len(text.encode())), Limits())


def read_blocks(read: RawDocument) -> list[object]:
    return [(block.role, block.level, block.text) for page in read.pages for block in page.blocks]


def text_blocks(text: str) -> list[object]:
    return read_blocks(of_text(text))


def text_lines(text: str) -> list[str]:
    return [block.text for page in of_text(text).pages for block in page.blocks]


def text_pages(text: str) -> list[object]:
    return [(page.number, page.label, page.method, [block.text for block in page.blocks]) for page in of_text(text).pages]


def text_roles(text: str) -> list[str]:
    return sorted({block.role for page in of_text(text).pages for block in page.blocks})


def markdown_blocks(text: str) -> list[object]:
    return read_blocks(of_markdown(text))


def markdown_lines(text: str) -> list[str]:
    return [block.text for page in of_markdown(text).pages for block in page.blocks]


def markdown_hints(text: str) -> dict[str, object]:
    """What the head of a file declares."""
    return {name: value for name, value in asdict(of_markdown(text).hints).items() if value}


def of_html(text: str) -> RawDocument:
    return read_html(text.encode(), Source("/pages/page.html", "0" * 64, "html", len(text.encode())), Limits())


def html_blocks(text: str) -> list[object]:
    return read_blocks(of_html(text))


def html_lines(text: str) -> list[str]:
    return [block.text for page in of_html(text).pages for block in page.blocks]


def html_hints(text: str) -> dict[str, object]:
    """What a page declares of itself."""
    return {name: value for name, value in asdict(of_html(text).hints).items() if value}


def joined_lines(lines: Sequence[str], words: Sequence[str] = ()) -> str:
    """The lines of a printed paragraph as one, in a paper that has these words."""
    return join(lines, set(words))


def spelled_number(number: int, style: str) -> str | None:
    return spell_number(number, style)
