"""Are articles, clauses and headings found, numbered and nested right? Blocks of documents against a gold made by reading them.

The gold (``eval/data/structure_gold.jsonl``) holds one outline a row: a line for each labelled or named unit, "> " for each level below the
first, and after "|" the words with which a numbered clause begins. A unit counts as found when its own label or name and those of all
units around it agree, in the order of the document.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import regex

from eval import DATA, PROJECT, options
from eval.datasets.splits import digest_of_files
from eval.report.tables import markdown
from ingest.discover import discover
from ingest.errors import IngestError
from ingest.pipeline import read_document
from ingest.records import Block, Limits, Source
from lang.labels import is_item_entry

GOLD = DATA / "structure_gold.jsonl"
_TOKEN = regex.compile(r"[\p{L}\p{M}]+|\p{N}+")
_JOINED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_TITLE = "title"


class StructureError(Exception):
    """The gold cannot be used; the message says which line, and why."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An article, clause, heading or the title: what it and the units around it are called, outermost first, and its first words."""

    path: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class GoldOutline:
    """One outline and the files that all have it, relative to the reference corpora or, where ``in_project``, to the project."""

    files: tuple[str, ...]
    units: tuple[Unit, ...]
    held_out: bool
    in_project: bool = False


@dataclass(frozen=True, slots=True)
class StructureRow:
    """One file: units in the gold, units found, units that agree; the others in ``missing`` and ``extra``."""

    file: str
    held_out: bool
    gold: int
    found: int
    right: int
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    error: str = ""

    @property
    def corpus(self) -> str:
        """The folder that the file's figures are summed under."""
        return self.file.split("/", maxsplit=1)[0]


def load(path: Path = GOLD) -> list[GoldOutline]:
    """Read the gold.

    Raises:
        StructureError: a line is not an outline.
    """
    outlines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            title = [Unit((_TITLE,), row["title"])] if row["title"] else []
            units = (*title, *_outline(row["outline"]))
            outlines.append(GoldOutline(tuple(row["files"]), units, bool(row["held_out"]), row["root"] == "repository"))
        except (ValueError, KeyError, TypeError) as error:
            raise StructureError(f"{path}, line {number} is no outline ({error!r}). See docs/structure.md for its form.") from error
    return outlines


def _outline(lines: Sequence[str]) -> Iterator[Unit]:
    open_units: list[str] = []
    for line in lines:
        marks = regex.match(r"(?:> )*", line)
        depth = len(marks[0]) // 2 if marks else 0
        name, _, words = line[2 * depth :].partition("|")
        if depth > len(open_units):
            raise ValueError(f"{line!r} skips a level")
        open_units[depth:] = [name.strip()]
        yield Unit(tuple(open_units), words.strip())


def found_units(blocks: Sequence[Block]) -> list[Unit]:
    """The units that a document's blocks open, in order: the title, headings, and the clauses and items whose label a block begins with."""
    units: list[Unit] = []
    open_path: tuple[str, ...] = ()
    named = False
    for block in blocks:
        path = block.path
        if block.role == "table_row":
            continue
        if block.role == "title" and not any(unit.path == (_TITLE,) for unit in units):
            units.append(Unit((_TITLE,), block.text))
        if block.role == "heading":
            # A heading may take two lines: its label and its name.
            if not (named and path == open_path):
                units += _opened(open_path[: len(path) - 1], path, "")
            named = True
        elif path:
            rest = _after_labels(block.text, path)
            if path[: len(open_path)] != open_path[: len(path)] or len(path) > len(open_path):
                units += _opened(open_path, path, rest or "")
            elif rest is not None and is_item_entry(path[-1]):
                units.append(Unit(path, rest))
            named = False
        open_path = path if block.role != "title" else open_path
    return units


def _opened(before: tuple[str, ...], path: tuple[str, ...], words: str) -> Iterator[Unit]:
    """Every unit of ``path`` that was not open before; the words belong to the innermost."""
    shared = 0
    while shared < min(len(before), len(path) - 1) and before[shared] == path[shared]:
        shared += 1
    for depth in range(shared + 1, len(path) + 1):
        yield Unit(path[:depth], words if depth == len(path) else "")


def _after_labels(text: str, path: tuple[str, ...]) -> str | None:
    """What follows the innermost label at the start of ``text``; None where the text does not begin with it."""
    for outer in range(len(path)):
        rest = text
        for entry in path[outer:]:
            if not rest.startswith(entry):
                break
            rest = rest[len(entry) :].lstrip()
        else:
            return rest
    return None


def agrees(gold: Unit, found: Unit) -> bool:
    """Whether each name of ``found`` begins as the gold says and, where both know them, its words do."""
    if len(gold.path) != len(found.path):
        return False
    if not all(_begins(name, other) for name, other in zip(gold.path, found.path, strict=True)):
        return False
    return not gold.words or not found.words or _begins(gold.words, found.words)


def _begins(gold: str, found: str) -> bool:
    """Whether ``found`` begins with the words of ``gold``; a bare numbering must be the same from end to end."""
    expected, actual = _tokens(gold), _tokens(found)
    if is_item_entry(gold):
        return expected == actual
    if not expected or len(actual) < len(expected) or actual[: len(expected) - 1] != expected[:-1]:
        return False
    last = actual[len(expected) - 1]
    return last == expected[-1] or (bool(_JOINED.match(last)) and last.startswith(expected[-1]))


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [
        "".join(str(unicodedata.decimal(c, c)) for c in token) if token[0].isnumeric() else token
        for token in _TOKEN.findall(plain.replace("\u200d", "").replace("\u200c", ""))
    ]


