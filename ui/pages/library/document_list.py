"""The list of the library: search, filters, the table and its pages, and what is done to all papers whose boxes are ticked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final

import streamlit as st

from ingest.errors import IngestError
from ingest.records import KINDS
from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.records import DocumentInfo
from lang.languages import PAPER_LANGUAGES
from ui.auth.authentication import entrusted, knowledge_base
from ui.components.collection_choice import NOTE, told
from ui.components.collection_names import called, names
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.jobs.ingest_jobs import member
from ui.jobs.ingest_tasks import again_task, discard, reread_task
from ui.pages.library import library_params, uploads
from ui.pages.library.document_table import Quality, table, worded
from ui.pages.library.library_params import PAGE, SORTS, STATES, Entry, Wanted, entry, found, page_of
from ui.pages.library.uploads import reject_words

_TICKED: Final = "library_ticked"
_ROUND: Final = "library_round"


def ticked(shown: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Those of the papers on this page of the list that are ticked."""
    chosen = st.session_state.get(_TICKED, ())
    return [info for info in shown if info.id in chosen]


def tick(chosen: Sequence[int], of: Collection[int] = ()) -> None:
    """Keep which papers are ticked, of those that have boxes in one table; of no table, these alone are."""
    before = st.session_state.get(_TICKED, ()) if of else ()
    st.session_state[_TICKED] = (*(one for one in before if one not in of), *chosen)


def bulk(kb: KnowledgeBase, reader: Reader, shown: Sequence[DocumentInfo], words: Strings) -> None:
    """Draw what can be done to the ticked papers; nothing where none is."""
    chosen = ticked(shown)
    if not chosen:
        return
    at, ids = words.language, [info.id for info in chosen]
    known = {one.id: called(one, words) for one in kb.collections.list()}
    with st.container(border=True, key="library-bulk", gap="small"):
        st.html(f'<div class="setu-over" role="status">{html(words.count("collections.ticked", len(chosen)))}</div>')
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            into = st.selectbox(words("collections.bulk.into"), list(known), format_func=lambda one: known[one], key=f"library-into-{at}")
            moved = st.button(words("collections.bulk.move"), key="library-bulk-move", icon=":material/drive_file_move:")
            again = st.button(words("collections.bulk.read"), key="library-bulk-read", icon=":material/refresh:")
            st.button(words("collections.bulk.clear"), key="library-bulk-clear", type="tertiary", on_click=tick, args=((),))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            sure = st.checkbox(words("collections.bulk.sure"), key=f"library-bulk-sure-{st.session_state.get(_ROUND, 0)}-{at}")
            gone = st.button(words("collections.bulk.delete"), key="library-bulk-delete", icon=":material/delete:", disabled=not sure)
    if moved:
        _move(kb, ids, into, known[into], words)
    elif again:
        trusted = entrusted(kb)
        tasks = [again_task(trusted, info) if info.state == "rejected" else reread_task(trusted, info) for info in chosen]
        if uploads.start(reader, tasks, words):
            tick(())
            st.rerun()
    elif gone:
        _delete(kb, chosen, words)


def _move(kb: KnowledgeBase, ids: Sequence[int], into: int, name: str, words: Strings) -> None:
    try:
        narrowed = kb.collections.put(ids, [into])
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return
    tick(())
    st.session_state[NOTE] = told(words.count("collections.bulk.moved", len(ids), name=name), narrowed, words)
    st.rerun()


def _delete(kb: KnowledgeBase, chosen: Sequence[DocumentInfo], words: Strings) -> None:
    done = 0
    for info in chosen:
        try:
            kb.delete(info.id)
            discard(knowledge_base(), info.source)
        except (KnowledgeBaseError, IngestError) as error:
            st.error(label(words("collections.bulk.left", reason=str(error))))
            break
        except OSError as error:
            st.error(label(words("collections.bulk.left", reason=f"{error.strerror or error}: {error.filename or info.source}")))
            break
        done += 1
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    tick([info.id for info in chosen[done:]])
    if done:
        st.session_state[NOTE] = words.count("collections.bulk.deleted", done)
    if done == len(chosen):
        st.rerun()


SIGN: Final = {"in_use": "✓", "needs_ocr": "◐", "rejected": "✗", "withdrawn": "–"}


