"""The small set run from the page: what it measures, a bar that moves, and a button that stops it."""

from __future__ import annotations

import streamlit as st

from eval.samples import DOCUMENTS
from kb.access import Reader
from kb.settings import Settings
from ui.evaluation import runs
from ui.evaluation.job import Runner
from ui.i18n import Strings
from ui.markup import html, label
from ui.standing import refused


@st.cache_resource(show_spinner=False)
def runner(home: str) -> Runner:
    """The one of this server process and home, so that a reload finds the run again."""
    from pathlib import Path

    return Runner(Path(home))


def running(settings: Settings, reader: Reader, words: Strings) -> None:
    """Draw the form that begins a run or, while one is at work, how far it is."""
    at_work = runner(str(settings.home))
    job = at_work.job
    if job is not None and job.state == "working":
        _watch(at_work, reader, words)
        return
    if job is not None:
        if job.state == "done":
            st.success(label(words("evaluation.run_done", name=job.name)), icon=":material/check:")
        elif job.state == "cancelled":
            st.info(words("evaluation.run_cancelled"))
        else:
            st.error(label(words("evaluation.run_failed", reason=job.reason)))
        at_work.forget()
    _form(settings, at_work, reader, words)


def _form(settings: Settings, at_work: Runner, reader: Reader, words: Strings) -> None:
    with st.container(border=True, key="evaluation-run"):
        hint = html(words("evaluation.small_hint"))
        st.html(f'<h3 class="setu-heading">{html(words("evaluation.small"))}</h3><p class="setu-facts">{hint}</p>')
        if not DOCUMENTS.is_dir():
            st.info(words("evaluation.small_missing"))
            return
        engine = "extractive"
        if settings.llm:
            engine = st.segmented_control(
                words("evaluation.engine"), ("extractive", "generative"), default="extractive", required=True,
                format_func=lambda one: words(f"evaluation.engine_{one}"), key=f"evaluation-engine-{words.language}",
            ) or "extractive"  # fmt: skip
        if st.button(words("evaluation.small_run"), key="evaluation-start", icon=":material/play_arrow:", type="primary"):
            if refused(reader, "admin"):
                return
            try:
                at_work.start(runs.fresh_name(settings.home), engine)
            except OSError as error:
                st.error(label(words("evaluation.run_failed", reason=str(error.strerror or error))))
                return
            st.rerun()


@st.fragment(run_every=1.0)
def _watch(at_work: Runner, reader: Reader, words: Strings) -> None:
    job = at_work.job
    if job is None or job.state != "working":
        if job is not None and job.state == "done":
            st.query_params["run"] = job.name
        st.rerun()
        return
    said = words("evaluation.run_ask", done=job.done, total=job.total) if job.stage == "ask" else words("evaluation.run_read")
    st.progress(job.share, text=said)
    st.button(words("evaluation.run_cancel"), key="evaluation-cancel", icon=":material/stop:", on_click=_cancel, args=(at_work, reader))


def _cancel(at_work: Runner, reader: Reader) -> None:
    if not refused(reader, "admin"):
        at_work.cancel()
