"""Does the box drawn around a quote cover its words? Rectangles on pages against where another reader says that the words stand.

The gold (``eval/data/boxes_gold.jsonl``, written by ``tools/quote_box_gold.py``) holds one quote a row: its file and page, and for each
of its lines the four corners of the ink of the words that Poppler finds, in shares of the page. Where the page is a scan, they are those
of the page that was printed, turned and moved as the scan lies.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import click
import numpy as np
import regex
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from rapidfuzz import fuzz

from eval import DATA, PROJECT, options
from eval.datasets.splits import digest_of_files
from eval.report.tables import markdown
from ingest.pdf.reader import assemble, read_pages
from ingest.pdf.render import Rect, span_rectangles
from ingest.pipeline import finish
from ingest.records import Document, Source

GOLD = DATA / "boxes_gold.jsonl"
CORPUS = PROJECT.parent / "shared" / "corpus" / "extraction"
GOAL = 0.8
_PIXELS = 2000
_IGNORED = regex.compile(r"[\s\p{Cf}]")

Corners = tuple[float, ...]
"""x and y of four corners, in shares of the page from its top left corner."""


class BoxesError(Exception):
    """The gold cannot be used; the message says which line, and why."""


@dataclass(frozen=True, slots=True)
class GoldBox:
    """A quote on a page, and the corners of each of its lines; ``twin``: the file that told where, for a page without a text layer."""

    file: str
    page: int
    quote: str
    twin: str
    lines: tuple[Corners, ...]


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One quote: how its page was read, how much of union and intersection agree, and how much of the true boxes is covered."""

    file: str
    page: int
    quote: str
    method: str
    overlap: float
    covered: float


def load(path: Path = GOLD) -> list[GoldBox]:
    """Read the gold.

    Raises:
        BoxesError: a line is no quote with its corners.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            lines = tuple(tuple(float(share) for share in corners) for corners in row["lines"])
            if not lines or any(len(corners) != 8 for corners in lines):
                raise ValueError("a line of a quote has four corners")
            found.append(GoldBox(row["file"], int(row["page"]), row["quote"], row["twin"], lines))
        except (ValueError, KeyError, TypeError) as error:
            raise BoxesError(f"{path}, line {number}: {error!r}. Write it anew with tools/quote_box_gold.py.") from error
    return found


def run(corpus: Path, gold: Sequence[GoldBox]) -> list[BoxRow]:
    """Read each page once, and look for its quotes as the page of the app does: by their place in the text that was read."""
    rows = []
    for file, page in dict.fromkeys((box.file, box.page) for box in gold):
        data = (corpus / file).read_bytes()
        document = _read(data, file, page)
        rows += [measure(data, document, box) for box in gold if (box.file, box.page) == (file, page)]
    return rows


def measure(data: bytes, document: Document, gold: GoldBox) -> BoxRow:
    """Draw the boxes of a quote of a document with one page read."""
    page = document.pages[0]
    start, end = nearest(gold.quote, page.text)
    drawn = span_rectangles(data, gold.page, page.text, start, end, page.boxes)
    overlap, covered = agreement(drawn, gold.lines)
    return BoxRow(gold.file, gold.page, gold.quote, page.method, overlap, covered)


def _read(data: bytes, file: str, page: int) -> Document:
    source = Source(file, hashlib.sha256(data).hexdigest(), "pdf", len(data))
    return finish(assemble(data, source, tuple(read_pages(data, source, [page]))))


def nearest(quote: str, text: str) -> tuple[int, int]:
    """The span of ``text`` that says the quote, or is most like it: OCR gets a letter wrong here and there. Empty for no likeness."""
    places = [at for at, char in enumerate(text) if not _IGNORED.match(char)]
    found = fuzz.partial_ratio_alignment(_key(quote), "".join(text[at] for at in places), score_cutoff=60)
    if found is None or found.dest_start == found.dest_end:
        return 0, 0
    return places[found.dest_start], places[found.dest_end - 1] + 1


def _key(text: str) -> str:
    return str(_IGNORED.sub("", unicodedata.normalize("NFC", text)))


def agreement(drawn: Sequence[Rect], truth: Sequence[Corners]) -> tuple[float, float]:
    """Intersection over union of two sets of areas, and the share of the true area that is covered; 0 and 0 where nothing was drawn."""
    ours = _mask([r.corners for r in drawn])
    theirs = _mask(truth)
    both = int((ours & theirs).sum())
    return both / max(1, int((ours | theirs).sum())), both / max(1, int(theirs.sum()))


def _mask(areas: Sequence[Corners]) -> NDArray[np.bool_]:
    # A square: both axes are stretched alike for ours and theirs, which leaves shares of areas as they are.
    image = Image.new("1", (_PIXELS, _PIXELS))
    pen = ImageDraw.Draw(image)
    for corners in areas:
        pen.polygon([(_PIXELS * x, _PIXELS * y) for x, y in zip(corners[::2], corners[1::2], strict=True)], fill=1)
    return np.asarray(image, dtype=np.bool_)


def summary(rows: Sequence[BoxRow]) -> list[dict[str, Any]]:
    """Figures over all quotes, and over those of pages read in one way."""
    groups = {"all": list(rows)}
    for row in rows:
        groups.setdefault(row.method, []).append(row)
    return [
        {
            "name": name,
            "quotes": len(members),
            "found": sum(row.overlap > 0 for row in members),
            "mean_iou": round(fmean(row.overlap for row in members), 4),
            "share_at_goal": round(fmean(row.overlap >= GOAL for row in members), 4),
            "least": round(min(row.overlap for row in members), 4),
            "covered": round(fmean(row.covered for row in members), 4),
        }
        for name, members in groups.items()
        if members
    ]


def table(figures: Sequence[Mapping[str, Any]]) -> str:
    """The figures of each kind of page."""
    rows = (
        [row["name"], row["quotes"], row["found"], *(f"{row[name]:.3f}" for name in ("mean_iou", "share_at_goal", "least", "covered"))]
        for row in figures
    )
    return markdown(["pages", "quotes", "found", "mean IoU", f"share ≥ {GOAL}", "least", "words covered"], rows)


@click.command(epilog="Example: python -m eval boxes ../shared/corpus/extraction --show")
@click.argument("corpus", type=options.PATH, default=CORPUS)
@options.gold(GOLD)
@options.save_json(help="save the figures and each quote's")
@options.show(help="list the quotes, worst first")
@options.failing(2, BoxesError, OSError)
def command(corpus: Path, gold: Path, out: Path | None, show: bool) -> None:
    """Does the box drawn around a quote cover its words? CORPUS: by default ../shared/corpus/extraction.

    Exit status 2: the gold or the corpus is unusable.
    """
    rows = run(corpus, load(gold))
    figures = summary(rows)
    click.echo(table(figures))
    for row in sorted(rows, key=lambda row: row.overlap) if show else ():
        click.echo(f"{row.overlap:.3f} {row.covered:.3f} {row.method} {row.file} p. {row.page} {row.quote}")
    quotes = [
        {"file": row.file, "page": row.page, "quote": row.quote, "method": row.method, "iou": row.overlap, "covered": row.covered}
        for row in rows
    ]
    options.save(out, {"boxes": figures, "data": {"gold": digest_of_files([gold])}, "quotes": quotes})
