"""Wrong answers: how one fact of a true sentence is changed, and whether what a wrong answer says could be right after all.

A change is on the surface: a number, unit, date, clause, denial or obligation. It is made without the readers that look for it, so that it
can also be used to try these (`eval.tasks.mutations`). A wrong answer is held against everything that was retrieved, in every language; and
against what follows from a limit: who must answer within 14 days answers within 45 as well, so that a statement with 45 is not false.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import numpy as np
import regex

from kb.answer.query_understanding.answer_types import common, matters
from kb.embed.embedder import FloatMatrix
from kb.verify.fact_check import check_facts, facts_in
from lang.languages import Language
from lang.words.names import name_keys
from training.cited_lines import Scribe
from training.material.source_sentences import Sentence
from training.quiz.answer_candidates import Roster, Slot, slots
from training.records import PRACTISED

Edit: TypeAlias = Callable[[str, random.Random], str | None]
"""The text with one change; None where there is nothing to change."""

NUMBER = regex.compile(r"(?<![\p{Latin}\p{Devanagari}\p{N}.,:/-])\p{Nd}+(?:[.,]\p{Nd}+)*(?![\p{Nd}/:-])")
_SPELLED: Mapping[Language, tuple[str, ...]] = {
    "en": ("three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "thirty", "forty", "sixty", "ninety"),
    "mr": ("तीन", "चार", "पाच", "सहा", "सात", "आठ", "नऊ", "दहा", "बारा", "वीस", "तीस", "चाळीस", "साठ", "नव्वद"),
    "hi": ("तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ", "दस", "बारह", "बीस", "तीस", "चालीस", "साठ", "नब्बे"),
    "ja": ("三つ", "四つ", "五つ", "六つ", "七つ", "八つ", "九つ"),
}
_UNITS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (("million", "billion"), ("billion", "million"), ("lakh", "crore"), ("crore", "lakh"), ("years", "months"), ("months", "years"),
           ("days", "weeks"), ("km", "m"), ("per cent", "times"), ("hours", "minutes"), ("minutes", "hours")),
    "mr": (("लाख", "कोटी"), ("कोटी", "लाख"), ("वर्षे", "महिने"), ("महिने", "वर्षे"), ("दिवस", "आठवडे"), ("हजार", "लाख"), ("दशलक्ष", "अब्ज")),
    "hi": (("लाख", "करोड़"), ("करोड़", "लाख"), ("वर्ष", "माह"), ("दिन", "सप्ताह"), ("हजार", "लाख"), ("मिलियन", "बिलियन"), ("घंटे", "मिनट")),
    "ja": (("万", "億"), ("億", "万"), ("年間", "か月間"), ("日以内", "か月以内"), ("時間", "分間"), ("キロ", "メートル"), ("人", "社")),
}  # fmt: skip
_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December"),
    "mr": ("जानेवारी", "फेब्रुवारी", "मार्च", "एप्रिल", "जून", "जुलै", "ऑगस्ट", "सप्टेंबर", "ऑक्टोबर", "नोव्हेंबर", "डिसेंबर"),
    "hi": ("जनवरी", "फरवरी", "मार्च", "अप्रैल", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
    "ja": (),
}
_CLAUSE = regex.compile(r"(?:Articles?|Section|Clause|Paragraph|Annex|कलम|अनुच्छेद|परिच्छेद|धारा)\s*(\p{Nd}+)|第\s*(\p{Nd}+)\s*[条項]", regex.I)
_YEAR = regex.compile(r"(?<!\p{N})(?:1[89]|20|१[८९]|२०|１[８９]|２０)\p{Nd}{2}(?!\p{N})")
_JAPANESE_DAY = regex.compile(r"(\p{Nd}{1,2})(?=[月日])")
_DENIALS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": ((r"\bshall (?!not)", "shall not "), (r"\bwill (?!not)", "will not "), (r"\bis (?!not)", "is not "),
           (r"\bwas (?!not)", "was not "),
           (r"\bare (?!not)", "are not "), (r"\bcan (?!not)", "cannot ")),
    "mr": ((r"आहेत(?!\p{M})", "नाहीत"), (r"आहे(?!\p{L}|\p{M})", "नाही"), (r"करील(?!\p{L})", "करणार नाही"), (r"येईल(?!\p{L})", "येणार नाही")),
    "hi": ((r"(?<!नहीं )हैं(?!\p{L}|\p{M})", "नहीं हैं"), (r"(?<!नहीं )है(?!\p{L}|\p{M})", "नहीं है"), (r"(?<!नहीं )था(?!\p{L}|\p{M})", "नहीं था")),
    "ja": ((r"します", "しません"), (r"である(?!\p{L})", "ではない"), (r"しました", "しませんでした"), (r"できる(?!\p{L})", "できない"),
           (r"(?<!ま)した(?=。)", "しなかった"),
           (r"する(?=。)", "しない"), (r"いる(?=。)", "いない")),
}  # fmt: skip
_DUTIES: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": ((r"\bshall (?!not)", "may "), (r"\bmay (?!not)", "must "), (r"\bmust (?!not)", "may ")),
    "mr": ((r"करावे(?!\p{L}|\p{M})", "करता येईल"), (r"केलीच पाहिजे", "करता येईल"), (r"पाहिजे", "तरी चालेल")),
    "hi": ((r"करेंगे(?!\p{L})", "कर सकते हैं"), (r"करेगा(?!\p{L})", "कर सकता है"), (r"चाहिए", "सकता है")),
    "ja": ((r"しなければならない", "することができる"), (r"ものとする", "ことができる"), (r"ことができる", "ものとする")),
}


def _number(language: Language) -> Edit:
    def edit(text: str, chance: random.Random) -> str | None:
        places = [m for m in NUMBER.finditer(text) if not _CLAUSE.search(text[max(0, m.start() - 14) : m.end() + 1])]
        if places and (len(places) > 1 or chance.random() < 0.8):
            match = chance.choice(places)
            digits = [at for at in range(match.start(), match.end()) if text[at].isdecimal()]
            return _other_digit(text, chance.choice(digits), chance)
        words = [w for w in _SPELLED[language] if regex.search(rf"(?<![\p{{L}}\p{{M}}]){w}(?!\p{{L}}|\p{{M}})", text)]
        if not words:
            return None
        word = chance.choice(words)
        other = chance.choice([w for w in _SPELLED[language] if w != word])
        return str(regex.sub(rf"(?<![\p{{L}}\p{{M}}]){word}(?!\p{{L}}|\p{{M}})", other, text, count=1))

    return edit


def _other_digit(text: str, at: int, chance: random.Random) -> str:
    zero = ord(text[at]) - int(text[at])
    first = not text[at - 1 : at].isdecimal()
    other = chance.choice([d for d in range(1 if first else 0, 10) if d != int(text[at])])
    return f"{text[:at]}{chr(zero + other)}{text[at + 1 :]}"


def _unit(language: Language) -> Edit:
    ends = "" if language == "ja" else r"(?!\p{L}|\p{M})"
    after = r"(?<=\p{N}[\s千百十万]?)"

    def edit(text: str, chance: random.Random) -> str | None:
        there = [(old, new) for old, new in _UNITS[language] if regex.search(f"{after}{old}{ends}", text)]
        if not there:
            return None
        old, new = chance.choice(there)
        return str(regex.sub(f"{after}{old}{ends}", new, text, count=1))

    return edit


def _date(language: Language) -> Edit:
    def edit(text: str, chance: random.Random) -> str | None:
        ways: list[str] = []
        for match in _YEAR.finditer(text):
            ways.append(_other_digit(text, match.end() - chance.choice((1, 2)), chance))
        there = [m for m in _MONTHS[language] if regex.search(rf"(?<![\p{{L}}\p{{M}}]){m}(?!\p{{L}}|\p{{M}})", text)]
        if there:
            old = chance.choice(there)
            new = chance.choice([m for m in _MONTHS[language] if m != old])
            ways.append(str(regex.sub(rf"(?<![\p{{L}}\p{{M}}]){old}(?!\p{{L}}|\p{{M}})", new, text, count=1)))
        if language == "ja":
            ways += [_other_digit(text, m.end() - 1, chance) for m in _JAPANESE_DAY.finditer(text)]
        return chance.choice(ways) if ways else None

    return edit


def _clause(language: Language) -> Edit:
    del language

    def edit(text: str, chance: random.Random) -> str | None:
        match = _CLAUSE.search(text)
        if match is None:
            return None
        return _other_digit(text, (match.end(1) if match.group(1) else match.end(2)) - 1, chance)

    return edit


def _swap(table: Mapping[Language, tuple[tuple[str, str], ...]]) -> Callable[[Language], Edit]:
    def of(language: Language) -> Edit:
        def edit(text: str, chance: random.Random) -> str | None:
            there = [(a, b) for a, b in table[language] if regex.search(a, text)]
            if not there:
                return None
            pattern, new = chance.choice(there)
            last = list(regex.finditer(pattern, text))[-1]
            return f"{text[: last.start()]}{new}{text[last.end() :]}"

        return edit

    return of


EDITS: Mapping[str, Callable[[Language], Edit]] = {
    "number": _number, "unit": _unit, "date": _date, "clause": _clause, "negation": _swap(_DENIALS), "modality": _swap(_DUTIES),
}  # fmt: skip
"""Kind of change → the edit that makes it, in a language."""


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


def follows_from_limit(text: str, slot: Slot, instead: str, language: Language) -> bool:
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


CLOSE: Final = 0.92
"""Cosine from which two sentences of one language may say the same thing with other values. In the samples the nearest other sentence of a
language has 0.87 (English) to 0.90 (Japanese) in the median."""
CLOSE_ACROSS: Final = 0.87
ABOVE: Final = 0.02
"""By how much two sentences that name one matter (signing, cost, training) are nearer than those two languages are on average."""
LOOKED_AT: Final = 12
"""Sentences that a claim is held against: the likest of those that have its value."""


class Doubts:
    """Everything that was retrieved, ready to be asked whether it bears a claim out."""

    def __init__(self, scribe: Scribe, known: Roster) -> None:
        self._scribe = scribe
        self._known = known
        self._evidence = list(scribe.material.evidence)
        self._at = {one.key: i for i, one in enumerate(self._evidence)}
        self._like: FloatMatrix = scribe.kb.likeness.among([one.text for one in self._evidence])
        self._usual = self._means()

    def contested(self, one: Sentence, slot: Slot) -> bool:
        """Whether another paper seems to speak of the same and has another value of the kind: the papers differ, or both are right."""
        at = self._at.get(one.key)
        if at is None:
            return True
        if slot.asks not in ("date", "amount", "number"):
            return False
        for i in np.argsort(-self._like[at])[: 2 * LOOKED_AT]:
            other = self._evidence[int(i)]
            if other.info.id != one.info.id and self._same_matter(at, int(i)):
                values = {each.key for each in slots(other, self._known) if each.asks == slot.asks}
                if values and slot.key not in values:
                    return True
        return False

    def may_be_true(self, claim: str, one: Sentence, value: str) -> bool:
        """Whether anything retrieved may bear a claim out: it has the claim's value, and the check does not find it against it.

        Args:
            claim: the sentence with a wrong value in it.
            one: the sentence that it was made of.
            value: the wrong value.
        """
        if self._scribe.kb.judge(claim, [self._scribe.cite(one)]).status != "unsupported":
            return True
        at = self._at.get(one.key)
        having = [i for i, each in enumerate(self._evidence) if i != at and self._has(each, value, one)]
        having.sort(key=lambda i: -float(self._like[at, i]) if at is not None else 0.0)
        for i in having[:LOOKED_AT]:
            if at is not None and self._same_matter(at, i):
                return True
            if self._scribe.kb.judge(claim, [self._scribe.cite(self._evidence[i])]).status != "unsupported":
                return True
        return False

    def _same_matter(self, at: int, i: int) -> bool:
        """Whether two sentences may speak of one thing: nearly the same words or a translation, or one matter and nearer than most."""
        one, other = self._evidence[at], self._evidence[i]
        near = float(self._like[at, i])
        if near >= (CLOSE if one.language == other.language else CLOSE_ACROSS):
            return True
        practices = [each.info.kind in PRACTISED for each in (one, other)]
        shared = (matters(one.text) & matters(other.text)) - common()
        return bool(shared) and practices[0] == practices[1] and near >= self._usual[one.language, other.language] + ABOVE

    def _means(self) -> dict[tuple[Language, Language], float]:
        """The mean cosine of the sentences of each two languages."""
        rows: dict[Language, list[int]] = {}
        for i, one in enumerate(self._evidence):
            rows.setdefault(one.language, []).append(i)
        return {(a, b): float(self._like[np.ix_(rows[a], rows[b])].mean()) for a in rows for b in rows}

    def _has(self, other: Sentence, value: str, one: Sentence) -> bool:
        """Whether a sentence has a value, in whatever script or calendar."""
        if value in other.text:
            return True
        facts = facts_in(value)
        if facts.dates or facts.quantities:
            return not check_facts(value, [other.text])
        return bool(set(name_keys(value, one.language)) & set(name_keys(other.text, other.language)))


def differ(right: Slot, wrong: Slot) -> bool:
    """Whether one value is not the other, nor a part of it: of two dates neither may hold the other, of two names neither the other."""
    if right.key == wrong.key or right.text.casefold() in wrong.text.casefold() or wrong.text.casefold() in right.text.casefold():
        return False
    if right.asks == "date":
        return bool(check_facts(right.text, [wrong.text])) and bool(check_facts(wrong.text, [right.text]))
    return True


def distractors(
    one: Sentence, right: Slot, rivals: Sequence[tuple[Sentence, Slot]], doubts: Doubts, most: int
) -> list[tuple[Sentence, Slot]]:
    """Up to ``most`` wrong values of the same kind from the same papers that nothing retrieved bears out in this sentence."""
    chosen: list[tuple[Sentence, Slot]] = []
    for source, wrong in rivals:
        if len(chosen) == most:
            break
        if wrong.text in one.text or not differ(right, wrong) or not all(differ(other, wrong) for _, other in chosen):
            continue
        claim = f"{one.text[: right.start]}{wrong.text}{one.text[right.end :]}"
        if not doubts.may_be_true(claim, one, wrong.text):
            chosen.append((source, wrong))
    return chosen
