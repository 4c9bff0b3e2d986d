"""Is the same story in two papers recognised, and are different stories kept apart? ``python -m eval stories DIRECTORY``.

Pairs are made from real paragraphs, seeded. *Same*: one agency text as two papers print it, with another headline and byline, and each
with its own cuts, additions and edits. *Different*: other stories of the same subject, bulletins of one form with other figures, stories
that quote the same statement, a digest that holds the story, the story in another year's paper.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import click
import regex

from eval import options
from eval.report.tables import markdown
from ingest.near_duplicates import LIKELY, Sketch, Story, estimates, is_same_story

SETS: Mapping[str, str] = {"mr": "mahmls21-mr", "ja": "jsquad-ja", "hi": "xquad-hi-hi", "en": "xquad-en-en", "en2": "clapnq-en"}
DEVELOPED_ON = ("mr", "en2")
"""The sets whose pairs were looked at while the thresholds were chosen; the others are held out."""
_STORIES = 60
"""Stories per language."""
_SEED = 20250312
_SENTENCE = regex.compile(r"(?<=[।。.!?])\s*")
_DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")
_DAY = date(2025, 3, 12)

Edit = Callable[[list[str], random.Random], list[str]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A story and its sketch, as the catalogue keeps it."""

    story: Story
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, how they were made, and whether they are one story."""

    form: str
    one: Prepared
    other: Prepared
    same: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """Of ``pairs`` of a form, how many were taken for one story."""

    form: str
    same: bool
    pairs: int
    taken: int


def run(directory: Path, languages: Sequence[str] = tuple(SETS), most: int = _STORIES) -> dict[str, list[Rate]]:
    """Rates per form of pair, for each language of the retrieval sets under ``directory``, of at most so many stories each."""
    found = {}
    for language in languages:
        rates: dict[tuple[str, bool], list[bool]] = {}
        for pair in pairs(directory, language, most):
            rates.setdefault((pair.form, pair.same), []).append(_taken(pair))
        found[language] = [Rate(form, same, len(taken), sum(taken)) for (form, same), taken in rates.items()]
    return found


def pairs(directory: Path, language: str, most: int = _STORIES) -> Iterator[Pair]:
    """The pairs of one language; always the same."""
    paragraphs = _paragraphs(directory / "benchmarks" / "beir" / SETS[language] / "corpus.jsonl")
    chance = random.Random(_SEED)
    stories = [paragraphs[at : at + chance.randint(4, 7)] for at in range(0, len(paragraphs) - 7, 7)][:most]
    for number, story in enumerate(stories):
        other = stories[(number + 1) % len(stories)]
        for name, edit in _EDITS.items():
            yield Pair(name, _story(_light(story, chance)), _story(edit(_light(story, chance), chance)), same=True)
        yield Pair("paragraph added", _story(story), _story([*_light(story, chance), other[0]]), same=True)
        yield Pair("one paragraph cut, another added", _story(story), _story([other[0], *_cut(story, chance)]), same=True)
        yield Pair("next story of the subject", _story(story), _story(other), same=False)
        yield Pair("same statement quoted", _story([*story, other[0]]), _story([other[0], *stories[number - 2]]), same=False)
        digest = [text for at in range(5) for text in stories[(number + at) % len(stories)]]
        yield Pair("digest of five", _story(story), _story(digest), same=False)
        yield Pair("a year later", _story(story), _story(story, _DAY + timedelta(days=365)), same=False)
        yield Pair("bulletin with other figures", _story(_bulletin(story, chance)), _story(_bulletin(story, chance)), same=False)
    for one in range(0, len(stories), 2):
        for two in range(one + 2, len(stories)):
            yield Pair("any other story", _story(stories[one]), _story(stories[two]), same=False)


def table(found: Mapping[str, Sequence[Rate]]) -> str:
    """The share of pairs taken for one story, by form and language."""
    forms = list(dict.fromkeys((rate.form, rate.same) for rates in found.values() for rate in rates))
    rows = []
    for same in (True, False):
        for form in [form for form, its in forms if its is same]:
            rows.append([f"{'same' if same else 'different'}: {form}", *_shares(found, lambda r, f=form: r.form == f)])  # type: ignore[misc]
        name = "RECALL" if same else "FALSE"
        rows.append([f"{name}, all forms", *_shares(found, lambda r, s=same: r.same is s)])  # type: ignore[misc]
    languages = (f"{name}{'' if name in DEVELOPED_ON else ' (held out)'}" for name in found)
    return markdown(["", *languages, "all"], rows, "pairs taken for one story")


def rate(found: Mapping[str, Sequence[Rate]], *, same: bool) -> float:
    """The share of the same (or different) pairs that were taken for one story, over all languages."""
    chosen = [one for rates in found.values() for one in rates if one.same is same]
    return sum(one.taken for one in chosen) / max(1, sum(one.pairs for one in chosen))


@click.command()
@click.argument("directory", type=options.PATH)
@options.save_json(help="also write the rates to this file")
def command(directory: Path, out: Path | None) -> None:
    """Measure recall and false matches of near-duplicate stories. DIRECTORY holds benchmarks/beir."""
    found = run(directory)
    click.echo(table(found))
    sets = {language: [asdict(one) for one in rates] for language, rates in found.items()}
    options.save(out, {"recall": rate(found, same=True), "false": rate(found, same=False), "sets": sets})


def _taken(pair: Pair) -> bool:
    likely = estimates(pair.one.sketch, pair.other.sketch[None])[0] >= LIKELY
    return bool(likely) and is_same_story(pair.one.story, pair.other.story)


def _shares(found: Mapping[str, Sequence[Rate]], chosen: Callable[[Rate], bool]) -> list[str]:
    columns = [[r for r in rates if chosen(r)] for rates in found.values()]
    columns.append([r for column in columns for r in column])
    return [f"{sum(r.taken for r in c) / max(1, sum(r.pairs for r in c)):.3f} of {sum(r.pairs for r in c)}" for c in columns]


def _story(paragraphs: Sequence[str], day: date = _DAY) -> Prepared:
    return _prepared("\n".join(paragraphs), day)


@lru_cache(maxsize=256)
def _prepared(text: str, day: date) -> Prepared:
    story = Story.of(text, day)
    return Prepared(story, story.sketch)


def _paragraphs(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [text for line in lines if len(text := str(json.loads(line)["text"]).strip()) >= 150]


def _light(story: Sequence[str], chance: random.Random) -> list[str]:
    """What every paper does: its own dateline, quotation marks, spaces and digits."""
    texts = [f"{chance.choice(('प्रतिनिधी', 'Staff', '本紙記者', 'ब्यूरो'))} : {story[0]}", *story[1:]]
    swap = chance.random() < 0.5
    return [text.translate(_DIGITS) if swap and regex.search(r"\p{Devanagari}", text) else text.replace('"', "”") for text in texts]


def _cut(story: Sequence[str], chance: random.Random) -> list[str]:
    gone = chance.randrange(len(story))
    return [text for at, text in enumerate(story) if at != gone]


def _shortened(story: Sequence[str], chance: random.Random) -> list[str]:
    return list(story[: max(2, round(0.6 * len(story)))])


def _sentences_dropped(story: Sequence[str], chance: random.Random) -> list[str]:
    kept = [" ".join(s for s in _SENTENCE.split(text) if chance.random() > 0.15) for text in story]
    return [text for text in kept if text] or list(story)


def _words_changed(story: Sequence[str], chance: random.Random) -> list[str]:
    """One word in thirty, or in Japanese one character in sixty, becomes another of the story."""
    changed = []
    for text in story:
        japanese = bool(regex.search(r"\p{Hiragana}", text))
        units = list(text) if japanese else text.split(" ")
        for at in range(len(units)):
            if chance.random() < (1 / 60 if japanese else 1 / 30) and not regex.search(r"\p{N}", units[at]):
                units[at] = chance.choice([unit for unit in units if not regex.search(r"\p{N}", unit)] or units)
        changed.append(("" if japanese else " ").join(units))
    return changed


def _reordered(story: Sequence[str], chance: random.Random) -> list[str]:
    return [story[0], *chance.sample(story[1:], len(story) - 1)]


def _bulletin(story: Sequence[str], chance: random.Random) -> list[str]:
    """The story as a form: every sentence ends in a figure of the day."""
    return [f"{sentence} {chance.randint(100, 9999)}." for text in story[:4] for sentence in _SENTENCE.split(text) if sentence]


_EDITS: Mapping[str, Edit] = {
    "headline and byline": lambda story, chance: list(story),
    "paragraph cut": _cut,
    "shortened to 60 %": _shortened,
    "sentences dropped": _sentences_dropped,
    "words changed": _words_changed,
    "paragraphs reordered": _reordered,
}
