"""Changes to a kept module: rewording, moving, pinning and dropping a line, and passages that are no longer as in the papers.

A change is done before the page is drawn, and told where it was made. New words are held against the source at once. Of each passage that
changed it is shown what its source says now, and what can be done about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from training import edit, module_store
from training.edit import MOST_CHARS
from training.errors import UnknownLineError, UnknownModuleError
from training.freshness import Stale, accept, stale
from training.records import BLANK, Module
from ui.components.i18n import Strings
from ui.components.markup import html, label, quote_html
from ui.export.training_modules.module_content import kept
from ui.pages.studio.module_lines import WARNING, Desk, Target, chip, reason_words

Act: TypeAlias = Callable[[Module], Module]

_TOLD: Final = "studio_told"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a change: ``at`` is the id of what was changed, "" for the module."""

    at: str
    said: str
    well: bool = True


def change(kb: KnowledgeBase, module_id: str, act: Act, words: Strings, *, at: str = "", done: str = "") -> None:
    """Change what is kept, and have ``done`` told. What hindered it is told as a sentence, and what is kept stays as it was."""
    changed(kb, module_id, act, words, at=at, done=done)


def changed(kb: KnowledgeBase, module_id: str, act: Act, words: Strings, *, at: str = "", done: str = "") -> bool:
    """As `change`, and whether it was changed."""
    try:
        module_store.change(kb, module_id, act)
    except UnknownModuleError:
        tell(Told("", words("studio.gone"), well=False))
    except UnknownLineError:
        tell(Told("", words("studio.line_gone"), well=False))
    except (KnowledgeBaseError, OSError) as error:
        tell(Told(at, words("studio.not_kept", reason=str(error)), well=False))
    else:
        if done:
            tell(Told(at, done))
        return True
    return False


def tell(told: Told) -> None:
    """Have something told when the page is drawn next."""
    st.session_state[_TOLD] = told


def told_view(at: str = "") -> None:
    """Draw what is to be told at this place, once."""
    told: Told | None = st.session_state.get(_TOLD)
    if told is None or told.at != at:
        return
    del st.session_state[_TOLD]
    if told.well and told.at:
        st.info(label(told.said))  # kept, but what the line is worth now is said by its own mark
    elif told.well:
        st.success(label(told.said), icon=":material/check:")
    else:
        st.error(label(told.said))


def editing(kb: KnowledgeBase, module: Module, words: Strings, target: Target) -> None:
    """Draw the form of what is being edited."""
    with st.container(border=True, key="studio-fix", gap="small"):
        told_view(target.id)
        if target.text is not None:
            _wording(kb, module, target, target.text, words)
        with st.container(horizontal=True, gap="small"):
            _acts(kb, module, target, words)


def _wording(kb: KnowledgeBase, module: Module, target: Target, text: str, words: Strings) -> None:
    # Another text is another field, which does not go on showing what was typed into the one before.
    key = f"studio-wording-{target.id}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"
    with st.form(f"studio-reword-{target.id}", border=False):
        st.text_area(words("studio.wording"), value=text, key=key, max_chars=MOST_CHARS)
        st.caption(words("studio.gap_hint", gap=BLANK.replace("_", "\\_")) if target.gap else words("studio.wording_hint"))
        st.form_submit_button(
            words("studio.save"), type="primary", icon=":material/check:", on_click=_reword, args=(kb, module.id, target, key, words)
        )


def _reword(kb: KnowledgeBase, module_id: str, target: Target, key: str, words: Strings) -> None:
    said = " ".join(str(st.session_state.get(key, "")).split())
    if not said:
        tell(Told(target.id, words("studio.no_wording"), well=False))
    elif target.gap and said.count(BLANK) != 1:
        tell(Told(target.id, words("studio.one_gap", gap=BLANK), well=False))
    else:
        change(kb, module_id, partial(_worded, kb, target, said), words, at=target.id, done=words("studio.reworded"))


def _worded(kb: KnowledgeBase, target: Target, said: str, module: Module) -> Module:
    reword = edit.reword_item if target.item else edit.reword
    return reword(kb, module, target.id, said)


def _acts(kb: KnowledgeBase, module: Module, target: Target, words: Strings) -> None:
    one = target.id

    def button(name: str, icon: str, act: partial[Module]) -> None:
        st.button(
            words(f"studio.act.{name}"), key=f"studio-{name}-{one}", icon=icon, on_click=change, args=(kb, module.id, act, words),
            kwargs={"at": one}, help=words(f"studio.hint.{name}"),
        )  # fmt: skip

    if target.moves:
        button("up", ":material/arrow_upward:", partial(_moved, one, -1))
        button("down", ":material/arrow_downward:", partial(_moved, one, 1))
    if target.quote:
        button("quote", ":material/format_quote:", partial(_quoted, kb, one, target.quote))
    if target.pins:
        name, icon = ("unpin", ":material/keep_off:") if target.pinned else ("pin", ":material/keep:")
        button(name, icon, partial(_pinned, one, not target.pinned))
    if target.drops or target.dropped:
        name, icon = ("restore", ":material/undo:") if target.dropped else ("drop", ":material/format_strikethrough:")
        button(name, icon, partial(_dropped, one, not target.dropped))


def _quoted(kb: KnowledgeBase, one: str, quote: str, module: Module) -> Module:
    return edit.reword(kb, module, one, quote)


def _moved(one: str, by: int, module: Module) -> Module:
    return edit.move(module, one, by)


def _pinned(one: str, pinned: bool, module: Module) -> Module:
    return edit.pin(module, one, pinned)


def _dropped(one: str, dropped: bool, module: Module) -> Module:
    return edit.drop(module, one, dropped)


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
            _moved_passages(kb, desk, moved)


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
            args=(kb, desk.module.id, partial(_without_lines, frozenset(each.id for each in group)), words),
            kwargs={"done": words("studio.line_dropped")}, help=words("studio.hint.drop"),
        )  # fmt: skip


def _moved_passages(kb: KnowledgeBase, desk: Desk, moved: Sequence[Stale]) -> None:
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


def _without_lines(wanted: frozenset[str], module: Module) -> Module:
    """The module without lines; a question goes with its proof, a slide with its title."""
    whole = {item.proof.id: item.id for item in module.quiz} | {slide.title.id: slide.id for slide in module.slides}
    for one in sorted(wanted):
        module = edit.drop(module, whole.get(one, one))
    return module


def changed_words(found: Sequence[Stale], words: Strings) -> str:
    """How many lines are no longer as in the papers; "" for none."""
    lines = len(by_id(found))
    return words.count("studio.stale", lines) if lines else ""
