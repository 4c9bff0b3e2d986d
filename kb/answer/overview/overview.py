"""The overview of a paper: the points of its summary, and three questions of which it was tried that the paper answers them.

It is kept as JSON by the version of the paper, what is known of it, the model and a digest of the rules: where its words stand, what stands
beside them, and its questions; never a quote or a status, which are found out anew for each reader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import regex

from kb.answer.ask import ask
from kb.answer.overview.question_generation import Candidate, candidates, matter_of
from kb.answer.presentation.rendering import OPEN
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import WHOLE, Evidence, SkillResult
from kb.answer.skills.summaries.summary import summary
from kb.answer.skills.summaries.summary_sentences import label_of
from kb.ports import Ports
from kb.records import Answer, Block, Cell, DocumentInfo, Done, FactView, Filters, Statement
from lang.languages import Language
from prompts.phrases import phrase, spoken


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that a paper answers, and the language it is in."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Overview:
    """What a paper is at a glance, for a reader of ``language``.

    ``paper`` is the version of the text that is told: the one in the reader's language where there is one that they may see. ``parties``
    are those of an agreement. ``lines`` has one row a line: a label in the reader's language ("" where none fits), the words of the paper,
    and what of these the reader is told in their language. Its cells cite ``statements`` by their index. ``questions`` are answered by
    this paper when it alone is asked.
    """

    paper: DocumentInfo
    language: Language
    parties: tuple[str, ...]
    lines: Block
    statements: tuple[Statement, ...]
    questions: tuple[Asked, ...]


_ROOMS = ("kb/answer", "kb/agreements", "kb/verify", "lang", "prompts/phrases", "ingest/document", "ingest/extract")
"""What decides what an overview says."""


def overview_key(paper: DocumentInfo, facts: Sequence[FactView], model: str) -> str:
    """A name for all that an overview is made of: the version of a paper, what is known of it, the rules, and the model of meanings."""
    of_paper = (paper.id, paper.version, paper.title, paper.kind, paper.language, str(paper.date), model, rules_digest())
    told = [(f.field, f.value, f.start, f.end, f.origin) for f in facts if f.origin != "document"]
    return hashlib.sha256(repr((of_paper, told)).encode()).hexdigest()


@cache
def rules_digest() -> str:
    """A name for the rules by which overviews are made, 16 hex digits: another where their source is another."""
    digest = hashlib.sha256()
    top = Path(__file__).parents[3]
    for room in _ROOMS:
        for source in sorted((top / room).rglob("*")):
            if source.suffix in (".py", ".toml", ".json", ".tsv"):
                digest.update(source.relative_to(top).as_posix().encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


def to_json(made: Overview) -> str:
    """An overview as JSON."""
    cited = [(one.citations[0].start, one.citations[0].end, one.marks) for one in made.statements]
    rows = [[(cell.text, cell.cited) for cell in row] for row in made.lines.rows]
    questions = [(one.text, one.language) for one in made.questions]
    return json.dumps({"rows": rows, "cited": cited, "questions": questions, "parties": made.parties}, ensure_ascii=False)


def read_kept(stored: str, paper: DocumentInfo, language: Language, ports: Ports) -> Overview | None:
    """The overview that was kept of a paper, each citation found out anew for this reader; None where one does not stand any more.

    Raises:
        ValueError: it is no overview.
    """
    try:
        plain = json.loads(stored)
        evidence = Evidence(ports)
        found = [evidence.cite(paper, start, end, tuple((a, b) for a, b in marks)) for start, end, marks in plain["cited"]]
        rows = tuple(tuple(Cell(text, tuple(found[at][0] for at in cited)) for text, cited in row) for row in plain["rows"])
        questions = tuple(Asked(text, spoken) for text, spoken in plain["questions"])
        parties = tuple(plain["parties"])
    except IndexError:
        return None
    except (KeyError, TypeError) as error:
        raise ValueError(f"This is no overview of a paper: {error}.") from error
    return Overview(paper, language, parties, replace(Block("points"), rows=rows), evidence.statements, questions)


LINES: Final = 5
OFFERED: Final = 3
TRIED: Final = 14
"""Questions that are asked at most to find those that are offered."""
OF_A_SORT: Final = 2
_LOOSE: Final = (
    "other", "purpose", "areas", "result", "advice", "contact", "who", "place", "done", "trouble", "problem", "progress", "how",
    "why", "next",
)  # fmt: skip
"""Aspects that are told apart by meaning alone: read beside the lines of 62 papers, their labels were often wrong where the paper has no
such heading."""
_ITEM_NUMBER: Final = regex.compile(r"(?<= · )(?:[(（]?\p{Nd}{1,2}[.)）])\s+(?=\S)")
_NUMBER_FIRST: Final = regex.compile(r"^\p{Nd}{1,2}\s?[–-]\s+(?=\p{L})")
_NUMBER_INSIDE: Final = regex.compile(r"(?<!\bNos?\.)(?<=[.।;；。][\"”']?) ?(?:[(（]?\p{Nd}{1,2}[.)）])\s+(?=\S)")


def of_paper(paper: DocumentInfo, ports: Ports) -> Ports:
    """The knowledge base as if it held this paper alone: its overview tells nothing of others, which another reader may not see."""
    own = (paper,)
    return replace(
        ports,
        papers=lambda: own,
        parallels=lambda: (),
        replaced=lambda _document: None,
        counterparts=lambda _document, _version, _start, _end: (),
        search=lambda query, k, limits: ports.search(query, k, replace(limits, documents=(paper.id,))),
        facts=lambda document: tuple(fact for fact in ports.facts(document) if fact.origin != "document"),
        known_by=lambda: {number: known for number, known in ports.known_by().items() if number == paper.id},
    )


def overview(paper: DocumentInfo, reader: Language, ports: Ports) -> Overview:
    """Make the overview of a paper for a reader of a language, from this paper alone."""
    alone = of_paper(paper, ports)
    said_in = spoken(reader)
    made = summary(Question("", "", said_in, "summary", papers=(paper,)), alone) or SkillResult()
    lines = next((block for block in made.blocks if block.kind == "points"), Block("points"))
    return Overview(
        paper,
        said_in,
        parties_of(paper, alone),
        _plain(lines, said_in, _headings(paper, alone)),
        made.statements,
        questions(paper, said_in, alone),
    )


def parties_of(paper: DocumentInfo, ports: Ports) -> tuple[str, ...]:
    """The parties of an agreement, each once."""
    if paper.kind != "agreement":
        return ()
    return tuple(dict.fromkeys(fact.value for fact in ports.facts(paper.id) if fact.field == "parties" and fact.value))


def questions(paper: DocumentInfo, reader: Language, ports: Ports) -> tuple[Asked, ...]:
    """At most three questions that the paper answers: in the reader's language, else what is missing in the paper's own."""
    languages = dict.fromkeys((reader, paper.language))
    kept: list[Candidate] = []
    for language in languages:
        if len(kept) < OFFERED and language == spoken(language):
            _keep(kept, candidates(matter_of(paper, language, ports)), paper, ports)
    return tuple(Asked(one.text, one.language) for one in kept[:OFFERED])


def _keep(kept: list[Candidate], offered: Iterable[Candidate], paper: DocumentInfo, ports: Ports) -> None:
    tried = 0
    for one in offered:
        if len(kept) >= OFFERED or tried >= TRIED:
            return
        alike = any(_same(one, other) for other in kept)
        if alike or sum(other.sort == one.sort for other in kept) >= OF_A_SORT:
            continue
        tried += 1
        if answered(one, paper, ports):
            kept.append(one)


def _same(one: Candidate, other: Candidate) -> bool:
    """Whether two questions are answered by the same words."""
    narrow = len(one.spans) == 1 and len(other.spans) == 1 and one.sort != "heading" and other.sort != "heading"
    return one.text == other.text or (narrow and one.spans[0][0] < other.spans[0][1] and other.spans[0][0] < one.spans[0][1])


def answered(one: Candidate, paper: DocumentInfo, ports: Ports) -> bool:
    """Whether the paper, asked alone, answers a question, and with the words that it was made of (Alberti et al., 2019).

    Of a look-up the quotes that are read at once count, those that are folded below them do not.
    """
    answer = _answer(one.text, paper, ports)
    if answer is None or answer.refusal is not None or answer.grade != "answers" or answer.skill in ("chat", "clarify", "decline"):
        return False
    told = answer.statements if answer.blocks and answer.skill != "lookup" else answer.statements[:OPEN]
    cited = [citation for statement in told for citation in statement.citations if citation.document_id == paper.id]
    return any(citation.start < end and start < citation.end for citation in cited for start, end in one.spans)


def _answer(question: str, paper: DocumentInfo, ports: Ports) -> Answer | None:
    events = ask(question, ports=ports, filters=Filters(documents=(paper.id,)))
    return next((event.answer for event in events if isinstance(event, Done)), None)


def _headings(paper: DocumentInfo, ports: Ports) -> frozenset[str]:
    return frozenset(label_of(part) for block in ports.outline(paper.id, paper.version, 0, WHOLE) for part in block.path)


def _plain(lines: Block, reader: Language, headings: frozenset[str]) -> Block:
    """The lines, numbers of clauses inside one as dots, and no label that is loosely guessed or only says that there is more."""
    loose = {phrase(f"summary.aspect.{name}", reader) for name in _LOOSE} - headings
    rows = []
    for label, said, *more in lines.rows:
        named = Cell("", label.cited) if label.text in loose else label
        rows.append((named, Cell(_tidy(said.text), said.cited), *more))
    return replace(lines, rows=tuple(rows))


def _tidy(said: str) -> str:
    """A line without the numbers of clauses inside it."""
    dotted = _NUMBER_INSIDE.sub(" · ", _NUMBER_FIRST.sub("", said))
    return _ITEM_NUMBER.sub("", dotted).replace(": · ", ": ").replace("：·", "：")
