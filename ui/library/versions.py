"""The versions of a document: which there were, opened as they were, compared with one another; and its deletion."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo, VersionInfo
from ui.door import knowledge_base
from ui.i18n import Strings
from ui.library import address
from ui.library.diff import Change, Piece, changes
from ui.library.intake import discard
from ui.markup import html, label


def versions_view(kb: KnowledgeBase, info: DocumentInfo, title: str, words: Strings, *, editable: bool) -> None:
    """Draw the versions, what changed between two of them, and for an editor the way to delete the document."""
    versions = kb.history(info.id)
    for version in reversed(versions):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"library-version-{version.number}"):
            st.html(_told(version, words), width="stretch")
            st.button(
                words("library.versions.open"), key=f"library-open-{version.number}", type="tertiary", icon=":material/article:",
                on_click=_open, args=(version.number if version.state != "current" else None,),
                help=words("library.versions.open_hint", version=version.number),
            )  # fmt: skip
    if len(versions) > 1:
        _compare(kb, info.id, versions, words)
    if editable:
        _delete(kb, info, title, versions, words)


def _open(number: int | None) -> None:
    address.show("read", version=number, at=None, page=None)


def _told(version: VersionInfo, words: Strings) -> str:
    since = words.date(version.created.date())
    until = words.date(version.retired.date()) if version.retired else ""
    standing = words(f"library.version.{version.state}", since=since, until=until or "–")
    size = "" if version.size is None else words("library.versions.kilobytes", n=max(1, round(version.size / 1000)))
    facts = [words.count("documents.pages", version.pages), words("library.versions.characters", n=f"{version.characters:,}"), size]
    head = f"{words('place.version', version=version.number)} · {standing}"
    return (
        f'<div class="setu-fact"><strong>{html(head)}</strong><div lang="{version.language}">{html(version.title)}</div>'
        f'<div class="setu-facts">{html(" · ".join(f for f in facts if f))}</div></div>'
    )


def _compare(kb: KnowledgeBase, document_id: int, versions: Sequence[VersionInfo], words: Strings) -> None:
    numbers = [v.number for v in versions]
    chosen = address.pair("compare") or (numbers[-2], numbers[-1])
    old, new = (n if n in numbers else numbers[at] for n, at in zip(chosen, (-2, -1), strict=True))
    keys = f"library-old-{words.language}", f"library-new-{words.language}"

    def changed() -> None:
        address.put("compare", f"{st.session_state[keys[0]]}.{st.session_state[keys[1]]}")

    st.html(f'<h3 class="setu-title">{html(words("library.versions.compare"))}</h3>')
    with st.container(horizontal=True):
        for name, value, key in (("from", old, keys[0]), ("to", new, keys[1])):
            st.selectbox(
                words(f"library.versions.compare_{name}"), numbers, index=numbers.index(value), key=key, on_change=changed,
                format_func=lambda n: words("place.version", version=n),
            )  # fmt: skip
    found = _changes(str(kb.settings.home), document_id, old, new, kb)
    told = [c for c in found if c.kind != "same"]
    said = words.count("library.versions.changes", len(told)) if told else words("library.versions.no_changes")
    st.html(f'<div class="setu-facts" role="status">{html(said)}</div>')
    if told:
        language = versions[numbers.index(new)].language
        st.html(f'<div class="setu-page setu-diff" lang="{language}" tabindex="0">{"".join(_drawn(c, words) for c in found)}</div>')


@st.cache_data(max_entries=64, show_spinner=False)
def _changes(home: str, document_id: int, old: int, new: int, _kb: KnowledgeBase) -> list[Change]:
    # Versions never change.
    before, after = ([b.text for b in _kb.outline(document_id, number)] for number in (old, new))
    return changes(before, after)


def _drawn(change: Change, words: Strings) -> str:
    if change.kind == "same":
        return f'<p class="setu-facts">{html(words.count("library.versions.same", change.skipped))}</p>'
    said = html(words(f"library.change.{change.kind}"))
    return f'<p><span class="setu-over">{said}</span><br>{"".join(_piece(p) for p in change.pieces)}</p>'


def _piece(piece: Piece) -> str:
    tag = {"same": "span", "added": "ins", "removed": "del"}[piece.mark]
    return f"<{tag}>{html(piece.text)}</{tag}>"


def _delete(kb: KnowledgeBase, info: DocumentInfo, title: str, versions: Sequence[VersionInfo], words: Strings) -> None:
    with st.expander(words("library.delete.title"), icon=":material/delete:"):
        st.warning(
            label(
                words(
                    "library.delete.what",
                    title=title,
                    versions=words.count("library.versions.count", len(versions)),
                    pages=words.count("documents.pages", info.pages or (versions[-1].pages if versions else 0)),
                )
            )
        )
        sure = st.checkbox(words("library.delete.sure"), key=f"library-sure-{info.id}-{words.language}")
        if st.button(words("library.delete.button"), key="library-delete", icon=":material/delete:", disabled=not sure, type="primary"):
            try:
                kb.delete(info.id)
                discard(knowledge_base(), info.source)
            except (KnowledgeBaseError, IngestError) as error:
                st.error(label(str(error)))
                return
            except OSError as error:
                st.error(label(f"{error.strerror or error}: {error.filename or info.source}"))
                return
            st.session_state["library_note"] = words("library.delete.done", title=title)
            address.leave_document()
            st.rerun()
