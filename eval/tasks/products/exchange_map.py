"""``python -m eval map``: the exchange map's cells against what was marked by hand (``eval/data/map_gold.jsonl``).

A line of the gold is one cell, also an empty one: the passages that belong into it, and those (``open``) that a reader may put there or
not, which count neither way. ``area`` null is the row of what no area covers. A passage is named by its file and its first words, or, in
papers that are not ours, by its span. A match counts for a passage when the two overlap in any language version.

The samples are one set; ``agreements`` is of real agreements and fact sheets of the reference corpora; ``across`` is one agreement of our
own (``eval/data/map_areas.jsonl``), in one language at a time, against real papers in English: its areas and its gold were written before
the map of these papers was first seen. No weight was fitted on any of them.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from eval import DATA, PROJECT, options
from ingest.records import Kind
from kb import KnowledgeBase, Settings
from kb.records import Citation
from lang.languages import LANGUAGES, Language
from training.exchange_map import COLUMNS, Cell, ExchangeMap, Match, Row, draw

GOLD: Final = DATA / "map_gold.jsonl"
SAMPLES: Final = PROJECT / "samples" / "documents"
AGREEMENTS: Final[Mapping[str, Kind]] = {
    "mou-us-united-kingdom-of-great-britain.md": "agreement",
    "2025-10-28-u-s-japan-technology-prosperity-deal.md": "agreement",
    "2023-01-31-fact-sheet-united-states-and-india-elevate-strategic-partnership-with-the-initiative-on-critical-an.md": "best_practice",
    "2022-05-23-fact-sheet-quad-leaders-tokyo-summit-2022.md": "best_practice",
    "2023-06-22-joint-statement-from-the-united-states-and-india.md": "news",
}
"""The papers of the second set, and as what they are taken in: fact sheets stand for reports, a joint statement for the news."""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file."""

    document: str
    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether the two overlap."""
        return self.document == other.document and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class GoldCell:
    """A cell as it was marked; ``area`` is None for what no area covers."""

    area: Span | None
    column: str
    passages: tuple[Span, ...]
    open: tuple[Span, ...]


@dataclass(slots=True)
class Tally:
    """Counts of matches and passages, of the matches that are called sure, and of ``cells`` that were rightly empty or rightly not."""

    right: int = 0
    wrong: int = 0
    sure_right: int = 0
    sure_wrong: int = 0
    wanted: int = 0
    found: int = 0
    cells: int = 0
    cells_right: int = 0

    def figures(self) -> dict[str, Any]:
        """Precision of the matches, and of the sure ones; recall of the passages; share of cells that are rightly a gap or not."""
        return {
            "matches": self.right + self.wrong,
            "precision": _share(self.right, self.right + self.wrong),
            "sure": self.sure_right + self.sure_wrong,
            "sure_precision": _share(self.sure_right, self.sure_right + self.sure_wrong),
            "passages": self.wanted,
            "recall": _share(self.found, self.wanted),
            "gaps_right": _share(self.cells_right, self.cells),
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


class GoldError(Exception):
    """The gold names something that is not in the papers; the message says what."""


def read_gold(kb: KnowledgeBase, name: str, file: Path = GOLD, called: Mapping[str, str] | None = None) -> list[GoldCell]:
    """The marked cells of a set, its places looked up in the knowledge base; ``called`` is what the agreement calls the areas of the gold.

    Raises:
        GoldError: a file or the first words of a passage are not there.
    """
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    places = _Places(kb, called or {})
    return [
        GoldCell(places.area(row["area"]), row["column"], places.spans(row["passages"]), places.spans(row["open"]))
        for row in rows
        if row["set"] == name
    ]


class _Places:
    def __init__(self, kb: KnowledgeBase, called: Mapping[str, str]) -> None:
        self._kb, self._called = kb, called
        self._ids = {Path(d.source).name: d.id for d in kb.documents()}

    def spans(self, named: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
        return tuple(self._span(one) for one in named)

    def area(self, named: str | Mapping[str, Any] | None) -> Span | None:
        if named is None or not isinstance(named, str):
            return None if named is None else self._span(named)
        text = self._called.get(named, named)
        for document, document_id in self._ids.items():
            at = self._kb.text(document_id).find(text)
            if at >= 0:
                return Span(document, at, at + len(text))
        raise GoldError(f"No paper names the area “{named}”.")

    def _span(self, named: Mapping[str, Any]) -> Span:
        document = named["document"]
        if document not in self._ids:
            raise GoldError(f"{document} was not taken in.")
        if "span" in named:
            return Span(document, *named["span"])
        starts = named["starts"]
        block = next((b for b in self._kb.outline(self._ids[document]) if b.text.startswith(starts)), None)
        if block is None:
            raise GoldError(f"No paragraph of {document} begins with “{starts}”.")
        return Span(document, block.start, block.end)


def tally(drawn: ExchangeMap, gold: Sequence[GoldCell], kb: KnowledgeBase) -> dict[str, Tally]:
    """The counts of each column, of ``not_covered``, and of ``all`` cells of areas."""
    names = {d.id: Path(d.source).name for d in kb.documents()}
    counts = {name: Tally() for name in (*COLUMNS, "not_covered", "all")}
    for cell in gold:
        part = "not_covered" if cell.area is None else cell.column
        shown = list(_shown(drawn, cell, names))
        spans = [[_span(c, names) for c in (match.citation, *match.versions)] for match in shown]
        sure = [match.confidence.sureness == "sure" for match in shown]
        for into in (counts[part], *([counts["all"]] if cell.area is not None else [])):
            for places, is_sure in zip(spans, sure, strict=True):
                if any(place.meets(wanted) for place in places for wanted in cell.passages):
                    into.right += 1
                    into.sure_right += is_sure
                elif not any(place.meets(other) for place in places for other in cell.open):
                    into.wrong += 1
                    into.sure_wrong += is_sure
            into.wanted += len(cell.passages)
            into.found += sum(any(place.meets(wanted) for places in spans for place in places) for wanted in cell.passages)
            if cell.area is not None and not cell.open:
                into.cells += 1
                into.cells_right += bool(shown) == bool(cell.passages)
    return counts


def _shown(drawn: ExchangeMap, cell: GoldCell, names: Mapping[int, str]) -> Iterator[Match]:
    for row in drawn.rows:
        if (row.area.covered and cell.area is not None and _names(row, cell.area, names)) or (not row.area.covered and cell.area is None):
            yield from _of(row, cell.column).matches


def _of(row: Row, column: str) -> Cell:
    return next(cell for cell in row.cells if cell.column == column)


def _names(row: Row, area: Span, names: Mapping[int, str]) -> bool:
    return any(_span(text, names).meets(area) for text in row.area.texts)


def _span(citation: Citation, names: Mapping[int, str]) -> Span:
    return Span(names[citation.document_id], citation.start, citation.end)


def measured(kb: KnowledgeBase, name: str, called: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The map of a knowledge base that holds a set's papers, against its gold; ``called`` as for `read_gold`."""
    clock, processor = time.perf_counter(), time.process_time()
    drawn = draw(kb)
    seconds = {"seconds": round(time.perf_counter() - clock, 2), "processor_seconds": round(time.process_time() - processor, 2)}
    counts = tally(drawn, read_gold(kb, name, called=called), kb)
    rows = sum(row.area.covered for row in drawn.rows)
    return {"set": name, "areas": rows, **seconds, **{part: count.figures() for part, count in counts.items()}}


