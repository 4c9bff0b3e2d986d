"""The areas of cooperation that an agreement names: the items of its list of areas, the headings under it, or its own articles.

The core of an area is what it is about without what goes with it: "a city data platform" of "… with open interfaces for …".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex

from ingest.records import Block
from kb import KnowledgeBase
from kb.records import Citation, DocumentInfo
from lang.languages import Language
from training.exchange_map.headings import heading_roles
from training.exchange_map.passages import cite

_AFTER: Final = regex.compile(
    r"[,、]?\s+(?:with|including|includes?|through|by means of|such as|in particular|especially)\b.*$", regex.IGNORECASE | regex.DOTALL
)
"""In English what goes with it stands behind."""
_BEFORE: Final = regex.compile(r"^.{3,120}?(?:सह|सहित|समेत|यांसह|समवेत)\s+(?=\S.{5,})", regex.DOTALL)
"""In Marathi and Hindi before it, or behind a comma."""
_BEHIND_COMMA: Final = regex.compile(r",[^,]{3,120}(?:सह|सहित|समेत)\s*$")
_BRACKETS: Final = regex.compile(r"\s*[(（][^()（）]*[)）]")
_JAPANESE: Final = regex.compile(r"^.{2,60}?(?:を含む|をはじめとする|を通じた|を伴う)(?=.{3,})")


def head(text: str, language: Language) -> str:
    """The core of an area's text; the text itself where it has nothing beside."""
    found = _BRACKETS.sub("", text)
    if language == "en":
        found = _AFTER.sub("", found)
    elif language in ("mr", "hi"):
        found = _BEFORE.sub("", _BEHIND_COMMA.sub("", found))
    elif language == "ja":
        found = _JAPANESE.sub("", found)
    return found.strip() if len(found.strip()) > 2 else text


MOST: Final = 60
"""Areas of one agreement; what goes beyond is no list of areas."""
FEWEST: Final = 2
"""Headings of articles that make a list of areas; where only one names a subject, the title says it better."""
OPENING: Final = 400
"""Characters under a heading that tell what it means."""
LONGEST: Final = 700
"""Characters of an item; a longer one is a whole article and is cut at its last sentence before."""

_AREAS: Final = regex.compile(
    r"\b(?:areas?|fields?|sectors?|scope|priorit\w+)\b.{0,30}\b(?:co-?operation|collaboration|partnership|work)\b|\bco-?operation areas\b"
    r"|सहकार्य\p{M}*चे?\p{M}*\s*(?:क्षेत्र|विषय)|सहकार्य\s*क्षेत्र|सहयोग\s+(?:के|का|की)\s+(?:क्षेत्र|विषय|दायर)|सहयोग\s*क्षेत्र"
    r"|(?:協力|連携)(?:の|する)?(?:分野|範囲|内容|事項|項目|領域)",
    regex.IGNORECASE,
)
"""A heading under which the areas stand."""
_LEADS_IN: Final = regex.compile(
    r"\b(?:co-?operat|collaborat)\w*.{0,60}\b(?:areas?|fields?|sectors?|matters|subjects)\b.{0,30}[:：]\s*$"
    r"|क्षेत्रां(?:त|मध्ये).{0,40}सहकार्य.{0,20}[:：]?\s*$|क्षेत्रों\s+में.{0,40}(?:सहयोग|मिलकर).{0,30}[:：]?\s*$"
    r"|(?:次|以下).{0,12}(?:分野|事項|項目).{0,20}(?:協力|連携).{0,20}[:：。]?\s*$",
    regex.IGNORECASE | regex.DOTALL,
)
"""A sentence that leads the areas in, under whatever heading."""
_ANY_OTHER: Final = regex.compile(
    r"^\W*(?:\w\W+)?(?:any|such)\s+other\b|\b(?:other|further)\s+(?:areas?|fields?|matters?)\b.{0,60}\b(?:decid|agree|determin|mutual)"
    r"|अन्य\s+कोण|इतर\s+(?:कोण|क्षेत्र)|अन्य\s+कोई|कोई\s+(?:भी\s+)?अन्य|その他",
    regex.IGNORECASE,
)
"""The item that leaves the list open names no area."""
_MARKER: Final = regex.compile(
    r"^\s*(?:article\s+\w+\W*|कलम\s+\p{Nd}+\W*|अनुच्छेद\s+\p{Nd}+\W*|धारा\s+\p{Nd}+\W*|第[\p{Nd}一二三四五六七八九十]+条\W*"
    r"|[(（]?\s?(?:\p{Nd}{1,2}|[ivxIVX]{1,4}|\p{L}\p{M}*)\s?[)）、．]\s*|(?:\p{Nd}{1,2}|[ivxIVX]{1,4}|\p{L}\p{M}*)\.\s+|[-•*・‣▪–]\s*|[①-⑳]\s*|\p{Nd}{1,2}\s+(?=\p{L}))",
    regex.IGNORECASE,
)
"""What numbers an item or a heading."""
_TAIL: Final = regex.compile(r"(?:[;；,、]\s*(?:and|or|आणि|व|और|एवं|तथा|及び|並びに)?|[.。．।:：])\s*$", regex.IGNORECASE)
"""What joins an item to the next."""
_STOP: Final = regex.compile(r"[.。।]\s")


