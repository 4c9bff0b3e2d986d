"""Which module does what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from kb.answer.ports import Ports
from kb.answer.question import Question
from kb.answer.skills.define import define
from kb.answer.skills.evidence import Made
from kb.answer.skills.summary import summary
from kb.records import Skill

Doer: TypeAlias = Callable[[Question, Ports], Made | None]

SKILLS: Final[Mapping[Skill, Doer]] = MappingProxyType({"summary": summary, "define": define})


def done(question: Question, ports: Ports) -> Made | None:
    """What the skill that is wanted gives; None where nothing does it, or it cannot: the question is looked up then."""
    doer = SKILLS.get(question.skill)
    return doer(question, ports) if doer is not None else None
