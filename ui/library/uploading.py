"""Adding documents: files that are dropped or chosen, a web address, and the job that takes them in, watched while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from ingest.discover import is_address
from ingest.formats import listed
from ingest.records import KINDS
from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from ui import state
from ui.collections import named_or_made
from ui.i18n import Strings
from ui.library import address
from ui.library.at_a_glance import of_upload
from ui.library.collections import wanted_collections
from ui.library.groups import chosen_groups
from ui.library.intake import Choice, address_task, as_one_paper, file_task
from ui.library.jobs import Jobs, Run
from ui.library.report import heading_html, items_html
from ui.limits import MOST_WAITING, TooManyError, uploads_admitted
from ui.markup import label
from ui.standing import entrusted, refused

AUTO: Final = "auto"
_LOOK_S: Final = 1.0


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The one list of jobs of this server process."""
    return Jobs()


def start(reader: Reader, tasks: Sequence[tuple[str, Run]], words: Strings) -> bool:
    """Begin a job and put it into the address; where it may not be begun the page says why, and this is False."""
    if refused(reader, "editor"):
        return False
    try:
        address.put("job", jobs().start(reader.id, tasks))
    except TooManyError:
        st.warning(words("library.upload.too_many", n=MOST_WAITING))
        return False
    return True


def upload_form(kb: KnowledgeBase, reader: Reader, words: Strings, *, expanded: bool) -> None:
    """Draw the form; what is sent becomes a job."""
    with (
        st.expander(words("documents.upload"), icon=":material/upload_file:", expanded=expanded),
        st.form(f"library-upload-{words.language}", clear_on_submit=True, border=False),
    ):
        _our_words(words)
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
        into = wanted_collections(kb, state.collections(), words, f"library-into-collections-{words.language}")
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
    job = jobs().get(address_job(), reader.id) or jobs().unfinished(reader.id)
    if job is None:
        if address_job():
            st.info(words("library.job.gone"))
        return
    with st.container(border=True, key="library-job", gap="small"):
        # Only a job at work is looked at every second; the page is drawn whole once it is done, for the list to show what is new.
        st.fragment(_look, run_every=None if job.finished else _LOOK_S)(kb, job.id, reader, words, running=not job.finished)
        if job.finished:  # beside the fragment: what is pressed there may lead to another page
            of_upload(kb, job, words)


def address_job() -> str | None:
    """The job that the address names."""
    return st.query_params.get("job")


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
    st.html(heading_html(job, words))
    if not job.finished:
        st.progress(job.share, text=label(words("library.job.share", percent=round(100 * job.share))))
    twins = any(o.twin for item in job.items for o in item.outcomes)
    st.html(items_html(job, {d.source: d.title for d in kb.documents()} if twins else {}, words))
    if any(item.unread for item in job.items):
        st.info(words("library.job.ocr_hint"))
    if not job.finished:
        st.button(
            words("library.job.cancelling") if job.stopping else words("library.job.cancel"), key="library-cancel", icon=":material/close:",
            on_click=jobs().cancel, args=(key, reader.id), disabled=job.stopping,
        )  # fmt: skip
    elif st.button(words("library.job.close"), key="library-job-close", icon=":material/check:"):
        address.put("job", None)
        st.rerun()


def _most(kb: KnowledgeBase) -> str:
    served = st.get_option("server.maxUploadSize")
    return str(min(kb.settings.max_file_mb, int(served or kb.settings.max_file_mb)))


def _our_words(words: Strings) -> None:
    """Streamlit's own words in the uploader are English only (1.67): they are hidden and ours are put in their place."""
    button = '[data-testid="stFileUploaderDropzone"] button:has(p)'
    ours = f'content: "{words("documents.upload_choose")}"; font-size: 0.875rem;'
    drop = f'content: "{words("library.upload.drop")}"; font-size: 0.875rem; opacity: 0.8; margin-left: 0.75rem; align-self: center;'
    zone = '[data-testid="stFileUploaderDropzone"]:has(button p)::after'
    st.html(f"<style>{button} p {{ display: none; }} {button}::after {{ {ours} }} {zone} {{ {drop} }}</style>")
