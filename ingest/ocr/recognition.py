"""A page is read from its picture in the script and the way that read best: what reads badly is tried again.

A reading is worth the letters in it that are likely right, less those that are likely wrong. A word that no language could have is wrong;
of the others Tesseract says how sure it is.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial

import regex

from ingest.ocr import image_preprocessing
from ingest.ocr.image_preprocessing import View
from ingest.ocr.reading_order import Word, across, down
from ingest.ocr.tesseract import SECONDS_PER_PAGE, VERTICAL, Engine, OcrUnavailableError, Stance
from ingest.ocr.word_boxes import WordBox
from ingest.ocr.word_confidence import Script, Seen, Signals, agreed, chances, signals, vocabulary
from ingest.pdf.text_lines import Line

GOOD = 0.85
"""Quality from which a page counts as read."""
COVERED = 0.12
"""Share of a page's ink that may stand beside the words that were read: drawings, signatures, dots."""
_ENOUGH_LETTERS = 40
_WRONG_SCRIPT = 0.6
"""Confidence below which a line may be in another script than its page."""
_LEAST = 4
_MARGIN = 6
_SHARP = 300
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LOST = 0.6
"""Quality below which a page may be in another script, or stand on its head."""
_BLOCK, _DOWN = 6, 5
"""Tesseract's modes for a page that is one block of text, set across or down."""
_REGIONS = 4
"""Parts of a page that are read in other scripts at most."""
_TRIED_FOR = 0.5
"""Share of the time for a page after which nothing new is tried."""


@dataclass(frozen=True, slots=True)
class OcrText:
    """What was read: lines in points from the top left corner, straightened and vertical text turned, and the words where they stand.

    ``confidence`` is the mean of the words' own, from 0 to 1, weighted by letters; ``words`` are in shares of the picture of the page,
    ``shown`` is the script that it seems to be in, as Tesseract names it, ``signals`` what tells of each word whether it is right.
    """

    lines: tuple[Line, ...]
    confidence: float
    languages: tuple[str, ...]
    vertical: bool = False
    words: tuple[WordBox, ...] = ()
    shown: str = ""
    signals: tuple[Signals, ...] = ()

    @property
    def script(self) -> Script:
        """The script of most of the letters that were read."""
        return vocabulary("\n".join(line.text for line in self.lines)).script

    @property
    def quality(self) -> float:
        """Estimated share of words that are right: the confidence, times the share of letters in words that a language can have."""
        return _quality("\n".join(line.text for line in self.lines), self.confidence)


@dataclass(frozen=True)
class _Reading:
    """What was read of a view: words and rules with their boxes in its pixels. What is judged of it is judged once."""

    view: View
    languages: tuple[str, ...]
    words: tuple[Word, ...]
    rules: tuple[Word, ...]

    @property
    def confidence(self) -> float:
        letters = sum(len(word.text) for word in self.words)
        mean = sum(word.confidence * len(word.text) for word in self.words) / letters if letters else 0.0
        return max(0.0, min(1.0, mean))

    @cached_property
    def quality(self) -> float:
        return _quality("\n".join(word.text for word in self.words), self.confidence)

    @property
    def is_good(self) -> bool:
        return self.quality >= GOOD and self.uncovered <= COVERED

    @cached_property
    def uncovered(self) -> float:
        return image_preprocessing.uncovered(self.view, [(word.x0, word.y0, word.x1, word.y1) for word in self.words])

    @cached_property
    def worth(self) -> float:
        return worth(self.words)

    @cached_property
    def seen(self) -> list[Seen]:
        """The words where they stand on the picture of the page, in pixels."""
        return [(word.text, self.view.place((word.x0, word.y0, word.x1, word.y1))) for word in self.words]

    def text(self, others: Sequence[_Reading]) -> OcrText:
        """In points, with the words where they stand on the picture of the page; ``others`` tell which of them are doubtful."""
        scale = 72 / self.view.dpi
        words, rules = ([_scaled(word, scale) for word in found] for found in (self.words, self.rules))
        vertical = self.languages == (VERTICAL,)
        lines = down(words, self.view.width * scale) if vertical else across(words, rules)
        width, height = self.view.page
        alike = [other.seen for other in others if other.languages == self.languages and 2 * other.quality > self.quality]
        told = signals(self.words, self.quality, agreed(self.seen, alike))
        boxes = [
            WordBox(text, _share(x0, width), _share(y0, height), _share(x1, width), _share(y1, height), doubt)
            for (text, (x0, y0, x1, y1)), doubt in zip(self.seen, chances(told), strict=True)
        ]
        return OcrText(tuple(lines), self.confidence, self.languages, vertical, tuple(boxes), signals=told)


