"""``setu settings``."""

from __future__ import annotations

import click

from ui.terminal import json_option, one_line, plain_errors


@click.command()
@click.option("--example", is_flag=True, help="Print a settings.toml with every setting in it, commented out.")
@json_option
def settings(example: bool, as_json: bool) -> None:
    r"""List every setting with its value, where that comes from, and what it is for. Secrets are hidden.

    A setting is taken from the environment, else from settings.toml in SETU_HOME, else it has its default.

    \b
    Example:
      setu settings
      setu settings --example > "$SETU_HOME/settings.toml"
    """
    with plain_errors():
        from kb.settings import Settings
        from kb.settings_list import example as written
        from kb.settings_list import listed

        if example:
            click.echo(written(), nl=False)
            return
        found = listed(Settings.load())
    if as_json:
        from ui.shapes import dump

        names = ("name", "variable", "value", "origin", "form", "about")
        click.echo(dump([{name: getattr(setting, name) for name in names} for setting in found]))
        return
    for setting in found:
        value = "not set" if setting.value is None else one_line(str(setting.value))
        click.secho(f"{setting.name} = {value}", bold=setting.origin != "default", nl=False)
        click.secho(f"  [{setting.origin}]", dim=True)
        click.echo(f"    {setting.about}")