def sets(shared: Path) -> Iterator[dict[str, Any]]:
    """The figures of the samples and, where the reference corpora are, of the real agreements and of an agreement in each language."""
    with tempfile.TemporaryDirectory() as scratch, KnowledgeBase.open(Settings.load(home=Path(scratch))) as kb:
        kb.ingest([SAMPLES])
        yield measured(kb, "samples")
    folder = shared / "corpus" / "agreements_en"
    if folder.is_dir():
        with tempfile.TemporaryDirectory() as scratch, KnowledgeBase.open(Settings.load(home=Path(scratch))) as kb:
            for file, kind in AGREEMENTS.items():
                kb.ingest([folder / file], kind=kind)
            yield measured(kb, "agreements")
        yield from across(folder)


@click.command()
@options.save_json(help="write the figures to a file")
@options.shared()
def command(out: Path | None, shared: Path) -> None:
    """Are the right passages in the cells of the exchange map?"""
    found = list(sets(shared))
    for one in found:
        name = " ".join((one["set"], one.get("language", "")))
        click.echo(f"{name}: {one['areas']} areas in {one['processor_seconds']} s of processor time")
        for part in (*COLUMNS, "all", "not_covered"):
            click.echo(f"  {part:12} {one[part]}")
    options.save(out, {"sets": found})


AREAS: Final = DATA / "map_areas.jsonl"
PAPERS: Final[Mapping[str, Kind]] = {
    "2023-05-20-quad-leaders-summit-fact-sheet.md": "best_practice",
    "2023-09-08-joint-statement-from-india-and-the-united-states.md": "news",
}
"""A fact sheet stands for a report, a joint statement for the news."""
_AROUND: Final[Mapping[Language, str]] = {
    "en": "# Memorandum of Cooperation\n\n## Article 1 Areas of Cooperation\n\nThe Participants will cooperate in the following areas:",
    "mr": "# सहकार्य करार\n\n## कलम १ सहकार्याची क्षेत्रे\n\nसहभागी पक्ष पुढील क्षेत्रांत सहकार्य करतील:",
    "hi": "# सहयोग समझौता\n\n## अनुच्छेद 1 सहयोग के क्षेत्र\n\nदोनों पक्ष निम्नलिखित क्षेत्रों में सहयोग करेंगे:",
    "ja": "# 協力覚書\n\n## 第1条 協力分野\n\n両当事者は、次の分野において協力する。",
}


def areas() -> list[Mapping[str, str]]:
    """The areas, each in four languages."""
    return [json.loads(line) for line in AREAS.read_text(encoding="utf-8").splitlines()]


def agreement_of_areas(language: Language) -> str:
    """The agreement in a language, as Markdown."""
    return "\n\n".join((_AROUND[language], *(f"({at}) {area[language]};" for at, area in enumerate(areas(), start=1)))) + "\n"


def across(folder: Path) -> Iterator[dict[str, Any]]:
    """The figures of each language, the papers being in ``folder``."""
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as scratch, KnowledgeBase.open(Settings.load(home=Path(scratch) / "home")) as kb:
            file = Path(scratch) / f"agreement-{language}.md"
            file.write_text(agreement_of_areas(language), encoding="utf-8")
            kb.ingest([file], kind="agreement")
            for name, kind in PAPERS.items():
                kb.ingest([folder / name], kind=kind)
            yield measured(kb, "across", {area["en"]: area[language] for area in areas()}) | {"language": language}
