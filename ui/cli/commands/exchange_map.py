"""``setu map``: what the agreements cover, against practice, pilots and reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lang.languages import LANGUAGES
from ui.cli.output import OUT_FILE, STATUS_SIGN, filter_options, filters_from, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from lang.languages import Language
    from training.exchange_map import ExchangeMap
    from ui.components.i18n import Strings
    from ui.export.map_files import Into

_IN_A_CELL = 3
"""Passages of a cell that the terminal shows; the files and ``--json`` have all."""


@click.command(name="map")
@json_option
@click.option("--xlsx", type=OUT_FILE, metavar="OUT", help="Write a workbook: the matrix, and every passage with its link.")
@click.option("--csv", type=OUT_FILE, metavar="OUT", help="Write every passage as a table.")
@click.option("--docx", type=OUT_FILE, metavar="OUT", help="Write the matrix as a Word document, across the page.")
@click.option("--md", type=OUT_FILE, metavar="OUT", help="Write the matrix as Markdown.")
@click.option("--speak", type=click.Choice(LANGUAGES), default="en", show_default=True, help="In which language the map speaks.")
@click.option("--address", metavar="URL", help="Where the app is reached, for the links; by default what the setting `address` says.")
@click.option("--area", default="", metavar="WORDS", help="Only areas with these words in their text.")
@click.option("--anew", is_flag=True, help="Draw it anew, although the documents have not changed.")
@filter_options
def exchange_map(
    as_json: bool,
    xlsx: Path | None,
    csv: Path | None,
    docx: Path | None,
    md: Path | None,
    speak: Language,
    address: str | None,
    area: str,
    anew: bool,
    kinds: tuple[Any, ...],
    languages: tuple[Any, ...],
    documents: tuple[int, ...],
    collections: tuple[str, ...],
    date_from: datetime | None,
    date_to: datetime | None,
) -> None:
    r"""Show what the agreements cover, against the partner's practice, pilots here and reports, and what is missing.

    Each area of cooperation is a row, once for all language versions and agreements that name it. --document limits the map to
    agreements, the other options to passages. The map is kept until documents change.

    \b
    Examples:
      setu map
      setu map --xlsx map.xlsx --docx map.docx --speak mr
      setu map --area flood --language ja --json
    """
    limits = filters_from(kinds, languages, documents, date_from, date_to)
    with knowledge_base(collections) as kb:
        from training.exchange_map import Sift, current, sifted
        from ui.components.i18n import strings
        from ui.export.map_files import made

        with _Bar() as bar:
            drawn = current(kb, progress=bar.tell, anew=anew).checked(kb.text)
        part = sifted(drawn, Sift(limits.documents, limits.languages, limits.kinds, limits.date_from, limits.date_to, named=area))
        words, where = strings(speak), address or kb.settings.address
        asked: dict[Into, Path | None] = {"xlsx": xlsx, "csv": csv, "docx": docx, "md": md}
        files = {into: out for into, out in asked.items() if out is not None}
        for into, out in files.items():
            data = made(part, words, where, into)
            out.write_bytes(data)
            kb.recorded("exported", f"the exchange map as {into}")
            click.echo(f"{out}: {len(part.rows)} rows, {len(data) / 1000:.0f} kB", err=as_json)
    if as_json:
        from ui.cli.agreement_json import map_shape
        from ui.cli.json_output import dump

        click.echo(dump(map_shape(part, where)))
    elif not files:
        _show(part, words)


class _Bar:
    """A bar on the terminal, and nothing where the output goes into a file."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, step: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import Progress

        if self._bar is None:
            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._tasks = {name: self._bar.add_task(name, total=None) for name in ("areas", "search", "compare")}
        self._bar.update(self._tasks[step], completed=done, total=total)


def _show(drawn: ExchangeMap, words: Strings) -> None:
    from training.exchange_map import COLUMNS
    from ui.export.map_files import area_words, place_words, short, sureness_words

    papers = drawn.papers
    told = words(
        "map.made", date=words.date(drawn.made.date()), agreements=papers.agreements, practices=papers.practices, others=papers.others
    )
    click.secho(one_line(told), dim=True)
    for row in drawn.rows:
        click.echo()
        click.secho(one_line(area_words(row.area, words)), bold=True)
        for text in row.area.texts:
            click.secho(f"  {one_line(place_words(text, words))}", dim=True)
        for column in COLUMNS:
            matches = row.cell(column).matches
            if not matches and not row.area.covered:
                continue
            title = words(f"map.column.{column}")
            click.echo(f"  {title}: {words.count('map.passages', len(matches)) if matches else words(f'map.missing.{column}')}")
            for match in matches[:_IN_A_CELL]:
                c = match.citation
                click.echo(f"    {STATUS_SIGN[c.shown]} {one_line(short(c.quote, 120))}")
                click.secho(f"      {one_line(place_words(c, words))} · {sureness_words(match.confidence, words)}", dim=True)
        if not row.area.covered:
            click.echo(f"  {words('map.gap.not_covered')}")
