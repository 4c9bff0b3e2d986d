"""The parts of a paper in which people may sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from ingest.records import Block
from lang.tokens import speaks_of

HEAD: Final = 12
TAIL: Final = 30
"""Blocks at the beginning and at the end of a paper in which who signed is looked for; before them, where a line speaks of signing."""
BEFORE, AFTER = 3, 14
_LONGEST = 4000
_LABEL = 120
"""Letters of a line that says that somebody signs."""
_LABELLED = regex.compile(r":\s(?=\S)")


def stretches(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The parts of a text in which people may sign: around lines that speak of signing, and the end; of a Japanese letter the beginning."""
    wanted = set(range(max(0, len(blocks) - TAIL), len(blocks)))
    if blocks[0].language == "ja":
        wanted |= set(range(min(HEAD, len(blocks))))
    for at, block in enumerate(blocks):
        if len(block.text) <= _LABEL and speaks_of(block.text, "behalf", "sign"):
            wanted |= set(range(max(0, at - BEFORE), min(len(blocks), at + AFTER)))
    runs: list[list[int]] = []
    for at in sorted(wanted):
        if runs and runs[-1][-1] == at - 1 and blocks[at].end - blocks[runs[-1][0]].start <= _LONGEST:
            runs[-1].append(at)
        else:
            runs.append([at])
    for run in runs:
        first = blocks[run[0]]
        yield max(first.start, blocks[run[-1]].end - _LONGEST), blocks[run[-1]].end


def as_cells(text: str, blocks: Sequence[Block], start: int, end: int) -> str:
    """A stretch, letter for letter, in which the cells of a row are parted that were joined as a label and what it labels."""
    parts = []
    at = start
    for block in blocks:
        if block.role == "table_row" and start <= block.start and block.end <= end:
            parts += [text[at : block.start], _LABELLED.sub("\n ", block.text)]
            at = block.end
    return "".join([*parts, text[at:end]])
