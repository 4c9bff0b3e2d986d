"""An answer as its reader reads it: values as the reader's language writes them, and the whole as plain text in Markdown.

What needs no translation (dates, lengths of time, money, measures, counts, numbered places) is rendered where it is read for certain:
840 million yen is 84 करोड़ येन, 2026年6月15日 is १५ जून २०२६. The words around it stay as they are. The plain text is what is copied, printed
in a terminal, put into a file and scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache, partial
from typing import Final

import regex

from kb.records import Answer, Block, Cell, Statement
from kb.verify.fact_check import facts_in
from lang.data_files import toml_of
from lang.languages import Language
from lang.normalise import search_form
from lang.references import clause_number, references
from lang.values.calendars import When
from lang.values.quantities import Quantity
from lang.values.written_dates import date_form, month_name
from prompts.phrases import phrase, spoken

NUMERAL = 10_000
"""From here on a number is written with its scale: 12 लाख, 2億; below it is written out."""
_ISO = regex.compile(r"(?:(?P<year>\d{4})|-(?=-))(?:/(?P<next>\d\d))?(?:-(?P<month>\d\d))?(?:-(?P<day>\d\d))?")
_DURATION = regex.compile(r"(?P<count>\d+) (?P<unit>minute|hour|day|week|month|year)s?")


def said_day(day: date, language: Language) -> str:
    """A whole date."""
    return said_when(When(day.year, day.month, day.day), language)


def said_when(when: When, language: Language) -> str:
    """A date as exactly as it is written; "" for one of an Indian calendar."""
    if when.calendar in ("saka", "vikram"):
        return ""
    named = month_name(when.month, spoken(language)) if when.month else ""
    if when.precision == "month_day" and not when.day:
        return named
    following = f"{(when.year + 1) % 100:02}" if when.year is not None else ""
    return _in_digits(
        date_form(when.precision, spoken(language)).format(year=when.year, month=named, day=when.day, next=following), language
    )


def said_period(first: When, last: When | None, language: Language) -> str:
    """A date, or the time from one to another."""
    if last is None:
        return said_when(first, language)
    return date_form("period", spoken(language)).format(first=said_when(first, language), last=said_when(last, language))


def said_by(said: str, language: Language) -> str:
    """By a date."""
    return date_form("by", spoken(language)).format(said=said)


def said_ahead(said: str, language: Language) -> str:
    """A time that must be left before something: "at least 10 days before"."""
    return date_form("ahead", spoken(language)).format(said=said)


def said_within(said: str, language: Language) -> str:
    """Within a length of time."""
    return date_form("within", spoken(language)).format(said=said)


def said_every(every: str, language: Language) -> str:
    """How often, of a `kb.agreements.card_records.Recurrence`."""
    return _form("every", every, language)


def said_fact(value: str, language: Language) -> str:
    """A date or length of time as facts are stored ("2025-03", "--03-31", "6 months"); anything else as it is."""
    if (length := _DURATION.fullmatch(value)) is not None:
        return said_counted(Fraction(length["count"]), length["unit"], language)
    written = _ISO.fullmatch(value)
    if written is None:
        return value
    year, month, day = (int(part) if part else None for part in written.group("year", "month", "day"))
    return said_when(When(year, month, day, fiscal=written["next"] is not None), language)


def said_number(value: Fraction, language: Language, currency: str = "") -> str:
    """A number with the scales and the grouping that are usual in a language (and for a currency); "" with more than three decimals."""
    if (value * 1000).denominator != 1:
        return ""
    kinds = _stored()["numbers"]
    kind = kinds.get(f"{spoken(language)}_{currency}", kinds[spoken(language)])
    if kind["stacked"] and value.denominator == 1:
        said, left = "", int(value)
        for size, form in kind["scales"]:
            said, left = said + (form.format(n=_grouped(Fraction(left // size), 3)) if left >= size else ""), left % size
        return said + (_grouped(Fraction(left), 3) if left or not said else "")
    for size, form in kind["scales"]:
        if value >= max(size, NUMERAL) and (value / size * 1000).denominator == 1:
            return _in_digits(form.format(n=_grouped(value / size, kind["group"])), language)
    return _in_digits(_grouped(value, kind["group"]), language)


def said_counted(number: Fraction, unit: str, language: Language) -> str:
    """So many of a unit of ``rendering.toml``: a length of time, an amount, a measure."""
    said = said_number(number, language, unit)
    one, *several = _form("units", unit, language).split("|")
    return (one if number == 1 or not several else several[0]).format(n=said) if said else ""


def said_amount(value: Fraction, base: str, language: Language) -> str:
    """A value counted in a base unit ("" for a bare number), in the largest unit that leaves no fraction: 36 months are 3 years."""
    units = sorted(((size, name) for (of, size), name in _units().items() if of == base and size >= 1 and name != "week"), reverse=True)
    if not units:
        return said_number(value, language)
    size, name = next(((size, name) for size, name in units if (value / size).denominator == 1), units[-1])
    return said_counted(value / size, name, language)


def said_quantity(quantity: Quantity, language: Language) -> str:
    """An amount in the unit in which it is written; "" for an ordinal or a number of a clause."""
    if quantity.role != "amount":
        return ""
    unit = _units().get((quantity.unit, quantity.value / quantity.number if quantity.number else Fraction(1)))
    return said_counted(quantity.number, unit, language) if unit else said_amount(quantity.value, quantity.unit, language)


def values(text: str, language: Language, least: int | None = 0, spans: Sequence[tuple[int, int]] | None = None) -> tuple[str, ...]:
    """The dates, months, amounts and counts of a text in order, each once, as ``language`` writes them.

    Args:
        text: in any language.
        language: the reader's.
        least: what a number without a unit must be to be given; None for none of them: they say nothing without what they count.
        spans: where they stand in the text; None for anywhere.
    """
    facts = facts_in(text)
    found = [(one.start, said_when(one.when, language)) for one in facts.dates]
    found += [(one.start, said_when(When(None, one.number), language)) for one in facts.months]
    for at, one in enumerate(facts.quantities):
        following = facts.quantities[at + 1] if at + 1 < len(facts.quantities) else None
        # Of 2時間10分に only the hours are read with their unit.
        partly = one.unit and following is not None and not following.unit and text[one.end : following.start] in ("", " ")
        if not partly and (one.unit or (least is not None and one.value >= least and not _counts_nothing(one, text))):
            found.append((one.start, said_quantity(one, language)))
    within = [(0, len(text))] if spans is None else spans
    return tuple(dict.fromkeys(said for at, said in sorted(found) if said and any(start <= at < end for start, end in within)))


def gloss(text: str, language: Language, least: int | None = None, spans: Sequence[tuple[int, int]] | None = None) -> tuple[str, ...]:
    """The `values` of a text that it does not write so itself: what a reader of ``language`` is told beside it."""
    return tuple(said for said in values(text, language, least, spans) if said not in text and search_form(said).text not in text)


def numeral(number: int, language: Language) -> str:
    """A whole number in the digits of the language."""
    return _in_digits(str(number), language)


def quoted(text: str, language: Language) -> str:
    """Words between the quotation marks of a language."""
    return _form("places", "quote", language).format(text=text)


def says(place: str, quote: str, language: Language) -> str:
    """A quote after where it stands."""
    return _form("places", "says", language).format(place=place, quote=quote) if place else quote


def joined(parts: Iterable[str], language: Language) -> str:
    """What is not empty, with the language's comma."""
    return _form("places", "comma", language).join(part for part in parts if part)


