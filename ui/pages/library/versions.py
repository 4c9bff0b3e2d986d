"""The versions of a document: which there were, opened as they were, compared with one another; and its deletion.

What changed between two texts is shown paragraph by paragraph and in a changed paragraph word by word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

import regex
import streamlit as st

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo, VersionInfo
from ui.auth.authentication import knowledge_base
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.jobs.ingest_tasks import discard
from ui.pages.library import library_params

Mark: TypeAlias = Literal["same", "added", "removed"]

_PIECE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{M}\p{N}]+|\s+|.", regex.S)
"""Words where words are parted by spaces, single characters where they are not."""
_ALIKE: Final = 0.5
"""Paragraphs that share less than this are shown as one taken out and one put in."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stands in both versions, or in one of them."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that was ``added``, ``removed`` or ``changed``; or ``same``: ``skipped`` paragraphs that both versions have."""

    kind: Literal["added", "removed", "changed", "same"]
    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """How the paragraphs of ``old`` became those of ``new``, in the order of the new text."""
    found: list[Change] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Change("same", skipped=b - a))
        else:
            found += _replaced(old[a:b], new[c:d])
    return found


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Paragraphs between two that stayed: those of the same place that are alike are one that changed."""
    for one, other in zip(old, new, strict=False):
        before, after = _PIECE.findall(one), _PIECE.findall(other)
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        if matcher.ratio() >= _ALIKE:
            yield Change("changed", tuple(_pieces(matcher, before, after)))
        else:
            yield Change("removed", (Piece("removed", one),))
            yield Change("added", (Piece("added", other),))
    for one in old[len(new) :]:
        yield Change("removed", (Piece("removed", one),))
    for other in new[len(old) :]:
        yield Change("added", (Piece("added", other),))


def _pieces(matcher: SequenceMatcher[str], before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(before[a:b]))
            continue
        if b > a:
            yield Piece("removed", "".join(before[a:b]))
        if d > c:
            yield Piece("added", "".join(after[c:d]))


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
    library_params.read_at(None, number)


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
    chosen = library_params.COMPARE.get() or (numbers[-2], numbers[-1])
    old, new = (n if n in numbers else numbers[at] for n, at in zip(chosen, (-2, -1), strict=True))
    keys = f"library-old-{words.language}", f"library-new-{words.language}"

    def changed() -> None:
        library_params.COMPARE.put((st.session_state[keys[0]], st.session_state[keys[1]]))

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
            library_params.leave_document()
            st.rerun()
