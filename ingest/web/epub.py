"""A book (EPUB 2 and 3): its documents in reading order, read as web pages are, with its notes.

Notes: which links are only note numbers, and which elements are the notes that they lead to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

from ingest.errors import DamagedFileError, EmptyFileError, TooLargeError
from ingest.parse.lines import ends_sentence, squeeze
from ingest.records import Limits, RawBlock, RawDocument, RawPage, Source
from ingest.web.epub_package import AGAIN, Book, Entry, open_book, resolve
from ingest.web.html_blocks import parse_xhtml, types, walk_marked

_NUMBER = regex.compile(r"[\[(（〔*]?\s*(?:注|註|टीप|टिप्पणी)?\s*(\p{N}{1,4}|[a-z]|[*†‡§※]{1,3})\s*[\])）〕.]?", regex.I)
_BACK = regex.compile(r"[↑↩⤴⏎^«\ufe0e\ufe0f\s]+")
_CALLED = regex.compile(r"note|fn\b", regex.I)
_INLINE = frozenset({"a", "b", "em", "i", "small", "span", "strong", "sub", "sup"})
_LONGEST = 4000
"""Letters of a note. What is longer is a chapter that a small number leads to."""
_DOUBLED = regex.compile(r"^(\[(.{1,4})\] )(?:[\[(（]?\2(?=[\])）.．:、\s])[\])）]?)?[.．:、)\]\s]*")

Place = tuple[str, str]


def notes_of(chapters: Mapping[str, Any]) -> dict[Any, str]:
    """The elements that are notes, each with its number; the numbers in the text that lead there, and the links back, are taken out.

    Args:
        chapters: The body of each document by its path, in reading order.

    Returns:
        Element to number; "" where one element holds several notes.
    """
    places = {(path, name): element for path, body in chapters.items() for name, element in _named(body)}
    referred: set[Place] = set()
    notes: dict[Any, str] = {}
    taken: list[Any] = []
    back: list[Any] = []
    for path, body in chapters.items():
        for link in body.iter("a"):
            if not link.get("href"):
                continue
            place = resolve(path, link.get("href"))
            if "backlink" in types(link) or (place in referred and _returns(link)):
                back.append(link)
            elif (number := _number_of(link)) is not None and (note := _note_at(places.get(place), link)) is not None:
                notes[note] = "" if notes.get(note, number) != number else number
                referred |= {(path, name) for name, _ in _around(link)}
                taken.append(link)
    for link in (*taken, *back):
        _take_out(link)
    return notes


def without_double_number(block: RawBlock) -> RawBlock:
    """A note whose text begins with the number that stands before it already loses the second one."""
    return RawBlock(_DOUBLED.sub(r"\1", block.text), block.role, block.level) if block.role == "footnote" else block


def _named(body: Any) -> Iterator[tuple[str, Any]]:
    for element in body.iter():
        if isinstance(element.tag, str):
            for name in {element.get("id"), element.get("name") if element.tag == "a" else None} - {None, ""}:
                yield str(name), element


def _number_of(link: Any) -> str | None:
    """The number of a link that refers to a note: it says so, or it is a number set above the line."""
    found = _NUMBER.fullmatch(squeeze(link.text_content()))
    if found is None:
        return None
    raised = link.find(".//sup") is not None or (link.getparent() is not None and link.getparent().tag == "sup")
    called = _CALLED.search(f"{link.get('class') or ''} {link.get('href').rpartition('#')[2]}") is not None
    return found[1] if "noteref" in types(link) or raised or called else None


def _note_at(target: Any | None, link: Any) -> Any | None:
    """The block that a reference leads to, where that can be a note."""
    while target is not None and target.tag in _INLINE:
        target = target.getparent()
    if target is None or target.tag == "body" or regex.fullmatch(r"h[1-6]", target.tag) or target in link.iterancestors():
        return None
    return target if len(target.text_content()) <= _LONGEST else None


def _returns(link: Any) -> bool:
    text = squeeze(link.text_content())
    return not text or _BACK.fullmatch(text) is not None or _NUMBER.fullmatch(text) is not None


def _around(link: Any) -> Iterator[tuple[str, Any]]:
    """The names at a link: its own, those in it, and those of the inline elements and the block around it."""
    yield from _named(link)
    for element in link.iterancestors():
        if element.tag == "body":
            return
        for name in {element.get("id")} - {None, ""}:
            yield str(name), element
        if element.tag not in _INLINE:
            return


def _take_out(link: Any) -> None:
    """Remove a link and what is only around it; text behind it stays."""
    parent = link.getparent()
    if parent is None:
        return
    whole = parent.tag in {"sup", "span"} and _NUMBER.fullmatch(squeeze(parent.text_content())) is not None
    outer = parent if whole and parent.getparent() is not None else link
    outer.drop_tree()


_LEFT_OUT = ".//script | .//style | .//noscript | .//template | .//nav | .//iframe | .//form | .//button | .//dialog"
_HEADING = regex.compile(r"h([1-6])")
_BLOCKS = frozenset({"p", "div", "section", "header", "hgroup", "blockquote", "li", "dt", "figure", "article", "center"})
_LABEL = 80
_COVER_LETTERS = 400
"""What a cover may say: title, authors, publisher. A longer text is kept, whatever the book calls it."""
_LINKED, _FEWEST_LINKS = 0.6, 3
"""A document of so many links to others, in which so much of the text is links, is a table of contents."""


def read_epub(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read a book: a page is a page of the paper edition where the book names those, else a chapter of its table of contents.

    The label of a page is the printed number, or the chapter's title. What the book declares of itself (title, authors, publisher, day,
    language) are hints and not text. Covers, tables of contents, scripts and ruby are left out; notes stand behind the text of their
    page, and their numbers are not part of the words that they stand at.

    Raises:
        DamagedFileError: as ``open_book``, or every document is missing.
        EmptyFileError: no text; it may be a book of pictures.
        EncryptedFileError: a rights management locks it.
        TooLargeError: it would expand beyond the limits, or has more than ``limits.max_pages`` pages.
    """
    book = open_book(data, source, limits)
    chapters, missing = _chapters(book)
    pictures = sum(_is_picture(body) for body in chapters.values()) + sum(path in book.pictures for path in book.spine)
    notes, printed = notes_of(chapters), _page_marks(book, chapters)
    volume = _Volume(paged=bool(printed))
    titles = _by_path(book.entries)
    for path in book.spine + tuple(chapter for chapter in chapters if chapter not in book.spine):
        if path in missing:
            volume.add_missing(path)
        elif path in chapters:
            body = chapters[path]
            entries = titles.get(path, [])
            _head(body, entries)
            blocks, passed = walk_marked(body, notes, printed or _chapter_marks(body, entries))
            volume.add(entries[0].label if entries else "", [without_double_number(block) for block in blocks], passed)
    if not any(page.blocks for page in volume.pages):
        raise _no_text(source, pictures, missing)
    pages = [page for page in volume.pages if page.blocks or page.note]
    if len(pages) > limits.max_pages:
        raise TooLargeError(
            source.uri, f"It has {len(pages)} pages, over the limit of {limits.max_pages}.", "Split it, or raise the limit."
        )
    if pictures:
        pages[0].note = f"{pictures} pages of the book are only pictures, which were not read. Add those as PDF, to be read by OCR."
    _entitle(pages, book.hints.title)
    return RawDocument(source, tuple(page.raw(at) for at, page in enumerate(pages, start=1)), book.hints)


