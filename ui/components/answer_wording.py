"""How an answer is ordered and said in words, for page, paper and terminal: headings, standing, numbered citations, places, doubts.

It is laid out by the sides of a comparison, then by who says it and with what standing. Said as well: why a statement is not verified, and
that words were read from a picture and may be misread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import Final, TypeAlias

from kb.document_records import BadlyRead
from kb.records import Answer, Citation, Counterpart, Finding, Hit, Standing, Statement, Status, Verdict, weakest
from lang.languages import Language
from prompts.phrases import phrase
from ui.components.i18n import Strings

Heading: TypeAlias = tuple[Standing, str]
"""The standing and the kind of document that speaks; one heading of an answer."""
WELL_READ: Final = 0.7
"""Share of the words of a page thought to be right, below which OCR read it badly."""
TITLE_CHARS: Final = 44
CLAUSE_CHARS: Final = 30
"""Of a title and a clause, what a chip shows. The open source has them whole."""


def heading_of(statement: Statement) -> Heading:
    """Under which heading a statement is shown."""
    return statement.standing, statement.citations[0].kind if statement.citations else ""


def heading_words(heading: Heading, language: Language) -> str:
    """``The newspaper reports``, in the language of the question."""
    standing, kind = heading
    return phrase(f"says.{kind}" if kind and standing != "inferred" else f"standing.{standing}", language)


def by_heading(statements: Iterable[Statement]) -> list[tuple[Heading, list[Statement]]]:
    """The statements under their headings, headings and statements in the order they first appear."""
    groups: dict[Heading, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(heading_of(statement), []).append(statement)
    return list(groups.items())


def by_side(statements: Iterable[Statement]) -> list[tuple[str, list[Statement]]]:
    """The statements under what each speaks to: the sides of a comparison, the parts of a question; one group "" for any other answer."""
    groups: dict[str, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(statement.side, []).append(statement)
    return list(groups.items())


def reading_order(statements: Iterable[Statement]) -> list[Statement]:
    """The statements as they are read on the page, side by side and heading by heading."""
    return [statement for _, side in by_side(statements) for _, group in by_heading(side) for statement in group]


def grade_note(answer: Answer) -> str | None:
    """That an answer shows only the nearest that was found, in its language; None for one that is sure, and for a refusal."""
    return phrase("grade.nearest", answer.language) if answer.grade == "nearest" and answer.refusal is None else None


def standing_note(citation: Citation, language: Language) -> str | None:
    """That the cited paper was amended, or is no longer in force, and by which other; None where the base knows of none."""
    by = citation.superseded_by
    return phrase(f"force.{by.relation}", language, title=by.document) if by is not None else None


def done_words(answer: Answer, words: Strings) -> str:
    """What was done, and in how many seconds; "" for talk, a question back and what is declined, which need no such line."""
    if answer.skill in ("chat", "clarify", "decline"):
        return ""
    if answer.refusal is not None:
        return words("chat.refused")
    seconds = f"{answer.ms.total / 1000:.1f}"
    citations = [citation for statement in answer.statements for citation in statement.citations]
    if answer.grade == "nearest" and answer.skill == "lookup":
        return words.count("chat.done.nearest", len(citations), seconds=seconds)
    if answer.skill == "lookup":
        return words.count("chat.found", len(citations), seconds=seconds)
    papers = len({citation.document_id for citation in citations})
    return words.count(f"chat.done.{answer.skill if papers else 'without'}", papers, seconds=seconds)


def sent_words(answer: Answer, words: Strings) -> str:
    """How many passages were sent to which language model, and where that is; "" where none was asked."""
    sent = answer.sent
    return words.count("chat.sent", sent.passages, model=sent.model, host=sent.host) if sent is not None else ""


def page_words(cited: Citation | Hit | Counterpart, words: Strings) -> str:
    """The page; of one that OCR read from a picture, that it was read so, and whether badly."""
    ocr = cited.ocr if isinstance(cited, Citation) else None
    return words("place.page" if ocr is None else "place.page_ocr" if ocr >= WELL_READ else "place.page_bad", label=cited.page_label)


def place_of(cited: Citation | Hit | Counterpart, words: Strings) -> str:
    """Title, clause and page."""
    parts = [cited.document, " › ".join(cited.path), page_words(cited, words)]
    return " · ".join(part for part in parts if part)


def short_place(cited: Citation | Hit | Counterpart, words: Strings, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """The same for a chip: a short title, from ``titles`` where it is there, and the clause without those that it lies in."""
    clause = " › ".join(shortened(part, CLAUSE_CHARS) for part in cited.path[-2:])
    title = titles.get(cited.document) or shortened(cited.document, TITLE_CHARS)
    return " · ".join(part for part in (title, clause, page_words(cited, words)) if part)


def short_titles(titles: Iterable[str], most: int = TITLE_CHARS) -> dict[str, str]:
    """Short forms of titles, no two alike: of those that begin alike, what comes after that."""
    groups: dict[str, list[str]] = {}
    for title in dict.fromkeys(titles):
        groups.setdefault(shortened(title, most), []).append(title)
    made = {same[0]: short for short, same in groups.items() if len(same) == 1}
    for short, same in groups.items():
        if len(same) > 1:
            alike = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*same, strict=False)))
            told = same[0].rfind(" ", 0, alike) + 1 or alike
            rests = short_titles((title[told:] for title in same if title[told:]), most)
            made |= {title: f"…{rests[title[told:]].lstrip('…')}" if title[told:] else short for title in same}
    return made


def shortened(text: str, most: int) -> str:
    """The beginning of a text, which ends between words where there are any, and says that it is not all."""
    if len(text) <= most:
        return text
    head, space, _ = text[:most].rpartition(" ")
    return f"{(head if space and len(head) > most // 2 else text[: most - 1]).rstrip(' ,;:–-')}…"


class Numbers:
    """Numbers citations from 1 in the order they are met; the same span of the same version keeps its number."""

    def __init__(self) -> None:
        self._spans: dict[tuple[int, int, int, int], int] = {}

    def __call__(self, citation: Citation) -> int:
        """The number of a citation."""
        span = (citation.document_id, citation.version, citation.start, citation.end)
        return self._spans.setdefault(span, len(self._spans) + 1)


def doubted(cited: Citation) -> str:
    """The words of a quote that may be misread, each once, between quotation marks."""
    return " · ".join(dict.fromkeys(f"“{cited.quote[start:end]}”" for start, end in cited.doubtful))


def badly_read_words(one: BadlyRead, words: Strings) -> str:
    """Which pages of a paper were badly read, how many of its words may be misread, and what to do."""
    pages = words.count("doubt.badly_read", len(one.pages), pages=", ".join(one.pages))
    doubtful = words.count("doubt.many", one.doubtful) if one.doubtful else ""
    return " ".join(part for part in (pages, doubtful, words("doubt.better")) if part)


MOST = 3
"""Reasons that are told; one is enough to look at the source."""
_LONGEST = 80
_PLAIN = frozenset({"quote", "negation", "denials", "support", "instruction", "link", "language", "doubtful", "silent"})


def written_status(statements: Iterable[Statement]) -> Status | None:
    """How what a model wrote was found to be: the weakest of some statements; None where all are quotes."""
    found = [statement.status for statement in statements if statement.verdict is not None]
    return weakest(found) if found else None


def reasons(statement: Statement, words: Strings) -> str | None:
    """One line that says why, in the language of the interface; None for a verified statement and for a quote."""
    return findings(statement.verdict, statement.status, words)


def findings(verdict: Verdict | None, status: Status, words: Strings) -> str | None:
    """The same for any wording that was held against its source; None where it is verified, or nothing was found wrong with it."""
    if verdict is None or status == "verified" or not verdict.findings:
        return None
    told = list(dict.fromkeys(_reason(finding, words) for finding in verdict.findings))[:MOST]
    return words("why.title", reasons="; ".join(told))


def _reason(finding: Finding, words: Strings) -> str:
    said, shown = _short(finding.said), _short(finding.shown)
    if finding.check in _PLAIN:
        return words(f"why.{finding.check}", said=said)
    return words(f"why.{finding.check}.{'instead' if shown else 'absent'}", said=said, shown=shown)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
