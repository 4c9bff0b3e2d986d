"""Who signed, and when: the signing line of an agreement answers, for *who* together with the names that stand below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from kb.answer.query_understanding.answer_types import asked_for, common, holds, matters
from kb.answer.scoring.candidates import Candidate, sentences_of
from kb.records import Hit

LOOKED_AT = 8
"""Hits among which the agreement is looked for that the question means."""
MOST_LINES = 16
MOST_CHARS = 600
"""Lines and characters of the signatures of one paper; what is longer is no block of signatures."""
LONGEST_LINE = 90

_SIGNING = "signing"
_BREAK = regex.compile(r"\t| {3,}|\n|　{2,}")
_NAME = regex.compile(
    r"(?:\p{Lu}[\p{L}\p{M}.’'-]*)(?: \p{Lu}[\p{L}\p{M}.’'-]*){1,4}"
    r"|[\p{Devanagari}\u200c\u200d.]+(?: [\p{Devanagari}\u200c\u200d.]+){1,3}"
    r"|[\p{Han}々]{1,4}[ 　]?[\p{Han}\p{Hiragana}々]{1,4}|[\p{Katakana}ー]+(?:[・=＝ ][\p{Katakana}ー]+)+"
)
_NO_NAME = regex.compile(
    r"\b(?:For|On|Behalf|Ministry|Minister|Ministers|Corporation|Commissioner|Director|Secretary|Government|Governor|President|Mayor"
    r"|Department|Division|Bureau|Office|Affairs|City|State|Republic|Article|Annex|Witness|Signature|Signatures|Seal|Date|Place"
    r"|Chair|Chairperson|Chairman|Officer|Agency|Institute|University|Company|Limited|Memorandum|Agreement|Participants|Parties|Chief|Deputy)\b"
    r"|मंत्र|आयुक्त|सचिव|संचालक|निदेशक|महानगरपालिक|नगर निगम|शासन|सरकार|वतीने|ओर से|विभाग|अध्यक्ष|महापौर|राज्यपाल|दिनांक|स्वाक्षर|हस्ताक्षर|साक्षी|कलम|अनुच्छेद"
    r"|大臣|市長|知事|局長|課長|部長|長官|省|庁|市役所|代表|政府|署名|条|日付|氏名|立会|株式会社|委員"
)


def with_signatures(question: str, candidates: Sequence[Candidate], hits: Sequence[Hit]) -> list[Candidate]:
    """The candidates; where the question asks who signed or when, with the signing line of the best agreement, with the names for *who*.

    It answers better than what other papers, or other clauses, say of signing: that candidate is ``signed``, see `signed_first`. It may
    stand further down among the ``hits``, all of the side, than the passages that are read.
    """
    paper = next((h.document_id for h in hits[:LOOKED_AT] if h.kind == "agreement"), None)
    kind = asked_for(question)
    if paper is None or kind not in ("person", "date") or matters(question) - common() != {_SIGNING}:
        # "When was the letter of intent signed?": the agreement's own signing line is of another paper.
        return list(candidates)
    for candidate in sentences_of([h for h in hits if h.document_id == paper]):
        hit = candidate.hit
        below = signatures_end(hit.text, candidate.end - hit.start) if signing(candidate.text) else None
        if below is None or (kind == "date" and not holds(candidate.text, kind)):
            continue
        end = hit.start + below if kind == "person" else candidate.end
        text = hit.text[candidate.start - hit.start : end - hit.start]
        passage = max((c.passage for c in candidates if c.hit.document_id == paper), default=0.0)
        whole = replace(candidate, end=end, text=text, passage=passage, fragment=False, follows=False, signed=True)
        others = [c for c in candidates if c.hit.document_id != paper or not whole.start <= c.start < whole.end]
        return [whole, *(replace(c, follows=c.follows and i > 0 and others[i - 1].end <= c.start) for i, c in enumerate(others))]
    return list(candidates)


def signed_first(order: Sequence[int], candidates: Sequence[Candidate]) -> list[int]:
    """The order with signatures before all else."""
    return sorted(order, key=lambda i: not candidates[i].signed)


def signing(text: str) -> bool:
    """Whether a text speaks of signing."""
    return _SIGNING in matters(text)


def signatures_end(text: str, start: int) -> int | None:
    """Where the signatures end that stand on the lines after ``start``; None where no name stands there.

    They are short lines.
    """
    end, at = start, text.find("\n", start)
    if at < 0 or text[start:at].strip():
        return None
    for _ in range(MOST_LINES):
        following = text.find("\n", at + 1)
        line = text[at + 1 : following if following >= 0 else len(text)]
        if line.strip():
            if len(line.strip()) > LONGEST_LINE or at + 1 + len(line) - start > MOST_CHARS:
                break
            end = at + 1 + len(line.rstrip())
        if following < 0:
            break
        at = following
    return end if signatories(text[start:end]) else None


def signatories(text: str) -> tuple[tuple[int, int], ...]:
    """Where names stand by themselves on a line or in a column of it, after the first line: spans ``[start, end)`` in order."""
    found: list[tuple[int, int]] = []
    at = text.find("\n")
    while 0 <= at < len(text):
        cut = _BREAK.search(text, at + 1)
        piece = text[at + 1 : cut.start() if cut else len(text)]
        name = piece.strip()
        if _NAME.fullmatch(name) and not _NO_NAME.search(name):
            start = at + 1 + len(piece) - len(piece.lstrip())
            found.append((start, start + len(name)))
        at = cut.end() - 1 if cut else -1
    return tuple(found)


__all__ = ["signatories", "signatures_end", "signed_first", "signing", "with_signatures"]