def areas_of(kb: KnowledgeBase, info: DocumentInfo) -> list[Citation]:
    """The areas that an agreement names, in its order, each cited without its number and what joins it to the next.

    The list under a heading such as "Areas of Cooperation" counts, or its sub-headings, or the list that a sentence leads in; where there
    is none, the headings of articles that name a subject, and where not two do, the title. Empty when the text names no area.
    """
    blocks = kb.outline(info.id)
    found = _listed(blocks) or _led_in(blocks) or _articles(kb, blocks) or [block for block in blocks if block.role == "title"][:1]
    spans = [span for block in found[:MOST] if not _ANY_OTHER.search(block.text) and (span := named(block))]
    return [cite(kb, info, start, end, language) for start, end, language in spans]


def opening(kb: KnowledgeBase, area: Citation) -> str:
    """What stands under a heading that names an area, its first `OPENING` characters; "" where the area is an item of a list."""
    blocks = kb.outline(area.document_id)
    head = next((b for b in blocks if b.role == "heading" and b.start <= area.start and area.end <= b.end), None)
    if head is None:
        return ""
    body = [b.text for b in blocks if b.role != "heading" and b.path[: len(head.path)] == head.path and b.start >= head.end]
    return " ".join(body)[:OPENING]


def _listed(blocks: Sequence[Block]) -> list[Block]:
    for head in blocks:
        if head.role != "heading" or not head.path or not (_AREAS.search(head.text) or _AREAS.search(head.path[-1])):
            continue
        inside = [b for b in blocks if b.path[: len(head.path)] == head.path and b.start > head.start]
        headings = [b for b in inside if b.role == "heading" and len(b.path) > len(head.path)]
        if headings:
            return [h for h in headings if not any(len(o.path) > len(h.path) and o.path[: len(h.path)] == h.path for o in headings)]
        body = [b for b in inside if b.role in ("list_item", "paragraph", "table_row") and b.text not in head.path[-1]]
        items = [b for b in body if _is_item(b, head)]
        led = [b for b in items if any(_leads(other) and b.path[: len(other.path)] == other.path for other in items if other is not b)]
        if items:
            depth = min(len(b.path) for b in led or items)
            return [b for b in led or items if len(b.path) == depth]
        if body:
            return body
    return []


def _leads(block: Block) -> bool:
    """Whether a block leads in what stands under it."""
    return block.text.rstrip().endswith((":", "："))


def _led_in(blocks: Sequence[Block]) -> list[Block]:
    for at, block in enumerate(blocks):
        if block.role in ("title", "heading") or not _LEADS_IN.search(block.text.strip()):
            continue
        items: list[Block] = []
        for following in blocks[at + 1 :]:
            if not _is_item(following, block) or (items and len(following.path) < len(items[0].path)):
                break
            if not items or len(following.path) == len(items[0].path):
                items.append(following)
        if len(items) > 1:
            return items
    return []


def _is_item(block: Block, of: Block) -> bool:
    """Whether a block is an item of a list under another: it is marked as one, or its number is a step deeper, as of "(a)"."""
    return block.role == "list_item" or (block.role == "paragraph" and len(block.path) > len(of.path))


def _articles(kb: KnowledgeBase, blocks: Sequence[Block]) -> list[Block]:
    """The headings of the top level that name a subject; of a heading in two lines ("Article 4", "Forests") the line that names it."""
    named: dict[tuple[str, ...], Block] = {}
    for head in blocks:
        if head.role == "heading" and len(head.path) == 1 and len(_bare(head.text)) > 2:
            named[head.path] = head
    roles = heading_roles(kb, [_bare(head.text) for head in named.values()])
    found = [head for head, role in zip(named.values(), roles, strict=True) if role == "area"]
    return found if len(found) >= FEWEST else []


def _bare(text: str) -> str:
    return _TAIL.sub("", _MARKER.sub("", text)).strip()


def named(block: Block) -> tuple[int, int, str] | None:
    """The span and language of a block without its number and what joins it to the next; None where nothing is left."""
    text = block.text
    marker = _MARKER.match(text)
    start = marker.end() if marker else 0
    end = len(text)
    while tail := _TAIL.search(text, start, end):
        end = tail.start()
    if any(text.count(shut, start, end) > text.count(opened, start, end) for opened, shut in ("()", "（）")):
        end = max(text.rfind(shut, start, end) for shut in ")）")  # of a heading in brackets the first went with its number
    if end - start > LONGEST:
        stops = [m.start() for m in _STOP.finditer(text, start, start + LONGEST)]
        end = stops[-1] if stops else start + LONGEST
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (block.start + start, block.start + end, block.language) if end - start > 1 else None
