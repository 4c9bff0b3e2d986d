"""Where the sources of an answer disagree, and which of them weighs more.

Two sentences of different documents disagree when they speak of the same matter and differ in a fact of one kind. Whether they speak of
the same matter is told by the cosine of the two sentences without their facts and by how near each is to the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import regex

from ingest.records import AUTHORITY, Kind
from kb.answer.document_selection.document_mentions import sharing_names
from kb.answer.query_understanding.answer_types import AnswerType, asked_for, common, events, matters
from kb.answer.scoring.candidates import Candidate, sentences_of
from kb.answer.scoring.sentence_ranking import cite
from kb.answer.value_differences import Difference, agree, bare, counted_after, differences
from kb.ports import FloatVector, Ports
from kb.records import Citation, Conflict, Filters, Hit, Statement, Weight
from lang.languages import Language
from lang.words.search_tokens import content_words, script
from prompts.phrases import phrase

SUBJECTS = 3
"""Statements whose facts are compared."""
MOST = 12
"""Sentences that are compared with one statement: each costs an embedding."""
LIKE, LIKE_ACROSS, LIKE_DATED = 0.84, 0.815, 0.79
"""Cosine from which two sentences that share the question's matter speak of the same: in one script, in two, and in two of a date."""
ACROSS = 0.03
TWO_AGREEMENTS = 0.93
"""The same for two agreements which mostly speak of different things; less by `ACROSS` in two scripts."""
OPEN = 0.03
"""How much more it takes where the question does not say what kind of fact it asks for."""
WORDS = 0.4
"""Share of common words that two sentences of one language have at least."""
BESIDE = 0.06
"""How much less near to the question than the first of the statements another may be, for its facts to be compared."""
MUCH = 0.9
"""The same where the question asks for no such fact, or where one is a best-practice report, which tells of its own city."""
SAME, SAME_ACROSS, SAME_WORDS = 0.88, 0.88, 0.5
"""Cosine (in one script, in two) and share of common words from which two sentences speak of the same without a matter that is known."""
FARTHER, FARTHER_ACROSS, CLOSER = 0.08, 0.15, 0.06
"""By how much less near to the question the other sentence may be, in the same script and in another; and by how much nearer."""


AROUND, NEAREST = 30, 3
"""Passages that are found for the title of a paper, and how many papers that they are of may be on the same matter."""

_REST = regex.compile(r"\b(?:remaining|rest of|other)\b|उर्वरित|शेष|बाकी|残り", regex.I)
"""A number of what is left agrees with any number of the whole."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement's citation and a sentence of another document that differs from it, with what is known before anything is embedded."""

    citation: Citation
    candidate: Candidate
    difference: Difference
    words: float
    named: bool
    across: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """What a pair needs to speak of one matter: a cosine without the facts, and how much farther from the question the other may be."""

    alike: float
    farther: float


def conflicts_of(
    question: str, language: Language, query: FloatVector, statements: Sequence[Statement], hits: Sequence[Hit], ports: Ports
) -> tuple[Conflict, ...]:
    """The conflicts between the first statements and the sentences of the hits, one for each kind of fact and other document.

    Where neither of two papers is signed, but a signed one bears out one of them, the signed one speaks in its place.
    """
    asked = asked_for(question)
    core = _core(question, statements)
    found: dict[tuple[str, frozenset[int]], Conflict] = {}
    candidates = sentences_of(hits)
    signed = [c for c in candidates if c.hit.kind == "agreement" and core and core <= matters(c.text)]
    together = _Together(ports)
    pairs = _same_matter(asked, core, query, statements, together.comparable(candidates, statements, signed), ports)
    for pair, _ in sorted(pairs, key=lambda found: -found[1]):
        other = _quoted(pair.candidate, ports)
        if other is None:
            continue
        conflict = _conflict(pair.citation, other, pair.difference, language)
        if conflict.weight != "signed":
            conflict = next(_borne_out(conflict, signed, language, ports), conflict)
        found.setdefault((conflict.what, frozenset({conflict.one.document_id, conflict.other.document_id})), conflict)
    return tuple(_each_once([one for one in found.values() if together.of_one_thing(one)]))


