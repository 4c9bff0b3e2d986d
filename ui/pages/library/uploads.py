"""Adding documents: files that are dropped or chosen, a web address, and the job that takes them in, watched while it runs.

The access groups of a document are chosen when it is added and changed on its page; what a job has come to is told file by file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

import streamlit as st

from ingest.discover import is_address
from ingest.errors import ErrorName
from ingest.parse.file_types import listed
from ingest.records import KINDS
from kb import KnowledgeBase
from kb.auth.background.job_records import JobRecords
from kb.auth.roles import Reader
from kb.auth.throttle import MOST_WAITING, TooManyError
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo
from ui import assets
from ui.auth.authentication import door, entrusted, knowledge_base, refused
from ui.auth.rate_limits import uploads_admitted
from ui.components import query_params
from ui.components.answer_wording import badly_read_words
from ui.components.collection_choice import wanted_collections
from ui.components.collection_names import named_or_made
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.jobs import ingest_jobs
from ui.jobs.ingest_jobs import Item, Items, LibraryJobs, Outcome, Task, items_of, share_of
from ui.jobs.ingest_tasks import Choice, address_task, as_one_paper, clear_up, file_task
from ui.jobs.kept_jobs import LIBRARY, KeptJobs
from ui.jobs.queued_uploads import QueuedUploads
from ui.jobs.runner import Job, Jobs
from ui.pages.library import library_params
from ui.pages.library.overview import of_upload


def matter(kb: KnowledgeBase, reader: Reader) -> bool:
    """Whether groups are spoken of: not where nobody signs in and no document is in one."""
    return bool(reader.name or kb.groups())


def chosen_groups(kb: KnowledgeBase, reader: Reader, words: Strings) -> tuple[str, ...]:
    """Draw the choice of groups for what is added. Who is in groups adds to these unless they say otherwise: not to everybody."""
    if not matter(kb, reader):
        return ()
    known = kb.groups()
    return tuple(_choice(known, known if reader.groups is not None else (), reader, words, f"library-groups-{words.language}"))


def groups_form(kb: KnowledgeBase, reader: Reader, info: DocumentInfo, words: Strings) -> None:
    """Draw the form in which an editor changes the groups of a document."""
    if not matter(kb, reader):
        return
    with st.expander(words("library.groups.title"), icon=":material/group:"):
        known = sorted({*kb.groups(), *info.groups})
        wanted = _choice(known, info.groups, reader, words, f"library-groups-{info.id}-{words.language}")
        if st.button(words("library.facts.save"), key="library-groups-save", icon=":material/check:"):
            try:
                kb.put_in_groups(info.id, wanted)
            except KnowledgeBaseError as error:
                st.error(label(str(error)))
                return
            st.session_state["library_note"] = words(
                "library.groups.saved", title=info.title, groups=", ".join(wanted) or words("library.groups.all")
            )
            st.rerun()


def _choice(known: Sequence[str], held: Sequence[str], reader: Reader, words: Strings, key: str) -> list[str]:
    return st.multiselect(
        words("library.groups.title"),
        known,
        default=list(held),
        key=key,
        help=words("library.groups.hint"),
        placeholder=words("library.groups.all"),
        accept_new_options=reader.groups is None,
    )


SIGN: Final = {"waiting": "…", "working": "↻", "done": "✓", "rejected": "✗", "failed": "✗", "cancelled": "–", "interrupted": "✗"}
REJECTS: Final = (*get_args(ErrorName), "ChangedFileError")
_NOTES: Final = 5
"""Warnings that are shown of one file; a scan may have one for every page."""


def heading_html(job: Job[Items], words: Strings) -> str:
    """How the job as a whole stands."""
    if not job.finished:
        said = words.count("library.job.running", len(job.progress))
    else:
        done = sum(item.state == "done" for item in job.progress)
        said = words("library.job.done", done=done, total=len(job.progress))
    return f'<div class="setu-over" role="status" aria-live="polite">{html(said)}</div>'


def items_html(items: Items, titles: Mapping[str, str], words: Strings) -> str:
    """Every file with how far it is or what became of it; ``titles`` are those of the documents that the reader may see, by source."""
    return f'<ul class="setu-job">{"".join(_item(item, titles, words) for item in items)}</ul>'


def reject_words(kind: str, words: Strings) -> str:
    """Why a file was not taken in and what to do, in the language of the page; "" where the reason itself is, or its kind is not known.

    What exactly is wrong is said in English; this goes before it.
    """
    return words(f"library.why.{kind}") if kind in REJECTS and words.language != "en" else ""


def _item(item: Item, titles: Mapping[str, str], words: Strings) -> str:
    said = words(f"library.item.{item.state}")
    bar = ""
    if item.state == "working":
        said = _step(item, words)
        bar = f'<progress max="100" value="{round(100 * item.share)}" aria-label="{html(item.name)}"></progress>'
    elif item.state == "done" and len(item.outcomes) == 1:
        said = words(f"documents.{item.outcomes[0].result}")
    elif item.state == "done" and item.outcomes:
        taken = sum(o.result != "rejected" for o in item.outcomes)
        said = words("library.job.inside", taken=taken, total=len(item.outcomes))
    named = len(item.outcomes) > 1
    inside = "".join(_outcome(o, titles, words, named=named) for o in item.outcomes if named or o.reason or titles.get(o.twin))
    notes = [*([item.trouble] if item.trouble else []), *item.notes[:_NOTES]]
    more = "".join(f'<div class="setu-note" lang="en">⚠ {html(note)}</div>' for note in notes)
    if len(item.notes) > _NOTES:
        more += f'<div class="setu-note">⚠ {html(words("library.job.more_notes", n=len(item.notes) - _NOTES))}</div>'
    for one in item.badly_read:
        whose = f"{one.file}: " if one.file != item.name else ""
        more += f'<div class="setu-note"><span aria-hidden="true">◐</span> {html(whose + badly_read_words(one, words))}</div>'
    state = f'<span class="setu-job-{item.state}"><span aria-hidden="true">{SIGN[item.state]}</span> {html(said)}</span>'
    head = f'<div class="setu-job-head"><strong>{html(item.name)}</strong> {state}</div>'
    return f"<li>{head}{bar}{f'<ul>{inside}</ul>' if inside else ''}{more}</li>"


def _outcome(outcome: Outcome, titles: Mapping[str, str], words: Strings, *, named: bool) -> str:
    said = [html(f"{outcome.name}: {words(f'documents.{outcome.result}')}")] if named else []
    why = " ".join(t for t in (outcome.reason, outcome.remedy) if t)
    said += [html(ours)] if (ours := reject_words(outcome.kind, words)) else []
    said += [f'<span lang="en">{html(why)}</span>'] if why else []
    said += [html(words("library.job.twin", title=titles[outcome.twin]))] if outcome.twin in titles else []
    return f"<li>{' – '.join(said)}</li>"


def _step(item: Item, words: Strings) -> str:
    step = item.progress
    if step is None or (step.stage == "read" and not step.pages_total):
        return words(f"library.item.{item.state}")
    done, total = (step.pages_done, step.pages_total) if step.stage == "read" else (step.done, step.total)
    return words(f"library.step.{step.stage}", done=done, total=total)


AUTO: Final = "auto"
_LOOK_S: Final = 1.0


@st.cache_resource(show_spinner=False)
def jobs() -> LibraryJobs:
    """The uploads of this server process, and those of earlier ones; what these left unread is cleared up. Or those that workers do."""
    clear_up(knowledge_base())
    if (queue := knowledge_base().queue) is not None:
        return QueuedUploads(queue)
    return Jobs(LIBRARY, keeper=KeptJobs(JobRecords(door().signin.store)))


def start(reader: Reader, tasks: Sequence[Task], words: Strings) -> bool:
    """Begin a job and put it into the address; where it may not be begun the page says why, and this is False."""
    if refused(reader, "editor"):
        return False
    try:
        library_params.JOB.put(ingest_jobs.start(jobs(), reader.id, tasks))
    except TooManyError:
        st.warning(words("library.upload.too_many", n=MOST_WAITING))
        return False
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return False
    return True


def upload_form(kb: KnowledgeBase, reader: Reader, words: Strings, *, expanded: bool) -> None:
    """Draw the form; what is sent becomes a job."""
    with (
        st.expander(words("documents.upload"), icon=":material/upload_file:", expanded=expanded),
        st.form(f"library-upload-{words.language}", clear_on_submit=True, border=False),
    ):
        st.html(assets.style("uploader.css", choose=words("documents.upload_choose"), drop=words("library.upload.drop")))
        files: list[Any] = st.file_uploader(
            words("documents.upload_hint", **listed(words("documents.between"))),
            accept_multiple_files=True,
            key=f"library-files-{words.language}",
        )
        st.caption(words("library.upload.limits", file=_most(kb), pages=kb.settings.max_pages))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            url = st.text_input(words("library.upload.address"), key=f"library-address-{words.language}", placeholder="https://")
            kind = st.selectbox(
                words("library.upload.kind"),
                (AUTO, *KINDS),
                format_func=lambda k: words("library.upload.kind_auto") if k == AUTO else words(f"kind.{k}"),
                key=f"library-kind-{words.language}",
            )
        one_paper = st.checkbox(words("library.upload.one_paper"), key=f"library-pages-{words.language}")
        into = wanted_collections(kb, query_params.COLLECTION.get(), words, f"library-into-collections-{words.language}")
        groups = chosen_groups(kb, reader, words)
        sent = st.form_submit_button(words("documents.upload_button"), icon=":material/add:", type="primary")
    if sent:
        if one_paper:
            files = as_one_paper(files, kb.settings.max_file_mb * 2**20)
        try:
            collections = named_or_made(kb, into)
        except KnowledgeBaseError as error:
            st.error(label(str(error)))
            return
        choice = Choice(next((k for k in KINDS if k == kind), None), groups, reader.groups is None, collections)
        _take(kb, reader, words, files, url.strip(), choice)


def watch(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the job of the address, or the one of this reader that is still at work."""
    _say_who_works(kb, words)
    wanted = library_params.JOB.get()
    job = jobs().get(wanted, reader.id) or jobs().unfinished(reader.id)
    if job is None:
        if wanted:
            st.info(words("library.job.gone"))
        return
    with st.container(border=True, key="library-job", gap="small"):
        # Only a job at work is looked at every second; the page is drawn whole once it is done, for the list to show what is new.
        st.fragment(_look, run_every=None if job.finished else _LOOK_S)(kb, job.id, reader, words, running=not job.finished)
        if job.finished:  # beside the fragment: what is pressed there may lead to another page
            of_upload(kb, job, words)


