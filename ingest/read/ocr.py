"""Pages without a text layer, read with Tesseract when it is installed."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import regex

from ingest.read.pdf_lines import Line

INSTALL = "apt-get install -y tesseract-ocr tesseract-ocr-mar tesseract-ocr-hin tesseract-ocr-jpn tesseract-ocr-osd"
"""The line that makes pages readable; shown wherever a page stays unread."""
SECONDS_PER_PAGE = 120
_VERTICAL = "jpn_vert"
_UNSURE = 0.75
_SCRIPTS = {
    "Devanagari": ("mar", "hin"),
    "Japanese": ("jpn",),
    "Han": ("jpn",),
    "Hiragana": ("jpn",),
    "Katakana": ("jpn",),
}
_OTHER = ("eng",)
_HELPERS = {"Devanagari": ("eng",)}
"""Read beside the page's own language where there is data: Latin words in Devanagari text come out as noise without."""
_SCRIPT = regex.compile(r"^Script: (\S+)", regex.M)
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff60々ー]")
_WORD_LEVEL = "5"
_RULES = " |_¦"
"""What ruled lines of tables and forms are read as."""

Which = Callable[[str], str | None]


class OcrUnavailableError(Exception):
    """Tesseract, or the language data a page needs, is not installed, or it failed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OcrText:
    """What was read: lines in points from the top left corner (vertical text turned), and the mean confidence of its words, 0 to 1."""

    lines: tuple[Line, ...]
    confidence: float
    languages: tuple[str, ...]
    vertical: bool = False


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

    def read(self, image: bytes, dpi: int, seconds: float = SECONDS_PER_PAGE) -> OcrText:
        """Read a page image in the language of its script; Japanese that makes no sense set horizontally is tried vertically.

        Args:
            image: A PNG of the page.
            dpi: Its resolution; also gives the scale from pixels to points.
            seconds: When to give up.

        Raises:
            OcrUnavailableError: language data is missing, or Tesseract failed or took too long.
        """
        languages = self._choose(self._script(image, dpi, seconds))
        text = self._read(image, dpi, seconds, languages)
        if languages == ("jpn",) and text.confidence < _UNSURE and _VERTICAL in self.languages:
            return max(text, self._read(image, dpi, seconds, (_VERTICAL,)), key=lambda read: read.confidence)
        return text

    def _read(self, image: bytes, dpi: int, seconds: float, languages: tuple[str, ...]) -> OcrText:
        command = [self.command, "-", "-", "--dpi", str(dpi), "--psm", "3", "-l", "+".join(languages), "tsv"]
        return _parsed(_run(command, image, seconds), dpi, languages)

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
        wanted = _SCRIPTS.get(script, _OTHER)
        there = tuple(language for language in wanted if language in self.languages)
        if not there:
            raise OcrUnavailableError(
                f"Tesseract lacks the data for {script or 'Latin'} script ({', '.join(wanted)}). To read it: {INSTALL}"
            )
        return there + tuple(language for language in _HELPERS.get(script, ()) if language in self.languages)


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


def _parsed(table: str, dpi: int, languages: tuple[str, ...]) -> OcrText:
    """Lines of Tesseract's TSV, whose columns are level, page, block, par, line, word, left, top, width, height, conf, text."""
    scale = 72 / dpi
    words: dict[tuple[str, ...], list[_Word]] = {}
    page_width = 0.0
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12:
            continue
        left, top, width, height = (int(cell) * scale for cell in cells[6:10])
        page_width = max(page_width, left + width)
        text = cells[11].strip(_RULES)
        if cells[0] == _WORD_LEVEL and text:
            word = _Word(text, left, top, left + width, top + height, float(cells[10]) / 100)
            words.setdefault(tuple(cells[2:5]), []).append(word)
    read = [word for line in words.values() for word in line]
    letters = sum(len(word.text) for word in read)
    confidence = sum(word.confidence * len(word.text) for word in read) / letters if letters else 0.0
    vertical = languages == (_VERTICAL,)
    if vertical:
        turned = (_turned(line, page_width) for line in words.values())
        lines = sorted((_line(line) for line in turned), key=lambda line: line.y0)
    else:
        lines = [_line(line) for line in words.values()]
    # The heights of words say more about their letters than about the size of the type: all lines count as body text.
    size = statistics.median(line.size for line in lines) if lines else 0.0
    even = tuple(replace(line, size=size) for line in lines)
    return OcrText(even, max(0.0, min(1.0, confidence)), languages, vertical)


def _turned(words: Sequence[_Word], page_width: float) -> list[_Word]:
    return [replace(word, x0=word.y0, y0=page_width - word.x1, x1=word.y1, y1=page_width - word.x0) for word in words]


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
