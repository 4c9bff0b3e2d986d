"""Which of several papers is meant: choices to click, beside what each says, where a question fits more than one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from kb.answer.document_selection.document_linking import likely, surely
from kb.answer.document_selection.document_mentions import Named, named_papers
from kb.answer.document_selection.language_versions import among, editions, held, name_of, texts_of
from kb.answer.query_understanding.answer_types import asked_for
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.quote_selection import best_odds, reader_weights
from kb.ports import Ports
from kb.records import Block, DocumentInfo, Hit, Statement
from kb.search.follow_up import content
from lang.data_files import toml_of
from lang.normalise import search_form
from lang.references import references
from lang.words.search_tokens import script
from prompts.phrases import phrase

BEGINS = 4
"""Letters of a word by which another form of it is known."""
LOOKED_AT = 3
"""Quotes of which more than one must be of what is asked, each of another paper; those after them are only near."""
MOST = 5
"""Choices that are offered."""
TELLING = 3
"""Words of a question, beside those of the kind, that can tell which paper of a kind is meant.

On seven sets of strangers, in sight, 18 questions that surely mean one paper were asked after, 6 are, and none of the 12 that fit
several is lost.
"""
READ_OF_EACH = 2
"""Passages that are read of each other paper of the kind that is spoken of."""
NEAR = 0.4
"""The share of the best passage's score that a paper's best one has, where a question of a single word may be about either.

Of 15 such questions of strangers that several papers answer, 14 have a second paper above it; of 3 that one paper answers, 2.
"""


def choices(
    question: Question, statements: Sequence[Statement], hits: Sequence[Hit], ports: Ports, answering: Set[int]
) -> tuple[Block, ...]:
    """The choices to offer; () where only one paper can be meant, or where it does not matter which.

    A question is open where it speaks of a kind of paper ("the agreement") of which several answer, where it asks for a fact that
    several papers state, each another one, or where it has a single word of its own ("How much is the fine?") and the ``hits`` of several
    papers are as near to it: of those ``answering``, the ids of papers of which a passage answers about as surely as the best. Papers that
    are one text in several languages are one.
    """
    if len(statements) < 2 or any(turn.answer.skill == "clarify" for turn in question.history[-1:]):
        return ()
    papers = {paper.id: paper for paper in held(ports.papers(), question.filters)}
    named = named_papers(question.asked, question.language, list(papers.values()), ports.known_by())
    called = [paper for paper in named.papers if paper in named.of_kind] if named.genres else named.papers
    if len(texts_of(called, ports)) == 1 or named.many or (named.genres and _is_meant(question, named, list(papers.values()), ports)):
        return ()
    first = _with_papers(statements[:LOOKED_AT], papers)
    if named.genres:
        of_kind = _surely(named.of_kind)
        apart = [paper for _, paper in _apart([(s, p) for s, p in first if p in of_kind], ports)]
        if not named.papers and len(apart) == 1 and asked_for(question.asked):
            apart += _answer_too(of_kind, apart[0], question, ports)
        apart += [edition.papers[0] for edition in editions([p for p in of_kind if p not in apart], ports)] if len(apart) > 1 else []
    elif len(_words(question)) == 1:
        apart = [paper for paper in _near(hits, papers, ports) if paper.id in answering] if _spoken(question, hits) else []
    elif asked_for(question.asked) or references(question.asked):
        marked = _apart([(s, p) for s, p in first if s.marks], ports)
        apart = [paper for _, paper in marked] if len({_fact(statement) for statement, _ in marked}) == len(marked) else []
    else:
        return ()
    found = editions(apart, ports)[:MOST]
    if len(found) < 2:
        return ()
    asked = question.asked.rstrip(" ?？।。")
    titles = [name_of(edition, question.language, ports, [one.papers[0] for one in found]) for edition in found]
    items = tuple(phrase("clarify.choice", question.language, question=asked, title=title) for title in titles)
    return (Block("options", phrase("clarify.which", question.language), items),)


def _is_meant(question: Question, named: Named, papers: Sequence[DocumentInfo], ports: Ports) -> bool:
    """Whether a question that speaks of a kind of paper and says enough beside that surely means one of them."""
    kinds = [search_form(word).text for word in named.kind_words]
    if sum(not search_form(word).text.startswith(tuple(kinds)) for word in _words(question)) < TELLING:
        return False
    chances = likely(question.asked, question.matter, named, papers, texts_of(papers, ports), question.filters, ports, parted=False)
    return surely(chances) is not None


def _answer_too(papers: Sequence[DocumentInfo], first: DocumentInfo, question: Question, ports: Ports) -> list[DocumentInfo]:
    """Other texts of the kind that may answer as well, though the passages of one came first: each is searched by itself."""
    others = [text for text in editions(papers, ports) if first not in text.papers][:MOST]
    found = [(text.papers[0], ports.search(question.asked, READ_OF_EACH, among(question.filters, text.papers)).hits) for text in others]
    return [paper for paper, hits in found if hits and best_odds(question.asked, hits, ports) >= reader_weights().near]


def _spoken(question: Question, hits: Sequence[Hit]) -> bool:
    """Whether one of the first hits has the beginning of the question's word, or may have it in another script."""
    begins = [search_form(word).text[:BEGINS] for word in _words(question)]
    texts = [search_form(hit.text).text for hit in hits[:LOOKED_AT] if script(hit.text) == script(question.asked)]
    return len(texts) < min(len(hits), LOOKED_AT) or any(begin in text for begin in begins for text in texts)


