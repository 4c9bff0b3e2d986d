"""Write ``eval/data/boxes_gold.jsonl``: quotes, and where Poppler, not our reader, says that they stand.

    python tools/quote_box_gold.py ../shared/corpus/extraction

A quote is words of the truth file. Which words of a page with a sound text layer they are is told by ``pdftotext -bbox`` (package
poppler-utils). Its boxes run from ascent to descent of the font, which for some fonts is three lines high, so each line of the quote is
narrowed to the ink within them in the picture that ``pdftoppm`` draws. The boxes of vertical words reach over those before and after them:
each is cut to as many squares as it has letters, from as far below its top as the ink of a column begins.

A page that has to be read by OCR has a twin with a text layer that was laid out alike: a redistilled file the one it was made from, a scan
the page that was printed. How the scan lies on its twin (turned by less than two degrees, moved by a few points) is found from the pictures
of both, so no OCR has a part in it either.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import regex
from numpy.typing import NDArray
from PIL import Image

TARGET = Path(__file__).resolve().parents[1] / "eval" / "data" / "boxes_gold.jsonl"
SOUND = [
    *(f"{language}_policy.{maker}" for language in ("mr", "hi", "ja", "en") for maker in ("chr", "lo", "wp")),
    *(f"{language}_twocol.{maker}" for language in ("mr", "ja", "en") for maker in ("chr", "lo")),
    "ja_tate.lo", "ja_tate.chr", "mr_policy.goodocr",
]  # fmt: skip
READ_BY_OCR = {
    "mr_policy.scan": "mr_policy.lo", "hi_policy.scan": "hi_policy.lo", "ja_policy.scan": "ja_policy.lo", "en_policy.scan": "en_policy.lo",
    "mr_twocol.scan": "mr_twocol.lo", "en_twocol.scan": "en_twocol.lo", "ja_twocol.scan": "ja_twocol.lo", "ja_tate.scan": "ja_tate.lo",
    "mr_policy.kruti": "mr_policy.lo", "hi_policy.chr-gs": "hi_policy.chr", "mr_policy.outline": "mr_policy.chr",
    "ja_policy.chr-notu": "ja_policy.chr", "mr_policy.lo-gs": "mr_policy.lo", "en_policy.lo-notu": "en_policy.lo",
}  # fmt: skip
A_FILE = 3
DARK = 140
GAP = 1.3
"""Points without ink that part one line from the next; dots and vowel signs stand closer to their letters."""
COARSE, FINE = 100, 200
"""Resolutions, in dpi, at which the turn and the move of a scan are looked for."""
_WORD = regex.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
_PAGE = regex.compile(r'<page width="([\d.]+)" height="([\d.]+)">')
_LEFT_OUT = regex.compile(r"[\s\p{Cf}]+")
_SENTENCE = regex.compile(r"(?<=[.।。！？])\s*")


@dataclass(frozen=True)
class Word:
    """A word with its box in points."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Lie:
    """How a picture lies on its twin: turned by ``degrees`` against the clock about the middle, then moved by points."""

    degrees: float = 0.0
    right: float = 0.0
    down: float = 0.0


def key(text: str) -> str:
    """What has to agree."""
    return str(_LEFT_OUT.sub("", unicodedata.normalize("NFKC", text)))


def words(pdf: Path, page: int) -> tuple[list[Word], float, float]:
    """Words of a page as Poppler reads them, and the size of the page."""
    told = subprocess.run(
        ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(pdf), "-"], capture_output=True, check=True, text=True
    )
    size = _PAGE.search(told.stdout)
    if size is None:
        raise SystemExit(f"{pdf}: no page {page}")
    found = []
    for x0, y0, x1, y1, text in _WORD.findall(told.stdout):
        found.append(Word(unescape(text), float(x0), float(y0), float(x1), float(y1)))
    if "tate" in pdf.name:  # Vertical lines run from right to left.
        found.sort(key=lambda word: (-round((word.x0 + word.x1) / 2), word.y0))
    return found, float(size[1]), float(size[2])


def picture(pdf: Path, page: int, dpi: int) -> Image.Image:
    """A page in grey."""
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-f", str(page), "-l", str(page), str(pdf)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout)).convert("L")


