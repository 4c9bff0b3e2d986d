"""The sources that papers come from: where each is, how its last run went, what a sync would change, and syncing it now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.auth.throttle import TooManyError
from kb.errors import KnowledgeBaseError
from kb.sync.sync_plan import sorts
from kb.sync.sync_records import Plan, SyncSource
from ui.auth.authentication import refused
from ui.components.i18n import Strings
from ui.components.markup import html, label, table_html
from ui.jobs.sync_jobs import ADMINS, start_sync, sync_jobs

_LOOK_S: Final = 1.0
_MOST_NAMED: Final = 20


def paper_sources(kb: KnowledgeBase, words: Strings) -> None:
    """Draw the sources and, of the one that is chosen, what would change, with a button to sync it."""
    st.html(f'<p class="setu-facts">{html(words("sources.about"))}</p>')
    if kb.reader.groups is not None or kb.reader.collections is not None:
        st.info(words("sources.of_all"))
        return
    found = kb.sources.list()
    if not found:
        st.info(label(words("sources.none")))
        return
    heads = [words(f"sources.{key}") for key in ("name", "where", "schedule", "last", "result")]
    st.html(table_html(words.count("sources.sources", len(found)), heads, [_row(one, words) for one in found]))
    job = sync_jobs(str(kb.settings.home)).unfinished(ADMINS)
    if job is not None:
        st.fragment(_look, run_every=_LOOK_S)(kb, job.id, words)
    failed = sync_jobs(str(kb.settings.home)).last(ADMINS)
    if failed is not None and failed.state == "failed" and failed.trouble is not None:
        st.error(label(str(failed.trouble)))
    _chosen(kb, [one.name for one in found], words)


def _chosen(kb: KnowledgeBase, names: Sequence[str], words: Strings) -> None:
    name = st.selectbox(words("sources.choose"), names, key=f"source-{words.language}")
    with st.container(horizontal=True):
        wanted = st.button(words("sources.preview"), key="source-preview", icon=":material/preview:")
        synced = st.button(words("sources.sync"), key="source-sync", icon=":material/sync:", type="primary")
    if not (wanted or synced) or name is None or refused(kb.reader, "admin"):
        return
    if synced:
        try:
            start_sync(kb, name)
        except TooManyError:
            st.error(words("sources.too_many"))
        else:
            st.rerun()
        return
    try:
        with st.spinner(words("sources.looking")):
            plan = kb.sources.preview(name)
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return
    _preview(plan, words)


def _preview(plan: Plan, words: Strings) -> None:
    rows = [(html(words(f"sources.{key}")), str(len(paths)), html(_named(paths, words))) for key, paths in sorts(plan) if paths]
    if plan.emptied:
        st.warning(label(words("sources.emptied")))
    if not rows:
        st.success(words("sources.nothing"))
        return
    st.html(table_html(words("sources.would"), [words(f"sources.{key}") for key in ("sort", "number", "papers")], rows))


def _named(paths: Sequence[str], words: Strings) -> str:
    more = f" · {words('sources.more', n=len(paths) - _MOST_NAMED)}" if len(paths) > _MOST_NAMED else ""
    return " · ".join(paths[:_MOST_NAMED]) + more


def _row(one: SyncSource, words: Strings) -> tuple[str, ...]:
    when = words("sources.every", n=one.every_minutes) if one.every_minutes else words("sources.by_hand")
    grace = words("sources.grace", n=f"{one.grace_hours / 24:g}")
    last = words("sources.never") if one.begun is None else f"{one.begun:%Y-%m-%d %H:%M} UTC"
    outcome = words(f"sources.outcome_{one.outcome or 'open'}") if one.begun is not None else "–"
    counts = ", ".join(f"{words(f'sources.{key}')} {n}" for key, n in one.counts.items() if n)
    told = "".join(f'<br><span lang="en">{html(line)}</span>' for line in one.told[:3])
    where = f"{html(one.kind)} · <code>{html(one.address)}</code>"
    return html(one.name), where, html(f"{when}; {grace}"), html(last), f"{html(' · '.join(p for p in (outcome, counts) if p))}{told}"


def _look(kb: KnowledgeBase, key: str, words: Strings) -> None:
    jobs = sync_jobs(str(kb.settings.home))
    job = jobs.get(key, ADMINS)
    if job is None or job.finished:
        st.rerun()
        return
    name, step = job.progress
    text = words(f"sources.stage_{step.stage}", name=name, done=step.done, total=step.total)
    st.progress(step.done / step.total if step.total else 0.0, text=label(text))
    st.button(
        words("sources.stopping") if job.stopping else words("sources.stop"), key="source-stop", icon=":material/stop:",
        on_click=jobs.cancel, args=(key, ADMINS), disabled=job.stopping,
    )  # fmt: skip
