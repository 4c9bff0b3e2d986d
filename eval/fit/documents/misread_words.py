"""``python -m eval doubt``: is it told which words of a bad page are misread? Pages of known text are read and compared.

Beside it stands what Tesseract's confidence alone would tell, with the one threshold that is best on the fitted pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import click
import numpy as np
import regex

from eval import options
from eval.datasets.degraded_pages import PLAIN, WAYS, Type, make, png
from eval.fit.estimators import Floats, fit_rows, sigmoid
from eval.report.tables import markdown
from eval.tasks.documents.ocr import TEXTS
from ingest.document.build import aligned
from ingest.ocr.recognition import read_page
from ingest.ocr.tesseract import Engine
from ingest.ocr.word_boxes import DOUBTFUL
from ingest.ocr.word_confidence import NAMES
from lang.normalise import comparison_key, search_form

PAIRS: Final = (
    "noise + blur", "blur + 150 dpi", "150 dpi + jpeg", "stamp + fax", "stamp + photo", "noise + 150 dpi", "fax + blur", "shadow + jpeg",
)  # fmt: skip
"""Pages that are bad in two ways: of those bad in one nearly all words are right, and little is learned from them."""
ALL: Final = (*(way for way in WAYS if way != "colour stamp"), *PAIRS)
_RIDGE = 1.0
_SIGNS = regex.compile(r"[\W_]+")
_RUNS_ON = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々]")


@dataclass(frozen=True, slots=True)
class Example:
    """A word that was read: the page it is of, its signals (a number for each of `NAMES`), and whether it was misread."""

    page: str
    language: str
    text: str
    signals: tuple[float, ...]
    wrong: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Of the words of a language: how many, how many misread, and precision and recall of the mark."""

    words: int
    wrong: int
    marked: int
    hit: int

    @property
    def precision(self) -> float:
        """Share of the marked words that are misread; 1 where none is marked."""
        return self.hit / self.marked if self.marked else 1.0

    @property
    def recall(self) -> float:
        """Share of the misread words that are marked; 1 where there is none."""
        return self.hit / self.wrong if self.wrong else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.hit / max(1, self.marked + self.wrong)


def misread(read: Sequence[str], truth: str) -> list[bool | None]:
    """Whether each word is not what the truth has at its place; None for one of signs alone, which are not compared.

    A word is right where all its letters stand together in the truth and, but for Japanese, no letter of the truth is missing beside them.
    """
    letters = [_letters(word) for word in read]
    true, parted = "", set[int]()
    for token in truth.split():
        parted.add(len(true))
        true += _letters(token)
    parted.add(len(true))
    at_truth = aligned("".join(letters), true)
    met = set(at_truth)
    found: list[bool | None] = []
    start = 0
    for word in letters:
        places = at_truth[start : start + len(word)]
        start += len(word)
        if not word:
            found.append(None)
            continue
        together = places[0] >= 0 and places == list(range(places[0], places[0] + len(word)))
        whole = together and (
            _RUNS_ON.match(word) is not None
            or all(edge in parted or beside in met for edge, beside in ((places[0], places[0] - 1), (places[-1] + 1, places[-1] + 1)))
        )
        found.append(not whole)
    return found


def examples(texts: Mapping[str, str], ways: Sequence[str] = ALL, type_: Type = PLAIN) -> Iterator[Example]:
    """The words of each text, by language, spoiled in each way and read."""
    engine = Engine.find()
    for language, text in texts.items():
        for way in ways:
            made = make(text, language, way, type_)
            found = read_page(engine, png(made), made.dpi)
            wrong = misread([word.text for word in found.words], made.truth)
            for word, seen, is_wrong in zip(found.words, found.signals, wrong, strict=True):
                if is_wrong is not None:
                    rounded = tuple(round(number, 4) for number in seen)
                    yield Example(f"{language} {way}", language, word.text, rounded, is_wrong)


def fitted(found: Sequence[Example]) -> Floats:
    """The weights, the bias last, shape ``(len(NAMES) + 1,)``; a language counts as much as any other."""
    of = {language: sum(one.language == language for one in found) for language in {one.language for one in found}}
    weights = np.array([len(found) / len(of) / of[one.language] for one in found])
    return fit_rows(_rows(found)[:, :-1], np.array([float(one.wrong) for one in found]), _RIDGE, weights)


def score(found: Sequence[Example], chances: Floats, least: float) -> Score:
    """What the mark is worth where it stands on words from a chance on."""
    marked = chances >= least
    wrong = np.array([one.wrong for one in found], dtype=bool)
    return Score(len(found), int(wrong.sum()), int(marked.sum()), int((marked & wrong).sum()))


