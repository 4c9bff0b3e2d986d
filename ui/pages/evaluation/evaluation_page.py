"""The evaluation page: which runs there are, one or two of them looked at, a run sent in, and the small set run.

Streamlit (1.67) takes SVG out of HTML that it is handed, so that plots come through a component.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import streamlit as st

from eval.metrics.comparison import CompareError
from eval.report.html_page import Cell, table
from eval.report.saved_runs import Saved as Reported
from eval.report.saved_runs import made as report_page
from eval.tasks.samples import DOCUMENTS
from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.auth.throttle import TooManyError
from kb.settings import Settings
from ui import assets
from ui.auth.authentication import refused
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.query_params import Param, clear, word
from ui.jobs import evaluation_runs
from ui.jobs.evaluation_runs import Measuring, RunError, Saved
from ui.jobs.runner import Job, Jobs
from ui.pages.chat.history import zone
from ui.pages.evaluation.run_reports import Part, against, headline, parts


def plots(figures: Sequence[str], key: str) -> None:
    """Draw figures of ``eval.report.plots``, which escapes every name that stands in one, one under the other."""
    for at, figure in enumerate(figures):
        assets.component("plot")(key=f"{key}-{at}", data={"figure": figure})


@st.cache_resource(show_spinner=False)
def runs(home: str) -> Jobs[Measuring]:
    """The runs of this server process and home, one at a time: whoever may begin one sees and stops that of another."""
    return Jobs("evaluation", most=1)


_EVERYBODYS: Final = ""
"""The owner of every run."""


def running(settings: Settings, reader: Reader, words: Strings) -> None:
    """Draw the form that begins a run or, while one is at work, how far it is."""
    jobs = runs(str(settings.home))
    job = jobs.last(_EVERYBODYS)
    if job is not None and not job.finished:
        _watch(jobs, job.id, reader, words)
        return
    if job is not None:
        _ended(job, words)
        jobs.forget(job.id, job.owner)
    _form(settings, jobs, reader, words)


def _ended(job: Job[Measuring], words: Strings) -> None:
    if job.state == "done":
        st.success(label(words("evaluation.run_done", name=job.made)), icon=":material/check:")
    elif job.state == "cancelled":
        st.info(words("evaluation.run_cancelled"))
    elif job.trouble is not None:
        st.error(label(words("evaluation.run_failed", reason=str(getattr(job.trouble, "strerror", None) or job.trouble))))
    else:
        st.error(words("job.broke"))


def _form(settings: Settings, jobs: Jobs[Measuring], reader: Reader, words: Strings) -> None:
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
            with suppress(TooManyError):  # somebody else has begun meanwhile: theirs is watched
                work = evaluation_runs.work_of(settings.home, evaluation_runs.fresh_name(settings.home), engine)
                jobs.start(_EVERYBODYS, Measuring(), work)
            st.rerun()


@st.fragment(run_every=1.0)
def _watch(jobs: Jobs[Measuring], key: str, reader: Reader, words: Strings) -> None:
    job = jobs.get(key, _EVERYBODYS)
    if job is None or job.finished:
        if job is not None and job.state == "done":
            RUN.put(job.made)
        st.rerun()
        return
    step = job.progress
    said = words("evaluation.run_ask", done=step.done, total=step.total) if step.stage == "ask" else words("evaluation.run_read")
    st.progress(step.share, text=said)
    st.button(
        words("job.stopping") if job.stopping else words("evaluation.run_cancel"), key="evaluation-cancel", icon=":material/stop:",
        on_click=_cancel, args=(jobs, key, reader), disabled=job.stopping,
    )  # fmt: skip


def _cancel(jobs: Jobs[Measuring], key: str, reader: Reader) -> None:
    if not refused(reader, "admin"):
        jobs.cancel(key, _EVERYBODYS)


log = logging.getLogger(__name__)

STYLE: Final = Path(__file__).parent / "style.css"
RUN: Final = word("run")
AGAINST: Final = word("against")
_NOTE_KEY: Final = "evaluation-note"
BROKEN: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading a run raises that does not hold what it should: anybody may have written the file."""


