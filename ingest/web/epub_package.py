"""What an EPUB says of itself: its parts, its metadata, the order of its chapters, and its tables of contents.

EPUB 3.3 (https://www.w3.org/TR/epub-33/) and EPUB 2.0.1 (OPF 2.0.1, with the NCX of Z39.86-2005).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import regex
from lxml import etree

from ingest.errors import DamagedFileError, EncryptedFileError, IngestError
from ingest.parse.archive import inspect_package, unpacked
from ingest.parse.lines import squeeze
from ingest.parse.text import decode, iso_day
from ingest.records import Hints, Limits, Source
from ingest.web.html_blocks import types

AGAIN = "Copy or download it again, or save it anew in the program that made it."
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
"""Fonts that are only made unusable outside the book (EPUB 3.3, 4.4); its text is plain."""
_DOCUMENTS = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_NOBODY = frozenset({"unknown", "unknown author", "untitled", "[unknown]"})
_DECLARED = regex.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_\-]{2,40})""")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table of contents: where it leads to, what it says, and its depth from 1."""

    path: str
    fragment: str
    label: str
    depth: int


@dataclass(frozen=True, slots=True)
class Book:
    """A book that was opened. ``spine`` names its parts in reading order, ``printed`` the pages of the paper edition.

    ``shell`` are the documents that the book itself calls cover or contents, each with that word.
    """

    parts: Parts
    hints: Hints
    spine: tuple[str, ...]
    documents: frozenset[str]
    pictures: frozenset[str]
    entries: tuple[Entry, ...]
    printed: tuple[Entry, ...]
    shell: dict[str, str]


@dataclass(slots=True)
class Parts:
    """The files in the package, by the paths that they have in it; nothing outside it can be named."""

    data: bytes
    source: Source
    limits: Limits
    _archive: zipfile.ZipFile = field(init=False)
    _names: dict[str, zipfile.ZipInfo] = field(init=False)

    def __post_init__(self) -> None:
        inspect_package(self.data, self.source, self.limits, doctypes=True)
        self._archive = zipfile.ZipFile(io.BytesIO(self.data))
        self._names = {info.filename.replace("\\", "/"): info for info in self._archive.infolist() if not info.is_dir()}

    def named(self, ending: str) -> list[str]:
        """The names that end so."""
        return [name for name in self._names if name.lower().endswith(ending)]

    def has(self, path: str) -> bool:
        """Whether there is such a part."""
        return path in self._names

    def text(self, path: str) -> str | None:
        """The text of a part; None where there is none.

        Raises:
            DamagedFileError: it is corrupt, in no known encoding, or declares XML entities.
            TooLargeError: it expands as no text does.
        """
        info = self._names.get(path)
        if info is None:
            return None
        try:
            data = unpacked(self._archive, info, self.source.uri, self.limits)
        except IngestError as error:
            raise type(error)(self.source.uri, f"Its part {path}: {error.reason}", error.remedy) from error
        declared = _DECLARED.match(data[:200])
        decoded = decode(data, declared[1].decode("ascii") if declared else None)
        if decoded is None:
            raise DamagedFileError(self.source.uri, f"Its part {path} is not text in a known encoding.", AGAIN)
        if "<!ENTITY" in decoded.text:
            raise DamagedFileError(self.source.uri, f"Its part {path} declares XML entities; books never do.", "Do not trust it.")
        return decoded.text

    def tree(self, path: str) -> Any | None:
        """The root of an XML part as far as it can be read; None where there is none."""
        text = self.text(path)
        if not text:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True)
        try:
            return etree.fromstring(regex.sub(r"^[\ufeff\s]*<\?xml[^>]*>", "", text).encode("utf-8", "replace"), parser=parser)
        except etree.XMLSyntaxError:
            return None


def open_book(data: bytes, source: Source, limits: Limits) -> Book:
    """Read the package document and the tables of contents of an EPUB.

    Raises:
        DamagedFileError: cut off, or without what says where its text is; XML that declares entities.
        EncryptedFileError: a rights management locks more than its fonts.
        TooLargeError: it would expand beyond the limits.
    """
    parts = Parts(data, source, limits)
    _refuse_locked(parts)
    root = _root_of(parts)
    package = parts.tree(root)
    if package is None or not any(True for _ in _all(package, "itemref")):
        raise DamagedFileError(source.uri, "The book does not say which of its parts are its text.", AGAIN)
    manifest = {item.get("id", ""): item for item in _all(package, "item") if item.get("href")}
    paths = {name: resolve(root, item.get("href"))[0] for name, item in manifest.items()}
    kinds = {paths[name]: item.get("media-type", "").strip().lower() for name, item in manifest.items()}
    documents = frozenset(path for path, kind in kinds.items() if kind in _DOCUMENTS)
    pictures = frozenset(path for path, kind in kinds.items() if kind.startswith("image/"))
    spine = [paths.get(ref.get("idref", ""), ref.get("idref", "")) for ref in _all(package, "itemref")]
    nav = next((paths[name] for name, item in manifest.items() if "nav" in (item.get("properties") or "").split()), None)
    shell = {} if nav is None else {nav: "toc"}
    for reference in _all(package, "reference"):
        path, fragment = resolve(root, reference.get("href") or "")
        if not fragment and reference.get("type", "").lower() in {"cover", "toc"}:
            shell.setdefault(path, reference.get("type").lower())
    entries, printed = _nav(parts, nav, shell) if nav is not None else ([], [])
    ncx = next((item for item in manifest.values() if item.get("media-type") == "application/x-dtbncx+xml"), None)
    if ncx is not None and not entries:
        entries, pages = _ncx(parts, resolve(root, ncx.get("href"))[0])
        printed = printed or pages
    order = tuple(dict.fromkeys(spine))
    return Book(parts, _hints(package), order, documents, pictures, tuple(entries), tuple(printed), shell)


def resolve(base: str, reference: str) -> tuple[str, str]:
    """The path in the package and the fragment that a reference in the part ``base`` leads to; no path where it leads out."""
    try:
        split = urlsplit(reference.strip())
    except ValueError:
        return "", ""
    if split.scheme or split.netloc:
        return "", ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(split.path))) if split.path else base
    return ("" if path.startswith(("/", "..")) else path), unquote(split.fragment)


def _refuse_locked(parts: Parts) -> None:
    if not parts.has(_ENCRYPTION):
        return
    tree = parts.tree(_ENCRYPTION)
    if tree is None:
        raise DamagedFileError(parts.source.uri, "What says which of its parts are encrypted cannot be read.", AGAIN)
    methods = {method.get("Algorithm") for entry in _all(tree, "EncryptedData") for method in _all(entry, "EncryptionMethod")}
    if methods - _FONTS or (not methods and any(True for _ in _all(tree, "EncryptedData"))):
        reason = "The book is locked by digital rights management (DRM)."
        raise EncryptedFileError(parts.source.uri, reason, "Ask the publisher for a copy without it, or for a PDF.")


def _root_of(parts: Parts) -> str:
    """The path of the package document; where nothing names it, the only one there is."""
    container = parts.tree(_CONTAINER)
    named = [] if container is None else [file.get("full-path") or "" for file in _all(container, "rootfile")]
    for name in named:
        path = resolve("", name)[0]
        if parts.has(path):
            return path
    found = parts.named(".opf")
    if len(found) != 1:
        reason = f"The book has no sound {_CONTAINER}, which says where its text is."
        raise DamagedFileError(parts.source.uri, reason, AGAIN)
    return found[0]


def _hints(package: Any) -> Hints:
    metadata = next(_all(package, "metadata"), package)
    days = [(element.get("{http://www.idpf.org/2007/opf}event") or "", iso_day(element.text or "")) for element in _all(metadata, "date")]
    published = next(
        (day for event, day in sorted(days, key=lambda one: one[0] != "publication") if event in {"publication", ""} and day), None
    )
    language = next(_texts(metadata, "language"), "")
    return Hints(
        title=next(_texts(metadata, "title"), None),
        sure_title=True,
        publisher=next(_texts(metadata, "publisher"), None),
        authors=tuple(dict.fromkeys(_texts(metadata, "creator"))),
        published=published,
        language=regex.split(r"[-_]", language)[0].lower() or None,
    )


def _texts(metadata: Any, name: str) -> Iterator[str]:
    for element in _all(metadata, name):
        text = squeeze("".join(element.itertext()))
        if text and text.lower() not in _NOBODY:
            yield text


def _nav(parts: Parts, path: str, shell: dict[str, str]) -> tuple[list[Entry], list[Entry]]:
    """The contents and the page list of an EPUB 3 navigation document; its landmarks add to ``shell``."""
    entries: list[Entry] = []
    printed: list[Entry] = []
    tree = parts.tree(path)
    for nav in () if tree is None else _all(tree, "nav"):
        kind = types(nav)
        if "toc" in kind:
            entries.extend(_listed(nav, path, 0))
        elif "page-list" in kind or "pagelist" in kind:
            printed.extend(_listed(nav, path, 0))
        elif "landmarks" in kind:
            for link in _all(nav, "a"):
                target, fragment = resolve(path, link.get("href") or "")
                for word in ("cover", "toc"):
                    if word in types(link) and not fragment:
                        shell.setdefault(target, word)
    return entries, printed


def _listed(element: Any, base: str, depth: int) -> Iterator[Entry]:
    """The links of nested lists; depth counts the lists."""
    for child in element:
        name = _local(child)
        if name == "a" and child.get("href"):
            path, fragment = resolve(base, child.get("href"))
            if label := squeeze("".join(child.itertext())):
                yield Entry(path, fragment, label, max(1, depth))
        elif name and depth < _DEEPEST:
            yield from _listed(child, base, depth + (name == "ol"))


def _ncx(parts: Parts, path: str) -> tuple[list[Entry], list[Entry]]:
    """The contents and the page list of an NCX."""
    tree = parts.tree(path)
    if tree is None:
        return [], []
    entries = [
        _target(point, path, 1 + sum(_local(one) == "navPoint" for one in point.iterancestors())) for point in _all(tree, "navPoint")
    ]
    printed = [_target(point, path, 1) for point in _all(tree, "pageTarget")]
    return [entry for entry in entries if entry is not None], [entry for entry in printed if entry is not None]


def _target(point: Any, base: str, depth: int) -> Entry | None:
    label = next((child for child in point if _local(child) == "navLabel"), None)
    content = next((child for child in point if _local(child) == "content"), None)
    text = "" if label is None else squeeze("".join(label.itertext()))
    if content is None or not text:
        return None
    path, fragment = resolve(base, content.get("src") or "")
    return Entry(path, fragment, text, depth)


def _all(element: Any, name: str) -> Iterator[Any]:
    """The elements of a name below ``element``, in whatever namespace."""
    return (found for found in element.iter() if _local(found) == name)


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