def lie(scan: Path, twin: Path, page: int) -> Lie:
    """The turn and move of the twin that agree best with the scan, by the peak of their correlation."""
    best = 0.0
    coarse = picture(scan, page, COARSE), picture(twin, page, COARSE)
    for step, reach in ((0.2, 10), (0.05, 4), (0.01, 5)):
        best = max((best + step * at for at in range(-reach, reach + 1)), key=lambda degrees: _agreement(*coarse, degrees)[0])
    fine = picture(scan, page, FINE), picture(twin, page, FINE)
    _, right, down = _agreement(*fine, best)
    return Lie(round(best, 3), right * 72 / FINE, down * 72 / FINE)


def _agreement(scan: Image.Image, twin: Image.Image, degrees: float) -> tuple[float, int, int]:
    """The peak of the correlation of the scan with the turned twin, and how far to the right and down it lies in pixels."""
    turned = _ink(twin.resize(scan.size).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255))
    surface = np.fft.irfft2(np.conj(np.fft.rfft2(turned)) * np.fft.rfft2(_ink(scan)), s=turned.shape)
    down, right = (int(at) for at in np.unravel_index(int(surface.argmax()), surface.shape))
    width, height = scan.size
    return float(surface.max()), right - width * (right > width / 2), down - height * (down > height / 2)


def _ink(image: Image.Image) -> NDArray[np.float64]:
    dark = 255.0 - np.asarray(image, dtype=np.float64)
    return dark - dark.mean()


def quotes(truth: str, name: str) -> Iterator[str]:
    """Sentences, parts of them, and rows of tables, in an order drawn by lot."""
    chance = random.Random(name)
    lines = [line.strip() for line in truth.splitlines() if line.strip()]
    units = [unit.strip() for line in lines for unit in ([line] if "\t" in line else _SENTENCE.split(line)) if unit.strip()]
    chance.shuffle(units)
    for at, unit in enumerate(units):
        parts = unit.replace("\t", " ").split(" ")
        if at % 3 == 0 and "\t" not in unit and len(parts) > 8:
            first = chance.randrange(len(parts) - 6)
            yield " ".join(parts[first : first + chance.randrange(4, 7)])
        elif at % 3 == 1 and name.startswith("ja") and len(unit) > 24:
            first = chance.randrange(len(unit) - 18)
            yield unit[first : first + chance.randrange(12, 19)]
        else:
            yield unit.replace("\t", " ")


def upright(found: Sequence[Word], page: NDArray[np.bool_]) -> list[Word]:
    """Words of vertical lines, each cut to the squares of its letters: Poppler's boxes begin above and end below them."""
    scale = FINE / 72
    columns: dict[int, Word] = {}
    for word in found:
        columns.setdefault(round(word.x0 + word.x1), word)
    heads = []
    for first in columns.values():
        box = page[max(0, round(first.y0 * scale)) : round(first.y1 * scale), round(first.x0 * scale) : round(first.x1 * scale)]
        heads += [int(row) / scale for row in np.flatnonzero(box.any(axis=1))[:1]]
    above = float(np.median(heads))
    high = [(word, above + len(key(word.text)) * (word.x1 - word.x0)) for word in found]
    return [Word(word.text, word.x0, word.y0 + above, word.x1, word.y0 + below) for word, below in high]


def place(quote: str, page: Sequence[Word]) -> list[Word]:
    """The words of the page, cut where the quote begins and ends, that say the quote; none where they say it never or twice."""
    joined = "".join(key(word.text) for word in page)
    wanted = key(quote)
    start = joined.find(wanted)
    if len(wanted) < 8 or start < 0 or joined.find(wanted, start + 1) >= 0:
        return []
    end = start + len(wanted)
    found, at = [], 0
    for word in page:
        size = len(key(word.text))
        first, last = max(0, start - at), min(size, end - at)
        if first < last and size:
            part = cut(word, first, last, size)
            if part is None:
                return []
            found.append(part)
        at += size
    return found


