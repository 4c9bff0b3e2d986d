"""Which module does what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, TypeAlias

from kb.answer.document_selection.language_versions import texts_of
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import SkillResult
from kb.answer.skills.comparison.comparison import compare
from kb.answer.skills.definitions import define
from kb.answer.skills.drafting.draft import draft
from kb.answer.skills.drafting.translation import translate
from kb.answer.skills.obligations.obligations import obligations
from kb.answer.skills.small_talk import decline
from kb.answer.skills.summaries.summary import summary
from kb.answer.skills.tables.inventory import inventory
from kb.answer.skills.tables.table import table
from kb.answer.skills.timeline.timeline import timeline
from kb.ports import Ports
from kb.records import Block, Skill
from prompts.phrases import phrase

Doer: TypeAlias = Callable[[Question, Ports], SkillResult | None]

SKILLS: Final[Mapping[Skill, Doer]] = MappingProxyType(
    {
        "compare": compare,
        "decline": decline,
        "define": define,
        "draft": draft,
        "inventory": inventory,
        "obligations": obligations,
        "summary": summary,
        "table": table,
        "timeline": timeline,
        "translate": translate,
    }
)

CUT: Final = frozenset[Skill]({"obligations", "timeline", "table"})
"""Skills whose answer is cut after so many points as are wanted; the others choose what they tell."""


def done(question: Question, ports: Ports) -> SkillResult | None:
    """What the skill that is wanted gives; None where nothing does it, or it cannot: the question is looked up then."""
    doer = SKILLS.get(question.skill)
    if doer is None or (question.skill == "compare" and len(texts_of(question.papers, ports)) < 2 and not question.of_kind):
        return None  # two things that are no papers are looked up, one beside the other
    made = doer(question, ports)
    if made is None or (question.skill == "compare" and not made.statements):
        return None  # where nothing can be set side by side, the question is looked up
    made = _cut(made, question) if question.points is not None and question.skill in CUT else made
    return made.laid_out()


def _cut(made: SkillResult, question: Question) -> SkillResult:
    """The first of the points or rows, as many as are wanted, and how many there are besides."""
    cut = made.first(question.points or 1)
    left = sum(len(block.rows) for block in made.blocks) - sum(len(block.rows) for block in cut.blocks)
    told = Block("text", phrase("table.rows_left", question.said_in, n=left))
    return replace(cut, blocks=(*cut.blocks, told)) if left else cut
