"""Which columns of a table, or which matters of a comparison, a wording names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import cast

import regex

from ingest.records import Kind
from kb.answer.skills.paper_selection.selection import matter_left
from kb.answer.skills.tables.aspects import Aspect, aspects, named_in, without_aspects
from lang.data_files import toml_of
from lang.normalise import search_form

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
    return [aspects()[key] for key in _stored()["standard"][kind]]


def compared(kind: Kind) -> list[Aspect]:
    """What is compared of papers of a kind where nothing is named."""
    return [aspects()[key] for key in _stored()["compared"][kind]]


def split(text: str) -> list[str]:
    """The members of a list in a sentence."""
    pattern = "|".join(regex.sub(r"\p{Devanagari}+", lambda m: m[0], joint) for joint in cast(Sequence[str], _stored()["joints"]))
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
    return tuple(regex.compile(regex.sub(r"\p{Devanagari}+", lambda m: search_form(m[0]).text, one)) for one in _stored()["columns"])


_stored = partial(toml_of, "kb.answer.skills.tables", "table.toml")
