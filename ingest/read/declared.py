"""What a web page declares of itself: JSON-LD, Open Graph, ``<meta>``, ``<html lang>``."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

import regex

from ingest.read.lines import squeeze
from ingest.read.text import iso_day
from ingest.records import Hints

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