def align(gold: Sequence[Unit], found: Sequence[Unit]) -> list[tuple[int, int]]:
    """Index pairs of units that agree, in order, as many as possible (longest common subsequence)."""
    best = [[0] * (len(found) + 1) for _ in range(len(gold) + 1)]
    for at in range(len(gold) - 1, -1, -1):
        for to in range(len(found) - 1, -1, -1):
            best[at][to] = max(best[at + 1][to], best[at][to + 1])
            if agrees(gold[at], found[to]):
                best[at][to] = max(best[at][to], best[at + 1][to + 1] + 1)
    pairs, at, to = [], 0, 0
    while at < len(gold) and to < len(found):
        if best[at][to] == best[at + 1][to]:
            at += 1
        elif best[at][to] == best[at][to + 1]:
            to += 1
        else:
            pairs.append((at, to))
            at, to = at + 1, to + 1
    return pairs


def measure(path: Path, name: str, outline: GoldOutline) -> StructureRow:
    """Read one file and compare what it opens with its outline; a file that is rejected has found nothing."""
    gold = outline.units
    source = next(iter(discover([path], Limits())), None)
    try:
        if not isinstance(source, Source):
            raise source or IngestError(str(path), "It was not found.", "Give the folder of the reference corpora.")
        document = read_document(source)
    except IngestError as error:
        return StructureRow(name, outline.held_out, len(gold), 0, 0, tuple(map(_shown, gold)), error=error.reason)
    found = found_units(document.blocks)
    if not any(unit.path == (_TITLE,) for unit in gold):
        found = [unit for unit in found if unit.path != (_TITLE,)]
    pairs = align(gold, found)
    kept, used = {at for at, _ in pairs}, {to for _, to in pairs}
    return StructureRow(
        name,
        outline.held_out,
        len(gold),
        len(found),
        len(pairs),
        tuple(_shown(unit) for at, unit in enumerate(gold) if at not in kept),
        tuple(_shown(unit) for at, unit in enumerate(found) if at not in used),
    )


def run(corpora: Path, gold: Path = GOLD, project: Path = PROJECT) -> list[StructureRow]:
    """Measure every file of the gold that is there.

    Args:
        corpora: The folder of the reference corpora.
        gold: The outlines.
        project: The folder of the project, which holds ``samples``.

    Raises:
        StructureError: the gold is malformed, or none of its files is there.
    """
    places = [(outline, file, (project if outline.in_project else corpora) / file) for outline in load(gold) for file in outline.files]
    rows = [measure(path, file, outline) for outline, file, path in places if path.exists()]
    if not rows:
        raise StructureError(f"None of the files of {gold} lies in {corpora}. Give the folder that holds agreements_en, udhr, …")
    return rows


def summary(rows: Sequence[StructureRow]) -> list[dict[str, Any]]:
    """Figures of each folder, in order of first appearance, of all that the rules were written on, and of all that was held out."""
    groups: dict[str, list[StructureRow]] = {}
    for row in rows:
        groups.setdefault(row.corpus, []).append(row)
    groups["all, seen"] = [row for row in rows if not row.held_out]
    groups["all, held out"] = [row for row in rows if row.held_out]
    return [_figures(name, members) for name, members in groups.items() if members]


def _figures(name: str, rows: Sequence[StructureRow]) -> dict[str, Any]:
    gold, found, right = (sum(values) for values in zip(*((row.gold, row.found, row.right) for row in rows), strict=True))
    return {
        "name": name,
        "files": len(rows),
        "gold": gold,
        "found": found,
        "right": right,
        "precision": round(right / found, 4) if found else 1.0,
        "recall": round(right / gold, 4) if gold else 1.0,
        "f1": round(2 * right / (gold + found), 4) if gold + found else 1.0,
    }


def table(figures: Sequence[Mapping[str, Any]]) -> str:
    """The figures of each set; shares in percent."""
    rows = (
        [
            *(row[name] for name in ("name", "files", "gold", "found", "right")),
            *(f"{100 * row[s]:.1f}" for s in ("precision", "recall", "f1")),
        ]
        for row in figures
    )
    return markdown(["set", "files", "units", "found", "right", "precision %", "recall %", "F1 %"], rows)


def _shown(unit: Unit) -> str:
    return " › ".join(unit.path) + (f" | {unit.words[:40]}" if unit.words else "")


@click.command(epilog="Example: python -m eval structure ../shared/corpus --json structure.json")
@click.argument("corpora", type=options.PATH, default=options.SHARED / "corpus")
@options.gold(GOLD)
@options.save_json(help="save the figures and, for each file, what is missing and what is extra")
@options.show(help="list what is missing and what is extra")
@options.failing(2, StructureError, OSError)
def command(corpora: Path, gold: Path, out: Path | None, show: bool) -> None:
    """Are articles, clauses and headings found, numbered and nested right? CORPORA: by default ../shared/corpus.

    Exit status 2: the gold or the corpora are unusable.
    """
    rows = run(corpora, gold)
    figures = summary(rows)
    click.echo(table(figures))
    for row in rows if show else ():
        if row.missing or row.extra or row.error:
            click.echo(f"{row.file}: {row.right}/{row.gold} {row.error}")
            for unit in (*(f"  - {unit}" for unit in row.missing), *(f"  + {unit}" for unit in row.extra)):
                click.echo(unit)
    files = [
        {"file": row.file, "gold": row.gold, "right": row.right, "missing": row.missing, "extra": row.extra, "error": row.error}
        for row in rows
    ]
    options.save(out, {"structure": figures, "data": {"gold": digest_of_files([gold])}, "files": files})
