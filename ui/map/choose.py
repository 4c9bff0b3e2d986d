"""What of the map is to be seen: the filters, which stand in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import streamlit as st

from ingest.records import KINDS
from kb import KnowledgeBase
from kb.records import Filters
from lang.codes import LANGUAGES
from training.map import ExchangeMap, Gap, Sift
from ui import state
from ui.i18n import Strings

GAPS: Final[tuple[Gap, ...]] = ("no_practice", "no_pilot", "no_report", "not_covered")


def choose(kb: KnowledgeBase, drawn: ExchangeMap, words: Strings) -> Sift:
    """Draw the filters and return what they say."""
    wanted = state.filters()
    naming = {text.document_id for row in drawn.rows if row.area.covered for text in row.area.texts}
    titles = {d.id: f"{d.title} · {words(f'language.{d.language}')}" for d in kb.documents() if d.id in naming}
    gaps = tuple(gap for gap in GAPS if gap in st.query_params.get_all("gap"))
    sift = Sift(
        tuple(d for d in wanted.documents if d in titles),
        wanted.languages,
        wanted.kinds,
        wanted.date_from,
        wanted.date_to,
        gaps,
        st.query_params.get("find", ""),
    )
    at = words.language

    def changed() -> None:
        read = st.session_state
        state.choose_filters(
            Filters(
                tuple(read[f"map-kinds-{at}"]), tuple(read[f"map-languages-{at}"]), tuple(read[f"map-agreements-{at}"]),
                read[f"map-from-{at}"], read[f"map-to-{at}"], state.collections(),
            )
        )  # fmt: skip
        for name, said in (("gap", list(read[f"map-gaps-{at}"])), ("find", read[f"map-find-{at}"].strip())):
            if said:
                st.query_params[name] = said
            else:
                st.query_params.pop(name, None)

    def cleared() -> None:
        for name in ("kinds", "languages", "agreements", "gaps"):
            st.session_state[f"map-{name}-{at}"] = []
        for name in ("from", "to"):
            st.session_state[f"map-{name}-{at}"] = None
        st.session_state[f"map-find-{at}"] = ""
        state.choose_filters(Filters(collections=state.collections()))
        for name in ("gap", "find"):
            st.query_params.pop(name, None)

    def many(name: str, title: str, options: Sequence[Any], default: Sequence[Any], shown: Callable[[Any], str]) -> None:
        st.multiselect(
            title, options, default=default, format_func=shown, key=f"map-{name}-{at}", placeholder=words("map.any"), on_change=changed
        )

    def day(name: str, default: date | None) -> None:
        st.date_input(
            words(f"filters.date_{name}"), value=default, min_value=date(1900, 1, 1), max_value=date(2100, 12, 31), format="YYYY-MM-DD",
            key=f"map-{name}-{at}", on_change=changed,
        )  # fmt: skip

    with st.expander(words("map.filters"), expanded=sift.active, icon=":material/filter_alt:"):
        left, middle, right = st.columns(3)
        with left:
            st.text_input(words("map.find"), value=sift.named, key=f"map-find-{at}", on_change=changed)
            many("agreements", words("map.agreements"), list(titles), sift.agreements, lambda d: titles[d])
        with middle:
            many("gaps", words("map.gaps"), GAPS, gaps, lambda gap: words(f"map.gap.{gap}"))
            many("languages", words("filters.languages"), LANGUAGES, sift.languages, lambda x: words(f"language.{x}"))
        with right:
            many("kinds", words("filters.kinds"), KINDS, sift.kinds, lambda k: words(f"kind.{k}"))
            day("from", sift.date_from)
            day("to", sift.date_to)
        if sift.date_from and sift.date_to and sift.date_from > sift.date_to:
            st.warning(words("filters.date_order"))
        st.button(words("filters.clear"), key="map-clear", on_click=cleared, disabled=not sift.active)
    return sift
