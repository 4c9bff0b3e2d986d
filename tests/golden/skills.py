"""What the skills of `kb/answer` read out of a message or a paper, and how they write it, as the golden tables of `skills/` write it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ingest.records import Block
from kb.agreements.extraction.deadlines import periods_in
from kb.answer.document_selection.document_filters import over_papers
from kb.answer.presentation import quote_glosses, rendering
from kb.answer.query_understanding import intent, query_parsing
from kb.answer.skills import definition_forms, small_talk
from kb.answer.skills.drafting import draft_request
from kb.answer.skills.obligations import obligation_query
from kb.answer.skills.summaries import boilerplate, summary_sentences
from kb.answer.skills.tables import table_columns
from kb.index.glossary import Glossary, own_terms
from lang.languages import Language

SPOKEN: tuple[Language, ...] = ("en", "hi", "mr", "ja")


def small_talk_kind(text: str) -> str | None:
    return small_talk.said(text)


def definition(term: str, text: str, language: Language = "en") -> definition_forms.Definition | None:
    return definition_forms.definition_in(term, text, [Block(1, "paragraph", (), "", 0, len(text), language)])


def definition_form(term: str, text: str, language: Language = "en") -> str:
    """The form of a definition, which holds its term; "" where there is none."""
    said = definition(term, text, language)
    assert said is None or said.form == "long" or term in text[said.term : said.term_end]
    return said.form if said else ""


def long_name(term: str, text: str, language: Language = "en") -> str:
    said = definition(term, text, language)
    if said is None or said.form != "long":
        return ""
    assert text[said.name_start : said.name_end] == said.name
    return said.name


def terms_asked(text: str, matter: str) -> tuple[str, ...]:
    return definition_forms.terms_asked(text, matter)


def glossary_terms(text: str, language: Language) -> list[str]:
    return [found.surface for found in Glossary(own_terms()).find(text, language)]


def draft_request_of(text: str, language: Language) -> object:
    """What is drafted, from whom, to whom, and on what."""
    asked = draft_request.wanted(text, language)
    return asked.kind, asked.sender, asked.addressee, asked.matter


def owner(text: str, language: Language, owners: Sequence[str]) -> str:
    return query_parsing.owner_named(text, language, owners)


def asked_of_owner(text: str) -> str | None:
    return intent.asked_of_owner(text)


def office_asked(text: str, office: str) -> str:
    return obligation_query.asked_of(office, text)


def periods(text: str) -> list[str]:
    return [rendering.said_period(period.first, period.last, "en") for period in periods_in(text)]


def table_subject(text: str, matter: str) -> str:
    return table_columns.subject_of(text, matter)


def rows_are_papers(text: str) -> bool:
    return over_papers(text)


def says_nothing(text: str) -> list[str]:
    """Why a line of a paper says nothing by itself."""
    found = {"form": boilerplate.formality, "lead-in": boilerplate.leads_in, "item": boilerplate.is_item}
    return [name for name, holds in found.items() if holds(text)]


def heading_label(text: str) -> str:
    return summary_sentences.label_of(text)


def summary_lines(text: str) -> list[str]:
    blocks = [Block(1, "paragraph", ("Piers",), "", 0, len(text), "en")]
    return [said.text for said in summary_sentences.sentences_in(text, blocks, "en")]


def written_for(text: str, language: Language, reader: Language) -> list[str]:
    """Values and terms of a quote, in the language of a reader."""
    return list(quote_glosses.written_in(text, language, reader))


def alike(text: str, other: str) -> bool:
    return quote_glosses.alike(text, other)


def said_fact(value: str) -> list[str]:
    """A stored fact in English, Hindi, Marathi and Japanese."""
    return [rendering.said_fact(value, language) for language in SPOKEN]


def said_number(value: str, language: Language) -> str:
    return rendering.said_number(Fraction(value), language)


def said_amount(value: int, unit: str, language: Language) -> str:
    return rendering.said_amount(Fraction(value), unit, language)


def values(text: str, language: Language) -> tuple[str, ...]:
    return rendering.values(text, language)
