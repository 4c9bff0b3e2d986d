"""``setu glossary``: the terms that a question is expanded by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.terminal import clean, json_option, plain_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.represent.glossary import Glossary
    from lang.codes import Language


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
        from lang.identify import detect

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
        from kb.represent.glossary import read

        click.echo(f"{file}: {len(read(file))} terms, all well-formed.")


def _opened() -> Glossary:
    from kb import Settings
    from kb.represent.glossary import open_glossary

    settings = Settings.load()
    return open_glossary(settings.glossary, settings.home)


def _print(terms: list[Mapping[Language, tuple[str, ...]]], as_json: bool) -> None:
    if as_json:
        from ui.shapes import dump

        click.echo(dump([{language: list(names) for language, names in term.items()} for term in terms]))
        return
    if not terms:
        click.echo("No term of the glossary.")
    for term in terms:
        click.echo(clean("  |  ".join(f"{language}: {'; '.join(names)}" for language, names in term.items())))
