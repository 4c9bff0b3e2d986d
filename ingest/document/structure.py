"""Blocks that know their place: which are headings, and under which article, clause and item each block stands.

A reader's own hints (heading levels) win; without them a heading is known by its label or its name *and* its shortness, and what is
uncertain stays a paragraph: a wrong article in a citation is worse than none.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import regex

from ingest.document.clause_numbering import article_word, inner_article_word, numbered_runs, plain_headings
from ingest.parse.tables import table_headings
from ingest.records import RawBlock, Role
from lang.labels import FAMILY_RANK, Item, Label, read_item, read_label

MAX_HEADING = 120
_MAX_NAME = 90
_MAX_ENTRY = 200
_LAST_TITLE = 3
_HEADING_STYLES = frozenset({"1.", "I.", "dotted", "1", "A.", "第1", "1-1"})
_NAMED_ITEM_STYLES = frozenset({"(1)", "(一)", "①", "ア", "(ア)"})
_MAX_NAMED_ITEM = 40
_ENDS = regex.compile(r"[.。．।;；:：,、!?！？][\"'”’)）」』]*$")
_ENDS_LIKE_PROSE = regex.compile(r"[.。．।;；,、][\"'”’)）」』]*$")
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_FRAME = regex.compile(r"^[〈《【\[■◆●○□◇\s]+|[〉》】\]:：.\s]+$")
_NAMES = frozenset(
    """
    preamble|introduction|background|objective|objectives|purpose|definitions|conclusion|recitals|summary|executive summary
    |प्रस्तावना|उद्देशिका|भूमिका|परिचय|पार्श्वभूमी|पृष्ठभूमि|उद्देश|उद्देश्य|उद्दिष्टे|व्याख्या|परिभाषाएँ|निष्कर्ष|समारोप|सारांश
    |前文|附則|目的|概要|背景|はじめに|おわりに|まとめ|定義
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_CAPTION_ABOVE = regex.compile(r"[（(][^（）()]{1,30}[）)]")
_TITLE_IN_BRACKETS = regex.compile(r"[（(【][^（）()【】]{1,40}[）)】]")


@dataclass(frozen=True, slots=True)
class Placed:
    """A block's role and path."""

    role: Role
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A heading on the stack. ``level`` is the reader's outline depth, ``rank`` that of its label; None where there is none."""

    text: str
    level: int | None
    rank: int | None
    label: Label | None = None
    numbers: str = ""
    style: str = ""


def _short(text: str) -> bool:
    return len(text) <= MAX_HEADING and not _ENDS_LIKE_PROSE.search(text)


def _is_name(text: str) -> bool:
    return _FRAME.sub("", text).casefold() in _NAMES


def _is_capitals(text: str) -> bool:
    if len(text) > _MAX_NAME or _ENDS.search(text):
        return False
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 5 and all(c.isupper() for c in letters)


def _entry_text(text: str) -> str:
    return " ".join(text.split())[:_MAX_ENTRY].rstrip()


