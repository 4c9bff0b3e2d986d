"""Lines that were broken at the width of a page, put together again: a sentence that goes on in the next block is one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from ingest.records import Block
from lang.lexical.content_words import script

JOIN = "\u200b"
"""What stands between two lines of Japanese that are put together; it is not shown."""
WIDEST = 120
"""Characters of the longest line of a paper whose lines are broken at a width."""
FEWEST = 4
"""Lines of such a paper."""
FILLED = 0.85
"""How much of the width a line and the first word of the next fill, where the line was broken for want of room."""
_STOPS = regex.compile(r"[.!?。！？।॥;；:：–—][\"'”’」』）)\]]*$")
_OPENS = regex.compile(
    r"[(（\[]?(?:\p{Nd}{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Zivx]{1,4}|\p{Devanagari}\p{M}?)[)）\]．.、]|[-•*・‣▪–◦○●①-⑳※]|第\s?[\p{Nd}一二三四五六七八九十百]+\s?[条章節項]"
    r"|[\p{Nd}０-９]{1,2}\s"
)
_RUNNING = frozenset({"paragraph", "list_item"})


def unwrapped(text: str, outline: Sequence[Block], title: str = "") -> tuple[str, list[Block]]:
    """A text of the same length without the breaks inside sentences, and its blocks, those that one sentence runs through as one.

    Args:
        text: of a paper.
        outline: its blocks, in order.
        title: of the paper; the line that is it goes on in no other.
    """
    width = _width(text, outline)
    if not width:
        return text, list(outline)
    letters = list(text)
    found: list[Block] = []
    named = " ".join(title.split())
    for block in outline:
        before = found[-1] if found else None
        if before is not None and _goes_on(text, before, block, width, named):
            between = JOIN if script(text[before.start : before.end]) == "japanese" else " "
            letters[before.end : block.start] = between * (block.start - before.end)
            found[-1] = replace(before, end=block.end)
        else:
            found.append(block)
    return "".join(letters), found


def _width(text: str, outline: Sequence[Block]) -> int:
    """The characters of a full line; 0 where the lines of a paper are not broken at a width."""
    lengths = sorted(block.end - block.start for block in outline if block.role in _RUNNING)
    if len(lengths) < FEWEST or lengths[-1] > WIDEST:
        return 0
    return lengths[-1]


def _goes_on(text: str, before: Block, block: Block, width: int, title: str) -> bool:
    if before.role not in _RUNNING or block.role != "paragraph" or before.path != block.path:
        return False
    said = text[before.start : before.end]
    if _STOPS.search(said.rstrip()) or _OPENS.match(text, block.start) or " ".join(said.split()) == title:
        return False
    following = text[block.start : block.end]
    word = 1 if script(following) == "japanese" else len(following.split(" ", 1)[0]) + 1
    return _last_line(text, before) + word >= FILLED * width


def _last_line(text: str, block: Block) -> int:
    """Characters of the line that a block ends with, however many lines it was put together of."""
    return block.end - (text.rfind("\n", block.start, block.end) + 1 or block.start)
