"""The page of the exchange map: the matrix, or one of its cells with its passages; what is to be seen stands in the address.

The address holds ``cell`` (``AREA~COLUMN``), the filters (`ui.components.query_params`: ``document`` are agreements), ``gap``, ``find``
(words of an area), ``view`` (``brief`` or ``quotes``), and the open source.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import streamlit as st

from ingest.errors import IngestError
from ingest.records import KINDS
from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError
from kb.records import Filters
from lang.languages import PAPER_LANGUAGES
from training.exchange_map import ExchangeMap, Gap, NothingToMapError, Sift, Step, current, kept, outdated, sifted
from ui.components import query_params
from ui.components.collection_choice import chosen_collections
from ui.components.downloads import address as app_address
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.query_params import Param, clear, some_of, text
from ui.components.source_panel import beside_source, span_panel
from ui.pages.exchange_map.matrix import CELL, cell_view, chosen_cell, downloads, is_brief, matrix

GAPS: Final[tuple[Gap, ...]] = ("no_practice", "no_pilot", "no_report", "not_covered")
GAP: Final[Param[tuple[Gap, ...]]] = some_of("gap", GAPS)
FIND: Final = text("find", 10_000)


def choose(kb: KnowledgeBase, drawn: ExchangeMap, words: Strings) -> Sift:
    """Draw the filters and return what they say."""
    wanted = query_params.filters()
    naming = {text.document_id for row in drawn.rows if row.area.covered for text in row.area.texts}
    titles = {d.id: f"{d.title} · {words(f'language.{d.language}')}" for d in kb.documents() if d.id in naming}
    gaps = GAP.get()
    sift = Sift(
        tuple(d for d in wanted.documents if d in titles),
        wanted.languages,
        wanted.kinds,
        wanted.date_from,
        wanted.date_to,
        gaps,
        FIND.get(),
    )
    at = words.language

    def changed() -> None:
        read = st.session_state
        query_params.choose_filters(
            Filters(
                tuple(read[f"map-kinds-{at}"]), tuple(read[f"map-languages-{at}"]), tuple(read[f"map-agreements-{at}"]),
                read[f"map-from-{at}"], read[f"map-to-{at}"], query_params.COLLECTION.get(),
            )
        )  # fmt: skip
        GAP.put(tuple(read[f"map-gaps-{at}"]))
        FIND.put(read[f"map-find-{at}"].strip())

    def cleared() -> None:
        for name in ("kinds", "languages", "agreements", "gaps"):
            st.session_state[f"map-{name}-{at}"] = []
        for name in ("from", "to"):
            st.session_state[f"map-{name}-{at}"] = None
        st.session_state[f"map-find-{at}"] = ""
        query_params.choose_filters(Filters(collections=query_params.COLLECTION.get()))
        clear(GAP, FIND)

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
            many("languages", words("filters.languages"), PAPER_LANGUAGES, sift.languages, lambda x: words(f"language.{x}"))
        with right:
            many("kinds", words("filters.kinds"), KINDS, sift.kinds, lambda k: words(f"kind.{k}"))
            day("from", sift.date_from)
            day("to", sift.date_to)
        if sift.date_from and sift.date_to and sift.date_from > sift.date_to:
            st.warning(words("filters.date_order"))
        st.button(words("filters.clear"), key="map-clear", on_click=cleared, disabled=not sift.active)
    return sift


log = logging.getLogger(__name__)

STYLE: Final = Path(__file__).parent / "style.css"
_STOPPED: Final = "map_stopped"
_ANEW: Final = "map_anew"
_SHARE: Final[dict[Step, tuple[float, float]]] = {"areas": (0.0, 0.1), "search": (0.1, 0.6), "compare": (0.6, 1.0)}
"""From where to where each step moves the bar."""


def map_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page; ``reader`` sees on the map what ``kb`` shows."""
    st.html(STYLE)
    kb = kb.within(chosen_collections(kb, kb.documents(), words))
    main, right = beside_source("map")
    span_panel(kb, right, words)
    with main:
        st.html(f'<h2 class="setu-map-page">{html(words("map.title"))}</h2><p class="setu-facts">{html(words("map.about"))}</p>')
        drawn = _map(kb, words)
        if drawn is not None:
            _shown(kb, drawn, words)


