"""Papers side by side: a row for each matter, a column for each paper, and above it whether what can be counted is the same.

What one paper says to a question are the stretches that looking it up in this paper alone finds, for a reader who names the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import combinations
from math import inf

import regex

from ingest.records import KINDS
from kb.answer.document_selection.document_filters import matter_left
from kb.answer.document_selection.document_mentions import sharing_names
from kb.answer.document_selection.language_versions import Edition, editions, held, name_of
from kb.answer.presentation.rendering import gloss, joined, said_amount, said_fact
from kb.answer.query_understanding.answer_types import asked_for
from kb.answer.query_understanding.intent import asking_words, checks, question_parts
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.quotation.quote_selection import Stretch, rank_stretches, read_first
from kb.answer.scoring.candidates import Budget
from kb.answer.scoring.refusals import margin
from kb.answer.scoring.sentence_ranking import rank_sentences
from kb.answer.skills.comparison.document_differences import BESIDE, asks_what_differs, differing, of_each_kind, without_asking
from kb.answer.skills.lookup import short_of
from kb.answer.skills.tables.answering_sentences import unnumbered
from kb.answer.skills.tables.cell_values import COUNTS, CellReader, Filled, Value, typed_in
from kb.answer.skills.tables.inventory import earlier_papers
from kb.answer.skills.tables.table_columns import Aspect, aspects, compared, named_in, without_aspects
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Filters, Refusal
from kb.search.follow_up import content
from lang.languages import Language
from lang.normalise import search_form
from lang.sentences import sentence_spans
from lang.words.names import name_keys
from lang.words.search_tokens import content_words
from prompts.phrases import phrase

FETCHED_IN_ONE = 30
OF_MATTER = 0.6
"""The part of the words of a phrase from which it speaks of the matter, and not of the papers."""
LEAST_WORDS = 2
AT_MOST = 16
"""Characters between what asks and the first or last word of the matter."""
_PHRASES = regex.compile(
    r"[,;:?!、，；：？！。।]|\s(?:about|regarding|concerning|on|in terms of|as to)\s"
    r"|\s(?:के बारे में|के मामले में|में|विषयी|मध्ये)\s|(?<=बद्दल|बाबत|यांत)\s|について|に関して|では"
)
"""What parts the phrases of a message: those that name papers from those that say what is to be compared."""
READ = 5
"""Passages of a paper that are read."""
COMPARED = Budget(passages=5, tokens=280, tokens_across=360)
"""Of which passages the sentences say whether the paper speaks of the matter at all; two words of a matter are little to read by."""
AMONG = 60
"""Hits that the margin takes for granted: with one paper there are few, but the others are held out by us, not missing."""
SILENT = -2.5
"""The margin below which a paper says nothing to a question."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one paper says to a question: the best stretches, best first, and how clearly they speak (`kb.answer.scoring.refusals`)."""

    paper: DocumentInfo
    stretches: Sequence[Stretch]
    clear: float


def answered(asked: str, language: Language, edition: Edition, reader: Language, ports: Ports, most: int) -> Side | None:
    """The best stretches of the version that speaks most clearly to it, of those in the reader's language first."""
    found: list[Side] = []
    for paper in edition.readable(reader):
        result = ports.search(asked, FETCHED_IN_ONE, Filters(documents=(paper.id,)))
        hits = [hit for hit in result.hits if hit.document_id == paper.id]
        if not hits:
            continue
        read = read_first(asked, hits, ports, READ)
        stretches = rank_stretches(asked, read, ports, result.terms)[:most]
        if not stretches:
            continue
        query = ports.embedder.query(asked)
        scored, _ = rank_sentences(asked, query, hits, ports, COMPARED, result.terms)
        across = paper.language != language
        clear = margin(asked, language, query, ports.embedder.name, scored, hits, across=across, fetched=AMONG) if scored else -inf
        found.append(Side(paper, stretches, clear))
        if clear >= SILENT:
            break
    return max(found, key=lambda side: side.clear >= SILENT, default=None)


def asking_sentence(message: str, language: Language) -> str:
    """The sentence of a message that asks, where it says on what; else the message."""
    asking = [message[start:end] for start, end in sentence_spans(message, language) if asking_words(message[start:end])]
    return next((one for one in reversed(asking) if len(content(one, language)) >= LEAST_WORDS), message)


