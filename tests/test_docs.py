"""What the pages name is there: modules, files, links, `make` targets, and the commands of ``setu`` and ``python -m eval``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
import regex

from ingest.discover import discover
from ingest.pipeline import read_document
from ingest.records import Limits
from tests.support import PROJECT
from tests.test_workshop import targets
from ui.cli.main import cli

PAGES = tuple(sorted([PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *PROJECT.glob("docs/**/*.md")]))
TOP = ("lang", "ingest", "kb", "prompts", "training", "eval", "ui", "server", "tools", "samples", "tests", "docs", "deploy")
OURS = regex.compile(rf"(?<![\w/.<])(?:{'|'.join(TOP)})/[@\w./-]*")
MODULE = regex.compile(r"(?<![\w/.*-])[\w/]+\.py\b")
RUN = regex.compile(r"\bpython -m ((?:eval|tools|kb|ui)\.[\w.]+)")
DOTTED = regex.compile(rf"(?<![\w/.])(?:{'|'.join(TOP)})(?:\.\w+){{2,}}")


def code_of(text: str) -> list[str]:
    """The code spans of a page and the lines of its fenced blocks."""
    fenced = regex.findall(r"^```.*?\n(.*?)^```", text, regex.DOTALL | regex.MULTILINE)
    prose = regex.sub(r"^```.*?^```", "", text, flags=regex.DOTALL | regex.MULTILINE)
    return [*(line.strip() for block in fenced for line in block.splitlines()), *regex.findall(r"`([^`\n]+)`", prose)]


@cache
def evaluations() -> frozenset[str]:
    """The commands of ``python -m eval``, from the table that it chooses from."""
    return frozenset(regex.findall(r"\"([a-z]+)\": [(\"]", (PROJECT / "eval" / "__main__.py").read_text(encoding="utf-8")))


@cache
def files() -> frozenset[str]:
    """Every file of the rooms, from the top of the project."""
    found = (file.relative_to(PROJECT).as_posix() for top in TOP for file in PROJECT.joinpath(top).rglob("*") if file.is_file())
    return frozenset([*found, "app.py"])


def wrong_files(code: str) -> list[str]:
    """Modules by path or by name alone, and paths below a room, that are not there."""
    known = {f"/{file}" for file in files()}
    wrong = [name for name in MODULE.findall(code) if not any(file.endswith(f"/{name}") for file in known)]
    paths = [path.rstrip("./") for path in OURS.findall(code) if not path.endswith(("-", "_"))]
    wrong += [path for path in paths if not PROJECT.joinpath(path).exists()]
    return wrong


def wrong_tables(code: str) -> list[str]:
    """Tables of words and weights, by name alone, that are not there; a home, a run or a set of questions has files of its own."""
    elsewhere = {"settings.toml", "users.toml", "secrets.toml", "pyproject.toml", "sessions.json", "tasks.jsonl", "meta.jsonl", "test.tsv"}
    known = {file.rpartition("/")[2] for file in files()} | elsewhere
    return [name for name in regex.findall(r"^[a-z_]+\.(?:toml|tsv|npz)$", code) if name not in known]


def wrong_modules(code: str) -> list[str]:
    """Dotted names of ours of which no module says the last part."""
    wrong = []
    for name in [*RUN.findall(code), *DOTTED.findall(code)]:
        parts = name.rstrip(".").split(".")
        stems = [(PROJECT.joinpath(*parts[:end]), parts[end:]) for end in range(len(parts), 0, -1)]
        for stem, rest in stems:
            file = next((one for one in (stem.with_suffix(".py"), stem / "__init__.py") if one.is_file()), None)
            if file is not None:
                wrong += [] if all(part in file.read_text(encoding="utf-8") for part in rest) else [name]
                break
        else:
            wrong.append(name)
    return wrong


def wrong_commands(code: str) -> list[str]:
    """Commands that there are not."""
    wrong = [f"make {name}" for name in regex.findall(r"^(?:\w+=\S+ )*make ([a-z]+)", code) if name not in targets()]
    wrong += [f"eval {name}" for name in regex.findall(r"\bpython -m eval ([a-z]+)", code) if name not in evaluations()]
    for name, second in regex.findall(r"^(?:\$ |\S*bin/|time )?setu ([a-z][a-z-]*)(?: ([a-z][a-z-]*)(?=\s|$))?", code):
        command = cli.commands.get(name)
        if command is None or (isinstance(command, click.Group) and second and second not in command.commands):
            wrong.append(f"setu {name} {second}".strip())
    return wrong


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as GitHub makes them."""
    prose = regex.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=regex.DOTALL | regex.MULTILINE)
    headings = (regex.sub(r"[`*]|\]\([^)]*\)", "", title) for title in regex.findall(r"^#+ (.+)$", prose, regex.MULTILINE))
    return {regex.sub(r"[^\w\s\p{M}-]", "", title.lower()).strip().replace(" ", "-") for title in headings}


