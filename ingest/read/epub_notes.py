"""The notes of a book: which links are only note numbers, and which elements are the notes that they lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from ingest.read.epub_package import resolve
from ingest.read.lines import squeeze
from ingest.read.markup import types
from ingest.records import RawBlock

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
