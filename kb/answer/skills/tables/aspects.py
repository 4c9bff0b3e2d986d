"""What can be asked of every paper: columns of a table, rows of a comparison, as they are named in four languages (``aspects.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import regex

from kb.answer.skills.paper_selection.selection import matter_left, word_pattern
from lang.codes import Language
from lang.data_files import compiled, toml_of
from lang.normalise import search_form
from prompts.phrases import spoken

MONEY: Final = frozenset({"amount", "cost_of", "money"})
"""The keys of what is a sum."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that papers say: ``facts`` are the fields that hold it, ``asks`` what its sentence is like, ``cues`` what that must hold.

    One that is not known by name has only ``asked``, the words of the question.
    """

    key: str = ""
    name: Mapping[Language, str] | None = None
    facts: tuple[str, ...] = ()
    asks: Mapping[Language, str] | None = None
    cues: regex.Pattern[str] | None = None
    value: str = ""
    asked: str = ""
    context: str = ""
    """What the conversation was about, for a matter that leans on it."""

    def label(self, language: Language) -> str:
        """What it is called; an unnamed one by the words of the question."""
        return self.name[spoken(language)] if self.name is not None else self.asked


@cache
def aspects() -> Mapping[str, Aspect]:
    """Those that have a name, by key."""
    return {key: _aspect(key, stored) for key, stored in _stored().items()}


def named_in(text: str) -> list[tuple[int, int, Aspect]]:
    """The aspects that a text names, each once, with where: the longest wording first, what was read is not read again."""
    form = search_form(text)
    found = [(m.start(), m.end(), key) for key, pattern in _words().items() for m in pattern.finditer(form.text) if m.end() > m.start()]
    taken: list[tuple[int, int, str]] = []
    for start, end, key in sorted(found, key=lambda one: (one[0] - one[1], one[0])):
        if all(end <= a or b <= start for a, b, _ in taken):
            taken.append((start, end, key))
    first: dict[str, tuple[int, int]] = {}
    for start, end, key in sorted(taken):
        first.setdefault(key, (start, end))
    return [(*form.span(*place), aspects()[key]) for key, place in first.items()]


def wholly(text: str) -> list[Aspect]:
    """The aspects that a text consists of: *how it ends*, *the amount of the cost*; none where it speaks of anything else."""
    return [aspect for _, _, aspect in named_in(text)] if not matter_left(without_aspects(text)) else []


def without_aspects(text: str) -> str:
    """A text without the words by which it names aspects."""
    form = search_form(text).text
    for pattern in _words().values():
        form = compiled(rf"(?:{pattern.pattern})[\p{{Latin}}\p{{Devanagari}}]*").sub(" ", form)
    return form


def _aspect(key: str, stored: Mapping[str, Any]) -> Aspect:
    cues = word_pattern(stored["cues"]) if "cues" in stored else None
    return Aspect(key, stored["name"], tuple(stored.get("facts", ())), stored.get("asks"), cues, stored.get("value", ""))


@cache
def _words() -> Mapping[str, regex.Pattern[str]]:
    return {key: word_pattern(stored["words"]) for key, stored in _stored().items()}


_stored = partial(toml_of, "kb.answer.skills.tables", "aspects.toml")
