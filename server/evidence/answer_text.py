"""An answer as Markdown for a program that shows text: its words, then its sources, each numbered and linked to its passage.

What papers say is data: nothing in it becomes a link, an image, HTML, or a mark of a source. An invisible word joiner breaks what would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import regex

from kb.answer.presentation.rendering import answer_text
from kb.records import Answer, Block, Cell, Citation, Conflict, Hit, Refusal, Statement
from kb.sanitize import visible
from lang.languages import LANGUAGES
from server.evidence.passage_texts import linked_shape
from ui.components.answer_wording import Numbers, place_of
from ui.components.i18n import Strings, strings
from ui.components.permalinks import Passage

_JOINER: Final = "\N{WORD JOINER}"
_ACTS: Final = regex.compile(
    r"(?<=\])(?=[(\[:])|(?<=!)(?=\[)|(?<=<)(?=[a-z/!?])|(?<=\[)(?=\d+\])|(?<=`)(?=`)|(?<=~)(?=~)"
    r"|(?<=\b(?:https?|ftp|mailto|javascript|data))(?=:)|(?<=\bwww)(?=\.)|(?<=[\w.+-])(?=@\w)",
    regex.IGNORECASE,
)
"""Where a joiner breaks what Markdown, as clients read it, would act on."""
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the key of a source while the text is put together; no letter of any paper, and taken out of theirs."""
_MARK: Final = regex.compile(f"{_OPEN}(\\d+){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Source:
    """A source by its number in the order of the text; its record has ``id``, ``url``, ``quote`` and ``status``."""

    number: int
    title: str
    url: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Marked:
    """Where in the text the mark of a source stands, ``[start, end)`` in code points."""

    start: int
    end: int
    source: Source


@dataclass(frozen=True, slots=True)
class AnswerText:
    """``body`` is the answer with marks such as `` [1]``, ``listed`` its sources as a list to stand below it ("" where there are none)."""

    body: str
    listed: str
    marks: tuple[Marked, ...]
    sources: tuple[Source, ...]

    @property
    def whole(self) -> str:
        """The answer with its sources below."""
        return self.body + self.listed


def inert(text: str) -> str:
    """Text of a paper that nothing in Markdown acts on; it reads as it did."""
    return _ACTS.sub(_JOINER, visible(text).replace(_OPEN, "").replace(_CLOSE, ""))


def write_answer(answer: Answer, address: str) -> AnswerText:
    """An answer as text, in its own language.

    Args:
        answer: what was answered, or why not.
        address: where the chat is reached, for the links.
    """
    writing = _Writing(strings(answer.language if answer.language in LANGUAGES else "en"), address)
    said = answer_text(writing.answer(answer), writing.signed)
    body, marks, last = "", [], 0
    used: dict[str, Source] = {}
    for found in _MARK.finditer(said):
        body += said[last : found.start()]
        source = used.setdefault(found[1], replace(writing.sources[int(found[1])], number=len(used) + 1))
        mark = f" [{source.number}]"
        marks.append(Marked(len(body) + 1, len(body) + len(mark), source))
        body, last = body + mark, found.end()
    sources = tuple(used.values())
    return AnswerText(body + said[last:], writing.listed(sources), tuple(marks), sources)


class _Writing:
    """Numbers the sources of an answer as they are met."""

    def __init__(self, words: Strings, address: str) -> None:
        self._words, self._address = words, address
        self._numbers = Numbers()
        self.sources: dict[int, Source] = {}

    def answer(self, answer: Answer) -> Answer:
        """The answer with inert words, and marks where `answer_text` sets none."""
        return replace(
            answer,
            statements=tuple(map(self._statement, answer.statements)),
            blocks=tuple(map(_block, answer.blocks)),
            conflicts=tuple(map(self._conflict, answer.conflicts)),
            notes=tuple(map(inert, answer.notes)),
            refusal=self._refusal(answer.refusal) if answer.refusal is not None else None,
        )

    def signed(self, statement: Statement) -> str:
        """The marks of a statement."""
        return "".join(dict.fromkeys(map(self._mark, statement.citations)))

    def listed(self, sources: Sequence[Source]) -> str:
        """The sources as a list."""
        lines = [f"{one.number}. [{_link_words(one.title)}]({one.url})" for one in sources]
        return "\n\n" + "\n".join([f"**{self._words('note.sources')}**", "", *lines]) if lines else ""

    def _statement(self, statement: Statement) -> Statement:
        return replace(statement, text=inert(statement.text))

    def _conflict(self, conflict: Conflict) -> Conflict:
        return replace(conflict, note=inert(conflict.note) + self._mark(conflict.one) + self._mark(conflict.other))

    def _refusal(self, refusal: Refusal) -> Refusal:
        nearest = tuple(replace(hit, text=inert(hit.text) + self._mark(hit)) for hit in refusal.nearest)
        return replace(refusal, message=inert(refusal.message), nearest=nearest)

    def _mark(self, cited: Citation | Hit) -> str:
        number = self._numbers(cited)  # type: ignore[arg-type]  # a hit has a place, too
        if number not in self.sources:
            record = linked_shape(cited, self._address)
            if isinstance(cited, Hit):
                record |= {"quote": cited.text, "status": "verified"}  # it is the stored text itself
            title = " ".join(visible(place_of(cited, self._words)).split())
            self.sources[number] = Source(number, title, Passage.of(cited).url(self._address), record)
        return f"{_OPEN}{number}{_CLOSE}"


def _block(block: Block) -> Block:
    rows = tuple(tuple(Cell(inert(cell.text), cell.cited) for cell in row) for row in block.rows)
    return replace(block, text=inert(block.text), items=tuple(map(inert, block.items)), columns=tuple(map(inert, block.columns)), rows=rows)


def _link_words(title: str) -> str:
    return regex.sub(r"([\[\]\\`*_<>])", r"\\\1", inert(title).replace(_JOINER, ""))