def about_the_matter(message: str, matter: str, language: Language) -> str:
    """The phrases of a message, as they were typed, most of whose words are of its ``matter``, from the first to the last of them.

    What asks (*how often*) belongs to it.
    """
    left = set(content(matter, language))
    found = []
    for part in _PHRASES.split(message):
        words = content(part, language)
        held = [word for word in words if word in left]
        if len(words) >= LEAST_WORDS and len(held) >= OF_MATTER * len(words):
            first, last = min(map(part.find, held)), max(part.rfind(word) + len(word) for word in held)
            near = [at for at in asking_words(part) if first - AT_MOST <= at[0] and at[1] <= last + AT_MOST]
            found.append(part[min([first, *(start for start, _ in near)]) : max([last, *(end for _, end in near)])])
    return " ".join(found)


SIDES = 4
"""Papers that stand beside each other; more stand below each other."""
EACH = 2
"""Papers that stand for a side which is named by what they speak of."""
MATTERS = 8
STRETCHES, PAIR = 2, 2
FETCHED = 60
ALIKE = 2
"""Values of one kind that a verdict names of a paper; a stretch with more is a list, which is not compared."""
LIKE_WORDING = 0.75
"""Share of equal words from which two stretches are of one wording."""
WORDINGS = 2
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’-]+")
_UNITS = ("INR", "JPY", "USD", "EUR", "minute", "day", "month", "percent", "m", "m2", "l", "g")


def compare(question: Question, ports: Ports) -> SkillResult | None:
    """Two or more papers on the matters asked about, or on what is usual for their kind; None where fewer than two are meant."""
    papers = held(ports.papers(), question.filters)
    sides = _sides(question, papers, ports)
    if len(sides) < 2:
        return None
    matters = _matters(question, sides)
    language = question.said_in
    evidence = Evidence(ports)
    checked = len(sides) == 2 and {side.papers[0].kind for side in sides} == {"agreement", "news"}
    asks = len(sides) == 2 and asks_what_differs(question.text)
    differs = asks and not matter_left(without_asking(question.matter))
    apart = differing(sides[0], sides[1], language, ports, evidence) if differs or (asks and checked) else None
    if apart is not None and differs:
        return apart
    sheet = CellReader(ports, evidence, question.language, language)
    rows = [(aspect, [sheet.fill(side, aspect) for side in sides]) for aspect in matters]
    kept = [(aspect, row) for aspect, row in rows if any(row)]
    rest = _rest(question, matters, all(all(row) for _, row in rows))
    looked_up = _answered(rest, question, sides, evidence, ports) if rest else []
    told, kept = [*kept, *looked_up[:1]], [*kept, *looked_up]
    if checked and not asks:
        apart = differing(sides[0], sides[1], language, ports, evidence)  # nobody asked for it: its quotes stand behind the others
    if not kept and apart is not None and (asks or checks(question.text) or _share_a_name(sides, papers, ports)):
        return apart
    if not kept and question.may_ask:
        return None  # it may as well be a question that one paper answers
    if not kept:
        asked = ", ".join(aspect.label(language) for aspect in matters) or question.shown_matter
        return SkillResult(refusal=Refusal("not_in_documents", phrase("compare.nothing", language, asked=asked)))
    names = [name_of(side, language, ports, [paper for one in sides for paper in one.papers]) for side in sides]
    verdicts = [verdict for aspect, row in told if (verdict := _verdict(aspect, row, question)) is not None]
    blocks = [Block("points", rows=tuple(verdicts))] if verdicts else []
    cells = [(aspect, [one.cell if one is not None else Cell(phrase("compare.silent", language)) for one in row]) for aspect, row in kept]
    table = (*blocks, Block("text", phrase("compare.head", language)), _laid_out(names, cells, language))
    if apart is None or _told_by(verdicts, apart):
        return SkillResult(evidence.statements, table)
    return SkillResult(evidence.statements, (*apart.blocks, *table) if asks else (*table, *apart.blocks))


def _share_a_name(sides: Sequence[Edition], papers: Sequence[DocumentInfo], ports: Ports) -> bool:
    """Whether the texts of two sides are known by a name in common, and not of different agreements."""
    share = sharing_names(papers, ports.known_by())
    return any(share(one.id, other.id) for one in sides[0].papers for other in sides[1].papers)


def _told_by(verdicts: Sequence[tuple[Cell, ...]], apart: SkillResult) -> bool:
    """Whether the verdicts on what was asked name all that the paper of less weight says otherwise."""
    told = [search_form(cell.text).text for row in verdicts for cell in row]
    differing = [
        search_form(row[0].text.rpartition(BESIDE)[2]).text for block in apart.blocks if block.kind == "points" for row in block.rows
    ]
    return all(any(one in text for text in told) for one in differing)


