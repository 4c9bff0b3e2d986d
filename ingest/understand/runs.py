"""What only the whole document can tell: numbers that count on through it, and lines that are headings because they all look alike."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from ingest.records import RawBlock
from lang.labels import read_item, read_label

_COUNTED_STYLES = frozenset({"1.", "1)", "I.", "一"})
_LEAST = {"一": 2}
_MAX_GAP = 2
"""Papers skip a number now and then: of 22 statements one goes from 27 to 29."""
_BODY = 90
_MAX_LINE = 70
_MAX_WORDS = 9
_ENDS = regex.compile(r"[\p{P}][\"'”’)）」』]*$")
_SENTENCE_END = regex.compile(r"[.。．।!?！？][\"'”’)）」』]*$")
_NO_HEADING = regex.compile(r"[:：,、;/@|]|\p{Nd}{2,}")


def numbered_runs(blocks: Sequence[RawBlock]) -> frozenset[int]:
    """Blocks that begin with numbers counting up by one through the document, over headings too: "7." under one, "8." under the next.

    A run has at least three members (kanji two), and may leave out a number.
    """
    runs: dict[str, list[tuple[int, int]]] = {}
    members: set[int] = set()

    def close(style: str) -> None:
        run = runs.pop(style, [])
        if len(run) >= _LEAST.get(style, 3):
            members.update(at for at, _ in run)

    for at, block in enumerate(blocks):
        if block.role not in ("paragraph", "list_item"):
            continue
        item = read_item(block.text)
        if item is None or item.style not in _COUNTED_STYLES or not item.value:
            continue
        run = runs.get(item.style, [])
        if run and 1 <= item.value - run[-1][1] <= _MAX_GAP:
            run.append((at, item.value))
        elif item.value == 1:
            close(item.style)
            runs[item.style] = [(at, 1)]
    for style in list(runs):
        close(style)
    return frozenset(members)


def plain_headings(blocks: Sequence[RawBlock]) -> frozenset[int]:
    """Short lines that stand between a sentence and a long paragraph, in a document that marks none of its headings.

    At least two must look so; a single one may be anything.
    """
    if any(block.role == "heading" for block in blocks):
        return frozenset()
    found = [at for at in range(1, len(blocks) - 1) if _is_plain_heading(blocks[at - 1], blocks[at], blocks[at + 1])]
    return frozenset(found if len(found) > 1 else ())


def _is_plain_heading(before: RawBlock, block: RawBlock, after: RawBlock) -> bool:
    text = block.text
    if block.role != "paragraph" or after.role != "paragraph" or len(text) > _MAX_LINE or len(text.split()) > _MAX_WORDS:
        return False
    if _ENDS.search(text) or _NO_HEADING.search(text) or not text[:1].isalpha() or text[0].islower():
        return False
    if read_label(text) or read_item(text) or not _SENTENCE_END.search(before.text):
        return False
    return len(after.text) > max(_BODY, len(text)) and bool(_SENTENCE_END.search(after.text))


def inner_article_word(blocks: Sequence[RawBlock]) -> str | None:
    """Of two words for articles the one that stands inside the other: "section" where each "Article" has its own sections.

    None where there is one word, or where all of one come before all of the other, as in two versions of one text.
    """
    words: list[str] = []
    for block in blocks:
        label = read_label(block.text)
        if label is not None and label.family == "article" and not label.printed.startswith(("第", "弟")):
            words.append(article_word(label.printed))
    kinds = list(dict.fromkeys(words))
    if len(kinds) != 2:
        return None
    outer, inner = kinds
    last_outer = len(words) - 1 - words[::-1].index(outer)
    return inner if last_outer > words.index(inner) else None


def article_word(printed: str) -> str:
    """The word of a label: ``article`` of "ARTICLE IV"."""
    return printed.split(maxsplit=1)[0].rstrip(".").casefold()
