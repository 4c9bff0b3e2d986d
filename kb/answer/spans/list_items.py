"""The items of a list in an answering sentence: those of a quoted list each by itself, those of a sentence from the first to the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import regex

Span: TypeAlias = tuple[int, int]

_ITEM = regex.compile(
    r"(?:[(（]\s?(?:\p{Nd}{1,2}|[a-zA-Z]|[ivx]{1,4}|\p{Devanagari}\p{M}?|[\p{Katakana}一二三四五六七八九十])\s?[)）]|[-•*・‣▪–]|\p{Nd}{1,2}[.)]|[①-⑳])\s*"
)
"""What an item of a list begins with: (a), १., •."""

LONGEST = 60
"""Characters of an item in a sentence; what is longer is a clause of its own."""
_AND = r"(?: and | or | आणि | व | और | तथा | एवं |及び|および|並びに|と|や|または)"
_PART = r"[^,、，;；:：.。।()（）\n]"
_ITEMS = regex.compile(rf"{_PART}{{2,240}}?(?:[,、，;；] ?{_PART}{{2,{LONGEST}}}?)+(?:[,，、]?{_AND}(?P<last>{_PART}{{2,{LONGEST}}}))")
_LEAD = regex.compile(
    r"^.*?(?:\b(?:includes?|including|covers?|such as|following|are|namely|comprises?|of|in)"
    r"(?: the)?(?: (?:fields|areas|following|matters))?(?: of)? |(?:के तहत|के अंतर्गत|के अनुसार|अंतर्गत|नुसार) )",
    regex.I | regex.S,
)
_TOPIC = regex.compile(r"[は]$")
"""The end of what comes before the items in Japanese: 避難情報は、…"""
_AFTER_LAST = regex.compile(
    r" (?:पर|में|से|को|हे|ही|या|यांवर|यांवरील|यांचा|यांचे|यांची|यांच्या|यांत|यांमध्ये)(?![\p{L}\p{M}])"
    r"|の[\p{N}一二三四五六七八九十]+(?:つ|種類|項目|分野|段階)|(?:を|で|に|が|は)(?=.{2})"
)
_ENDING = regex.compile(r"[\s;；,、，。.।]*(?:(?:[;；,、，] ?)?(?: and| or| आणि| व| और| तथा| एवं|及び|並びに))?[\s;；,、，。.।]*$")


def items_in(text: str) -> tuple[Span, ...]:
    """Where the items of the list in ``text`` stand: one span ``[start, end)`` for each that has its line, else one for all together."""
    return tuple(_on_lines(text)) or tuple(_in_a_row(text))


def _on_lines(text: str) -> Iterator[Span]:
    """The items below the line that leads them in, without what numbers them and what joins them."""
    lead, newline, _ = text.partition("\n")
    if not newline or not regex.search(r"[:：]\s*$", lead):
        return
    at = len(lead) + 1
    for line in text[at:].split("\n"):
        numbered = _ITEM.match(line)
        if numbered is not None:
            end = at + len(line) - len(_ending(line))
            if at + numbered.end() < end:
                yield at + numbered.end(), end
        at += len(line) + 1


def _ending(line: str) -> str:
    found = _ENDING.search(line)
    return found[0] if found else ""


def _in_a_row(text: str) -> Iterator[Span]:
    match = max(_ITEMS.finditer(text), key=lambda m: len(m[0]), default=None)
    if match is None:
        return
    first, mark, _ = _split(match[0])
    lead = _LEAD.match(first)
    start = match.start() + (len(first) + len(mark) if _TOPIC.search(first) else lead.end() if lead else 0)
    if match.start() + len(first) - start > LONGEST:
        return
    after = _AFTER_LAST.search(match["last"])
    end = match.start("last") + (after.start() if after else len(match["last"]))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _split(items: str) -> tuple[str, str, str]:
    """The first item, what parts it from the next, and the others."""
    comma = regex.search(r"[,、，;；] ?", items)
    assert comma is not None, items
    return items[: comma.start()], comma[0], items[comma.end() :]