def page(label: str, language: Language) -> str:
    """The label of a page in the digits of the language."""
    return phrase("label.page", language, page=numeral(int(label), language) if label.isdecimal() else label)


def clause(path: Sequence[str], written_in: Language, language: Language) -> str:
    """The numbered place that a path names: ``Article 4(3)``, कलम ४(३), 第4条第3項; "" where it names none.

    Where the paper is in that language, its own word for the clause stays (*Section 4*).
    """
    said = ""
    inside: list[str] = []
    for entry in path:
        label = next((r for r in references(entry) if r.start == 0), None)
        if label is not None:
            own = entry[slice(*search_form(entry).span(label.start, label.end))].strip(" .:")
            named = _form("places", label.family, language).format(n=_in_digits(label.number, language))
            said, inside = (own if written_in == language else named), []
        elif number := clause_number(entry):
            inside.append(_form("places", "inside" if number.isdecimal() else "lettered", language).format(n=_in_digits(number, language)))
    return said + "".join(inside) if said else ""


def _counts_nothing(quantity: Quantity, text: str) -> bool:
    """Whether it is the number of an item, part of a telephone number, or a word such as *one* or *both*, which mostly counts nothing."""
    line = text.rfind("\n", 0, quantity.start) + 1
    numbering = not text[line : quantity.start].strip(" (（") and regex.match(r"\s?[.)）]", text[quantity.end :]) is not None
    telephone = regex.match(r"-\d{2}", text[quantity.end :]) is not None or regex.search(r"\d-$", text[: quantity.start]) is not None
    return numbering or telephone or (quantity.spelled and quantity.value <= 2)


def _grouped(value: Fraction, group: int) -> str:
    """A number in digits, those above the thousands in groups: 12,34,567.5."""
    whole, rest = divmod(int(value * 1000), 1000)
    head, said = str(whole)[:-3], str(whole)[-3:]
    while head:
        head, said = head[:-group], f"{head[-group:]},{said}"
    return f"{said}.{rest:03}".rstrip("0") if rest else said


def _in_digits(text: str, language: Language) -> str:
    return text.translate(str.maketrans("0123456789", _stored()["digits"][spoken(language)]))


def _form(table: str, name: str, language: Language) -> str:
    return str(_stored()[table][name][spoken(language)])


