"""What a sentence claims beside its facts: that something is or is not, must or may be, is planned or done, is all or at least.

The marks of each claim are words and endings in the four languages (``modality.toml``). A sentence carries a claim when one of its
marks stands in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, TypeAlias, cast

import regex

from lang.data_files import toml_of
from lang.normalise import search_form
from lang.values.quantities import folded

Claim: TypeAlias = Literal["not", "must", "may", "planned", "draft", "done", "all", "only", "at_least", "at_most"]

_OPPOSED: Sequence[tuple[Claim, Claim]] = (
    ("must", "may"), ("may", "must"), ("at_least", "at_most"), ("at_most", "at_least"), ("done", "planned"), ("done", "draft"),
)  # fmt: skip
_ADDED: Sequence[Claim] = ("only", "all")
_PERHAPS = "_perhaps"
_NAMES = regex.compile(r"(?<=(?:^|\s)\p{Ll}+,? )(?:(?:May|Will)\b|All(?= \p{Lu}))|\bMay(?= \p{Nd})")
"""English words that are a name inside a sentence: the month, a first name, a team."""
_START, _END = r"(?<![\p{L}\p{M}])", r"(?![\p{L}\p{M}])"


@dataclass(frozen=True, slots=True)
class Flip:
    """A claim that the statement makes and its evidence does not, or that the evidence makes and the statement leaves out."""

    claim: Claim
    said: str
    """What the statement says, in the search form, or "" where it leaves the claim out."""
    shown: str
    """What the evidence says, or ""."""


def flips(statement: str, evidence: Sequence[str]) -> tuple[Flip, ...]:
    """How the claims of a statement differ from those of the sentences it rests on.

    Flagged are: a denial on one side only; *must* where the evidence has *may* and the reverse; *at least* where it has *at most*;
    *done* where it has *planned* or *draft* and nothing done; *all* or *only* where the evidence has neither. What may say the same in
    other words (*unless*, *a mere*) excuses what the other side says.
    """
    said = claims(statement)
    shown = [claims(sentence) for sentence in evidence]
    if not shown:
        return ()
    ours, theirs = perhaps(statement), sum(map(perhaps, evidence), Counter())
    anywhere: dict[Claim, str] = {}
    for one in shown:
        anywhere |= {claim: mark for claim, mark in one.items() if claim not in anywhere}
    found: list[Flip] = []
    if "not" in said and "not" not in anywhere and theirs["not"] <= ours["not"]:
        found.append(Flip("not", said["not"], ""))
    if "not" not in said and all("not" in one for one in shown) and ours["not"] <= theirs["not"]:
        found.append(Flip("not", "", anywhere["not"]))
    for claim, opposite in _OPPOSED:
        if claim in said and claim not in anywhere and opposite in anywhere and opposite not in said and not ours[opposite]:
            found.append(Flip(claim, said[claim], anywhere[opposite]))
    found += [Flip(claim, said[claim], "") for claim in _ADDED if claim in said and claim not in anywhere and not theirs[claim]]
    return tuple(found)


def denials(sentence: str) -> int:
    """How many marks of denial a sentence has; phrases that deny nothing (*not only*) do not count."""
    marks = _marks()
    return sum(1 for _ in marks["not"].finditer(marks["idle"].sub(" ", _form(sentence))))


def denies_more(statement: str, evidence: str) -> bool:
    """Whether a statement has more marks of denial than its evidence, of which what may be a denial there and not here counts as one."""
    return denials(statement) > denials(evidence) + max(0, perhaps(evidence)["not"] - perhaps(statement)["not"])


@lru_cache(maxsize=4096)
def claims(sentence: str) -> Mapping[Claim, str]:
    """The claims of a sentence, each with its first mark as it stands in the search form."""
    text = _form(sentence)
    marks = _marks()
    bare = marks["idle"].sub(" ", text)
    found: dict[Claim, str] = {}
    for name, pattern in marks.items():
        match = pattern.search(bare if name == "not" else text)
        if match and name != "idle" and not name.endswith(_PERHAPS):
            found[cast(Claim, name)] = match[0]
    return found


@lru_cache(maxsize=4096)
def perhaps(sentence: str) -> Counter[Claim]:
    """How often a sentence may make a claim in other words than its marks (``…_perhaps``)."""
    text = _form(sentence)
    found: Counter[Claim] = Counter()
    for name, pattern in _marks().items():
        if name.endswith(_PERHAPS):
            found[cast(Claim, name.removesuffix(_PERHAPS))] = sum(1 for _ in pattern.finditer(text))
    return found


def _form(sentence: str) -> str:
    return search_form(_NAMES.sub(" ", sentence)).text


@cache
def _marks() -> Mapping[str, regex.Pattern[str]]:
    stored = toml_of("lang", "modality.toml")
    return {name: regex.compile(folded(_pattern(marks))) for name, marks in stored.items()}


def _pattern(marks: Mapping[str, Sequence[str]]) -> str:
    shapes = {
        "english": r"\b(?:{})\b",
        "words": _START + "(?:{})" + _END,
        "stems": _START + r"(?:{})[\p{L}\p{M}]*",
        "endings": r"[\p{L}\p{M}]+(?:{})" + _END,
        "japanese": "(?:{})",
    }
    return "|".join(shapes[name].replace("{}", "|".join(marks[name])) for name in shapes if name in marks)
