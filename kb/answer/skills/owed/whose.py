"""Whose duties a paper tells: what the names of its parties stand for, and to whom it is addressed."""

from __future__ import annotations

from functools import lru_cache, partial

import regex

from kb.answer.skills.owed.owed_words import JOINT, Wanted, offices_in
from kb.card import Obligation
from kb.records import DocumentInfo
from lang.data_files import toml_of
from lang.lexical.names import name_keys

HEAD = 6000
"""Characters from the beginning in which a paper says what it calls its parties, and to whom it is addressed."""
LINES = 14
"""Lines of an address, at most."""
NAME = 160
SHOWN = 40
"""Characters of an address that is shown as the one who owes something."""


def is_of(one: Obligation, paper: DocumentInfo, text: str, asks: Wanted) -> bool:
    """Whether a duty belongs to whom a question names.

    A duty that names nobody belongs to those whom the paper is addressed to, where it is no agreement.
    """
    if not one.actor:
        return paper.kind != "agreement" and _names(addressees(text), paper, asks)
    offices = offices_in(one.actor)
    if (offices - {JOINT}) & asks.offices:
        return True
    if not offices and set(name_keys(one.actor, paper.language)) & asks.keys:
        return True
    return _names(full_name(one.actor, text), paper, asks)


def addressed(one: Obligation, paper: DocumentInfo, text: str) -> str:
    """Whom a paper is addressed to, for a duty that names nobody: one line of the address; "" where it is an agreement, or is longer."""
    lines = addressees(text).splitlines() if not one.actor and paper.kind != "agreement" else []
    return lines[0] if len(lines) == 1 and len(lines[0]) <= SHOWN else ""


@lru_cache(maxsize=64)
def addressees(text: str) -> str:
    """The lines that say whom a paper is addressed to; "" where it does not say."""
    lines = [line.strip() for line in text[:HEAD].splitlines() if line.strip()]
    stored = _stored()
    opens, closes, named = (regex.compile(stored[name], regex.I) for name in ("to", "closes", "honoured"))
    for at, line in enumerate(lines):
        if (match := opens.match(line)) is None:
            continue
        found = [match["who"]] if match["who"].strip() else []
        for other in lines[at + 1 : at + LINES]:
            if closes.match(other):
                break
            found.append(other)
        return "\n".join(one.strip(" ,;") for one in found)
    return "\n".join(match["who"].strip() for line in lines[:LINES] if (match := named.match(line)) is not None)


@lru_cache(maxsize=256)
def full_name(actor: str, text: str) -> str:
    """What an opening calls a party before it says what it is called in the text; "" where it says nothing of that."""
    head = text[:HEAD]
    called = regex.search(
        rf"[(（][^()（）]{{0,60}}?(?<![\p{{L}}\p{{M}}]){regex.escape(actor)}(?![\p{{L}}\p{{M}}])[^()（）]{{0,40}}[)）]", head
    )
    if called is None:
        return ""
    before = head[max(0, called.start() - NAME) : called.start()].rstrip().split("\n")[-1]
    return regex.split(_stored()["joins"], before)[-1].strip(" ,、")


def _names(said: str, paper: DocumentInfo, asks: Wanted) -> bool:
    """Whether words name whom a question asks for."""
    if not said:
        return False
    return bool((offices_in(said) - {JOINT}) & asks.offices) or bool(set(name_keys(said, paper.language)) & asks.keys)


_stored = partial(toml_of, "kb.answer.skills.owed", "whose.toml")