def _say_who_works(kb: KnowledgeBase, words: Strings) -> None:
    """Say where uploads wait for workers and none runs."""
    if kb.queue is not None and kb.reader.may("editor") and not kb.queue.state().workers:
        st.warning(label(words("library.queue.no_workers")))


def _take(kb: KnowledgeBase, reader: Reader, words: Strings, files: Sequence[Any], url: str, choice: Choice) -> None:
    if url and not is_address(url):
        st.error(words("library.upload.address_bad"))
        return
    sent = len(files) + bool(url)
    if sent and not uploads_admitted(sent, kb.settings.uploads_per_hour, words):
        return
    if refused(reader, "editor"):
        return
    trusted = entrusted(kb)
    try:
        tasks = [file_task(trusted, file, file, choice) for file in files]
    except OSError as error:
        st.error(label(words("library.upload.not_kept", reason=f"{error.strerror or error}: {kb.settings.home}")))
        return
    tasks += [address_task(trusted, url, choice)] if url else []
    if not tasks:
        st.warning(words("library.upload.nothing_sent"))
        return
    if start(reader, tasks, words):
        st.rerun()


def _look(kb: KnowledgeBase, key: str, reader: Reader, words: Strings, *, running: bool) -> None:
    job = jobs().get(key, reader.id)
    if job is None:
        return
    if job.finished and running:
        st.rerun()
    items = items_of(job)
    st.html(heading_html(job, words))
    if not job.finished:
        share = share_of(items)
        st.progress(share, text=label(words("library.job.share", percent=round(100 * share))))
    twins = any(o.twin for item in items for o in item.outcomes)
    st.html(items_html(items, {d.source: d.title for d in kb.documents()} if twins else {}, words))
    if any(item.unread for item in items):
        st.info(words("library.job.ocr_hint"))
    if not job.finished:
        st.button(
            words("job.stopping") if job.stopping else words("library.job.cancel"), key="library-cancel", icon=":material/close:",
            on_click=jobs().cancel, args=(key, reader.id), disabled=job.stopping,
        )  # fmt: skip
    elif st.button(words("library.job.close"), key="library-job-close", icon=":material/check:"):
        library_params.JOB.clear()
        st.rerun()


def _most(kb: KnowledgeBase) -> str:
    served = st.get_option("server.maxUploadSize")
    return str(min(kb.settings.max_file_mb, int(served or kb.settings.max_file_mb)))
