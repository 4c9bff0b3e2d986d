"""A question at the terminal pays for no library that it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.embed.cross_encoders import PassageReader, RequestReader
from kb.embed.e5_model import BundledEmbedder
from tests.kb.make import base, papers
from tests.support import PROJECT

_HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "chromadb",
    "httpx",
    "langchain",
    "langchain_core",
    "streamlit",
    "onnx",
    "trafilatura",
}


@pytest.mark.parametrize("words", [("search", "signed"), ("ask", "When was the memorandum signed?")])
def test_a_question_at_the_terminal_imports_no_heavy_library(tmp_path: Path, words: tuple[str, str]) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents(papers())
    # The models are made ready once in each home, by whatever process first opens them.
    model = BundledEmbedder(tmp_path / "cache")
    for one in (PassageReader, RequestReader):
        one(model, tmp_path / "cache")
    code = (
        "import sys\nfrom ui.cli.main import main\n"
        f"sys.argv = ['setu', *{words!r}, '--json']\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code, done.code\n"
        "print(*{name.split(chr(46))[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env={"SETU_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "12 March 2025" in done.stdout
    assert not _HEAVY & set(done.stderr.strip().splitlines()[-1].split())
