"""Single questions out of a sentence: fill a gap, choose what belongs there, true or false."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from kb.answer.scoring.candidates import refers_back
from kb.records import Check
from kb.verify.fact_check import facts_in
from lang.languages import Language
from lang.values.numerals import DEVANAGARI_DIGITS, FULL_WIDTH_DIGITS, counted
from lang.words.search_tokens import script
from training.cited_lines import Scribe, flat, line_id
from training.material.source_sentences import Sentence
from training.material.standing import frame, points, states
from training.phrases import phrase
from training.quiz.answer_candidates import Roster, Slot, pool, slots, stands_alone, unbound
from training.quiz.distractors import EDITS, Doubts, differ, distractors, follows_from_limit
from training.records import BLANK, Asks, ItemKind, Line, Option, QuizItem

WRONG: Final = 3
"""Wrong options that a choice has where there are so many; two are the least."""
SHORTEST: Final[Mapping[str, int]] = {"japanese": 9, "latin": 24, "devanagari": 20}
LONGEST: Final[Mapping[str, int]] = {"japanese": 150, "latin": 320, "devanagari": 300}
"""Characters of a sentence that is asked about."""
RIVALS: Final = 8
"""Values of the papers that are tried as a wrong option."""
FARTHEST: Final = 5.0
"""How many times as large as the right one a wrong number may be: a larger one nobody takes for it."""
NEAREST: Final = 1.1
"""How many times as large as the other the larger of a right and a made-up number is at least: 502 for 500 tests nothing."""
_CONDITION: Final = regex.compile(
    r"\b(?:if|when|where|unless)\b|(?<![\p{L}\p{M}])(?:तर|यदि|अगर|जब)(?![\p{L}\p{M}])|ल्यास(?![\p{L}\p{M}])|場合|とき|(?:れば|たら|と、)",
    regex.I,
)

_DIGITS: Final[Mapping[Language, dict[int, int]]] = {"mr": DEVANAGARI_DIGITS, "hi": DEVANAGARI_DIGITS, "ja": FULL_WIDTH_DIGITS}
_NOTICED: Final[frozenset[Check]] = frozenset({"number", "date", "clause", "name", "counterpart", "negation", "modality"})


@dataclass(frozen=True, slots=True)
class Bench:
    """What the making of questions needs: the lines, what can be asked for, and what everything retrieved says."""

    scribe: Scribe
    known: Roster
    doubts: Doubts
    values: Mapping[tuple[Asks, Language, str], Mapping[str, Sequence[tuple[Sentence, Slot]]]]

    @classmethod
    def of(cls, scribe: Scribe, known: Roster) -> Bench:
        """The bench of a module's material."""
        evidence = scribe.material.evidence
        values = pool((*evidence, *scribe.material.around), known)
        return cls(scribe, known, Doubts(scribe, known), values)

    def rivals(self, one: Sentence, slot: Slot) -> list[tuple[Sentence, Slot]]:
        """Other values of the kind, those of the same paper first, then the likest in size."""
        found = self.values.get((slot.asks, one.language, slot.shape), {})
        first = [places[0] for key, places in found.items() if key != slot.key and _far(slot, places[0][1]) <= FARTHEST]
        chance = chance_of(one)
        chance.shuffle(first)
        return sorted(first, key=lambda pair: (pair[0].info.id != one.info.id, _far(slot, pair[1])))[:RIVALS]

    def told(self, one: Sentence) -> list[Slot]:
        """What of a sentence can be judged: nothing on which the papers differ."""
        return [slot for slot in unbound(one, slots(one, self.known)) if not self.doubts.contested(one, slot)]

    def asked(self, one: Sentence) -> list[Slot]:
        """What of it is asked for: nothing that its paper or its section, which stand above the question, are called by."""
        shown = f"{one.info.title}\n{one.heading.text}".casefold()
        return [slot for slot in self.told(one) if slot.text.casefold() not in shown]


def fit(one: Sentence) -> bool:
    """Whether a sentence can be asked about with no more beside it than its section and its paper."""
    kind = script(one.text)
    whole = one.whole and one.alone and not one.items and "\n" not in one.text and not refers_back(one.text)
    whole = whole and stands_alone(one.text, one.language) and not points(one.text, one.language)
    whole = whole and not frame(one.text, one.language)
    whole = whole and (states(one.text, one.language) or not one.heading.title)  # what has no verb leans on its section
    return whole and SHORTEST.get(kind, 40) <= len(one.text) <= LONGEST.get(kind, 300) and not one.text.rstrip().endswith(("?", "？"))