def read_page(engine: Engine, image: bytes, dpi: int, script: str | None = None, seconds: float = SECONDS_PER_PAGE) -> OcrText:
    """Read the picture of a page.

    Args:
        engine: Tesseract.
        image: the page, in any format that OpenCV reads.
        dpi: its resolution; also gives the scale from pixels to points.
        script: the script if it is known, as Tesseract names it; else the page is read in the one that reads best.
        seconds: when to give up.

    Raises:
        OcrUnavailableError: language data is missing, or Tesseract failed or took too long.
        ValueError: the bytes are no picture.
    """
    until = time.monotonic() + _TRIED_FOR * seconds
    raw = image_preprocessing.view_of(image, dpi)
    view = image_preprocessing.ready(raw)
    stance = engine.stance(view, seconds) if script is None else Stance(script)
    best = _read(engine, image_preprocessing.turned(view, stance.quarters), engine.of(stance.script), seconds)
    others: list[_Reading] = []
    black = image_preprocessing.without_colour(image, dpi)
    ways = (_in_black(black, stance.quarters), _in_other_scripts(engine, any_script=script is None), _in_other_ways(raw), _turned)
    for attempt in (one for attempts in ways for one in attempts(best)):  # each of the ways looks at the best when its turn comes
        with suppress(OcrUnavailableError):  # what was read stands, also where another way takes too long
            found = _read(engine, attempt.change(best.view), attempt.languages or best.languages, seconds, attempt.psm, attempt.options)
            others.append(min(found, best, key=lambda one: one.worth))
            best = found if found.worth > best.worth else best
        if best.is_good or time.monotonic() > until:
            break
    if script is None and best.languages != (VERTICAL,):
        best = _in_their_scripts(engine, best, seconds)
    return replace(best.text(others), shown=stance.script)