def best_threshold(found: Sequence[Example]) -> float:
    """The unsureness of Tesseract from which to mark words, so that F1 is best on these."""
    unsure = _unsure(found)
    return max((float(at) for at in np.quantile(unsure, np.linspace(0.3, 0.999, 300))), key=lambda at: score(found, unsure, at).f1)


def table(found: Sequence[Example], weights: Floats, threshold: float) -> str:
    """Precision and recall of the mark by language, and of the plain threshold; and how right the chances are."""
    chances, unsure = sigmoid(_rows(found) @ weights), _unsure(found)
    rows = []
    for language in (*dict.fromkeys(one.language for one in found), None):
        inside = np.array([language is None or one.language == language for one in found])
        some = [one for one, is_in in zip(found, inside, strict=True) if is_in]
        ours, plain = score(some, chances[inside], DOUBTFUL), score(some, unsure[inside], threshold)
        figures = (f"{figure:.2f}" for one in (ours, plain) for figure in (one.precision, one.recall, one.f1))
        rows.append([language or "all", ours.words, ours.wrong, ours.marked, *figures])
    head = ["language", "words", "misread", "marked", "precision", "recall", "F1", "by confidence alone: precision", "recall", "F1"]
    wrong = np.array([one.wrong for one in found], dtype=float)
    bins = ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01))
    within = [(low, high, (chances >= low) & (chances < high)) for low, high in bins]
    told = [f"{low:.1f} to {min(high, 1):.1f}: {wrong[of].mean():.2f} of {int(of.sum())}" for low, high, of in within if of.any()]
    return f"{markdown(head, rows)}\n\nMisread by told chance: {'; '.join(told)}."


def _rows(found: Sequence[Example]) -> Floats:
    return np.array([[*one.signals, 1.0] for one in found])


def _unsure(found: Sequence[Example]) -> Floats:
    at = NAMES.index("sure")
    return 1 - sigmoid(np.array([one.signals[at] for one in found]))


def _letters(text: str) -> str:
    return str(_SIGNS.sub("", comparison_key(search_form(text).text)))


def _read(path: Path) -> list[Example]:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Example(**{**row, "signals": tuple(row["signals"])}) for row in rows]


def _write(found: Sequence[Example], weights: Floats, threshold: float) -> None:
    digest = hashlib.sha256("\n".join(f"{one.page}\t{one.text}\t{one.wrong}" for one in found).encode()).hexdigest()
    stored = {
        "command": "python -m eval doubt --write",
        "examples": {"n": len(found), "wrong": sum(one.wrong for one in found), "sha256": digest},
        "confidence_alone": round(1 - threshold, 3),
        "weights": {name: round(float(weight), 3) for name, weight in zip(NAMES, weights, strict=False)},
        "bias": round(float(weights[-1]), 3),
    }
    target = Path(str(resources.files("ingest.ocr") / "doubt.json"))
    target.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


@click.command()
@options.texts(default=TEXTS)
@options.language()
@options.way(type=click.Choice(ALL))
@options.font()
@options.file("--examples", "file", help="the words that were read: taken from it if it is there, else kept in it")
@options.write("ingest/ocr/doubt.json, fitted on these pages")
def command(texts: Path, language: tuple[str, ...], way: tuple[str, ...], font: tuple[str, ...], file: Path | None, write: bool) -> None:
    """Say whether it is told which words of a bad page are misread."""
    if file is not None and file.is_file():
        found = _read(file)
    else:
        there = {one.stem: one.read_text(encoding="utf-8") for one in sorted(texts.glob("??.txt"))}
        known = {of: text for of, text in there.items() if of in (language or there)}
        if not known:
            options.fail(1, f"{texts} holds no text of such a language, e.g. mr.txt.")
        found = []
        for one in examples(known, way or ALL, Type(font)):
            if found and found[-1].page != one.page:
                click.echo(found[-1].page, err=True)
            found.append(one)
        if file is not None:
            file.write_text("".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in found), encoding="utf-8")
    if write:
        weights, threshold = fitted(found), best_threshold(found)
        _write(found, weights, threshold)
    else:
        stored = json.loads((resources.files("ingest.ocr") / "doubt.json").read_text(encoding="utf-8"))
        weights, threshold = np.array([*(stored["weights"][name] for name in NAMES), stored["bias"]]), 1 - stored["confidence_alone"]
    click.echo(table(found, weights, threshold))
