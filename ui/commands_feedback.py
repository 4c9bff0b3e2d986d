"""``setu feedback``: what people think of answers, listed and taken away as an evaluation set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.terminal import Failure, json_option, knowledge_base, one_line

if TYPE_CHECKING:
    from kb.opinions import Judged


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
        from ui.shapes import dump

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
    from eval.feedback import evaluation_set

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
