"""Questions that ask how much is paid, and whether a sentence tells.

What is near to such a question and tells no amount is no answer: *What penalty does a Participant pay?* is not answered by how many days
it has. A sentence that names the thing itself may say that there is none, and counts as telling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

import regex

from ingest.understand.dates import dates_in
from ingest.words_file import toml_of
from kb.answer.verify.quantities import CURRENCIES, quantities_in

_MUCH = r"(?:कितन[ािीे]|किती)"
_AFTER_NOUN = (
    r"(?=\?|$| (?:of|for|on|per|to|in|if|when|is|was|are|were|will|would|must|shall|does|do|did|has|have|paid|due|a|each|every)\b)"
)


def asked_payment(question: str) -> Callable[[str], bool] | None:
    """What tells whether a sentence gives the payment that a question asks the amount of; None where it asks for no such amount."""
    for name, patterns in _asked().items():
        if any(pattern.search(question) for pattern in patterns):
            return partial(_tells, name)
    return None


def _tells(name: str, text: str) -> bool:
    """Whether a sentence gives an amount for what is paid, or speaks of it, which may be to say that there is none."""
    if _words()[name].search(text):
        return True
    if name not in _stored()["any_amount"] and not _words()["paid"].search(text):
        return False
    read = quantities_in(text, [(date.start, date.end) for date in dates_in(text)])
    return any(quantity.unit in CURRENCIES for quantity in read) or _words()["amounts"].search(text) is not None


@cache
def _asked() -> Mapping[str, Sequence[regex.Pattern[str]]]:
    """By what is paid, how a question asks how much it is: *how much* and the thing, *what is the* thing."""
    asked = {name: _asking(words) for name, words in _stored()["money"].items()}
    asked["cost"].append(regex.compile(r"いくら(?:くらい|ぐらい|ほど)?(?:かか|要|必要)"))
    return asked


def _asking(words: Sequence[str]) -> list[regex.Pattern[str]]:
    english = "|".join(w for w in words if regex.match(r"[a-z]", w))
    devanagari = "|".join(w for w in words if regex.match(r"\p{Devanagari}", w))
    japanese = "|".join(w for w in words if regex.match(r"[\p{Han}\p{Katakana}]", w))
    thing = rf"(?:{devanagari})[\p{{L}}\p{{M}}]*"
    return [
        regex.compile(rf"\bhow much\b[^.?]*?\b(?:{english})\b", regex.I),
        regex.compile(rf"\bwhat (?:(?:is|was|are|were|will be|would be) )?(?:[\p{{L}}'’-]+ ){{0,4}}?(?:{english}){_AFTER_NOUN}", regex.I),
        regex.compile(
            rf"(?<![\p{{L}}\p{{M}}])(?:{_MUCH} (?:[\p{{L}}\p{{M}}]+ ){{0,2}}{thing}|{thing} (?:[\p{{L}}\p{{M}}]+ ){{0,4}}{_MUCH})"
        ),
        regex.compile(rf"(?:{japanese})[^。、？?]{{0,12}}(?:いくら|何(?:千|百|万|億)?円|どのくらい|どれくらい|どれほど|どの程度)"),
    ]


@cache
def _words() -> Mapping[str, regex.Pattern[str]]:
    stored = _stored()
    lists = {**stored["money"], **{name: stored[name]["shown"] for name in ("amounts", "paid")}}
    return {name: regex.compile("|".join(map(_in_a_text, words)), regex.I) for name, words in lists.items()}


def _in_a_text(word: str) -> str:
    """A word of the list as it stands in a text: an English one whole, a Devanagari one at the beginning of a word."""
    if regex.match(r"[a-z]", word):
        return rf"\b(?:{word})\b"
    return rf"(?<![\p{{L}}\p{{M}}])(?:{word})" if regex.match(r"\p{Devanagari}", word) else f"(?:{word})"


_stored = partial(toml_of, "kb.answer", "payments.toml")


__all__ = ["asked_payment"]
