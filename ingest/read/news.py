"""A newspaper's page without what is not the story: app advertisements, related stories, share buttons, repeated captions, the footer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import regex

from ingest.read.furniture import ACCOUNT, ALSO_READ, APP, CREDIT, END, FOOTER, LABEL, RIGHTS, STAMP, folded
from ingest.read.lines import ends_sentence
from ingest.records import RawBlock

_DOMAIN = regex.compile(r"^(?:www\.)?([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)$")
_PARTS = regex.compile(r"\s*[|｜•]\s*|\s+[·/]\s+")
_DATA = regex.compile(r"\p{L}.*\p{Nd}|[:：]", regex.S)
"""A line with a figure in it, or "name: value", may be a list that ends a story."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")

_APP_CHARS, _LABEL_CHARS, _HEADLINE_CHARS, _SUBHEAD_CHARS = 220, 90, 160, 90
_SENTENCE_CHARS = 80
_TAIL = 3
_BYLINES = 2
_STEM = 4
_FOREIGN = 0.25


def signals(texts: Sequence[str]) -> int:
    """How many different kinds of newspaper furniture stand in ``texts``; two or more mean a page that was copied from a news site."""
    texts = [folded(text) for text in texts]
    kinds = (
        any(FOOTER.match(text) for text in texts),
        any(STAMP.match(text) and len(text) < _LABEL_CHARS for text in texts),
        any(_is_app(text) for text in texts),
        any(ALSO_READ.match(text) for text in texts),
    )
    return sum(kinds)


def publisher(texts: Sequence[str]) -> str | None:
    """The newspaper's name, where a page ends with it above its own domain: ``Example News`` / ``example.news``."""
    for name, domain in pairwise(texts):
        found = _DOMAIN.match(domain.strip().lower())
        if found and name.strip() and _letters(found[1]).startswith(_letters(name)):
            return name.strip()
    return None


def byline(below: Sequence[RawBlock], body: Sequence[RawBlock]) -> list[RawBlock]:
    """Who wrote the story, of the lines between the headline and the first that is in ``body``, without the time in the same line.

    Empty where ``body`` begins with them: trafilatura takes such lines for furniture as often as not.
    """
    known = {block.text for block in body}
    found: list[RawBlock] = []
    for block in below:
        if block.text in known or (len(block.text) >= _SENTENCE_CHARS and ends_sentence(block.text)) or len(found) == _BYLINES:
            break
        parts = [part for part in _PARTS.split(block.text) if part and not STAMP.match(folded(part))]
        if parts and block.role == "paragraph" and _is_label(block, _HEADLINE_CHARS):
            found.append(replace(block, text=" | ".join(parts)))
    return found


def clean(blocks: Sequence[RawBlock], *, marked: bool) -> list[RawBlock]:
    """Keep the story of a newspaper's page, in order.

    The first short block is the headline and gets the role ``title``; the line under it is no heading. In a page without marked headings
    (``marked`` false: pasted text) a short line that stands before a paragraph and speaks of the story's own words becomes a heading.
    In one with them, a bare line of headline form that shares almost no word with the story is another story's headline and goes.

    Args:
        blocks: The page as read.
        marked: Whether the format marks headings, as HTML does.
    """
    blocks = [block for block in blocks if block.text.strip()]
    if not blocks:
        return []
    headline = _headline(blocks)
    dropped = _furniture(blocks, headline) | _repeated(blocks, headline)
    dropped |= _outside([at for at in range(len(blocks)) if at not in dropped], blocks, headline)
    kept = [block for at, block in enumerate(blocks) if at not in dropped]
    return _roles(kept, blocks[headline] if headline is not None and headline not in dropped else None, marked)


def _headline(blocks: Sequence[RawBlock]) -> int | None:
    for at, block in enumerate(blocks[:4]):
        if block.role == "title":
            return at
    first = blocks[0]
    return 0 if len(first.text) <= 250 and first.role in {"heading", "paragraph"} and not first.text.endswith(("।", "。", ".")) else None


def _furniture(blocks: Sequence[RawBlock], headline: int | None) -> set[int]:
    """Indices of lines that are furniture by their words, and of all from the list of related stories on."""
    dropped: set[int] = set()
    title = folded(blocks[headline].text) if headline is not None else ""
    at = told = 0
    while at < len(blocks):
        text = folded(blocks[at].text)
        told += len(text) >= _SENTENCE_CHARS and ends_sentence(text)
        if END.match(text) and told >= 2 and blocks[at].role != "title":
            dropped.update(range(at, len(blocks)))
            break
        if FOOTER.match(text):
            end = _end_of_box(blocks, at)
            dropped.update(range(at, end))
            at = end
            continue
        stamped = STAMP.match(text) and len(text) < _LABEL_CHARS and not (ends_sentence(text) and len(text) > 40)
        if stamped or LABEL.match(text) or _is_app(text) or _is_legal(text) or _is_credit(text, title, blocks[at]):
            dropped.add(at)
        elif found := ALSO_READ.match(text):
            dropped.add(at)
            # The link's own text stands in the next line when the lead-in stands alone.
            if not text[found.end() :].strip() and at + 1 < len(blocks) and _is_label(blocks[at + 1], _HEADLINE_CHARS):
                dropped.add(at + 1)
                at += 1
        at += 1
    return dropped


