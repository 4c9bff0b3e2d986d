"""What of a paper can be told as a point: runs of whole sentences under one heading, none longer than can be read at a glance.

Lines that were broken at the width of a page are put together again first: a sentence that goes on in the next block is one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import regex

from ingest.records import Block
from kb.answer.scoring.signatories import signatories, signing
from kb.answer.skills.summaries.boilerplate import (
    ENDS,
    LETTERS,
    asks,
    closes,
    formality,
    is_item,
    is_vague,
    leads_in,
    names_its_columns,
    numbered_off,
    table_heads,
    telling_rows,
    tells_a_figure,
    with_columns,
)
from kb.verify.prompt_injection import addressed_from
from lang.languages import Language
from lang.sentences import sentence_spans
from lang.values.quantities import quantities_in
from lang.words.search_tokens import script

JOIN = "\u200b"
"""What stands between two lines of Japanese that are put together; it is not shown."""
WIDEST = 120
"""Characters of the longest line of a paper whose lines are broken at a width."""
FEWEST_LINES = 4
"""Lines of such a paper."""
FILLED = 0.85
"""How much of the width a line and the first word of the next fill, where the line was broken for want of room."""
_STOPS = regex.compile(r"[.!?。！？।॥;；:：–—][\"'”’」』）)\]]*$")
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
    if len(lengths) < FEWEST_LINES or lengths[-1] > WIDEST:
        return 0
    return lengths[-1]


def _goes_on(text: str, before: Block, block: Block, width: int, title: str) -> bool:
    if before.role not in _RUNNING or block.role != "paragraph" or before.path != block.path:
        return False
    said = text[before.start : before.end]
    if _STOPS.search(said.rstrip()) or " ".join(said.split()) == title:
        return False
    following = text[block.start : block.end]
    word = 1 if script(following) == "japanese" else len(following.split(" ", 1)[0]) + 1
    return _last_line(text, before) + word >= FILLED * width


def _last_line(text: str, block: Block) -> int:
    """Characters of the line that a block ends with, however many lines it was put together of."""
    return block.end - (text.rfind("\n", block.start, block.end) + 1 or block.start)


MOST = 330
"""Characters of a point; of a Japanese one `MOST_JAPANESE`, which is read as long."""
MOST_JAPANESE = 225
LEAST = 8
MOSTLY = 0.5
"""A paper whose sentences have less than this part of the letters of its tables is told from these, too."""
FEWEST = 3
"""A paper with fewer sentences than this beside its tables is told from their rows."""
SIGNED = 0.75
"""What speaks of signing after this part of a paper is its signing line, and what is a name there, a signature."""
OPENING = 0.2
"""Before this part of a paper a block with two labels is a form, whatever else it says."""
FORM = 6
"""A block in which two labels or more make up one character in so many is a form: date, place, chair, those present."""
TOKENS = 3500.0
"""About so many tokens of a paper are read, within two seconds; of a longer paper the first sentences of all blocks come first."""

_DIVISION = (
    r"(?:article|section|clause|paragraph|para|chapter|part|annex|item|rule"
    r"|कलम|अनुच्छेद|धारा|परिच्छेद|खंड|विषय|मुद्दा|प्रकरण|भाग|परिशिष्ट|नियम|मद|ठराव)"
)
_NUMBERING = regex.compile(
    r"^(?:[(（\[]?(?:\p{Nd}{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z]|[ivx]{1,4}|\p{Devanagari}\p{M}?)[)）\]]\s*"
    rf"|\p{{Nd}}{{1,3}}[.．、](?!\p{{Nd}})\s*|\p{{Nd}}{{1,2}}\s?[-–]\s+|(?:{_DIVISION})\s?\p{{Nd}}{{1,3}}[.:]\s*|[-•*・‣▪–◦○●]\s*|[①-⑳]\s*)+(?=\S)",
    regex.I,
)
"""What numbers a line; 3.1 stays with its line, since 1.5 million is written alike."""
_DOTTED = regex.compile(r"\p{Nd}{1,2}(?:\.\p{Nd}{1,2})+\.?")
"""3.1, where the reading of a paper knows it for the number of a block."""
_LABEL = regex.compile(r"(?:^|[.。।,、;；|·]\s*)[^\s,.;:：。、।]{1,20}(?: [^\s,.;:：]{1,20}){0,2}[:：](?!//)")
"""“Date: …, Venue: …”: what a form says of itself."""
CLAUSE = regex.compile(r"[;；:：,，、](?=\s|[\p{Han}\p{Hiragana}\p{Katakana}])|(?<=\s)[-–—](?=\s)")
_MARKER = regex.compile(
    rf"^(?:{_DIVISION}(?![\p{{L}}\p{{M}}])\s*)?[\p{{Nd}}\p{{P}}\s.]*(?=\p{{L}}|$)|^第\s?[\p{{Nd}}一二三四五六七八九十百]+\s?[条章節項]\s*"
    rf"|^(?:議題|議案)\s?[\p{{Nd}}一二三四五六七八九十]+\s*|^[Ⅰ-Ⅻ]\s*",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """``[start, end)`` of a paper; ``heading`` is the section it stands in ("" for none), ``block`` where its block begins.

    ``opens`` tells whether it begins a sentence: the later parts of a long one do not. ``leads`` tells whether it only leads to what
    follows it, ``more`` whether the list that it holds goes on after it.
    """

    start: int
    end: int
    heading: str
    block: int
    opens: bool
    text: str
    leads: bool = False
    more: bool = False
    shown: str = ""
    """How it is shown, where its own words say nothing alone: a row with the names of its columns."""


def sentences_in(text: str, outline: Sequence[Block], language: Language) -> list[Sentence]:
    """The sentences of a paper that say something: no titles, headings, signatures or forms."""
    sections = _sections(outline)
    found: list[Sentence] = []
    worded = {section for block, section in zip(outline, sections, strict=True) if section and _words_a_figure(text, block)}
    for block, section in zip(outline, sections, strict=True):
        if block.start > len(text) * SIGNED and closes(text[block.start : block.end]):
            break
        if block.role == "table_row" and section in worded:
            continue
        if block.role == "table_row" and (names_its_columns(row := text[block.start : block.end]) or tells_a_figure(row)):
            found += _of_row(text, block, section)
        elif block.role not in APART:
            found += said_in(text, block, section)
    found = with_items(found, text, most_of(language))
    rows = [(b, s) for b, s in zip(outline, sections, strict=True) if b.role == "table_row"]
    if len(found) < FEWEST or sum(len(s.text) for s in found) < MOSTLY * sum(b.end - b.start for b, _ in rows):
        known = {s.start for s in found}
        found = sorted([*found, *(s for s in _of_tables(text, rows) if s.start not in known)], key=lambda s: s.start)
    if not found and not outline:
        found = [Sentence(start, end, "", start, True, text[start:end]) for start, end in sentence_spans(text, language)]
    return _affordable(found)


def _words_a_figure(text: str, block: Block) -> bool:
    """Whether a block says in a sentence what a table beside it holds: its section is told by that, and not by rows."""
    return block.role not in APART and regex.search(r"\p{Nd}", text[block.start : block.end]) is not None


def with_items(sentences: Sequence[Sentence], text: str, most: int) -> list[Sentence]:
    """The sentences, each that only leads to a list as one with the items that it leads to, and a question as one with its answer.

    As many items are taken as there is room for. Without the words that lead to it an item may say the opposite ("The following is
    forbidden: …"), and they say nothing without items.
    """
    found: list[Sentence] = []
    lead: Sentence | None = None
    full, before = False, ""
    for sentence in sentences:
        led = lead is not None and not sentence.leads and sentence.heading == lead.heading
        if lead is not None and led and (asks(lead.text) or is_item(sentence.text, before)):
            full = full or sentence.end - lead.start > most
            opened = bool(found) and found[-1].start == lead.start
            if not full:
                whole = replace(lead, end=sentence.end, text=text[lead.start : sentence.end], leads=False)
                found = [*found[:-1], whole] if opened else [*found, whole]
            elif opened:
                found[-1] = replace(found[-1], more=not asks(lead.text))
            before = sentence.text
            continue
        lead, full, before = (sentence if sentence.leads else None), False, ""
        if not sentence.leads:
            found.append(sentence)
    return found


def _affordable(found: list[Sentence]) -> list[Sentence]:
    """The sentences that there is time for, in order."""
    costs = [tokens_of(s.text) for s in found]
    if sum(costs) <= TOKENS:
        return found
    order = sorted(range(len(found)), key=lambda at: (found[at].start != found[at].block, at))
    within = np.cumsum([costs[at] for at in order]) <= TOKENS
    return [found[at] for at in sorted(at for at, fits in zip(order, within, strict=True) if fits)]


def tokens_of(text: str) -> float:
    """About how many tokens a text has."""
    return len(text) / (1.6 if script(text) == "japanese" else 4.2)


def rows_in(text: str, outline: Sequence[Block]) -> list[Sentence]:
    """The rows of the tables of a paper, but for those that name their columns; each is shown with these names."""
    named = {start: (columns, cells) for columns, cells, start, _ in table_heads(text, outline)}
    found = []
    for block, section in zip(outline, _sections(outline), strict=True):
        said = text[block.start : block.end]
        if block.role != "table_row" or not LETTERS.search(said) or formality(said):
            continue
        if block.start in named:
            shown = with_columns(*named[block.start])
        elif names_its_columns(said) or tells_a_figure(said):
            shown = ""
        else:
            continue
        found.append(Sentence(block.start, min(block.end, block.start + MOST), section, block.start, True, said[:MOST], shown=shown))
    return found


APART = frozenset({"title", "heading", "caption", "footnote", "table_row"})
"""Roles of blocks whose text is no sentence of a paper."""


def most_of(language: Language) -> int:
    """Characters of a point in a language."""
    return MOST_JAPANESE if language == "ja" else MOST


def after_number(text: str) -> int:
    """Where a line begins after what numbers it."""
    numbered = _NUMBERING.match(text)
    return numbered.end() if numbered else 0


def on_one_line(quote: str) -> str:
    """Items that stood on lines of their own are parted by a middle dot where nothing else parts them."""
    lines = [" ".join(line.replace(JOIN, "").split()) for line in quote.splitlines() if line.strip()]
    joined = ""
    for line in lines:
        apart = "" if joined.endswith(("。", "、", "，")) else " " if ENDS.search(joined) or joined.endswith((";", "；", ",")) else " · "
        joined = f"{joined}{apart}{line}" if joined else line
    return joined


def label_of(heading: str) -> str:
    """A heading without its number: “Article 4 Areas of Cooperation” is “Areas of Cooperation”, 第4条（定義） is 定義."""
    bare = _MARKER.sub("", heading.strip()).strip()
    bare = regex.sub(r"^[(（]?([^(（]+)[)）]$", r"\1", bare).strip(" :：.。-–—")
    bare = bare.capitalize() if bare.isupper() and len(bare) > 4 else bare
    return bare if LETTERS.search(bare) else ""


def _sections(outline: Sequence[Block]) -> list[str]:
    """The heading that each block stands under: the outermost that parts the paper, since some have one heading over all of it."""
    paths = [tuple(part for part in block.path if len(part) > 4 or LETTERS.search(part)) for block in outline]
    depth = next((d for d in (1, 2, 3) if len({path[:d] for path in paths if path}) >= 3), 1)
    if len({path[:depth] for path in paths if path}) < 2:
        return ["" for _ in paths]  # one heading over all of it is its title or the head of the letter
    return [path[:depth][-1] if path else "" for path in paths]


def said_in(text: str, block: Block, section: str) -> Iterator[Sentence]:
    """The sentences of a block under a heading ("" for none) that say something."""
    whole = text[block.start : block.end]
    labels = _LABEL.findall(whole)
    if addressed_from(whole) is not None or (
        len(labels) >= 2 and (not section or block.start < len(text) * OPENING or sum(map(len, labels)) * FORM > len(whole))
    ):
        return
    for start, end in sentence_spans(whole, block.language):
        begin = start + (after_number(whole[start:end]) if not start or whole[start - 1] == "\n" else 0)
        if begin == 0 and block.path and _DOTTED.fullmatch(block.path[-1]) and whole.startswith(block.path[-1]):
            begin += len(block.path[-1]) + len(whole[len(block.path[-1]) :]) - len(whole[len(block.path[-1]) :].lstrip())
        said = whole[begin:end]
        if _tells(said, bool(section) or block.role == "list_item") and not (block.start > len(text) * SIGNED and _signs(said, block)):
            yield from _parts(said, block.start + begin, section, block.start, most_of(block.language))


def _tells(said: str, parted: bool) -> bool:
    """Whether a text says something; one that is ``parted`` from others by a heading or a number need not be a sentence."""
    if len(said) < LEAST or not LETTERS.search(said) or formality(said) or not label_of(said):
        return False
    if is_vague(label_of(said)):
        return False
    return parted or ENDS.search(said) is not None or leads_in(said)


def _signs(said: str, block: Block) -> bool:
    """Whether a text at the end of a paper is of its signing: it says so, is a name, or is a line there that is no sentence."""
    if ENDS.search(said) is None and (block.role != "list_item" or bool(signatories("\n" + said))):
        return True
    lasting = any(one.unit in ("month", "day") for one in quantities_in(said))  # "four years from the day of signature" is the term
    return numbered_off(said) or (signing(said) and not lasting)


def _of_tables(text: str, rows: Sequence[tuple[Block, str]]) -> list[Sentence]:
    """What the tables of a paper tell; where no row names columns, all rows that hold a figure."""
    sections = {block.start: section for block, section in rows}
    told = list(telling_rows(text, [block for block, _ in rows]))
    found = [Sentence(b.start, b.end, sections[b.start], b.start, True, text[b.start : b.end], shown=shown) for b, shown in told]
    return found or [s for block, section in rows for s in _of_row(text, block, section)]


def _of_row(text: str, block: Block, section: str) -> Iterator[Sentence]:
    said = text[block.start : block.end]
    if LETTERS.search(said) and regex.search(r"\p{Nd}", said):
        yield Sentence(block.start, min(block.end, block.start + MOST), section, block.start, True, said[:MOST])


def _parts(said: str, at: int, section: str, block: int, most: int) -> Iterator[Sentence]:
    """A sentence, cut where clauses end if it is too long for a point."""
    start = 0
    while len(said) - start > most:
        cuts = [m.end() for m in CLAUSE.finditer(said, start + most // 4, start + most)]
        if not cuts:
            spaces = [m.start() for m in regex.finditer(r"\s", said[start : start + most])]
            cuts = [start + spaces[-1]] if spaces else [start + most]
        yield _part(said, start, cuts[-1], at, section, block)
        start = cuts[-1]
        start += len(said[start:]) - len(said[start:].lstrip())
    if len(said) - start >= LEAST:
        yield _part(said, start, len(said), at, section, block)


def _part(said: str, start: int, end: int, at: int, section: str, block: int) -> Sentence:
    part = said[start:end]
    return Sentence(at + start, at + end, section, block, start == 0, part, leads_in(part) or asks(part))