@dataclass(slots=True)
class _Page:
    label: str
    blocks: list[RawBlock] = field(default_factory=list)
    note: str = ""

    def raw(self, number: int) -> RawPage:
        """The page with its notes behind its text."""
        blocks = sorted(self.blocks, key=lambda block: block.role == "footnote")
        return RawPage(number, self.label or str(number), tuple(blocks), "markup" if blocks else "none", 1.0, self.note)


@dataclass(slots=True)
class _Volume:
    """The pages so far; ``paged``: the book says where the pages of its paper edition begin."""

    paged: bool
    pages: list[_Page] = field(default_factory=list)
    _printed: bool = False

    def add(self, title: str, blocks: list[RawBlock], marks: list[tuple[int, str]]) -> None:
        """Add a document. One without a title goes on with the chapter before it, as a chapter in several files does."""
        if marks and all(block.role == "heading" for block in blocks[: marks[0][0]]):
            marks = [(0, marks[0][1]), *marks[1:]]  # a heading stands on the page that begins right behind it
        begins = bool(marks) and marks[0][0] == 0
        goes_on = self.pages and (self._printed or (not title and self.pages[-1].label))
        if not (goes_on or begins):
            self.pages.append(_Page(title[:_LABEL]))
        at = 0
        for place, label in [*marks, (len(blocks), "")]:
            if place > at:
                self.pages[-1].blocks.extend(blocks[at:place])
                at = place
            if label:
                self.pages.append(_Page(label[:_LABEL]))
                self._printed = self.paged

    def add_missing(self, path: str) -> None:
        """Add a page that says what is not there."""
        self.pages.append(_Page("", note=f"The part {path or 'that lies outside the book'} is missing. Get a sound copy of the file."))
        self._printed = False


