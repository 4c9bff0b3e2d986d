"""The parts of a module on the page: objectives, briefing, plan, slides, handout, quiz, case, glossary, reading."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Final

import streamlit as st

from training.quiz.instructions import instruction
from training.records import PARTS, Case, Entry, Line, Module, Part, QuizItem, Section, Slide
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.export.training_modules.module_content import hours, kept
from ui.pages.studio import studio_params
from ui.pages.studio.module_lines import (
    Desk,
    Target,
    chip,
    edit_button,
    flag_html,
    form_view,
    line_view,
    marks_html,
    of_line,
    stale_html,
    status_line,
)

_SIGN: Final = "⚠"


def parts_switch(desk: Desk, changed: int) -> studio_params.Shown:
    """Draw the switch between the parts and, where sources have changed, what has; returns what is chosen."""
    words, module = desk.words, desk.module
    now = studio_params.PART.get()
    offered: tuple[studio_params.Shown, ...] = (*PARTS, studio_params.CHANGED) if changed or now == studio_params.CHANGED else PARTS
    marked = {part for part, line in kept(module).lines() if line.doubted} | {one.part for one in desk.stale.values()}
    key = f"studio-part-{module.id}-{words.language}-{now}"

    def changed_to() -> None:
        studio_params.show(st.session_state[key] or now)

    def named(one: studio_params.Shown) -> str:
        if one == studio_params.CHANGED:
            return words("studio.changed_sources", n=changed)
        return f"{words(f'module.part.{one}')}{f' {_SIGN}' if one in marked else ''}"

    st.pills(
        words("studio.part"), offered, default=now, format_func=named, key=key, on_change=changed_to, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return now


def part_view(desk: Desk, part: Part) -> None:
    """Draw a part."""
    words, module = desk.words, desk.module
    st.html(f'<h3 class="setu-studio-part">{html(words(f"module.part.{part}"))}</h3>')
    if not _empty(module, part):
        _DRAW[part](desk)
    else:
        st.html(f'<p class="setu-facts">{html(words("studio.nothing_here"))}</p>')


def _empty(module: Module, part: Part) -> bool:
    return not getattr(module, part)


def _lines(desk: Desk, lines: tuple[Line, ...]) -> None:
    for line in lines:
        line_view(desk, line)


def _sections(desk: Desk, sections: tuple[Section, ...]) -> None:
    for section in sections:
        line_view(desk, section.heading, css="setu-studio-head")
        with st.container(key=f"studio-under-{section.heading.id}", gap="small"):
            _lines(desk, section.lines)


def _plan(desk: Desk) -> None:
    words, at, day = desk.words, 0, 0
    many = desk.module.plan[-1].day > 1
    for step in desk.module.plan:
        if step.day != day:
            at, day = 0, step.day
            if many:
                st.html(f'<h4 class="setu-heading">{html(words("module.day", n=day))}</h4>')
        until = at + step.minutes
        timed = f"{hours(at)}–{hours(until)}" if desk.module.request.length != "session" else ""
        timed = timed or words("studio.minutes_from", start=at, end=until)
        lead = f"{timed} · {words(f'module.activity.{step.activity}')}"
        line_view(desk, step.line, lead=lead)
        if not step.line.dropped:
            at = until


def _slides(desk: Desk) -> None:
    """One slide at a time, chosen by its title or turned to: a dozen with all their sources are too long a page."""
    slides = desk.module.slides
    ids = [slide.id for slide in slides]
    wanted = studio_params.SLIDE.get()
    at = ids.index(wanted) if wanted in ids else 0
    _turner(desk, at)
    with st.container(border=True, key=f"studio-slide-{slides[at].id}", gap="small"):
        _slide(desk, slides[at], at + 1)


def _turner(desk: Desk, at: int) -> None:
    words, slides = desk.words, desk.module.slides
    key = f"studio-slide-{words.language}-{at}"
    before, after = slides[max(0, at - 1)].id, slides[min(len(slides) - 1, at + 1)].id

    def chosen() -> None:
        studio_params.turn_to(slides[st.session_state[key]].id)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="studio-turner"):
        st.selectbox(
            words("studio.slide_of", number=at + 1, total=len(slides)), range(len(slides)), index=at,
            format_func=lambda i: _slide_name(desk, slides[i], i + 1), key=key, on_change=chosen,
        )  # fmt: skip
        st.button(
            words("studio.slide_before"), key="studio-before", icon=":material/chevron_left:", disabled=at == 0,
            on_click=studio_params.turn_to,
            args=(before,),
        )  # fmt: skip
        st.button(
            words("studio.slide_after"), key="studio-after", icon=":material/chevron_right:", icon_position="right",
            disabled=at == len(slides) - 1, on_click=studio_params.turn_to, args=(after,),
        )  # fmt: skip


def _slide_name(desk: Desk, slide: Slide, number: int) -> str:
    lines = [line for line in (slide.title, *slide.bullets, *slide.notes) if not line.dropped]
    marked = any(line.doubted or line.id in desk.stale for line in lines)
    signs = f"{f' {_SIGN}' if marked else ''}{' · ' + desk.words('studio.dropped') if slide.dropped else ''}"
    return f"{number}. {slide.title.text}{signs}"


def _slide(desk: Desk, slide: Slide, number: int) -> None:
    words = desk.words
    target = Target(slide.id, None, slide.pinned, slide.dropped)
    _head(desk, words("studio.slide", number=number), target)
    line_view(desk, slide.title, css="setu-studio-head", target=of_line(slide.title, moves=False, drops=False))
    _lines(desk, slide.bullets)
    if slide.picture is not None:
        st.image(base64.b64decode(slide.picture.data), caption=label(slide.picture.alt))
    if slide.notes:
        with st.expander(words("module.speaker"), icon=":material/record_voice_over:"):
            _lines(desk, slide.notes)


def _head(desk: Desk, said: str, target: Target, css: str = "setu-over", rests_on: str = "") -> None:
    """The head of a slide, question or entry, with the button that edits it as a whole; ``rests_on`` is the line that it rests on."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        struck = " setu-struck" if target.dropped else ""
        stale = desk.stale.get(rests_on) or desk.stale.get(target.id)
        flags = flag_html(target.pinned, target.dropped, desk.words) + stale_html(stale, desk.words)
        st.html(f'<div class="{css}{struck}">{html(said)}</div><div class="setu-marks">{flags}</div>', width="content")
        edit_button(desk, target)
    form_view(desk, target)


