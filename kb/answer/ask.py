"""From a question to events, and at last an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import regex

from kb.answer.conflicts import by_weight, conflicts_of
from kb.answer.document_selection.document_mentions import without, without_day
from kb.answer.document_selection.language_versions import cited_of
from kb.answer.query_understanding import spelling
from kb.answer.query_understanding.query_parsing import without_language
from kb.answer.query_understanding.question import Question, understand
from kb.answer.query_understanding.request_matter import asking
from kb.answer.quotation.citation_builder import SkillResult
from kb.answer.quotation.quote_selection import FETCHED, SHOWN, answering, foreign, is_sure, quoted
from kb.answer.quotation.quote_spans import answering_alone
from kb.answer.scoring import refusals
from kb.answer.scoring.candidates import Budget
from kb.answer.scoring.refusals import unknown_names
from kb.answer.skills.clarification import choices, one_of_each
from kb.answer.skills.lookup import answered_alone, known, meant_by, with_quotes
from kb.answer.skills.registry import done
from kb.answer.skills.small_talk import chat, no_opinion
from kb.answer.talk_search import Spoken, searched
from kb.answer.written_skills import as_quoted, passages, to_word, worded
from kb.generate.writer import Pen, Written
from kb.generate.written_answer import Asked, passed_on, written_answer
from kb.ports import Ports
from kb.records import (
    Answer,
    Block,
    Conflict,
    Done,
    Event,
    EvidenceFound,
    Filters,
    Grade,
    Hit,
    LaidOut,
    Refusal,
    Refused,
    Searching,
    SearchResult,
    Skill,
    Statement,
    StatementReady,
    Timings,
    Turn,
)
from kb.verify.citations import fold, in_force, overlap
from lang.languages import Language, Script, detect
from lang.words.search_tokens import DEVANAGARI_WORD, joined_in, script
from prompts.phrases import phrase

ENGINE = "extractive"
GENERATIVE = "generative"
HALF = 0.5
"""How likely a message must lean on the answer before for the nearest passages to be shown in any case."""
_HINDI = regex.compile(r"नमस्ते|प्रणाम|शुक्रिया|अलविदा|अच्छा|(?<![\p{L}\p{M}])जी(?![\p{L}\p{M}])")
"""Words of Hindi in messages that are too short to tell its language by anything else."""
_OF_SCRIPT: Mapping[Script, Language] = {"latin": "und", "devanagari": "mr", "japanese": "ja", "none": "und"}


def ask(
    question: str, *, ports: Ports, filters: Filters = Filters(), history: Sequence[Turn] = (), pen: Pen | None = None
) -> Iterator[Event]:
    """Answer a question from the documents, or say why not.

    Yields `Searching`, then `EvidenceFound` and one `StatementReady` for each statement, best first, or `Refused`; always `Done` at
    the end. ``history`` is the conversation so far, oldest first; it settles the language of a question too short to tell, and a
    question that leans on it is made whole: what is searched for and answered then is ``asked_as``.

    With a ``pen``, a language model writes the statements where the documents speak to the question, and words the quotes that a skill
    laid out, which are told as `LaidOut` first; where it gives none that stand, the answer is made of quotes, and ``notes`` say so.

    Raises:
        EmbedderMismatchError: the index was built with another model than the one configured.
    """
    started = time.perf_counter()
    ports = ports.for_one_question()
    history = [as_quoted(turn) for turn in history if turn.answer.skill != "chat"]  # thanks in between lead away from nothing
    language = question_language(question, history)
    problem = refusals.bad_question(question, language, ports.max_question_chars)
    if problem is None and (blocks := chat(question, language, ports.papers)):
        yield Searching(question, language)
        yield Done(replace(_answer(question, language, (), None, started, started), skill="chat", blocks=blocks))
        return
    typed = question
    if problem is None and (romanised := spelling.romanised(question)):
        with ports.turn():
            fixed = spelling.in_own_script(question, romanised, ports.search, filters)
        question, language = fixed.question, fixed.language
    said = without_language(question, language)
    rewritten = ports.rewriter.rewrite(said, language, _as_asked(history)) if problem is None and history else None
    if rewritten is not None and question != typed and ports.rewriter.rewrite(typed, language, _as_asked(history)) is None:
        rewritten = None  # put into its own script it may lose words, so it leans only if it does as it was typed
    asked_as = rewritten.question if rewritten is not None else question if question != typed else None
    yield Searching(question, language, asked_as)

    if problem is None and ports.is_empty():
        problem = refusals.empty_knowledge_base(language)
    if problem is not None:
        yield Refused(problem)
        yield Done(_answer(typed, language, (), problem, started, started))
        return

    wanted = understand(question, asked_as or question, language, history, filters, ports, typed if question != typed else "")
    with ports.turn():
        if answered_alone(wanted, ports):
            wanted = replace(wanted, skill="lookup")
        made = done(wanted, ports)
        made = with_quotes(made, wanted, ports) if made is not None else made
    if made is None and wanted.skill == "chat":
        made = SkillResult(blocks=chat(question, language, ports.papers, sure=True))
    if made is None:
        yield from _looked_up(replace(wanted, text=typed), started, ports, pen, leans=rewritten is not None)
        return
    if made.refusal is not None:
        yield Refused(made.refusal)

    def answer(made: SkillResult) -> Answer:
        plain = _answer(typed, wanted.said_in, made.statements, made.refusal, started, started)
        return replace(plain, asked_as=asked_as, skill=wanted.skill, blocks=made.blocks, grade=made.grade)

    if pen is None or not (quotes := to_word(made, wanted.skill, wanted.said_in)):
        yield Done(answer(made))
        return

    def in_place(said: Sequence[Statement]) -> Answer:
        return answer(worded(made, quotes, said, wanted.skill, wanted.said_in))

    asking_for = Asked(wanted.asked, partial(_typed, wanted, ports), wanted.said_in, passages(quotes), quotes, wanted.skill)
    yield LaidOut(in_place(()))
    written = yield from _gathered(written_answer(asking_for, ports, pen), lambda said: LaidOut(in_place(said)))
    yield Done(_by_model(in_place(written.statements), written))


def _gathered(writing: Generator[Event, None, Written], told: Callable[[Sequence[Statement]], Event]) -> Generator[Event, None, Written]:
    """Pass on the events of the writing, in the place of each statement what is told of all so far."""
    said: list[Statement] = []

    def one(event: Event) -> Event:
        if not isinstance(event, StatementReady):
            return event
        said.append(event.statement)
        return told(said)

    return (yield from passed_on(writing, one))


def _as_asked(history: Sequence[Turn]) -> list[Turn]:
    """The conversation as a follow-up leans on it: of what was to be done, only the matter and the names."""
    return [
        turn
        if turn.answer.skill in ("lookup", "clarify")
        else replace(turn, answer=replace(turn.answer, asked_as=without(turn.answer.asked_as or turn.question, asking())))
        for turn in history
    ]


def _looked_up(wanted: Question, started: float, ports: Ports, pen: Pen | None, *, leans: bool = False) -> Iterator[Event]:
    """What the papers say to a question, stretch by stretch, or in the words of a language model.

    Of one that ``leans`` on the answer before, a language model is told the question before as well.
    """
    wanted = replace(wanted, answer_in=wanted.told_in)  # a language that is only named is one of papers
    asked, language, said_in = wanted.asked, wanted.language, wanted.said_in
    with ports.turn():
        filters = meant_by(wanted, ports)
        sought = without_day(asked) if filters.documents and wanted.dated else asked  # its day says which paper, not where in it
        result = _searched(wanted, sought, filters, ports)
        if (spelt := spelling.respelt(sought, language, result.hits, ports.embedder.knows)) is not None:
            asked = sought = spelt
            result = _searched(wanted, sought, filters, ports)
        searched = time.perf_counter()
        yield EvidenceFound(result.hits[: Budget().passages])
        reading = _read(replace(wanted, asked=sought), result, filters, ports)
    statements, refusal = list(reading.statements), reading.refusal

    def answer(said: Sequence[Statement]) -> Answer:
        return replace(
            _answer(wanted.text, said_in, tuple(said), refusal, started, searched),
            asked_as=asked if asked != wanted.text else None,
            notes=result.notes,
            conflicts=reading.conflicts if said else (),
            grade=reading.grade if said else "silent",
            skill=reading.skill,
            blocks=reading.blocks if said else (),
        )

    def ready(said: Sequence[Statement]) -> StatementReady:
        blocks = () if reading.skill == "clarify" else reading.blocks  # which paper is meant is asked below all statements
        return StatementReady(said[-1], replace(answer(said), notes=(), conflicts=(), blocks=blocks))

    written: Written | None = None
    if statements and pen is not None and reading.skill != "decline":  # beside what is declined, the papers speak for themselves
        more, before = partial(_more, filters, ports), wanted.history[-1].question if leans and wanted.history else ""
        asking_for = Asked(asked, partial(_typed, wanted, ports), said_in, result.hits, statements, more=more, before=before)
        written = yield from _gathered(written_answer(asking_for, ports, pen), ready)
        if written.silent and not written.statements and reading.grade == "answers":  # one of the two is wrong: the reader is to look
            reading = replace(reading, grade="nearest")
            written = replace(written, notes=(*written.notes, phrase("note.found_none", said_in)))
        elif written.statements or written.beside or written.silent:
            statements = [*written.statements, *written.beside, *_left_unsaid(reading.statements, written)]
    told = len(written.statements) if written is not None else 0
    for end in range(told + 1, len(statements) + 1):
        yield ready(statements[:end])
    if not statements and refusal is None:
        with ports.turn():
            refusal = refusals.papers_silent(
                asked,
                said_in,
                result.hits,
                filters,
                lambda wider: ports.search(asked, FETCHED, wider),
                lambda found: _speaks(asked, language, replace(result, hits=tuple(found)), ports),
                outside=wanted.declined == "outside",
            )
    if refusal is not None:
        yield Refused(refusal)
    yield Done(answer(statements) if written is None else _by_model(answer(statements), written))


def _more(filters: Filters, ports: Ports, words: str) -> Sequence[Hit]:
    """What a search finds in the papers that an answer may be made of."""
    with ports.turn():
        return ports.search(words, FETCHED, filters).hits


def _speaks(asked: str, language: Language, result: SearchResult, ports: Ports) -> list[Statement]:
    """The first quote of passages that hold the names of a question."""
    return [] if unknown_names(asked, result.hits, ports.embedder) else quoted(asked, language, result, ports)[0][:1]


def _searched(wanted: Question, sought: str, filters: Filters, ports: Ports) -> SearchResult:
    """What a search for a message finds, within the conversation unless it says itself in which papers."""
    last = next((turn for turn in reversed(_as_asked(wanted.history)) if turn.answer.statements), None)
    if last is None or filters != wanted.filters:
        return ports.search(sought, FETCHED, filters)
    papers = [paper.id for paper in cited_of(last.answer, ports.papers())]
    leaning = ports.rewriter.leaning(wanted.text, wanted.language)
    return searched(Spoken(sought, wanted.text, last.answer.asked_as or last.question, papers, leaning), FETCHED, filters, ports.search)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The statements that answer, best first, how sure that is, where papers disagree, and what of ours stands beside them."""

    statements: tuple[Statement, ...]
    grade: Grade
    conflicts: tuple[Conflict, ...] = ()
    refusal: Refusal | None = None
    blocks: tuple[Block, ...] = ()
    skill: Skill = "lookup"


