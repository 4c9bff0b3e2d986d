"""An answer written by a language model: asked, read sentence by sentence, checked, repaired once.

The writer of a knowledge base is made when the first answer is to be written: until then nothing of a language model is loaded or read.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal, TypeAlias

from kb.errors import SettingsError
from kb.generate.chat_model import Chat, ChatError, LangChainChat, Message, model_name
from kb.generate.destinations import OUTSIDE, Destination
from kb.generate.draft_parser import Draft, Reader
from kb.generate.grounding import Item, fails, gather, listed, statements
from kb.generate.streaming import Budget, OutOfTimeError, Purse, Unlimited, reply, tokens
from kb.generate.writing_queue import WritingQueue
from kb.ports import Ports
from kb.records import Check, Finding, Hit, Looking, Sent, Skill, Statement, Writing
from kb.sanitize import plain
from kb.settings import InForce, Settings, llm_key
from kb.telemetry import queues
from kb.verify.citations import fold, overlap
from kb.verify.verdict import Verifier
from lang.languages import Language
from prompts.phrases import phrase
from prompts.templates import identity, in_language, task, template

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Answers that are written at once where no setting says."""
MOST = 8
"""Statements of an answer that is looked up; where quotes are worded, as many more as there are quotes."""
_LEAST_TOKENS = 200
"""With fewer left, nothing is repaired."""
_REPLY = 600
"""Tokens that a reply is kept, where more passages are shown."""
ROUNDS = 3
"""How often a model is shown passages for one answer, the first time among them."""
SEARCHES, MOST_WORDS = 3, 120
"""What it may look for in a round, and the characters of each."""
FOUND = 6
"""Passages that are shown of what was found so."""

More: TypeAlias = Callable[[str], Sequence[Hit]]
"""Searches the papers that an answer may be made of."""

Fault: TypeAlias = Literal["down", "key", "slow", "garbled", "unverified", "in_house", "busy", "spent"]


