"""A saved web page: its text, and what it declares of itself: JSON-LD, Open Graph, ``<meta>``, ``<html lang>``."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import regex
from trafilatura import bare_extraction

from ingest.errors import EmptyFileError
from ingest.parse.lines import MOST_MARGINS, ends_sentence, squeeze
from ingest.parse.tables import table_rows
from ingest.parse.text import decoded_or_reject, document, iso_day
from ingest.records import Hints, Limits, RawBlock, RawDocument, Source
from ingest.web import news
from ingest.web.html_blocks import hidden, parse, walk

_SEPARATOR = regex.compile(r"\s+[|｜\-–—:：•·»]\s+|\s*[|｜]\s*")
_DATE_NAMES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "dc.date.issued",
    "dc.date",
)


def declared(tree: Any) -> Hints:
    """Hints from the head of a page, and the first ``<time>`` of a news article.

    The title is the headline without the site's name. ``language`` is the primary subtag (``mr`` of ``mr-IN``).
    """
    article = next(_articles(tree), {})
    meta = _meta(tree)
    is_news = "news" in str(article.get("@type", "")).lower() or meta.get("og:type") == "article"
    publisher = _text(article.get("publisher")) or meta.get("og:site_name") or meta.get("application-name")
    published = iso_day(_text(article.get("datePublished")) or "") or next(
        (day for name in _DATE_NAMES if (day := iso_day(meta.get(name, "")))), None
    )
    if published is None and is_news:
        stamps = tree.xpath(".//time/@datetime") + tree.xpath(".//*[@itemprop='datePublished']/@content")
        published = next((day for stamp in stamps if (day := iso_day(stamp))), None)
    language = _text(article.get("inLanguage")) or tree.get("lang") or meta.get("content-language") or meta.get("og:locale")
    return Hints(
        title=_title(tree, _text(article.get("headline")) or meta.get("og:title"), publisher),
        publisher=publisher,
        authors=_authors(article.get("author")) or _authors(meta.get("author") or meta.get("dc.creator")),
        published=published,
        language=regex.split(r"[-_]", language.strip())[0].lower() if language and language.strip() else None,
        kind="news" if is_news else None,
    )


def _title(tree: Any, headline: str | None, publisher: str | None) -> str | None:
    """The declared headline, else the ``<h1>`` when there is one, else ``<title>``; without the name of the site behind it."""
    tops = [squeeze(element.text_content()) for element in tree.xpath(".//h1")]
    tops = [top for top in tops if top]
    element = tree.find(".//title")
    plain = squeeze(element.text_content()) if element is not None else ""
    if headline is None and len(tops) == 1:
        return tops[0]
    title = headline or plain
    for top in tops:
        if title.startswith(top):
            return top
    pieces = list(_SEPARATOR.finditer(title))
    if pieces and publisher and title[pieces[-1].end() :].strip().casefold() == publisher.strip().casefold():
        title = title[: pieces[-1].start()]
    return title.strip() or None


def _articles(tree: Any) -> Iterator[dict[str, Any]]:
    """JSON-LD objects that are articles, news first."""
    found: list[dict[str, Any]] = []
    for script in tree.xpath(".//script[@type='application/ld+json']/text()"):
        try:
            loaded = json.loads(script, strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue  # Broken JSON-LD is common; the page's meta tags still speak.
        for item in loaded if isinstance(loaded, list) else [loaded]:
            graph = item.get("@graph") if isinstance(item, dict) else None
            found.extend(entry for entry in (graph if isinstance(graph, list) else [item]) if isinstance(entry, dict))
    articles = [entry for entry in found if regex.search(r"Article|BlogPosting|Report", str(entry.get("@type", "")))]
    yield from sorted(articles, key=lambda entry: "News" not in str(entry.get("@type")))


def _meta(tree: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in tree.xpath(".//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = squeeze(element.get("content"))
        if name and content:
            values.setdefault(name.strip().lower(), content)
    return values


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("alternateName")
    return squeeze(html.unescape(value)) or None if isinstance(value, str) else None


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part for part in regex.split(r"\s*[,;、]\s*", value) if part]
    names = [_text(item) for item in (value if isinstance(value, list) else [value])]
    return tuple(dict.fromkeys(name for name in names if name and not name.startswith(("http://", "https://"))))


_META_CHARSET = regex.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,40})""", regex.I)
_PRUNED = ".//script | .//style | .//noscript | .//template | .//nav | .//iframe | .//form | .//button | .//dialog"
_BANNERS = " | ".join(
    f".//*[contains(translate(@{at}, 'COKIENST', 'cokienst'), '{word}')][string-length(.) < 1500]"
    for at in ("class", "id", "aria-label")
    for word in ("cookie", "consent-")
)
"""What asks about cookies: nobody's text is so called and so short."""
_DIALOGUES = ".//*[@role='dialog' or @role='alertdialog'] | .//a[starts-with(@href, '#') and starts-with(., 'Skip to')]"
_PRUNED_NEWS = " | .//aside | .//footer | .//*[@role='navigation' or @role='complementary' or @role='contentinfo']"
_CANDIDATES = frozenset({"p", "div", "li", "section", "ul", "ol", "h4", "h5", "h6", "footer", "aside"})
_CELLS = frozenset({"td", "th"})
"""Also looked at in news, where a table sets the page: elsewhere a cell that is a link may be the entry that matters."""
_LINKED_CHARS, _LINKED_SHARE = 250, 0.6
_UNLISTED = (
    ".//text()[not(ancestor::nav or ancestor::ul or ancestor::ol or ancestor::aside or ancestor::form or ancestor::button"
    " or ancestor::table or ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]"
)
_LONGEST_MARGIN = 80
_MASTHEAD = 4
"""Lines around the text that are taken from the beginning of the page; the others are its last ones."""
_DATES: dict[str, Any] = {"extensive_search": False, "original_date": True}
"""htmldate takes "© 2025" in a footer for a date when it searches extensively (trafilatura 2.3)."""


