"""Tesseract, where it is installed: which languages it has data for, how a page stands, and the words of a picture."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from ingest.ocr.image_preprocessing import View
from ingest.ocr.reading_order import Word
from ingest.ocr.word_confidence import Script

INSTALL = "apt-get install -y tesseract-ocr tesseract-ocr-mar tesseract-ocr-hin tesseract-ocr-jpn tesseract-ocr-osd"
"""The line that makes pages readable; shown wherever a page stays unread."""
SECONDS_PER_PAGE = 120
VERTICAL = "jpn_vert"
LATIN = ("eng",)
_SCRIPTS = {
    "Devanagari": ("mar", "hin"),
    "Japanese": ("jpn",),
    "Han": ("jpn",),
    "Hiragana": ("jpn",),
    "Katakana": ("jpn",),
}
_HELPERS = {"Devanagari": ("eng",)}
"""Read beside the page's own language where there is data: Latin words in Devanagari text come out as noise without."""
_SCRIPT = regex.compile(r"^Script: (\S+)", regex.M)
_ROTATE = regex.compile(r"^Rotate: (\d+)", regex.M)
_SURELY = regex.compile(r"^Orientation confidence: ([\d.]+)", regex.M)
_SURE = 4.0
"""Tesseract's confidence in how a page is turned, from which its word is taken."""
_WORD_LEVEL = "5"
_COLUMNS = 12
_RULE_SHAPE = 8
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
class Stance:
    """How a page seems to stand: Tesseract's name of its script, "" where it cannot tell, and the quarters to turn it to the left."""

    script: str
    quarters: int = 0


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

    def stance(self, view: View, seconds: float = SECONDS_PER_PAGE) -> Stance:
        """The script that most of a page is written in, and how it is turned; neither where it has too few letters to tell.

        Raises:
            OcrUnavailableError: the data to tell scripts apart is missing.
        """
        if "osd" not in self.languages:
            raise OcrUnavailableError(f"Tesseract lacks the data to tell scripts apart (osd). To read it: {INSTALL}")
        try:
            said = _run([self.command, "-", "-", "--dpi", str(view.dpi), "--psm", "0", "-l", "osd"], view.png(), seconds)
        except OcrUnavailableError:
            return Stance("")
        script, rotate, surely = _SCRIPT.search(said), _ROTATE.search(said), _SURELY.search(said)
        quarters = -int(rotate[1]) // 90 % 4 if rotate and surely and float(surely[1]) >= _SURE else 0
        return Stance(script[1] if script else "", quarters)

    def of(self, script: str) -> tuple[str, ...]:
        """The languages that a page in a script is read in, as far as there is data for them.

        Raises:
            OcrUnavailableError: there is none.
        """
        wanted = _SCRIPTS.get(script, LATIN)
        there = tuple(language for language in wanted if language in self.languages)
        if not there:
            raise OcrUnavailableError(
                f"Tesseract lacks the data for {script or 'Latin'} script ({', '.join(wanted)}). To read it: {INSTALL}"
            )
        return there + tuple(language for language in _HELPERS.get(script, ()) if language in self.languages)

    def others(self, tried: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The sets of languages that a page can be read in beside one, as far as there is data for them."""
        sets: list[tuple[str, ...]] = [(VERTICAL,)] if tried == _SCRIPTS["Japanese"] else []
        sets += [(*_SCRIPTS["Devanagari"], *_HELPERS["Devanagari"]), _SCRIPTS["Japanese"], LATIN]
        there = [tuple(language for language in languages if language in self.languages) for languages in sets]
        return [languages for languages in dict.fromkeys(there) if languages and languages != tried and languages[0] != tried[0]]

    def words(
        self, view: View, languages: Sequence[str], psm: int = 3, options: Sequence[str] = (), seconds: float = SECONDS_PER_PAGE
    ) -> tuple[list[Word], list[Word]]:
        """The words of a picture, and what is read as rules between them, their boxes in pixels.

        Args:
            view: the picture.
            languages: Tesseract's names of them.
            psm: Tesseract's page segmentation mode: 3 finds the blocks of a page, 6 takes it for one.
            options: further ones of Tesseract's.
            seconds: when to give up.

        Raises:
            OcrUnavailableError: Tesseract failed or took too long.
        """
        command = [self.command, "-", "-", "--dpi", str(view.dpi), "--psm", str(psm), "-l", "+".join(languages), *options, "tsv"]
        return _parsed(_run(command, view.png(), seconds))


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


def _parsed(table: str) -> tuple[list[Word], list[Word]]:
    """Words of Tesseract's TSV, whose columns are level, page, block, par, line, word, left, top, width, height, conf, text."""
    words: list[Word] = []
    rules: list[Word] = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < _COLUMNS or cells[0] != _WORD_LEVEL:
            continue
        left, top, width, height = (float(cell) for cell in cells[6:10])
        text = cells[11].strip(_RULES)
        word = Word(text, left, top, left + width, top + height, float(cells[10]) / 100, cells[2], tuple(cells[2:5]))
        if text:
            words.append(word)
        elif height > _RULE_SHAPE * width:
            rules.append(word)
    return words, rules
