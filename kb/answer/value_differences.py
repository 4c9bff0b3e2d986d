"""What two sentences say differently: another date, amount, number, spelling of a name, or planned where the other says done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import regex
from rapidfuzz.distance import Levenshtein

from kb.answer.query_understanding.answer_types import AnswerType, matters, things, unsettled
from kb.records import Contested
from kb.verify.fact_check import facts_in
from lang.languages import Language
from lang.modality import Claim, claims
from lang.values.dates import ReadDate
from lang.values.quantities import Quantity
from lang.words.search_tokens import analyse, content_words, script

_LONG = 5
"""Letters that a name has at least where two spellings of it are compared."""
_SPELLED_ALIKE = 0.75
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_BARE = "bare"
_NEAR, _NEAR_JAPANESE = 40, 8
"""Letters beside a number in which stands what it counts."""
_BESIDE = 30
"""Letters after a number in which stand the words that are compared."""


@dataclass(frozen=True, slots=True)
class Difference:
    """On what two sentences differ, in the words of the one and of the other."""

    what: Contested
    said: str
    against: str


def differences(one: str, other: str, language: Language, other_language: Language, asked: AnswerType | None) -> tuple[Difference, ...]:
    """How the other sentence differs from the one, should both speak of the same matter; a kind of which they share a fact is agreed.

    Args:
        one: a sentence of an answer.
        other: a sentence of another document.
        language: that of the one.
        other_language: that of the other.
        asked: what the question asks for; only facts of that kind are compared where it asks for a date or a number.
    """
    found: list[Difference] = []
    if asked != "number":
        found += _dates(facts_in(one).dates, facts_in(other).dates)
    if asked not in ("date", "person", "place"):
        found += _quantities(one, other)
    if not found and asked != "date" and language == other_language:
        found += _names(one, other, language)
    return tuple(found) or tuple(_scope(one, other))


def agree(one: str, other: str, what: Contested) -> bool:
    """Whether two sentences share a date, or an amount or number of one kind."""
    if what == "date":
        days = [[d for d in facts_in(text).dates if d.when.day is not None] for text in (one, other)]
        return any(_agree(a, b) for a in days[0] for b in days[1])
    ours, theirs = _counted(one), _counted(other)
    return any(a.value == b.value for key in (ours.keys() & theirs.keys()) - {_BARE} for a in ours[key] for b in theirs[key])


def bare(sentence: str) -> str:
    """The sentence without its dates and quantities: of what it speaks, not what it says of it."""
    facts = facts_in(sentence)
    spans = sorted([(d.start, d.end) for d in facts.dates] + [(q.start, q.end) for q in facts.quantities if q.role == "amount"])
    kept, at = [], 0
    for start, end in spans:
        kept.append(sentence[at:start])
        at = max(at, end)
    return " ".join("".join([*kept, sentence[at:]]).split())


def _dates(ours: Sequence[ReadDate], theirs: Sequence[ReadDate]) -> Iterator[Difference]:
    said = [d for d in ours if d.when.month is not None and not d.when.fiscal]
    against = [d for d in theirs if d.when.month is not None and not d.when.fiscal and d.when.calendar != "saka"]
    if len(said) == 1 and len(against) == 1 and not _agree(said[0], against[0]):
        yield Difference("date", said[0].text, against[0].text)


def _agree(one: ReadDate, other: ReadDate) -> bool:
    parts = zip((one.when.year, one.when.month, one.when.day), (other.when.year, other.when.month, other.when.day), strict=True)
    return all(a is None or b is None or a == b for a, b in parts)


def _quantities(one: str, other: str) -> Iterator[Difference]:
    """Amounts in one unit, or numbers that count the same thing, of which the two sentences share none."""
    ours, theirs = _counted(one), _counted(other)
    limits = claims(one), claims(other)
    shares = [q.value / 100 for found in (ours, theirs) for q in found.get("percent", ())]
    if not any(key.startswith("#") for key in ours.keys() | theirs.keys()):
        # What they count is in no list: the only bare number of the one is set against that of the other.
        ours, theirs = ({**found, "#": found[_BARE]} if len(found.get(_BARE, ())) == 1 else found for found in (ours, theirs))
    for key, said in ours.items():
        if key == _BARE:
            continue
        against = theirs.get(key)
        if against is not None and not any(_may_be(a, b, *limits) or _part(a, b, shares) for a in said for b in against):
            yield Difference("number" if key.startswith("#") else "amount", said[0].text, against[0].text)


def _counted(sentence: str) -> dict[str, list[Quantity]]:
    """The amounts of a sentence by their unit, and its bare numbers by what they count: ``#sensors``."""
    found: dict[str, list[Quantity]] = {}
    quantities = [q for q in facts_in(sentence).quantities if q.role == "amount"]
    quantities = [q for q in quantities if q.start or not sentence[q.end :].startswith((".", ")"))]
    for at, q in enumerate(quantities):
        if q.unit:
            found.setdefault(q.unit, []).append(q)
        elif q.number > 2 or not q.spelled:
            found.setdefault(_BARE, []).append(q)
            until = quantities[at + 1].start if at + 1 < len(quantities) else len(sentence)
            for matter in _counts(sentence, q, until) & things():
                found.setdefault(f"#{matter}", []).append(q)
    return found


