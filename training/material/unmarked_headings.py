"""Headings that a paper does not mark as such: a short line above a paragraph, and the question above its answer.

Plain text has no styles, so that “2 What was done” is read as a paragraph. Without it the lines below would stand under the title of the
paper, or under the heading before. A question says what its answer is about, and heads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from ingest.records import Block
from kb.verify.fact_check import facts_in
from lang.languages import Language
from lang.sentences import sentence_spans
from lang.words.search_tokens import script

LONGEST: Final = 90
"""Latin characters of a line that heads a paragraph; a Japanese one counts for two."""
ASKED: Final = 180
"""Characters of a question that heads its answer."""

_ENDED: Final = regex.compile(r"[.!?。！？।॥…,，、;:：；|][\"'”’」』）)\]]*\s*$")
_QUESTION: Final = regex.compile(r"[?？][\"'”’」』）)]*\s*$")
_POLITE: Final = regex.compile(r"(?:ですか|ますか|でしょうか|は)。?\s*$")
"""How a Japanese question ends that has no mark, where a label says that it is one."""
_ASKS: Final = regex.compile(
    r"\s*(?:(?:Q|Question|Ｑ)(?!\p{L})|(?:प्रश्न(?: क्रमांक| क्र\.?)?|प्र(?=\s?[.:：\p{Nd}]))(?![\p{L}\p{M}])|質問|問(?![\p{Han}い]))"
    r"\s*\p{Nd}{0,3}\s*[.:：．)）、–-]?\s*"
)
_ANSWERS: Final = regex.compile(
    r"\s*(?:(?:Answer|Ans|A|उत्तर|उ|答え?|回答|Ａ)\s?\p{Nd}{0,3}\s?[.:：．–-]\s*|(?:[AＡ]|答え?"
    r"|回答)\p{Nd}{0,3}[\s　]+(?=[\p{Han}\p{Hiragana}\p{Katakana}]))"
)
_NO_HEADING: Final = regex.compile(
    r"_{3,}|\.{4,}|[|·\t/\\=@]|[:：]\s*\S|^\s*(?:Table|Figure|Fig|Photo|तक्ता|तालिका|सारणी|आकृती|चित्र|छायाचित्र|表|図|写真)\s?\p{Nd}"
)
_YEAR: Final = regex.compile(r"(?<!\p{Nd})(?:1[89]|20|१[८९]|२०)\p{Nd}{2}(?!\p{Nd})")
_NUMBER: Final = regex.compile(r"\s*[(（]?\p{Nd}{1,2}(?:\.\p{Nd}{1,2})*[.)）．]?\s+(?=\p{L})")
_NUMBERED: Final = regex.compile(r"\s*[(（]?\p{Nd}{1,2}(?:\.\p{Nd}{1,2})*[.)）．]?\s+\p{L}")


def unmarked(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """The blocks in order, each with what it is: ``line`` or ``question`` where it heads what follows, ``answer``, else ``""``.

    A paragraph with a question and its answer is two blocks. An answer is without the word that says that it is one.
    """
    asked = False
    for at, block in enumerate(blocks):
        if block.role not in ("paragraph", "list_item"):
            asked = asked and block.role == "table_row"
            yield block, ""
            continue
        parts = list(_parts(block))
        if parts[0][1] == "question":
            yield from parts
            asked = len(parts) == 1
            continue
        if asked or _ANSWERS.match(block.text):
            yield _without(block, _ANSWERS), "answer" if asked else ""
            asked = False
            continue
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        heads = _heads(block, blocks[at - 1] if at else None, following)
        yield (_without(block, _NUMBER) if heads else block), "line" if heads else ""


def _parts(block: Block) -> Iterator[tuple[Block, str]]:
    """A block that asks, or asks and answers, as its question without label and its answer; another as it is."""
    label = _ASKS.match(block.text)
    body = _cut(block, label.end()) if label is not None and label.end() < len(block.text) else block
    spans = list(sentence_spans(body.text, _language(block)))
    asks = [_QUESTION.search(body.text[start:end]) is not None for start, end in spans]
    if label is not None and len(spans) == 1 and not asks[0]:
        asks = [_POLITE.search(body.text) is not None]
    # "My bag was left behind. What do I do first?" is one question.
    first = next((at for at, one in enumerate(asks[: 2 if label is not None else 1]) if one), None)
    if first is None or (label is None and not all(asks)):
        yield block, ""
        return
    last = next((at for at in range(first, len(asks)) if not all(asks[first : at + 1])), len(asks)) - 1
    said = body.text[: spans[last][1]].rstrip()
    if len(said) > ASKED or "\n" in said.strip():
        yield block, ""
        return
    yield replace(body, text=said, end=body.start + len(said)), "question"
    if last + 1 < len(spans):
        yield _without(_cut(body, spans[last + 1][0]), _ANSWERS), "answer"


def _heads(block: Block, before: Block | None, after: Block | None) -> bool:
    """Whether a paragraph of one short line without an end heads the sentences or the table below it."""
    text = block.text.strip()
    size = len(text) * (2 if script(text) == "japanese" else 1)
    if block.role != "paragraph" or size > LONGEST or "\n" in text or _ENDED.search(text) or _NO_HEADING.search(text):
        return False
    if not regex.search(r"\p{L}{2}|\p{L}\p{M}", text) or text.startswith(("(", "（")) or _YEAR.search(text) or facts_in(text).dates:
        return False
    if (before is None or before.role == "title") and _NUMBERED.match(text) is None:
        return False  # the office, the number of a letter
    return after is not None and (after.role == "table_row" or (after.role in ("paragraph", "list_item") and _says(after)))


def _says(block: Block) -> bool:
    """Whether a block is prose, and not a line of an address."""
    return _ENDED.search(block.text) is not None and len(block.text) > LONGEST / (2 if script(block.text) == "japanese" else 1) / 2


def _without(block: Block, label: regex.Pattern[str]) -> Block:
    found = label.match(block.text)
    return _cut(block, found.end()) if found is not None and found.end() < len(block.text) else block


def _cut(block: Block, first: int) -> Block:
    return replace(block, text=block.text[first:], start=block.start + first)


def _language(block: Block) -> Language:
    return block.language if block.language != "und" else "en"