def _read(wanted: Question, result: SearchResult, filters: Filters, ports: Ports) -> _Reading:
    """What the papers say to a question; ``filters`` are those of the search."""
    asked, language = wanted.asked, wanted.language
    limited, outside = wanted.filters != filters, wanted.declined == "outside"
    leans = bool(wanted.history) and ports.rewriter.leaning(wanted.text, wanted.language) >= HALF
    named = limited or leans or bool(wanted.named and wanted.of_kind)  # what leans on an answer is about its papers, however it reads
    statements, grade = quoted(asked, language, result, ports, outside=outside, named=named)
    if limited and grade == "answers" and not is_sure(asked, ports.search(asked, FETCHED, wanted.filters), ports):
        grade = "nearest"
    stored, corrected = known(wanted, ports) if grade != "silent" or not outside else ((), ())
    if stored:
        others = (one for one in statements if not any(overlap(one.citations[0], held.citations[0]) for held in stored))
        statements = [*stored, *others][:SHOWN]
    grade = "answers" if stored or corrected else grade
    statements = in_force(statements, ports.replaced)
    if beside := no_opinion(wanted, sure=grade == "answers"):
        refusal = refusals.no_legal_opinion(wanted.said_in, result.hits) if not statements else None
        return _Reading(tuple(statements), "nearest" if statements else "silent", (), refusal, beside, "decline")
    conflicts: tuple[Conflict, ...] = ()
    if statements:
        pointed = [answering_alone(statement) for statement in statements]
        conflicts = conflicts_of(asked, language, ports.embedder.query(asked), pointed, result.hits, ports)
        statements = by_weight(statements, conflicts)
    offered = choices(wanted, statements, result.hits, ports, answering(asked, result.hits, ports)) if not corrected else ()
    statements = one_of_each(wanted, statements, ports) if offered else statements
    return _Reading(tuple(statements), grade, conflicts, None, offered or corrected, "clarify" if offered else "lookup")


