"""What the commands of ``python -m eval`` have in common: options that repeat, how they fail, what they save, and how far they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from eval import PROJECT

PATH: Final = click.Path(path_type=Path)
SHARED: Final = PROJECT.parent / "shared"
LISTED: Final = "may be repeated"

file = partial(click.option, type=PATH, metavar="FILE")
home = partial(click.option, "--home", type=PATH, metavar="DIR", help="a base that holds, or gets, the papers; else a scratch one")
homes = partial(click.option, "--home", "homes", multiple=True, metavar="NAME=DIR", help="the knowledge base of a set")
save_json = partial(click.option, "--json", "out", type=PATH, metavar="OUT", help="write the report to this file")
shared = partial(click.option, "--shared", type=PATH, default=SHARED, metavar="FOLDER", help="the reference corpora (default: ../shared)")
show = partial(click.option, "--show", is_flag=True)
held = partial(click.option, "--held", is_flag=True, help="list the errors on what is held out too")
limit = partial(click.option, "--limit", type=int, metavar="N", help="ask only the first N questions")
every = partial(click.option, "--every", type=int, default=1, metavar="N", help="take every N-th one only")
ENGINES: Final = click.Choice(["extractive", "generative"])
engine = partial(click.option, "--engine", type=ENGINES, default="extractive", help="generative: the model of SETU_LLM writes")
collection = partial(click.option, "--collection", multiple=True, metavar="NAME", help=f"ask only this collection of the home; {LISTED}")
texts = partial(click.option, "--texts", type=PATH, metavar="DIR", help="holds mr.txt, hi.txt, en.txt and ja.txt, or some of them")
language = partial(click.option, "--language", multiple=True, help=f"only this language; {LISTED}")
way = partial(click.option, "--way", multiple=True, help=f"only this way; {LISTED}")
font = partial(click.option, "--font", multiple=True, metavar="NAME", help=f"set the sheets in it, as far as it goes; {LISTED}")


def gold(file: Path) -> Callable[[Any], Any]:
    """``--gold FILE``."""
    return click.option("--gold", type=PATH, default=file, metavar="FILE", help=f"default: eval/data/{file.name}")


def write(target: str) -> Callable[[Any], Any]:
    """``--write``, of what fits weights."""
    return click.option("--write", is_flag=True, help=f"write {target}")


def add(what: str, last: str) -> Callable[[Any], Any]:
    """``--add NAME DIR FILE``: another set is put in."""
    return click.option("--add", type=(str, PATH, PATH), metavar=f"NAME DIR {last}", help=f"put another set's {what} in")


def named(homes: tuple[str, ...]) -> dict[str, Path]:
    """The folders of ``--home NAME=DIR``, by name."""
    return {name: Path(folder) for name, _, folder in (one.partition("=") for one in homes)}


class ListOption(click.Option):
    """An option of a `ListCommand` that may be followed by several values: ``--only hi mr``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "multiple": True})


class ListCommand(click.Command):
    """A command that has such options; click itself takes one value after each."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the option before each of its values."""
        lists = {name for option in self.params if isinstance(option, ListOption) for name in option.opts}
        spread: list[str] = []
        name, values = "", 0
        for arg in args:
            if arg.startswith("-"):
                name, values = arg if arg in lists else "", 0
            elif name:
                values += 1
            spread += [name, arg] if values > 1 else [arg]
        return super().parse_args(ctx, spread)


@contextmanager
def failing(status: int, *errors: type[Exception]) -> Iterator[None]:
    """These errors end the command with an exit status; what they say goes to standard error."""
    try:
        yield
    except errors as error:
        fail(status, str(error))


def fail(status: int, message: str) -> NoReturn:
    """Say on standard error why the command ends, and end it."""
    click.secho(message, fg="red", err=True)
    sys.exit(status)


def save(out: Path | None, report: object, indent: int = 2) -> None:
    """Write what was measured as JSON, where a file was named."""
    if out is not None:
        out.write_text(json.dumps(report, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def progress(done: int, total: int, what: str) -> None:
    """Tell a terminal how many of a whole are done."""
    if sys.stderr.isatty():
        click.echo(f"\r{done}/{total} {what}", nl=done == total, err=True)
