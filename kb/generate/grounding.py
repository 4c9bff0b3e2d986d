"""Passages go to the model under keys, defused; a draft becomes statements whose quotes are found in their passage, each with a verdict.

Each passage is a line of JSON that no text in it can leave. A draft's quotes are located in the passages they are said to come from, or it
is said what is wrong with them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from kb.generate.draft_parser import Draft
from kb.generate.streaming import tokens
from kb.ports import Ports
from kb.records import STANDING, Citation, Finding, Hit, Standing, Statement, Status, Verdict
from kb.sanitize import addresses, invisible_out, plain
from kb.verify.citations import cite_span, overlap
from kb.verify.prompt_injection import LIKELY, SURELY, Injections, addressed_from, only_told
from kb.verify.verdict import Verifier
from lang.languages import Language, detect
from lang.normalise import search_form
from lang.sentences import sentence_spans

MOST = 12
"""Passages of an answer."""
MOST_QUOTES = 30
"""Quotes that are worded at once."""
_CONTROL = regex.compile(
    r"<\|[^<>|]{0,40}\|>|</?(?:start_of_turn|end_of_turn|bos|eos|s|system|assistant|user|think|tool_call)>|\[/?(?:INST|SYS)\]|<</?SYS>>",
    regex.IGNORECASE,
)
"""What models take for the end of a turn or the words of another speaker."""
_FAKE_KEY = regex.compile(r"[\[【]\s*(E\s?\p{Nd}{1,3})\s*[\]】]", regex.IGNORECASE)
_ADDRESS = regex.compile(r"(?:https?|ftp|javascript|data|file):(?://)?\S+", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """A passage under its key. Of a quote that is to be worded the key alone names the ``whole``; of others, words must be copied."""

    key: str
    hit: Hit
    whole: bool = False

    @property
    def line(self) -> str:
        """The passage as the model is shown it."""
        hit = self.hit
        shown = {
            "key": self.key,
            "document": defused(hit.document),
            "kind": hit.kind,
            "date": hit.date.isoformat() if hit.date else None,
            "place": defused(" › ".join(hit.path)),
            "language": hit.language,
            "text": defused(hit.text[: addressed_from(hit.text)]),
        }
        return json.dumps(shown, ensure_ascii=False)


def defused(text: str) -> str:
    """The text without what could end its line, speak for another, pass for a key of ours, or be an address."""
    text = _CONTROL.sub(" ", invisible_out(text))
    return _ADDRESS.sub("(address)", _FAKE_KEY.sub(r"(\1)", text))


def gather(
    hits: Sequence[Hit],
    quoted: Sequence[Statement],
    most_tokens: int,
    language: str,
    withheld: Collection[int] = (),
    *,
    whole: bool = False,
    after: int = 0,
) -> dict[str, Item]:
    """The passages for a question, by key.

    Chosen are those that the extractive answer quotes, then the others as they were found, those in the question's language and those in
    other languages taking turns. As many as fit, at least one; none that begins with words to a program, and of others not what follows
    such words. Those in the question's language stand first and last, where models read best (Liu et al. 2024, *Lost in the Middle*).

    Args:
        hits: what was found, best first.
        quoted: the extractive answer.
        most_tokens: room for all of them.
        language: that of the question.
        withheld: documents of which nothing may be shown to the model.
        whole: each passage is a quote to be worded: all that fit, up to `MOST_QUOTES`.
        after: how many passages have keys already.
    """
    chosen: list[Hit] = []
    left = most_tokens
    for hit in _in_turns(hits, quoted, language):
        if hit.document_id in withheld or addressed_from(hit.text) == 0:
            continue
        cost = tokens(Item("E00", hit, whole).line)
        if chosen and cost > left:
            continue
        left -= cost
        chosen.append(hit)
        if len(chosen) == (MOST_QUOTES if whole else MOST) or left <= 0:
            break
    items = (Item(f"E{at}", hit, whole) for at, hit in enumerate(chosen if whole else _around(chosen, language), start=after + 1))
    return {item.key: item for item in items}


def _around(hits: Sequence[Hit], language: str) -> list[Hit]:
    """Hits with those in a language around the others: the best first, the second best last."""
    own = [hit for hit in hits if hit.language == language]
    return [*own[0::2], *(hit for hit in hits if hit.language != language), *reversed(own[1::2])]


def listed(items: Mapping[str, Item]) -> str:
    """The passages as lines."""
    return "\n".join(item.line for item in items.values())


def _in_turns(hits: Sequence[Hit], quoted: Sequence[Statement], language: str) -> Iterable[Hit]:
    cited = [c for statement in quoted for c in statement.citations]
    first = [hit for c in cited for hit in hits if overlap(hit, c)]
    own = [hit for hit in hits if hit.language == language]
    other = [hit for hit in hits if hit.language != language]
    turns = [hit for i in range(max(len(own), len(other))) for hit in (*own[i : i + 1], *other[i : i + 1])]
    return {(hit.document_id, hit.start, hit.end): hit for hit in (*first, *turns)}.values()


EVIDENCE_KEY = regex.compile(r"E\s?(\p{Nd}{1,3})", regex.IGNORECASE)
_LETTER = regex.compile(r"[\p{L}\p{N}]")


@dataclass(frozen=True, slots=True)
class Grounded:
    """The citations of a draft, each verified, and a finding for each quote that stands nowhere or speaks to a program."""

    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...]
    doubted: bool = False
    """Whether one of them may speak to a program."""


def ground(draft: Draft, items: Mapping[str, Item], ports: Ports, injections: Injections | None = None) -> Grounded:
    """Find every quote of a draft in the passage whose key it names, and widen it to whole sentences.

    A quote is found in the search form (compatibility forms, white space, case, digits of either script); what is cited is the
    document's own text there. Half a sentence can say the opposite of the whole, so the whole is cited and judged.
    """
    citations: dict[tuple[int, int, int], Citation] = {}
    findings: list[Finding] = []
    doubted = False
    for key, quote in draft.quotes:
        item = items.get(_normal(key))
        place = _place(quote, item) if item is not None else None
        if item is None or place is None:
            findings.append(Finding("quote", quote or key))
            continue
        order = _order_around(item.hit, *place, injections)
        if order >= SURELY:
            findings.append(Finding("instruction", quote))
            continue
        doubted = doubted or order >= LIKELY
        citation = cite_span(item.hit, item.hit.start + place[0], item.hit.start + place[1], ports)
        if citation is None or citation.status != "verified":
            findings.append(Finding("quote", quote))
            continue
        citations[citation.document_id, citation.start, citation.end] = citation
    if not draft.quotes:
        findings.append(Finding("quote", ""))
    return Grounded(tuple(citations.values()), tuple(findings), doubted)


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """The first place ``[start, end)`` of a text where a quote stands, compared in the search form; None when there is none."""
    if not _LETTER.search(quote):
        return None
    there, wanted = search_form(text), search_form(quote.strip().strip("\"“”„'‘’「」『』")).text.strip()
    at = there.text.find(wanted) if wanted else -1
    return None if at < 0 else there.span(at, at + len(wanted))


def _place(quote: str, item: Item) -> tuple[int, int] | None:
    hit = item.hit
    if item.whole and not quote.strip():
        return 0, len(hit.text)
    found = locate(quote, hit.text)
    if found is None:
        return None
    whole = [span for span in sentence_spans(hit.text, hit.language) if span[0] < found[1] and found[0] < span[1]]
    return (min(found[0], whole[0][0]), max(found[1], whole[-1][1])) if whole else found


def _order_around(hit: Hit, start: int, end: int, injections: Injections | None) -> float:
    """How likely a quote stands in or beside words to a program."""
    begins = addressed_from(hit.text)
    if begins is not None and end > begins:
        return 1.0
    return injections.around(hit.text, end) if injections is not None else 0.0


def _normal(key: str) -> str:
    match = EVIDENCE_KEY.fullmatch(key.strip(" []【】()"))
    return f"E{int(match[1])}" if match else ""


_ENDS = regex.compile(r"[.!。！।॥|…][\"'”’」』）)\]]*$")
MOST_CHARS = 600
"""A sentence longer than this is no short sentence; it is neither judged nor shown."""


def statements(draft: Draft, items: Mapping[str, Item], language: Language, ports: Ports, verifier: Verifier) -> Iterator[Statement]:
    """The sentences of a draft, each with all its citations and a verdict of its own.

    ``unsupported`` is a sentence with a quote that stands nowhere, one that rests on words to a program or only on an order to tell it, one
    that names an address that no quote has, one that is a question or no whole
    sentence, and one that `judge` finds so; ``partial`` at best is one in another
    language than asked, and one that is joined from papers none of which bears it out alone.
    """
    grounded = ground(draft, items, ports, verifier.injections)
    text = plain(draft.text)
    for start, end in sentence_spans(text, language):
        sentence = text[start:end].strip()
        if any(c.isalnum() for c in sentence):
            verdict = _verdict(sentence, grounded, language, verifier)
            yield Statement(sentence, _standing(grounded.citations), grounded.citations, verdict)


def fails(statement: Statement) -> bool:
    """Whether a statement is to be written once more."""
    found = statement.verdict.findings if statement.verdict is not None else ()
    return statement.status == "unsupported" or any(finding.check == "language" for finding in found)


def _verdict(sentence: str, grounded: Grounded, language: Language, verifier: Verifier) -> Verdict:
    citations, findings = grounded.citations, grounded.findings
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
    if status == "verified" and (grounded.doubted or not _by_one_paper(sentence, citations, verifier)):
        found.append(Finding("support", sentence))
        status = "partial"
    spoken = detect(sentence, language)
    if language != "und" and spoken not in (language, "und"):
        found.append(Finding("language", spoken))
        status = "partial" if status == "verified" else status
    seen = set(found)
    return Verdict(status, judged.support, (*found, *(f for f in judged.findings if f not in seen)), judged.scorer)


def _by_one_paper(sentence: str, citations: Sequence[Citation], verifier: Verifier) -> bool:
    """Whether what one paper is quoted with bears the statement out: what is joined from two, neither of them says."""
    papers = {citation.document_id: [c for c in citations if c.document_id == citation.document_id] for citation in citations}
    return len(papers) < 2 or any(verifier.judge(sentence, own).status == "verified" for own in papers.values())


def _standing(citations: Sequence[Citation]) -> Standing:
    """That of the papers where all are of one kind; what several kinds say together is inferred."""
    kinds = {STANDING[c.kind] for c in citations}
    return kinds.pop() if len(kinds) == 1 else "inferred"