def _rest(question: Question, matters: Sequence[Aspect], filled: bool) -> str:
    """What is to be looked up in each paper; "" where the matters that are named are all that is asked for and each paper has them."""
    if not matter_left(question.matter) or (matters and filled and not matter_left(without_aspects(question.matter))):
        return ""
    compared = question.compared or question.asked
    asked = asking_sentence(compared, question.language)
    if apart := about_the_matter(asked, question.matter, question.language):
        return apart
    said = set(content_words(compared, question.language))
    whole = said >= set(content_words(question.matter, question.language))
    return asked if whole else f"{question.matter} {compared}"


def _answered(
    asked: str, question: Question, sides: Sequence[Edition], evidence: Evidence, ports: Ports
) -> list[tuple[Aspect, list[Filled | None]]]:
    """A row for the best stretch of each paper, and one for the next best."""
    found = [answered(asked, question.language, side, question.said_in, ports, STRETCHES) for side in sides]
    spoken = any(one is not None and one.clear >= SILENT for one in found)  # where one surely speaks, two stand beside each other
    said = [one if one is not None and (one.clear >= SILENT or (spoken and len(found) == PAIR)) else None for one in found]
    rows = []
    for at in range(STRETCHES):
        row = [_stretch(one, at, question.said_in, evidence, ports) for one in said]
        if any(row):
            rows.append((Aspect(asked=question.shown_matter if at == 0 else phrase("compare.also", question.said_in)), row))
    return rows


def _stretch(side: Side | None, at: int, reader: Language, evidence: Evidence, ports: Ports) -> Filled | None:
    if side is None or at >= len(side.stretches):
        return None
    one, paper = side.stretches[at], side.paper
    start, end = short_of(paper, (one.start, one.end), one.sentence, ports, evidence)
    text = evidence.text(paper)
    shown = " ".join(text[start:end].split())
    forms = gloss(shown, reader, COUNTS) if paper.language != reader else ()
    cited = evidence.cite(paper, start, end)
    said = " ".join(text[slice(*one.sentence)].split())
    united = frozenset(value for value in typed_in(said) if value[0])  # a number that counts nothing tells no papers apart
    cell = Cell(shown + (f" (= {'; '.join(forms)})" if forms else ""), cited)
    return Filled(cell, united, said, said, paper.language) if cited else None


def _laid_out(names: Sequence[str], cells: Sequence[tuple[Aspect, Sequence[Cell]]], language: Language) -> Block:
    """Matters by papers; where there are many papers, papers by matters."""
    labels = [aspect.label(language) for aspect, _ in cells]
    if len(names) <= SIDES:
        rows = tuple((Cell(label), *row) for label, (_, row) in zip(labels, cells, strict=True))
        return Block("table", columns=(phrase("compare.matter", language), *names), rows=rows)
    turned = tuple((Cell(name), *(row[at] for _, row in cells)) for at, name in enumerate(names))
    return Block("table", columns=(aspects()["title"].label(language), *labels), rows=turned)


def _sides(question: Question, papers: Sequence[DocumentInfo], ports: Ports) -> list[Edition]:
    """The texts that are compared: those the question means, else those that speak of the two sides that it names."""
    kinds = [] if question.settled else of_each_kind(question, papers, ports)
    if len(kinds) > 1:
        return kinds
    found = editions(question.papers, ports, papers)
    if len(found) == 1 and len(question.papers) > 1:  # two versions of one text
        return [Edition((paper,)) for paper in question.papers]
    if len(found) == 1:
        found += _beside(question.text, question, found, papers, ports)
    for part in question_parts(question.text, question.language) if not found else ():
        found += _beside(part.name, question, found, papers, ports, EACH)
    if len(found) < 2 and question.history:
        found = _beside(_before(question), question, (), papers, ports)
        found += _beside(question.text, question, found, papers, ports)
    return found if len(found) > 1 else editions(earlier_papers(question, papers), ports, papers)


def _beside(
    name: str, question: Question, beside: Sequence[Edition], papers: Sequence[DocumentInfo], ports: Ports, most: int = 1
) -> list[Edition]:
    """The texts that speak best of what is named and asked about, other than those that are there already."""
    there = {paper.id for one in beside for paper in one.papers}
    others = {paper.id: paper for paper in papers if paper.id not in there}
    asked = " ".join(dict.fromkeys((name, question.matter, _before(question))))
    keys, words = set(name_keys(name, question.language)), set(content_words(name, question.language))
    found: dict[int, DocumentInfo] = {}
    for hit in ports.search(asked.strip(), FETCHED, question.filters).hits:
        said = f"{hit.document} {hit.text}"
        if hit.document_id in others and (words & set(content_words(said, hit.language)) or keys & set(name_keys(said, hit.language))):
            found.setdefault(hit.document_id, others[hit.document_id])
    return editions(list(found.values()), ports, papers)[:most]


