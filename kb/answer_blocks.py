"""The blocks by which an answer is laid out, and what is told while a language model writes it. Callers take them from `kb.records`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a block. ``cited`` are the statements that hold it, by their index in `Answer.statements`.

    A cell without any says nothing of the papers: words of ours, a gap to be filled in.
    """

    text: str
    cited: tuple[int, ...] = ()


BlockKind: TypeAlias = Literal["text", "options", "points", "steps", "table", "letter", "quotes"]
"""How a part of an answer is laid out.

``text``: a line or heading of ours. ``options``: choices that can be asked with a click. ``points`` and ``steps``: a list, numbered in
``steps``. ``table``: rows under ``columns``. ``letter``: paragraphs to be copied. ``quotes``: the statements of ``rows`` as they are.
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an answer that is laid out.

    ``text`` is its heading, or the words themselves; ``items`` are the choices of ``options``; each of ``rows`` is a point (one cell, or a
    label and what it says), a row of the table, or a paragraph of the letter.
    """

    kind: BlockKind
    text: str = ""
    items: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """As many answers are being written as may be; this one is the ``place``-th in the queue. Told again every second."""

    place: int


@dataclass(frozen=True, slots=True)
class Looking:
    """A model found that the passages lack something, and chose these words to look for it in the same papers."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """So many passages were sent to a model on a host, which writes. Told again every second in which nothing came."""

    model: str
    host: str
    passages: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What a language model was sent for an answer, without a word of it: passages, tokens of all prompts and of all output.

    ``seconds`` is the time of writing, checks included; ``fault`` why it gave nothing, or broke off, "" where it did neither.
    """

    model: str
    host: str
    passages: int
    tokens_in: int
    tokens_out: int
    seconds: float
    fault: str = ""
