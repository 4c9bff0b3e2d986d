"""``setu due``: what is owed under all papers by when, how each obligation stands, and setting that."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lang.languages import LANGUAGES
from ui.cli.output import OUT_FILE, STATUS_SIGN, Failure, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from kb import KnowledgeBase
    from kb.agreements.card_records import Card
    from kb.agreements.obligation_register import Due, Overview, Row
    from kb.user_records import HandlingState
    from lang.languages import Language
    from ui.components.i18n import Strings
    from ui.export.card_files import Into

_DAY = click.DateTime(["%Y-%m-%d"])
_STATES = ("open", "in_progress", "done", "not_ours")
_DUES = ("overdue", "days30", "days90", "later", "returning", "relative", "undated", "closed")


@click.group()
def due() -> None:
    r"""What is owed under all agreements and other papers, by when, and how each obligation stands.

    \b
    Example:
      setu due list --due overdue --due days30
      setu due set 3.obligation-0123456789ab --state done --owner "Harbour office"
    """


@due.command(name="list")
@click.option("--due", "dues", multiple=True, type=click.Choice(_DUES), help="Only these; by default all that is not closed.")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Only obligations that stand so.")
@click.option("--party", default="", metavar="NAME", help="Only what this party owes, as the papers name it; - for nobody named.")
@click.option("--owner", default="", metavar="NAME", help="Only what this person or office sees to; - for nobody yet.")
@click.option("--document", "documents", multiple=True, type=int, metavar="N", help="Only of these papers (setu docs list).")
@click.option("--replaced", is_flag=True, help="Also of papers whose place another one took.")
@click.option("--today", type=_DAY, metavar="YYYY-MM-DD", help="As of this day; by default today.")
@click.option("--csv", type=OUT_FILE, metavar="OUT", help="Write a table.")
@click.option("--xlsx", type=OUT_FILE, metavar="OUT", help="Write a workbook.")
@click.option("--ics", type=OUT_FILE, metavar="OUT", help="Write a calendar; what is done is left out.")
@click.option("--alarm", "alarms", multiple=True, type=click.IntRange(0, 366), help="Days before each day; by default 7 and 1.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="In which language it is told.")
@click.option("--address", metavar="URL", help="Where the app is reached, for the links; by default what the setting `address` says.")
@json_option
def list_(
    dues: tuple[Due, ...],
    states: tuple[HandlingState, ...],
    party: str,
    owner: str,
    documents: tuple[int, ...],
    replaced: bool,
    today: datetime | None,
    csv: Path | None,
    xlsx: Path | None,
    ics: Path | None,
    alarms: tuple[int, ...],
    language: Language,
    address: str | None,
    as_json: bool,
) -> None:
    r"""List obligations by the day on which they fall due: what is overdue, due soon, returning, and what has no day.

    days30 and days90 are due within so many days, later after that, returning comes back, relative runs from what the papers do not date,
    undated states no time, closed is done or not ours. Each line ends with the key for `setu due set`.

    \b
    Examples:
      setu due list --due overdue
      setu due list --owner "Harbour office" --json
      setu due list --xlsx due.xlsx --ics due.ics --alarm 14 --alarm 2
    """
    from kb.agreements.obligation_register import Sift, overview
    from training.agreement.calendar_file import ALARMS
    from ui.components.i18n import strings

    day, words = today.date() if today is not None else date.today(), strings(language)
    with knowledge_base() as kb:
        found = overview(kb, day, language, replaced=replaced)
        sift = Sift(dues, states, party, owner, documents)
        files: dict[Into, Path | None] = {"csv": csv, "xlsx": xlsx, "ics": ics}
        rows = [row for row in found.rows if sift.lets(row)]
        where = address or kb.settings.address
        for into, out in files.items():
            if out is not None:
                from ui.export.card_files import due_file

                data, count = due_file(rows, words, where, into, day, alarms or ALARMS)
                out.write_bytes(data)
                kb.recorded("exported", f"the deadlines of all papers as {into}")
                click.echo(f"{out}: {count} {'events' if into == 'ics' else 'rows'}", err=as_json)
    if as_json:
        from ui.cli.agreement_json import register_shape
        from ui.cli.json_output import dump

        click.echo(dump(register_shape(found, rows, where)))
    elif not any(files.values()):
        _show(found, [row for row in rows if dues or states or row.due != "closed"], len(rows), words)


@due.command(name="set")
@click.argument("key", metavar="N.KEY")
@click.option("--state", type=click.Choice(_STATES), help="How far it is; by default as it was.")
@click.option("--owner", metavar="NAME", help='Who sees to it: an account, or any name; "" for nobody. By default as it was.')
@click.option("--note", metavar="TEXT", help='A note; "" for none. By default as it was.')
@click.option("--through", type=_DAY, metavar="YYYY-MM-DD", help="Of what returns: what fell due up to this day is done.")
def set_(key: str, state: HandlingState | None, owner: str | None, note: str | None, through: datetime | None) -> None:
    r"""Say how an obligation stands: who sees to it, how far it is, a note. It holds for later versions of the paper too.

    \b
    Example:
      setu due set 3.obligation-0123456789ab --state in_progress --owner asha --note "Tender is out."
    """
    from kb.agreements.cards import handle
    from kb.user_records import Handling

    with knowledge_base() as kb:
        card, name = _card(kb, key)
        before = next((one.handling for one in card.obligations if one.key == name), None) or Handling()
        day = through.date() if through is not None else before.through if state in (None, "open", "in_progress") else None
        wanted = Handling(
            state or before.state, before.owner if owner is None else owner, before.note if note is None else note, through=day
        )
        handle(kb, card, name, wanted)
    click.echo(f"{key}: {wanted.state}{f', {one_line(wanted.owner)}' if wanted.owner else ''}")


@due.command()
@click.argument("key", metavar="N.KEY")
def clear(key: str) -> None:
    r"""Forget what was set for an obligation, or under a number for a clause that is no longer found.

    \b
    Example:
      setu due clear 3.obligation-0123456789ab
    """
    from kb.agreements.cards import forget_lost, take_back_handling

    with knowledge_base() as kb:
        card, name = _card(kb, key)
        lost = next((kept for kept in card.lost if name == str(kept.id)), None)
        if lost is not None:
            forget_lost(kb, card, lost.id)
        else:
            take_back_handling(kb, card, name)
    click.echo(f"{key}: nothing is set any more")


def _card(kb: KnowledgeBase, key: str) -> tuple[Card, str]:
    from kb.agreements.cards import make_card

    number, _, name = key.partition(".")
    if not (number.isascii() and number.isdecimal() and name):
        raise Failure(f"“{key}” is no key of an obligation. `setu due list` shows them, such as 3.obligation-0123456789ab.")
    return make_card(kb, int(number), any_kind=True), name


def _show(found: Overview, rows: list[Row], all_rows: int, words: Strings) -> None:
    from ui.components.answer_wording import page_words
    from ui.pages.agreements.card_wording import actor_words, force_words, set_words, state_words, when_words

    for part in _DUES:
        own = [row for row in rows if row.due == part]
        if own:
            click.secho(f"\n{words(f'cards.dues.{part}')} ({len(own)})", bold=True)
        for row in own:
            one, cited = row.one, row.one.citation
            when = when_words(row, words)
            click.echo(
                f"  {f'[{when}] ' if when else ''}{one_line(f'{actor_words(one, words)} · {force_words(one, words)}: {one.action}')}"
            )
            if one.handling is not None:
                owner = f" · {words('cards.owner')}: {one.handling.owner}" if one.handling.owner else ""
                note = f" · {one.handling.note}" if one.handling.note else ""
                click.echo(f"    {one_line(f'{state_words(one.handling, words)}{owner}{note} · {set_words(one.handling, words)}')}")
            place = " · ".join(p for p in (row.paper.title, page_words(cited, words), " › ".join(cited.path)) if p)
            click.secho(f"    {STATUS_SIGN[cited.status]} {one_line(place)} · {row.paper.id}.{one.key}", dim=True)
    if not rows:
        click.echo(words("cards.due_none"))
    if all_rows > len(rows):
        click.secho(f"\n{words('cards.dues.closed')}: {all_rows - len(rows)} (--due closed)", dim=True)
    if found.replaced:
        click.secho(f"{words.count('cards.replaced_left', len(found.replaced))} (--replaced)", dim=True)
    if found.unread:
        click.secho(one_line(words("cards.unread", names=" · ".join(paper.title for paper in found.unread))), fg="yellow")
    for paper, lost in found.lost:
        click.secho(one_line(words("cards.lost_in", document=paper.title)), fg="yellow")
        for kept in lost:
            click.echo(f"  {one_line(kept.anchor.clause)}")
            click.secho(f"    {one_line(f'{state_words(kept.handling, words)} {kept.handling.owner}')} · {paper.id}.{kept.id}", dim=True)
