"""What a summary of a paper is to tell, by what the paper is; kept as data in ``plans.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal, TypeAlias

import regex

from ingest.records import Kind
from kb.records import DocumentInfo, FactView
from lang.data_files import toml_of
from lang.normalise import search_form

Needs: TypeAlias = Literal["", "money", "time", "number"]
_BY_KIND: Mapping[Kind, str] = {"agreement": "agreement", "news": "news", "report": "report", "best_practice": "report"}
_BY_FORM: Mapping[str, str] = {
    "memorandum": "agreement", "agreement": "agreement", "letter_of_intent": "agreement", "joint_statement": "agreement",
    "circular": "order", "government_resolution": "order", "notification": "order", "rules": "order", "report": "report", "article": "news",
}  # fmt: skip


HEADS, HEAD_CHARS = 4, 100
"""How many of the first lines of a paper may be its title, and how long one is at most."""
_ENDS = regex.compile(r"[.!?。！？।॥:：]['\"”’」』）)\]]*$")


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that a summary tells: ``means`` describes it in English, ``needs`` is what a sentence that tells it must name."""

    name: str
    means: str
    needs: Needs


def aspects_of(plan: str) -> tuple[Aspect, ...]:
    """The aspects that a summary by a plan tells, in order."""
    return _plans()[plan]


def descriptions() -> Mapping[str, str]:
    """What sentences of papers may tell, in English: the aspects of all plans, what else is weighty, and what is not, by name."""
    return {name: held["means"] for name, held in _stored()["aspect"].items()} | dict(_stored()["weighty"]) | dict(_stored()["trifle"])


def plan_name(paper: DocumentInfo, facts: Sequence[FactView], lines: Sequence[str] = ()) -> str:
    """By which plan a paper is told; ``lines`` are the first lines of it, one of which may say what it is where its title does not."""
    heads = [line for line in lines[:HEADS] if len(line) <= HEAD_CHARS and not _ENDS.search(line)] if paper.kind != "agreement" else []
    titles = [search_form(one).text for one in (paper.title, *heads)]
    sort = next(
        (sort for sort, words in _stored()["sort"].items() if any(search_form(w).text in one for w in words for one in titles)), None
    )
    form = next((fact.value for fact in facts if fact.field == "form"), "")
    return sort or _BY_KIND.get(paper.kind) or _BY_FORM.get(form, "paper")


@cache
def _plans() -> Mapping[str, tuple[Aspect, ...]]:
    aspects = {name: Aspect(name, held["means"], held.get("needs", "")) for name, held in _stored()["aspect"].items()}
    return {name: tuple(aspects[one] for one in names) for name, names in _stored()["plan"].items()}


_stored = partial(toml_of, "kb.answer.skills.summaries", "plans.toml")
