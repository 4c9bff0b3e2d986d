"""The first-run tour: three steps over the box for questions. It goes on by itself when a person does what a step speaks of.

Whether it has been seen is remembered in the browser, for each person who signs in there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import streamlit as st

from kb.auth.roles import Reader
from ui.components.i18n import Strings

STEPS: Final = ("ask", "open", "take")
_ASKED_FOR: Final = "setu_tour"

HTML: Final = """<section hidden aria-labelledby="title" tabindex="-1"><p class="number"></p>
<div aria-live="polite"><h2 id="title"></h2><p class="text"></p></div>
<div class="buttons"><button type="button" class="back"></button><button type="button" class="next"></button>
<button type="button" class="skip"></button></div></section>"""
CSS: Final = """
section { border: 1px solid var(--st-primary-color); border-left-width: 4px; border-radius: 8px; padding: 0.7rem 1rem; line-height: 1.65;
  color: var(--st-text-color); background: var(--st-secondary-background-color); font-family: var(--st-font); }
section[hidden] { display: none; }
section:focus { outline: none; }
h2 { font-size: 1rem; margin: 0; line-height: 1.5; }
p { margin: 0.1rem 0 0; font-size: 0.9rem; }
.number { font-size: 0.8rem; margin: 0; opacity: 0.85; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.5rem; }
button { font: inherit; font-size: 0.84rem; color: var(--st-text-color); background: transparent; border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius, 6px); padding: 0.25rem 0.75rem; min-height: 2rem; cursor: pointer; }
button.next { border-color: var(--st-primary-color); font-weight: 600; }
button.skip { margin-left: auto; border-color: transparent; text-decoration: underline; }
button:hover { border-color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
"""
JS: Final = r"""
const THERE = [null, '[class*="st-key-chip-"] button', ".st-key-source"];
const MARKED = ['[data-testid="stChatInput"] > div', '[class*="st-key-chip-"] button',
  '[class*="st-key-copy-"], .st-key-talk [data-testid="stPopover"] button'];

export default function ({ parentElement, data }) {
  const at = (window.setuTour ??= { step: 0, open: null, asked: 0, seen: {} });
  const kept = `setu-tour ${data.who}`;
  const section = parentElement.querySelector("section");
  const part = (name) => parentElement.querySelector(`.${name}`);

  const remembered = () => {
    try { return localStorage.getItem(kept) !== null; } catch { return at.ended === kept; }
  };
  const remember = () => {
    at.ended = kept;
    try { localStorage.setItem(kept, "1"); } catch { /* a private window: it comes again */ }
  };
  const mark = (selector) => {
    let style = document.getElementById("setu-tour-mark");
    if (!style) document.head.append(style = Object.assign(document.createElement("style"), { id: "setu-tour-mark" }));
    style.textContent = selector ? `${selector} { outline: 2px dashed var(--setu-accent) !important; outline-offset: 2px; }` : "";
  };
  const draw = () => {
    section.hidden = !at.open;
    mark(at.open ? MARKED[at.step] : "");
    if (!at.open) return;
    const step = data.steps[at.step];
    part("number").textContent = step.number;
    parentElement.querySelector("h2").textContent = step.title;
    part("text").textContent = step.text;
    const last = at.step === data.steps.length - 1;
    Object.assign(part("back"), { textContent: data.back, hidden: at.step === 0 });
    part("next").textContent = last ? data.done : data.next;
    Object.assign(part("skip"), { textContent: data.skip, hidden: last });
  };
  const end = () => {
    at.open = false;
    remember();
    draw();
    document.querySelector('[data-testid="stChatInputTextArea"]')?.focus();
  };
  const go = (step) => {
    if (step >= data.steps.length) return end();
    at.step = Math.max(step, 0);
    draw();
  };

  part("back").onclick = () => { go(at.step - 1); if (at.step === 0) part("next").focus(); };
  part("next").onclick = () => go(at.step + 1);
  part("skip").onclick = end;
  section.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    end();
  };

  if (at.open === null) at.open = !remembered();
  if (data.asked && data.asked !== at.asked) {
    at.asked = data.asked;
    Object.assign(at, { open: true, step: 0 });
    if (window.innerWidth <= 768) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
    setTimeout(() => section.focus(), 200);
  }
  draw();

  const there = () => THERE.map((selector) => selector !== null && document.querySelector(selector) !== null);
  let before = there();
  const watch = setInterval(() => {
    const now = there();
    const next = at.step + 1;
    if (at.open && now[next] && !before[next]) go(next);
    before = now;
  }, 400);
  return () => { clearInterval(watch); mark(""); };
}
"""
"""Constant: the words come as data, and are only ever put into text."""


@cache
def _component() -> Callable[..., Any]:
    component: Callable[..., Any] = st.components.v2.component("setu_tour", html=HTML, css=CSS, js=JS)
    return component


def tour(reader: Reader, words: Strings) -> None:
    """Draw the tour over the box for questions; it shows itself where it has not been seen, or was asked for."""
    with st.bottom:
        _component()(
            key="setu-tour",
            data={
                "steps": [
                    {
                        "number": words("tour.number", n=number, total=len(STEPS)),
                        "title": words(f"tour.{step}.title"),
                        "text": words(f"tour.{step}.text"),
                    }
                    for number, step in enumerate(STEPS, start=1)
                ],
                **{key: words(f"tour.{key}") for key in ("next", "back", "done", "skip")},
                "who": reader.id,
                "asked": st.session_state.get(_ASKED_FOR, 0.0),
            },
        )


def tour_button(words: Strings) -> None:
    """Draw the way back to the tour."""
    st.button(words("tour.again"), key="tour-again", type="tertiary", icon=":material/tour:", on_click=_ask_for, width="stretch")


def _ask_for() -> None:
    st.session_state[_ASKED_FOR] = time.time()
