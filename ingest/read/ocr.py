"""Pages without a text layer, read with Tesseract when it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from ingest.read.ocr_lines import Word, across, down
from ingest.read.pdf_lines import Line
from ingest.read.vocabulary import Script, vocabulary

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
_WORD_LEVEL = "5"
_COLUMNS = 12
_RULE_SHAPE = 8
_ENOUGH_LETTERS = 40
_RULES = " |_¦"
"""What ruled lines of tables and forms are read as."""

Which = Callable[[str], str | None]


def family(script: str) -> Script:
    """Our name for a script as Tesseract names it; "" for one that we do not read."""
    if script in {"Han", "Japanese", "Hiragana", "Katakana"}:
        return "Japanese"
    if script in {"Latin", "Fraktur"}:
        return "Latin"
    return "Devanagari" if script == "Devanagari" else ""


class OcrUnavailableError(Exception):
    """Tesseract, or the language data a page needs, is not installed, or it failed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OcrText:
    """What was read: lines in points from the top left corner, straightened and vertical text turned, and the words where they stand.

    ``confidence`` is the mean of the words' own, from 0 to 1, weighted by letters.
    """

    lines: tuple[Line, ...]
    confidence: float
    languages: tuple[str, ...]
    vertical: bool = False
    words: tuple[Word, ...] = ()

    @property
    def script(self) -> Script:
        """The script of most of the letters that were read."""
        return vocabulary("\n".join(line.text for line in self.lines)).script

    @property
    def quality(self) -> float:
        """Estimated share of words that are right: the confidence, times the share of letters in words that a language can have."""
        words = vocabulary("\n".join(line.text for line in self.lines))
        return self.confidence * (words.possible if words.letters >= _ENOUGH_LETTERS else 1.0)


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

    def read(self, image: bytes, dpi: int, script: str | None = None, seconds: float = SECONDS_PER_PAGE) -> OcrText:
        """Read a page image in the language of its script; Japanese that makes no sense set horizontally is tried vertically.

        Args:
            image: A PNG of the page.
            dpi: Its resolution; also gives the scale from pixels to points.
            script: The script if it is known, as `script` names it; else it is detected.
            seconds: When to give up.

        Raises:
            OcrUnavailableError: language data is missing, or Tesseract failed or took too long.
        """
        languages = self._choose(self.script(image, dpi, seconds) if script is None else script)
        text = self._read(image, dpi, seconds, languages)
        if languages == ("jpn",) and text.confidence < _UNSURE and _VERTICAL in self.languages:
            return max(text, self._read(image, dpi, seconds, (_VERTICAL,)), key=lambda read: read.confidence)
        return text

    def _read(self, image: bytes, dpi: int, seconds: float, languages: tuple[str, ...]) -> OcrText:
        command = [self.command, "-", "-", "--dpi", str(dpi), "--psm", "3", "-l", "+".join(languages), "tsv"]
        return _parsed(_run(command, image, seconds), dpi, languages)

    def script(self, image: bytes, dpi: int, seconds: float = SECONDS_PER_PAGE) -> str:
        """Tesseract's name of the script that most of the page is written in; "" where it cannot tell (too few letters).

        Raises:
            OcrUnavailableError: the data to tell scripts apart is missing.
        """
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


def _parsed(table: str, dpi: int, languages: tuple[str, ...]) -> OcrText:
    """Lines of Tesseract's TSV, whose columns are level, page, block, par, line, word, left, top, width, height, conf, text."""
    scale = 72 / dpi
    words: list[Word] = []
    rules: list[Word] = []
    page_width = 0.0
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < _COLUMNS:
            continue
        left, top, width, height = (int(cell) * scale for cell in cells[6:10])
        page_width = max(page_width, left + width)
        if cells[0] != _WORD_LEVEL:
            continue
        text = cells[11].strip(_RULES)
        word = Word(text, left, top, left + width, top + height, float(cells[10]) / 100, cells[2], tuple(cells[2:5]))
        if text:
            words.append(word)
        elif height > _RULE_SHAPE * width:
            rules.append(word)
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    vertical = languages == (_VERTICAL,)
    lines = down(words, page_width) if vertical else across(words, rules)
    return OcrText(tuple(lines), max(0.0, min(1.0, confidence)), languages, vertical, tuple(words))
