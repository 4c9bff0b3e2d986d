"""What a module is to be: the form, and what is watched while it is made."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.auth.throttle import MOST_WAITING, TooManyError
from kb.errors import AccessError
from kb.records import Engine
from lang.languages import LANGUAGES, Language
from training import compose, module_store
from training.errors import NoPapersError, NotCoveredError, OtherLanguageError
from training.make import LONGEST, MOST_ITEMS, MOST_SLIDES, SHORTEST, TOPIC
from training.programme import ITEMS, SLIDES
from training.records import AUDIENCES, LENGTHS, PARTS, Audience, Length, Part, Request
from ui.auth.authentication import entrusted
from ui.components.collection_choice import chosen_collections
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.jobs.runner import Job, Jobs
from ui.jobs.training_jobs import Making, work_of
from ui.pages.studio import studio_params
from ui.pages.studio.module_editing import Told, tell

_LOOK_S: Final = 1.0
_SLIDES, _ITEMS = 12, 10
"""Slides and questions that are asked for unless a person says otherwise; a longer training takes its own numbers then."""
_ENGINES: Final[tuple[Engine, ...]] = ("extractive", "generative")


@st.cache_resource(show_spinner=False)
def makings() -> Jobs[Making]:
    """The modules in the making of this server process."""
    return Jobs("studio")


def form(kb: KnowledgeBase, reader: Reader, words: Strings, *, expanded: bool) -> tuple[Request, Engine | None] | None:
    """Draw the form; what is sent is begun with at once, or given back where a person wants to see first what it would be made of."""
    at = words.language
    chosen = chosen_collections(kb, kb.documents(), words)
    usable = (info for info in kb.within(chosen).documents() if info.state != "rejected" and info.chunks)
    titles = {info.id: f"{info.title} · {words(f'language.{info.language}')}" for info in usable}
    with (
        st.expander(words("studio.new"), icon=":material/add:", expanded=expanded),
        st.form(f"studio-form-{at}", border=False),
    ):
        topic = st.text_input(
            words("studio.topic"), key=f"studio-topic-{at}", max_chars=TOPIC, placeholder=words("studio.topic_hint"),
        )  # fmt: skip
        left, right = st.columns(2, gap="medium")
        with left:
            first: Language = st.selectbox(
                words("studio.language"), LANGUAGES, index=LANGUAGES.index(at), format_func=lambda x: words(f"language.{x}"),
                key=f"studio-language-{at}",
            )  # fmt: skip
            audience: Audience = st.selectbox(
                words("studio.audience"), AUDIENCES, format_func=lambda a: words(f"studio.for.{a}"), key=f"studio-audience-{at}"
            )
        with right:
            others = st.multiselect(
                words("studio.beside"), LANGUAGES, format_func=lambda x: words(f"language.{x}"), key=f"studio-beside-{at}",
                placeholder=words("studio.none"),
            )  # fmt: skip
            documents = st.multiselect(
                words("studio.documents"), list(titles), format_func=lambda d: titles[d], key=f"studio-documents-{at}",
                placeholder=words("studio.all_documents"),
            )  # fmt: skip
        length: Length = st.selectbox(
            words("studio.length"), LENGTHS, format_func=lambda one: words(f"studio.length_of.{one}"), key=f"studio-length-{at}",
            help=words("studio.length_help"),
        )  # fmt: skip
        with st.container(horizontal=True):
            minutes = st.number_input(words("studio.minutes"), SHORTEST, LONGEST, 45, step=5, key=f"studio-minutes-{at}")
            slides = st.number_input(words("studio.slides"), compose.FRAME + 1, MOST_SLIDES, _SLIDES, key=f"studio-slides-{at}")
            items = st.number_input(words("studio.items"), 0, MOST_ITEMS, _ITEMS, key=f"studio-items-{at}")
        engine = _engine(kb, words)
        with st.container(horizontal=True):
            first_seen = st.form_submit_button(words("studio.preview"), type="primary", icon=":material/fact_check:")
            sent = st.form_submit_button(words("studio.make"), icon=":material/auto_stories:")
    if not (sent or first_seen):
        return None
    if not any(c.isalnum() for c in topic):
        st.error(words("studio.no_topic"))
        return None
    spoken = (first, *(x for x in LANGUAGES if x in others and x != first))
    slides = SLIDES.get(length, slides) if slides == _SLIDES else slides
    items = ITEMS.get(length, items) if items == _ITEMS else items
    request = Request(
        " ".join(topic.split()), spoken, audience, int(minutes), tuple(documents), int(slides), int(items), chosen, length=length
    )  # fmt: skip
    if first_seen:
        return request, engine
    begin(kb, reader, request, words, engine)
    st.rerun()


def _engine(kb: KnowledgeBase, words: Strings) -> Engine | None:
    if not kb.settings.llm:
        return None
    chosen: Engine | None = st.segmented_control(
        words("studio.engine"), _ENGINES, default="generative", required=True, format_func=lambda e: words(f"studio.engine_{e}"),
        key=f"studio-engine-{words.language}",
    )  # fmt: skip
    return chosen


def begin(kb: KnowledgeBase, reader: Reader, request: Request, words: Strings, engine: Engine | None = None) -> None:
    """Begin with a module and watch it."""
    _begin(kb, reader, Making(request), words, engine)


def begin_part(kb: KnowledgeBase, reader: Reader, module_id: str, request: Request, part: Part, words: Strings) -> None:
    """Begin with a part of a kept module and watch it."""
    studio_params.EDIT.clear()
    _begin(kb, reader, Making(request, module_id, part), words)


def _begin(kb: KnowledgeBase, reader: Reader, making: Making, words: Strings, engine: Engine | None = None) -> None:
    """Begin, and watch it; where it may not be begun now, the page is to say why."""
    try:
        reader.still(module_store.MAKES)
        studio_params.MAKING.put(makings().start(reader.id, making, work_of(entrusted(kb), making, engine)))
    except AccessError as error:
        tell(Told("", str(error), well=False))
    except TooManyError:
        tell(Told("", words("studio.too_many", n=MOST_WAITING), well=False))


def watch(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw what is being made: the one of the address, or the one of this reader that is still at work."""
    wanted = studio_params.MAKING.get()
    found = makings().get(wanted, reader.id) or makings().unfinished(reader.id)
    if found is None:
        if wanted:
            st.info(words("studio.making_gone"))
            studio_params.MAKING.clear()
        return
    if not found.finished:
        with st.container(border=True, key="studio-making", gap="small"):
            st.fragment(_look, run_every=_LOOK_S)(found.id, reader, words)
        return
    if found.state == "done":
        studio_params.MAKING.clear()
        part = found.progress.part
        if part is None:
            studio_params.open_module(found.made)
        said = words("studio.made") if part is None else words("studio.part_made", part=words(f"module.part.{part}"))
        st.success(said, icon=":material/check:")
        return
    with st.container(key="studio-ended", gap="small"):
        _ended(kb, reader, found, words)
        st.button(words("studio.close"), key="studio-close", on_click=studio_params.MAKING.clear, icon=":material/close:")