def one_of_each(question: Question, statements: Sequence[Statement], ports: Ports) -> list[Statement]:
    """The statements of a question of a single word, those first of which each is the first of its text; of another as they are."""
    if len(_words(question)) != 1:
        return list(statements)
    papers = {paper.id: paper for paper in held(ports.papers(), question.filters)}
    first = [statement for statement, _ in _apart(_with_papers(statements, papers), ports)]
    return [*first, *(statement for statement in statements if statement not in first)]


def _with_papers(statements: Sequence[Statement], papers: Mapping[int, DocumentInfo]) -> list[tuple[Statement, DocumentInfo]]:
    """Statements, each with the paper that it cites first, where that is one of these."""
    return [(statement, papers[c.document_id]) for statement in statements for c in statement.citations[:1] if c.document_id in papers]


def _words(question: Question) -> tuple[str, ...]:
    """The words of a question that say what it is about, without those that only say which of several: *next*."""
    which = {word for words in toml_of("kb.answer.skills", "clarification.toml")["which"].values() for word in words}
    return tuple(word for word in content(question.asked, question.language) if word.casefold() not in which)


def _near(hits: Sequence[Hit], papers: Mapping[int, DocumentInfo], ports: Ports) -> list[DocumentInfo]:
    """The papers whose best passage is nearly as near as the best of all, best first; one of each text."""
    best = max((hit.score for hit in hits), default=0.0)
    found: dict[frozenset[int], DocumentInfo] = {}
    for hit in hits:
        if hit.score >= NEAR * best and hit.document_id in papers:
            (text,) = texts_of([papers[hit.document_id]], ports)
            found.setdefault(text, papers[hit.document_id])
    return list(found.values())


def _surely(papers: Sequence[DocumentInfo]) -> Sequence[DocumentInfo]:
    """Those that are agreements, where several are: news and minutes of one are called by its name as well."""
    agreements = [paper for paper in papers if paper.kind == "agreement"]
    return agreements if len(agreements) > 1 else papers


def _apart(found: Sequence[tuple[Statement, DocumentInfo]], ports: Ports) -> list[tuple[Statement, DocumentInfo]]:
    """The first statement of each text."""
    seen: dict[frozenset[int], tuple[Statement, DocumentInfo]] = {}
    for statement, paper in found:
        (text,) = texts_of([paper], ports)
        seen.setdefault(text, (statement, paper))
    return list(seen.values())


def _fact(statement: Statement) -> str:
    return " ".join(statement.text[start:end].casefold() for start, end in statement.marks)
