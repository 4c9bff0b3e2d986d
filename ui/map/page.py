"""The page of the exchange map: the matrix, or one of its cells with its passages.

The address holds ``cell`` (``AREA~COLUMN``), the filters (`ui.state`: ``document`` are agreements), ``gap``, ``find``
(words of an area), ``view`` (``brief`` or ``quotes``), and the open source.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import streamlit as st

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from training.map import ExchangeMap, NothingToMapError, Step, current, kept, outdated, sifted
from ui import moves, state
from ui.collection_choice import chosen_collections
from ui.i18n import Strings
from ui.map.cell import cell_view, chosen_cell
from ui.map.choose import choose
from ui.map.matrix import downloads, is_brief, matrix
from ui.markup import html, label
from ui.source import beside_source, span_panel
from ui.takeaway import address as app_address

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
    return "cell" in st.query_params


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
        moves.page_link("library", words("map.library"), {state.LANGUAGE_KEY: words.language}, icon=":material/local_library:")
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
