"""Pages without a text layer, read with Tesseract when it is installed."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import regex

from ingest.read.pdf_lines import Line

INSTALL = "apt-get install -y tesseract-ocr tesseract-ocr-mar tesseract-ocr-hin tesseract-ocr-jpn tesseract-ocr-osd"
"""The line that makes pages readable; shown wherever a page stays unread."""
DPI = 300
SECONDS_PER_PAGE = 120
_SCRIPTS = {
    "Devanagari": ("mar", "hin"),
    "Japanese": ("jpn",),
    "Han": ("jpn",),
    "Hiragana": ("jpn",),
    "Katakana": ("jpn",),
    "Latin": ("eng",),
}
_FALLBACK = ("eng",)
_SCRIPT = regex.compile(r"^Script: (\S+)", regex.M)
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff60々ー]")
_WORD_LEVEL = "5"

Which = Callable[[str], str | None]


class OcrUnavailableError(Exception):
    """Tesseract, or the language data a page needs, is not installed, or it failed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OcrText:
    """What was read: paragraphs of lines in points from the top left corner, and the mean confidence of its words, 0 to 1."""

    paragraphs: tuple[tuple[Line, ...], ...]
    confidence: float
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """An installed Tesseract and the languages it has data for."""

    command: str
    languages: frozenset[str]

    @classmethod
    def find(cls, which: Which = shutil.which) -> Engine:
        """The Tesseract on the path.

        Raises:
            OcrUnavailableError: there is none, or it does not answer.
        """
        command = which("tesseract")
        if not command:
            raise OcrUnavailableError(f"Tesseract is not installed. To read it: {INSTALL}")
        listed = _run([command, "--list-langs"], b"", 30)
        return cls(command, frozenset(line.strip() for line in listed.splitlines()[1:] if line.strip()))

    def read(self, image: bytes, dpi: int = DPI, seconds: float = SECONDS_PER_PAGE) -> OcrText:
        """Read a page image in the language of its script.

        Args:
            image: A PNG of the page.
            dpi: Its resolution; also gives the scale from pixels to points.
            seconds: When to give up.

        Raises:
            OcrUnavailableError: language data is missing, or Tesseract failed or took too long.
        """
        languages = self._choose(self._script(image, dpi, seconds))
        table = _run([self.command, "-", "-", "--dpi", str(dpi), "--psm", "3", "-l", "+".join(languages), "tsv"], image, seconds)
        return _parsed(table, 72 / dpi, languages)

    def _script(self, image: bytes, dpi: int, seconds: float) -> str:
        """Name of the script that most of the page is written in; "" where Tesseract cannot tell (too few letters)."""
        if "osd" not in self.languages:
            raise OcrUnavailableError(f"Tesseract lacks the data to tell scripts apart (osd). To read it: {INSTALL}")
        try:
            found = _SCRIPT.search(_run([self.command, "-", "-", "--dpi", str(dpi), "--psm", "0", "-l", "osd"], image, seconds))
        except OcrUnavailableError:
            return ""
        return found[1] if found else ""

    def _choose(self, script: str) -> tuple[str, ...]:
        wanted = _SCRIPTS.get(script, _FALLBACK)
        there = tuple(language for language in wanted if language in self.languages)
        if not there:
            raise OcrUnavailableError(
                f"Tesseract lacks the data for {script or 'Latin'} script ({', '.join(wanted)}). To read it: {INSTALL}"
            )
        return there


def _run(command: Sequence[str], image: bytes, seconds: float) -> str:
    # One thread: Tesseract's OpenMP threads cost more than they bring, and pages are read side by side.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=image, capture_output=True, timeout=seconds, env=environment, check=True)
    except subprocess.TimeoutExpired as error:
        raise OcrUnavailableError(f"Tesseract gave up on it after {seconds:.0f} s. Scan it again at 200 to 300 dpi.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OcrUnavailableError(f"Tesseract failed: {said[-1] if said else error}. To repair it: {INSTALL}") from error
    except OSError as error:
        raise OcrUnavailableError(f"Tesseract cannot be started: {error.strerror}. To repair it: {INSTALL}") from error
    return done.stdout.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float
    place: tuple[int, int, int]


def _parsed(table: str, scale: float, languages: tuple[str, ...]) -> OcrText:
    """Paragraphs of Tesseract's TSV, whose columns are level, page, block, par, line, word, left, top, width, height, conf, text."""
    words: list[_Word] = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != _WORD_LEVEL or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) * scale for cell in cells[6:10])
        place = (int(cells[2]), int(cells[3]), int(cells[4]))
        words.append(_Word(cells[11].strip(), left, top, left + width, top + height, float(cells[10]) / 100, place))
    lines: dict[tuple[int, int, int], list[_Word]] = {}
    for word in words:
        lines.setdefault(word.place, []).append(word)
    paragraphs: dict[tuple[int, int], list[Line]] = {}
    for place, parts in lines.items():
        paragraphs.setdefault(place[:2], []).append(_line(parts))
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return OcrText(tuple(tuple(paragraph) for paragraph in paragraphs.values()), max(0.0, min(1.0, confidence)), languages)


def _line(words: Sequence[_Word]) -> Line:
    height = statistics.median(word.y1 - word.y0 for word in words)
    text = _spaced(word.text for word in words)
    x0, y0 = min(word.x0 for word in words), min(word.y0 for word in words)
    return Line(text, x0, y0, max(word.x1 for word in words), max(word.y1 for word in words), height)


def _spaced(words: Iterable[str]) -> str:
    """Words with spaces between them, but none beside Japanese characters, each of which Tesseract gives as a word."""
    text = ""
    for word in words:
        close = not text or _WIDE.match(text[-1]) or _WIDE.match(word[0])
        text += word if close else f" {word}"
    return text
