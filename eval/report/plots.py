"""Plots as SVG of our own.

Each has a title and a description, tells its marks apart by shape as well as colour, and stands beside its table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import count
from typing import Any, Final

from eval.metrics.comparison import Interval, Verdict

_WIDTH, _ROW, _LABEL, _RIGHT = 540, 30, 190, 20
_LETTER = 7
"""Width of most letters."""
_ids = count(1)

KEY: Final = "Triangles are better, squares worse, circles neither."


def shares(title: str, rows: Sequence[tuple[str, Sequence[float | None]]], series: Sequence[str]) -> str:
    """Shares from 0 to 1, a row each; of the up to three series, circle, square and triangle."""
    return _marked(title, rows, series, [(at / 4, f"{at / 4:g}") for at in range(5)], "{:.3f}")


def amounts(title: str, rows: Sequence[tuple[str, Sequence[float | None]]], series: Sequence[str]) -> str:
    """Amounts from 0 on, such as milliseconds, drawn as `shares` are."""
    most = max([value for _, values in rows for value in values if value is not None], default=0.0)
    step = _round_step(most / 4)
    return _marked(title, rows, series, [(at * step, f"{at * step:g}") for at in range(5)], "{:g}")


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that is not less."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((factor * power for factor in (1.0, 2.0, 2.5, 5.0) if factor * power >= least), 10 * power)


def _marked(
    title: str,
    rows: Sequence[tuple[str, Sequence[float | None]]],
    series: Sequence[str],
    ticks: Sequence[tuple[float, str]],
    form: str,
) -> str:
    top, bottom = 34, 30
    apart = 8 if len(series) > 1 else 0
    height = top + (_ROW + apart) * len(rows) + bottom

    def x(value: float) -> float:
        return _LABEL + value / ticks[-1][0] * (_WIDTH - _LABEL - _RIGHT)

    parts = [_grid(top, height - bottom, ticks, x)]
    wide = (_WIDTH - _LABEL) / max(len(series), 3)
    for at, name in enumerate(series):
        parts += [_mark(at, _LABEL + 8 + at * wide, 14), _words(_LABEL + 18 + at * wide, 18, name)]
    for at, (name, values) in enumerate(rows):
        y = top + (_ROW + apart) * (at + 0.5)
        parts.append(_words(_LABEL - 12, y + 4, name, "end"))
        parts.append(f'<line class="axis" x1="{_LABEL}" x2="{_WIDTH - _RIGHT}" y1="{y + 19}" y2="{y + 19}"/>')
        # One under the other: equal shares would hide each other.
        parts += [_mark(i, x(value), y + (i - 1) * 1.3 * apart) for i, value in enumerate(values) if value is not None]
    told = "; ".join(f"{name}: " + ", ".join("–" if v is None else form.format(v) for v in values) for name, values in rows)
    return _figure(title, f"{', '.join(series)}. {told}.", _WIDTH, height, parts)


def differences(title: str, rows: Sequence[tuple[str, Interval]], *, key: str = KEY, verdicts: Mapping[Verdict, str] = {}) -> str:
    """The mean difference of each row with its interval, around zero; ``key`` says what the marks mean, ``verdicts`` are its words."""
    top, bottom = 10, 30
    label = min(290, max([_LABEL, *(_LETTER * len(name) + 16 for name, _ in rows)]))
    height = top + _ROW * len(rows) + bottom
    most = max([abs(edge) for _, one in rows for edge in (one.low, one.high)] + [0.01])

    def x(value: float) -> float:
        return label + (value / most + 1) / 2 * (_WIDTH - label - _RIGHT)

    parts = [_grid(top, height - bottom, [(value, f"{value:+.2f}" if value else "0") for value in (-most, 0.0, most)], x)]
    parts.append(f'<line class="guide" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="{top}" y2="{height - bottom}"/>')
    for at, (name, one) in enumerate(rows):
        y = top + _ROW * at + _ROW / 2
        kind = {"better": 2, "worse": 1, "no difference": 0}[one.verdict]
        shade = _CLASSES[kind]
        parts += [
            _words(label - 12, y + 4, name, "end"),
            f'<line class="{shade}" stroke-width="2" x1="{x(one.low):.1f}" x2="{x(one.high):.1f}" y1="{y}" y2="{y}"/>',
            _mark(kind, x(one.difference), y),
        ]
    told = "; ".join(
        f"{name}: {one.difference:+.3f} ({one.low:+.3f} … {one.high:+.3f}), {verdicts.get(one.verdict, one.verdict)}" for name, one in rows
    )
    return _figure(title, f"{key} {told}.", _WIDTH, height, parts)


def reliability(title: str, bins: Sequence[Mapping[str, Any]], *, across: str = "mean score", up: str = "share supported") -> str:
    """Mean score against the share that is supported; the area of a circle is the number of statements in the bin.

    A calibrated score lies on the diagonal.
    """
    left, top, side = 56, 12, 300
    most = max((one["count"] for one in bins), default=1)

    def place(score: float, supported: float) -> tuple[float, float]:
        return left + score * side, top + (1 - supported) * side

    parts = [f'<rect class="axis" fill="none" x="{left}" y="{top}" width="{side}" height="{side}"/>']
    (x0, y0), (x1, y1) = place(0, 0), place(1, 1)
    parts.append(f'<line class="guide" x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}"/>')
    for value in (0, 0.25, 0.5, 0.75, 1):
        x, y = place(value, value)
        parts += [_words(x, top + side + 18, f"{value:g}", "middle", soft=True), _words(left - 8, y + 4, f"{value:g}", "end", soft=True)]
    for one in bins:
        x, y = place(one["score"], one["supported"])
        radius = 3 + 13 * (one["count"] / most) ** 0.5
        parts.append(f'<circle class="one" fill-opacity="0.35" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    parts += [
        _words(left + side / 2, top + side + 38, across, "middle", soft=True),
        _words(left + 10, top + 20, up, soft=True),
    ]
    told = "; ".join(f"{one['score']:.2f}, {one['supported']:.2f} ({one['count']})" for one in bins)
    return _figure(title, f"{across}, {up}: {told}.", 400, top + side + 48, parts)


_CLASSES = ("one", "two", "three")


def _grid(top: float, bottom: float, ticks: Sequence[tuple[float, str]], x: Any) -> str:
    lines = (
        f'<line class="axis" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top}" y2="{bottom}"/>'
        + _words(x(value), bottom + 18, label, "middle", soft=True)
        for value, label in ticks
    )
    return "".join(lines)


def _mark(which: int, x: float, y: float) -> str:
    shape = _CLASSES[which]
    if which == 0:
        return f'<circle class="{shape}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    if which == 1:
        return f'<rect class="{shape}" x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9"/>'
    return f'<path class="{shape}" d="M{x:.1f} {y - 6:.1f}l6 10.5h-12z"/>'


def _words(x: float, y: float, words: str, anchor: str = "start", *, soft: bool = False) -> str:
    kind = ' class="soft"' if soft else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _figure(title: str, told: str, width: int, height: float, parts: Sequence[str]) -> str:
    name = f"plot{next(_ids)}"
    return (
        f'<figure><svg viewBox="0 0 {width} {height:g}" style="max-width: {width}px" role="img" aria-labelledby="{name} {name}d">'
        f'<title id="{name}">{escape(title)}</title><desc id="{name}d">{escape(told)}</desc>{"".join(parts)}</svg>'
        f"<figcaption>{escape(title)}</figcaption></figure>\n"
    )