@cache
def _units() -> Mapping[tuple[str, Fraction], str]:
    """The name of a unit by its base unit and how many of that one is."""
    return {(unit["base"], Fraction(unit["size"])): name for name, unit in _stored()["units"].items()}


_stored = partial(toml_of, "kb.answer.presentation", "rendering.toml")


Signed = Callable[[Statement], str]
"""The marks of a statement's citations, e.g. `` [1]``."""
MOST_VALUES = 4
"""Values that are said again beside a quote in another language."""


def block_text(block: Block, statements: Sequence[Statement], signed: Signed = lambda _statement: "") -> str:
    """One block, its citations marked by ``signed``."""
    head = f"{block.text}\n\n" if block.text else ""
    if block.kind == "text":
        return block.text
    if block.kind == "options":
        return head + "\n".join(f"- {item}" for item in block.items)
    rows = [[_cell(cell, statements, signed) for cell in row] for row in block.rows]
    if block.kind == "table":
        lines = [list(block.columns), ["---"] * len(block.columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
        return head + "\n".join("| " + " | ".join(line) + " |" for line in lines)
    if block.kind in ("points", "steps"):
        numbered = block.kind == "steps"
        return head + "\n".join((f"{at}. " if numbered else "- ") + _labelled(row) for at, row in enumerate(rows, 1))
    return head + "\n\n".join("\n".join(row) for row in rows)


def blocks_text(answer: Answer, signed: Signed = lambda _statement: "") -> str:
    """All blocks of an answer."""
    return "\n\n".join(block_text(block, answer.statements, signed) for block in answer.blocks)


OPEN: Final = 2
"""Quotes of an answer that are open; those after them are folded."""


def shown_apart(answer: Answer) -> tuple[Statement, ...]:
    """The statements that no block lays out: they are shown as quotes."""
    laid_out = {at for block in answer.blocks for row in block.rows for cell in row for at in cell.cited}
    return tuple(statement for at, statement in enumerate(answer.statements) if at not in laid_out)


def asks_below(answer: Answer) -> bool:
    """Whether the blocks stand below the quotes.

    So does the question which of several papers is meant: who meant the one that is quoted first need not choose.
    """
    return answer.skill == "clarify"


def answer_text(answer: Answer, signed: Signed = lambda _statement: "") -> str:
    """All that an answer shows: whether it is sure, its blocks, its quotes under who says them, or why there are none."""
    refusal = answer.refusal
    unsure = answer.grade == "nearest" and answer.skill in ("lookup", "clarify") and refusal is None
    parts = [phrase("grade.nearest", answer.language)] if unsure else []
    if refusal is not None:
        parts += [refusal.message, *(hit.text for hit in refusal.nearest)]
    blocks, quotes = blocks_text(answer, signed), () if refusal is not None else tuple(_quotes(answer, signed))
    parts += (*quotes, blocks) if asks_below(answer) else (blocks, *quotes)
    return "\n\n".join(part for part in (*parts, *(conflict.note for conflict in answer.conflicts), *answer.notes) if part)


def led_in(statement: Statement, language: Language) -> str:
    """Who says a statement, and in which language where that is not the reader's: "The newspaper reports (in Marathi):"."""
    first = statement.citations[0] if statement.citations else None
    by_kind = first is not None and statement.standing != "inferred"
    says = phrase(f"says.{first.kind}" if first is not None and by_kind else f"standing.{statement.standing}", language)
    if first is None or first.language in (language, "und") or statement.verdict is not None:
        return says + ("：" if language == "ja" else ":")
    return phrase("plain.foreign", language, says=says, tongue=phrase(f"language.{first.language}", language))


def beside(statement: Statement, language: Language) -> str:
    """The fact asked for in a quote of another language, and the values of the sentence that answers, as the reader writes them."""
    first = statement.citations[0] if statement.citations else None
    if first is None or first.language in (language, "und") or first.quote != statement.text:
        return ""
    text = statement.text
    found = (*gloss(text, language, 0, statement.marks), *gloss(text, language, None, statement.answering or None))
    return phrase("plain.values", language, values=joined(list(dict.fromkeys(found))[:MOST_VALUES], language)) if found else ""


def _quotes(answer: Answer, signed: Signed) -> Iterator[str]:
    """The statements that no block lays out, each group of them led in."""
    before = ""
    for statement in shown_apart(answer):
        lead = led_in(statement, answer.language)
        yield (
            (f"{lead}\n\n" if lead != before else "")
            + statement.text
            + signed(statement)
            + (f"\n{said}" if (said := beside(statement, answer.language)) else "")
        )
        before = lead


def _cell(cell: Cell, statements: Sequence[Statement], signed: Signed) -> str:
    return cell.text + "".join(dict.fromkeys(signed(statements[at]) for at in cell.cited))


def _labelled(row: Sequence[str]) -> str:
    return ": ".join(row[:2]) + "".join(f" · {cell}" for cell in row[2:] if cell)
