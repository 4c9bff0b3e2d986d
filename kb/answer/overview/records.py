"""The records of an overview."""

from __future__ import annotations

from dataclasses import dataclass

from kb.records import Block, DocumentInfo, Statement
from lang.codes import Language


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
