"""Requests that nobody thought of, made from the description of all paths: no server error, and no answer that is not described."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb.auth.roles import Role
from tests.server.conftest import Served
from tests.server.papers_with_hidden import served as on_a_port

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed"),
]


KNOWN = """[parameters]
"path.document" = 1
"path.version" = 1
"path.page" = 1
"path.passage" = "1.1.0.20"
"""
"""What there is, so that paths are asked for it too, and not only for what there is not."""


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("role", "known"), [("editor", ""), ("viewer", KNOWN)], ids=["anything", "what there is"])
def test_every_operation_answers_as_it_is_described(writable: Served, tmp_path: Path, role: Role, known: str) -> None:
    """`SETU_FUZZ_EXAMPLES` says how many requests of each kind; a few are enough to see what is wrong everywhere."""
    key = writable.key(role, role, None)
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(known)
    with on_a_port(writable.app) as at:
        command = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(settings),
            "run",
            f"{at}/openapi.json",
            "--checks",
            CHECKS,
        ]
        command += [
            "--header",
            f"Authorization: Bearer {key}",
            "--max-examples",
            os.environ.get("SETU_FUZZ_EXAMPLES", "10"),
            "--seed",
            "19",
        ]
        command += ["--phases", "examples,coverage,fuzzing", "--request-timeout", "120", "--suppress-health-check", "all"]
        run = subprocess.run([*command, "--continue-on-failure"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2000:]
