"""From a question to events, and at last an answer."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import cast

import numpy as np

from ingest.records import Language
from ingest.understand.language import detect
from kb.answer import decline, refuse
from kb.answer.asked_units import asked_unit
from kb.answer.candidates import Budget
from kb.answer.clauses import clause_statements
from kb.answer.conflicts import by_weight, conflicts_of
from kb.answer.enumerations import whole_lists
from kb.answer.extract import Shape, compose, rank_sentences
from kb.answer.generate.write import Pen, Written, write
from kb.answer.marks import asks_for_list, dated_first, marked
from kb.answer.payments import asked_payment
from kb.answer.ports import FloatMatrix, Ports
from kb.answer.score import Scored
from kb.answer.sides import side_statements
from kb.answer.standing import in_force
from kb.answer.strangers import strangers
from kb.answer.words import script
from kb.records import (
    Answer,
    Conflict,
    Done,
    Event,
    EvidenceFound,
    ExpandedTerm,
    Filters,
    Hit,
    Refusal,
    Refused,
    Searching,
    SearchResult,
    Statement,
    StatementReady,
    Timings,
    Turn,
)

ENGINE = "extractive"
GENERATIVE = "generative"
CLEAR = 1.5
"""The margin from which passages in other languages are not read as well; chosen by eye, not fitted."""
STRANGE = 2.0
"""By how much more clearly passages must speak where they do not hold a name of the question.

