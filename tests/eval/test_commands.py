"""The commands of ``python -m eval``: that each is there, that none is imported for the help, and what their options take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from eval import options
from eval.__main__ import COMMANDS, cli, main
from eval.report.tables import markdown


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_tells_what_it_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: python -m eval {name} ")
    assert all(option.help for option in cli.get_command(click.Context(cli), name).params if isinstance(option, click.Option))


def test_the_help_names_every_command_and_imports_none() -> None:
    told = "import sys; from eval.__main__ import main; main(['--help']); print([name for name in sys.modules if name.startswith('eval.')])"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert said.splitlines()[-1] == "['eval.__main__']"


@click.command(cls=options.ListCommand)
@click.argument("files", nargs=-1)
@click.option("--only", cls=options.ListOption)
@click.option("--deep", is_flag=True)
def listed(files: tuple[str, ...], only: tuple[str, ...], deep: bool) -> None:
    click.echo(json.dumps([files, only, deep]))


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        (["a", "b", "--only", "hi", "mr", "--deep"], [["a", "b"], ["hi", "mr"], True]),
        (["a", "--only", "hi", "--deep", "b"], [["a", "b"], ["hi"], True]),
        (["--only", "hi", "--only", "mr", "ja"], [[], ["hi", "mr", "ja"], False]),
    ],
)
def test_a_list_option_takes_what_follows_it(argv: list[str], found: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    listed.main(argv, standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == found


def test_what_fails_ends_with_its_status_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, options.failing(3, OSError):
        (tmp_path / "none").read_text()
    assert ended.value.code == 3
    assert "none" in capsys.readouterr().err
    with pytest.raises(ValueError, match="other"), options.failing(3, OSError):
        raise ValueError("other")


def test_a_table_is_markdown_with_its_figures_below_each_other() -> None:
    assert markdown(["set", "nDCG@10"], [["a", "0.5000"], ["longer", 1]], "Two sets").splitlines() == [
        "Two sets",
        "",
        "| set    | nDCG@10 |",
        "| ------ | ------: |",
        "| a      |  0.5000 |",
        "| longer |       1 |",
    ]