class _Together:
    """Which papers may be of one agreement or event; what it knows of all papers is read once."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._versions = ports.parallels()
        self._share = sharing_names(ports.papers(), ports.known_by())

    def of_one_thing(self, conflict: Conflict) -> bool:
        """Whether both papers are of one agreement or event.

        Two agreements are not, unless one took the place of the other; of others, strangers share no name. Two papers of an office
        (minutes and a plan) may each be right on its own matter: what is contradicted is a signed text, or another newspaper.
        """
        one, other = conflict.one, conflict.other
        if conflict.weight == "superseded" or one.document_id == other.document_id:
            return True
        if not self._may_be((one.document_id, one.kind), (other.document_id, other.kind)):
            return False
        return one.kind == other.kind == "agreement" or self._is_near(one, other) or self._is_near(other, one)

    def comparable(self, candidates: Sequence[Candidate], statements: Sequence[Statement], signed: Sequence[Candidate]) -> list[Candidate]:
        """The sentences of papers that may contradict one that is cited, or a signed one; those of others need not be compared.

        A paper that took the place of another is of its kind and shares a name with it.
        """
        against = {c.document_id: c.kind for s in statements[:SUBJECTS] for c in s.citations[:1]}
        against |= {c.hit.document_id: c.hit.kind for c in signed}

        @cache
        def may_contradict(document: int, kind: Kind) -> bool:
            papers = [one for one in against.items() if one[0] != document]
            if any(self._may_be((document, kind), one) for one in papers):
                return True
            alike = [at for at, other in papers if other == kind and self._share(at, document)]
            return bool(alike) and any(self._ports.replaced(at) is not None for at in (*alike, document))

        return [c for c in candidates if may_contradict(c.hit.document_id, c.hit.kind)]

    def _may_be(self, one: tuple[int, Kind], other: tuple[int, Kind]) -> bool:
        """Whether two papers may be of one thing, by their kinds and names."""
        kinds = one[1], other[1]
        if kinds == ("agreement", "agreement"):
            return any({one[0], other[0]} <= text for text in self._versions)
        return ("agreement" in kinds or kinds == ("news", "news")) and self._share(one[0], other[0])

    def _is_near(self, paper: Citation, other: Citation) -> bool:
        """Whether the other paper is among the first that a search for the title of a paper finds, itself and its versions aside."""
        own = next((text for text in self._versions if paper.document_id in text), frozenset((paper.document_id,)))
        hits = self._ports.search(paper.document, AROUND, Filters()).hits
        found = list(dict.fromkeys(hit.document_id for hit in hits if hit.document_id not in own))
        return other.document_id in found[:NEAREST]


def _same_matter(
    asked: AnswerType | None,
    core: frozenset[str],
    query: FloatVector,
    statements: Sequence[Statement],
    candidates: Sequence[Candidate],
    ports: Ports,
) -> Iterator[tuple[Pair, float]]:
    """The pairs that differ and speak of one matter, with their cosine.

    Only what can still pass is embedded: most sentences fall by their words, most of the others by their cosine without the facts.
    """
    first = statements[:SUBJECTS]
    barred = [(at, *found) for at, s in enumerate(first) for found in _barred(s, core, candidates, asked)]
    if not barred:
        return
    texts = [bare(text) for _, pair, _ in barred for text in (pair.citation.quote, pair.candidate.text)]
    vectors = ports.embedder.passages(texts)
    cosines = np.einsum("ij,ij->i", vectors[::2], vectors[1::2])
    alike = [(*found, float(cosine)) for found, cosine in zip(barred, cosines, strict=True) if cosine >= found[2].alike]
    if not alike:
        return
    said = [text for _, pair, _, _ in alike for text in (pair.citation.quote, pair.candidate.text)]
    near = ports.embedder.passages([*(s.text for s in first), *said]) @ query
    least, gains = max(near[: len(first)]) - BESIDE, near[len(first) + 1 :: 2] - near[len(first) :: 2]
    for (at, pair, bar, cosine), nearer in zip(alike, gains, strict=True):
        if near[at] >= least and -bar.farther <= nearer <= CLOSER:
            yield pair, cosine


def _barred(
    statement: Statement, core: frozenset[str], candidates: Sequence[Candidate], asked: AnswerType | None
) -> Iterator[tuple[Pair, Bar]]:
    """The pairs of a statement that its words leave possible, and what each needs."""
    ours = next(iter(statement.citations), None)
    if ours is None or not _speaks_of(core, ours.quote, ours.document, ours.path):
        return
    cited = {x.document_id for x in statement.citations}
    sentences = [c for c in candidates if not c.fragment and c.hit.document_id not in cited and not _REST.search(c.text)]
    for c, difference, named in _different(ours, core, sentences, asked):
        pair = Pair(ours, c, difference, _shared(ours, c), named, script(c.text) != script(ours.quote))
        bar = _bar(pair, asked)
        if bar is not None:
            yield pair, bar


def _different(
    ours: Citation, core: frozenset[str], sentences: Sequence[Candidate], asked: AnswerType | None
) -> list[tuple[Candidate, Difference, bool]]:
    """The sentences that differ from ours; those that speak of the question's matters, which is said, come first."""
    found = [
        (c, d, bool(core) and _speaks_of(core, c.text, c.hit.document, c.hit.path))
        for c in sentences
        for d in differences(ours.quote, c.text, ours.language, c.hit.language, asked)
        if (d.what != "date" or not _another_event(core | matters(ours.quote), c.text))
        and (d.what != "number" or _counts_the_same(ours, c, d))
    ]
    return sorted(found, key=lambda one: not one[2])[:MOST]


