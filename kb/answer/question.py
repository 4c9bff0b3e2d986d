"""What is wanted of the papers: decided once, for every part of the answering code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.records import Language
from kb.answer.ports import Ports
from kb.records import DocumentInfo, Filters, Skill, Turn


@dataclass(frozen=True, slots=True)
class Question:
    """A message as it is understood, with what the conversation says of it.

    ``text`` is the message as it was typed, ``asked`` the same made whole with the conversation. ``papers`` are those that it means: by
    name, by kind, or because the conversation is about them (then ``carried`` is true); none where it means no paper in particular.
    ``matter`` is what it asks about, without the words that say what is to be done and without those that name the papers; "" where
    it asks for no matter in particular. ``points`` is into how many it wants the answer cut. ``language`` is the asker's, ``answer_in``
    that in which the answer is wanted. ``filters`` limit the papers that may answer; ``today`` is the day it is for the asker.
    """

    text: str
    asked: str
    language: Language
    skill: Skill = "lookup"
    papers: tuple[DocumentInfo, ...] = ()
    carried: bool = False
    matter: str = ""
    points: int | None = None
    answer_in: Language = "und"
    today: date = date.min
    history: tuple[Turn, ...] = ()
    filters: Filters = Filters()

    @property
    def said_in(self) -> Language:
        """The language of the words of ours in the answer."""
        return self.answer_in if self.answer_in != "und" else self.language


def understand(question: str, asked: str, language: Language, history: Sequence[Turn], filters: Filters, ports: Ports) -> Question:
    """What a message wants; ``asked`` is the message made whole with the conversation."""
    return Question(question, asked, language, today=ports.today(), history=tuple(history), filters=filters)


def held(papers: Sequence[DocumentInfo], filters: Filters) -> list[DocumentInfo]:
    """The papers that the filters let through."""
    return [paper for paper in papers if _passes(paper, filters)]


def _passes(paper: DocumentInfo, filters: Filters) -> bool:
    since, until = filters.date_from, filters.date_to
    return (
        (not filters.documents or paper.id in filters.documents)
        and (not filters.kinds or paper.kind in filters.kinds)
        and (not filters.languages or paper.language in filters.languages)
        and (since is None or (paper.date is not None and paper.date >= since))
        and (until is None or (paper.date is not None and paper.date <= until))
    )