class _Walk:
    """The stack of headings and items while going through the blocks in order."""

    def __init__(self, blocks: Sequence[RawBlock], title: str | None) -> None:
        self.blocks = blocks
        self.headings: list[_Entry] = []
        self.items: list[Item] = []
        self.pending: str | None = None
        self.seen_body = False
        self.titles = _title_indices(blocks, title)
        self.counted = numbered_runs(blocks)
        self.plain = plain_headings(blocks)
        self.columns = table_headings(blocks)
        self.inner_word = inner_article_word(blocks)

    def place(self, at: int) -> Placed:
        block = self.blocks[at]
        if at in self.titles or block.role == "title":
            return Placed("title", ())
        if block.role in ("table_row", "caption", "footnote"):
            columns = (_entry_text(self.columns[at]),) if at in self.columns else ()
            return Placed(block.role, self.path() + columns)
        if self.pending == "name":
            self.pending = None
            return Placed("heading", self.path())
        hinted = block.role == "heading"
        label = read_label(block.text)
        if label is not None and (placed := self._labelled(at, label, hinted)):
            return placed
        if hinted:
            self._push(_Entry(_entry_text(block.text), block.level or 1, None, numbers=_numbers(block.text)))
            return Placed("heading", self.path())
        if self._introduces_article(at):
            label = read_label(self.blocks[at + 1].text)
            if label is not None:
                self._push_label(label, _entry_text(label.printed + block.text), None)
                self.pending = "article"
                return Placed("heading", self.path())
        item = read_item(block.text)
        if item is not None:
            if self._is_numbered_heading(at, item):
                self._push(_Entry(_entry_text(block.text), None, None, numbers=_numbers(block.text), style=item.style))
                return Placed("heading", self.path())
            if at in self.counted or self._accepts(item, block):
                self._push_item(item)
                self.seen_body = True
                return Placed(block.role, self.path())
        elif self._is_unlabelled_heading(at):
            self._push(_Entry(_entry_text(block.text), None, None))
            return Placed("heading", self.path())
        if block.role == "paragraph":
            if item is None:
                self.items = self.items if _continues(block.text) else []
            self.seen_body = self.seen_body or len(block.text) > _MAX_NAME or bool(_ENDS.search(block.text))
        return Placed(block.role, self.path())

    def path(self) -> tuple[str, ...]:
        return tuple(e.text for e in self.headings) + tuple(i.printed for i in self.items)

    def _labelled(self, at: int, label: Label, hinted: bool) -> Placed | None:
        block = self.blocks[at]
        announced = self.pending == "article"
        self.pending = None
        level = block.level if hinted and block.level else None
        if hinted or (_short(label.rest) and len(block.text) <= MAX_HEADING and self._not_prose(label)):
            text = block.text
            if not announced:
                if not label.rest and self._is_name_of_article(at + 1):
                    text = f"{text} {self.blocks[at + 1].text}"
                    self.pending = "name"
                self._push_label(label, _entry_text(text), level)
            return Placed("heading", self.path())
        titled = _TITLE_IN_BRACKETS.match(label.rest)
        japanese = label.printed.startswith("第")
        if not (label.delimited or japanese):
            return None
        if not announced:
            self._push_label(label, _entry_text(label.printed + (titled.group() if titled else "")), None)
        self.seen_body = True
        return Placed("paragraph", self.path())

    def _not_prose(self, label: Label) -> bool:
        """A heading's words begin with a capital, or the script has none."""
        first = next((c for c in label.rest if c.isalpha()), "")
        return not first.islower() or label.delimited

    def _is_name_of_article(self, at: int) -> bool:
        """Whether the block after a bare "ARTICLE IV" is its name, with a body still to come."""
        if at + 1 >= len(self.blocks):
            return False
        block = self.blocks[at]
        plain = block.role in ("paragraph", "heading") and len(block.text) <= _MAX_NAME and not _ENDS.search(block.text)
        return plain and read_label(block.text) is None and read_item(block.text) is None

    def _introduces_article(self, at: int) -> bool:
        """Whether this is a Japanese caption such as （目的） that stands above its article."""
        if at + 1 >= len(self.blocks) or not _CAPTION_ABOVE.fullmatch(self.blocks[at].text):
            return False
        label = read_label(self.blocks[at + 1].text)
        return label is not None and label.family == "article" and label.printed.startswith("第")

    def _is_numbered_heading(self, at: int, item: Item) -> bool:
        text = self.blocks[at].text
        if self.blocks[at].role not in ("paragraph", "list_item") or not _short(text):
            return False
        if len(text) > _MAX_NAME or _ENDS.search(text) or at + 1 >= len(self.blocks):
            return False
        if item.style != "dotted" and any(e.label and e.label.family == "article" for e in self.headings):
            return False
        following = self.blocks[at + 1]
        if item.style in _NAMED_ITEM_STYLES:
            # Japanese reports count 第1, 1, (1), ア: a name alone above its text is a heading at every depth.
            return len(text) <= _MAX_NAMED_ITEM and _WIDE.search(item.rest) is not None and _is_text_below(following)
        if self.blocks[at].role != "paragraph" or item.style not in _HEADING_STYLES:
            return False
        after = read_item(following.text)
        if after is not None and after.style == item.style and after.depth == item.depth:
            return False
        first = next((c for c in item.rest if c.isalpha()), "")
        return not first.islower() and (len(following.text) > len(text) or following.role != "paragraph" or after is not None)

    def _is_unlabelled_heading(self, at: int) -> bool:
        block = self.blocks[at]
        if block.role != "paragraph" or at + 1 >= len(self.blocks):
            return False
        if _is_name(block.text):
            return True
        if at in self.plain and not any(e.label for e in self.headings):
            return True
        # Capitals next to capitals are a title page or the block of signatures.
        alone = not (_is_capitals(self.blocks[at + 1].text) or (at and _is_capitals(self.blocks[at - 1].text)))
        return self.seen_body and alone and ":" not in block.text and _is_capitals(block.text)

    def _accepts(self, item: Item, block: RawBlock) -> bool:
        """Whether a numbering opens an item: it continues a list, begins one, or cannot be anything else."""
        if item.style.startswith("(") or item.style in ("①", "dotted"):
            return True
        same = next((i for i in self.items if i.style == item.style), None)
        if item.style in ("第1", "1-1", "一"):
            return False
        if item.value == 1 and item.style == "1.":
            return True
        if item.style == "1":
            return any(e.label for e in self.headings) and item.value == (same.value + 1 if same else 2)
        if same is not None:
            return same.value == 0 or item.value == same.value + 1
        return item.value in (0, 1) or block.role == "list_item"

    def _push_item(self, item: Item) -> None:
        style = item.style
        if style == "(i)":
            # "(i)" after "(h)" is a letter; "(v)" and "(x)" belong to whichever list is open.
            letters = next((i for i in self.items if i.style == "(a)"), None)
            roman = any(i.style == "(i)" for i in self.items)
            if letters and not roman and ord(item.printed.strip("(（ )）")[:1]) == ord(letters.printed.strip("(（ )）")[:1]) + 1:
                item = Item("(a)", item.printed, 0, item.rest)
        for depth, open_item in enumerate(self.items):
            if open_item.style == item.style and (item.style != "dotted" or open_item.depth >= item.depth):
                self.items[depth:] = [item]
                return
        if item.style == "dotted":
            self.items = [i for i in self.items if i.style == "dotted"]
        self.items.append(item)

    def _push_label(self, label: Label, text: str, level: int | None) -> None:
        if label.family == "article" and label.value != 1:
            # An annex between two articles does not swallow those that follow it; one that numbers its own from 1 does.
            self.headings = [e for e in self.headings if not (e.label and e.label.family == "annex")]
        inner = label.family == "article" and article_word(label.printed) == self.inner_word
        self._push(_Entry(text, level, 2 * FAMILY_RANK[label.family] + inner, label))

    def _push(self, entry: _Entry) -> None:
        while self.headings and not _contains(self.headings[-1], entry, {e.style for e in self.headings}):
            self.headings.pop()
        self.headings.append(entry)
        self.items = []


