"""How much of a document's text comes out right: character error and word F1 against truth files."""

from __future__ import annotations

import hashlib
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import regex
from rapidfuzz.distance import Levenshtein

from ingest.errors import IngestError
from ingest.read.pdf import read_pdf
from ingest.records import Limits, RawDocument, Source

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_ZERO_WIDTH = regex.compile(r"[\u200b-\u200f\u00ad\ufeff\u2060]")
_SPACE = regex.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ExtractionRow:
    """One file: ``character_error`` and ``word_f1`` as shares; ``methods`` counts pages by how they were read; ``error`` if rejected."""

    file: str
    pages: int
    character_error: float
    word_f1: float
    seconds: float
    methods: tuple[tuple[str, int], ...] = ()
    error: str = ""

    @property
    def pages_per_second(self) -> float:
        """Pages read per second of wall clock."""
        return self.pages / self.seconds if self.seconds else 0.0


def run(directory: Path, pattern: str = "*.pdf") -> list[ExtractionRow]:
    """Read every PDF of a folder that has a truth file.

    Args:
        directory: Holds ``NAME.*.pdf`` or ``NAME.pdf`` and ``NAME.txt``, the text in reading order without headers and footers.
        pattern: Which files.

    Returns:
        Rows by file name; a file that was rejected counts as wholly wrong.
    """
    pairs = ((path, directory / f"{path.name.split('.')[0]}.txt") for path in sorted(directory.glob(pattern)))
    return [measure(path, truth.read_text(encoding="utf-8")) for path, truth in pairs if truth.exists()]


def measure(path: Path, truth: str) -> ExtractionRow:
    """Read one PDF and compare it with its truth."""
    data = path.read_bytes()
    source = Source(str(path), hashlib.sha256(data).hexdigest(), "pdf", len(data))
    began = time.perf_counter()
    try:
        document = read_pdf(data, source, Limits())
    except IngestError as error:
        return ExtractionRow(path.name, 0, 1.0, 0.0, time.perf_counter() - began, error=error.reason)
    seconds = time.perf_counter() - began
    text = flat(document)
    methods = Counter(page.method for page in document.pages)
    rates = character_error(text, truth), word_f1(text, truth)
    return ExtractionRow(path.name, len(document.pages), *rates, seconds, tuple(sorted(methods.items())))


def flat(document: RawDocument) -> str:
    """All blocks of all pages, one a line."""
    return "\n".join(block.text for page in document.pages for block in page.blocks)


def character_error(text: str, truth: str) -> float:
    """Levenshtein distance per character of the truth; NFC, white space and zero-width characters left out. Can exceed 1."""
    expected, found = _characters(truth), _characters(text)
    if not expected:
        return float(bool(found))
    return Levenshtein.distance(expected, found) / len(expected)


def word_f1(text: str, truth: str) -> float:
    """Harmonic mean of precision and recall of words as bags (runs of letters, marks and numbers); 1 when both are empty."""
    expected, found = _words(truth), _words(text)
    total = expected.total() + found.total()
    return 2 * (expected & found).total() / total if total else 1.0


def table(rows: Sequence[ExtractionRow]) -> str:
    """A Markdown table, errors and F1 in percent."""
    head = ["| file | pages | character error % | word F1 % | pages/s | read by |", "|---|---|---|---|---|---|"]
    body = [
        f"| {row.file} | {row.pages} | {100 * row.character_error:.2f} | {100 * row.word_f1:.1f} | {row.pages_per_second:.1f} "
        f"| {row.error or ', '.join(f'{method} {count}' for method, count in row.methods)} |"
        for row in rows
    ]
    return "\n".join(head + body)


def _characters(text: str) -> str:
    return str(_SPACE.sub("", _plain(text)))


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_plain(text)))


def _plain(text: str) -> str:
    return str(_ZERO_WIDTH.sub("", unicodedata.normalize("NFC", text)))
