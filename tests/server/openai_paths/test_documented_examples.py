"""The examples of docs/openai.md, run as they stand there but for address and key."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import regex

from kb import KnowledgeBase
from tests.server.openai_paths.app_of import app_of
from tests.server.papers_with_hidden import served
from tests.support import PROJECT

EXAMPLES = regex.findall(r"```python\n(.*?)```", (PROJECT / "docs/openai.md").read_text(encoding="utf-8"), regex.DOTALL)
SAID = {
    "from openai": ("Rs 12.40 crore. [1]", "?passage=1.1.61.121 The flood-warning pilot"),
    "from langchain_openai": ("Memorandum of Cooperation · Article 2", "?passage=1.1.61.121"),
    "from llama_index": ("Rs 12.40 crore. [1]",),
}


def test_every_library_has_its_example() -> None:
    assert [key for example in EXAMPLES for key in SAID if example.startswith(key)] == list(SAID)


@pytest.mark.slow
@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.startswith("from ")], ids=lambda e: e.split()[1])
def test_an_example_of_the_guide_does_what_it_says(example: str, stocked: KnowledgeBase) -> None:
    library = example.split()[1]
    python = os.environ.get("LLAMAINDEX_PYTHON", sys.executable) if library.startswith("llama_index") else sys.executable
    if subprocess.run([python, "-c", f"import {library}"], capture_output=True, check=False).returncode:
        pytest.skip(f"{library} is not installed; LLAMAINDEX_PYTHON may name a Python that has it")
    with served(app_of(stocked)) as address:
        code = example.replace("http://127.0.0.1:8600", address).replace('"…"', '"key-of-vani"')
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    said = next(words for key, words in SAID.items() if example.startswith(key))
    assert all(words in done.stdout for words in said), done.stdout + done.stderr
