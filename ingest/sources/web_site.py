"""The pages of a site that a sitemap (sitemaps.org) or a feed (RSS 2.0, Atom) names.

Only hosts that an admin named are asked, also where a redirect leads on, no address of a private network unless it was allowed, and nothing
that robots.txt (RFC 9309) keeps robots out of.
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

import regex
from lxml import etree

from ingest.errors import EmptyFileError, IngestError
from ingest.records import Limits
from ingest.sources.entries import Address, Entry, EntryError, Listing, SourceError
from ingest.web.download import fetch

AGENT: Final = "Setu"
MOST_PAGES: Final = 5000
MOST_MAPS: Final = 200
PAUSE_S: Final = 0.2
"""Between two pages, unless robots.txt asks for more."""
MOST_PAUSE_S: Final = 30.0
_KEEP: Final = frozenset(
    (".pdf", ".docx", ".doc", ".xlsx", ".xls", ".pptx", ".ppt", ".odt", ".rtf", ".epub", ".csv", ".txt", ".md", ".html", ".htm")
)
"""How the name of a page ends that tells what it is."""


class WebSite:
    """The pages that one address names; a page's key is its address."""

    def __init__(self, address: Address) -> None:
        self._start = address.address
        host = _host(self._start)
        if not host:
            raise SourceError(f"{self._start} is no web address. It begins with https://")
        named = {one.strip().casefold() for one in address.option("hosts").split(",") if one.strip()}
        self._hosts = frozenset(named | {host})
        most = address.option("most", str(MOST_PAGES))
        if not most.isdecimal() or not int(most):
            raise SourceError("The option most is a whole number from 1 on: how many pages a site may name.")
        self._most = int(most)
        try:
            self._match = regex.compile(address.option("match")) if address.option("match") else None
        except regex.error as error:
            raise SourceError(f"The option match is no regular expression: {error}") from error
        self._limits = Limits(private_addresses=address.option("private") == "yes")
        self._robots: dict[str, RobotFileParser] = {}
        self._asked = 0.0
        self._is_feed = False

    def listing(self, known: Mapping[str, Entry], cursor: str) -> Listing:
        """Every page that is named on a host that may be asked; of a feed also those that it named before.

        A map that cannot be read makes the whole listing fail.
        """
        found: dict[str, Entry] = {}
        passed = 0
        for entry in self._named():
            if _host(entry.key) not in self._hosts or (self._match is not None and not self._match.search(entry.key)):
                passed += 1
            elif self._may(entry.key):
                found[entry.key] = entry
            else:
                passed += 1
            if len(found) > self._most:
                raise SourceError(f"{self._start} names more than {self._most} pages. Narrow it with the option match, or raise most.")
        if self._is_feed:  # a feed names what is new, and says nothing of what it named before
            found = {**{key: entry for key, entry in known.items() if _host(key) in self._hosts}, **found}
        notes = (f"{passed} pages were passed over: another host, not asked for, or robots.txt keeps robots out.",) if passed else ()
        return Listing(tuple(found.values()), notes=notes)

    def read(self, entry: Entry, out: IO[bytes]) -> None:
        """Fetch a page."""
        try:
            out.write(self._fetch(entry.key))
        except IngestError as error:
            raise EntryError(f"{error.reason} {error.remedy}") from error

    def local(self, entry: Entry) -> Path | None:
        """It lies elsewhere."""
        return None

    def close(self) -> None:
        """Nothing is open."""

    def _named(self) -> Iterator[Entry]:
        """The pages of the map or feed, and of the maps that it names."""
        pending, seen = [self._start], {self._start}
        while pending:
            address = pending.pop(0)
            if _host(address) not in self._hosts:
                continue
            try:
                root = _parsed(address, self._fetch(address))
            except IngestError as error:
                raise SourceError(f"{address} cannot be read: {error.reason}") from error
            if _name(root) == "sitemapindex":
                for further in (one for one in root if _name(one) == "sitemap"):
                    target = urljoin(address, _child(further, "loc"))
                    if target not in seen:
                        seen.add(target)
                        pending.append(target)
                if len(seen) > MOST_MAPS:
                    raise SourceError(f"{self._start} names more than {MOST_MAPS} sitemaps. Name one of them instead.")
                continue
            self._is_feed |= _name(root) != "urlset"
            yield from _pages(root, address)

    def _may(self, address: str) -> bool:
        return self._robots_of(address).can_fetch(AGENT, address)

    def _robots_of(self, address: str) -> RobotFileParser:
        parts = urlsplit(address)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            rules = RobotFileParser()
            try:
                rules.parse(self._fetch(f"{site}/robots.txt").decode("utf-8", "replace").splitlines())
            except EmptyFileError:
                rules.parse([])
            except IngestError as error:
                # A site without the file keeps nobody out; one that cannot be asked does (RFC 9309, 2.3.1.3 and 2.3.1.4).
                if not regex.search(r"answered 4\d\d", error.reason):
                    raise SourceError(f"{site}/robots.txt cannot be read: {error.reason}") from error
                rules.parse([])
            self._robots[site] = rules
        return self._robots[site]

    def _fetch(self, address: str) -> bytes:
        site = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"
        asked = self._robots[site].crawl_delay(AGENT) if site in self._robots else None
        pause = min(MOST_PAUSE_S, max(PAUSE_S, float(asked or 0.0)))
        time.sleep(max(0.0, self._asked + pause - time.monotonic()))
        try:
            return fetch(address, self._limits, self._hosts).data
        finally:
            self._asked = time.monotonic()