def cloze(bench: Bench, one: Sentence) -> QuizItem | None:
    """The first thing that can be asked for with nothing else of the papers fitting the gap."""
    for slot in _by_worth(bench.asked(one)):
        rivals = [pair for pair in bench.rivals(one, slot) if pair[1].text not in one.text and differ(slot, pair[1])][:4]
        if any(bench.doubts.may_be_true(_with(one, slot, wrong.text), one, wrong.text) for _, wrong in rivals):
            continue
        answers = (slot.text, *spellings(slot, one.language))
        return _item("cloze", slot.asks, one, bench, _with(one, slot, BLANK), answers=answers)
    return None


def choice(bench: Bench, one: Sentence) -> QuizItem | None:
    """A gap with values of the same kind to choose from."""
    for slot in _unordered(one, bench.asked(one)):
        wrong = distractors(one, slot, _false_here(one, slot, bench.rivals(one, slot)), bench.doubts, WRONG)
        if len(wrong) < 2:
            continue
        options = [Option(slot.text, True, one.text)]
        options += [Option(w.text, False, _with(one, slot, w.text), (bench.scribe.cite(source),)) for source, w in wrong]
        return _item("choice", slot.asks, one, bench, _with(one, slot, BLANK), options=_mixed(options, one))
    return None


def true(bench: Bench, one: Sentence) -> QuizItem | None:
    """The sentence itself, as a statement to be judged."""
    told = bench.told(one)
    if not told or not states(one.text, one.language):
        return None
    language = bench.scribe.language
    options = (Option(phrase("true", language), True, one.text), Option(phrase("false", language), False, ""))
    return _item("true_false", _by_worth(told)[0].asks, one, bench, one.text, options=options)


def false(bench: Bench, one: Sentence) -> QuizItem | None:
    """The sentence with one fact changed: to another value of the same papers, else to another number."""
    if not states(one.text, one.language):
        return None
    for slot in _unordered(one, bench.asked(one)):
        for source, wrong in distractors(one, slot, _false_here(one, slot, bench.rivals(one, slot)), bench.doubts, 1):
            claim = _with(one, slot, wrong.text)
            return _false(bench, one, slot.asks, claim, slot.text, wrong.text, source)
    if _CONDITION.search(one.text) and len(facts_in(one.text).quantities) > 1:
        return None  # more rain in fewer hours warns as well
    for slot in _by_worth(bench.asked(one)):
        instead = EDITS["number"](one.language)(slot.text, chance_of(one)) if slot.asks in ("number", "date", "amount") else None
        if instead is None or not _plain(slot, instead) or follows_from_limit(one.text, slot, instead, one.language):
            continue
        claim = _with(one, slot, instead)
        if _still_reads(one.text, claim) and _noticed(bench, one, claim, instead):
            return _false(bench, one, slot.asks, claim, slot.text, instead, None)
    return None


def denied(bench: Bench, one: Sentence) -> QuizItem | None:
    """The sentence with its duty or its verb turned round; in other languages than English only at its end, where it reads right."""
    for kind in ("modality",) if one.language == "hi" else ("modality", "negation"):
        changed = EDITS[kind](one.language)(one.text, chance_of(one))
        if changed is None or changed == one.text or not bench.asked(one):
            continue
        said, instead = _difference(one.text, changed)
        at_end = one.language == "en" or _ends_with(one.text, said)
        if said and instead and at_end and "もの" not in instead and _noticed(bench, one, changed, instead):
            return _false(bench, one, "duty", changed, said, instead, None)
    return None


def chance_of(one: Sentence) -> random.Random:
    """Chance that falls the same for the same sentence each time."""
    return random.Random(f"{one.start} {one.text}")


def proof(bench: Bench, one: Sentence) -> Line:
    """The sentence that proves a key."""
    return bench.scribe.quote("quiz", one)


def _item(
    kind: ItemKind, asks: Asks, one: Sentence, bench: Bench, prompt: str, options: tuple[Option, ...] = (), answers: tuple[str, ...] = ()
) -> QuizItem:
    under = "" if one.heading.title else flat(one.heading.named.text)
    made = QuizItem(line_id("quiz", kind, one.info.id, one.start), kind, asks, one.language, prompt, proof(bench, one), options, answers)
    return replace(made, under=under)


def _false(bench: Bench, one: Sentence, asks: Asks, claim: str, said: str, instead: str, source: Sentence | None) -> QuizItem:
    language = bench.scribe.language
    cited = (bench.scribe.cite(source),) if source is not None else ()
    options = (Option(phrase("true", language), False, claim, cited), Option(phrase("false", language), True, one.text))
    return replace(_item("true_false", asks, one, bench, claim, options=options, answers=(said,)), changed=instead)


def _noticed(bench: Bench, one: Sentence, claim: str, instead: str) -> bool:
    """Whether the check finds the change, and nothing retrieved bears it out."""
    verdict = bench.scribe.kb.judge(claim, [bench.scribe.cite(one)])
    found = verdict.status == "unsupported" and any(finding.check in _NOTICED for finding in verdict.findings)
    return found and not bench.doubts.may_be_true(claim, one, instead)


