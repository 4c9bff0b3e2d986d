"""What is to be done with a question: of which place of which paper it asks, and what belongs into its gap."""

from __future__ import annotations

from typing import Final

from lang.languages import Language
from lang.words.search_tokens import script
from training.cited_lines import beginning, flat
from training.phrases import phrase
from training.records import Asks, QuizItem

LONGEST: Final = 90
"""Latin characters of a title that is given whole; a Japanese one counts for two."""
ASKED_FOR: Final = frozenset[Asks]({"date", "number", "amount", "name", "organisation", "place"})
"""Kinds of things of which a gap says that they belong there: else a word may fit as well."""


def instruction(item: QuizItem, language: Language) -> str:
    """The place that a question asks of, and what is to be done with it, in a language."""
    task = phrase(_task(item), language, **({"heading": item.prompt} if item.kind == "order" else {}))
    where = place(item, language)
    return f"{where}{'' if language == 'ja' else ' '}{task}" if where else task


def place(item: QuizItem, language: Language) -> str:
    """The section and the paper that a question asks of; "" where it asks of several or of a person's own words."""
    if item.proof.origin == "own" or item.kind == "match":
        return ""
    paper = flat(item.proof.citations[0].document)
    paper = paper if len(paper) * (2 if script(paper) == "japanese" else 1) <= LONGEST else beginning(paper)
    if not item.under or item.kind == "order":  # its task names the section
        return phrase("instruction.from", language, paper=paper)
    asks = item.under.rstrip().endswith(("?", "？", "か。"))
    return phrase("instruction.answer" if asks else "instruction.under", language, paper=paper, heading=flat(item.under))


def _task(item: QuizItem) -> str:
    """The key of the phrase that says what is to be done, and of a gap what kind of thing belongs there."""
    if item.proof.origin == "own" and item.kind in ("choice", "cloze"):
        return f"instruction.own_{item.kind}"
    return f"instruction.cloze.{item.asks}" if item.kind == "cloze" and item.asks in ASKED_FOR else f"instruction.{item.kind}"