def _look(key: str, reader: Reader, words: Strings) -> None:
    found = makings().get(key, reader.id)
    if found is None or found.finished:
        studio_params.MAKING.put(key)
        st.rerun()
        return
    st.html(f'<p class="setu-facts" role="status">{html(words("studio.making", topic=found.progress.request.topic))}</p>')
    st.progress(found.progress.share, text=label(_step(found, words)))
    st.button(
        words("job.stopping") if found.stopping else words("studio.stop"), key="studio-stop", icon=":material/close:",
        on_click=makings().cancel, args=(key, reader.id), disabled=found.stopping,
    )  # fmt: skip


def _step(found: Job[Making], words: Strings) -> str:
    step = found.progress.step
    if step is None:
        return words("studio.waiting") if found.state == "waiting" else words("studio.step.gather")
    part = next((one for one in PARTS if one == step.part), None)
    said = words(f"module.part.{part}") if part is not None else words(f"studio.step.{step.part}")
    return said if not step.of else f"{said} · {words('studio.of', done=step.inner, total=step.of)}"


def _ended(kb: KnowledgeBase, reader: Reader, found: Job[Making], words: Strings) -> None:
    trouble, request = found.trouble, found.progress.request
    if found.state == "cancelled":
        st.info(words("studio.cancelled"))
    elif isinstance(trouble, NotCoveredError):
        st.warning(label(words("studio.not_covered", topic=request.topic)))
        if trouble.nearest:
            st.html(f'<div class="setu-over">{html(words("studio.nearest"))}</div>')
        with st.container(key="studio-nearest", horizontal=True, gap="small"):
            for at, near in enumerate(trouble.nearest):
                nearer = replace(request, topic=near[:TOPIC])
                st.button(label(near), key=f"studio-near-{at}", on_click=begin, args=(kb, reader, nearer, words))
    elif isinstance(trouble, OtherLanguageError):
        st.warning(label(str(trouble)))
        with st.container(key="studio-languages", horizontal=True, gap="small"):
            for language in trouble.languages:
                said = replace(request, languages=(language, *(x for x in request.languages if x != language)))
                named = words("studio.in_language", language=words(f"language.{language}"))
                st.button(named, key=f"studio-in-{language}", on_click=begin, args=(kb, reader, said, words))
    elif isinstance(trouble, NoPapersError):
        st.warning(words("studio.no_documents" if request.documents else "studio.no_papers"))
    elif trouble is not None:
        st.error(label(words("studio.failed", reason=str(trouble))))
    else:
        st.error(words("job.broke"))