def _pages(root: etree._Element, address: str) -> Iterator[Entry]:
    """The pages of a sitemap, an RSS or an Atom feed."""
    kind = _name(root)
    if kind == "urlset":
        for one in (one for one in root if _name(one) == "url"):
            yield from _entry(address, _child(one, "loc"), _child(one, "lastmod"))
    elif kind in ("rss", "RDF"):
        for one in (one for one in root.iter() if _name(one) == "item"):
            yield from _entry(address, _child(one, "link"), _child(one, "pubDate") or _child(one, "date"))
    elif kind == "feed":
        for one in (one for one in root if _name(one) == "entry"):
            links = [link for link in one if _name(link) == "link" and link.get("rel", "alternate") == "alternate"]
            yield from _entry(address, links[0].get("href", "") if links else "", _child(one, "updated"))
    else:
        raise SourceError(f"{address} is neither a sitemap nor a feed (its root is {kind}).")


def _entry(base: str, link: str, changed: str) -> Iterator[Entry]:
    target = urljoin(base, link.strip()) if link.strip() else ""
    parts = urlsplit(target)
    if parts.scheme in ("http", "https") and parts.hostname:
        plain = urlunsplit(parts._replace(fragment=""))
        yield Entry(plain, f"{parts.hostname}{_path(plain)}", etag=f"{changed}" if _told(changed) else "", origin=plain)


def _told(changed: str) -> bool:
    """Whether a date of change is one; without a time of day it cannot tell two changes of a day apart, so the page is read again."""
    if "T" in changed and regex.search(r"\d\d:\d\d", changed):
        return True
    try:
        return parsedate_to_datetime(changed) is not None
    except ValueError:
        return False


def _path(address: str) -> str:
    """The path of a page as a file's: one whose name does not tell what it is, is a page in HTML."""
    parts = urlsplit(address)
    path = unquote(parts.path).rstrip("/") or "/index"
    if posixpath.splitext(path)[1].lower() in _KEEP and not parts.query:
        return path
    return f"{path}{'-' + regex.sub(r'[^0-9A-Za-z=-]+', '-', parts.query) if parts.query else ''}.html"


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{(parts.hostname or '').casefold()}{port}" if parts.scheme in ("http", "https") and parts.hostname else ""


def _parsed(address: str, data: bytes) -> etree._Element:
    """XML without entities and without a look at anything else."""
    import zlib

    if data.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(31)
        try:
            data = unpacker.decompress(data, 50 * 2**20)
        except zlib.error as error:
            raise SourceError(f"{address} is a damaged archive.") from error
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{address} is no XML: {error}") from error


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _child(element: etree._Element, name: str) -> str:
    return next(((one.text or "").strip() for one in element if _name(one) == name), "")
