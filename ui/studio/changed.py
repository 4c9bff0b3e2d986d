"""What of a module is no longer as in the papers: each passage with what its source says now, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from kb import KnowledgeBase
from training import edit
from training.records import Module
from training.stale import Stale, accept, stale
from ui.export.module_said import kept
from ui.i18n import Strings
from ui.markup import html, quote_html
from ui.studio.change import change
from ui.studio.lines import WARNING, Desk, chip, reason_words


def changes_of(kb: KnowledgeBase, module: Module) -> tuple[Stale, ...]:
    """What is stale in all that is not dropped."""
    return stale(kb, kept(module))


def by_id(found: Sequence[Stale]) -> dict[str, Stale]:
    """The lines, questions and entries that are no longer as in the papers; what only stands at another place now still is."""
    return {one.id: one for one in found if one.reason != "moved"}


def passages(found: Sequence[Stale]) -> list[tuple[Stale, ...]]:
    """What is stale for the same passage of a paper, together: a sentence may stand in briefing, slides and handout."""
    groups: dict[tuple[int, int, int, int], list[Stale]] = {}
    for one in found:
        cited = one.citation
        groups.setdefault((cited.document_id, cited.version, cited.start, cited.end), []).append(one)
    return [tuple(group) for group in groups.values()]


def changed_view(kb: KnowledgeBase, desk: Desk, found: Sequence[Stale]) -> None:
    """Draw everything that is stale; what only moved last, as one."""
    words = desk.words
    st.html(f'<h3 class="setu-studio-part">{html(words("studio.changed_title"))}</h3>')
    if not found:
        st.html(f'<p class="setu-facts">{html(words("studio.nothing_changed"))}</p>')
        return
    groups = passages([one for one in found if one.reason != "moved"])
    if groups:
        st.html(f'<p class="setu-facts">{html(words("studio.changed_about"))}</p>')
    offered = [one for group in groups for one in group if one.offered is not None]
    if desk.form is not None and len(passages(offered)) > 1:
        _take(kb, desk, offered, "all", words("studio.take_all", n=len(passages(offered))), words("studio.all_taken"))
    for at, group in enumerate(groups):
        with st.container(border=True, key=f"studio-stale-{at}", gap="small"):
            _one(kb, desk, group, at)
    moved = [one for one in found if one.reason == "moved"]
    if moved:
        with st.container(border=True, key="studio-moved", gap="small"):
            _moved(kb, desk, moved)


def _one(kb: KnowledgeBase, desk: Desk, group: Sequence[Stale], at: int) -> None:
    words, one = desk.words, group[0]
    reason = f'<span class="setu-status setu-partial">{WARNING} {html(reason_words(one.reason, words))}</span>'
    parts = " · ".join(words(f"module.part.{part}") for part in dict.fromkeys(each.part for each in group))
    st.html(f'<div class="setu-marks">{reason}<span>{html(parts)}</span></div>')
    st.html(f'<div class="setu-over">{html(words("studio.was"))}</div>{quote_html(one.citation.quote, one.citation.language)}')
    chip(desk, f"was-{at}", one.citation)
    if one.offered is not None:
        st.html(f'<div class="setu-over">{html(words("studio.is"))}</div>{quote_html(one.offered.quote, one.offered.language)}')
        chip(desk, f"is-{at}", one.offered)
    else:
        st.html(f'<p class="setu-facts">{html(words("studio.nothing_offered"))}</p>')
    if desk.form is None:
        return
    with st.container(horizontal=True, gap="small"):
        if one.offered is not None:
            _take(kb, desk, group, str(at), words("studio.take"), words("studio.taken"))
        st.button(
            words("studio.act.drop"), key=f"studio-drop-stale-{at}", icon=":material/format_strikethrough:", on_click=change,
            args=(kb, desk.module.id, partial(_dropped, frozenset(each.id for each in group)), words),
            kwargs={"done": words("studio.line_dropped")}, help=words("studio.hint.drop"),
        )  # fmt: skip


def _moved(kb: KnowledgeBase, desk: Desk, moved: Sequence[Stale]) -> None:
    words, groups = desk.words, passages(moved)
    quotes = "".join(f'<li lang="{group[0].citation.language}">{html(" ".join(group[0].citation.quote.split()))}</li>' for group in groups)
    st.html(
        f'<p class="setu-facts">{html(words.count("studio.moved", len(groups)))}</p>'
        f'<details class="setu-note"><summary>{html(words("studio.which"))}</summary><ul>{quotes}</ul></details>'
    )
    if desk.form is not None:
        _take(kb, desk, moved, "moved", words("studio.take_moved"), words("studio.moved_taken"))


def _take(kb: KnowledgeBase, desk: Desk, wanted: Sequence[Stale], key: str, said: str, done: str) -> None:
    asked = any(one.part == "quiz" and one.reason == "changed" for one in wanted)
    st.button(
        said, key=f"studio-take-{key}", type="primary", icon=":material/check:", on_click=change,
        args=(kb, desk.module.id, partial(_taken, kb, frozenset(map(_mark, wanted))), desk.words), kwargs={"done": done},
        help=desk.words("studio.take_quiz_hint") if asked else None,
    )  # fmt: skip


def _mark(one: Stale) -> tuple[str, int, int, int, int]:
    cited = one.citation
    return one.id, cited.document_id, cited.version, cited.start, cited.end


def _taken(kb: KnowledgeBase, wanted: frozenset[tuple[str, int, int, int, int]], module: Module) -> Module:
    """The module with what is offered today for what was wanted; what somebody else has settled meanwhile is left alone."""
    today = (one for one in changes_of(kb, module) if _mark(one) in wanted and one.offered is not None)
    return accept(kb, module, tuple(today))


def _dropped(wanted: frozenset[str], module: Module) -> Module:
    """The module without lines; a question goes with its proof, a slide with its title."""
    whole = {item.proof.id: item.id for item in module.quiz} | {slide.title.id: slide.id for slide in module.slides}
    for one in sorted(wanted):
        module = edit.drop(module, whole.get(one, one))
    return module


def changed_words(found: Sequence[Stale], words: Strings) -> str:
    """How many lines are no longer as in the papers; "" for none."""
    lines = len(by_id(found))
    return words.count("studio.stale", lines) if lines else ""