def _shown(kb: KnowledgeBase, drawn: ExchangeMap, words: Strings) -> None:
    cell = chosen_cell(drawn)
    if cell is not None:
        cell_view(drawn, *cell, words)
        return
    if address_names_a_cell():
        st.info(words("map.gone"))
    papers = drawn.papers
    told = words(
        "map.made", date=words.date(drawn.made.date()), agreements=papers.agreements, practices=papers.practices, others=papers.others
    )
    st.html(f'<p class="setu-facts">{html(told)}</p>')
    if not papers.agreements:
        st.info(words("map.no_agreements"))
    if not papers.practices:
        st.info(words("map.no_practices"))
    if papers.without_areas:
        st.info(label(words("map.without_areas", names=" · ".join(papers.without_areas))))
    part = sifted(drawn, choose(kb, drawn, words))
    with st.container(horizontal=True, gap="small"):
        downloads(kb, part, words, app_address(kb).removesuffix("/map"))
        st.button(words("map.again"), key="map-again", icon=":material/refresh:", on_click=_anew)
        brief = is_brief(drawn, words)
    if part.rows:
        matrix(part, words, brief=brief)
    else:
        st.info(words("map.none_left"))


def address_names_a_cell() -> bool:
    """Whether the address names a cell, which is then not on the map any more."""
    return CELL.stands()


def _anew() -> None:
    st.session_state[_ANEW] = True
    st.session_state.pop(_STOPPED, None)


def _stop() -> None:
    st.session_state[_STOPPED] = True
    st.session_state.pop(_ANEW, None)


def _map(kb: KnowledgeBase, words: Strings) -> ExchangeMap | None:
    """The kept map; where there is none for the documents as they are, one is drawn, in sight."""
    anew = bool(st.session_state.get(_ANEW))
    try:
        found = None if anew else kept(kb)
        if found is not None:
            return found
        if st.session_state.get(_STOPPED):
            st.info(words("map.cancelled"))
            st.button(words("map.draw"), key="map-draw", type="primary", on_click=_anew)
            return None
        return _draw(kb, words, anew)
    except NothingToMapError:
        st.html(f'<div class="setu-welcome"><h2>{html(words("map.empty"))}</h2><p>{html(words("map.empty_hint"))}</p></div>')
        query_params.page_link("library", words("map.library"), query_params.LANG.link(words.language), icon=":material/local_library:")
    except (KnowledgeBaseError, IngestError, OSError) as error:
        log.warning("The exchange map could not be drawn.", exc_info=error)
        st.error(label(words("map.failed", reason=str(error))))
        st.button(words("map.draw"), key="map-draw", on_click=_anew)
    finally:
        st.session_state.pop(_ANEW, None)
    return None


def _draw(kb: KnowledgeBase, words: Strings, anew: bool) -> ExchangeMap:
    """Draw it under a bar and a button that stops it: a press runs the page again, and this run ends at its next step."""
    place = st.empty()
    with place.container(key="map-drawing"):
        st.html(f'<p class="setu-facts" role="status">{html(words("map.outdated" if outdated(kb) else "map.drawing"))}</p>')
        bar = st.progress(0.0, text=words("map.step.compare"))
        st.button(words("map.cancel"), key="map-cancel", on_click=_stop, icon=":material/close:")

        def tell(step: Step, done: int, total: int) -> None:
            start, end = _SHARE[step]
            bar.progress(start + (end - start) * done / max(1, total), text=words(f"map.step.{step}", done=done, total=total))

        drawn = current(kb, progress=tell, anew=anew)
    place.empty()
    return drawn.checked(kb.text)