def listing(kb: KnowledgeBase, reader: Reader, documents: Sequence[DocumentInfo], words: Strings) -> None:
    """Draw the list that the address asks for, of these documents."""
    wanted = library_params.wanted()
    entries = [entry(info, lambda d: last_title(kb, d)) for info in documents]
    _search(wanted, words)
    every = found(entries, wanted)
    # Files that were never taken in stand apart, unless they are what is looked for.
    apart = [one for one in every if one.state == "rejected"] if wanted.states != ("rejected",) else []
    shown = [one for one in every if one not in apart]
    at, pages, part = page_of(shown, library_params.LIST_PAGE.get())
    first = (at - 1) * PAGE
    said = words("library.none_found") if not every else words("library.shown", first=first + 1, last=first + len(part), total=len(shown))
    st.html(f'<div class="setu-facts" role="status" aria-live="polite">{html(said)}</div>')
    if not every:
        st.button(words("filters.clear"), key=f"library-clear-{words.language}", on_click=_cleared, args=(words,))
        return
    editable = reader.may("editor")
    if editable:
        bulk(kb, reader, [one.info for one in (*part, *apart)], words)
    if part:
        _table(kb, entries, part, wanted, words, editable=editable)
    if pages > 1:
        _pager(at, pages, words)
    if apart:
        _apart(apart, words, editable=editable)


def _table(kb: KnowledgeBase, entries: Sequence[Entry], part: Sequence[Entry], wanted: Wanted, words: Strings, *, editable: bool) -> None:
    grouped, known = any(e.info.groups for e in entries), names(kb, words)
    kept = known if len({e.info.collections for e in entries}) > 1 else {}
    keys = ["title", "kind", "language", "date", "pages", "quality", "version", "state"]
    keys += [*(["collections"] if kept else []), *(["groups"] if grouped else [])]
    chosen = {info.id for info in ticked([one.info for one in part])}
    data = {
        "caption": words("library.caption"),
        "sort_by": words("library.sort_by"),
        "columns": [_column(key, wanted, words) for key in keys],
        "rows": [_row(kb, one, words, kept, grouped=grouped) | _box(one, chosen, words) for one in part],
        "tick_all": words("collections.bulk.tick_all") if editable else "",
    }
    key, ids = f"library-table-{words.language}", [one.info.id for one in part]
    table(data, key=key, on_open=library_params.open_document, on_sort=_sort, on_tick=partial(tick, of=ids), columns=SORTS)


def _apart(apart: Sequence[Entry], words: Strings, *, editable: bool) -> None:
    """The files that were not taken in, each with its reason."""
    part = apart[:PAGE]
    title = words("library.apart.title", n=len(apart))
    chosen = {info.id for info in ticked([one.info for one in part])}
    data = {
        "caption": title,
        "sort_by": "",
        "columns": [{"key": "file", "label": words("library.column.title"), "count": False}],
        "rows": [_refused(one, words) | _box(one, chosen, words) for one in part],
        "tick_all": words("collections.bulk.tick_all") if editable else "",
    }
    st.html(f'<h3 class="setu-title">{html(title)}</h3>')
    key, ticks = f"library-rejects-{words.language}", partial(tick, of=[one.info.id for one in part])
    table(data, key=key, on_open=library_params.open_document, on_sort=_sort, on_tick=ticks, columns=())
    if len(apart) > len(part):
        st.button(words("library.apart.all"), key="library-apart-all", on_click=_only_rejects)


def _only_rejects() -> None:
    library_params.want(replace(library_params.wanted(), states=("rejected",)))


def _refused(one: Entry, words: Strings) -> dict[str, object]:
    info = one.info
    named = {"id": info.id, "title": member(info.source), "lang": "", "href": library_params.link(info.id), "file": "", "cells": []}
    return named | {"why": reject_words(info.reject, words), "note": info.note}


def last_title(kb: KnowledgeBase, document_id: int) -> str | None:
    """The title of a document's newest version; None where it never had one."""
    try:
        versions = kb.history(document_id)
    except UnknownDocumentError:
        return None
    return versions[-1].title if versions else None


def state_words(one: Entry, words: Strings) -> str:
    """A document's state as sign and word, so that it does not rest on colour."""
    return f"{SIGN[one.state]} {words(f'library.state.{one.state}')}"


