"""What waits for workers, and whether any runs: for admins."""

from __future__ import annotations

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from ui.components.i18n import Strings
from ui.components.markup import html, label, table_html


def job_queue(kb: KnowledgeBase, words: Strings) -> None:
    """Draw how the queue stands, and to an admin of all groups what is in it; nothing where there is no queue."""
    queue = kb.queue
    if queue is None:
        return
    st.html(
        f'<h3 class="setu-admin-title">{html(words("admin.queue_title"))}</h3><p class="setu-facts">{html(words("admin.queue_about"))}</p>'
    )
    try:
        state, jobs = queue.state(), queue.unfinished()
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return
    counts = {name: getattr(state, name) for name in ("waiting", "again", "working", "failed", "workers")}
    st.html(f'<p class="setu-facts">{html(words("admin.queue_counts", **counts))}</p>')
    if not state.workers:
        st.warning(label(words("admin.queue_no_workers")))
    if kb.reader.groups is not None or kb.reader.collections is not None:
        return
    rows = [
        (
            html(item.name),
            html(words(f"library.item.{item.state}")),
            f"{job.begun:%Y-%m-%d %H:%M} UTC",
            f'<span lang="en">{html(_said(item.told))}</span>',
        )
        for job in jobs
        for item in job.items
        if item.state in ("waiting", "working")
    ]
    if not rows:
        st.info(words("admin.queue_none"))
        return
    heads = [words(f"admin.queue_{key}") for key in ("file", "state", "since", "told")]
    st.html(table_html(words("admin.queue_title"), heads, rows))


def _said(told: object) -> str:
    return str(told.get("trouble") or "–") if isinstance(told, dict) else "–"
