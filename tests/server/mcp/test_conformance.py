"""The conformance suite of the protocol, by those who keep it, against the application of `setu serve`."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.conftest import opened, stocked
from tests.server.papers_with_hidden import served
from tests.support import PROJECT

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"  # the first that knows the revision of July 2026
NODE = "node@22"  # the suite needs it, and many a machine has an older one
RUN = ["npx", "--yes", "-p", NODE, "-p", SUITE, "conformance"]
NOT_MET = tomllib.loads((PROJECT / "tests/server/mcp/conformance.toml").read_text(encoding="utf-8"))
EXTENSION = "tasks-"
"""Scenarios of an extension that Setu does not have."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if shutil.which("npx") is None:
        pytest.skip("npx is not here, so the conformance suite of the protocol cannot run")
    tried = subprocess.run([*RUN, "--help"], capture_output=True, check=False, timeout=570, cwd=tmp_path_factory.mktemp("npx"))
    if tried.returncode:
        pytest.skip("npx cannot get the conformance suite of the protocol, or the Node that it needs")
    home = tmp_path_factory.mktemp("conformance") / "home"
    stocked(home)
    for setu in opened(home):
        with served(setu.app) as at:
            yield at


@pytest.mark.slow
@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
def test_the_conformance_suite_finds_nothing_that_is_not_accounted_for(address: str, revision: str, tmp_path: Path) -> None:
    command = [*RUN, "server", "--url", f"{address}/mcp", "--requirements", revision, "--output-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path)
    checks = {
        check["id"]: check["status"]
        for file in tmp_path.glob("server-*/checks.json")
        if not file.parent.name.startswith(f"server-{EXTENSION}")
        for check in json.loads(file.read_text(encoding="utf-8"))
    }
    met = {one for one, status in checks.items() if status == "SUCCESS"}
    failed = {one for one, status in checks.items() if status in ("FAILURE", "WARNING")}
    known = {one for part in NOT_MET.values() for one in part}
    assert failed - known == set(), done.stdout[-4000:]
    assert known & met == set(), "these are met now: take them out of conformance.toml"
    assert len(met) > 12
