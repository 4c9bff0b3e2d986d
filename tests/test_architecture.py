"""The direction of imports, and what each room may know, read from the source."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import pytest

from tests.support import PROJECT

ROOMS = ("lang", "ingest", "kb", "prompts", "training", "eval", "ui", "server", "tools", "app")
MAX_LINES = 400

FORBIDDEN: dict[str, tuple[str, ...]] = {
    "lang": ("ingest", "kb", "training", "eval", "ui", "server", "app", "prompts", "tools"),
    "ingest": ("kb", "training", "eval", "ui", "server", "app", "prompts", "tools"),
    "kb": ("training", "eval", "ui", "server", "app", "tools"),
    "training": ("eval", "ui", "server", "app", "tools"),
    "eval": ("ui", "server", "app", "tools"),
    "ui": ("app", "tools"),  # it shows what eval measures, and hands it what people say of answers
    **{f"ui.{part}": ("server",) for part in ("pages", "components", "export", "jobs", "auth", "cli.commands")},
    "server": ("eval", "app", "tools"),
    "kb.embed": ("kb.index", "kb.store", "kb.search", "kb.answer"),
    "kb.index": ("kb.store", "kb.search", "kb.answer"),
    "kb.store": ("kb.search", "kb.verify", "kb.generate", "kb.answer"),
    "kb.search": ("kb.verify", "kb.generate", "kb.answer"),
    "kb.verify": ("kb.generate", "kb.answer"),
    "kb.generate": ("kb.answer",),
    "kb.agreements": ("kb.search", "kb.answer.skills"),
}
"""Room → rooms that it must not import."""

ONLY: dict[tuple[str, str], tuple[str, ...]] = {
    ("kb", "ingest"): (
        "ingest.records",
        "ingest.errors",
        "ingest.near_duplicates",
        "ingest.pipeline",
        "ingest.page_cache",
        "ingest.sources",
        "ingest.processes.pool",
        "ingest.extract.fitted_models",
        "ingest.document.build",
        "ingest.extract.document_kinds",
    ),
    **{("prompts", room): () for room in ROOMS if room not in {"prompts", "lang", "ingest"}},
    ("prompts", "ingest"): ("ingest.records",),
    ("server", "ui"): (  # what draws nothing: shapes, words, files and jobs
        "ui.cli.json_output",
        "ui.cli.agreement_json",
        "ui.components.answer_wording",
        "ui.components.i18n",
        "ui.components.permalinks",
        "ui.export",
        "ui.jobs",
    ),
}
"""(room, room it looks at) → the only modules that it may import from there."""

OWNERS: dict[str, tuple[str, ...]] = {
    "uvicorn": ("server", "ui.cli.serve"),
    "argon2": ("kb.auth.passwords",),
    "chromadb": ("kb.index.chroma", "kb.index.chroma_server", "tools.peer_systems"),
    "chromadb_rust_bindings": ("kb.index.chroma", "kb.index.chroma_server"),
    "streamlit": ("ui", "app", "tools.load", "tools.screenshots"),
    "sqlalchemy": ("kb",),
    "typst": ("ui.export.pdf", "eval.datasets.degraded_pages"),
    "cv2": ("ingest.ocr.image_preprocessing", "eval.datasets.degraded_pages"),
    "fastapi": ("server",),
    "mcp": ("server.mcp",),
    "mcp_types": ("server.mcp",),
    "langchain": ("kb.generate",),
    "langchain_core": ("kb.generate", "kb.search.langchain_retriever", "tools.peer_systems"),
    "langchain_openai": ("kb.generate",),
    "langchain_anthropic": ("kb.generate",),
    "langchain_ollama": ("kb.generate",),
    "langsmith": ("kb.generate",),
    "prometheus_client": ("kb.telemetry.metrics",),
    "opentelemetry": ("kb.telemetry.tracing",),
    "procrastinate": ("kb.queue.procrastinate_queue",),
    "psycopg": ("kb.store.postgresql",),
}
"""Third-party package → the modules or rooms that may import it."""


@dataclass(frozen=True, slots=True)
class Module:
    """One source file of ours: its dotted name, its text, and whether it is a package's ``__init__``."""

    name: str
    text: str
    package: bool = False


