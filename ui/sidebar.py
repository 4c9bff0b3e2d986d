"""Beside the conversation: filters, what is indexed, and adding documents."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from ingest.errors import IngestError
from ingest.records import KINDS, LANGUAGES, Language
from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo, Filters, IngestSummary
from ui import state
from ui.i18n import NAMES, Strings
from ui.markup import html, label

UPLOADABLE = ["pdf", "html", "htm", "docx", "pptx", "xlsx", "csv", "tsv", "eml", "zip", "txt", "md"]


def sidebar(kb: KnowledgeBase, documents: Sequence[DocumentInfo], words: Strings) -> Filters:
    """Draw the chat's part of the sidebar and return the filters in force."""
    with st.sidebar:
        st.button(words("chat.new"), key="new", on_click=state.start_over, icon=":material/add:", width="stretch")
        chosen = _filters([d for d in documents if d.state != "rejected"], words)
        _documents(documents, words)
        _upload(kb, words)
        for taken, sentence in uploaded():
            (st.success if taken else st.warning)(label(sentence), icon=":material/check:" if taken else ":material/warning:")
    return chosen


def language_switch(words: Strings) -> None:
    """Draw the switch of the interface language."""

    def switched() -> None:
        picked: Language | None = st.session_state[key]
        if picked:
            state.choose_language(picked)

    key = f"language-{words.language}"
    st.segmented_control(
        words("app.language"),
        LANGUAGES,
        default=words.language,
        format_func=lambda code: NAMES[code],
        key=key,
        on_change=switched,
        required=True,
        width="stretch",
    )


def _filters(documents: Sequence[DocumentInfo], words: Strings) -> Filters:
    chosen = state.filters()
    names = {d.id: d.title for d in documents}
    # The widgets are rebuilt with their language: Streamlit keeps the old option labels under an old key.
    at = words.language

    def changed() -> None:
        read = st.session_state
        state.choose_filters(
            Filters(
                tuple(read[f"kinds-{at}"]),
                tuple(read[f"languages-{at}"]),
                tuple(read[f"documents-{at}"]),
                read[f"from-{at}"],
                read[f"to-{at}"],
            )
        )

    def cleared() -> None:
        for name in ("kinds", "languages", "documents"):
            st.session_state[f"{name}-{at}"] = []
        for name in ("from", "to"):
            st.session_state[f"{name}-{at}"] = None
        state.choose_filters(Filters())

    def many(name: str, options: Sequence[Any], default: Sequence[Any], shown: Callable[[Any], str]) -> None:
        st.multiselect(
            words(f"filters.{name}"),
            options,
            default=[d for d in default if d in options],
            format_func=shown,
            key=f"{name}-{at}",
            placeholder=words("filters.any"),
            on_change=changed,
        )

    def day(name: str, default: date | None) -> None:
        st.date_input(
            words(f"filters.date_{name}"),
            value=default,
            min_value=date(1900, 1, 1),
            max_value=date(2100, 12, 31),
            format="YYYY-MM-DD",
            key=f"{name}-{at}",
            on_change=changed,
        )

    with st.expander(words("filters.title"), expanded=chosen.active, icon=":material/filter_alt:"):
        many("kinds", KINDS, chosen.kinds, lambda k: words(f"kind.{k}"))
        many("languages", LANGUAGES, chosen.languages, lambda x: words(f"language.{x}"))
        many("documents", list(names), chosen.documents, lambda d: names.get(d, str(d)))
        day("from", chosen.date_from)
        day("to", chosen.date_to)
        if chosen.date_from and chosen.date_to and chosen.date_from > chosen.date_to:
            st.warning(words("filters.date_order"))
        st.button(words("filters.clear"), key="clear", on_click=cleared, disabled=not chosen.active, width="stretch")
    return chosen


def _documents(documents: Sequence[DocumentInfo], words: Strings) -> None:
    if not documents:
        return
    rejected = [d for d in documents if d.state == "rejected"]
    with st.expander(words.count("documents.count", len(documents) - len(rejected)), icon=":material/description:"):
        for info in documents:
            if info in rejected:
                facts = words("documents.rejected")
            else:
                known = [words(f"kind.{info.kind}"), words(f"language.{info.language}"), words.date(info.date)]
                facts = " · ".join(f for f in (*known, words.count("documents.pages", info.pages)) if f)
            note = f'<div class="setu-note"><span aria-hidden="true">⚠</span> {html(info.note)}</div>' if info.note else ""
            st.html(
                f'<div class="setu-document"><div lang="{info.language}">{html(info.title)}</div>'
                f'<div class="setu-facts">{html(facts)}</div>{note}</div>'
            )


def _upload(kb: KnowledgeBase, words: Strings) -> None:
    with st.expander(words("documents.upload"), icon=":material/upload_file:"), st.form("upload", clear_on_submit=True, border=False):
        # Streamlit's own words in the uploader are English only (1.67): they are hidden and ours are put in their place.
        button = '[data-testid="stFileUploaderDropzone"] button:has(p)'
        ours = f'content: "{words("documents.upload_choose")}"; font-size: 0.875rem;'
        st.html(f"<style>{button} p {{ display: none; }} {button}::after {{ {ours} }}</style>")
        files = st.file_uploader(words("documents.upload_hint"), type=UPLOADABLE, accept_multiple_files=True, key="files")
        sent = st.form_submit_button(words("documents.upload_button"), width="stretch")
        if sent and files:
            with st.spinner(words("documents.uploading")):
                _take_in(kb, [(f.name, f.getvalue()) for f in files], words)


def _take_in(kb: KnowledgeBase, files: Sequence[tuple[str, bytes]], words: Strings) -> None:
    folder = kb.settings.home / "uploads"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [_keep(folder, name, data) for name, data in files]
        summary = kb.ingest(paths)
    except (KnowledgeBaseError, IngestError) as error:
        st.error(label(str(error)))
        return
    except OSError as error:
        st.error(label(f"{error.strerror or error}: {folder}"))
        return
    st.session_state["setu_uploaded"] = _results(summary, words)
    st.rerun()


def _keep(folder: Path, name: str, data: bytes) -> Path:
    """Write an upload under its own name, so that a new version of it replaces the old one."""
    target = folder / (Path(name.replace("\\", "/")).name.lstrip(".") or "document")
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".upload-", delete=False) as file:
        file.write(data)
    Path(file.name).replace(target)
    return target


def _results(summary: IngestSummary, words: Strings) -> list[tuple[bool, str]]:
    done = [(name, word) for word in ("added", "updated", "unchanged") for name in getattr(summary, word)]
    results = [(True, f"{Path(name).name}: {words(f'documents.{word}')}") for name, word in done]
    results += [(False, f"{Path(r.file).name}: {words('documents.rejected')}. {r.reason} {r.remedy}") for r in summary.rejected]
    return results + [(False, note) for note in summary.notes]


def uploaded() -> list[tuple[bool, str]]:
    """What became of the files last sent, once: whether each is in, and the sentence to say."""
    results: list[tuple[bool, str]] = st.session_state.pop("setu_uploaded", [])
    return results
