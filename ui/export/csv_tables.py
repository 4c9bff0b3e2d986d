"""CSV tables for spreadsheets and programs: the audit log, and every line of a training module, one row for each of its citations."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from kb.records import Citation
from kb.sanitize import no_formula
from kb.store.user_data.audit_log import Entry
from training.records import Module, Part
from ui.components.permalinks import Passage

AUDIT_HEAD = ("time (UTC)", "who", "action", "about", "id")


def audit_csv(entries: Iterable[Entry]) -> str:
    """The entries as CSV, times in UTC. What a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(AUDIT_HEAD)
    for entry in entries:
        cells = (entry.who, entry.action, entry.about, entry.person)
        rows.writerow([f"{entry.at:%Y-%m-%d %H:%M:%S}", *(no_formula(cell) for cell in cells)])
    return out.getvalue()


MODULE_COLUMNS: Final = (
    "part", "id", "language", "text", "answer", "options", "minutes", "origin", "status", "source_status", "document", "version", "date",
    "publisher", "page", "clause", "quote", "link",
)  # fmt: skip
"""Names of the columns: the same in every language, for programs."""


def module_table(module: Module, address: str) -> bytes:
    """The file, UTF-8 with the mark by which Excel knows that."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(MODULE_COLUMNS)
    publishers = {paper.document_id: paper.publisher or "" for paper in module.papers}
    for said, citations in _rows(module):
        for cited in citations or (None,):
            writer.writerow([no_formula(cell) for cell in (*said, *_place(cited, publishers, address))])
    return out.getvalue().encode("utf-8-sig")


_Row = tuple[tuple[str, ...], tuple[Citation | None, ...]]


def _rows(module: Module) -> Iterator[_Row]:
    minutes = {step.line.id: str(step.minutes) for step in module.plan}
    for part, line in module.lines():
        if part == "quiz":
            continue
        yield (part, line.id, line.language, line.text, "", "", minutes.get(line.id, ""), line.origin, line.status), line.citations
        for other in line.beside:
            yield (part, line.id, other.language, other.text, "", "", "", other.origin, other.status), other.citations
    quiz: Part = "quiz"
    for item in module.quiz:
        options = " | ".join(option.text for option in item.options)
        if item.pairs:
            answer = " | ".join(f"{pair.left} → {pair.right}" for pair in item.pairs)
        elif item.steps:
            answer = " | ".join(f"{at}. {step}" for at, step in enumerate(item.steps, start=1))
        elif item.options:
            answer = next(option.text for option in item.options if option.correct)
        else:
            answer = " | ".join(item.answers)
        yield (quiz, item.id, item.language, item.prompt, answer, options, "", item.proof.origin, item.status), item.proof.citations
        for other in item.proof.beside:
            yield (quiz, item.id, other.language, other.text, "", "", "", other.origin, other.status), other.citations
        for option in item.options:
            if not option.correct and option.citations:
                yield (quiz, item.id, item.language, option.text, "", "", "", "quote", item.status), option.citations
    for entry in module.glossary:
        for name in entry.names:
            origin = {"paper": "quote", "office": "office", "setu": "setu"}[name.listed]
            status = entry.status if name.citations else "unsupported"
            yield ("glossary", entry.id, name.language, name.text, "", "", "", origin, status), name.citations


def _place(cited: Citation | None, publishers: dict[int, str], address: str) -> tuple[str, ...]:
    if cited is None:
        return ("",) * 9
    day = cited.date.isoformat() if cited.date else ""
    where = (str(cited.version), day, publishers.get(cited.document_id, ""), cited.page_label, " › ".join(cited.path))
    return (cited.shown, cited.document, *where, " ".join(cited.quote.split()), Passage.of(cited).url(address))
