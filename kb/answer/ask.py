"""From a question to events, and at last an answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from ingest.records import Language
from ingest.understand.language import detect
from kb.answer import refuse
from kb.answer.candidates import Budget
from kb.answer.extract import compose, rank_sentences
from kb.answer.ports import Ports
from kb.records import Answer, Done, Event, EvidenceFound, Filters, Refusal, Refused, Searching, Statement, StatementReady, Timings, Turn

ENGINE = "extractive"
FETCHED = 60
"""Hits that are asked for: the first few are read, the others show what the documents hold beside the question."""


def ask(question: str, *, ports: Ports, filters: Filters = Filters(), history: Sequence[Turn] = ()) -> Iterator[Event]:
    """Answer a question from the documents, or say why not.

    Yields `Searching`, then `EvidenceFound` and one `StatementReady` for each statement, best first, or `Refused`; always `Done` at
    the end. ``history`` is the conversation so far, oldest first; it settles the language of a question too short to tell.

    Raises:
        EmbedderMismatchError: the index was built with another model than the one configured.
    """
    started = time.perf_counter()
    language = question_language(question, history)
    yield Searching(question, language)
    budget = Budget()

    problem = refuse.bad_question(question, language, ports.max_question_chars)
    if problem is None and ports.is_empty():
        problem = refuse.empty_knowledge_base(language)
    if problem is not None:
        yield Refused(problem)
        yield Done(_answer(question, language, (), problem, started, started))
        return

    hits = ports.search(question, FETCHED, filters).hits
    searched = time.perf_counter()
    yield EvidenceFound(hits[: budget.passages])

    query = ports.embedder.query(question)
    ranked, vectors = rank_sentences(question, query, hits, ports, budget)
    speaks = refuse.speaking(question, language, query, ports.embedder.name, ranked, hits)
    kept = [i for i, yes in enumerate(speaks) if yes]
    statements = compose([ranked[i] for i in kept], vectors[kept], language, ports)
    refusal = None if statements else refuse.not_in_documents(language, hits)
    for statement in statements:
        yield StatementReady(statement)
    if refusal is not None:
        yield Refused(refusal)
    yield Done(_answer(question, language, tuple(statements), refusal, started, searched))


def question_language(question: str, history: Sequence[Turn] = ()) -> Language:
    """The language a question is asked in; where it is too short to tell, that of the conversation, else ``und``."""
    return detect(question[:2000], history[-1].answer.language if history else "und")


def _answer(
    question: str, language: Language, statements: tuple[Statement, ...], refusal: Refusal | None, started: float, searched: float
) -> Answer:
    now = time.perf_counter()
    milliseconds = Timings(search=(searched - started) * 1e3, answer=(now - searched) * 1e3, total=(now - started) * 1e3)
    return Answer(question, language, ENGINE, statements, refusal, milliseconds)


__all__ = ["ENGINE", "Ports", "ask", "question_language"]
