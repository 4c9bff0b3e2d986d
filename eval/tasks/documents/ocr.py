"""``python -m eval pages``: bad pages of known text, read by Setu and by plain Tesseract, by the way in which they are bad.

Plain Tesseract is told the language of the page, which Setu has to find out, and reads the same picture once.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

import click
import regex

from eval import DATA, options
from eval.datasets.degraded_pages import PLAIN, WAYS, Made, Type, make, pdf, png
from eval.report.tables import markdown
from eval.tasks.documents.extraction import flat
from ingest.errors import IngestError
from ingest.ocr.tesseract import INSTALL
from ingest.pdf.reader import read_pdf
from ingest.records import Limits, Source

TEXTS: Final = DATA / "pages"
_TOLD: Final = {"mr": "mar+eng", "hi": "hin+eng", "ja": "jpn", "en": "eng"}
_CJK: Final = r"\p{Han}\p{Hiragana}\p{Katakana}々ー"
_WORD = regex.compile(rf"[{_CJK}]|[^\W{_CJK}](?:[^\W{_CJK}]|\p{{M}})*")
_ALONE = regex.compile(rf"[{_CJK}]")


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page: word F1 (of Japanese, of pairs of characters) and seconds, of Setu and of plain Tesseract; ``quality`` as Setu knows it."""

    language: str
    way: str
    word_f1: float
    plain_f1: float
    seconds: float
    plain_seconds: float
    quality: float
    note: str


def words(text: str) -> list[str]:
    """Words, and of Japanese the pairs of neighbouring characters, since it has no words to count."""
    japanese = regex.search(r"[\p{Hiragana}\p{Katakana}]", text) is not None
    found = _WORD.findall(text.replace("\n", "") if japanese else text)
    pairs = [one + other for one, other in itertools.pairwise(found) if _ALONE.match(one) and _ALONE.match(other)]
    return [word for word in found if not _ALONE.match(word)] + pairs


def f1(text: str, truth: str) -> float:
    """Harmonic mean of precision and recall of `words` as bags."""
    expected, found = Counter(words(truth)), Counter(words(text))
    total = expected.total() + found.total()
    return 2 * (expected & found).total() / total if total else 1.0


def run(texts: Mapping[str, str], ways: Sequence[str] = tuple(WAYS), type_: Type = PLAIN) -> Iterator[PageRow]:
    """Each text spoiled in each way, and read.

    Args:
        texts: by language.
        ways: names of `WAYS`.
        type_: the fonts that the sheets are set in.
    """
    for language, text in texts.items():
        for way in ways:
            made = make(text, language, way, type_)
            yield _read(made, language, way)


def _read(made: Made, language: str, way: str) -> PageRow:
    data = pdf(made)
    source = Source(f"{language} {way}.pdf", hashlib.sha256(data).hexdigest(), "pdf", len(data))
    began = time.perf_counter()
    try:
        document = read_pdf(data, source, Limits())
        text, quality, note = flat(document), document.pages[0].quality, document.pages[0].note
    except IngestError as error:
        text, quality, note = "", 0.0, error.reason
    middle = time.perf_counter()
    command = ["tesseract", "-", "-", "--dpi", str(made.dpi), "--psm", "3", "-l", _TOLD[language]]
    plain = subprocess.run(
        command, input=png(made), capture_output=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}
    ).stdout.decode("utf-8", "replace")
    ended = time.perf_counter()
    return PageRow(
        language, way, round(f1(text, made.truth), 4), round(f1(plain, made.truth), 4), round(middle - began, 2),
        round(ended - middle, 2), quality, note,
    )  # fmt: skip


def table(rows: Sequence[PageRow]) -> str:
    """A line for each way, a column for each language, Setu's word F1 with that of plain Tesseract in brackets."""
    languages = list(dict.fromkeys(row.language for row in rows))
    cells = []
    for way in dict.fromkeys(row.way for row in rows):
        here = [row for row in rows if row.way == way]
        cells.append([way, f"{WAYS[way].floor:.2f}", *(_cell([row]) for row in here), f"{_times(here):.1f}"])
    means = (_cell([row for row in rows if row.language == language]) for language in languages)
    cells.append(["mean", "", *means, f"{_times(rows):.1f}"])
    return markdown(["way", "wanted", *languages, "time, of plain"], cells)


def _cell(rows: Sequence[PageRow]) -> str:
    return f"{fmean(row.word_f1 for row in rows):.3f} ({fmean(row.plain_f1 for row in rows):.3f})"


def _times(rows: Sequence[PageRow]) -> float:
    return sum(row.seconds for row in rows) / sum(row.plain_seconds for row in rows)


@click.command()
@options.texts(default=TEXTS)
@options.way(type=click.Choice(list(WAYS)))
@options.language(type=click.Choice(list(_TOLD)))
@options.font()
@click.option("--fonts", type=options.PATH, metavar="DIR", help="a folder of fonts beside those of the system")
@options.save_json(help="the rows")
def command(
    texts: Path, way: tuple[str, ...], language: tuple[str, ...], font: tuple[str, ...], fonts: Path | None, out: Path | None
) -> None:
    """Read bad pages of known text, by the way in which they are bad.

    Exit status 1: there is nothing to read with or from.
    """
    if shutil.which("tesseract") is None:
        options.fail(1, f"Tesseract is not installed. {INSTALL}")
    wanted = language or tuple(_TOLD)
    known = {one: file.read_text(encoding="utf-8") for one in wanted if (file := texts / f"{one}.txt").is_file()}
    if not known:
        options.fail(1, f"{texts} holds none of {', '.join(f'{one}.txt' for one in wanted)}.")
    rows = []
    for row in run(known, way or tuple(WAYS), Type(font, fonts)):
        rows.append(row)
        click.echo(f"{row.language} {row.way}: {row.word_f1:.3f} (plain {row.plain_f1:.3f}), quality {row.quality:.2f}", err=True)
    click.echo(table(rows))
    options.save(out, [asdict(row) for row in rows], indent=1)
