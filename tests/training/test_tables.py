"""The papers' own tables in a module: what a slide can hold, and what of one can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.answer.skills.tables.source_tables import cells_of
from training.make import make
from training.material.tables import figures, tables
from training.records import Request

PAPER = """# Leak repair in Ottermouth: a report on zones

## Loss by zone

The loss of water was measured in each zone before leak repair began.

| Zone | Loss before (%) | Loss after (%) |
|---|---|---|
| Harbour | 46 | 21 |
| Old town | 52 | 30 |
| Hill | 31 | 18 |

## Leak repair teams

Each leak repair team of four persons repairs a leak on a main within 72 hours. A leak repair team has a listening rod and a pump.
"""


def test_the_rows_of_a_table_are_where_they_stand_under_the_heads_of_its_columns(tmp_path: Path) -> None:
    with _base(tmp_path) as kb:
        info = kb.documents()[0]
        (table,) = tables(kb, info)
        assert table.columns == ("Zone", "Loss before (%)", "Loss after (%)")
        assert table.heading.text == "Loss by zone"
        assert [row.text for row in table.rows] == [kb.text(info.id)[row.start : row.end] for row in table.rows]
        assert cells_of(table.rows[1].text, table.columns) == ("Old town", "52", "30")
        assert cells_of(table.rows[2].text, table.columns) == ("Hill", "31", "18")


def test_a_module_shows_a_table_of_the_papers_as_one_with_each_row_cited(tmp_path: Path) -> None:
    with _base(tmp_path) as kb:
        module = make(kb, Request("loss of water by zone and leak repair", ("en",), items=0))
        shown = [slide for slide in module.slides if slide.columns]
        assert [slide.columns[0] for slide in shown] == ["Zone"]
        assert all(line.citations and line.status == "verified" for line in shown[0].bullets)


@pytest.mark.parametrize(
    ("columns", "rows", "drawn"),
    [
        (("Zone", "Loss"), (("A", "46 %"), ("B", "52 %"), ("C", "31 %")), ("Loss", (("A", 46.0), ("B", 52.0), ("C", 31.0)))),
        (("घटक", "संख्या"), (("दिवे", "४६,०००"), ("खांब", "२,५००"), ("एकूण", "४८,५००")), None),
        (("Zone", "Since"), (("A", "2019"), ("B", "2021"), ("C", "2023")), None),
        (("Zone", "Loss"), (("A", "46 %"), ("B", "12 km"), ("C", "31 %")), None),
        (("Zone", "Head"), (("A", "Rao"), ("B", "Ito"), ("C", "Mori")), None),
    ],
)
def test_figures_of_one_unit_can_be_drawn_and_years_sums_and_words_cannot(
    columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], drawn: object
) -> None:
    assert figures(columns, rows) == drawn


def _base(folder: Path) -> KnowledgeBase:
    (folder / "leaks.md").write_text(PAPER, encoding="utf-8")
    kb = KnowledgeBase.open(Settings.load(home=folder / "home"))
    kb.ingest([folder / "leaks.md"], kind="report")
    return kb
