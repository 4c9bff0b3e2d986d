"""The papers as material: their headings, and their sentences in units that can stand alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import regex

from ingest.records import Block
from kb import KnowledgeBase
from kb.answer.scoring.candidates import is_fragment
from kb.records import Citation, DocumentInfo
from kb.verify.prompt_injection import addressed_from
from lang.languages import Language
from lang.references import after_label
from lang.sentences import sentence_spans
from training.material.standing import of_rights, points
from training.material.unmarked_headings import unmarked

LONGEST: Final = 600
"""Characters of a sentence; a longer one is no bullet."""
TITLE: Final = 120
"""Characters of a title that is taken whole."""
LETTERHEAD: Final = 160
"""Characters of a line that is no sentence where it has no end."""
ITEMS: Final = 8
"""Items of a list that are kept with the words that lead it in."""

_LABEL: Final = regex.compile(
    r"\s*(?:[(（]\s?(?:\p{Nd}{1,3}|[a-zA-Z]|[ivxIVX]{1,5}|\p{Devanagari}\p{M}?|[\p{Katakana}一二三四五六七八九十])\s?[)）]"
    r"|\p{Nd}{1,3}(?:\.\p{Nd}{1,3})*[\p{Devanagari}a-z]?[.)．](?=\s)|\p{Nd}{1,3}(?:\.\p{Nd}{1,3})+(?=\s)|[a-z][.)](?=\s)|[-•*・‣▪–●○■]|[①-⑳])\s*"
)
_ENDS: Final = regex.compile(r"[.!?。！？।॥|…]['\"”’」』）)\]]*$")
_GOES_ON: Final = regex.compile(r"\p{Ll}|(?:व|आणि|तसेच|और|तथा|एवं|किंतु|परंतु|परन्तु|पण|मात्र|लेकिन) |(?:また|及び|および|又は|または|なお)[、,]?")
"""How a sentence begins that goes on from another."""
_FORMULA: Final = regex.compile(
    r"^(?:Signed|Done) (?:at|in|on)\b|\bin duplicate\b|\bequally authentic\b|\btext(?:s)? (?:shall )?prevails?\b"
    r"|दोन प्रतींत|दो प्रतियों में|(?:मजकूर|पाठ|प्रत) (?:अधिकृत|ग्राह्य|मान्य)|二通(?:を|に)|正本二通|正文(?:は|とし|と)|[等同]しく正文",
    regex.I,
)
"""What stands over signatures: that there are two copies, which language prevails. Nobody is taught it."""
_BLANK: Final = regex.compile(r"[^\S\n]*")
_LEADS_IN: Final = regex.compile(r"[:：]\s*(?:[-–—]\s*)?$")
_MARKUP: Final = regex.compile(r"https?://|[{}<>\\]|\*\*|__|\]\(")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading where it stands; ``title`` where it is the document's own, ``asks`` where it is a question."""

    document_id: int
    text: str
    start: int
    end: int
    path: tuple[str, ...] = ()
    title: bool = False
    asks: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """Tells it from every other."""
        return self.document_id, self.start

    @property
    def named(self) -> Heading:
        """Its words without the number before them, and without brackets around all of them."""
        first = after_label(self.text)
        words = self.text[first:]
        if regex.fullmatch(r"[(（][^()（）]+[)）]", words):
            first, words = first + 1, words[1:-1]
        return replace(self, text=words, start=self.start + first, end=self.start + first + len(words))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without the number before it: ``text`` equals the text of the document's version at ``[start, end)``.

    ``alone`` is false where it speaks of something in another sentence; ``whole`` where it is an item of a list and not a sentence.
    """

    info: DocumentInfo
    heading: Heading
    start: int
    end: int
    text: str
    language: Language
    path: tuple[str, ...]
    page: int
    whole: bool = True
    alone: bool = True
    items: tuple[Sentence, ...] = ()
    """The items of the list that it leads in."""
    score: float = field(default=0.0, compare=False)
    chance: float = field(default=0.0, compare=False)
    """That its passage is about the topic."""
    worth: float = field(default=1.0, compare=False)
    """The chance that its line can stand on a slide of the topic."""

    @property
    def key(self) -> tuple[int, int]:
        """Tells it from every other."""
        return self.info.id, self.start


_ADDRESSES: Final = regex.compile(
    r"(?:who (?:this|it) is for|for whom|(?:target )?audience|intended (?:readers|for)|copy to|distribution(?: list)?)"
    r"|(?:कोणासाठी|हे कोणासाठी|प्रत(?:िलिपी)?|किसके लिए|यह किसके लिए(?: है)?|प्रतिलिपि)|(?:対象者?|対象となる方|配布先|写し?送付先)",
    regex.I,
)


def addresses(heading: Heading) -> bool:
    """Whether a heading is that of those for whom a paper is."""
    return _ADDRESSES.fullmatch(heading.named.text.strip(" .:：।?？")) is not None


def headings(kb: KnowledgeBase, info: DocumentInfo) -> tuple[Heading, ...]:
    """The headings of a document in order, its title first."""
    blocks = kb.outline(info.id, info.version)
    text = kb.text(info.id, info.version)
    return (_title(info, blocks, text), *(heading for heading, _ in _under(info, blocks, text) if heading is not None))


def sentences(kb: KnowledgeBase, info: DocumentInfo) -> Iterator[Sentence]:
    """The sentences of a document in order; neither headings nor tables, signatures and captions, nor what speaks to a program.

    A sentence with a word that was read from a picture and may be misread is left out: nothing is taught that rests on one.
    """
    doubtful = kb.doubtful(info.id, info.version, 0, sys.maxsize)
    for one in _sentences(kb, info):
        first, last = one.start, max(one.end, *(item.end for item in one.items)) if one.items else one.end
        if not any(start < last and first < end for start, end in doubtful):
            yield one


def _sentences(kb: KnowledgeBase, info: DocumentInfo) -> Iterator[Sentence]:
    blocks = kb.outline(info.id, info.version)
    text = kb.text(info.id, info.version)
    title = _title(info, blocks, text)
    led: Sentence | None = None
    items: list[Sentence] = []
    asked: tuple[int, int] | None = None
    heading = title
    for begun, block in _under(info, blocks, text):
        if begun is not None:
            heading = begun
        if block is None or block.role not in ("paragraph", "list_item") or addressed_from(block.text) is not None:
            continue
        if heading.path and block.path[: len(heading.path)] != heading.path:
            heading = title
        answers, asked = heading.asks and asked != heading.key, heading.key
        for one in _of_block(info, heading, block, answers=answers):
            if led is not None and block.role == "list_item" and len(one.path) > len(led.path) and len(items) < ITEMS:
                items.append(one)
                continue
            if led is not None:
                yield from _led(led, items)
                led, items = None, []
            if _LEADS_IN.search(one.text):
                led = one
            elif one.whole:
                yield one
    if led is not None:
        yield from _led(led, items)


def citation(kb: KnowledgeBase, one: Sentence | Heading, info: DocumentInfo | None = None) -> Citation:
    """What stands there, as a citation that holds today."""
    about = one.info if isinstance(one, Sentence) else info if info is not None else kb.document(one.document_id)
    place = kb.place(about.id, about.version, one.start)
    language = one.language if isinstance(one, Sentence) else about.language
    return Citation(
        about.id, about.title, about.source, about.version, about.kind, about.date, place.page, place.page_label, place.path, one.start,
        one.end, language, one.text, "verified", ocr=place.ocr, doubtful=kb.doubtful(about.id, about.version, one.start, one.end),
    )  # fmt: skip


def is_formula(text: str) -> bool:
    """Whether a sentence is of the formula over signatures."""
    return _FORMULA.search(text) is not None


def joined(kb: KnowledgeBase, found: Sequence[Sentence], most: Callable[[str], bool]) -> list[Sentence]:
    """Sentences that follow one another in a paragraph as one, which says what its parts lean on, as long as ``most`` lets it grow.

    ``found`` are of one paper, in its order. What leans on a sentence that is not there, or has no room beside it, is left out, and so
    are questions, which a slide or a page does not answer.
    """
    pieces: list[Sentence] = []
    text = kb.text(found[0].info.id, found[0].info.version) if found else ""
    for one in found:
        last = pieces[-1] if pieces else None
        if last is not None and not (last.items or one.items) and last.end <= one.start and _BLANK.fullmatch(text, last.end, one.start):
            whole = text[last.start : one.end]
            if most(whole):
                pieces[-1] = replace(last, end=one.end, text=whole, score=max(last.score, one.score), worth=max(last.worth, one.worth))
                continue
        if one.alone and not one.text.rstrip().endswith(("?", "？")):
            pieces.append(one)
    return pieces


def _led(led: Sentence, items: Sequence[Sentence]) -> Iterator[Sentence]:
    if items:
        yield replace(led, items=tuple(items))


def _under(info: DocumentInfo, outline: Sequence[Block], text: str) -> Iterator[tuple[Heading | None, Block | None]]:
    """Each block that is no heading, and each heading, which may run over several blocks ("Article 4", "Joint Committee")."""
    told = list(unmarked(outline))
    blocks = [block for block, _ in told]
    at = 0
    while at < len(blocks):
        first, what = told[at]
        if what in ("line", "question"):
            yield Heading(info.id, first.text, first.start, first.end, asks=what == "question"), None
            at += 1
            continue
        if first.role != "heading":
            yield None, first
            at += 1
            continue
        last = first
        while at + 1 < len(blocks) and blocks[at + 1].role == "heading" and blocks[at + 1].path == first.path:
            at += 1
            last = blocks[at]
        yield Heading(info.id, text[first.start : last.end], first.start, last.end, first.path), None
        at += 1


def _title(info: DocumentInfo, blocks: Sequence[Block], text: str) -> Heading:
    at = text.find(info.title) if info.title else -1
    if at >= 0:
        return Heading(info.id, info.title, at, at + len(info.title), title=True)
    of_title = [block for block in blocks if block.role == "title"] or list(blocks[:1])
    if not of_title:
        return Heading(info.id, text[:80].split("\n", maxsplit=1)[0], 0, len(text[:80].split("\n", maxsplit=1)[0]), title=True)
    first, last = of_title[0], of_title[-1]
    # A title over many lines ("between … and … on …") is called by its first, which says what the paper is.
    end = last.end if last.end - first.start <= TITLE else first.end
    return Heading(info.id, text[first.start : end], first.start, end, title=True)


def _of_block(info: DocumentInfo, heading: Heading, block: Block, *, answers: bool) -> Iterator[Sentence]:
    """The sentences of a block; the first of one that ``answers`` leans on the question alone, which heads it."""
    language = block.language if block.language != "und" else info.language
    if block.role == "paragraph" and (_unended(block.text) or of_rights(block.text)):
        return
    begun: int | None = None
    for start, end in sentence_spans(block.text, language):
        label = _LABEL.match(block.text, start, end) if start == 0 or block.role == "list_item" or block.text[start] in "(（" else None
        first = label.end() if label is not None and label.end() < end else start
        said = block.text[first:end]
        if len(said) > LONGEST or not regex.search(r"\p{L}", said) or _MARKUP.search(said) or is_formula(said):
            begun = None
            continue
        ended = _ENDS.search(said) is not None
        if not ended and block.role == "paragraph" and not _LEADS_IN.search(said):
            continue
        whole = ended and not is_fragment(said)
        if answers and start == 0 and ended and not whole and end < len(block.text):
            begun = first  # "No." is the beginning of an answer
            continue
        first, begun = (begun, None) if begun is not None else (first, None)
        said = block.text[first:end]
        alone = (answers and first <= (label.end() if label is not None else 0)) or not (points(said, language) or _GOES_ON.match(said))
        if whole or block.role == "list_item" or _LEADS_IN.search(said):
            yield Sentence(info, heading, block.start + first, block.start + end, said, language, block.path, block.page, whole, alone)


def _unended(text: str) -> bool:
    """Whether a paragraph is one short line without an end: a letterhead is no sentence, however many points its abbreviations have."""
    said = text.strip()
    return len(said) <= LETTERHEAD and "\n" not in said and _ENDS.search(said) is None and _LEADS_IN.search(said) is None