def evaluation_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page."""
    st.html(STYLE)
    home = kb.settings.home
    with st.container(key="evaluation"):
        st.html(
            f'<h2 class="setu-page-title">{html(words("evaluation.title"))}</h2><p class="setu-facts">{html(words("evaluation.about"))}</p>'
        )
        if note := st.session_state.pop(_NOTE_KEY, None):
            st.success(label(note), icon=":material/check:")
        if reader.may("admin"):
            running(kb.settings, reader, words)
        found = evaluation_runs.saved(home)
        if not found:
            _empty(words)
        if reader.may("admin"):
            _import(home, reader, words)
        if found:
            _list(found, words)
            _look(home, found, reader, words)


def _empty(words: Strings) -> None:
    st.html(f'<div class="setu-welcome"><h3>{html(words("evaluation.empty"))}</h3><p>{html(words("evaluation.empty_hint"))}</p></div>')
    st.code(
        'python -m eval samples --json "$SETU_HOME/evaluations/first.json"\n'
        'python -m eval answers --corpus corpus.jsonl --questions questions.jsonl --json "$SETU_HOME/evaluations/mine.json"',
        language=None,
    )


def _list(found: Sequence[Saved], words: Strings) -> None:
    """Every run in one table; figures that cannot be read are left out of it."""
    at = zone(st.context.timezone)
    rows: list[list[Cell]] = []
    for one in found:
        try:
            figures: Sequence[Cell] = headline(one)
        except BROKEN:
            figures = (None, None, None)
        when = one.at.astimezone(at)
        rows.append(
            [one.name, f"{words.date(when.date())}, {when:%H:%M}", words(f"evaluation.kind.{one.kind}"), one.version or None, *figures]
        )
    columns = ("made", "kind", "version", "two", "refusals_made", "p50")
    head = [words("evaluation.column.run"), *(words(f"evaluation.column.{column}") for column in columns)]
    st.html(f'<div class="setu-runs">{table(words.count("evaluation.runs", len(found)), head, rows)}</div>')


def _look(home: Path, found: Sequence[Saved], reader: Reader, words: Strings) -> None:
    """The run of the address, or the newest, and the one it is compared with."""
    names = [one.name for one in found]
    chosen = RUN.get()
    new = next((one for one in found if one.name == chosen), found[0])
    same = [one.name for one in found if one.kind == new.kind and one.name != new.name]
    other = AGAINST.get()
    old = next((one for one in found if one.name == other and one.name in same), None)
    with st.container(horizontal=True, key="evaluation-choice"):
        _choice(words("evaluation.look_at"), names, new.name, RUN, words)
        # The key holds the run, so that its own name is never offered.
        _choice(words("evaluation.compare_with"), ["", *same], old.name if old else "", AGAINST, words, under=new.name)
    everything = reader.groups is None
    _draw(lambda: _compared(home, new, old, words, with_questions=everything) if old else [], f"against-{new.name}", words)
    if old is not None and not everything:
        st.info(words("evaluation.no_questions"), icon=":material/lock:")
    _draw(lambda: parts(new, words), f"run-{new.name}", words)
    if everything:
        _take_away(new, old, reader, words)
    if reader.may("admin"):
        _delete(home, new, reader, words)


def _compared(home: Path, new: Saved, old: Saved, words: Strings, *, with_questions: bool) -> list[Part]:
    files = [(one.name, one.written_ns) for one in (new, old)]
    return _compare(str(home), files, words.language, with_questions, _new=new, _old=old, _words=words)


@st.cache_data(max_entries=50, show_spinner=False)
def _compare(
    home: str, files: list[tuple[str, int]], language: str, with_questions: bool, *, _new: Saved, _old: Saved, _words: Strings
) -> list[Part]:
    # 10,000 resamples of each measure: 7 s for 13 sets of 1,190 questions.
    return against(_new, _old, _words, with_questions=with_questions)


def _choice(said: str, options: Sequence[str], chosen: str, param: Param[str | None], words: Strings, under: str = "") -> None:
    at = f"evaluation-{param.name}-{words.language}-{under}"

    def changed() -> None:
        param.put(st.session_state[at])

    # The address is the truth; what was chosen before stays under the key although a run was sent in or deleted meanwhile.
    st.session_state[at] = chosen
    st.selectbox(said, options, key=at, on_change=changed, format_func=lambda name: name or words("evaluation.nothing"))


def _draw(made: Callable[[], list[Part]], key: str, words: Strings) -> None:
    try:
        found = made()
    except CompareError as error:
        st.warning(label(words("evaluation.not_compared", reason=str(error))))
        return
    except BROKEN:
        log.warning("A saved run cannot be drawn.", exc_info=True)
        st.warning(words("evaluation.broken"))
        return
    for at, part in enumerate(found):
        note = f'<p class="setu-facts">{html(part.note)}</p>' if part.note else ""
        st.html(f'<h3 class="setu-heading">{html(part.heading)}</h3>{note}')
        at_key = f"plot-{key.replace('_', '-')}-{at}-{words.language}"
        if part.plots and not part.wide:
            beside, plotted = st.columns([1, 1], gap="large")
            beside.html(part.tables)
            with plotted:
                plots(part.plots, at_key)
            continue
        if part.tables:
            st.html(part.tables)
        plots(part.plots, at_key)


def _take_away(new: Saved, old: Saved | None, reader: Reader, words: Strings) -> None:
    def page() -> str:
        reader.still("trainer")
        one, before = (Reported(saved.name, "answers", saved.run) for saved in (new, old or new))
        return report_page([one], before if old else None)

    if new.kind == "answers":
        st.download_button(
            words("evaluation.save_page"), data=page, file_name=f"{new.name}.html", mime="text/html", key="evaluation-save",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _import(home: Path, reader: Reader, words: Strings) -> None:
    opened = st.expander(words("evaluation.import"), icon=":material/upload_file:")
    with opened, st.form("evaluation-import", clear_on_submit=True, border=False):
        st.html(assets.style("uploader.css", choose=words("evaluation.import_choose")))
        file = st.file_uploader(words("evaluation.import_hint"), type=["json"], key="evaluation-file")
        sent = st.form_submit_button(words("evaluation.import_yes"))
        if sent and file is not None and not refused(reader, "admin"):
            _take_in(home, file.name, file.getvalue(), words)


def _take_in(home: Path, name: str, data: bytes, words: Strings) -> None:
    """Keep a run that can be drawn; of another file, say what is wrong."""
    try:
        parts(evaluation_runs.parse(name, data, datetime.now(UTC)), words)
        kept = evaluation_runs.keep(home, name, data)
    except RunError as error:
        st.error(words(f"evaluation.import_bad.{error.reason}"))
    except OSError as error:
        st.error(label(words("evaluation.import_failed", reason=str(error.strerror or error))))
    except BROKEN:
        st.error(words("evaluation.import_bad.broken"))
    else:
        RUN.put(kept.name)
        st.session_state[_NOTE_KEY] = words("evaluation.imported", name=kept.name)
        st.rerun()


def _delete(home: Path, one: Saved, reader: Reader, words: Strings) -> None:
    with st.popover(words("evaluation.delete"), icon=":material/delete:"):
        st.html(f"<p>{html(words('evaluation.delete_ask', name=one.name))}</p>")
        if st.button(words("evaluation.delete_yes"), key=f"evaluation-delete-{one.name}") and not refused(reader, "admin"):
            evaluation_runs.delete(home, one.name)
            clear(RUN, AGAINST)
            st.session_state[_NOTE_KEY] = words("evaluation.deleted", name=one.name)
            st.rerun()
