"""The list of documents as a table of the page itself: real headers, rows and links, for a keyboard and a screen reader.

How the pages of a document were read is one line in it: which share by which method, and how much of it is thought to be right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from kb.records import PageView
from ui import assets
from ui.components.i18n import Strings


@dataclass(frozen=True, slots=True)
class Quality:
    """Pages by method, the most used first; ``mean`` in [0, 1] over the pages whose text was read off them, None where none was."""

    methods: tuple[tuple[str, int], ...]
    mean: float | None

    @classmethod
    def of(cls, pages: Sequence[PageView]) -> Quality:
        """That of the pages of a version."""
        measured = [page.quality for page in pages if page.method in ("text_layer", "ocr")]
        return cls(tuple(Counter(page.method for page in pages).most_common()), sum(measured) / len(measured) if measured else None)


def worded(quality: Quality, words: Strings) -> str:
    """``OCR 25 %, text layer 75 % · quality 97 %``; one method alone needs no share."""
    total = sum(count for _, count in quality.methods)
    if not total:
        return ""
    shares = [(words(f"library.method.{method}"), count) for method, count in quality.methods]
    said = shares[0][0] if len(shares) == 1 else ", ".join(f"{name} {_percent(count / total)}" for name, count in shares)
    return said if quality.mean is None else f"{said} · {words('library.quality_mean', percent=_percent(quality.mean))}"


def _percent(share: float) -> str:
    """A share that is neither nothing nor all is not rounded to either."""
    return f"{min(max(round(100 * share), 1), 99) if 0 < share < 1 else round(100 * share)}\N{NO-BREAK SPACE}%"


def table(
    data: Mapping[str, object],
    *,
    key: str,
    on_open: Callable[[int], None],
    on_sort: Callable[[str], None],
    on_tick: Callable[[Sequence[int]], None],
    columns: Sequence[str],
) -> None:
    """Draw the table; ``columns`` are the keys by which it may be sorted, and what comes from the browser is checked against them.

    With the name of a box for all in ``tick_all`` of the data, each row has a box.
    """

    def opened() -> None:
        chosen = st.session_state[key].open
        if isinstance(chosen, int):
            on_open(chosen)

    def sorted_by() -> None:
        chosen = st.session_state[key].sort
        if chosen in columns:
            on_sort(chosen)

    def ticked() -> None:
        chosen = st.session_state[key].ticked
        on_tick([one for one in chosen if isinstance(one, int)] if isinstance(chosen, list | tuple) else [])

    assets.component("document_table")(key=key, data=dict(data), on_open_change=opened, on_sort_change=sorted_by, on_ticked_change=ticked)
