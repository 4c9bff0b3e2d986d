"""What a document is: title, kind, parties, signatories, its dates and terms, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import regex

from ingest.extract.agreement_terms import Terms, find_terms
from ingest.extract.amendments import find_relations
from ingest.extract.document_dates import Dating, find_dating
from ingest.extract.document_kinds import find_form, find_kind
from ingest.extract.parties import find_parties, likely_parties
from ingest.extract.signatories import find_signatories
from ingest.extract.title_rules import find_publisher, find_title
from ingest.extract.title_tagger import is_title, read_opening, title_of
from ingest.records import Block, DatedFact, Facts, Found, FoundFacts, Hints, Kind
from lang.languages import Language
from lang.values.calendars import When
from lang.values.dates import ReadDate, dates_in

DateRole: TypeAlias = Literal["signed", "in_force", "published", "mentioned"]

_HEAD_BLOCKS = 12
_FEW = 3
_PAIR = 2
_NEAR = 90
_ROLE_WORDS: tuple[tuple[DateRole, regex.Pattern[str]], ...] = (
    (
        "signed",
        regex.compile(
            r"\bsign(?:ed|ing|ature)\b|\bdone (?:at|in|on)\b|\bconcluded\b|स्वाक्षरी|स्वाक्षऱ्या|करार (?:करण्यात आला|केला|झाला)"
            r"|हस्ताक्षर|署名|締結|調印",
            regex.I,
        ),
    ),
    (
        "in_force",
        regex.compile(
            r"(?:enter|come|came)(?:s|ed)? into (?:force|effect|operation)|\beffective\b|takes? effect|with effect from"
            r"|अं?मलात|लागू|प्रभावी|प्रवृत्त|施行|発効|効力を(?:生|有)",
            regex.I,
        ),
    ),
    (
        "published",
        regex.compile(
            r"\bpublish|\bposted\b|\bissued\b|\breleased\b|\bupdated\b|press release|प्रकाशित|प्रसिद्ध|जारी|公表|発行|掲載|公開|公布|発表",
            regex.I,
        ),
    ),
)
_CLAUSE_ENDS = regex.compile(r"[\n।。]|[.;](?=\s)")


def dated_facts(text: str) -> tuple[DatedFact, ...]:
    """Every whole date of the text in our calendar, with what the words near it say of it."""
    return _dated(text, dates_in(text))


def find_facts(text: str, blocks: Sequence[Block], hints: Hints, *, kind: Kind | None, language: Language, uri: str) -> Facts:
    """The facts of a document; ``kind`` given by the caller wins over everything.

    The day a document speaks from is that of its signature, else of its publication, else the one that a line at its top gives as
    the day it takes effect; None where the text gives none of them in full.
    """
    opening = read_opening(text, blocks, hints.margins)
    title = title_of(find_title(text, blocks, hints, uri), opening.titles, blocks, sure=hints.sure_title)
    told = Found(kind, origin="file") if kind is not None else find_kind(title.value, text, blocks, hints)
    settled = told.value
    agreed = settled == "agreement"
    form = find_form(text, title, settled)
    binding = agreed and (form is None or form.value != "joint_statement")  # leaders who renew a friendship set no term
    named = find_parties(text, title.value, language) if agreed else ()
    open_to_more = binding and len(named) <= _PAIR  # an opening that lists more than two names them all
    likely = likely_parties(text, blocks, hints.margins, title.value, language, named) if open_to_more else ()
    parties = likely or named
    dating = find_dating(blocks, hints, settled, title.value)
    terms = find_terms(blocks) if binding else Terms()
    publisher = find_publisher(text, blocks, hints, settled, title)
    declared = publisher is not None and publisher.value == " ".join((hints.publisher or "").split())
    if not agreed and not declared:
        publisher = opening.publisher or publisher
        publisher = None if publisher is not None and publisher.origin != "file" and is_title(publisher, title, settled) else publisher
    dates = dates_in(text)
    speaks = _speaks_from(blocks, dating)
    names = tuple(p.value for p in parties)
    return Facts(
        kind=settled,
        title=title.value,
        language=language,
        publisher=publisher.value if publisher else None,
        date=speaks.day_value if speaks else None,
        parties=names,
        dates=_dated(text, dates),
        found=FoundFacts(
            kind=Found(str(settled), told.text, told.start, told.end, told.confidence, told.origin),
            form=form,
            title=title,
            publisher=publisher,
            parties=parties,
            signatories=find_signatories(text, blocks, names, settled) if binding or not agreed else (),
            signed=dating.signed,
            in_force=dating.in_force,
            published=dating.published,
            place=dating.place,
            term=terms.term,
            renewal=terms.renewal,
            notice=terms.notice,
            relations=find_relations(text, blocks, settled),
            dates=tuple(Found(d.when, d.text, d.start, d.end) for d in dates),
        ),
    )


def _speaks_from(blocks: Sequence[Block], dating: Dating) -> When | None:
    if dating.signed is not None:
        return dating.signed.value
    if dating.published is not None:
        return dating.published.value
    in_force = dating.in_force
    head = blocks[: min(_HEAD_BLOCKS, max(_FEW, len(blocks) // 2))]  # an ordinance of twelve paragraphs ends in the day it takes effect
    near_top = in_force is not None and in_force.start is not None and any(b.start <= in_force.start < b.end for b in head)
    return in_force.value.when if in_force is not None and near_top and in_force.value.on == "date" else None


def _dated(text: str, dates: Sequence[ReadDate]) -> tuple[DatedFact, ...]:
    whole = ((found, found.when.day_value) for found in dates)
    return tuple(DatedFact(_dated_role(text, f), day, f.text, f.start, f.end) for f, day in whole if day is not None)


def _dated_role(text: str, found: ReadDate) -> DateRole:
    """What the words of its own sentence nearest to a date say of it."""
    left, right = max(0, found.start - _NEAR), min(len(text), found.end + _NEAR)
    for end in _CLAUSE_ENDS.finditer(text, left, right):
        if end.end() <= found.start:
            left = end.end()
        elif end.start() >= found.end:
            right = end.start()
            break
    role: DateRole = "mentioned"
    nearest = _NEAR + 1
    for candidate, pattern in _ROLE_WORDS:
        for match in pattern.finditer(text, left, right):
            gap = found.start - match.end() if match.end() <= found.start else match.start() - found.end
            if 0 <= gap < nearest:
                nearest, role = gap, candidate
    return role
