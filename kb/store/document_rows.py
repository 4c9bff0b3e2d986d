"""Documents as rows of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

from sqlalchemy import Connection, Row, func, select

from ingest.records import Chunk, Document, Span
from kb.embed.embedder import text_key
from kb.records import DocumentInfo, PageView
from kb.store.schema import blocks, chunks, meta, pages, versions
from lang.languages import Language

OPENING = 120.0
"""Width of a document's opening words in letters: a Japanese one counts `WIDE`, for it says as much."""
WIDE = 2.7
HEADED = "headers"
"""The note of a base that its passages are embedded under headers."""
READ = 600
"""Characters of a document in which its opening words are looked for."""
FORM = 45.0
"""Width of a first line that says no more than what kind of paper it is: *Memorandum of Understanding*."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a passage is found by beside its own words: its document's title, and the words that the document opens with.

    A title is often no more than "Agreement"; who agreed on what stands in the lines below it, and in no later passage.
    """

    title: str
    opening: str = ""

    def above(self, text: str) -> str:
        """What stands above a passage; nothing that the passage says itself: one that holds the opening words has the title alone."""
        if self.opening and self.opening not in " ".join(text[: 2 * READ].split()):
            return f"{self.title} {self.opening}".strip()
        return self.title


def header_of(title: str, text: str) -> Header:
    """The header of the passages of a document, of its title and (at least the first `READ` characters of) its text.

    Of a title that begins with a line which is a form alone, that line: long titles in every passage make all of a paper alike.
    """
    words = " ".join(text[:READ].split())
    first = " ".join(text.lstrip()[:READ].split("\n", 1)[0].split())
    if first and len(first) < len(title) and title.startswith(first) and _widths(first)[-1] <= FORM:
        title = first  # what follows, between whom and on what, is among the opening words
    if title and words.startswith(title):
        words = words[len(title) :].strip()
    end = sum(width <= OPENING for width in _widths(words))
    if end < len(words) and (space := words.rfind(" ", end // 2, end + 1)) > 0:
        end = space  # no word is cut, where words have spaces
    return Header(title, words[:end].strip())


def _widths(words: str) -> list[float]:
    """How wide words are up to each letter, in letters."""
    return list(accumulate(WIDE if east_asian_width(letter) in "WF" else 1.0 for letter in words))


def passage_text(header: Header, text: str) -> str:
    """What is embedded for a passage: its header, then the passage."""
    above = header.above(text)
    return f"{above}\n{text}" if above and not text.startswith(above) else text


def headed(conn: Connection) -> bool:
    """Whether passages are embedded under headers: an earlier Setu had titles alone, and its vectors stay until `setu reindex`."""
    return conn.scalar(select(meta.c.value).where(meta.c.key == HEADED)) is not None


def note_model(conn: Connection, name: str) -> None:
    """Note in a base by which model its passages are embedded, and that they are so under headers."""
    conn.execute(meta.delete().where(meta.c.key.in_(("embedder", HEADED))))
    conn.execute(meta.insert(), [{"key": "embedder", "value": name}, {"key": HEADED, "value": "1"}])


def passage_texts(found: Iterable[Document]) -> dict[str, str]:
    """What is embedded of documents, by its key."""
    headed = ((header_of(document.facts.title, document.text), document.chunks) for document in found)
    texts = (passage_text(header, chunk.text) for header, chunks in headed for chunk in chunks)
    return {text_key(text): text for text in texts}


def insert_places(conn: Connection, version: int, document: Document) -> None:
    """Write the pages and blocks of a version."""
    conn.execute(
        pages.insert(),
        [
            {"version_id": version, "number": p.number, "label": p.label, "start": p.start, "end": p.end, "method": p.method,
             "quality": p.quality, "language": p.language, "note": p.note, "boxes": p.boxes or None,
             "doubtful": json.dumps(p.doubtful) if p.doubtful else None}
            for p in document.pages
        ],
    )  # fmt: skip
    if document.blocks:
        conn.execute(
            blocks.insert(),
            [
                {"version_id": version, "ordinal": i, "page": b.page, "role": b.role, "path": json.dumps(b.path, ensure_ascii=False),
                 "start": b.start, "end": b.end, "language": b.language}
                for i, b in enumerate(document.blocks)
            ],
        )  # fmt: skip


def page_view(info: DocumentInfo, number: int, text: str, row: Row[Any]) -> PageView:
    """A page that `insert_places` wrote, of version ``number`` of a document whose text is ``text``."""
    return PageView(
        info, number, row.number, row.label, text[row.start : row.end], row.start, row.end, row.method, row.quality, row.language, row.note,
        _spans(row.doubtful),
    )  # fmt: skip


def doubtful_within(conn: Connection, version: int, start: int, end: int) -> tuple[Span, ...]:
    """The doubtful words in ``[start, end)`` of a version, in order, as spans of that stretch."""
    noted = select(pages.c.doubtful).where(pages.c.version_id == version, pages.c.doubtful.isnot(None))
    within = noted.where(pages.c.start < end, pages.c.end > start).order_by(pages.c.number)
    found = [span for told in conn.scalars(within) for span in _spans(told)]
    return tuple((max(first, start) - start, min(last, end) - start) for first, last in found if first < end and last > start)


def _spans(told: str | None) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in json.loads(told)) if told else ()


def insert_chunks(conn: Connection, version: int, header: Header, found: Sequence[Chunk]) -> list[tuple[int, Language]]:
    """Write the chunks of a version; the row and the language of each, in order."""
    if not found:
        return []
    made = conn.execute(
        chunks.insert().returning(chunks.c.id, sort_by_parameter_order=True),
        [
            {"version_id": version, "key": c.id, "ordinal": c.ordinal, "start": c.start, "end": c.end, "page_first": c.page_first,
             "page_last": c.page_last, "path": json.dumps(c.path, ensure_ascii=False), "language": c.language,
             "embedding_key": text_key(passage_text(header, c.text))}
            for c in found
        ],
    )  # fmt: skip
    return [(row.id, c.language) for row, c in zip(made, found, strict=True)]


def insert_draft(conn: Connection, version: int) -> int:
    """A staged copy of a version, as yet without pages, blocks and chunks; its row."""
    row = conn.execute(select(versions).where(versions.c.id == version)).one()._asdict()
    number = conn.scalar(select(func.max(versions.c.number)).where(versions.c.document_id == row["document_id"]))
    copy = {name: value for name, value in row.items() if name != "id"} | {"state": "staged", "number": (number or 0) + 1}
    made: int = conn.execute(versions.insert().values(copy).returning(versions.c.id)).scalar_one()
    return made


def take_over(conn: Connection, draft: int, version: int) -> None:
    """Publish a staged copy in place of the version it was copied from, under the same number; the version's chunks must be gone."""
    row = conn.execute(select(versions.c.number, versions.c.state).where(versions.c.id == version)).one()
    for table in (pages, blocks):
        conn.execute(table.update().where(table.c.version_id == version).values(version_id=draft))
    conn.execute(versions.delete().where(versions.c.id == version))
    conn.execute(versions.update().where(versions.c.id == draft).values(number=row.number, state=row.state))


def chunk_rows(conn: Connection, wanted: Sequence[int] | None = None) -> list[tuple[int, Header, Chunk]]:
    """The chunks of all published versions, or of those ``wanted``, with what is read above each, in order of row."""
    of = (versions.c.state == "published",) if wanted is None else (versions.c.state == "published", versions.c.id.in_(wanted))
    query = (
        select(chunks, func.substr(versions.c.text, chunks.c.start + 1, chunks.c.end - chunks.c.start).label("passage"))
        .join(versions)
        .where(*of)
        .order_by(chunks.c.id)
    )
    beginning = select(versions.c.id, versions.c.title, func.substr(versions.c.text, 1, READ).label("text"))
    headers = {r.id: header_of(r.title, r.text) for r in conn.execute(beginning.where(*of))}
    return [
        (
            r.id,
            headers[r.version_id],
            Chunk(r.key, r.ordinal, r.start, r.end, r.passage, r.page_first, r.page_last, tuple(json.loads(r.path)), r.language),
        )
        for r in conn.execute(query)
    ]