def _outside(left: Sequence[int], blocks: Sequence[RawBlock], headline: int | None) -> set[int]:
    """Labels above a marked headline (a menu), and `_TAIL` or more in a row after the last sentence (a list of other stories, a footer)."""
    marked = headline if headline is not None and blocks[headline].role == "title" else 0
    dropped = {at for at in left if at < marked and _is_label(blocks[at], _HEADLINE_CHARS)}
    tail = []
    for at in reversed(left):
        if blocks[at].role not in {"paragraph", "heading"} or not _is_label(blocks[at], _HEADLINE_CHARS) or _DATA.search(blocks[at].text):
            break
        tail.append(at)
    return dropped | set(tail) if len(tail) >= _TAIL and any(at > marked for at in left if at not in tail) else dropped


def _end_of_box(blocks: Sequence[RawBlock], start: int) -> int:
    """Where a list of related stories ends: the end of the page, unless two full paragraphs of story follow it."""
    story = [at for at in range(start + 1, len(blocks)) if len(blocks[at].text) >= _SENTENCE_CHARS and ends_sentence(blocks[at].text)]
    story = [at for at in story if not _is_app(folded(blocks[at].text))]
    return story[0] if len(story) >= 2 else len(blocks)


def _repeated(blocks: Sequence[RawBlock], headline: int | None) -> set[int]:
    """A label that stands twice is the caption of linked pictures; the headline that follows it belongs to the link."""
    counts = Counter(block.text for block in blocks)
    dropped: set[int] = set()
    for at, block in enumerate(blocks):
        if counts[block.text] < 2 or at == headline or not _is_label(block, _LABEL_CHARS):
            continue
        dropped.add(at)
        if at + 1 < len(blocks) and at + 1 != headline and _is_label(blocks[at + 1], _HEADLINE_CHARS):
            dropped.add(at + 1)
    return dropped


def _is_label(block: RawBlock, width: int) -> bool:
    return block.role not in {"table_row", "title"} and len(block.text) < width and not ends_sentence(block.text)


def _is_app(text: str) -> bool:
    return len(text) <= _APP_CHARS and bool(APP.search(text))


def _is_legal(text: str) -> bool:
    """A line of rights, an address, or an invitation to log in or subscribe."""
    return (len(text) <= _APP_CHARS and bool(RIGHTS.search(text))) or (
        len(text) < _LABEL_CHARS and not ends_sentence(text) and bool(ACCOUNT.search(text))
    )


def _is_credit(text: str, title: str, block: RawBlock) -> bool:
    """A photo credit: under a picture, or the headline's words again with ``photo`` glued to them."""
    found = CREDIT.search(text)
    if not found or len(text) > _HEADLINE_CHARS:
        return False
    rest = _glued(text[: found.start()])
    return block.role == "caption" or len(_WORD.findall(text)) <= 3 or bool(rest and title and (rest in title or rest[:-1] in title))


def _glued(rest: str) -> str:
    """The words before a credit, without the paper's Latin name stuck to Devanagari or Japanese words."""
    return str(regex.sub(r"(?<=[\p{Devanagari}\p{Han}\p{Hiragana}\p{Katakana}])[A-Za-z ]+$", "", rest)).strip(" -–—:|")


def _roles(blocks: list[RawBlock], headline: RawBlock | None, marked: bool) -> list[RawBlock]:
    story = Counter(_stems(" ".join(block.text for block in blocks)))
    has_headings = marked and any(block.role == "heading" for block in blocks)
    result: list[RawBlock] = []
    body = False
    for at, block in enumerate(blocks):
        if block is headline:
            result.append(replace(block, role="title", level=0))
            continue
        body = body or (len(block.text) >= _SENTENCE_CHARS and ends_sentence(block.text))
        short = block.role in {"paragraph", "heading"} and len(block.text) <= _HEADLINE_CHARS and not ends_sentence(block.text)
        if short and not body:
            result.append(replace(block, role="paragraph", level=0))
        elif short and block.role == "paragraph" and has_headings and _is_foreign(block.text, story):
            continue
        elif short and block.role == "paragraph" and not marked and _is_subhead(blocks, at, story):
            result.append(replace(block, role="heading", level=2))
        else:
            result.append(block)
    return result


def _is_subhead(blocks: Sequence[RawBlock], at: int, story: Counter[str]) -> bool:
    text = blocks[at].text
    follows = at + 1 < len(blocks) and ends_sentence(blocks[at + 1].text) and len(blocks[at + 1].text) > len(text)
    return len(text) <= _SUBHEAD_CHARS and follows and not _is_foreign(text, story)


def _is_foreign(text: str, story: Counter[str]) -> bool:
    """Whether a line of four words or more shares at most a quarter of them with the rest of the story."""
    own = Counter(_stems(text))
    if len(own) < 4:
        return False
    shared = sum(story[stem] > count for stem, count in own.items())
    return shared <= _FOREIGN * len(own)


def _stems(text: str) -> list[str]:
    """Words cut to their first characters; Japanese, which has no word spaces, in pairs of characters."""
    stems: list[str] = []
    for word in _WORD.findall(text.lower()):
        if regex.search(r"[\p{Han}\p{Hiragana}\p{Katakana}]", word):
            stems.extend(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            stems.append(word[:_STEM])
    return stems


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text.lower()))
