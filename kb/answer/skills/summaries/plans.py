"""What a summary of a paper is to tell, by what the paper is; kept as data in ``plans.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal, TypeAlias

from ingest.records import Kind
from ingest.understand.normalise import search_form
from ingest.words_file import toml_of
from kb.records import DocumentInfo, FactView

Needs: TypeAlias = Literal["", "money", "time", "number"]
_BY_KIND: Mapping[Kind, str] = {"agreement": "agreement", "news": "news", "report": "report", "best_practice": "report"}
_BY_FORM: Mapping[str, str] = {
    "memorandum": "agreement", "agreement": "agreement", "letter_of_intent": "agreement", "joint_statement": "agreement",
    "circular": "order", "government_resolution": "order", "notification": "order", "rules": "order", "report": "report", "article": "news",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that a summary tells: ``means`` describes it in English, ``needs`` is what a sentence that tells it must name."""

    name: str
    means: str
    needs: Needs
    opens: bool = False
    """Whether a paper without headings begins with it."""
    facts: tuple[str, ...] = ()
    """Fields of the stored facts that tell it, where a paper has them."""


def plan_for(paper: DocumentInfo, facts: Sequence[FactView]) -> tuple[Aspect, ...]:
    """The aspects that a summary of a paper tells, in order."""
    return _plans()[plan_name(paper, facts)]


def plan_name(paper: DocumentInfo, facts: Sequence[FactView]) -> str:
    """By which plan a paper is told."""
    title = search_form(paper.title).text
    sort = next((sort for sort, words in _stored()["sort"].items() if any(search_form(word).text in title for word in words)), None)
    form = next((fact.value for fact in facts if fact.field == "form"), "")
    return sort or _BY_KIND.get(paper.kind) or _BY_FORM.get(form, "paper")


@cache
def _plans() -> Mapping[str, tuple[Aspect, ...]]:
    aspects = {
        name: Aspect(name, held["means"], held.get("needs", ""), held.get("opens", False), tuple(held.get("facts", ())))
        for name, held in _stored()["aspect"].items()
    }
    return {name: tuple(aspects[one] for one in names) for name, names in _stored()["plan"].items()}


_stored = partial(toml_of, "kb.answer.skills.summaries", "plans.toml")
