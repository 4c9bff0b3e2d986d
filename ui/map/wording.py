"""How an area, a gap, a match and a question about a cell are said in the language of the interface."""

from __future__ import annotations

from typing import Final

from kb.records import Citation
from training.map import COLUMNS, Area, Column, Confidence, ExchangeMap, Match
from ui.answers import page_words
from ui.i18n import Strings
from ui.permalinks import Passage

SHORT: Final = 220
"""Characters of a quote where it only has to be recognised."""


def area_words(area: Area, words: Strings) -> str:
    """What the area is called: its text in the language of the interface, else the first one."""
    return one_line(area.named_in(words.language).quote)


def tally_words(drawn: ExchangeMap, words: Strings) -> str:
    """For how many areas there is something in each column, and how many practices are outside all of them."""
    covered = [row for row in drawn.rows if row.area.covered]
    found = {column: sum(bool(row.cell(column).matches) for row in covered) for column in COLUMNS}
    return words("map.tally", areas=len(covered), outside=len(drawn.rows) - len(covered), **found)


def sureness_words(confidence: Confidence, words: Strings) -> str:
    """How sure the match is, in a word and in percent."""
    return words(f"map.sureness.{confidence.sureness}", percent=round(100 * confidence.probability))


def reasons_words(match: Match, words: Strings) -> str:
    """What a match rests on: each signal, for or against, the heaviest first."""
    parts = [
        words(f"map.signal.{reason.signal}", weight=f"{reason.weight:+.1f}")
        for reason in match.confidence.reasons
        if abs(reason.weight) >= 0.1
    ]
    if match.confidence.report is not None:
        parts.append(words("map.signal.report", percent=round(100 * match.confidence.report)))
    return " · ".join(parts)


def question_words(area: Area, column: Column, words: Strings) -> str:
    """The question that is asked about a cell."""
    return words(f"map.question.{column}", area=area_words(area, words))


def place_words(citation: Citation, words: Strings) -> str:
    """Document, clause, page and date."""
    page = page_words(citation, words)
    parts = (citation.document, " › ".join(citation.path), page, words.date(citation.date))
    return " · ".join(one_line(part) for part in parts if part)


def one_line(text: str) -> str:
    """Text on one line."""
    return " ".join(text.split())


def short(text: str, most: int = SHORT) -> str:
    """A text on one line, cut at a word where it is long."""
    line = one_line(text)
    if len(line) <= most:
        return line
    cut = line[:most].rsplit(" ", 1)[0] if " " in line[:most] else line[:most]
    return f"{cut} …"


def link(citation: Citation, address: str) -> str:
    """The address under which a passage opens."""
    return Passage.of(citation).url(address)
