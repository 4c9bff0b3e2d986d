"""What is declined: an order in disguise, and a question for an opinion; the latter still gets what the papers say on the matter."""

from __future__ import annotations

from kb.answer.question import Question
from kb.answer.skills.chat import to_try
from kb.answer.skills.evidence import Made
from kb.answer.understand.question_kinds import legal_opinion
from kb.ports import Ports
from kb.records import Block, Refusal
from prompts.phrases import phrase


def decline(question: Question, ports: Ports) -> Made | None:
    """The refusal of an order, with what can be asked instead; None for what the papers are to be asked all the same."""
    if question.declined != "order":
        return None
    message = phrase("decline.order", question.language)
    examples = to_try(ports.papers(), question.language)
    return Made(refusal=Refusal("declined", message), blocks=(Block("options", items=examples),) if examples else ())


def opinion(question: Question, *, sure: bool) -> tuple[Block, ...]:
    """That no opinion is given, above what the papers say, and whether that is ``sure`` to be on it; () where none was asked for."""
    if legal_opinion(question.asked, question.language):
        return (Block("text", phrase("decline.legal", question.language)),)
    line = phrase("decline.opinion" if sure else "decline.opinion_unsure", question.language)
    return (Block("text", line),) if question.declined == "opinion" else ()
