"""How fast are text layers read, beside ``pdftotext`` (poppler-utils) and pypdf? In one run, on the same files, in processor time."""

from __future__ import annotations

import hashlib
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader

from ingest.read.pdf import read_pdf
from ingest.records import Limits, Source

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """One reader: pages, the processor seconds they took (best of `ROUNDS` for each file), and pages a second."""

    reader: str
    pages: int
    seconds: float
    pages_per_second: float


def run(paths: Sequence[Path]) -> list[SpeedRow]:
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


def table(rows: Sequence[SpeedRow]) -> str:
    """A Markdown table, with how many times as fast as ours each is."""
    ours = rows[0].pages_per_second
    lines = ["| reader | pages | processor s | pages/s | times ours |", "|---|---|---|---|---|"]
    lines += [f"| {r.reader} | {r.pages} | {r.seconds:.2f} | {r.pages_per_second:.1f} | {r.pages_per_second / ours:.2f} |" for r in rows]
    return "\n".join(lines)


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
