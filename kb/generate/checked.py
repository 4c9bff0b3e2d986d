"""A draft becomes statements, each with the verdict of the check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import regex

from kb.generate.evidence import Item
from kb.generate.ground import ground
from kb.generate.parse import Draft
from kb.generate.plain import addresses, plain
from kb.ports import Ports
from kb.records import STANDING, Citation, Finding, Standing, Statement, Status, Verdict
from kb.verify.instructions import only_told
from kb.verify.verifier import Verifier
from lang.codes import Language
from lang.identify import detect
from lang.sentences import sentence_spans

_ENDS = regex.compile(r"[.!?。！？।॥|…][\"'”’」』）)\]]*$")
MOST_CHARS = 600
"""A sentence longer than this is no short sentence; it is neither judged nor shown."""


def statements(draft: Draft, items: Mapping[str, Item], language: Language, ports: Ports, verifier: Verifier) -> Iterator[Statement]:
    """The sentences of a draft, each with all its citations and a verdict of its own.

    ``unsupported`` is a sentence with a quote that stands nowhere, one that rests on words to a program or only on an order to tell it, one
    that names an address that no quote has, one that is no whole
    sentence, and one that `judge` finds so; ``partial`` at best is one in another
    language than asked, and one that no sentence of the quotes bears out alone.
    """
    grounded = ground(draft, items, ports)
    text = plain(draft.text)
    for start, end in sentence_spans(text, language):
        sentence = text[start:end].strip()
        if any(c.isalnum() for c in sentence):
            verdict = _verdict(sentence, grounded.citations, grounded.findings, language, verifier)
            yield Statement(sentence, _standing(grounded.citations), grounded.citations, verdict)


def fails(statement: Statement) -> bool:
    """Whether a statement is to be written once more."""
    found = statement.verdict.findings if statement.verdict is not None else ()
    return statement.status == "unsupported" or any(finding.check == "language" for finding in found)


def _verdict(sentence: str, citations: Sequence[Citation], findings: Sequence[Finding], language: Language, verifier: Verifier) -> Verdict:
    if len(sentence) > MOST_CHARS:
        return Verdict("unsupported", 0.0, (*findings, Finding("scope", sentence[:40])), verifier.scorer.name)
    judged = verifier.judge(sentence, citations)
    found = [*findings]
    found += [Finding("link", one) for one in addresses(sentence) if not any(one in c.quote for c in citations)]
    if word := only_told(sentence, [c.quote for c in citations]):
        found.append(Finding("instruction", word))
    if not _ENDS.search(sentence):
        found.append(Finding("support", sentence))
    status: Status = "unsupported" if found else judged.status
    if status == "verified" and not _by_one_sentence(sentence, citations, verifier):
        found.append(Finding("support", sentence))
        status = "partial"
    spoken = detect(sentence, language)
    if language != "und" and spoken not in (language, "und"):
        found.append(Finding("language", spoken))
        status = "partial" if status == "verified" else status
    seen = set(found)
    return Verdict(status, judged.support, (*found, *(f for f in judged.findings if f not in seen)), judged.scorer)


def _by_one_sentence(sentence: str, citations: Sequence[Citation], verifier: Verifier) -> bool:
    """Whether one sentence of the quotes bears the statement out alone.

    "The committee meets twice. Its office sits in A." has all the words of "The office meets twice."
    """
    parts = [replace(c, quote=c.quote[a:b]) for c in citations for a, b in sentence_spans(c.quote, c.language)]
    return len(parts) < 2 or any(verifier.judge(sentence, [part]).status == "verified" for part in parts)


def _standing(citations: Sequence[Citation]) -> Standing:
    """That of the papers where all are of one kind; what several kinds say together is inferred."""
    kinds = {STANDING[c.kind] for c in citations}
    return kinds.pop() if len(kinds) == 1 else "inferred"
