"""What can be asked of every paper: columns of a table, rows of a comparison; and which of them a wording names.

Their names in four languages are data (``aspects.toml``), as are the words that lead a list of columns in (``table_columns.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final, cast

import regex

from ingest.records import Kind
from kb.answer.document_selection.document_filters import matter_left, word_pattern
from lang.data_files import compiled, toml_of
from lang.languages import Language
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


_COLON = regex.compile(r"[:：]\s*")
_ENDS = " \t\n.。।?？!！:：\"'“”「」"
_LONGEST = 70
"""Characters of a column's name: what is longer is a sentence."""


def columns_in(text: str) -> list[Aspect]:
    """The columns that a wording names, in order, without the one that names the papers.

    What stands after a colon, or after a word such as *columns*, is read as a list: what is not known there is a column of its own.
    """
    listed = _listed(text)
    if listed is None:
        return [aspect for _, _, aspect in named_in(text) if aspect.key != "title"]
    found: list[Aspect] = []
    for part in split(listed):
        named = [aspect for _, _, aspect in named_in(part)]
        if not named and part and len(part) <= _LONGEST and matter_left(part):
            named = [Aspect(asked=part)]
        found += [aspect for aspect in named if aspect.key != "title" and aspect not in found]
    return found


def subject_of(text: str, matter: str) -> str:
    """What a table is of, without the columns that are asked for: *the wells*; "" where it says only that."""
    before = matter
    if _listed(text) is not None:
        colon = _COLON.search(matter)
        before = matter[: colon.start()] if colon is not None else matter
    before = before.strip(_ENDS)
    return before if matter_left(without_aspects(before)) else ""


def standard(kind: Kind) -> list[Aspect]:
    """The columns of a kind of paper where none are named."""
    return [aspects()[key] for key in _lead_in_words()["standard"][kind]]


def compared(kind: Kind) -> list[Aspect]:
    """What is compared of papers of a kind where nothing is named."""
    return [aspects()[key] for key in _lead_in_words()["compared"][kind]]


def split(text: str) -> list[str]:
    """The members of a list in a sentence."""
    pattern = "|".join(regex.sub(r"\p{Devanagari}+", lambda m: m[0], joint) for joint in cast(Sequence[str], _lead_in_words()["joints"]))
    return [part.strip(_ENDS) for part in regex.split(pattern, text) if part.strip(_ENDS)]


def _listed(text: str) -> str | None:
    colon = _COLON.search(text)
    if colon is not None and text[colon.end() :].strip(_ENDS):
        return text[colon.end() :]
    form = search_form(text)
    for pattern in _lead_ins():
        found = pattern.search(form.text)
        if found is not None and found.end() < len(form.text):
            rest = text[form.span(found.start(), found.end())[1] :]
            if named_in(rest):
                return rest
    return None


@cache
def _lead_ins() -> Sequence[regex.Pattern[str]]:
    return tuple(regex.compile(regex.sub(r"\p{Devanagari}+", lambda m: search_form(m[0]).text, one)) for one in _lead_in_words()["columns"])


_lead_in_words = partial(toml_of, "kb.answer.skills.tables", "table_columns.toml")