def worth(words: Sequence[Word]) -> float:
    """Letters likely right less letters likely wrong; of Japanese each counts twice, for it says as much as two or three."""
    return sum(_letters(word.text) * (2 * _sureness(word) - 1) for word in words)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Another way to read a page: another view of it, other languages (None: those of the best reading), another mode."""

    change: Callable[[View], View] = lambda view: view
    languages: tuple[str, ...] | None = None
    psm: int = 3
    options: tuple[str, ...] = ()


_Attempts = Callable[[_Reading], Iterator[_Attempt]]
"""What is worth trying after the best reading so far, the likeliest first; nothing after a good one."""


def _in_black(colourless: View | None, quarters: int) -> _Attempts:
    """A stamp in colour over the text; words that are in colour themselves are lost without it, and the other reading stays."""

    def attempts(_: _Reading) -> Iterator[_Attempt]:
        if colourless is not None:
            yield _Attempt(lambda _: image_preprocessing.turned(image_preprocessing.ready(colourless), quarters))

    return attempts


def _in_other_scripts(engine: Engine, *, any_script: bool) -> _Attempts:
    """A page that reads very badly may be in another script; Japanese may run down the page."""

    def attempts(best: _Reading) -> Iterator[_Attempt]:
        if any_script and best.quality < _LOST:
            yield from (_Attempt(languages=one, psm=_DOWN if one == (VERTICAL,) else 3) for one in engine.others(best.languages))
        elif not best.is_good and best.languages == ("jpn",) and VERTICAL in engine.languages:
            yield _Attempt(languages=(VERTICAL,), psm=_DOWN)

    return attempts


def _in_other_ways(raw: View) -> _Attempts:
    """Other views of a page: each is made from that of the best reading so far."""

    def attempts(best: _Reading) -> Iterator[_Attempt]:
        if best.uncovered > COVERED:  # parts were passed over: what lies over the text, or the way the page is divided
            yield _Attempt(image_preprocessing.only_darkest)
            yield _Attempt(psm=_DOWN if best.languages == (VERTICAL,) else _BLOCK)
            if best.view is not raw:
                yield _Attempt(lambda _: raw)
        if best.quality < GOOD:  # what was found is unsure: dirt, small letters, a ground that is not white
            yield _Attempt(image_preprocessing.without_specks)
            if best.view.dpi < _SHARP:
                yield _Attempt(lambda view: image_preprocessing.enlarged(view, max(1.0, _SHARP / view.dpi)))
            yield _Attempt(options=("-c", "thresholding_method=2"))

    return attempts


def _turned(best: _Reading) -> Iterator[_Attempt]:
    """A page that still reads very badly may stand on its head or lie on its side."""
    if best.quality < _LOST:
        yield from (_Attempt(partial(image_preprocessing.turned, quarters=quarters)) for quarters in (2, 1, 3))


def _read(engine: Engine, view: View, languages: tuple[str, ...], seconds: float, psm: int = 3, options: tuple[str, ...] = ()) -> _Reading:
    words, rules = engine.words(view, languages, psm, options, seconds)
    return _Reading(view, languages, tuple(words), tuple(rules))


def _in_their_scripts(engine: Engine, reading: _Reading, seconds: float) -> _Reading:
    """The reading, with lines that make no sense in its languages read in others, where those make more."""
    for lines in _doubtful(reading.words)[:_REGIONS]:
        old = [word for line in lines for word in line]
        box = _around(old, reading.view)
        part = image_preprocessing.cut(reading.view, box)
        found: list[list[Word]] = []
        for languages in engine.others(reading.languages):
            with suppress(OcrUnavailableError):
                found.append(engine.words(part, languages, _BLOCK, (), seconds)[0])
        best = max(found, key=worth, default=[])
        if worth(best) > worth(old) + _LEAST:
            new = [_moved(word, box[0], box[1], f"{old[0].block}-{old[0].line}") for word in best]
            at, gone = reading.words.index(old[0]), set(map(id, old))
            before = [word for word in reading.words[:at] if id(word) not in gone]
            after = [word for word in reading.words[at:] if id(word) not in gone]
            reading = replace(reading, words=(*before, *new, *after))
    return reading


def _doubtful(words: Sequence[Word]) -> list[list[list[Word]]]:
    """Runs of lines, one below the other in a block, that are likely to be wrong."""
    lines: dict[tuple[str, ...], list[Word]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    runs: list[list[list[Word]]] = []
    follows = False
    for line in lines.values():
        letters = sum(_letters(word.text) for word in line)
        doubtful = letters >= _LEAST and sum(_letters(word.text) * _sureness(word) for word in line) < _WRONG_SCRIPT * letters
        if doubtful and follows and runs[-1][-1][0].block == line[0].block:
            runs[-1].append(line)
        elif doubtful:
            runs.append([line])
        follows = doubtful
    return runs


def _around(words: Sequence[Word], view: View) -> tuple[int, int, int, int]:
    left, top = min(word.x0 for word in words), min(word.y0 for word in words)
    right, bottom = max(word.x1 for word in words), max(word.y1 for word in words)
    return (
        max(0, int(left) - _MARGIN),
        max(0, int(top) - _MARGIN),
        min(view.width, int(right) + _MARGIN),
        min(view.height, int(bottom) + _MARGIN),
    )


def _moved(word: Word, right: int, down_by: int, block: str) -> Word:
    return replace(
        word, x0=word.x0 + right, x1=word.x1 + right, y0=word.y0 + down_by, y1=word.y1 + down_by, block=block, line=(block, *word.line)
    )


def _scaled(word: Word, scale: float) -> Word:
    return replace(word, x0=word.x0 * scale, y0=word.y0 * scale, x1=word.x1 * scale, y1=word.y1 * scale)


def _share(at: float, of: int) -> float:
    return min(1.0, max(0.0, at / of))


def _letters(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))


def _sureness(word: Word) -> float:
    return max(0.0, word.confidence) * vocabulary(word.text).possible


def _quality(text: str, confidence: float) -> float:
    words = vocabulary(text)
    return confidence * (words.possible if words.letters >= _ENOUGH_LETTERS else 1.0)