def _counts(sentence: str, number: Quantity, until: int) -> frozenset[str]:
    """What a number counts: the words after it; in Japanese, where the thing mostly comes first, those before it."""
    if script(sentence) != "japanese":
        return matters(sentence[number.end : min(until, number.end + _NEAR)])
    before = matters(sentence[max(0, number.start - _NEAR_JAPANESE) : number.start])
    return before or matters(sentence[number.end : min(until, number.end + _NEAR_JAPANESE)].partition("、")[0])


def counted_after(text: str, end: int, language: Language) -> list[str]:
    """The first words after a number that ends at ``end``: what it counts stands among them."""
    return list(content_words(text[end : end + _BESIDE], language)[:2])


def _may_be(one: Quantity, other: Quantity, ours: Mapping[Claim, str], theirs: Mapping[Claim, str]) -> bool:
    """Whether both can be true: they are equal, or one is a limit that the other keeps."""
    if one.value == other.value:
        return True
    for limit, kept, claimed, free in ((one, other, ours, theirs), (other, one, theirs, ours)):
        if "at_most" in claimed and "at_most" not in free and kept.value <= limit.value:
            return True
        if "at_least" in claimed and "at_least" not in free and kept.value >= limit.value:
            return True
    return False


def _part(one: Quantity, other: Quantity, shares: Sequence[Fraction]) -> bool:
    """Whether one amount is a share of the other that one of the sentences tells: 4.96 crore are 40 per cent of 12.40."""
    return any(
        abs(whole.value * share - part.value) * 200 <= part.value for whole, part in ((one, other), (other, one)) for share in shares
    )


def _names(one: str, other: str, language: Language) -> Iterator[Difference]:
    """Two adjacent words, one of them the same and the other nearly: a name in two spellings."""
    ours, theirs = _pairs(one), _pairs(other)
    known = {word.casefold() for pair in theirs for word in pair}
    for first, last in ours:
        for other_first, other_last in theirs:
            for same, also, said, against in ((first, other_first, last, other_last), (last, other_last, first, other_first)):
                if same == also and said.casefold() not in known and _respelled(said, against) and not _one_stem(said, against, language):
                    yield Difference("name", said, against)
                    return


def _one_stem(one: str, other: str, language: Language) -> bool:
    return not set(analyse(one, language).words).isdisjoint(analyse(other, language).words)


@lru_cache(maxsize=4096)
def _pairs(text: str) -> list[tuple[str, str]]:
    found = list(_WORD.finditer(text))
    pairs = [(a[0], b[0]) for a, b in pairwise(found) if text[a.end() : b.start()] == " "]
    return [(a, b) for a, b in pairs if all(w[:1].isupper() or not w.isascii() for w in (a, b)) and min(len(a), len(b)) > 2]


def _respelled(one: str, other: str) -> bool:
    if one == other or min(len(one), len(other)) < _LONG or one.startswith(other) or other.startswith(one):
        return False
    return Levenshtein.normalized_similarity(one, other) >= _SPELLED_ALIKE


def _scope(one: str, other: str) -> Iterator[Difference]:
    for settled, plan, turned in ((one, unsettled(other), False), (other, unsettled(one), True)):
        done = claims(settled).get("done")
        if done and plan and not unsettled(settled) and "planned" not in claims(settled):
            yield Difference("scope", plan, done) if turned else Difference("scope", done, plan)
            return
