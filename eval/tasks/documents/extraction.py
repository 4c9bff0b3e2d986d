"""How much of a document's text comes out right: character error and word F1 against truth files, and how fast it is read.

Whether OCR read the pages it should is said by ``eval/data/decisions_gold.tsv``, page by page. Speed is that of text layers, beside
``pdftotext`` (poppler-utils) and pypdf: in one run, on the same files, in processor time.
"""

from __future__ import annotations

import hashlib
import resource
import shutil
import subprocess
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import click
import regex
from pypdf import PdfReader
from rapidfuzz.distance import Levenshtein

from eval import DATA, options
from eval.datasets.splits import digest_of_files
from eval.report.tables import markdown
from ingest.errors import IngestError
from ingest.pdf.reader import read_pdf
from ingest.records import Limits, RawDocument, Source

DECISIONS = DATA / "decisions_gold.tsv"
KEEP, OCR, EITHER = "k", "o", "e"
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_ZERO_WIDTH = regex.compile(r"[\u200b-\u200f\u00ad\ufeff\u2060]")
_SPACE = regex.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ExtractionRow:
    """One file: ``character_error`` and ``word_f1`` as shares; ``methods`` counts pages by how they were read; ``error`` if rejected.

    ``due`` has a letter for each page, `KEEP`, `OCR` or `EITHER`, where that is known; ``done`` the same for what was done. ``None`` stands
    for the error of a file without a truth, of which only the decisions are judged.
    """

    file: str
    pages: int
    character_error: float | None
    word_f1: float | None
    seconds: float
    methods: tuple[tuple[str, int], ...] = ()
    error: str = ""
    due: str = ""
    done: str = ""

    @property
    def wrong_decisions(self) -> int:
        """Pages that OCR read though their layer is sound, or did not though it is not."""
        wrong = sum(due not in (done, EITHER) for due, done in zip(self.due, self.done, strict=False))
        return wrong + max(0, len(self.due) - len(self.done))

    @property
    def judged(self) -> int:
        """Pages for which one decision is right."""
        return len(self.due) - self.due.count(EITHER)

    @property
    def pages_per_second(self) -> float:
        """Pages read per second of wall clock."""
        return self.pages / self.seconds if self.seconds else 0.0


def decisions(path: Path = DECISIONS) -> dict[str, str]:
    """What has to be done with each page of each file.

    Raises:
        ValueError: a line has other letters than `KEEP`, `OCR` and `EITHER`.
    """
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            file, letters, *_ = line.split("\t")
            if not letters or set(letters) - {KEEP, OCR, EITHER}:
                raise ValueError(f"{path}: {file} has {letters!r}; a page is {KEEP!r}, {OCR!r} or {EITHER!r}.")
            found[file] = letters
    return found


def run(directory: Path, pattern: str = "*.pdf", due: Mapping[str, str] | None = None) -> list[ExtractionRow]:
    """Read every PDF of a folder that has a truth file, or a decision.

    Args:
        directory: Holds ``NAME.*.pdf`` or ``NAME.pdf`` and ``NAME.txt``, the text in reading order without headers and footers.
        pattern: Which files.
        due: What has to be done with the pages of files, by file name; see `decisions`.

    Returns:
        Rows by file name; a file that was rejected counts as wholly wrong.
    """
    due = due or {}
    rows = []
    for path in sorted(directory.glob(pattern)):
        truth = directory / f"{path.name.split('.')[0]}.txt"
        if truth.exists() or path.name in due:
            text = truth.read_text(encoding="utf-8") if truth.exists() else None
            rows.append(measure(path, text, due.get(path.name, "")))
    return rows


def measure(path: Path, truth: str | None, due: str = "") -> ExtractionRow:
    """Read one PDF and compare it with its truth, and what was done with its pages with what was due."""
    data = path.read_bytes()
    source = Source(str(path), hashlib.sha256(data).hexdigest(), "pdf", len(data))
    began = time.perf_counter()
    try:
        document = read_pdf(data, source, Limits())
    except IngestError as error:
        return ExtractionRow(path.name, 0, 1.0, 0.0, time.perf_counter() - began, error=error.reason, due=due)
    seconds = time.perf_counter() - began
    text = flat(document)
    methods = Counter(page.method for page in document.pages)
    rate, words = (None, None) if truth is None else (character_error(text, truth), word_f1(text, truth))
    done = "".join(OCR if page.method == "ocr" else KEEP for page in document.pages)
    return ExtractionRow(path.name, len(document.pages), rate, words, seconds, tuple(sorted(methods.items())), due=due, done=done)


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


def summary(rows: Sequence[ExtractionRow]) -> list[dict[str, Any]]:
    """Figures by what the pages are (vertical text apart) and by language, the first letters of the name; errors are means over files."""
    groups: dict[str, list[ExtractionRow]] = {}
    for row in rows:
        language, _, rest = row.file.partition("_")
        kind = "text layer" if set(row.due) == {KEEP} else "scan or broken layer" if set(row.due) == {OCR} else "other"
        shape = "vertical" if rest.startswith("tate") else "horizontal"
        if row.character_error is not None:
            groups.setdefault(f"{kind}, {shape}", []).append(row)
            groups.setdefault(f"{kind}, {shape}, {language}", []).append(row)
    groups["all pages with a decision"] = [row for row in rows if row.due]
    return [_figures(name, members) for name, members in sorted(groups.items()) if members]


def _figures(name: str, rows: Sequence[ExtractionRow]) -> dict[str, Any]:
    errors = [row.character_error for row in rows if row.character_error is not None]
    words = [row.word_f1 for row in rows if row.word_f1 is not None]
    judged = sum(row.judged for row in rows)
    wrong = sum(row.wrong_decisions for row in rows)
    return {
        "name": name,
        "files": len(rows),
        "character_error": round(fmean(errors), 5),
        "worst_character_error": round(max(errors), 5),
        "word_f1": round(fmean(words), 5),
        "least_word_f1": round(min(words), 5),
        "decisions": judged,
        "decided_right": round(1 - wrong / judged, 5) if judged else None,
    }


