"""What a paper says of an aspect, in a cell: a stored fact, else the telling part of a sentence of that paper, else that it is silent.

Amounts of money are told each with the sentence that says for what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import regex

from kb.answer.document_selection.language_versions import Edition, cite_title, facts_of, name_cell
from kb.answer.presentation.rendering import gloss, said_fact, said_quantity
from kb.answer.quotation.citation_builder import Evidence
from kb.answer.skills.tables.answering_sentences import PART, Told, fitting, sentences_in, told_by, unnumbered
from kb.answer.skills.tables.table_columns import Aspect
from kb.ports import Ports
from kb.records import Cell, DocumentInfo, FactView
from kb.verify.fact_check import facts_in
from lang.languages import LANGUAGES, Language
from lang.normalise import search_form
from lang.sentences import sentence_spans
from lang.values.quantities import CURRENCIES, Quantity
from prompts.phrases import phrase

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


Value: TypeAlias = tuple[str, str]
"""A unit or kind and what is counted in it, in one notation for all languages: ``("day", "180")``, ``("date", "2025-03-12")``."""
NONE = "none"
"""The value of a fact of which a person said that the paper has none."""
EMBEDDED = 8
"""Sentences of a paper that are compared with what an aspect asks, those with the most cues."""
AMOUNTS = 3
"""Amounts of money that a cell names; of more the largest, in the order of the paper."""
PARTIES = 8
COUNTS = 11
"""Numbers below often count nothing (五つの支川, *the two sides*): they are not said again for a reader of another language."""
_LETTER = regex.compile(r"[\p{L}\p{N}]")
WHOLE = 420
"""Characters of a sentence that is quoted whole for a fact in it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell that says something, and what of it can be compared."""

    cell: Cell
    values: frozenset[Value] = field(default_factory=frozenset)
    said: str = ""
    """The words of the paper that it shows, where it is not a fact, and the sentence in which they stand."""
    whole: str = ""
    language: Language = "und"


class CellReader:
    """Fills cells for one reader; what is cited is collected in ``evidence``."""

    def __init__(self, ports: Ports, evidence: Evidence, asker: Language, reader: Language, lenient: bool = False) -> None:
        self._ports = ports
        self._evidence = evidence
        self._asker = asker
        self._reader = reader
        self._lenient = lenient

    def fill(self, edition: Edition, aspect: Aspect, others: Sequence[DocumentInfo] = ()) -> Filled | None:
        """What a text says of an aspect; None where it says nothing of it."""
        shown = edition.shown(self._reader)
        match aspect.key:
            case "title" | "subject":
                return Filled(name_cell(edition, self._reader, self._evidence, self._ports, others))
            case "pages":
                return Filled(Cell(str(shown.pages), cite_title(shown, self._evidence)), frozenset({("pages", str(shown.pages))}))
            case "kind":
                return Filled(Cell(phrase(f"kind.{shown.kind}", self._reader), cite_title(shown, self._evidence)))
            case "languages":
                return self._languages(edition)
            case "amount" | "cost_of":
                return next((found for paper in edition.readable(self._reader) if (found := self._amounts(paper, aspect.key))), None)
            case _:
                return self.stored(edition, aspect) or self._told(edition, aspect)

    def _languages(self, edition: Edition) -> Filled:
        papers = [paper for paper in edition.papers if paper.language in LANGUAGES]
        named = ", ".join(dict.fromkeys(phrase(f"language.{paper.language}", self._reader) for paper in papers))
        cited = [at for paper in papers for at in cite_title(paper, self._evidence)]
        return Filled(Cell(named or phrase("language.und", self._reader), tuple(cited)))

    def stored(self, edition: Edition, aspect: Aspect) -> Filled | None:
        """The first of the aspect's facts that a version of the text has, corrected ones first, then in the reader's language."""
        for name in aspect.facts:
            known = [(p, [f for f in facts_of(p, self._ports) if f.field == name]) for p in edition.readable(self._reader)]
            known = sorted(((p, found) for p, found in known if found), key=lambda one: one[1][0].origin != "person")
            if known:
                paper, found = known[0]
                return self._fact_cell(paper, name, found)
        return None

    def _fact_cell(self, paper: DocumentInfo, name: str, found: Sequence[FactView]) -> Filled | None:
        corrected = found[0].origin == "person"
        by_person = phrase("table.corrected", self._reader)
        if found[0].value == NONE:
            return Filled(Cell(f"{phrase('table.none', self._reader)} {by_person}", cite_title(paper, self._evidence)))
        each = [one.value for one in found]
        if corrected and name in ("parties", "signatories"):  # a person's list is one value
            each = [value for one in each for value in one.split("; ")]
        text = "; ".join(self._worded(name, value) for value in each[:PARTIES]) + (" …" if len(each) > PARTIES else "")
        cited = [at for one in found[:PARTIES] for at in self._cite_fact(paper, one)] or list(cite_title(paper, self._evidence))
        if name in ("notice", "renewal") and not corrected and (said := self._said(paper, found[0])):
            text += f" – {said}"
        if corrected:
            text += f" {by_person}"
        return Filled(Cell(text, tuple(dict.fromkeys(cited))), _typed(name, each))

    def _worded(self, name: str, value: str) -> str:
        """A fact's value in the reader's language, as far as it needs no translation."""
        head, _, rest = value.partition(", for ")
        match name:
            case "signed" | "date" | "published":
                return said_fact(value, self._reader)
            case "in_force":
                event = regex.fullmatch(r"on (signature|publication)(?: \((.+)\))?", value)
                if event is None:
                    return said_fact(value, self._reader)
                said = phrase(f"table.on_{event[1]}", self._reader)
                return f"{said} ({said_fact(event[2], self._reader)})" if event[2] else said
            case "term":
                return said_fact(value, self._reader)
            case "notice":
                if value == "in writing, no period stated":
                    return phrase("table.in_writing", self._reader)
                return phrase("table.notice", self._reader, period=said_fact(value, self._reader))
            case "renewal":
                said = phrase("table.renewed_automatically" if head == "automatic" else "table.renewed_by_agreement", self._reader)
                return f"{said} ({said_fact(rest, self._reader)})" if rest else said
            case "signatories":
                person, _, office = value.partition(" | ")
                office = office.partition(" | ")[0]
                return f"{person} ({office})" if office else person
            case _:
                return value

    def _said(self, paper: DocumentInfo, fact: FactView) -> str:
        """The words in which a fact stands, as much as fits a cell."""
        span = self._sentence(paper, fact)
        if span is None or fact.start is None or fact.end is None:
            return ""
        text = self._evidence.text(paper)[span[0] : span[1]]
        start, end = fitting(text, PART, (fact.start - span[0], fact.end - span[0]))
        return _one_line(text, start, end)

    def _sentence(self, paper: DocumentInfo, fact: FactView) -> tuple[int, int] | None:
        """The sentence that holds a fact."""
        if fact.start is None or fact.end is None or fact.origin != "text":
            return None
        text = self._evidence.text(paper)
        block = next((b for b in self._evidence.outline(paper) if b.start <= fact.start < b.end), None)
        if block is None:
            return fact.start, fact.end
        for start, end in sentence_spans(text[block.start : block.end], paper.language):
            if block.start + start <= fact.start < block.start + end and end - start <= WHOLE:
                return block.start + start, max(block.start + end, fact.end)
        return fact.start, fact.end

    def _cite_fact(self, paper: DocumentInfo, fact: FactView) -> tuple[int, ...]:
        span = self._sentence(paper, fact)
        if span is None or fact.start is None or fact.end is None:
            return ()
        return self._evidence.cite(paper, *span, marks=((fact.start - span[0], fact.end - span[0]),))

    def _told(self, edition: Edition, aspect: Aspect) -> Filled | None:
        for paper in edition.readable(self._reader):
            told = self._by_cues(paper, aspect) if aspect.cues is not None else self._free(paper, aspect)
            if told is not None:
                return self._told_cell(told)
        return None

    def _free(self, paper: DocumentInfo, aspect: Aspect) -> Told | None:
        return told_by(aspect.asked, self._asker, paper, self._ports, self._lenient, aspect.context) if aspect.asked else None

    def _by_cues(self, paper: DocumentInfo, aspect: Aspect) -> Told | None:
        """The sentence that holds a cue of the aspect and is nearest to what it asks, in the paper's own language."""
        if aspect.cues is None or aspect.asks is None:
            return None
        text = self._evidence.text(paper)
        found = [
            (len(set(aspect.cues.findall(search_form(text[start:end]).text))), start, end)
            for start, end in sentences_in(text, self._evidence.outline(paper))
            if aspect.cues.search(search_form(text[start:end]).text)
        ]
        if aspect.value == "date":
            found = [one for one in found if facts_in(text[one[1] : one[2]]).dates]
        found = sorted(found, key=lambda one: -one[0])[:EMBEDDED]
        if not found:
            return None
        language: Language = paper.language if paper.language in aspect.asks else "en"
        query = self._ports.embedder.query(aspect.asks[language])
        near = self._ports.embedder.passages([text[start:end] for _, start, end in found]) @ query
        at = int(near.argmax())
        _, start, end = found[at]
        cue = aspect.cues.search(search_form(text[start:end]).text)
        fact = search_form(text[start:end]).span(cue.start(), cue.end()) if cue else None
        first, last = fitting(text[start:end], PART, fact)
        return Told(paper, start + first, start + last, (start, end))

    def _told_cell(self, told: Told) -> Filled:
        text = self._evidence.text(told.paper)
        shown = _one_line(text, told.start, told.end)
        before = "…" if _LETTER.search(unnumbered(text[told.sentence[0] : told.start])) else ""
        after = "…" if _LETTER.search(text[told.end : told.sentence[1]]) else ""
        forms = gloss(text[told.start : told.end], self._reader, COUNTS) if told.paper.language != self._reader else ()
        shown = before + shown + after + (f" (= {'; '.join(forms)})" if forms else "")
        # A number that nobody asked for is no reason to tell two papers apart; one with a unit may be.
        united = frozenset(value for value in typed_in(text[told.start : told.end]) if value[0])
        cited = self._evidence.cite(told.paper, told.start, told.end)
        said = _one_line(text, told.start, told.end)
        whole = _one_line(text, *told.sentence)
        return Filled(Cell(shown, cited), typed_in(told.fact) if told.fact else united, said, whole, told.paper.language)

    def amounts(self, paper: DocumentInfo, most: int) -> list[tuple[Cell, Cell]]:
        """The amounts of a paper and what each is for."""
        found = amounts_in(paper, self._evidence, most)
        return [(Cell(a.worded(self._reader), a.cite(self._evidence)), Cell(a.use(PART), a.cite(self._evidence))) for a in found]

    def _amounts(self, paper: DocumentInfo, key: str) -> Filled | None:
        found = amounts_in(paper, self._evidence, AMOUNTS)
        if not found:
            return None
        room = 2 * PART // (len(found) + 1)
        parts = [one.worded(self._reader) if key == "amount" else one.use(room) for one in found]
        cited = [at for one in found for at in one.cite(self._evidence)]
        values = frozenset((one.quantity.unit, str(one.quantity.value)) for one in found)
        return Filled(Cell("; ".join(dict.fromkeys(parts)), tuple(dict.fromkeys(cited))), values)


def typed_in(text: str) -> frozenset[Value]:
    """The dates and numbers of a text in one notation."""
    facts = facts_in(text)
    found = {("date", str(d.when)) for d in facts.dates if d.when.precision in ("day", "month_day")}
    found |= {(q.unit, str(q.value)) for q in facts.quantities if q.role == "amount" and not (q.spelled and q.number <= 1 and not q.unit)}
    return frozenset(found)


def _typed(name: str, values: Sequence[str]) -> frozenset[Value]:
    """What facts say in the notation of `typed_in`; names are compared as nobody can tell whether two are one."""
    if name in ("signed", "date", "published", "in_force"):
        return frozenset(("date", match[0]) for value in values if (match := regex.search(r"\d{4}-\d\d-\d\d", value)))
    if name in ("term", "notice", "renewal"):
        return frozenset(value for one in values for value in typed_in(one))
    return frozenset()


def _one_line(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())
