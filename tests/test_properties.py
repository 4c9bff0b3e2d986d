"""The properties, which every other run tries on the same examples, on examples that nobody has tried before."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import PROJECT


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_properties_hold_for_examples_of_a_new_seed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    # Where the order of the tests is a given one (CI), so are the examples: whether a change lands does not hang on chance.
    told = request.config.getoption("randomly_seed", None)
    seed = told if isinstance(told, int) else secrets.randbelow(2**32)
    given = ["-m", "hypothesis", "--hypothesis-profile=random", f"--hypothesis-seed={seed}"]
    command = [sys.executable, "-m", "pytest", *given, "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'base'}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"To repeat it: pytest {' '.join(given)}\n{done.stdout[-20_000:]}{done.stderr[-2_000:]}"
