"""Points that cover as many clauses of a paper as they have room for, in its order: what orders, limits, dates, counts or decides first.

The sentences are put into so many points, each with room for so many characters, so that they are worth most in all: a knapsack in
order, by dynamic programming. The first sentence of a clause counts whole, each other one of it less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from kb.answer.scoring.candidates import refers_back
from kb.answer.scoring.lexical import standardise
from kb.answer.skills.definitions.terms import defines
from kb.answer.skills.summaries.clauses import Clause
from kb.answer.skills.summaries.covering import figures
from kb.answer.skills.summaries.telling import Sentence
from kb.card.deadlines import deadlines_in
from kb.ports import FloatVector, SentenceEmbedder
from lang.modality import claims

LENGTH, FIGURES, DUTY, DUE, WEIGHTY, FIRST, OPENS = 1.0, 0.5, 0.5, 0.5, 0.5, 0.7, 1.0
"""What a full length is worth, each of at most `MOST_FIGURES` figures, a duty or limit, a day by which, a standard deviation of meaning
such rather than a trifle, the first sentence of a clause, and the first with a figure before the clauses: why the paper was written.

Round numbers, not fitted."""
MOST_FIGURES = 2.0
BACK = 1.0
"""What is taken off where a sentence begins with a word that points back."""
AGAIN, AGAIN_ITEM = 0.4, 0.7
"""What a further sentence of a clause counts for, and a further short one with a figure: a condition, a rate."""
ITEM = 0.3
"""Part of the room of a point below which a sentence is short."""
APART = 0.5
"""What a sentence counts for that stands between clauses or after them, or only says what a word means, or is a trifle."""
TRIFLE = -1.0
"""Standard deviations of meaning from which a sentence is a trifle: whom to ask."""
JOINED = 1.1
"""How much longer a point may be that has several sentences."""
ONE_MORE, ACROSS = 0.3, 0.2
"""What a further point is worth, and what is taken off where one joins clauses."""
LEAST = 0.5
"""What a sentence is worth at least that is joined to others: a point is not filled for its own sake."""
STEP = 10
"""Characters in which the room of a point is reckoned."""
JOIN = 3
"""Characters between two quotes of a point."""
_DUTIES = frozenset({"must", "at_least", "at_most", "only"})
_WEIGHTY = (
    "What must be done, who must do it; orders, rules and duties.",
    "What is forbidden, the limits, exceptions and penalties.",
    "By when: the deadline, the date from which it applies.",
    "Amounts of money, costs, budgets and who pays.",
    "What was decided, granted or approved.",
    "To whom it applies, who is eligible, on what conditions.",
)
_TRIFLES = (
    "Whom to ask: the contact, telephone, extension and office hours.",
    "Definition: what a word means in this paper.",
    "In the name of and by order of the government; signed; copy to.",
    "Earlier orders and letters that are referred to or withdrawn.",
    "This order is published on the website under a number.",
)
_State: TypeAlias = tuple[int, int, bool]
"""How many points there are, how much of the last is full, and whether it holds a sentence of the present clause."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A point: sentences in order, each with its clause."""

    parts: tuple[tuple[Clause, Sentence], ...]


def pack(clauses: Sequence[Clause], most: int, room: int, embedder: SentenceEmbedder) -> list[Packed]:
    """At most so many points of so many characters each, in the order of the paper.

    Args:
        clauses: of the paper, in order.
        most: how many points.
        room: characters of a point.
        embedder: with which orders are told from trifles.
    """
    held = [(clause, sentence) for clause in clauses for sentence in clause.sentences if len(sentence.text) <= room]
    if not held or most < 1:
        return []
    chosen = _packed(held, worths(clauses, [s for _, s in held], room, embedder), most, room)
    return [Packed(tuple(held[at] for at in point)) for point in chosen]


def worths(clauses: Sequence[Clause], sentences: Sequence[Sentence], most: int, embedder: SentenceEmbedder) -> FloatVector:
    """What each sentence is worth by itself; none is worth less than nothing. ``most`` characters are a full length."""
    vectors = embedder.passages([s.text for s in sentences])
    weighty, trifles = (np.stack([embedder.query(one) for one in meant]) for meant in (_WEIGHTY, _TRIFLES))
    meant = standardise((vectors @ weighty.T).max(axis=1) - (vectors @ trifles.T).max(axis=1))
    before = clauses[: next((at for at, clause in enumerate(clauses) if clause.numbered), 0) + 1]
    why = next((s for clause in before for s in clause.sentences if figures(s.text)), None)
    firsts = [clause.sentences[0] for clause in clauses if clause.numbered]
    apart = [s for clause in clauses[len(before) - 1 :] if not clause.numbered or defines(clause.label) for s in clause.sentences]
    found = []
    for sentence, more in zip(sentences, meant.tolist(), strict=True):
        worth = LENGTH * min(len(sentence.text) / most, 1.0) + WEIGHTY * more + FIRST * (sentence in firsts)
        worth += FIGURES * min(figures(sentence.text), MOST_FIGURES) + DUTY * bool(_DUTIES & claims(sentence.text).keys())
        worth += DUE * any(deadlines_in(sentence.text)) + OPENS * (sentence == why) - BACK * refers_back(sentence.text)
        found.append(max(worth, 0.0) * (APART if sentence in apart or more < TRIFLE else 1.0))
    return np.array(found, dtype=np.float32)


def _packed(held: Sequence[tuple[Clause, Sentence]], worth: FloatVector, most: int, room: int) -> list[list[int]]:
    """The sentences of each point, by their place."""
    best: dict[_State, tuple[float, tuple[tuple[int, bool], ...]]] = {(0, 0, False): (0.0, ())}
    for at, (clause, sentence) in enumerate(held):
        new = at > 0 and held[at - 1][0] is not clause
        again = AGAIN_ITEM if len(sentence.text) < ITEM * room and figures(sentence.text) >= 1.0 else AGAIN
        size = -(-(len(sentence.text) + JOIN) // STEP)
        found: dict[_State, tuple[float, tuple[tuple[int, bool], ...]]] = {}
        for (points, full, told), (value, chosen) in best.items():
            within = told and not new
            own = float(worth[at]) * (again if within else 1.0)
            gain = value + own
            options = [((points, full, within), value, chosen)]
            if points < most:
                options.append(((points + 1, size, True), gain + ONE_MORE, (*chosen, (at, True))))
            if points and own >= LEAST and (full + size) * STEP <= room * JOINED + JOIN:
                options.append(((points, full + size, True), gain - ACROSS * (not within), (*chosen, (at, False))))
            for state, total, kept in options:
                if state not in found or found[state][0] < total:
                    found[state] = (total, kept)
        best = found
    _, chosen = max(best.values(), key=lambda one: one[0])
    made: list[list[int]] = []
    for at, opens in chosen:
        if opens:
            made.append([])
        made[-1].append(at)
    return made
