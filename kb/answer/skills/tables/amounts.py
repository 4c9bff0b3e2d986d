"""The amounts of money that a paper names, each with the sentence that says for what."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from kb.answer.rendering import said_quantity
from kb.answer.skills.evidence import Evidence
from kb.answer.skills.tables.telling import fitting, sentences_in
from kb.records import DocumentInfo
from kb.verify.facts import facts_in
from lang.codes import Language
from lang.normalise import search_form
from lang.values.quantities import CURRENCIES, Quantity

_MONEY = regex.compile(
    r"[₹¥$€円]|\b(?:rs|inr|usd|jpy|eur|yen|euros?|dollars?|rupees?|crores?|lakhs?)\b|रु|करोड|कोटी|लाख|येन|डॉलर|यूरो|युरो|ドル|ルピー|ユーロ"
)
_BEFORE = regex.compile(r"(?:₹|Rs\.?|INR|US\$|USD|\$|¥|JPY|€|EUR|रु\.?|रुपये|रुपए)\s?$", regex.I)
_AFTER = regex.compile(r"(?:\s?(?:रुपय[\p{L}\p{M}]*|रुपए|येन|yen|rupees|dollars|euros|डॉलर|円|ドル|ルピー))?", regex.I)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money; ``[start, end)`` is the sentence in its paper, ``span`` the amount in the sentence."""

    paper: DocumentInfo
    start: int
    end: int
    sentence: str
    span: tuple[int, int]
    quantity: Quantity

    def worded(self, language: Language) -> str:
        """As it is written; in a paper of another language, with the reader's form."""
        said = self.sentence[slice(*self.span)]
        form = said_quantity(self.quantity, language)
        return said if self.paper.language == language or not form or form == said else f"{said} ({form})"

    def use(self, room: int) -> str:
        """The part of the sentence that says for what it is."""
        start, end = fitting(self.sentence, room, self.span)
        return " ".join(self.sentence[start:end].split())

    def cite(self, evidence: Evidence) -> tuple[int, ...]:
        """Its sentence, the amount marked."""
        return evidence.cite(self.paper, self.start, self.end, marks=(self.span,))


def amounts_in(paper: DocumentInfo, evidence: Evidence, most: int) -> list[Amount]:
    """The amounts of a paper, each value once; of more than ``most`` the largest, in the order of the paper."""
    text = evidence.text(paper)
    found: dict[str, Amount] = {}
    for start, end in sentences_in(text, evidence.outline(paper)):
        sentence = text[start:end]
        if not _MONEY.search(search_form(sentence).text):
            continue
        for one in facts_in(sentence).quantities:
            if one.unit in CURRENCIES and one.role == "amount" and one.value:
                amount = Amount(paper, start, end, sentence, _with_currency(sentence, one), one)
                found.setdefault(f"{one.value} {one.unit}", amount)
    largest = sorted(found.values(), key=lambda one: -one.quantity.value)[:most]
    return sorted(largest, key=lambda one: one.start + one.span[0])


def names_money(text: str) -> bool:
    """Whether a text, such as the heading of a column, has a word or sign of money."""
    return _MONEY.search(search_form(text).text) is not None


def says_money(text: str) -> bool:
    """Whether a text names an amount of money."""
    return names_money(text) and any(one.unit in CURRENCIES for one in facts_in(text).quantities)


def _with_currency(text: str, one: Quantity) -> tuple[int, int]:
    before, after = _BEFORE.search(text[: one.start]), _AFTER.match(text, one.end)
    return (before.start() if before else one.start), (after.end() if after else one.end)