def _chapters(book: Book) -> tuple[dict[str, Any], set[str]]:
    """The bodies of the documents with text, in reading order, those that only links lead to last; and which are missing."""
    chapters: dict[str, Any] = {}
    missing: set[str] = set()
    pending = list(book.spine)
    seen = set(pending)
    while pending:
        path = pending.pop(0)
        text = book.parts.text(path) if path in book.documents or not book.parts.has(path) else None
        if not book.parts.has(path):
            missing.add(path)
        tree = parse_xhtml(text, book.parts.source.uri) if text and text.strip() else None
        if tree is None:
            continue
        body = tree.find(".//body") if tree.tag != "body" else tree
        body = tree if body is None else body
        linked = [resolve(path, link.get("href"))[0] for link in body.iter("a") if link.get("href")]
        if _is_shell(book, path, body, linked):
            continue
        for element in body.xpath(_LEFT_OUT):
            if element.getparent() is not None:
                element.drop_tree()
        chapters[path] = body
        further = [target for target in dict.fromkeys(linked) if target in book.documents - seen and book.parts.has(target)]
        seen.update(further)
        pending.extend(further)
    return chapters, missing


def _is_shell(book: Book, path: str, body: Any, linked: list[str]) -> bool:
    """Whether a document is a cover or a table of contents, rather than text."""
    kind = book.shell.get(path, "")
    said = types(body) | {word for child in body for word in types(child) if len(body) == 1}
    letters = _letters(body)
    away = [link for link in body.iter("a") if link.get("href") and resolve(path, link.get("href"))[0] not in {"", path}]
    share = sum(_letters(link) for link in away) / max(1, letters)
    if kind == "cover" or "cover" in said:
        return letters <= _COVER_LETTERS
    if kind == "toc" or "toc" in said:
        return letters == 0 or share >= _LINKED / 2
    return len(away) >= _FEWEST_LINKS and share >= _LINKED and len({*linked} & {*book.spine}) >= _FEWEST_LINKS


def _letters(element: Any) -> int:
    return sum(not character.isspace() for character in element.text_content())


def _is_picture(body: Any) -> bool:
    return not body.text_content().strip() and next(body.iter("img", "image", "svg", "object"), None) is not None


def _by_path(entries: tuple[Entry, ...]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.path, []).append(entry)
    return found


def _page_marks(book: Book, chapters: Mapping[str, Any]) -> dict[Any, str]:
    """Where a page of the paper edition begins, by what the text says there and by the page list."""
    marks: dict[Any, str] = {}
    listed = _by_path(book.printed)
    for path, body in chapters.items():
        for element in _elements(body):
            if "pagebreak" in types(element):
                label = squeeze(element.get("title") or element.get("aria-label") or element.text_content())
                if label and len(label) <= _LABEL:
                    marks[element] = label
                    element.text = None
        marks |= {element: entry.label for entry, element in _places(body, listed.get(path, []))}
    return marks