def _quiz(desk: Desk) -> None:
    for number, item in enumerate(desk.module.quiz, start=1):
        with st.container(border=True, key=f"studio-item-{item.id}", gap="small"):
            _item(desk, item, number)


def _item(desk: Desk, item: QuizItem, number: int) -> None:
    words = desk.words
    worded, own = item.kind not in ("match", "order"), item.proof.origin == "own"
    target = Target(
        item.id, item.prompt if worded else None, item.pinned, item.dropped, item=True, gap=item.kind in ("cloze", "choice") and not own
    )
    _head(desk, words("module.question", number=number), target, rests_on=item.proof.id)
    asked = instruction(item, item.language)
    prompt = f"<p>{html(item.prompt)}</p>" if worded else ""
    st.html(
        f'<div class="setu-studio-item" lang="{item.language}"><p class="setu-facts">{html(asked)}</p>{prompt}{_answers(item, words)}</div>'
        f"{marks_html(desk, item.proof) if own else status_line(item.status, words)}"
    )
    if own:
        return
    with st.expander(words("studio.proof"), icon=":material/task_alt:"):
        _proof(desk, item)


def _proof(desk: Desk, item: QuizItem) -> None:
    words, proof = desk.words, item.proof
    st.html(f'<div class="setu-studio-text" lang="{proof.language}">{html(proof.text)}</div>')
    with st.container(horizontal=True, gap="small"):
        for citation in proof.citations:
            chip(desk, proof.id, citation)
    others = [option for option in item.options if option.citations]
    if others:
        st.html(f'<div class="setu-over">{html(words("module.taken_from"))}</div>')
        with st.container(horizontal=True, gap="small"):
            for option in others:
                chip(desk, proof.id, option.citations[0], option.text)


def _answers(item: QuizItem, words: Strings) -> str:
    """The choices, the right one with sign and word; or what is to be filled in, put together or put in order."""
    if item.options:
        return "<ul>" + "".join(_option(one.text, one.correct, words) for one in item.options) + "</ul>"
    if item.pairs:
        return "<ul>" + "".join(f"<li>{html(pair.left)} ↔ {html(pair.right)}</li>" for pair in item.pairs) + "</ul>"
    if item.steps:
        return "<ol>" + "".join(f"<li>{html(step)}</li>" for step in item.steps) + "</ol>"
    return f"<p><strong>{html(words('module.answer', answer=item.answers[0] if item.answers else ''))}</strong></p>"


def _option(text: str, correct: bool, words: Strings) -> str:
    if not correct:
        return f"<li>{html(text)}</li>"
    sign = f'<span aria-hidden="true">✓</span> <span>{html(words("studio.right"))}</span>'
    return f'<li><strong>{html(text)}</strong> <span class="setu-status setu-verified">{sign}</span></li>'


def _case(desk: Desk) -> None:
    case: Case | None = desk.module.case
    if case is None:
        return
    line_view(desk, case.title, css="setu-studio-head", target=of_line(case.title, moves=False))
    for heading, lines in (("module.situation", case.situation), ("module.tasks", case.tasks)):
        st.html(f'<h4 class="setu-heading">{html(desk.words(heading))}</h4>')
        _lines(desk, lines)


def _glossary(desk: Desk) -> None:
    for entry in desk.module.glossary:
        with st.container(border=True, key=f"studio-entry-{entry.id}", gap="small"):
            _entry(desk, entry)


def _entry(desk: Desk, entry: Entry) -> None:
    words = desk.words
    own = entry.named(desk.module.language) or (entry.names[0] if entry.names else None)
    _head(desk, own.text if own is not None else "–", Target(entry.id, None, entry.pinned, entry.dropped), "setu-studio-head")
    with st.container(horizontal=True, gap="small", key=f"studio-names-{entry.id}"):
        for name in entry.names:
            said = f"{words(f'language.{name.language}')}: {name.text}"
            if name.citations:
                chip(desk, entry.id, name.citations[0], said)
            else:
                listed = words(f"module.listed.{name.listed}")
                st.html(
                    f'<div class="setu-studio-name"><span>{html(words(f"language.{name.language}"))}:</span> '
                    f'<span lang="{name.language}">{html(name.text)}</span> <span class="setu-original">({html(listed)})</span></div>',
                    width="content",
                )  # fmt: skip
    st.html(status_line(entry.status, words))
    if entry.meaning is not None:
        line_view(desk, entry.meaning, target=of_line(entry.meaning, moves=False))


_DRAW: Final[dict[Part, Callable[[Desk], None]]] = {
    "objectives": lambda desk: _lines(desk, desk.module.objectives),
    "briefing": lambda desk: _sections(desk, desk.module.briefing),
    "plan": _plan,
    "slides": _slides,
    "handout": lambda desk: _sections(desk, desk.module.handout),
    "quiz": _quiz,
    "case": _case,
    "glossary": _glossary,
    "reading": lambda desk: _lines(desk, desk.module.reading),
}
