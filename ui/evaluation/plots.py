"""Plots on the page. Streamlit (1.67) takes SVG out of HTML that it is handed, so that they come through a component."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import streamlit as st

CSS: Final = """
.plot {
  --ink: var(--st-text-color); --soft: color-mix(in srgb, var(--st-text-color) 75%, transparent);
  --line: color-mix(in srgb, var(--st-text-color) 22%, transparent);
  --one: light-dark(#1d5cb8, #82b1ff); --two: light-dark(#b3500a, #ffb068); --three: light-dark(#2b7747, #7fd19b);
}
figure { margin: 0; } svg { width: 100%; height: auto; display: block; font-family: var(--st-font); }
figcaption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
svg text { fill: var(--ink); font-size: 13px; } svg .soft { fill: var(--soft); }
svg .axis { stroke: var(--line); } svg .guide { stroke: var(--soft); stroke-dasharray: 4 4; }
.one { fill: var(--one); stroke: var(--one); }
.two { fill: var(--two); stroke: var(--two); }
.three { fill: var(--three); stroke: var(--three); }
"""
JS: Final = """
export default function ({ parentElement, data }) {
  parentElement.querySelector(".plot").innerHTML = data.figure;
}
"""
"""Constant: the figure is made by `eval.report_plots`, which escapes every name that stands in it."""


@cache
def _shower() -> Callable[..., Any]:
    shower: Callable[..., Any] = st.components.v2.component("setu_plot", html='<div class="plot"></div>', css=CSS, js=JS)
    return shower


def plots(figures: Sequence[str], key: str) -> None:
    """Draw figures, one under the other."""
    for at, figure in enumerate(figures):
        _shower()(key=f"{key}-{at}", data={"figure": figure})