def _chapter_marks(body: Any, entries: list[Entry]) -> dict[Any, str]:
    """Where a chapter begins inside a document: at what the table of contents names on its first level."""
    return {element: entry.label for entry, element in _places(body, entries) if entry.fragment and entry.depth == 1}


def _elements(body: Any) -> Iterator[Any]:
    return (element for element in body.iter() if isinstance(element.tag, str))


def _places(body: Any, entries: list[Entry]) -> Iterator[tuple[Entry, Any]]:
    """The entries that lead to something in a document, each with the element."""
    names = {name: element for element in _elements(body) for name in (element.get("name"), element.get("id")) if name} if entries else {}
    for entry in entries:
        element = names.get(entry.fragment) if entry.fragment else body
        if element is not None:
            yield entry, element


def _head(body: Any, entries: list[Entry]) -> None:
    """Make headings of what the table of contents names: a line that is only set large, or a title that is only a picture.

    The headings of a chapter that lies in a part are moved below it.
    """
    for entry, target in _places(body, entries):
        _promote(target, entry, body)
    headings = [element for element in _elements(body) if _HEADING.fullmatch(element.tag)]
    top = min((int(element.tag[1]) for element in headings), default=0)
    if entries and top and (by := entries[0].depth - top) > 0:
        for element in headings:
            element.tag = f"h{min(6, int(element.tag[1]) + by)}"


def _promote(target: Any, entry: Entry, body: Any) -> None:
    tag = f"h{min(6, entry.depth)}"
    if any(_HEADING.fullmatch(one.tag) for one in (target, *target.iterancestors())):
        return
    scope = target
    while scope is not body and scope.tag not in _BLOCKS and scope.getparent() is not None:
        scope = scope.getparent()
    first = next((one for one in _elements(scope) if one is not body and _leads(one)), None)
    if first is not None and _plain(first.text_content()) == _plain(entry.label):
        if not _HEADING.fullmatch(first.tag):
            first.tag = tag
    elif scope is body and not any(_HEADING.fullmatch(one.tag) for one in _elements(body)) and _untitled(body, first):
        heading = body.makeelement(tag)
        heading.text, heading.tail, body.text = entry.label, body.text, None
        body.insert(0, heading)


def _untitled(body: Any, first: Any | None) -> bool:
    """Whether a text begins with a picture or with a sentence, and not with a line that may be its title in other words."""
    begin = next((one for one in _elements(body) if one is first or one.tag in {"img", "image", "svg"}), None)
    return first is None or begin is None or begin is not first or ends_sentence(squeeze(first.text_content()))


def _plain(text: str) -> str:
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", " ", text.casefold()).strip()


def _leads(element: Any) -> bool:
    """Whether an element is a block of text that holds no other blocks."""
    is_block = element.tag in _BLOCKS or _HEADING.fullmatch(element.tag)
    return bool(is_block and element.text_content().strip() and not any(child.tag in _BLOCKS for child in element.iterdescendants()))


def _entitle(pages: list[_Page], title: str | None) -> None:
    """Give the role ``title`` to the first heading that is the title which the book declares."""
    for page in pages:
        for at, block in enumerate(page.blocks):
            if block.role == "heading" and title and block.text.casefold() == title.casefold():
                page.blocks[at] = RawBlock(block.text, "title")
                return


def _no_text(source: Source, pictures: int, missing: set[str]) -> DamagedFileError | EmptyFileError:
    if missing:
        return DamagedFileError(source.uri, f"{len(missing)} parts with its text are missing from the book.", AGAIN)
    if pictures:
        return EmptyFileError(source.uri, f"It has no text, only {pictures} pages that are pictures.", "Add it as PDF, to be read by OCR.")
    return EmptyFileError(source.uri, "There is no text in the book.", "Check that it is the file you meant.")