def _left_unsaid(quotes: Sequence[Statement], written: Written) -> list[Statement]:
    """The quote that answers best, where a language model's sentences on it did not all pass the check: it says what they lack."""
    if not written.statements or not written.left_out:
        return []
    held = [*written.statements, *written.beside]
    told = {fold(citation.quote) for statement in held for citation in statement.citations}
    return [quote for quote in quotes[:1] if fold(quote.text) not in told]


def _typed(wanted: Question, ports: Ports) -> str:
    """The question in the asker's own words, made whole from what they typed before: what was searched for may be spelt as papers are."""
    typed = [replace(turn, answer=replace(turn.answer, asked_as=None)) for turn in wanted.history]
    whole = ports.rewriter.rewrite(wanted.text, wanted.language, typed) if wanted.asked != wanted.text and typed else None
    return whole.question if whole is not None else wanted.text


def _by_model(answer: Answer, written: Written) -> Answer:
    """The answer with what is told of the language model that was asked for it; quotes in the place of its words are said to be so."""
    answer = replace(answer, notes=(*answer.notes, *written.notes), sent=written.sent, left_out=written.left_out)
    if written.statements or (written.silent and not answer.statements):
        return replace(answer, engine=GENERATIVE, model=written.model, prompt=written.prompt)
    return answer


def question_language(question: str, history: Sequence[Turn] = ()) -> Language:
    """The language a question is asked in; where it is too short to tell, that of the conversation, else the likeliest of its script.

    Where words of English are joined by those of another language, it is that one, however many they are.
    """
    read = question[:2000]
    match joined_in(read):
        case "japanese":
            return "ja"
        case "devanagari":
            return detect(" ".join(DEVANAGARI_WORD.findall(read)), "mr")
    of_script: Language = "hi" if _HINDI.search(read) else _OF_SCRIPT[script(question)]
    return detect(read, history[-1].answer.language if history else of_script)


def _answer(
    question: str, language: Language, statements: tuple[Statement, ...], refusal: Refusal | None, started: float, searched: float
) -> Answer:
    now = time.perf_counter()
    milliseconds = Timings(search=(searched - started) * 1e3, answer=(now - searched) * 1e3, total=(now - started) * 1e3)
    return Answer(question, language, ENGINE, statements, refusal, milliseconds)


__all__ = ["ENGINE", "GENERATIVE", "Pen", "Ports", "ask", "foreign", "question_language"]
