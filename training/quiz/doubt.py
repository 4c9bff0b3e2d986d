"""Whether what a wrong answer says could be right after all: it is held against everything that was retrieved, in every language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from kb.answer.spans.matters import common, matters
from kb.represent.embed import FloatMatrix
from kb.verify.facts import check_facts, facts_in
from lang.codes import Language
from lang.lexical.names import name_keys
from training.papers import Sentence
from training.quiz.slots import Roster, Slot, slots
from training.sources import Scribe

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
        practices = [each.info.kind in ("best_practice", "report") for each in (one, other)]
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
