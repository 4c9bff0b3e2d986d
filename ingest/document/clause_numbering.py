"""Numbered clauses: those run together in one paragraph, and numbers and headings that only the whole document can tell.

"3.1 … 3.2 …", "…。2　前項の…" are clauses in one paragraph. Numbers that count on through the document, and lines that all look
alike, are headings.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from ingest.records import RawBlock
from lang.labels import read_item, read_label

_DOTTED = regex.compile(r"(?P<major>\p{Nd}{1,2})\.(?P<minor>\p{Nd}{1,2})(?=\s)")
_DOTTED_NEXT = regex.compile(r"(?<=[.।;!?][\"'”’)]?)\s+(?P<major>\p{Nd}{1,2})\.(?P<minor>\p{Nd}{1,2})(?=\s)")
# A Japanese article leaves its first paragraph unnumbered; the second begins with 2.
_JAPANESE_NEXT = regex.compile(r"(?<=。)\s*(?P<minor>\p{Nd}{1,2})(?=\s\p{Han}|\s\p{Hiragana}|\s\p{Katakana}|\s「)")


def clause_starts(text: str) -> list[int]:
    """Offsets at which a clause begins in a paragraph that holds several; ``[0]`` for any other paragraph.

    The numbers must count up by one from clause to clause: a figure at the head of a sentence is no clause.
    """
    starts = [0]
    opening = _DOTTED.match(text)
    if opening is not None:
        major, minor = int(opening["major"]), int(opening["minor"])
        for match in _DOTTED_NEXT.finditer(text):
            if int(match["major"]) == major and int(match["minor"]) == minor + 1:
                starts.append(match.start("major"))
                minor += 1
        return starts
    expected = 2
    for match in _JAPANESE_NEXT.finditer(text):
        if int(match["minor"]) == expected:
            starts.append(match.start("minor"))
            expected += 1
    return starts


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