def _before(question: Question) -> str:
    return question.history[-1].question if question.history else ""


def _matters(question: Question, sides: Sequence[Edition]) -> list[Aspect]:
    """The matters that are named; what is usual for the kind, where nothing is asked about."""
    matter = question.matter.strip(" ?？。.।")
    if not matter_left(matter) and not named_in(matter):
        kinds = {side.papers[0].kind for side in sides}
        return compared(next(kind for kind in KINDS if kind in kinds))
    return [aspect for _, _, aspect in named_in(matter)][:MATTERS]


def _verdict(aspect: Aspect, row: Sequence[Filled | None], question: Question) -> tuple[Cell, Cell] | None:
    """Whether the papers say the same, where dates, lengths of time or numbers tell; None where only reading does."""
    said = [one for one in row if one is not None]
    if len(said) < 2:
        return None
    language = question.said_in
    cited = tuple(dict.fromkeys(at for one in said for at in one.cell.cited))
    dates = aspect.value == "date" or asked_for(question.matter) == "date"
    key, shown = _told_apart([one.values for one in said], dates=dates) if all(one.values for one in said) else ("", [])
    if not key:
        text = _wording(said, language) if len(said) == len(row) == 2 else ""
        return (Cell(aspect.label(language)), Cell(text, cited)) if text else None
    if key == "same":
        key, shown = ("same" if len(said) == len(row) else "same_said"), shown[:1]
    values = " / ".join(joined((_said(unit, value, language) for unit, value in one), language) for one in shown)
    return Cell(aspect.label(language)), Cell(phrase(f"compare.{key}", language, values=values), cited)


def _said(unit: str, value: str, language: Language) -> str:
    return said_fact(value, language) if unit == "date" else said_amount(Fraction(value), unit, language)


def _wording(said: Sequence[Filled], language: Language) -> str:
    """Of two stretches that say nearly the same in one language, the words in which they differ; "" where they are of other wording."""
    one, other = said
    if not one.said or one.language != other.language or one.language == "ja":
        return ""
    words = [_WORD.findall(text.said) for text in said]
    folded = [[word.casefold() for word in row] for row in words]
    found = SequenceMatcher(None, folded[0], folded[1], autojunk=False)
    if found.ratio() < LIKE_WORDING:
        return ""
    apart = [(" ".join(words[0][a:b]), " ".join(words[1][c:d])) for kind, a, b, c, d in found.get_opcodes() if kind == "replace"]
    if not apart:
        return phrase("compare.word_for_word", language) if unnumbered(one.whole) == unnumbered(other.whole) else ""
    return phrase("compare.wording", language, values="; ".join(f"“{a}” / “{b}”" for a, b in apart[:WORDINGS]))


def _told_apart(said: Sequence[frozenset[Value]], *, dates: bool) -> tuple[str, list[list[Value]]]:
    """Whether values are the ``same``, ``different`` or ``close`` ("" where they do not tell), and those of each that this rests on."""
    said = [_without_years(one, said) for one in said]
    for unit in ("date",) if dates else ("date", *_UNITS, ""):
        each = [sorted(value for value in one if value[0] == unit) for one in said]
        if all(0 < len(values) <= ALIKE for values in each):
            if all(values == each[0] for values in each):
                return "same", each
            if all(not set(one) & set(other) for one, other in combinations(each, 2)):
                return "different", each
            return "", []
    lengths = [[value for value in one if value[0] in ("month", "day")] for one in said]
    if not dates and all(len(values) == 1 for values in lengths):
        spans = [_days(*value) for (value,) in lengths]
        meet = max(least for least, _ in spans) <= min(most for _, most in spans)
        return ("close" if meet else "different"), lengths
    return "", []


def _days(unit: str, number: str) -> tuple[Fraction, Fraction]:
    """The least and the most days of so many months or days."""
    return (Fraction(number) * 28, Fraction(number) * 31) if unit == "month" else (Fraction(number), Fraction(number))


def _without_years(values: frozenset[Value], said: Sequence[frozenset[Value]]) -> frozenset[Value]:
    """The values, days without their year where another paper gives none."""
    if not any(unit == "date" and value.startswith("--") for one in said for unit, value in one):
        return values
    return frozenset((unit, f"--{value[-5:]}") if unit == "date" else (unit, value) for unit, value in values)