def read_html(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read a web page as one page of blocks.

    A news article (it says so in JSON-LD or ``og:type``, or carries the furniture of a news site) is extracted by trafilatura, checked
    against the page's own ``<article>`` and rid of what is not the story. In any other page losing a clause would be worse than keeping
    a menu, so all its text is kept but navigation and lists of links.

    Raises:
        EmptyFileError: no text, e.g. a page that a script fills in the browser.
        DamagedFileError: elements nested beyond reason.
        UnsupportedFormatError: bytes in no known encoding.
    """
    found = _META_CHARSET.search(data[:4096])
    decoded = decoded_or_reject(data, source, found[1].decode("ascii") if found else None)
    tree = parse(decoded.text, source.uri)
    if tree is None:
        raise _no_text(source)
    hints = declared(tree)
    around = _unlisted(tree)
    _prune(tree, f"{_PRUNED} | {_BANNERS} | {_DIALOGUES}")
    _prune_links(tree)
    blocks = _titled(walk(_main(tree)), hints.title)
    if hints.kind == "news" or news.signals([block.text for block in blocks]) >= 2:
        blocks, hints = _story(tree, blocks, hints)
    if not blocks:
        raise _no_text(source)
    if hints.title is None:
        title = next((block.text for block in blocks if block.role == "title"), None)
        hints = replace(hints, title=title)
    said = "\n".join(block.text for block in blocks)
    margins = [line for line in around if line not in said]
    hints = replace(hints, margins=(*margins[:_MASTHEAD], *margins[_MASTHEAD:][_MASTHEAD - MOST_MARGINS :]))
    return document(source, [blocks], hints, decoded)


def _unlisted(tree: Any) -> list[str]:
    """The short lines of a page that stand in no menu, list, form or table, each once: among them what the site calls itself."""
    found: dict[str, None] = {}
    body = tree.find("body")
    for node in () if body is None else body.xpath(_UNLISTED):
        line = squeeze(str(node)).strip(" |·-–—")
        if len(line) <= _LONGEST_MARGIN and any(map(str.isalpha, line)):
            found.setdefault(line)
    return list(found)


def _story(tree: Any, blocks: list[RawBlock], hints: Hints) -> tuple[list[RawBlock], Hints]:
    """The blocks of a news article, and its hints with a date that trafilatura may have found."""
    _prune(tree, _PRUNED_NEWS)
    _prune_links(tree, _CELLS)
    _prune_next(tree)
    articles = [element for element in tree.xpath(".//article | .//*[@itemprop='articleBody']") if len(element.text_content()) > 300]
    own = walk(articles[0]) if articles else walk(_main(tree))
    extracted: Any = bare_extraction(tree, with_metadata=True, include_comments=False, date_extraction_params=_DATES)
    body = [] if extracted is None or extracted.body is None else _extracted_blocks(extracted.body)
    if _sentences(body) < 0.8 * _sentences(own) or _is_run_together(body, own):
        body = own
    # trafilatura drops a headline that stands outside the body, and headings it takes for menus.
    at = next((at for at, block in enumerate(blocks) if block.role == "title"), None)
    text = blocks[at].text if at is not None else hints.title
    if text:
        menu = {block.text for block in blocks[: at or 0] if not ends_sentence(block.text)}
        body = [block for block in body if block.text != text and block.text not in menu]
        by = news.byline(blocks[at + 1 :], body) if at is not None else []
        body = [RawBlock(text, "title"), *by, *body]
    published = hints.published or (iso_day(extracted.date) if extracted is not None and extracted.date else None)
    cleaned = news.clean(body, marked=any(block.role == "heading" for block in body))
    return cleaned, replace(hints, title=hints.title or text, published=published, kind="news")


def _extracted_blocks(body: Any) -> list[RawBlock]:
    """Blocks of trafilatura's own tree (``head rend="h2"``, ``list/item``, ``table/row/cell``)."""
    blocks: list[RawBlock] = []
    for element in body:
        text = squeeze("".join(element.itertext()))
        if element.tag == "head":
            level = regex.search(r"\d", element.get("rend") or "")
            blocks.append(RawBlock(text, "heading", int(level[0]) if level else 2))
        elif element.tag == "list":
            blocks.extend(RawBlock(squeeze("".join(item.itertext())), "list_item") for item in element.iter("item"))
        elif element.tag == "table":
            rows = [[squeeze("".join(cell.itertext())) for cell in row.iter("cell")] for row in element.iter("row")]
            head = element.find("row/cell[@role='head']") is not None
            blocks.extend(table_rows(rows, header=True if head else None))
        else:
            blocks.append(RawBlock(text))
    return [block for block in blocks if block.text]


def _sentences(blocks: list[RawBlock]) -> int:
    """Characters in the paragraphs that are sentences, by which two extractions of one article are compared."""
    return sum(len(block.text) for block in blocks if len(block.text) >= 60 and ends_sentence(block.text))


def _is_run_together(body: list[RawBlock], own: list[RawBlock]) -> bool:
    """Whether paragraphs that are spans in divs became one block, without even a space between them (trafilatura 2.3)."""
    longest = max((block.text for block in body), key=len, default="")
    return sum(ends_sentence(block.text) and 25 <= len(block.text) < len(longest) and block.text in longest for block in own) >= 2


def _main(tree: Any) -> Any:
    """The element that holds the text: ``<main>`` or the only ``<article>`` when most of the text is in it, else the body."""
    body = tree.find("body") if tree.tag == "html" else tree
    body = tree if body is None else body
    total = len(squeeze(body.text_content()))
    for name in ("main", "article"):
        elements = body.xpath(f".//{name}")
        if len(elements) == 1 and len(squeeze(elements[0].text_content())) >= 0.6 * total:
            return elements[0]
    return body


def _titled(blocks: list[RawBlock], declared_title: str | None) -> list[RawBlock]:
    """Give the role ``title`` to the page's first ``<h1>`` when it is the only one, or is the title that the page declares."""
    tops = [at for at, block in enumerate(blocks) if block.role == "heading" and block.level == 1]
    if not tops:
        return blocks
    at = next((at for at in tops if blocks[at].text == declared_title), tops[0] if len(tops) == 1 else None)
    return blocks if at is None else [RawBlock(block.text, "title") if here == at else block for here, block in enumerate(blocks)]


def _prune(tree: Any, path: str) -> None:
    for element in tree.xpath(path.removeprefix(" | ")):
        if element.getparent() is not None:
            element.drop_tree()
    for element in tree.xpath(".//*[@hidden or @style]"):
        if element.getparent() is not None and hidden(element):
            element.drop_tree()


def _prune_next(tree: Any) -> None:
    """Drop the articles after the first that have a headline of their own: the next stories of a page that goes on and on."""
    headed = [element for element in tree.xpath(".//article") if element.find(".//h1") is not None]
    for element in headed[1:]:
        if element.getparent() is not None and headed[0] not in element.iterancestors():
            element.drop_tree()


def _prune_links(tree: Any, candidates: frozenset[str] = _CANDIDATES) -> None:
    """Drop short blocks that are mostly links: menus, tags, in-body links to other stories. One pass, however deep the page nests."""
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    letters: dict[Any, int] = {}
    linked: dict[Any, int] = {}
    for element in reversed(elements):
        own = _letters(element.text) + sum(letters.get(child, 0) + _letters(child.tail) for child in element)
        letters[element] = own
        linked[element] = own if element.tag == "a" else sum(linked.get(child, 0) for child in element)
    for element in elements:
        length = letters[element]
        dense = 0 < length < _LINKED_CHARS and linked[element] >= _LINKED_SHARE * length
        if dense and element.tag in candidates and element.getparent() is not None:
            element.drop_tree()


def _letters(text: str | None) -> int:
    return sum(not character.isspace() for character in text or "")


def _no_text(source: Source) -> EmptyFileError:
    return EmptyFileError(source.uri, "The page holds no text.", "If a script fills it in, save it from the browser, or print it to PDF.")