def wrong_links(page: Path) -> list[str]:
    """Relative links to files or headings that are not there."""
    wrong = []
    for link in regex.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, heading = unquote(link).partition("#")
        target = page.parent / file if file else page
        there = "://" in link or (target.exists() and (not heading or heading in anchors(target)))
        wrong += [] if there else [link]
    return wrong


def named(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("check", [wrong_files, wrong_tables, wrong_modules, wrong_commands])
@pytest.mark.parametrize("page", PAGES, ids=named)
def test_what_a_page_names_is_there(page: Path, check) -> None:
    assert [wrong for code in code_of(page.read_text(encoding="utf-8")) for wrong in check(code)] == []


@pytest.mark.parametrize(
    "page", [*PAGES, *(PROJECT / name for name in ("CHANGELOG.md", "samples/README.md", "prompts/README.md"))], ids=named
)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert wrong_links(page) == []


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("kb/answer/marks.py", wrong_files),
        ("marks.py", wrong_files),
        ("kb/store/sight/", wrong_files),
        ("telling.toml", wrong_tables),
        ("python -m eval.fit.refusals ../shared", wrong_modules),
        ("kb.search.retriever.SetuRetriever", wrong_modules),
        ("make tests", wrong_commands),
        (".venv/bin/python -m eval kill", wrong_commands),
        ("setu docs amend 3", wrong_commands),
        (".venv/bin/setu watch", wrong_commands),
    ],
)
def test_a_name_of_what_is_not_there_is_reported(code: str, check) -> None:
    assert len(check(code)) >= 1


@pytest.mark.parametrize(
    "code",
    [
        "kb/answer/ask.py",
        "skills/lookup.py",
        "retrieval.py",
        "app.py",
        "tests/kb -x",
        "kb/store/",
        "kb.search.langchain_retriever.SetuRetriever",
        "python -m eval.fit.refusal ../shared --homes DIR",
        "python tools/peers.py speed ../shared/benchmarks/beir/SET",
        "PYTHON=/usr/bin/python make test",
        "python -m eval compare new.json",
        "setu docs show ID --overview",
        "setu --help",
        "systemctl enable --now setu setu-backup.timer",
    ],
)
def test_a_name_of_what_is_there_is_not_reported(code: str) -> None:
    assert [wrong for check in (wrong_files, wrong_modules, wrong_commands) for wrong in check(code)] == []


def test_the_quote_that_the_readme_shows_stands_where_it_says() -> None:
    shown = " ".join((PROJECT / "README.md").read_text(encoding="utf-8").split())
    quote, start, end = regex.search(r"“(.+?)”.*? characters (\d+) to (\d+) ", shown).groups()
    (paper,) = discover([PROJECT / "samples" / "documents" / "memorandum-of-cooperation.pdf"], Limits())
    assert " ".join(read_document(paper).text[int(start) : int(end)].split()) == quote