def inside(name: str, rooms: Iterable[str]) -> bool:
    """Whether a dotted name is one of the rooms or lies in one."""
    return any(name == room or name.startswith(room + ".") for room in rooms)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, at any depth of the file; a name taken from a package counts as its submodule."""
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.name.split(".")
                parents = parts[: len(parts) - node.level + (1 if module.package else 0)]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"importlib.import_module", "import_module", "__import__"}:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def direction(module: Module) -> Iterator[str]:
    """Imports against the arrow, and third-party packages outside the module that owns them."""
    for line, name in imports(module):
        where = f"{module.name}:{line} imports {name}"
        for room, others in FORBIDDEN.items():
            if inside(module.name, [room]) and inside(name, others):
                yield f"{where}, which {room} must not know"
        for (room, other), allowed in ONLY.items():
            if inside(module.name, [room]) and inside(name, [other]) and not inside(name, allowed):
                yield f"{where}; from {other}, {room} may take only {', '.join(allowed) or 'nothing'}"
        owners = OWNERS.get(name.split(".")[0])
        if owners is not None and not inside(module.name, owners):
            yield f"{where}, which belongs to {', '.join(owners)}"


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that runs when the module is imported: function bodies do not; decorators, defaults and class bodies do."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo += [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        elif isinstance(node, ast.Lambda):
            todo += [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        elif isinstance(node, ast.If) and ast.unparse(node.test) in {"__name__ == '__main__'", "TYPE_CHECKING"}:
            todo += node.orelse
        else:
            todo += ast.iter_child_nodes(node)


def environment(module: Module) -> Iterator[str]:
    """Reads of the environment that happen on import."""
    for node in at_import(ast.parse(module.text)):
        if isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) in {"os.environ", "os.getenv", "environ", "getenv"}:
            yield f"{module.name}:{node.lineno} reads the environment when it is imported"


def prints(module: Module) -> Iterator[str]:
    """Calls of ``print`` in library code."""
    if inside(module.name, ["ingest", "kb", "prompts"]):
        for node in ast.walk(ast.parse(module.text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
                yield f"{module.name}:{node.lineno} prints; raise, log or return instead"


def length(module: Module) -> Iterator[str]:
    """Modules that have become two."""
    lines = module.text.count("\n")
    if lines > MAX_LINES:
        yield f"{module.name} has {lines} lines; past {MAX_LINES} it is two modules"


_DATA_FILE = re.compile(r"\w+\.(toml|json|tsv|txt)")


def data_files(module: Module) -> Iterator[str]:
    """Files named with the package that they lie in, ``("kb.search", "follow_up.toml")``, which are not there."""
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.Call):
            said = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
            for package, name in pairwise(said):
                folder = PROJECT / package.replace(".", "/")
                if package.split(".")[0] in ROOMS and _DATA_FILE.fullmatch(name) and not (folder / name).is_file():
                    yield f"{module.name}:{node.lineno} reads {name} of {package}, which is not there"


@cache
def modules() -> tuple[Module, ...]:
    """Every module of ours."""
    files = [file for room in ROOMS for file in [*PROJECT.joinpath(room).rglob("*.py"), PROJECT / f"{room}.py"] if file.is_file()]
    found = []
    for file in sorted(files):
        parts = file.relative_to(PROJECT).with_suffix("").parts
        package = parts[-1] == "__init__"
        found.append(Module(".".join(parts[:-1] if package else parts), file.read_text(encoding="utf-8"), package))
    return tuple(found)


MOST_MODULES = 12


def test_no_folder_is_crowded() -> None:
    folders = Counter(module.name.rpartition(".")[0] for module in modules() if not module.package)
    assert {"lang", "kb.answer", "kb.answer.scoring", "kb.verify", "ui.cli.commands", "eval.fit"} <= set(folders)
    assert not {folder: count for folder, count in folders.items() if count > MOST_MODULES}


def test_a_name_stands_once_in_its_room() -> None:
    named = Counter((name.split(".")[0], name.rpartition(".")[2]) for name in (m.name for m in modules() if not m.package) if "." in name)
    assert not {f"{room}: {name}": count for (room, name), count in named.items() if count > 1}


def circles() -> list[list[str]]:
    """Modules that import one another in a ring when they are loaded."""
    known = {module.name: {name for _, name in imports_when_loaded(module)} for module in modules()}
    known = {
        one: {found for name in names for found in loaded(name, known) if not f"{one}.".startswith(f"{found}.")}
        for one, names in known.items()
    }
    found, index, low, stack = [], {}, {}, []

    def visit(one: str) -> None:  # Tarjan 1972: strongly connected components
        index[one] = low[one] = len(index)
        stack.append(one)
        for other in known[one]:
            if other not in index:
                visit(other)
                low[one] = min(low[one], low[other])
            elif other in stack:
                low[one] = min(low[one], index[other])
        if low[one] == index[one]:
            ring = stack[stack.index(one) :]
            del stack[stack.index(one) :]
            if len(ring) > 1:
                found.append(sorted(ring))

    for one in known:
        if one not in index:
            visit(one)
    return found


def loaded(name: str, known: dict[str, set[str]]) -> Iterator[str]:
    """The modules of ours that an import of a dotted name loads: its own, and the packages that it lies in."""
    parts = name.split(".")
    yield from (one for end in range(1, len(parts) + 1) if (one := ".".join(parts[:end])) in known)


def imports_when_loaded(module: Module) -> Iterator[tuple[int, str]]:
    """What is imported while the module is loaded, not for types alone."""
    kept = [node for node in at_import(ast.parse(module.text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = {line for node in kept for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    yield from ((line, name) for line, name in imports(module) if line in lines)


def test_no_modules_import_one_another_in_a_ring() -> None:
    assert circles() == []


CHECKS = (direction, environment, prints, length, data_files)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_is_in_order(check) -> None:
    problems = [problem for module in modules() for problem in check(module)]
    assert not problems, "\n".join(problems)


def test_every_room_is_looked_at() -> None:
    names = {module.name for module in modules()}
    assert {"ingest.records", "kb.records", "kb.index.chroma", "ui.cli.main", "prompts", "eval"} <= names


VIOLATIONS = [
    ("ingest.document.chunking", "from kb.records import Hit", "which ingest must not know"),
    ("ingest.pdf.reader", "def f():\n    import ui.cli.main", "which ingest must not know"),
    ("ingest.pipeline", "from prompts import phrases", "which ingest must not know"),
    ("lang.sentences", "from ingest.records import Block", "which lang must not know"),
    ("kb.verify.fact_check", "from kb.answer.ask import ask", "which kb.verify must not know"),
    ("kb.answer.ask", "import eval", "which kb must not know"),
    ("kb.history", "from training.modules import plan", "which kb must not know"),
    ("kb.search.fusion", "from kb import answer", "which kb.search must not know"),
    ("kb.search.fusion", "from ..answer.ask import ask", "which kb.search must not know"),
    ("kb.store.publish", "from kb.search.retrieval import Retriever", "which kb.store must not know"),
    ("kb.embed.embedder", "from kb.store import catalogue", "which kb.embed must not know"),
    ("kb.search.surrounding_text", "import importlib\nimportlib.import_module('kb.answer.ask')", "which kb.search must not know"),
    ("kb.store.publish", "from ingest.pdf.reader import read_pdf", "may take only ingest.records"),
    ("kb.store.publish", "import ingest", "may take only ingest.records"),
    ("prompts.load", "from kb.records import Answer", "may take only nothing"),
    ("prompts.load", "from ingest.pipeline import read_documents", "may take only ingest.records"),
    ("kb.search.retrieval", "import chromadb", "belongs to kb.index.chroma"),
    ("kb.store.catalogue", "from chromadb_rust_bindings import cli", "belongs to kb.index.chroma"),
    ("eval.tasks.retrieval", "import streamlit as st", "belongs to ui, app"),
    ("kb.answer.scoring.sentence_ranking", "from langchain.chat_models import init_chat_model", "belongs to kb.generate"),
    ("ui.cli.main", "from sqlalchemy import select", "belongs to kb"),
    ("ui.pages.evaluation.evaluation_page", "import app", "which ui must not know"),
    ("eval.datasets.feedback", "from ui.components.i18n import strings", "which eval must not know"),
    ("server.v1.ask", "from ui.pages.chat.history import show", "may take only ui.cli.json_output"),
    ("server.app", "import streamlit as st", "belongs to ui, app"),
    ("training.exchange_map.draw", "from eval.report.plots import shares", "which training must not know"),
]


@pytest.mark.parametrize(("name", "text", "complaint"), VIOLATIONS)
def test_an_import_against_the_arrow_is_reported(name: str, text: str, complaint: str) -> None:
    problems = list(direction(Module(name, text)))
    assert len(problems) == 1
    assert complaint in problems[0]


ALLOWED = [
    (
        "kb.store.publish",
        "from ingest.records import Document\nfrom kb.embed.embedder import Embedder\nfrom ingest.errors import IngestError",
    ),
    ("kb.search.fusion", "from lang import identify, sentences\nfrom kb.store.catalogue import Catalogue"),
    ("kb.index.chroma", "import chromadb\nfrom chromadb.config import Settings"),
    ("kb.generate", "from langchain.chat_models import init_chat_model"),
    ("prompts.phrases", "from ingest.records import Language\nfrom prompts import load"),
    ("ui.pages.chat.chat_page", "import streamlit as st\nfrom kb import KnowledgeBase\nfrom ingest.pipeline import read_documents"),
    ("ui.pages.evaluation.evaluation_page", "from eval.report.plots import shares\nfrom training.exchange_map import draw"),
    ("kbx.other", "import chroma\nimport evaluate\nfrom uiua import eval"),
]


@pytest.mark.parametrize(("name", "text"), ALLOWED)
def test_an_import_along_the_arrow_is_not_reported(name: str, text: str) -> None:
    assert list(direction(Module(name, text))) == []


def test_a_relative_import_in_a_package_is_resolved_from_the_package_itself() -> None:
    assert [name for _, name in imports(Module("kb.search", "from .fusion import fuse\nfrom .. import store", package=True))] == [
        "kb.search.fusion.fuse",
        "kb.store",
    ]
    assert [name for _, name in imports(Module("kb.search.fusion", "from .surrounding_text import a\nfrom ..store import b"))] == [
        "kb.search.surrounding_text.a",
        "kb.store.b",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nHOME = os.environ.get('HOME')",
        "import os\nclass A:\n    home = os.getenv('HOME')",
        "from os import environ\nif True:\n    x = environ['A']",
        "import os\ndef f(home=os.environ['HOME']): ...",
        "import os\n@register(os.environ)\ndef f(): ...",
    ],
)
def test_a_read_of_the_environment_on_import_is_reported(text: str) -> None:
    assert len(list(environment(Module("kb.settings", text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import os\ndef f():\n    return os.environ['HOME']",
        "import os\nf = lambda: os.getenv('A')",
        "import os\nclass A:\n    def f(self): return os.environ",
        "import os\nif __name__ == '__main__':\n    os.environ['A'] = 'b'",
    ],
)
def test_a_read_of_the_environment_in_a_function_is_not_reported(text: str) -> None:
    assert list(environment(Module("kb.settings", text))) == []


def test_a_data_file_that_is_not_there_is_reported() -> None:
    text = "words = partial(toml_of, 'kb.search', 'follow_up.toml')\nmore = toml_of('kb.search', 'lost.toml')"
    assert list(data_files(Module("kb.x", text))) == ["kb.x:2 reads lost.toml of kb.search, which is not there"]


def test_a_print_in_library_code_is_reported_and_one_in_the_terminal_is_not() -> None:
    text = "def f():\n    print('found')\n"
    assert len(list(prints(Module("kb.search.fusion", text)))) == 1
    assert list(prints(Module("ui.cli.output", text))) == []
    assert list(prints(Module("kb.x", "blueprint()\n'print()'"))) == []


def test_a_module_of_401_lines_is_reported_and_one_of_400_is_not() -> None:
    assert len(list(length(Module("kb.x", "a = 1\n" * 401)))) == 1
    assert list(length(Module("kb.x", "a = 1\n" * 400))) == []


def test_a_module_of_tests_is_no_longer_than_one_of_setu_may_be() -> None:
    files = (Module(path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8")) for path in PROJECT.glob("tests/**/*.py"))
    assert [wrong for file in files for wrong in length(file)] == []
