"""The draft of a card: every field and obligation that an agreement's text states, with spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import regex

from ingest.records import Block
from kb.card.actors import actors_of
from kb.card.obligations import find_duties
from kb.card.people import contacts_in, languages_in
from kb.card.records import Draft, Field, Found
from kb.card.told import Line, with_told
from kb.card.topics import Sentence, about, areas, sentences
from lang.codes import Language

_OF_FACTS: Sequence[tuple[Field, str]] = (
    ("title", "title"), ("party", "parties"), ("signatory", "signatories"), ("signed", "signed"), ("effective", "in_force"),
    ("place", "place"), ("term", "term"), ("renewal", "renewal"), ("notice", "notice"),
)  # fmt: skip
CLAUSES: Sequence[Field] = ("purpose", "costs", "confidentiality", "disputes", "legal", "amendment", "termination")
"""Fields whose value is the sentence that says it."""
_NO_DUTIES = frozenset(
    ("area", "purpose", "contact", "legal", "renewal", "effective", "term", "termination", "notice", "languages", "amendment", "signatory")
)
"""Fields whose lines a model easily takes for duties."""
_MARK = regex.compile(r"^\W+$")


def draft(text: str, blocks: Sequence[Block], found: Mapping[str, Any], language: Language) -> Draft:
    """Read a card.

    Args:
        text: the document's text.
        blocks: its blocks in order.
        found: its facts, as `ingest.found.found_shape` writes them.
        language: of the document.
    """
    said = [s for s in sentences(blocks, language) if not _MARK.match(s.text)]
    facts = list(_facts(found, said))
    clauses = {field: about(field, said) for field in CLAUSES}
    lines = [*facts, *(Found(field, _words(s.text), s.start, s.end) for field, those in clauses.items() for s in those)]
    lines += [Found("area", _words(text[start:end]), start, end) for start, end in areas(blocks, language)]
    lines += [Found("contact", value, start, end) for value, start, end in contacts_in(about("contact", said))]
    if (made := languages_in(said)) is not None:
        lines.append(Found("languages", made[0], made[1], made[2]))
    parties = [str(one["value"]) for one in found.get("parties") or ()]
    own = _spans(lines, ("renewal", "effective", "languages", "legal", "amendment", "term"), said)
    duties = find_duties(text, blocks, actors_of(text, parties), language, [*own, *((s.start, s.end) for s in about("contact", said))])
    if told := found.get("duties"):
        spoken = [(one.start, one.end) for one in lines if one.field in _NO_DUTIES and one.start is not None and one.end is not None]
        agreed = (found.get("kind") or {}).get("value") == "agreement"
        duties = with_told(
            duties,
            [Line(one["value"], one["start"], one["end"], one["confidence"] == "sure") for one in told],
            text,
            blocks,
            spoken,
            agreed=agreed,
        )
    order = {field: at for at, field in enumerate(get_args(Field))}
    return Draft(tuple(sorted(lines, key=lambda one: (order[one.field], one.start if one.start is not None else -1))), duties)


def _facts(found: Mapping[str, Any], said: Sequence[Sentence]) -> Iterator[Found]:
    """The facts of the document; a term or a notice is cited with its whole sentence."""
    for field, name in _OF_FACTS:
        listed = found.get(name)
        for one in listed if isinstance(listed, list) else [listed] if listed else []:
            value = _worded(field, one["value"])
            if not value:
                continue
            start, end = one["start"], one["end"]
            if start is not None and field in ("term", "renewal", "notice", "effective", "signed"):
                start, end = _sentence_of(said, start, end)
            yield Found(field, value, start, end, one.get("confidence", "sure") == "sure")


def _worded(field: Field, value: Any) -> str:
    from kb.store.factviews import worded

    if field == "effective":
        day = value["when"]["date"] if value.get("when") else ""
        return day or (f"on {value['on']}" if value["on"] != "date" else "")
    if field == "notice":
        return worded("", value["period"]) if value.get("period") else ""
    if field == "signatory":
        return worded("signatories", value)
    return worded(field, value)


def _sentence_of(said: Sequence[Sentence], start: int, end: int) -> tuple[int, int]:
    return next(((s.start, s.end) for s in said if s.start <= start < s.end), (start, end))


def _spans(lines: Sequence[Found], fields: Sequence[Field], said: Sequence[Sentence]) -> list[tuple[int, int]]:
    """The sentences that speak of the paper itself: what is "done" in them is done to it."""
    spans = [(one.start, one.end) for one in lines if one.field in fields and one.start is not None and one.end is not None]
    return [_sentence_of(said, start, end) for start, end in spans]


def _words(text: str) -> str:
    return " ".join(text.split())