def _plain(slot: Slot, instead: str) -> bool:
    """Whether a made-up value is neither the right one's neighbour nor out of all proportion to it."""
    sizes = [quantity.value for text in (slot.text, instead) for quantity in facts_in(text).quantities[:1]]
    return len(sizes) != len((slot, instead)) or not all(sizes) or NEAREST <= float(max(sizes) / min(sizes)) <= FARTHEST


def _with(one: Sentence, slot: Slot, instead: str) -> str:
    return f"{one.text[: slot.start]}{instead}{one.text[slot.end :]}"


def _by_worth(found: Sequence[Slot]) -> list[Slot]:
    """Dates and amounts first, then names, then mere numbers."""
    order: dict[str, int] = {"date": 0, "amount": 0, "name": 1, "organisation": 1, "place": 1, "number": 2}
    return sorted(found, key=lambda slot: (order.get(slot.asks, 3), slot.start))


def _false_here(one: Sentence, slot: Slot, found: Sequence[tuple[Sentence, Slot]]) -> list[tuple[Sentence, Slot]]:
    """Without the values with which the sentence would follow from itself."""
    return [pair for pair in found if not follows_from_limit(one.text, slot, pair[1].text, one.language)]


def _unordered(one: Sentence, found: Sequence[Slot]) -> list[Slot]:
    """Those in order of worth, without the dates of a sentence with several, of which the others tell what cannot be."""
    dates = len(facts_in(one.text).dates)
    return [slot for slot in _by_worth(found) if slot.asks != "date" or dates < 2]


def _far(slot: Slot, other: Slot) -> float:
    """How far apart two values are, in size and of one unit; 0 for what has none."""
    sizes = [quantity.value for text in (slot.text, other.text) for quantity in facts_in(text).quantities[:1]]
    if len(sizes) != 2 or not all(sizes):
        return 0.0
    return float(max(sizes) / min(sizes))


def _mixed(options: list[Option], one: Sentence) -> tuple[Option, ...]:
    chance_of(one).shuffle(options)
    return tuple(options)


def spellings(slot: Slot, language: Language) -> Iterator[str]:
    """The same answer written otherwise: in the digits of another script, without separators, a small number in words or in digits."""
    plain = "".join(str(int(c)) if c.isdecimal() else c for c in slot.text)
    found = [plain, regex.sub(r"(?<=\d),(?=\d)", "", plain)]
    if language in _DIGITS:
        found.append(plain.translate(_DIGITS[language]))
    quantities = facts_in(slot.text).quantities if slot.asks in ("number", "amount") else ()
    for quantity in quantities[:1]:
        number = regex.match(r"\d+(?!\d|[.,/]\d)", plain)
        if number is not None:
            found += [word + plain[number.end() :] for word in counted(int(number[0]), language)]
        elif quantity.spelled and quantity.number == int(quantity.number):
            for word in counted(int(quantity.number), language):
                if slot.text.casefold().startswith(word):
                    found.append(f"{int(quantity.number)}{slot.text[len(word) :]}")
    yield from (one for one in dict.fromkeys(found) if one != slot.text)


def _still_reads(text: str, changed: str) -> bool:
    """Whether a changed number left every date a date, and is no year among several, which would not stand in their order."""
    before, after = facts_in(text).dates, facts_in(changed).dates
    if [date.when.precision for date in before] != [date.when.precision for date in after]:
        return False
    return len(before) < 2 or [date.when for date in before] == [date.when for date in after]


def _difference(text: str, changed: str) -> tuple[str, str]:
    """The words of each that the other has not: widened to whole words, so that people can read them."""
    start = 0
    while start < min(len(text), len(changed)) and text[start] == changed[start]:
        start += 1
    end = 0
    while end < min(len(text), len(changed)) - start and text[len(text) - 1 - end] == changed[len(changed) - 1 - end]:
        end += 1
    japanese = script(text) == "japanese"

    def inside(at: str) -> bool:
        return at.isdecimal() or at in ",." if japanese else not at.isspace()

    while start > 0 and inside(text[start - 1]):
        start -= 1
    while end > 0 and inside(text[len(text) - end]):
        end -= 1
    if japanese and not any(c.isdecimal() for c in text[start : len(text) - end]):
        while start > 0 and regex.match(r"\p{Hiragana}", text[start - 1]):
            start -= 1  # a verb is read from its first kana on: します, not す
    return text[start : len(text) - end], changed[start : len(changed) - end]


def _ends_with(text: str, said: str) -> bool:
    """Whether nothing but a mark stands after the words."""
    return not regex.search(r"[\p{L}\p{N}]", text[text.rfind(said) + len(said) :])
