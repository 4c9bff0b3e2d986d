"""Messages that are not looked up: a greeting, thanks, what can be asked; and what is declined, an order in disguise or an opinion.

Talk gets a friendly line and no quotes. A question for an opinion still gets what the papers say on the matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal, TypeAlias, cast

import regex

from ingest.records import Kind
from kb.answer.query_understanding.intent import legal_opinion
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import SkillResult
from kb.ports import Ports
from kb.records import Block, DocumentInfo, Refusal
from lang.data_files import toml_of
from lang.languages import Language
from lang.normalise import search_form
from prompts.phrases import phrase

Said: TypeAlias = Literal["ability", "greeting", "thanks", "bye"]
KINDS: tuple[Said, ...] = ("ability", "greeting", "thanks", "bye")
"""A message that says several of these is answered for the first of them."""
EXAMPLES = 3
_ORDER: tuple[Kind, ...] = ("agreement", "best_practice", "news", "report", "other")
_LEFT = regex.compile(r"[\p{L}\p{N}]")


def said(message: str) -> Said | None:
    """What a message says that is talk and nothing else; None where anything else stands in it."""
    left = " ".join(search_form(message).text.split())
    found: set[str] = set()
    for phrase_form, kind in _phrases():
        pattern, whole = _pattern(phrase_form), left
        left = pattern.sub(" ", left)
        if left != whole:
            found.add(kind)
        if not _LEFT.search(left):
            break
    return next((kind for kind in KINDS if kind in found), None) if not _LEFT.search(left) else None


def chat(message: str, language: Language, papers: Callable[[], Sequence[DocumentInfo]], *, sure: bool = False) -> tuple[Block, ...]:
    """The reply to a message that is talk; () to any other.

    Args:
        message: as it was typed.
        language: in which to reply.
        papers: those that the reader may see.
        sure: whether the message is talk (`kb.answer.query_understanding.intent`), also where it has words that no list knows.
    """
    kind = said(message) or (_mostly(message) if sure else None)
    if kind is None:
        return ()
    line = Block("text", phrase(f"chat.{kind}", language))
    if kind in ("thanks", "bye"):
        return (line,)
    examples = to_try(papers(), language)
    if not examples:
        return (line, Block("text", phrase("refusal.empty_knowledge_base", language)))
    return (line, Block("text", phrase("chat.try", language)), Block("options", items=examples))


def _mostly(message: str) -> Said:
    """What a message that is talk says most likely."""
    left = " ".join(search_form(message).text.split())
    found = {kind for phrase_form, kind in _phrases() if _pattern(phrase_form).search(left)}
    return next((kind for kind in ("thanks", "bye", "ability", "greeting") if kind in found), "ability")


def to_try(papers: Sequence[DocumentInfo], language: Language) -> tuple[str, ...]:
    """At most `EXAMPLES` questions that these papers answer."""
    return tuple(phrase(f"chat.example.{of}", language, title=title) for title, of in _one_of_each(papers))


def _one_of_each(papers: Sequence[DocumentInfo]) -> list[tuple[str, Kind]]:
    """At most `EXAMPLES` papers, of different kinds as far as there are."""
    kinds = {kind: [paper.title for paper in papers if paper.kind == kind] for kind in _ORDER}
    turns = [(titles[turn], kind) for turn in range(EXAMPLES) for kind, titles in kinds.items() if turn < len(titles)]
    return turns[:EXAMPLES]


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """What is said and its kind, the longest first, so that no part of a phrase is taken for another."""
    stored = toml_of("kb.answer.skills", "small_talk.toml")
    pairs = [(" ".join(search_form(one).text.split()), kind) for kind, phrases in stored.items() for one in cast(list[str], phrases)]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def _pattern(form: str) -> regex.Pattern[str]:
    """The phrase as whole words; in Japanese, which parts none, wherever it stands."""
    apart = not regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", form)
    edges = (r"(?<![\p{L}\p{M}\p{N}])", r"(?![\p{L}\p{M}\p{N}])") if apart else ("", "")
    return regex.compile(f"{edges[0]}{regex.escape(form)}{edges[1]}")


def decline(question: Question, ports: Ports) -> SkillResult | None:
    """The refusal of an order, with what can be asked instead; None for what the papers are to be asked all the same."""
    if question.declined != "order":
        return None
    message = phrase("not_for_papers.order", question.language)
    examples = to_try(ports.papers(), question.language)
    return SkillResult(refusal=Refusal("declined", message), blocks=(Block("options", items=examples),) if examples else ())


def no_opinion(question: Question, *, sure: bool) -> tuple[Block, ...]:
    """That no opinion is given, above what the papers say, and whether that is ``sure`` to be on it; () where none was asked for."""
    if legal_opinion(question.asked, question.language):
        return (Block("text", phrase("not_for_papers.legal", question.said_in)),)
    line = phrase("not_for_papers.opinion" if sure else "not_for_papers.opinion_unsure", question.said_in)
    return (Block("text", line),) if question.declined == "opinion" else ()
