"""What is shown of the clause of a duty: at most so many characters, and its numbers in the reader's language."""

from __future__ import annotations

import regex

from kb.answer.rendering import joined, said_quantity
from kb.card import Obligation
from lang.codes import Language
from lang.labels import read_item
from lang.values.dates import dates_in
from lang.values.quantities import quantities_in

LONGEST = 220
LEAD = 40
"""Characters before the actor of a clause that is too long, from which on they are left out."""
_BREAK = regex.compile(r"[,;、，]\s*|\s+(?=and\b|आणि\b|और\b)")
_IN_ROW = regex.compile(r"\t|\s·\s")


def values_said(one: Obligation, start: int, end: int, language: Language) -> str:
    """The numbers of ``[start, end)`` of a clause in the reader's language, without its time limit: "12, 3 weeks, 60%"."""
    clause = one.citation.quote[start - one.citation.start : end - one.citation.start]
    taken = [(read.start, read.end) for read in dates_in(clause)]
    if one.deadline is not None:
        taken.append((one.deadline.start - start, one.deadline.end - start))
    said = []
    for value in quantities_in(clause, taken):
        if value.unit or value.number >= 2:
            said.append(said_quantity(value, language))
    return joined(list(dict.fromkeys(said)), language)


def clause_span(text: str, start: int, end: int, actor: str = "") -> tuple[int, int]:
    """At most `LONGEST` characters of a clause without its number, cut where a part of the sentence ends.

    A clause that is longer begins with its actor, where a long lead stands before that ("Recognising the need …, the Parties").
    """
    item = read_item(text[start:end])
    if item is not None:
        start += len(item.printed)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    if end - start <= LONGEST:
        return start, end
    if actor and (lead := text[start:end].find(actor)) > LEAD:
        start += lead
        if end - start <= LONGEST:
            return start, end
    cuts = [start + m.start() for m in _BREAK.finditer(text[start : start + LONGEST])]
    spaces = [at for at in range(start, start + LONGEST) if text[at].isspace()]
    good = [at for at in cuts if at - start > LONGEST // 2] or spaces
    return start, good[-1] if good else start + LONGEST


def task_span(one: Obligation) -> tuple[int, int]:
    """The words of a duty: of a row of a table the cell that says what is to be done, for who and by when are told beside it."""
    quote, at = one.citation.quote, one.citation.quote.find(one.action)
    if at < 0 or not one.action or not _IN_ROW.search(quote):
        return one.citation.start, one.citation.end
    return one.citation.start + at, one.citation.start + at + len(one.action)
