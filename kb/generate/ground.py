"""A draft's quotes, found in the passages they are said to come from; or what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import regex

from kb.generate.evidence import Item
from kb.generate.parse import Draft
from kb.ports import Ports
from kb.records import Citation, Finding, Hit
from kb.verify.citations import cite_span
from kb.verify.instructions import addressed_from
from lang.normalise import search_form
from lang.sentences import sentence_spans

_KEY = regex.compile(r"E\s?(\p{Nd}{1,3})", regex.IGNORECASE)
_LETTER = regex.compile(r"[\p{L}\p{N}]")


@dataclass(frozen=True, slots=True)
class Grounded:
    """The citations of a draft, each verified, and a finding for each quote that stands nowhere or speaks to a program."""

    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...]


def ground(draft: Draft, items: Mapping[str, Item], ports: Ports) -> Grounded:
    """Find every quote of a draft in the passage whose key it names, and widen it to whole sentences.

    A quote is found in the search form (compatibility forms, white space, case, digits of either script); what is cited is the
    document's own text there. Half a sentence can say the opposite of the whole, so the whole is cited and judged.
    """
    citations: dict[tuple[int, int, int], Citation] = {}
    findings: list[Finding] = []
    for key, quote in draft.quotes:
        item = items.get(_normal(key))
        place = _place(quote, item.hit) if item is not None else None
        if item is None or place is None:
            findings.append(Finding("quote", quote or key))
            continue
        if _speaks_to_a_program(item.hit, *place):
            findings.append(Finding("instruction", quote))
            continue
        citation = cite_span(item.hit, item.hit.start + place[0], item.hit.start + place[1], ports)
        if citation is None or citation.status != "verified":
            findings.append(Finding("quote", quote))
            continue
        citations[citation.document_id, citation.start, citation.end] = citation
    if not draft.quotes:
        findings.append(Finding("quote", ""))
    return Grounded(tuple(citations.values()), tuple(findings))


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """The first place ``[start, end)`` of a text where a quote stands, compared in the search form; None when there is none."""
    if not _LETTER.search(quote):
        return None
    there, wanted = search_form(text), search_form(quote.strip().strip("\"“”„'‘’「」『』")).text.strip()
    at = there.text.find(wanted) if wanted else -1
    return None if at < 0 else there.span(at, at + len(wanted))


def _place(quote: str, hit: Hit) -> tuple[int, int] | None:
    found = locate(quote, hit.text)
    if found is None:
        return None
    whole = [span for span in sentence_spans(hit.text, hit.language) if span[0] < found[1] and found[0] < span[1]]
    return (min(found[0], whole[0][0]), max(found[1], whole[-1][1])) if whole else found


def _speaks_to_a_program(hit: Hit, start: int, end: int) -> bool:
    begins = addressed_from(hit.text)
    return begins is not None and end > begins


def _normal(key: str) -> str:
    match = _KEY.fullmatch(key.strip(" []【】()"))
    return f"E{int(match[1])}" if match else ""