def _search(wanted: Wanted, words: Strings) -> None:
    at = words.language
    keys = {name: f"library-{name}-{at}" for name in ("q", "kinds", "languages", "states", "from", "to")}

    def changed() -> None:
        read = st.session_state
        library_params.want(
            replace(
                library_params.wanted(),
                text=read[keys["q"]],
                kinds=tuple(read[keys["kinds"]]),
                languages=tuple(read[keys["languages"]]),
                states=tuple(read[keys["states"]]),
                date_from=read[keys["from"]],
                date_to=read[keys["to"]],
            )
        )

    def many(name: str, options: Sequence[Any], chosen: Sequence[Any], shown: Callable[[Any], str]) -> None:
        st.multiselect(
            words(f"library.filter.{name}"), options, default=list(chosen), format_func=shown, key=keys[name],
            placeholder=words("filters.any"), on_change=changed,
        )  # fmt: skip

    def day(name: str, chosen: date | None) -> None:
        st.date_input(
            words(f"filters.date_{name}"), value=chosen, min_value=date(1900, 1, 1), max_value=date(2100, 12, 31), format="YYYY-MM-DD",
            key=keys[name], on_change=changed,
        )  # fmt: skip

    st.text_input(
        words("library.search"), value=wanted.text, key=keys["q"], placeholder=words("library.search_hint"), icon=":material/search:",
        on_change=changed, max_chars=200,
    )  # fmt: skip
    narrowed = replace(wanted, text="").active
    with st.expander(words("filters.title"), expanded=narrowed, icon=":material/filter_alt:"):
        for group in (("kinds", "languages"), ("states",)):
            columns = st.columns(2)
            for name, column in zip(group, columns, strict=False):
                with column:
                    if name == "kinds":
                        many(name, KINDS, wanted.kinds, lambda k: words(f"kind.{k}"))
                    elif name == "languages":
                        many(name, PAPER_LANGUAGES, wanted.languages, lambda x: words(f"language.{x}"))
                    else:
                        many(name, STATES, wanted.states, lambda s: words(f"library.state.{s}"))
            if group == ("states",):
                with columns[1], st.container(horizontal=True):
                    day("from", wanted.date_from)
                    day("to", wanted.date_to)
        if wanted.date_from and wanted.date_to and wanted.date_from > wanted.date_to:
            st.warning(words("filters.date_order"))
        st.button(words("filters.clear"), key=f"library-clear-filters-{at}", on_click=_cleared, args=(words,), disabled=not wanted.active)


def _cleared(words: Strings) -> None:
    for name, value in (("q", ""), ("kinds", []), ("languages", []), ("states", []), ("from", None), ("to", None)):
        st.session_state[f"library-{name}-{words.language}"] = value
    now = library_params.wanted()
    library_params.want(Wanted(sort=now.sort, descending=now.descending))


def _sort(key: str) -> None:
    now = library_params.wanted()
    sort = next(s for s in SORTS if s == key)
    # Dates and counts are looked at from their high end first.
    falling = not now.descending if now.sort == sort else sort in ("date", "pages", "version")
    library_params.want(replace(now, sort=sort, descending=falling))


def _column(key: str, wanted: Wanted, words: Strings) -> dict[str, object]:
    column: dict[str, object] = {"key": key, "label": words(f"library.column.{key}"), "count": key in ("pages", "version")}
    if key in SORTS:
        column["sort"] = ("descending" if wanted.descending else "ascending") if wanted.sort == key else "none"
    return column


def _box(one: Entry, chosen: Collection[int], words: Strings) -> dict[str, object]:
    return {"tick": words("collections.bulk.tick", title=one.title), "ticked": one.info.id in chosen}


def _row(kb: KnowledgeBase, one: Entry, words: Strings, named: Mapping[int, str], *, grouped: bool) -> dict[str, object]:
    info = one.info
    read = one.state in ("in_use", "needs_ocr")
    kept = words("library.house.mark") if info.in_house else ""
    cells = [
        words(f"kind.{info.kind}") if read else "",
        words(f"language.{info.language}") if read else "",
        words.date(info.date),
        str(info.pages) if read else "",
        worded(_quality(str(kb.settings.home), info.id, info.version, kb), words) if read else "",
        str(info.version) if read else "",
        state_words(one, words),
    ]
    if named:
        cells.append(", ".join(named[number] for number in info.collections))
    if grouped:
        cells.append(", ".join(info.groups))
    return {
        "id": info.id,
        "title": one.title,
        "lang": info.language if read else "",
        "href": library_params.link(info.id),
        "file": " · ".join(t for t in (member(info.source), info.publisher or "", kept) if t and t != one.title),
        "why": reject_words(info.reject, words),
        "note": info.note,
        "cells": cells,
    }


@st.cache_data(max_entries=20_000, show_spinner=False)
def _quality(home: str, document_id: int, version: int, _kb: KnowledgeBase) -> Quality:
    # The pages of a version never change, and only documents that the reader may see get here.
    try:
        return Quality.of(_kb.pages(document_id, version))
    except UnknownDocumentError:
        return Quality((), None)


def _pager(at: int, pages: int, words: Strings) -> None:
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="library-pager"):
        st.button(
            words("library.page_before"), key="library-before", icon=":material/chevron_left:", disabled=at == 1,
            on_click=library_params.LIST_PAGE.put, args=(at - 1,),
        )  # fmt: skip
        st.html(f'<div class="setu-pageno">{html(words("library.page_of", number=at, total=pages))}</div>', width="content")
        st.button(
            words("library.page_after"), key="library-after", icon=":material/chevron_right:", icon_position="right", disabled=at == pages,
            on_click=library_params.LIST_PAGE.put, args=(at + 1,),
        )  # fmt: skip