def _counts_the_same(ours: Citation, other: Candidate, difference: Difference) -> bool:
    """Whether two numbers may count the same: in one language, one is followed by the word that the other counts."""
    if ours.language != other.hit.language:
        return True
    told = ((ours.quote, difference.said), (other.text, difference.against))
    words = [counted_after(text, text.find(said) + len(said), ours.language) for text, said in told if said in text]
    return len(words) < len(told) or not all(words) or words[0][0] in words[1] or words[1][0] in words[0]


def _another_event(ours: frozenset[str], other: str) -> bool:
    """Whether the other sentence tells the day of something that neither the question nor our sentence speaks of."""
    theirs = matters(other) & events()
    return bool(theirs) and theirs.isdisjoint(ours)


def _speaks_of(core: frozenset[str], sentence: str, title: str, path: Sequence[str]) -> bool:
    """Whether a sentence speaks of all these matters, some of them perhaps in its heading or title only."""
    said = matters(sentence)
    return core <= said or (bool(core & said) and core <= said | matters(" ".join((title, *path))))


def _core(question: str, statements: Sequence[Statement]) -> frozenset[str]:
    """The matters that the question names and the answer speaks of."""
    told = [matters(statement.text) for statement in statements[:SUBJECTS]]
    return (matters(question) & frozenset().union(*told)) - common()


def _bar(pair: Pair, asked: AnswerType | None) -> Bar | None:
    """What the pair needs; None where its words already say that the two speak of different matters."""
    if not pair.named:
        if pair.across:
            return Bar(SAME_ACROSS, FARTHER)
        return Bar(SAME, FARTHER) if pair.words >= SAME_WORDS else None
    if pair.citation.language == pair.candidate.hit.language and pair.words < WORDS:
        return None
    what = pair.difference.what
    wanted = asked == "date" if what == "date" else asked == "number" if what in ("amount", "number") else True
    least = LIKE if not pair.across else LIKE_DATED if what == "date" else LIKE_ACROSS
    if asked is None and what != "scope":
        least, wanted = least + OPEN, True
    kinds = (pair.citation.kind, pair.candidate.hit.kind)
    if "best_practice" in kinds or not wanted:
        least = MUCH
    if kinds == ("agreement", "agreement"):
        least = max(least, TWO_AGREEMENTS - ACROSS * pair.across)
    return Bar(least, FARTHER_ACROSS if pair.across else FARTHER)