Of 3,407 questions, 17 that nothing answers are refused for this alone with 4, 16 with 2; of those that passages answer 18 with 4, 10 with
2, most for a name that is spelled anew in another script.
"""
BESIDE = Budget(tokens_across=360)
"""How much is read in other languages after the own language was read: both together stay within 300 ms on two cores."""
SHOWN = Shape().statements
"""The best sentences, one of which must have the amount that is asked for (`kb.answer.payments`, `kb.answer.asked_units`)."""
FETCHED = 60
"""Hits that are asked for: the first few are read, the others show what the documents hold beside the question."""


def ask(
    question: str, *, ports: Ports, filters: Filters = Filters(), history: Sequence[Turn] = (), pen: Pen | None = None
) -> Iterator[Event]:
    """Answer a question from the documents, or say why not.

    Yields `Searching`, then `EvidenceFound` and one `StatementReady` for each statement, best first, or `Refused`; always `Done` at
    the end. ``history`` is the conversation so far, oldest first; it settles the language of a question too short to tell, and a
    question that leans on it is made whole: what is searched for and answered then is ``asked_as``.

    With a ``pen``, a language model writes the statements where the documents speak to the question; where it gives none that stand, the
    answer is made of quotes, and ``notes`` say so.

    Raises:
        EmbedderMismatchError: the index was built with another model than the one configured.
    """
    started = time.perf_counter()
    language = question_language(question, history)
    problem = refuse.bad_question(question, language, ports.max_question_chars)
    rewritten = ports.rewriter.rewrite(question, language, history) if problem is None and history else None
    asked_as = rewritten.question if rewritten is not None else None
    yield Searching(question, language, asked_as)

    if problem is None and ports.is_empty():
        problem = refuse.empty_knowledge_base(language)
    if problem is not None:
        yield Refused(problem)
        yield Done(_answer(question, language, (), problem, started, started))
        return

    asked = asked_as or question
    with ports.turn():
        result = ports.search(asked, FETCHED, filters)
        searched = time.perf_counter()
        yield EvidenceFound(result.hits[: Budget().passages])
        statements, conflicts, refusal = _read(question, asked, language, result, filters, ports)
    written: Written | None = None
    if statements and pen is not None:
        written = yield from _written(write(asked, language, result.hits, statements, ports, pen))
        statements = [] if written.silent else statements
    if written is None or not written.statements:
        for statement in statements:
            yield StatementReady(statement)
    if not statements and refusal is None:
        with ports.turn():
            refusal = decline.silent(
                question,
                language,
                result.hits,
                filters,
                lambda wider: ports.search(asked, FETCHED, wider),
                lambda found: _quoted(asked, language, found, result.terms, ports),
            )
    if refusal is not None:
        yield Refused(refusal)
    answer = replace(
        _answer(question, language, tuple(statements), refusal, started, searched),
        asked_as=asked_as,
        notes=result.notes,
        conflicts=conflicts if statements else (),
    )
    yield Done(answer if written is None else _by_model(answer, written))


def _read(
    question: str, asked: str, language: Language, result: SearchResult, filters: Filters, ports: Ports
) -> tuple[list[Statement], tuple[Conflict, ...], Refusal | None]:
    """The statements that answer, best first, where the papers disagree, and why there is none where the question itself is the reason."""
    refusal = decline.opinion(question, language, result.hits)
    statements: list[Statement] = []
    if refusal is None:
        statements = side_statements(
            asked,
            language,
            lambda part: _quoted(part, language, ports.search(part, FETCHED, filters).hits, result.terms, ports),
            ports.rewriter,
        ) or _quoted(asked, language, result.hits, result.terms, ports)
    statements = in_force(whole_lists(statements, ports.text, ports.place if asks_for_list(asked) else None), ports.replaced)
    statements = dated_first(asked, marked(asked, statements))
    conflicts = conflicts_of(asked, language, ports.embedder.query(asked), statements, result.hits, ports)
    statements = by_weight(statements, conflicts)
    refusal = refusal or decline.ambiguous(asked, language, result.hits, conflicts)
    return ([], (), refusal) if refusal is not None else (statements, conflicts, None)


def _quoted(question: str, language: Language, hits: Sequence[Hit], terms: Sequence[ExpandedTerm], ports: Ports) -> list[Statement]:
    """The sentences of the hits that answer a question, as statements."""
    found = clause_statements(question, language, ports.embedder.query(question), hits, ports)
    return found or compose(*_speaking_sentences(question, language, hits, ports, terms), language, ports)


def _written(writing: Generator[Statement, None, Written]) -> Generator[Event, None, Written]:
    """Pass statements on as events; closed with the asker, so that the model stops."""
    with closing(writing):
        while True:
            try:
                statement = next(writing)
            except StopIteration as end:
                return cast(Written, end.value)
            yield StatementReady(statement)


def _by_model(answer: Answer, written: Written) -> Answer:
    """The answer with what a language model made of it; quotes in its place stay quotes, and are said to be so."""
    answer = replace(answer, notes=(*answer.notes, *written.notes))
    if written.statements:
        return replace(answer, engine=GENERATIVE, statements=written.statements, model=written.model, prompt=written.prompt)
    return replace(answer, engine=GENERATIVE, model=written.model, prompt=written.prompt) if written.silent else answer


def _speaking_sentences(
    question: str, language: Language, hits: Sequence[Hit], ports: Ports, terms: Sequence[ExpandedTerm]
) -> tuple[list[Scored], FloatMatrix]:
    """Sentences of the sides that speak to the question, and their vectors.

    Passages in the question's own language come first in a search, whether or not they answer. So where these do not answer clearly,
    the passages in other languages are read as well, and the sentences of the two sides take turns, the question's own language
    first. Where the question names what no passage names, both sides must speak more clearly; where it asks how much is paid,
    or how many of a unit, a side none of whose best sentences tells does not speak.
    """
    query = ports.embedder.query(question)
    tells = asked_payment(question) or asked_unit(question)
    sides: list[tuple[float, list[Scored], FloatMatrix]] = []
    for across in (False, True):
        if sides and sides[0][0] >= CLEAR:
            break
        of_side = [h for h in hits if foreign(h, question, language) == across]
        ranked, vectors = rank_sentences(question, query, of_side, ports, BESIDE if sides and sides[0][1] else Budget(), terms)
        clear = refuse.margin(question, language, query, ports.embedder.name, ranked, of_side, across=across, fetched=len(hits))
        if tells is not None and not any(tells(scored.candidate.text) for scored in ranked[:SHOWN]):
            clear = -math.inf
        sides.append((clear, ranked, vectors))
    if any(clear >= 0 for clear, _, _ in sides) and strangers(question, hits, ports.embedder):
        sides = [(clear - STRANGE, ranked, vectors) for clear, ranked, vectors in sides]
    speaking = [s for s in sides if s[0] >= 0]
    if len(speaking) < 2:
        return (speaking[0][1], speaking[0][2]) if speaking else ([], np.zeros((0, 0), dtype=np.float32))
    (_, first, first_vectors), (_, second, second_vectors) = speaking
    turns = sorted([(i, 0, i) for i in range(len(first))] + [(i, 1, len(first) + i) for i in range(len(second))])
    both, vectors = [*first, *second], np.concatenate([first_vectors, second_vectors])
    rows = [row for _, _, row in turns]
    return [both[row] for row in rows], vectors[rows]


def foreign(hit: Hit, question: str, language: Language) -> bool:
    """Whether a hit is of the other side: in another language than the question, or another script where one of the two is not known."""
    return script(hit.text) != script(question) if "und" in (language, hit.language) else hit.language != language


def question_language(question: str, history: Sequence[Turn] = ()) -> Language:
    """The language a question is asked in; where it is too short to tell, that of the conversation, else ``und``."""
    return detect(question[:2000], history[-1].answer.language if history else "und")


def _answer(
    question: str, language: Language, statements: tuple[Statement, ...], refusal: Refusal | None, started: float, searched: float
) -> Answer:
    now = time.perf_counter()
    milliseconds = Timings(search=(searched - started) * 1e3, answer=(now - searched) * 1e3, total=(now - started) * 1e3)
    return Answer(question, language, ENGINE, statements, refusal, milliseconds)


__all__ = ["ENGINE", "GENERATIVE", "Pen", "Ports", "ask", "foreign", "question_language"]
