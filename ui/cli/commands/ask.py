"""``setu search`` and ``setu ask``, and ``setu glossary``: the terms that a question is expanded by."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.output import (
    STATUS_SIGN,
    also_in,
    cited_at,
    clean,
    filter_options,
    filters_from,
    in_bold,
    in_context,
    json_option,
    knowledge_base,
    one_line,
    place,
    plain_errors,
    versions_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.index.glossary import Glossary
    from kb.records import Answer, Citation, Engine, Hit, Refusal, SearchResult, Statement
    from lang.languages import Language
    from ui.components.answer_wording import Numbers
    from ui.components.i18n import Strings


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("-k", "k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@click.option("--explain", is_flag=True, help="Also say which terms of the glossary the query was expanded by.")
@filter_options
@json_option
def search(
    query: tuple[str, ...],
    k: int,
    explain: bool,
    kinds: tuple[str, ...],
    languages: tuple[str, ...],
    documents: tuple[int, ...],
    collections: tuple[str, ...],
    date_from: datetime | None,
    date_to: datetime | None,
    as_json: bool,
) -> None:
    r"""Find the passages nearest to QUERY.

    \b
    Example:
      setu search "flood warning" -k 5 --language ja
    """
    filters = filters_from(kinds, languages, documents, date_from, date_to)
    with knowledge_base(collections) as kb:
        result = kb.search(" ".join(query), k=k, filters=filters, context=True)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump(result))
    else:
        if explain:
            print_terms(result)
        print_search(result)


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--after", multiple=True, metavar="EARLIER", help="A question that was asked before, so that QUESTION may lean on it; repeatable."
)
@click.option(
    "--engine",
    type=click.Choice(["extractive", "generative"]),
    help="Quote the papers, or have the model of SETU_LLM write and check what it wrote (default: generative where SETU_LLM is set).",
)
@click.option("--left-out", is_flag=True, help="Also show what the model of SETU_LLM wrote that the papers do not bear out.")
@filter_options
@json_option
def ask(
    question: tuple[str, ...],
    after: tuple[str, ...],
    engine: Engine | None,
    left_out: bool,
    kinds: tuple[str, ...],
    languages: tuple[str, ...],
    documents: tuple[int, ...],
    collections: tuple[str, ...],
    date_from: datetime | None,
    date_to: datetime | None,
    as_json: bool,
) -> None:
    r"""Answer QUESTION with quotes from the documents, in the language of the question.

    When the documents do not say, the nearest passages are listed instead; that is an answer too (exit status 0).

    \b
    Example:
      setu ask "When does the memorandum end?" --kind agreement
      setu ask "Who bears it?" --after "What will the flood-warning pilot cost?"
    """
    from kb.records import Turn

    filters = filters_from(kinds, languages, documents, date_from, date_to)
    with knowledge_base(collections) as kb:
        history: list[Turn] = []
        for earlier in after:
            history.append(Turn(earlier, kb.answer(earlier, history=history, filters=filters, engine=engine)))
        answer = kb.answer(" ".join(question), history=history, filters=filters, engine=engine)
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump(answer))
    else:
        print_answer(answer)
        if left_out and answer.left_out:
            print_left_out(answer)


def print_left_out(answer: Answer) -> None:
    """What a language model wrote that did not pass the check, and why."""
    from ui.components.answer_wording import reasons
    from ui.components.i18n import strings

    words = strings(answer.language)
    click.secho(words.count("chat.left_out", len(answer.left_out)), bold=True)
    for statement in answer.left_out:
        click.echo(f"  {STATUS_SIGN[statement.status]} {clean(statement.text)}")
        if why := reasons(statement, words):
            click.secho(f"    {one_line(why)}", dim=True)


def print_terms(result: SearchResult) -> None:
    """The terms of the glossary that the query names, and by what other names they were searched."""
    for term in result.terms:
        names = "; ".join(name for group in term.names.values() for name in group if name != term.surface)
        click.secho(f"{clean(term.surface)} = {clean(names)}", dim=True)
    if not result.terms:
        click.secho("No term of the glossary.", dim=True)
    click.echo()


def print_search(result: SearchResult) -> None:
    """The hits as text."""
    from ui.components.i18n import strings

    words = strings("en")
    for note in result.notes:
        click.secho(clean(note), dim=True)
    if not result.hits:
        click.echo("Nothing was found. Is the knowledge base empty (setu docs list), or do the filters exclude everything?")
    for hit in result.hits:
        click.secho(f"{hit.rank}. {place(hit, words)}", bold=True)
        channels = ", ".join(f"{name} {score:.3f}" for name, score in hit.channels.items() if score is not None)
        click.secho(f"   {hit.score:.3f} ({channels}) · {hit.kind} · {hit.language}", dim=True)
        click.echo(f"   {one_line(hit.text)}")
        _print_around(hit, words, "   ")
        if hit.variants:
            click.secho(f"   {also_in(hit.variants, words)}", dim=True)
        click.echo()


def print_answer(answer: Answer) -> None:
    """What is laid out with its sources, then the statements under their standing, each quote with its place; or the refusal."""
    from kb.answer.presentation.rendering import asks_below, shown_apart
    from ui.cli.answer_output import print_blocks
    from ui.components.answer_wording import Numbers, grade_note, sent_words
    from ui.components.i18n import strings

    words = strings(answer.language)
    if answer.asked_as is not None:
        click.secho(words("chat.understood", question=one_line(answer.asked_as)), dim=True)
    for note in answer.notes:
        click.secho(clean(note), dim=True)
    if unsure := grade_note(answer):
        click.secho(clean(unsure), bold=True)
    number = Numbers()
    if answer.refusal:
        _print_refusal(answer.refusal, words)

    def laid_out() -> None:
        print_blocks(answer, number, words, lambda statements: _print_statements(answer, statements, number, words))

    def quoted() -> None:
        if not answer.refusal:
            _print_statements(answer, shown_apart(answer), number, words)

    for part in (quoted, laid_out) if asks_below(answer) else (laid_out, quoted):
        part()
    if answer.refusal:
        return
    if sent := sent_words(answer, words):
        click.secho(clean(sent), dim=True)
    for conflict in answer.conflicts:
        click.secho(f"⚠ {one_line(conflict.note)}", bold=True)
        for citation in (conflict.one, conflict.other):
            click.echo(f"  “{one_line(citation.quote)}”")
            click.secho(f"    [{number(citation)}] {cited_at(citation, answer.language, words)}", dim=True)


def _print_statements(answer: Answer, shown: Sequence[Statement], number: Numbers, words: Strings) -> None:
    """Quotes under what they speak to and who says it."""
    from kb.answer.presentation.rendering import beside
    from ui.components.answer_wording import by_heading, by_side, heading_words, reasons, standing_note

    grouped = [(side, *group) for side, statements in by_side(shown) for group in by_heading(statements)]
    told = ""
    for side, heading, statements in grouped:
        if side != told:
            click.secho(f"== {one_line(side)} ==", bold=True)
            told = side
        click.secho(heading_words(heading, answer.language), bold=True)
        for statement in statements:
            if statement.text not in [c.quote for c in statement.citations]:
                click.echo(f"  {STATUS_SIGN[statement.status]} {clean(statement.text)}")
                if why := reasons(statement, words):
                    click.secho(f"    {one_line(why)}", dim=True)
            for citation in statement.citations:
                marks = statement.marks if citation.quote == statement.text else ()
                click.echo(f"  “{in_bold(citation.quote, marks)}”")
                if citation == statement.citations[0] and (said := beside(statement, answer.language)):
                    click.echo(f"    {one_line(said)}")
                click.secho(f"    [{number(citation)}] {cited_at(citation, answer.language, words)}", dim=True)
                if gone := standing_note(citation, answer.language):
                    click.secho(f"    ⚠ {one_line(gone)}", bold=True)
                _print_around(citation, words, "    ")
                if citation.variants:
                    click.secho(f"    {also_in(citation.variants, words)}", dim=True)
        click.echo()


def _print_around(found: Citation | Hit, words: Strings, indent: str) -> None:
    for line in (in_context(found.context, words), *versions_of(found.counterparts, words)):
        if line is not None:
            click.secho(f"{indent}{line}", dim=True)


def _print_refusal(refusal: Refusal, words: Strings) -> None:
    click.secho(clean(refusal.message), bold=True)
    if refusal.nearest:
        click.echo(words("chat.nearest"))
    for hit in refusal.nearest:
        _print_near(hit, words)


def _print_near(hit: Hit, words: Strings) -> None:
    click.secho(f"  {hit.rank}. {place(hit, words)}", dim=True)
    click.echo(f"     {one_line(hit.text)}")
    if hit.variants:
        click.secho(f"     {also_in(hit.variants, words)}", dim=True)


@click.group()
def glossary() -> None:
    r"""Terms of the field in Marathi, Hindi, English and Japanese, by which a question finds passages in another language.

    An office adds its own in glossary.tsv in its home, or in the file that SETU_GLOSSARY names: columns parted by tabs, named mr, hi, en
    and ja in the first line; a cell holds the names of one thing, parted by semicolons.

    \b
    Example:
      setu glossary expand "Who maintains the storm-water drains?"
    """


@glossary.command("list")
@click.argument("word", required=False, default="")
@json_option
def list_terms(word: str, as_json: bool) -> None:
    r"""Every term, or those that hold WORD.

    \b
    Example:
      setu glossary list flood
    """
    with plain_errors():
        terms = [
            term.names for term in _opened().terms if any(word.casefold() in n.casefold() for group in term.names.values() for n in group)
        ]
    _print(terms, as_json)


@glossary.command()
@click.argument("question", nargs=-1, required=True)
@json_option
def expand(question: tuple[str, ...], as_json: bool) -> None:
    r"""The terms that QUESTION names, with their other names.

    \b
    Example:
      setu glossary expand "पर्जन्यजल वाहिन्यांची देखभाल कोण करेल?"
    """
    with plain_errors():
        from lang.languages import detect

        text = " ".join(question)
        found = _opened().find(text, detect(text, "en"))
    _print([one.term.names for one in found], as_json)


@glossary.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    r"""Read the glossary FILE and say whether it is right; exit status 2 names the line that is not.

    \b
    Example:
      setu glossary check glossary.tsv
    """
    with plain_errors():
        from kb.index.glossary import read

        click.echo(f"{file}: {len(read(file))} terms, all well-formed.")


def _opened() -> Glossary:
    from kb import Settings
    from kb.index.glossary import open_glossary

    settings = Settings.load()
    return open_glossary(settings.glossary, settings.home)


def _print(terms: list[Mapping[Language, tuple[str, ...]]], as_json: bool) -> None:
    if as_json:
        from ui.cli.json_output import dump

        click.echo(dump([{language: list(names) for language, names in term.items()} for term in terms]))
        return
    if not terms:
        click.echo("No term of the glossary.")
    for term in terms:
        click.echo(clean("  |  ".join(f"{language}: {'; '.join(names)}" for language, names in term.items())))
