"""The facts of a document, each with who says it and where, and the form in which a person corrects one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

import regex
import streamlit as st

from ingest.records import KINDS, Form
from kb import KnowledgeBase
from kb.records import FactView, PageView, VersionInfo
from kb.store.facts.fact_corrections import FIELDS, NEVER_NONE, NONE
from lang.languages import PAPER_LANGUAGES
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.source_panel import page_text
from ui.pages import corrections
from ui.pages.agreements.card_wording import length_words, renewal_words
from ui.pages.library import library_params

SEVERAL: Final = frozenset({"parties", "signatories", "relations"})
"""Fields that name several things, one a line."""
FORMS: Final[tuple[Form, ...]] = get_args(Form)
_CORRECTING: Final = corrections.Form(library_params.FIX, "library.facts")
_DAYS: Final = frozenset({"date", "signed", "in_force", "published"})
_DAY: Final = regex.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RELATION: Final = regex.compile(r"(?P<how>amends|supersedes|based on): (?P<paper>.+)", regex.DOTALL)
_STARTS: Final = {"on signature": "cards.on_signature", "on publication": "library.facts.on_publication"}
_CHOICES: Final = {"kind": KINDS, "language": PAPER_LANGUAGES, "form": FORMS}


@dataclass(frozen=True, slots=True)
class Fact:
    """Everything that is known under one field."""

    field: str
    views: tuple[FactView, ...]

    @property
    def value(self) -> str:
        """As it is typed: several things one a line; "" where nothing is known, or a person said that there is nothing."""
        values = [v.value for v in self.views if v.value != NONE]
        if self.field not in SEVERAL:
            return values[0] if values else ""
        return "\n".join(part.strip() for value in values for part in value.split(";") if part.strip())

    @property
    def corrected(self) -> bool:
        """Whether a person said it of this field itself."""
        return any(v.origin == "person" for v in self.views)

    @property
    def place(self) -> FactView | None:
        """The first view that stands in the text."""
        return next((v for v in self.views if v.start is not None and v.end is not None and v.origin == "text"), None)


def grouped(views: Sequence[FactView]) -> list[Fact]:
    """The facts by field, also those of which nothing is known; what other papers say of this one is not among them."""
    return [Fact(field, tuple(v for v in views if v.field == field)) for field in FIELDS]


def typed(field: str, value: str) -> str:
    """What a person wrote, as the knowledge base reads it: lines become parts, an empty field says that there is no such fact."""
    parts = [line.strip().rstrip(";") for line in value.splitlines() if line.strip()]
    return ("; ".join(parts) if field in SEVERAL else " ".join(parts)) or NONE


def shown(field: str, value: str, words: Strings) -> str:
    """A value in the words of the page, where it is one of a few, a day, a length of time, or names another paper."""
    if field in _DAYS and _DAY.fullmatch(value):
        return words.date(date.fromisoformat(value))
    if field in ("term", "notice"):
        return length_words(value, words)
    if field == "renewal":
        return renewal_words(value, words)
    if field == "in_force" and value in _STARTS:
        return words(_STARTS[value])
    if field == "relations" and (match := _RELATION.fullmatch(value)):
        how = match["how"].replace(" ", "_")
        return f"{words(f'library.relation.{how}')}: {match['paper']}"
    known = {"kind": KINDS, "language": (*PAPER_LANGUAGES, "und"), "form": FORMS}.get(field, ())
    return words(f"library.form.{value}" if field == "form" else f"{field}.{value}") if value in known else value


def facts_view(kb: KnowledgeBase, document_id: int, version: VersionInfo, words: Strings, *, editable: bool) -> None:
    """Draw the facts of a version, and beside them the form of the one that is being corrected."""
    views = kb.fact_views(document_id, version.number)
    facts = grouped(views)
    pages = kb.pages(document_id, version.number)
    wanted = library_params.FIX.get()
    fixing = next((f for f in facts if f.field == wanted), None) if editable else None
    if note := _CORRECTING.note():
        st.success(label(note), icon=":material/check:")
    listed = st.container()
    if fixing is not None:
        listed, beside = st.columns([1, 1], gap="large")
        with beside, st.container(border=True, key="library-fix", gap="small"):
            _form(kb, document_id, fixing, pages, words)
    with listed:
        for fact in facts:
            _line(fact, version.language, words, editable=editable)
        _by_others(kb, views, words)


def _line(fact: Fact, language: str, words: Strings, *, editable: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"library-fact-{fact.field}"):
        st.html(_told(fact, language, words), width="stretch")
        if (place := fact.place) is not None:
            st.button(
                words("library.facts.open"), key=f"library-at-{fact.field}", type="tertiary", icon=":material/article:",
                on_click=_open, args=(place,), help=words("library.facts.open_hint", fact=words(f"library.fact.{fact.field}")),
            )  # fmt: skip
        if editable:
            st.button(
                words("library.facts.correct"), key=f"library-fix-{fact.field}", type="tertiary", icon=":material/edit:",
                on_click=library_params.FIX.put, args=(fact.field,),
                help=words("library.facts.correct_hint", fact=words(f"library.fact.{fact.field}")),
            )  # fmt: skip


def _told(fact: Fact, language: str, words: Strings) -> str:
    name = html(words(f"library.fact.{fact.field}"))
    if not fact.views:
        unknown = html(words("library.facts.unknown"))
        return f'<div class="setu-fact"><span class="setu-over">{name}</span><div class="setu-facts">{unknown}</div></div>'
    lines = []
    for view in fact.views:
        value = words("library.facts.none") if view.value == NONE else shown(fact.field, view.value, words)
        # Whoever corrected a value typed it in a language that is not known; what is not a word of ours is the paper's.
        spoken = f' lang="{language}"' if value == view.value and view.origin != "person" else ""
        lines.append(f'<div{spoken}>{html(value)}</div><div class="setu-facts">{html(_origin(fact.field, view, words))}</div>')
    return f'<div class="setu-fact"><span class="setu-over">{name}</span>{"".join(lines)}</div>'


def _origin(field: str, view: FactView, words: Strings) -> str:
    if view.origin == "person":
        day = words.date(view.changed.date()) if view.changed else ""
        read = shown(field, view.extracted, words) or words("library.facts.unknown")
        return words(f"library.origin.{view.origin}", date=day, read=read)
    if view.page_label is not None:
        place = " · ".join(t for t in (words("place.page", label=view.page_label), " › ".join(view.path)) if t)
        return place if view.sure else f"{place} · {words('library.facts.likely')}"
    return words(f"library.origin.{view.origin}")


def _by_others(kb: KnowledgeBase, views: Sequence[FactView], words: Strings) -> None:
    for at, view in enumerate(v for v in views if v.origin == "document" and v.document_id is not None):
        st.html(f'<div class="setu-fact"><span class="setu-over">{html(words(f"library.fact.{view.field}"))}</span></div>')
        st.button(
            label(view.value), key=f"library-other-{at}", icon=":material/description:", on_click=library_params.open_document,
            args=(view.document_id,),
        )  # fmt: skip


def _open(place: FactView) -> None:
    at = (place.start, place.end) if place.start is not None and place.end is not None else None
    library_params.read_at(at, library_params.VERSION.get())
    library_params.FIX.clear()


def _form(kb: KnowledgeBase, document_id: int, fact: Fact, pages: Sequence[PageView], words: Strings) -> None:
    name = words(f"library.fact.{fact.field}")
    st.html(f'<h3 class="setu-title">{html(words("library.facts.correcting", fact=name))}</h3>')
    with st.form(f"library-form-{fact.field}", border=False):
        value = _input(fact, name, words)
        none = st.checkbox(words("library.facts.is_none")) if fact.field not in NEVER_NONE else False
        saved, left, _ = _CORRECTING.buttons(words)
    if fact.corrected:
        read = next((v.extracted for v in fact.views if v.origin == "person"), "")
        st.caption(label(words("library.facts.was_read", value=shown(fact.field, read, words) or words("library.facts.unknown"))))
        if st.button(words("library.facts.take_back"), key="library-take-back", icon=":material/undo:"):
            _apply(kb, document_id, fact.field, None, words)
    if (place := fact.place) is not None:
        _passage(place, pages, words)
    if left:
        _CORRECTING.close()
    if saved:
        _apply(kb, document_id, fact.field, NONE if none else typed(fact.field, value), words)


def _input(fact: Fact, name: str, words: Strings) -> str:
    key = f"library-value-{fact.field}-{words.language}"
    options = _CHOICES.get(fact.field)
    if options is not None:
        at = options.index(fact.value) if fact.value in options else None
        chosen: str | None = st.selectbox(name, options, index=at, format_func=lambda v: shown(fact.field, v, words), key=key)
        return chosen or ""
    hint = words(f"library.typed.{fact.field}")
    if fact.field in SEVERAL:
        return st.text_area(name, value=fact.value, key=key, help=hint, height=140) or ""
    return st.text_input(name, value=fact.value, key=key, help=hint) or ""


def _passage(place: FactView, pages: Sequence[PageView], words: Strings) -> None:
    page = next((p for p in pages if place.start is not None and p.start <= place.start < p.end), None)
    if page is None or place.start is None or place.end is None:
        return
    st.html(f'<div class="setu-over">{html(words("library.facts.read_from", place=words("place.page", label=page.label)))}</div>')
    page_text(page, place.start, place.end, words)


def _apply(kb: KnowledgeBase, document_id: int, field: str, value: str | None, words: Strings) -> None:
    """Correct, or take back where ``value`` is None."""
    name = words(f"library.fact.{field}")
    _CORRECTING.keep(
        lambda: kb.clear_correction(document_id, field) if value is None else kb.correct(document_id, field, value),
        words("library.facts.taken_back" if value is None else "library.facts.corrected", fact=name),
        lambda reason: words("library.facts.not_corrected", fact=name, reason=reason),
    )
