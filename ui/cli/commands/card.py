"""``setu card``: what an agreement says of itself, and who shall do what by when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lang.languages import LANGUAGES
from ui.cli.output import OUT_FILE, STATUS_SIGN, collection_option, iso, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb import KnowledgeBase
    from kb.agreements.card_records import Card
    from kb.records import Citation
    from lang.languages import Language
    from ui.components.i18n import Strings


@click.command()
@click.argument("document", required=False, type=int)
@json_option
@collection_option
@click.option("--docx", type=OUT_FILE, metavar="OUT", help="Write the card as a Word document, with a footnote for every clause.")
@click.option("--csv", "table", type=OUT_FILE, metavar="OUT", help="Write fields and obligations as a table.")
@click.option("--ics", type=OUT_FILE, metavar="OUT", help="Write the deadlines as a calendar.")
@click.option("--language", type=click.Choice(LANGUAGES), help="In which language the card speaks; by default that of the agreement.")
@click.option("--address", metavar="URL", help="Where the app is reached, for the links; by default what the setting `address` says.")
@click.option("--any-kind", is_flag=True, help="Also of a document that is taken to be no agreement.")
def card(
    document: int | None,
    as_json: bool,
    collections: tuple[str, ...],
    docx: Path | None,
    table: Path | None,
    ics: Path | None,
    language: Language | None,
    address: str | None,
    any_kind: bool,
) -> None:
    r"""Show the card of an agreement: parties, days, areas, clauses, and who shall do what by when.

    DOCUMENT is its number (setu docs list); without one, the agreements are listed. Every line names the page and clause where it stands.

    \b
    Examples:
      setu card
      setu card 3
      setu card 3 --docx card.docx --csv card.csv --ics deadlines.ics
    """
    with knowledge_base(collections) as kb:
        if document is None:
            _list(kb, as_json)
            return
        from kb.agreements.cards import make_card
        from ui.components.i18n import strings

        made = make_card(kb, document, any_kind=any_kind)
        words = strings(language or made.language)
        where = address or kb.settings.address
        written = list(_written(kb, made, words, where, docx, table, ics))
        if as_json:
            from ui.cli.agreement_json import card_shape
            from ui.cli.json_output import dump

            click.echo(dump(card_shape(made, where)))
            return
        if not written:
            _show(made, words)
        for line in written:
            click.echo(line)


def _written(
    kb: KnowledgeBase, made: Card, words: Strings, address: str, docx: Path | None, table: Path | None, ics: Path | None
) -> Iterator[str]:
    """Write the files that are asked for, and say of each what is in it."""
    for into, out in (("docx", docx), ("csv", table), ("ics", ics)):
        if out is not None:
            kb.recorded("exported", f"the card of #{made.document_id} {made.title} as {into}")
    if docx is not None:
        from datetime import date

        from ui.export import export
        from ui.export.card_document import card_sheet

        sheet = card_sheet(kb, made, words, today=date.today(), address=address)
        docx.write_bytes(export(sheet, "docx"))
        yield f"{docx}: {len(made.entries)} lines, {len(made.obligations)} obligations, {len(sheet.references)} sources"
    if table is not None:
        from training.agreement.csv_table import table as as_table

        table.write_bytes(as_table(made, lambda cited: _link(cited, address)))
        yield f"{table}: {len(made.entries) + len(made.obligations)} rows"
    if ics is not None:
        from training.agreement.calendar_file import calendar
        from ui.pages.agreements.card_wording import day_names

        data, events = calendar(kb, made, day_names(words), lambda cited: _link(cited, address))
        ics.write_bytes(data)
        yield f"{ics}: {events} events"


def _link(cited: Citation, address: str) -> str:
    from ui.export.card_document import passage_url

    return passage_url(address, cited)


def _list(kb: KnowledgeBase, as_json: bool) -> None:
    from ui.pages.agreements.card_wording import agreements

    found = agreements(kb.documents())
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump(found))
        return
    for info in found:
        click.echo(f"{info.id:>5}  {info.language}  {iso(info.date):<10}  {one_line(info.title)}")
    if not found:
        click.echo("There are no agreements yet. Add some with: setu ingest PATH…")


def _show(made: Card, words: Strings) -> None:
    from kb.agreements.card_records import FIELDS
    from ui.export.card_document import replaced_words
    from ui.pages.agreements.card_wording import actor_words, deadline_words, force_words, set_words, state_words, value_words

    click.secho(one_line(made.title), bold=True)
    if made.superseded_by is not None:
        click.secho(one_line(replaced_words(made, words)), fg="yellow")
    for field in FIELDS:
        for at, entry in enumerate(made.of(field)):
            if at == 0:
                click.secho(f"\n{words(f'cards.field.{field}')}", bold=True)
            click.echo(f"  {one_line(value_words(entry, words))}")
            click.secho(f"    {_place(entry.citation, words)}", dim=True)
    click.secho(f"\n{words('cards.obligations')}", bold=True)
    for one in made.obligations:
        if one.dropped:
            continue
        when = deadline_words(one, words)
        said = f"{actor_words(one, words)} · {force_words(one, words)}: {one.action}"
        click.echo(f"  {one_line(said)}{f' [{when}]' if when else ''}")
        if one.handling is not None:
            owner = f" · {words('cards.owner')}: {one.handling.owner}" if one.handling.owner else ""
            click.echo(f"    {one_line(f'{state_words(one.handling, words)}{owner} · {set_words(one.handling, words)}')}")
        click.secho(f"    {_place(one.citation, words)}", dim=True)
    if not made.obligations:
        click.echo(f"  {words('cards.no_obligations')}")


def _place(cited: Citation | None, words: Strings) -> str:
    from ui.components.answer_wording import page_words

    if cited is None:
        return words("cards.from_file")
    where = " · ".join(p for p in (page_words(cited, words), one_line(" › ".join(cited.path))) if p)
    return f"{STATUS_SIGN[cited.shown]} {where}"
