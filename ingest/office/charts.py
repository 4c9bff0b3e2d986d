"""The chart of a slide or a Word file, read from its part (DrawingML, ECMA-376 part 1, 21.2) as the table behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import regex
from lxml import etree

from ingest.parse.lines import squeeze
from ingest.parse.tables import table_rows
from ingest.records import RawBlock

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHART = f"{_C}chart"
"""What stands in a drawing for a chart, and names its part."""
_MOST_POINTS = 500
_INTEGER = regex.compile(r"[0-9]{1,9}")


def chart_blocks(relations: Any, reference: Any) -> list[RawBlock]:
    """A chart's title as a caption; of each plot, a row for every category with a column for every series.

    Args:
        relations: The relations of the part in which the chart stands.
        reference: The element that names the chart's part.

    Returns:
        Nothing for a chart whose part is missing or is no sound XML: the text around it is still worth reading.
    """
    identity = reference.get(f"{_R}id")
    if identity not in relations or relations[identity].is_external:
        return []
    try:
        root = etree.fromstring(relations[identity].target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, KeyError):
        return []
    return [*_title(root), *(row for plot in root.iterfind(f"{_C}chart/{_C}plotArea/*") for row in _plot(plot))]


def _title(root: Any) -> Iterator[RawBlock]:
    written = root.find(f"{_C}chart/{_C}title/{_C}tx")
    if written is not None:
        paragraphs = ("".join(run.text or "" for run in one.iter(f"{_A}t")) for one in written.iter(f"{_A}p"))
        if title := squeeze(" ".join(paragraphs) or _name(written)):
            yield RawBlock(title, "caption")


def _plot(plot: Any) -> list[RawBlock]:
    """Bars, lines, areas, flat or in depth, have categories in common; a scatter plot has the x of each of its series in their place."""
    series = sorted(plot.iterchildren(f"{_C}ser"), key=lambda one: _index(one.find(f"{_C}order"), "val"))
    names = [_name(one.find(f"{_C}tx")) for one in series]
    columns = [_points(one, "val", "yVal") for one in series]
    if plot.tag in {f"{_C}scatterChart", f"{_C}bubbleChart"}:
        tables = [([name], [values], _points(one, "xVal")) for name, values, one in zip(names, columns, series, strict=True)]
    else:
        tables = [(names, columns, next(filter(None, (_points(one, "cat") for one in series)), {}))]
    return [block for heads, values, labels in tables for block in _table(heads, values, labels)]


def _table(names: list[str], columns: list[dict[int, str]], labels: dict[int, str]) -> list[RawBlock]:
    places = sorted({at for points in (labels, *columns) for at in points})[:_MOST_POINTS]
    # Categories without a name are numbered, as the chart shows them.
    rows = [[labels.get(at, "" if labels else str(at + 1)), *(points.get(at, "") for points in columns)] for at in places]
    return table_rows([["", *names], *rows], header=True) if rows else []


def _points(series: Any, *tags: str) -> dict[int, str]:
    """Texts by place. Categories on several levels read from the outer to the inner one: ``2025 Q1``."""
    data = next((found for tag in tags if (found := series.find(f"{_C}{tag}")) is not None), None)
    if data is None:
        return {}
    levels = [_level(level) for level in data.iter(f"{_C}lvl")]
    if not levels:
        return _level(data)
    inner, *outer = levels
    for level in outer:
        inner = {at: f"{level[max(over)]} {text}" if (over := [o for o in level if o <= at]) else text for at, text in inner.items()}
    return inner


def _level(data: Any) -> dict[int, str]:
    points = ((_index(point, "idx"), squeeze(point.findtext(f"{_C}v") or "")) for point in data.iter(f"{_C}pt"))
    return {at: _number(text) for at, text in points}


def _name(text: Any | None) -> str:
    """A name that is written, or kept from the cell that it stands in."""
    return "" if text is None else squeeze(" ".join(value.text or "" for value in text.iter(f"{_C}v")))


def _number(text: str) -> str:
    """Without the digits that binary fractions leave behind: ``0.1`` for ``0.10000000000000001``."""
    return format(float(text), ".15g") if regex.fullmatch(r"-?[0-9]+\.[0-9]{15,}", text) else text


def _index(element: Any | None, attribute: str) -> int:
    text = "" if element is None else element.get(attribute, "")
    return int(text) if _INTEGER.fullmatch(text) else 0
