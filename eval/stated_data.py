"""Papers as they are read, with what somebody who had not seen the code read there.

`eval/data/stated.jsonl` holds a paper in a line: ``id`` (the number of its set first), ``language, kind``, its ``margins`` and ``blocks``
of ``[role, text, language, path]``, and the facts as in ``python -m eval stated``; names as they stand in the text, ``said`` the places
``[what, start, end]`` of dates and lengths of time, and of lines that say that a paper is renewed (``automatic``, ``agreed``) or takes
effect with its ``signature``. The models that tell such facts are fitted on them beside the papers of `eval.tags_data` and `eval.lines`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from eval.tags_data import Labelled, headed, read, signed
from ingest.records import Block
from ingest.understand.opening import stretch_of
from ingest.understand.signatures.stretches import as_cells, stretches
from lang.codes import Language

DOUBTFUL: Final = "?"
"""The label of a date or a length of time that may be the one that a paper states, or be another of the same size."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with its row of the file."""

    row: dict[str, Any]
    text: str
    blocks: tuple[Block, ...]

    @property
    def id(self) -> str:
        """Its name in its file."""
        name: str = self.row["id"]
        return name

    @property
    def group(self) -> str:
        """The set it is of: the number of it, and a letter where several writers made it."""
        return self.id.split("-")[0] if "-" in self.id else self.id[0]

    @property
    def language(self) -> Language:
        """Its language."""
        language: Language = self.row["language"]
        return language


def papers() -> Iterator[Paper]:
    """The papers in order."""
    for row in read("stated"):
        yield paper_of(row)


def more() -> Iterator[Paper]:
    """Papers of the sets after those (`eval/data/stated_more.jsonl`), whose dates and lengths of time nobody marked."""
    for row in read("stated_more"):
        yield paper_of(row)


def paper_of(row: dict[str, Any]) -> Paper:
    """The paper of a row with blocks."""
    blocks: list[Block] = []
    at = 0
    for role, text, language, path in row["blocks"]:
        blocks.append(Block(1, role, tuple(path), text, at, at + len(text), language))
        at += len(text) + 1
    return Paper(row, "\n".join(block.text for block in blocks), tuple(blocks))


def openings() -> list[Labelled]:
    """The beginnings of papers under their margins, with their title, publisher and parties."""
    out = []
    for paper in papers():
        row = paper.row
        text = stretch_of(paper.text, paper.blocks, row["margins"])
        out.append(Labelled(row["id"], paper.language, row["kind"], text, headed(text, row), whole=True))
    return out


def signatures() -> list[Labelled]:
    """The parts of papers in which people may sign, with the names, offices and sides of those who did."""
    out = []
    for paper in papers():
        signers = paper.row["signatories"]
        for at, (start, end) in enumerate(stretches(paper.blocks)):
            text = as_cells(paper.text, paper.blocks, start, end)
            spans = signed(text, signers)
            out.append(Labelled(f"{paper.row['id']}-{at}", paper.language, paper.row["kind"], text, spans, whole=True))
    return out
