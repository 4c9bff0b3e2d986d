"""``setu train export``: a training module, or a part of it, written to a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lang.languages import LANGUAGES
from ui.cli.output import knowledge_base

if TYPE_CHECKING:
    from lang.languages import Language
    from ui.export.training_modules.module_formats import Contents, ModuleFormat

_CONTENTS = ("module", "handout", "pre", "post", "attendance", "feedback", "pack")


@click.command()
@click.argument("module_id", metavar="ID")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The file, or the folder to put it in; by default this folder.")
@click.option("--format", "into", metavar="FORMAT", help="What kind of file; by default what the name of the file ends in.")
@click.option("--beside", type=click.Choice(LANGUAGES), help="Another language of the module, in a second column.")
@click.option("--language", type=click.Choice(LANGUAGES), help="In which language headings and notes speak; by default the module's.")
@click.option("--address", metavar="URL", help="Where the app is reached, for the links; by default what the setting `address` says.")
@click.option(
    "--contents",
    type=click.Choice(_CONTENTS),
    default="module",
    show_default=True,
    help="All of it; the handout; one of two tests on the same facts; a form; or a source pack of quotes alone.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the two tests: another number, other questions.")
@click.option("--template", type=click.Path(path_type=Path), help="A PowerPoint template for the slides; by default the office's.")
@click.option("--logo", type=click.Path(path_type=Path), help="A PNG or JPEG on the slides; by default the office's.")
@click.option("--formats", is_flag=True, help="List the kinds of file.")
def export(
    module_id: str,
    out: Path | None,
    into: str | None,
    beside: Language | None,
    language: Language | None,
    address: str | None,
    contents: Contents,
    seed: int,
    template: Path | None,
    logo: Path | None,
    formats: bool,
) -> None:
    r"""Write a module as a file in which every line still opens its source.

    A file that is there already is replaced only when the new one is whole.

    \b
    Examples:
      setu train export 3fR0kq9ZsYtq1aBc --formats
      setu train export 3fR0kq9ZsYtq1aBc -o flood.xml --format moodle --contents pre
      setu train export 3fR0kq9ZsYtq1aBc -o flood.pptx --template institute.potx --logo logo.png
    """
    from ui.export.training_modules.module_formats import MODULE_FORMATS, export_module, file_name

    if formats:
        for name, kind in MODULE_FORMATS.items():
            click.echo(f"{name:8} .{kind.ending}{'  the quiz alone' if kind.quiz else ''}{'  takes --beside' if kind.paper else ''}")
        return
    chosen = _format(into, out)
    with knowledge_base() as kb:
        from datetime import date

        from kb.user_records import KEY_PREFIX
        from training import module_store
        from ui.components.i18n import strings

        module = module_store.load(kb, module_id)
        words, where = strings(language or module.language), address or kb.settings.address
        data = export_module(
            kb, module, chosen, words, today=date.today(), address=where, beside=beside, contents=contents, seed=seed, template=template,
            logo=logo,
        )  # fmt: skip
        file = out if out is not None and not out.is_dir() else (out or Path()) / file_name(module, chosen, beside, contents)
        _write(file, data)
        kb.recorded("exported", f"the training module {module.id[:KEY_PREFIX]}… ({contents}) as {chosen}")
    click.echo(f"{file}: {len(data) / 1000:.0f} kB")


def _format(into: str | None, out: Path | None) -> ModuleFormat:
    """The kind of file that is wanted.

    Raises:
        UsageError: there is no such kind, or the name of the file does not tell.
    """
    from ui.export.training_modules.module_formats import MODULE_FORMATS

    known = ", ".join(MODULE_FORMATS)
    for name, kind in MODULE_FORMATS.items():
        if into == name or (into is None and out is not None and out.name.lower().endswith(f".{kind.ending}")):
            return name
    if into is not None:
        raise click.UsageError(f"There is no format {into}. There are: {known}.")
    raise click.UsageError(f"What kind of file is wanted? Give --format ({known}), or -o with a name that says it.")


def _write(file: Path, data: bytes) -> None:
    """Put a file in its place once it is whole, so that an earlier one is never left half overwritten."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