def _contains(outer: _Entry, inner: _Entry, styles: Set[str]) -> bool:
    """Whether ``inner`` stands under ``outer``; ``styles`` are the numberings of all headings that are open."""
    if outer.rank is not None and inner.rank is not None:
        return outer.rank < inner.rank
    if outer.level is not None and inner.level is not None:
        deeper = bool(outer.numbers) and inner.numbers.startswith(outer.numbers + ".")
        return outer.level < inner.level or (outer.level == inner.level and deeper)
    if outer.numbers and inner.numbers and inner.style in ("1.", "dotted", ""):
        return inner.numbers.startswith(outer.numbers + ".")
    if outer.label is not None and inner.numbers:
        return outer.label.value == 0 or inner.numbers.split(".")[0] == str(outer.label.value)
    return bool(inner.style) and inner.style not in styles


def _is_text_below(block: RawBlock) -> bool:
    """Whether a block is a text of its own, such as stands under a heading."""
    return block.role == "paragraph" and len(block.text) > _MAX_NAMED_ITEM and bool(_ENDS.search(block.text))


def _numbers(text: str) -> str:
    """The number that a text begins with, in ASCII digits: "3.2" of "३.२ माहिती मंच"; empty without one."""
    match = regex.match(r"\p{Nd}{1,2}(?:[.．]\p{Nd}{1,2})*", text)
    if match is None:
        return ""
    return ".".join(str(int(part)) for part in regex.split("[.．]", match.group()))


def _continues(text: str) -> bool:
    """Whether an unnumbered paragraph goes on with the item before it, as a sentence that began there does."""
    return text[:1].islower()


def _title_indices(blocks: Sequence[RawBlock], title: str | None) -> frozenset[int]:
    """The blocks that are the document's title although no reader said so: a title page may take several lines."""
    if not blocks or any(b.role == "title" for b in blocks):
        return frozenset()
    tops = [i for i, b in enumerate(blocks) if b.role == "heading" and b.level == 1]
    if tops and tops[0] <= _LAST_TITLE and (run := _opening_run(blocks, tops[0])):
        below = sum(b.role == "heading" for b in blocks) > len(tops)
        plain = sum(_is_plain(blocks[at].text) for at in tops)
        if plain == len(run) and (below or tops[0] == 0):
            return frozenset(run)
        if title and _entry_text(title).startswith(_entry_text(blocks[run[0]].text)):
            return frozenset(run[:1])
        if len(run) > 1:
            return frozenset(run[:1])
    first = blocks[0]
    if first.role == "paragraph" and len(first.text) <= _MAX_ENTRY and not _ENDS.search(first.text) and len(blocks) > 1:
        return frozenset({0}) if _is_plain(first.text) else frozenset()
    return frozenset()


def _opening_run(blocks: Sequence[RawBlock], first: int) -> list[int]:
    """Consecutive top headings from ``first`` on that carry no number and no name of a section."""
    run: list[int] = []
    for at in range(first, len(blocks)):
        block = blocks[at]
        if block.role != "heading" or block.level != 1 or not _is_plain(block.text):
            break
        run.append(at)
    return run


def _is_plain(text: str) -> bool:
    return read_label(text) is None and not _numbers(text) and read_item(text) is None and not _is_name(text)


def place_blocks(blocks: Sequence[RawBlock], title: str | None = None) -> list[Placed]:
    """Role and path of every block, in order. The texts are cleaned ones (see ``normalise.clean``).

    ``title`` is what the file declares, if anything. A heading's path ends with itself; the title's is empty. A block that begins with
    "(2)" adds that to the path of its article, a row of a printed table the headings of its columns.
    """
    walk = _Walk(blocks, title)
    return [walk.place(at) for at in range(len(blocks))]