def summary_table(figures: Sequence[Mapping[str, Any]]) -> str:
    """`summary`, in percent."""
    rows = []
    for row in figures:
        shares = [f"{100 * row[share]:.2f}" for share in ("character_error", "worst_character_error", "word_f1", "least_word_f1")]
        decided = "" if row["decided_right"] is None else f"{100 * row['decided_right']:.1f} % of {row['decisions']}"
        rows.append([row["name"], row["files"], *shares, decided])
    head = ["pages", "files", "character error %", "worst file", "word F1 %", "worst file", "pages decided right"]
    return markdown(head, rows)


def table(rows: Sequence[ExtractionRow]) -> str:
    """Each file, errors and F1 in percent; a wrong decision is marked."""
    return markdown(["file", "pages", "character error %", "word F1 %", "pages/s", "read by"], map(_row, rows))


def _row(row: ExtractionRow) -> list[object]:
    rates = ("" if rate is None else f"{100 * rate:.{places}f}" for rate, places in ((row.character_error, 2), (row.word_f1, 1)))
    read_by = row.error or ", ".join(f"{method} {count}" for method, count in row.methods)
    wrong = f" (**{row.wrong_decisions} decided wrong**)" if row.wrong_decisions else ""
    return [row.file, row.pages, *rates, f"{row.pages_per_second:.1f}", read_by + wrong]


@click.command(epilog="Example: python -m eval extraction ../shared/corpus/extraction --json extraction.json")
@click.argument("directory", type=options.PATH)
@click.option("--pattern", default="*.pdf", help="which files, for instance '*.scan.pdf'")
@options.file("--decisions", "file", default=DECISIONS, help="default: eval/data/decisions_gold.tsv")
@click.option("--speed", is_flag=True, help="measure speed beside pdftotext and pypdf instead")
@options.save_json(help="save the figures and each file's")
@options.failing(2, OSError, ValueError)
def command(directory: Path, pattern: str, file: Path, speed: bool, out: Path | None) -> None:
    """Measure character error and word F1 of extracted text, and whether OCR read the pages it should.

    DIRECTORY holds files with the true text beside each: NAME.txt is the truth of every NAME.*.pdf. Exit status 2: there is nothing to
    measure or to measure with.
    """
    due = decisions(file)
    report: dict[str, Any]
    if speed:
        there = sorted(directory.glob(pattern))
        speeds = measure_speed([path for path in there if set(due.get(path.name, "")) == {KEEP}])
        report = {"speed": [asdict(row) for row in speeds]}
        click.echo(speed_table(speeds))
    else:
        rows = run(directory, pattern, due)
        report = {"extraction": summary(rows), "files": [asdict(row) for row in rows]}
        click.echo(f"{table(rows)}\n\n{summary_table(report['extraction'])}")
    options.save(out, {**report, "data": {"decisions": digest_of_files([file])}})


def _characters(text: str) -> str:
    return str(_SPACE.sub("", _plain(text)))


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_plain(text)))


def _plain(text: str) -> str:
    return str(_ZERO_WIDTH.sub("", unicodedata.normalize("NFC", text)))


ROUNDS = 3


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """One reader: pages, the processor seconds they took (best of `ROUNDS` for each file), and pages a second."""

    reader: str
    pages: int
    seconds: float
    pages_per_second: float


def measure_speed(paths: Sequence[Path]) -> list[SpeedRow]:
    """Read each file with each reader in turn, so that whatever else the machine does falls on all alike.

    A process of ``pdftotext`` starts for each file, as a program that calls it would do; pypdf and ours are loaded once.

    Raises:
        ValueError: no files, or ``pdftotext`` is not installed.
    """
    if not paths:
        raise ValueError("There is no file whose text layer is to be kept.")
    if shutil.which("pdftotext") is None:
        raise ValueError("pdftotext is not installed: apt-get install -y poppler-utils")
    readers: dict[str, Callable[[Path], None]] = {"setu": _ours, "pdftotext": _poppler, "pypdf": _pypdf}
    pages = sum(len(PdfReader(path).pages) for path in paths)
    seconds = dict.fromkeys(readers, 0.0)
    for path in paths:
        for name, read in readers.items():
            seconds[name] += min(_timed(read, path) for _ in range(ROUNDS))
    return [SpeedRow(name, pages, round(spent, 3), round(pages / spent, 2)) for name, spent in seconds.items()]


def speed_table(rows: Sequence[SpeedRow]) -> str:
    """How fast each reader is, and how many times as fast as ours."""
    ours = rows[0].pages_per_second
    cells = ([r.reader, r.pages, f"{r.seconds:.2f}", f"{r.pages_per_second:.1f}", f"{r.pages_per_second / ours:.2f}"] for r in rows)
    return markdown(["reader", "pages", "processor s", "pages/s", "times ours"], cells)


def _timed(read: Callable[[Path], None], path: Path) -> float:
    """Processor time of this process and of the children it waited for."""
    before = time.process_time() + _of_children()
    read(path)
    return time.process_time() + _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ours(path: Path) -> None:
    data = path.read_bytes()
    read_pdf(data, Source(str(path), hashlib.sha256(data).hexdigest(), "pdf", len(data)), Limits())


def _poppler(path: Path) -> None:
    subprocess.run(["pdftotext", str(path), "-"], stdout=subprocess.DEVNULL, check=True)


def _pypdf(path: Path) -> None:
    for page in PdfReader(path).pages:
        page.extract_text()
