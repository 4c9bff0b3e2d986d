"""A question of a conversation answered: its text, where in it sources stand, and what Setu tells beside."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import regex

from kb.document_records import Filters
from kb.records import Answer, Done, StatementReady
from server.evidence.answer_text import AnswerText, Marked, write_answer
from server.evidence.askers import Seen
from server.evidence.earlier_turns import EarlierTurns
from server.evidence.passage_texts import chosen, linked_shape
from server.openai_paths.conversation import Conversation
from server.openai_paths.openai_errors import OpenAIError
from server.openai_paths.request_records import Limits

MODEL: Final = "setu"
BEAT_S: Final = 5.0
"""How often a stream says that it is alive, for clients and proxies that wait no longer."""
_PIECE: Final = regex.compile(r".*?(?:[.!?।。]\s+|\n+|$)", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class Replied:
    """An answer with its text; ``shown`` is what the client is given, the list of sources with it where it is wanted."""

    answer: Answer
    text: AnswerText
    shown: str
    address: str

    @property
    def usage(self) -> tuple[int, int]:
        """Tokens that a language model was sent and gave; none where quotes answer."""
        sent = self.answer.sent
        return (sent.tokens_in, sent.tokens_out) if sent is not None else (0, 0)

    def extension(self) -> dict[str, Any]:
        """What Setu tells of an answer beside its text."""
        told = linked_shape(self.answer, self.address)
        names = ("language", "grade", "skill", "engine", "asked_as", "refusal", "notes", "conflicts", "statements", "model")
        return {**{name: told[name] for name in names}, "sources": [source_shape(one.number, one.record) for one in self.text.sources]}


def source_shape(number: int, record: dict[str, Any]) -> dict[str, Any]:
    """A source as the extension has it."""
    names = (
        "id", "url", "quote", "status", "document", "document_id", "version", "kind", "date", "page", "page_label", "path", "start", "end",
        "language",
    )  # fmt: skip
    return {"number": number, **{name: record[name] for name in names}}


def filters_of(seen: Seen, model: str, limits: Limits) -> Filters:
    """Which papers a request asks: ``setu`` all, ``setu/NAME`` those of a collection.

    Raises:
        OpenAIError: there is no such model.
        KnowledgeBaseError: a document or collection is named that there is not.
    """
    name, _, collection = model.partition("/")
    known = {one.name or one.role for one in seen.kb.collections.list()}
    if name != MODEL or (collection and collection not in known) or model.endswith("/"):
        raise OpenAIError(
            f"There is no model {model[:80]!r}. `GET /v1/models` lists those there are.", status=404, code="model_not_found", param="model"
        )
    inside = (*limits.collections, *([collection] if collection else []))
    return chosen(
        seen.kb, kinds=limits.kinds, languages=limits.languages, documents=limits.documents, collections=inside,
        date_from=limits.date_from, date_to=limits.date_to,
    )  # fmt: skip


Step: TypeAlias = str | Replied | None
"""Of an answer in the making: more of its text, at last the whole, and None for what tells nothing of it."""


def reply(seen: Seen, turns: EarlierTurns, talk: Conversation, filters: Filters, limits: Limits) -> Generator[Step, None, None]:
    """Answer the last question of a conversation, piece by piece as far as the text is certain; together they are what is shown.

    Raises:
        KnowledgeBaseError: it cannot be answered at all.
    """
    history = turns.of(seen.kb, talk.questions[:-1], filters, seen.identity)
    answer, told = None, ""
    with closing(seen.kb.ask(talk.question, history=history, filters=filters, engine=limits.engine)) as events:
        for event in events:
            yield None
            if isinstance(event, Done):
                answer = event.answer
            elif isinstance(event, StatementReady) and event.so_far is not None:
                certain = write_answer(event.so_far, seen.address).body
                yield from pieces(_after(told, certain))
                told = certain
    if answer is None:
        raise RuntimeError("an answer without an end")
    turns.keep(seen.kb, talk.questions, filters, answer, seen.identity)
    text = write_answer(answer, seen.address)
    shown = text.whole if limits.sources else text.body
    yield from pieces(_after(told, shown))
    yield Replied(answer, text, shown, seen.address)


def whole_reply(seen: Seen, turns: EarlierTurns, talk: Conversation, filters: Filters, limits: Limits) -> Replied:
    """The same, once it is whole."""
    return next(step for step in reply(seen, turns, talk, filters, limits) if isinstance(step, Replied))


def _after(told: str, text: str) -> str:
    """What follows in a text on what was told of it."""
    if not text.startswith(told):
        raise RuntimeError("an answer that does not begin with what was told of it")
    return text[len(told) :]


def pieces(text: str) -> Iterator[str]:
    """A text in sentences and lines, which together are the text."""
    return (found[0] for found in _PIECE.finditer(text) if found[0])


def url_citation(mark: Marked) -> dict[str, Any]:
    """Where a mark stands and what it leads to; ``start_index`` is its first character, ``end_index`` is one past its last."""
    return {"start_index": mark.start, "end_index": mark.end, "title": mark.source.title, "url": mark.source.url}
