"""What is kept of people: ``setu audit`` (who did what, and when), ``setu feedback`` (what they think of answers), former accounts.

Feedback is listed, and taken away as an evaluation set. ``setu users former``, ``forget`` and ``hand-over`` are for people whose account
is gone.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.output import Failure, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from kb import KnowledgeBase
    from kb.store.user_data.personal_data import Person
    from kb.user_records import Judged


@click.group()
def audit() -> None:
    r"""The audit log: who asked, added, corrected, deleted, exported and signed in.

    \b
    Example:
      setu audit list --action deleted
    """


@audit.command("list")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), help="From this time on (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), help="Before this time (UTC).")
@click.option("--who", metavar="NAME", help='Of this person (or id); "" is the terminal, and the chat where nobody signs in.')
@click.option("--action", metavar="ACTION", help="Only this: asked, uploaded, corrected, deleted, groups_changed, exported, signed_in, …")
@click.option("-n", "limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@json_option
def list_entries(
    since: datetime | None, until: datetime | None, who: str | None, action: str | None, limit: int | None, as_csv: bool, as_json: bool
) -> None:
    r"""List what was done, the newest first. Times are UTC; documents are named by number. The words of questions are not kept here.

    \b
    Examples:
      setu audit list --since 2026-03-01 --who asha
      setu audit list --csv > audit.csv
    """
    if as_csv and as_json:
        raise click.UsageError("Give --csv or --json, not both.")
    with knowledge_base() as kb:
        found = kb.audit.list(since=since, until=until, who=who, action=action, limit=limit)
        if as_csv or as_json:
            kb.recorded("exported", f"the audit log, {len(found)} entries")
    if as_csv:
        from ui.export.spreadsheets import audit_csv

        click.echo(audit_csv(found), nl=False)
        return
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([{"at": e.at.isoformat(), "who": e.who, "id": e.person, "action": e.action, "about": e.about} for e in found]))
        return
    for entry in found:
        click.echo(f"{entry.at:%Y-%m-%d %H:%M:%S}  {one_line(entry.who) or '-':<16}  {entry.action:<16}  {one_line(entry.about)}")
    if not found:
        click.echo("Nothing is recorded that fits.")


@click.command()
@json_option
def former(as_json: bool) -> None:
    r"""List people without an account of whom something is kept: id, name, and how much. Nobody comes with these ids again.

    With an OpenID provider, those are in the list too whom it vouches for and who have a role without an account.

    \b
    Example:
      setu users former
    """
    with knowledge_base() as kb:
        found = _without_account(kb)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([{key: getattr(one, key) for key in ("id", "name", "conversations", "opinions", "materials")} for one in found]))
        return
    for one in found:
        kept = f"{one.conversations} conversations, {one.opinions} opinions, {one.materials} materials"
        click.echo(f"{one.id:<38}  {one_line(one.name):<20}  {kept}")
    if not found:
        click.echo("Nothing is kept of anybody without an account.")


@click.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(person: str, yes: bool) -> None:
    r"""Delete the conversations, opinions and own materials of somebody without an account, by id or name. The audit log stays.

    \b
    Example:
      setu users forget p-3f0c5a9d2e7b41880c6a1f24 --yes
    """
    with knowledge_base() as kb:
        one = _the_one(kb, person)
        if not yes:
            click.confirm(f"Delete what is kept of {one.name} ({one.id})?", abort=True)
        gone = kb.people.forget(one.id)
        kb.recorded("person_forgotten", f"{one.name} ({one.id})")
    click.echo(f"{gone} conversations, opinions and materials of {one_line(one.name)} are deleted.")


@click.command("hand-over")
@click.argument("person")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def hand_over(person: str, name: str, yes: bool) -> None:
    r"""Give what is kept of somebody without an account, by id or name, to the account NAME: theirs from before they had it.

    \b
    Example:
      setu users hand-over ravi ravi@example.org
    """
    with knowledge_base() as kb:
        from kb.auth.account_store import AccountStore
        from kb.auth.accounts import Accounts

        one = _the_one(kb, person)
        with closing(Accounts(AccountStore.of(kb.settings))) as accounts:
            account = accounts.get(name)
        if not yes:
            click.confirm(f"Let {account.name} read and change what is kept of {one.name} ({one.id})?", abort=True)
        kb.people.hand_over(one.id, account.id)
        kb.recorded("person_handed_over", f"{one.name} ({one.id}) to {account.name}")


def _without_account(kb: KnowledgeBase) -> tuple[Person, ...]:
    from kb.auth.account_store import AccountStore
    from kb.auth.accounts import Accounts

    with closing(Accounts(AccountStore.of(kb.settings))) as accounts:
        return tuple(one for one in kb.people.all() if accounts.of(one.id) is None)


def _the_one(kb: KnowledgeBase, person: str) -> Person:
    found = [one for one in _without_account(kb) if person == one.id or person.casefold() == one.name.casefold()]
    if not found:
        raise Failure(
            f"Nothing is kept of anybody without an account who is called {person!r}. See setu users former; remove an account first."
        )
    if len(found) > 1:
        raise Failure(f"Several are called {person!r}: {', '.join(one.id for one in found)}. Name one by id.")
    return found[0]


@click.group()
def feedback() -> None:
    r"""What people said of answers, with the thumbs under each answer of the chat.

    \b
    Example:
      setu feedback list --bad
      setu feedback export -o feedback
    """


@feedback.command(name="list")
@click.option("--good/--bad", default=None, help="Only answers that helped, or only those that did not.")
@json_option
def list_(good: bool | None, as_json: bool) -> None:
    r"""List what was said, the newest first: whether the answer helped, why not, the question, and the comment. Times are UTC.

    \b
    Example:
      setu feedback list --bad --json
    """
    with knowledge_base() as kb:
        found = kb.feedback.list(good=good)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([_shape(one) for one in found]))
        return
    for one in found:
        sign, why = ("+", "") if one.opinion.good else ("-", f"  [{one.opinion.reason or 'no reason given'}]")
        who = f"  {one_line(one.who)}" if one.who else ""
        click.echo(f"{sign} {one.at:%Y-%m-%d %H:%M}{who}{why}  {one_line(one.exchange.question)}")
        if one.opinion.comment:
            click.echo(f"    {one_line(one.opinion.comment)}")
    if not found:
        click.echo("Nothing was said yet. The thumbs stand under each answer of the chat.")


@feedback.command()
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write to.")
def export(out: Path) -> None:
    r"""Write what was said as an evaluation set: questions.jsonl and corpus.jsonl, which `python -m eval answers` runs.

    Quotes of good answers become gold answers, and their passages relevant. Questions with bad answers go to to_complete.jsonl, with what
    was wrong: fill in answerable, answers and relevant (ids of the corpus), then move the line to questions.jsonl.

    \b
    Example:
      setu feedback export -o feedback
      python -m eval answers --corpus feedback/corpus.jsonl --questions feedback/questions.jsonl --json feedback.json
    """
    from eval.datasets.feedback import evaluation_set

    with knowledge_base() as kb:
        made = evaluation_set(kb, kb.feedback.list())
        if not made.questions and not made.incomplete:
            raise Failure(
                "Nothing was said of any answer yet, so there is nothing to export. The thumbs stand under each answer of the chat."
            )
        made.write(out)
        kb.recorded("exported", "what people said of answers")
    click.echo(f"{out}: {len(made.questions)} questions, {len(made.incomplete)} to complete, {len(made.corpus)} passages")


def _shape(one: Judged) -> dict[str, object]:
    answer = one.exchange.answer
    return {
        "at": one.at.isoformat(timespec="seconds"),
        "who": one.who,
        "good": one.opinion.good,
        "reason": one.opinion.reason,
        "comment": one.opinion.comment,
        "question": one.exchange.question,
        "language": answer.language if answer else None,
        "refused": answer is not None and answer.refusal is not None,
        "conversation": one.conversation_id,
        "ordinal": one.ordinal,
    }