def cut(word: Word, first: int, last: int, size: int) -> Word | None:
    """A part of a word; of a word in a script whose letters are not all as wide as each other, only the whole."""
    if (first, last) == (0, size):
        return word
    if not regex.fullmatch(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々、。「」（）]+", word.text):
        # A sentence may end inside "word.": its stop is narrow, the part is taken as the whole.
        return word if last - first >= 0.85 * size else None
    wide = (word.x1 - word.x0) / size
    return Word(word.text, word.x0 + first * wide, word.y0, word.x0 + last * wide, word.y1)


def rows(found: Sequence[Word], vertical: bool) -> list[Word]:
    """One box a line, or a cell of a table."""
    lines: list[Word] = []
    for word in found:
        last = lines[-1] if lines else None
        if last is not None and _goes_on(last, word, vertical):
            lines[-1] = Word("", min(last.x0, word.x0), min(last.y0, word.y0), max(last.x1, word.x1), max(last.y1, word.y1))
        else:
            lines.append(word)
    return lines


def _goes_on(line: Word, word: Word, vertical: bool) -> bool:
    if vertical:
        return abs(line.x0 + line.x1 - word.x0 - word.x1) < word.x1 - word.x0 and -2 < word.y0 - line.y1 < 2 * (word.x1 - word.x0)
    height = word.y1 - word.y0
    return abs(line.y0 + line.y1 - word.y0 - word.y1) < height and -2 < word.x0 - line.x1 < 2 * height


def inked(box: Word, page: NDArray[np.bool_], vertical: bool) -> Word:
    """The ink of a line of words: what stands around the middle of its box, up and down (right and left) to the next gap."""
    if vertical:
        found = inked(Word("", box.y0, box.x0, box.y1, box.x1), page.T, vertical=False)
        return Word("", found.y0, found.x0, found.y1, found.x1)
    scale = FINE / 72
    left, right = round(box.x0 * scale), round(box.x1 * scale)
    top, bottom = max(0, round((box.y0 - 1) * scale)), round((box.y1 + 1) * scale)
    dark = np.flatnonzero(page[top:bottom, left:right].any(axis=1))
    if not dark.size:
        raise SystemExit(f"There is no ink in {box}.")
    groups = np.split(dark, np.flatnonzero(np.diff(dark) > GAP * scale) + 1)
    middle = (bottom - top) / 2
    line = max(groups, key=lambda group: (group[0] <= middle <= group[-1], -abs(middle - group.mean())))
    first, last = top + int(line[0]), top + int(line[-1]) + 1
    across = np.flatnonzero(page[first:last, left:right].any(axis=0))
    return Word("", (left + int(across[0])) / scale, first / scale, (left + int(across[-1]) + 1) / scale, last / scale)


def corners(box: Word, how: Lie, width: float, height: float) -> list[float]:
    """The four corners of a box after the turn and the move, in shares of the page."""
    turn = radians(how.degrees)
    out = []
    for x, y in ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)):
        right, down = x - width / 2, y - height / 2
        out += [(width / 2 + right * cos(turn) + down * sin(turn) + how.right) / width]
        out += [(height / 2 - right * sin(turn) + down * cos(turn) + how.down) / height]
    return [round(share, 5) for share in out]


def main(corpus: Path) -> None:
    """Choose, place, write."""
    written = []
    for name, twin in [*((name, name) for name in SOUND), *READ_BY_OCR.items()]:
        truth = (corpus / f"{name.split('.')[0]}.txt").read_text(encoding="utf-8")
        page = 1
        there, width, height = words(corpus / f"{twin}.pdf", page)
        how = Lie()
        if twin != name and ("scan" in name or "kruti" in name):
            how = lie(corpus / f"{name}.pdf", corpus / f"{twin}.pdf", page)
        ink = np.asarray(picture(corpus / f"{twin}.pdf", page, FINE)) < DARK
        vertical = "tate" in name
        there = upright(there, ink) if vertical else there
        taken = 0
        for quote in quotes(truth, name):
            found = place(quote, there)
            if not found or taken == A_FILE:
                continue
            taken += 1
            boxes = [corners(inked(line, ink, vertical), how, width, height) for line in rows(found, vertical)]
            source = "" if twin == name else f"{twin}.pdf"
            written.append({"file": f"{name}.pdf", "page": page, "quote": quote, "twin": source, "lines": boxes})
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in written), encoding="utf-8")
    sys.stderr.write(f"{len(written)} quotes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
