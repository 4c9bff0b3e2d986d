"""What follows from a limit: who must answer within 14 days answers within 45 as well, so that a statement with 45 is not false."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import regex

from kb.verify.facts import facts_in
from lang.codes import Language
from training.quiz.slots import Slot

Side: TypeAlias = Literal["most", "least"]

BEFORE: Final = 44
AFTER: Final = 22
"""Characters before and after a value in which a limit is said."""

_MONEY: Final = r"\s*(?:about |approximately |an? )?(?:Rs\.? ?|₹ ?|US ?\$|\$|¥)?$"
_ENGLISH: Final = regex.compile(
    r"(?:\b(?P<no>not|no|never|cannot|nor)\b[^.;,]{0,30}?)?\b(?P<word>more than|less than|fewer than|over|exceed(?:ing|s)?|greater than"
    r"|within|up to|at most|at least|(?:a )?minimum(?: of)?|(?:a )?maximum(?: of)?|later than|by|until|till|before|under|below|above"
    rf"|limited to|earlier than){_MONEY}",
    regex.I,
)
_LEAST: Final = regex.compile(r"more|over|exceed|greater|at least|minimum|above|later", regex.I)
_TURNED: Final = regex.compile(r"than|over|exceed|under|below|above", regex.I)
_OTHERS: Final[Mapping[Language, tuple[tuple[Side, str, str], ...]]] = {
    "mr": (
        ("most", "", r"पेक्षा (?:अधिक|जास्त) (?:नस|नाही)"), ("least", "", r"पेक्षा कमी (?:नस|नाही)"),
        ("least", "", r"पेक्षा (?:अधिक|जास्त)|हून (?:अधिक|जास्त)"), ("most", "", r"पेक्षा कमी|हून कमी"),
        ("least", r"(?:किमान|कमीत कमी)\s*$", ""), ("most", r"(?:कमाल|जास्तीत जास्त)\s*$", ""), ("most", "", r"^\S*\s?(?:आत|पर्यंत)(?!\p{L})"),
    ),
    "hi": (
        ("most", "", r"से (?:अधिक|ज़्यादा|ज्यादा) (?:नहीं|न )"), ("least", "", r"से कम (?:नहीं|न )"), ("least", "", r"से (?:अधिक|ज़्यादा|ज्यादा)"),
        ("most", "", r"से कम"), ("least", r"(?:कम[ -]से[ -]कम|न्यूनतम)\s*$", ""), ("most", r"(?:अधिकतम|ज़्यादा से ज़्यादा)\s*$", ""),
        ("most", "", r"^\S*\s?(?:के भीतर|के अंदर|तक)(?!\p{L})"),
    ),
    "ja": (
        ("least", "", r"^\S{0,3}(?:以上|を超え(?!な|て(?:は|保持)))"), ("least", r"(?:少なくとも|最低)\s*$", ""),
        ("most", "", r"^\S{0,3}(?:以内|以下|未満|まで|を超え|を上限|前まで)"), ("most", r"(?:最大|最長|上限)\s*$", ""),
    ),
}  # fmt: skip


def limit(text: str, slot: Slot, language: Language) -> Side | None:
    """Whether a value is the most or the least of something; None where it is the value itself."""
    before, after = text[max(0, slot.start - BEFORE) : slot.start], text[slot.end : slot.end + AFTER]
    if language == "en":
        found = _ENGLISH.search(before)
        if found is None:
            return None
        least = _LEAST.search(found["word"]) is not None
        turned = found["no"] is not None and _TURNED.search(found["word"]) is not None
        return "least" if least != turned else "most"
    for side, left, right in _OTHERS.get(language, ()):
        if (not left or regex.search(left, before)) and (not right or regex.search(right, after)):
            return side
    return None


def follows(text: str, slot: Slot, instead: str, language: Language) -> bool:
    """Whether a sentence with another value in the slot may follow from the sentence itself.

    With a higher limit than the most, or a lower one than the least, it does; a date that is a limit is not compared, and may.
    """
    side = limit(text, slot, language)
    if side is None or slot.asks not in ("date", "amount", "number"):
        return False
    ours, theirs = facts_in(slot.text).quantities, facts_in(instead).quantities
    if slot.asks == "date" or not ours or not theirs or ours[0].unit != theirs[0].unit:
        return True
    return theirs[0].value > ours[0].value if side == "most" else theirs[0].value < ours[0].value
