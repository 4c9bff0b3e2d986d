"""Make the sample PDFs and the DOCX of ``samples/documents`` again from their sources in ``samples/src``.

The news articles in ``samples/documents`` are their own sources. Needs Chromium, poppler's ``pdftoppm`` and the Noto
fonts (Debian: ``chromium poppler-utils fonts-noto fonts-liberation``), and the Python packages that Setu installs.

    python samples/make_samples.py
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from docx import Document
from docx.document import Document as DocxDocument
from PIL import Image, ImageFilter

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "src"
DOCUMENTS = HERE / "documents"

PRINTED = ("memorandum-of-cooperation", "sahakarya-karar", "flood-warning-kazehama")
TYPED = "city-data-platform"
SCANNED = "monsoon-circular"

SCAN_DPI = 150
SCAN_SKEW_DEGREES = 0.5
SCAN_NOISE = 7.0
SCAN_JPEG_QUALITY = 42
SCAN_SEED = 20260522


class MissingToolError(RuntimeError):
    """A program that makes the samples is not installed."""


def tool(name: str, package: str) -> str:
    """The path of an installed program.

    Raises:
        MissingToolError: The program is not on the path; the message names the Debian package.
    """
    path = shutil.which(name)
    if path is None:
        raise MissingToolError(f"{name} is not installed; run: apt-get install {package}")
    return path


def print_pdf(source: Path, target: Path) -> None:
    """Print an HTML page to PDF with headless Chromium."""
    command = [tool("chromium", "chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    with tempfile.TemporaryDirectory() as profile:
        command += [f"--user-data-dir={profile}", f"--print-to-pdf={target}", source.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def write_docx(source: Path, target: Path) -> None:
    """Turn the plain markup of a report (``#`` headings, ``-`` items, ``|`` table rows, paragraphs) into a DOCX."""
    document = Document()
    rows: list[list[str]] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if rows:
            add_table(document, rows)
            rows = []
        if line.startswith("# "):
            document.add_heading(line[2:], level=0)
            document.core_properties.title = line[2:]
        elif line.startswith("## "):
            document.add_heading(line[3:], level=1)
        elif line.startswith("- "):
            document.add_paragraph(line[2:], style="List Bullet")
        elif line.startswith("Table "):
            document.add_paragraph(line, style="Caption")
        elif line:
            document.add_paragraph(line)
    document.core_properties.author = "Kazehama City Digital Bureau"
    document.core_properties.language = "en"
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = dt.datetime(2025, 1, 15, 9, 0)
    document.save(str(target))


def add_table(document: DocxDocument, rows: list[list[str]]) -> None:
    """Append a table with a bold first row."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.bold = cells is rows[0]


def scan(source: Path, target: Path) -> None:
    """Print a page, photograph it as an office scanner would (skew, blur, uneven light, noise) and keep only the image."""
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / "clean.pdf"
        print_pdf(source, clean)
        command = [tool("pdftoppm", "poppler-utils"), "-r", str(SCAN_DPI), "-gray", "-singlefile", str(clean), str(clean.with_suffix(""))]
        subprocess.run(command, check=True, timeout=120)
        with Image.open(clean.with_suffix(".pgm")) as page:
            skewed = page.rotate(SCAN_SKEW_DEGREES, resample=Image.Resampling.BICUBIC, fillcolor=255)
    blurred = np.asarray(skewed.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    shade = np.linspace(0.97, 0.91, blurred.shape[1], dtype=np.float32)
    noise = np.random.default_rng(SCAN_SEED).normal(0.0, SCAN_NOISE, blurred.shape)
    paper = Image.fromarray(np.clip(blurred * shade + noise, 0, 255).astype(np.uint8))
    day = dt.datetime(2026, 5, 22, 11, 0, tzinfo=dt.UTC).timetuple()
    paper.save(target, "PDF", resolution=SCAN_DPI, quality=SCAN_JPEG_QUALITY, title="", creationDate=day, modDate=day)


def main() -> None:
    """Make every sample document that has a source."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    DOCUMENTS.mkdir(exist_ok=True)
    for name in PRINTED:
        print_pdf(SOURCES / f"{name}.html", DOCUMENTS / f"{name}.pdf")
    write_docx(SOURCES / f"{TYPED}.md", DOCUMENTS / f"{TYPED}.docx")
    scan(SOURCES / f"{SCANNED}.html", DOCUMENTS / f"{SCANNED}-scan.pdf")


if __name__ == "__main__":
    main()