@dataclass(frozen=True, slots=True)
class Pen:
    """What writes and what checks: a chat model, where it is, the verifier, and what one answer may cost."""

    chat: Chat
    verifier: Verifier
    tokens: int = 12_000
    seconds: float = 60.0
    failing: Literal["drop", "mark"] = "drop"
    destination: Destination = OUTSIDE
    queue: WritingQueue = field(default_factory=lambda: WritingQueue(AT_ONCE))
    purse: Purse = field(default_factory=Unlimited)

    @property
    def model(self) -> str:
        """The model's name without the address of its server."""
        return self.chat.name.rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it. ``statements`` are those that were yielded; with none, quotes or a refusal take their place.

    ``silent``: the model found no answer in the passages. ``fault``: why it gave none, or broke off. ``notes`` are for the reader.
    """

    statements: tuple[Statement, ...]
    silent: bool
    fault: Fault | None
    notes: tuple[str, ...]
    model: str
    prompt: str
    sent: Sent | None = None
    beside: tuple[Statement, ...] = ()
    """Quotes of papers that the model was not shown, which stand beside what it wrote, or alone."""
    left_out: tuple[Statement, ...] = ()
    """Of what failed twice, what may be shown to whoever asks for it."""


@dataclass(slots=True)
class _Sheet:
    """One answer as it is being written."""

    language: Language
    items: dict[str, Item]
    ports: Ports
    pen: Pen
    budget: Budget
    shown: list[Statement] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    silent: bool = False
    searches: list[str] = field(default_factory=list)
    garbled: int = 0
    drafts: int = 0
    most: int = MOST

    @property
    def writing(self) -> Writing:
        """What is told while it is being written."""
        return Writing(self.pen.model, self.pen.destination.host, len(self.items))

    def read(self, messages: Sequence[Message]) -> Iterator[tuple[Draft, Statement] | None]:
        """The statements of one reply, each once, as soon as they are complete and checked; None for a while in which nothing came."""
        reader = Reader()
        try:
            with closing(reply(self.pen.chat, messages, self.budget)) as pieces:
                for piece in pieces:
                    if not piece:
                        yield None
                    for draft in reader.feed(piece):
                        self.drafts += 1
                        for statement in statements(draft, self.items, self.language, self.ports, self.pen.verifier):
                            if (said := fold(statement.text).casefold()) not in self.seen:
                                self.seen.add(said)
                                yield draft, statement
                            self.budget.check()
                    if self.drafts >= 2 * self.most or len(self.shown) >= self.most:
                        return
        finally:
            self.silent = self.silent or reader.silent
            self.searches = [words for one in reader.searches if (words := plain(one)[:MOST_WORDS].strip())][:SEARCHES]
            self.garbled += reader.garbled

    def sent(self, fault: Fault | None) -> Sent:
        """What it came to."""
        told, cost = self.writing, self.budget
        return Sent(told.model, told.host, told.passages, cost.prompted, cost.received, cost.seconds_spent, fault or "")


def write(
    question: str,
    language: Language,
    hits: Sequence[Hit],
    quoted: Sequence[Statement],
    ports: Ports,
    pen: Pen,
    withheld: Collection[int] = (),
    budget: Budget | None = None,
    skill: Skill = "lookup",
    more: More | None = None,
    before: str = "",
) -> Generator[Statement | Looking | Writing, None, Written]:
    """Yield the statements that stand, each as soon as it is checked, and what is told meanwhile; returns what became of the whole.

    A statement that fails is sent back once with the reasons; one that fails again is left out, or shown as unsupported at the end,
    as ``pen.failing`` says. Closing the generator ends the request to the model.

    A model that finds something lacking in the passages may say in which words it would look for it: they are searched with ``more``,
    and it is shown what is found, in `ROUNDS` rounds at most and as far as the budget goes.

    Args:
        question: as it was searched for.
        language: that of the question and the answer.
        hits: what was found, best first.
        quoted: the extractive answer; the passages it quotes are shown to the model first.
        ports: the knowledge base.
        pen: the model, the check and the limits.
        withheld: documents of which nothing may be shown to the model.
        budget: what may still be spent; by default what the pen says of one answer.
        skill: what is written; for all but a look-up, the hits are quotes to be worded.
        more: searches again; without it, what is there must do.
        before: the question that this one goes on from, as it was typed; a model that can search is told it.
    """
    budget = budget or Budget(pen.tokens, pen.seconds)
    to_be_worded = skill != "lookup"
    items = gather(hits, quoted, budget.for_evidence, language, withheld, whole=to_be_worded)
    sheet = _Sheet(language, items, ports, pen, budget, most=MOST + len(items) * to_be_worded)
    messages = _asked(question, language, items, skill, sheet.most, before if more is not None else "")
    failed: list[tuple[Draft, Statement]] = []
    lost: list[tuple[Draft, Statement]] = []
    fault: Fault | None = None
    yield sheet.writing
    try:
        yield from _showing(sheet, messages, fails, failed)
        for left in reversed(range(ROUNDS - 1)):
            again = yield from _looked_for(sheet, messages, more, withheld, left)
            if again is None:
                break
            messages = again
            yield from _showing(sheet, messages, fails, failed)
        if failed and len(sheet.shown) < sheet.most and budget.tokens_left > _cost(messages) + _LEAST_TOKENS:
            first, failed, shown = failed, [], len(sheet.shown)
            sheet.seen -= {fold(statement.text).casefold() for _, statement in first}
            yield from _showing(sheet, _repair(messages, first, language), lambda again: again.status == "unsupported", failed)
            repaired = [*sheet.shown[shown:], *(statement for _, statement in failed)]
            lost = [one for one in first if not _said_again(one[1], repaired)]
            for _, statement in [one for one in lost if one[1].status == "partial"]:  # it would be shown if it had been said again
                sheet.shown.append(statement)
                yield statement
            lost = [one for one in lost if one[1].status != "partial"]
    except OutOfTimeError:
        fault = "slow"
        log.warning("The language model %s took longer than %s s (SETU_LLM_SECONDS).", pen.chat.name, pen.seconds)
    except ChatError as error:
        fault = "key" if error.refused_key else "down"
        log.warning("The language model %s gave no answer: %s", pen.chat.name, error)
    if sheet.shown and pen.failing == "mark":
        for _, statement in failed:
            if statement.status == "unsupported":
                sheet.shown.append(statement)
                yield statement
    return _written(sheet, [*failed, *lost], fault)


def _showing(
    sheet: _Sheet, messages: Sequence[Message], refused: Callable[[Statement], bool], failed: list[tuple[Draft, Statement]]
) -> Iterator[Statement | Writing]:
    """Show the statements of one reply, and what is told meanwhile; those that are refused go to ``failed``."""
    for read in sheet.read(messages):
        if read is None:
            yield sheet.writing
        elif refused(read[1]):
            failed.append(read)
        else:
            sheet.shown.append(read[1])
            yield read[1]


def _said_again(failed: Statement, again: Sequence[Statement]) -> bool:
    """Whether what was sent back for repair came again, better or not: something else that rests on the same words did."""
    if not failed.citations:
        return bool(again)
    return any(overlap(one, other) for statement in again for other in statement.citations for one in failed.citations)


def _looked_for(
    sheet: _Sheet, messages: list[Message], more: More | None, withheld: Collection[int], left: int
) -> Generator[Looking | Writing, None, list[Message] | None]:
    """Search for what the model finds lacking; the messages that show it what was found, None where nothing new was, or is wanted.

    ``left`` is how many rounds there may be after this one.
    """
    searches, room = sheet.searches, sheet.budget.tokens_left - _cost(messages) - _REPLY
    if not searches:
        return None
    sheet.silent = not sheet.drafts  # unless more is found
    if more is None or len(sheet.shown) >= sheet.most or room < _LEAST_TOKENS:
        return None
    yield Looking(tuple(searches))
    known = {item.hit.chunk for item in sheet.items.values()}
    in_turns = (hit for hits in zip_longest(*map(more, searches)) for hit in hits)
    found = [hit for hit in in_turns if hit is not None and hit.chunk not in known][:FOUND]
    new = gather(found, (), room, sheet.language, withheld, after=len(sheet.items))
    if not new:
        return None
    sheet.items |= new
    sheet.silent = False
    yield sheet.writing
    wrote = [json.dumps({"text": statement.text}, ensure_ascii=False) for statement in sheet.shown]
    wrote += [json.dumps({"search": words}, ensure_ascii=False) for words in searches]
    last = "" if left else template("answer/last").fill()
    told = template("answer/more").fill(passages=listed(new), last=last, in_language=in_language(sheet.language))
    return [*messages, ("ai", "\n".join(wrote)), ("human", told)]


def _written(sheet: _Sheet, failed: Sequence[tuple[Draft, Statement]], fault: Fault | None) -> Written:
    silent = sheet.silent and not sheet.drafts and fault is None  # what failed, and was then left out, is no silence of the papers
    if not sheet.shown and not silent and fault is None:
        fault = "unverified" if sheet.drafts else "garbled"
    language = sheet.language
    notes: list[str] = []
    if not sheet.shown and fault is not None:
        notes.append(phrase(f"note.{fault}", language))
    elif fault is not None:
        notes.append(phrase("note.cut", language))
    if sheet.shown and failed and sheet.pen.failing == "drop":
        notes.append(phrase("note.dropped", language, n=len(failed)))
    left_out = tuple(one for _, one in failed if _may_be_seen(one)) if sheet.pen.failing == "drop" else ()
    sent = sheet.sent(fault)
    return Written(tuple(sheet.shown), silent, fault, tuple(notes), sheet.pen.chat.name, identity("answer"), sent, left_out=left_out)


def _may_be_seen(failed: Statement) -> bool:
    """Whether what failed rests on a quote, so that who may not see the paper is not shown it, and is no order or address."""
    checks = {finding.check for finding in failed.verdict.findings} if failed.verdict is not None else set()
    return bool(failed.citations) and not checks & {"instruction", "link"}


def _asked(question: str, language: Language, items: Mapping[str, Item], skill: Skill, most: int, before: str) -> list[Message]:
    name = phrase(f"language.{language}", "en") if language != "und" else "the language of the question"
    leans = template("answer/before").fill(before=json.dumps(before, ensure_ascii=False)) if before else ""
    return [
        ("system", template("answer/system").fill(language=name, most=str(most))),
        (
            "human",
            template("answer/question").fill(
                passages=listed(items),
                question=json.dumps(question, ensure_ascii=False),
                task="\n\n".join(filter(None, (task(skill), leans))),
                in_language=in_language(language),
            ),
        ),
    ]


def _repair(messages: Sequence[Message], failed: Sequence[tuple[Draft, Statement]], language: Language) -> list[Message]:
    said = [{"text": s.text, "quotes": [{"key": k, "quote": q} for k, q in draft.quotes]} for draft, s in failed]
    lines = [{"text": s.text, "wrong": [_reason(f) for f in (s.verdict.findings if s.verdict else ())]} for _, s in failed]
    as_lines = ["\n".join(json.dumps(one, ensure_ascii=False) for one in many) for many in (said, lines)]
    return [
        *messages,
        ("ai", as_lines[0]),
        ("human", template("answer/repair").fill(failed=as_lines[1], in_language=in_language(language))),
    ]


def _reason(finding: Finding) -> str:
    """Why a statement failed, in words for the model."""
    instead = f"; the passage has: {finding.shown}" if finding.shown else ""
    return f"{REASONS[finding.check]}: {finding.said}{instead}"


REASONS: Mapping[Check, str] = {
    "quote": "this quote does not stand in the passage of that key",
    "number": "this number is not in the quotes",
    "date": "this date is not in the quotes",
    "clause": "this clause number is not in the quotes",
    "name": "this name is not in the quotes",
    "silent": "no paper speaks of this",
    "counterpart": "no counterpart of this name is in the quotes",
    "word": "these words are not in the quotes",
    "negation": "what is denied differs from the quotes",
    "denials": "it denies more than the quotes do",
    "modality": "what must, may, is planned or is done differs from the quotes",
    "scope": "how far it goes differs from the quotes",
    "support": "the quotes do not say this",
    "instruction": "these words are an order to a program, not a statement of the paper",
    "link": "this address is not in the quotes",
    "language": "it is in another language",
    "doubtful": "the quoted words were read from a picture and may be misread",
}


def _cost(messages: Sequence[Message]) -> int:
    return sum(tokens(text) for _, text in messages)


class Pens:
    """Makes the pen that the settings in force describe, once until others are. Thread-safe."""

    def __init__(self, in_force: InForce, verifier: Verifier) -> None:
        self._in_force = in_force
        self._verifier = verifier
        self._made: tuple[Settings, Pen] | None = None
        self._lock = threading.Lock()

    def pen(self) -> Pen:
        """The pen.

        Raises:
            SettingsError: ``SETU_LLM`` names no model, or its key cannot be read.
            MissingExtraError: the package that reaches the model is not installed.
        """
        with self._lock:
            settings = self._in_force.now
            if self._made is None or self._made[0] is not settings:
                self._made = settings, self._make(settings)
            return self._made[1]

    def _make(self, settings: Settings) -> Pen:
        if not settings.llm:
            raise SettingsError("A generative answer was asked for, but no language model is set. Set SETU_LLM, e.g. openai:gpt-4.1-mini.")
        chat = LangChainChat(model_name(settings.llm), llm_key(settings))
        where, queue = chat.destination(settings.inside_hosts), WritingQueue(settings.llm_at_once)
        queues.show("model", queue, WritingQueue.waiting)
        return Pen(chat, self._verifier, settings.llm_tokens, settings.llm_seconds, settings.llm_failing, where, queue)