def _borne_out(conflict: Conflict, signed: Sequence[Candidate], language: Language, ports: Ports) -> Iterator[Conflict]:
    """The conflict with a signed sentence in place of the side that says the same as it."""
    for mine, yours in ((conflict.one, conflict.other), (conflict.other, conflict.one)):
        for candidate in signed:
            apart = [
                d
                for d in differences(candidate.text, yours.quote, candidate.hit.language, yours.language, None)
                if d.what == conflict.what and candidate.hit.document_id not in (mine.document_id, yours.document_id)
            ]
            found = _quoted(candidate, ports) if apart and agree(candidate.text, mine.quote, conflict.what) else None
            made = _conflict(found, yours, apart[0], language) if found is not None else None
            if made is not None and made.weight == "signed":
                yield made


def _each_once(conflicts: Iterable[Conflict]) -> Iterator[Conflict]:
    """Those a reader must know: of several with one paper, that with the signed text; of language versions, the likeliest."""
    told: set[tuple[str, int]] = set()
    signed = {(c.what, c.other.document_id) for c in conflicts if c.weight == "signed"}
    for conflict in conflicts:
        papers = {(conflict.what, conflict.other.document_id), (conflict.what, conflict.one.document_id)}
        if conflict.weight != "signed" and papers & signed:
            continue
        if (conflict.what, conflict.other.document_id) not in told:
            told.add((conflict.what, conflict.other.document_id))
            yield conflict


def _quoted(candidate: Candidate, ports: Ports) -> Citation | None:
    """The citation of a sentence, None where it is no longer there."""
    found = cite(candidate, {(candidate.hit.document_id, candidate.start)}, ports)
    return found if found is not None and found.status == "verified" else None


def _shared(one: Citation, other: Candidate) -> float:
    """Share of the shorter sentence's words that the other has, where both are in one script."""
    if script(one.quote) != script(other.text):
        return float("nan")
    ours, theirs = (set(content_words(bare(t), other.hit.language)) for t in (one.quote, other.text))
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


def _conflict(one: Citation, other: Citation, difference: Difference, language: Language) -> Conflict:
    """The two in order of their weight, and the note."""
    said, against = difference.said, difference.against
    weight: Weight = "open"
    turned = False
    if (one.kind == "agreement") != (other.kind == "agreement"):
        weight = "signed"
        turned = other.kind == "agreement"
    elif AUTHORITY[one.kind] == AUTHORITY[other.kind] and one.date and other.date and one.date != other.date:
        weight = "newer"
        turned = other.date > one.date
    replaced = [c.superseded_by is not None and c.superseded_by.relation == "supersedes" for c in (one, other)]
    if replaced[0] != replaced[1]:
        weight, turned = "superseded", replaced[0]
    if turned:
        one, other, said, against = other, one, against, said
    what = phrase(f"conflict.what.{difference.what}", language)
    note = phrase(f"conflict.{weight}", language, what=what, one=one.document, said=said, other=other.document, against=against)
    return Conflict(difference.what, one, other, said, against, weight, note)


def by_weight(statements: Sequence[Statement], conflicts: Sequence[Conflict]) -> list[Statement]:
    """The statements in their order, but what outweighs another comes before it: the signed text before the newspaper that differs."""
    ordered = list(statements)
    for conflict in conflicts:
        if conflict.weight == "open":
            continue
        heavy = next((i for i, s in enumerate(ordered) if _cites(s, conflict.one)), None)
        light = next((i for i, s in enumerate(ordered) if _cites(s, conflict.other)), None)
        if heavy is not None and light is not None and light < heavy and ordered[light].side == ordered[heavy].side:
            ordered.insert(light, ordered.pop(heavy))
    return ordered


def _cites(statement: Statement, citation: Citation) -> bool:
    return any(c.document_id == citation.document_id and c.start <= citation.start < c.end for c in statement.citations)


__all__ = ["by_weight", "conflicts_of"]
