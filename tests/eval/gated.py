"""The retrieval sets of the gate, and whether one keeps its floors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main
from tests.support import shared

WHOLE = ("--limit-queries", "150", "--limit-corpus", "400")
BRIEF = ("--limit-queries", "60", "--limit-corpus", "120")
GATED = {
    "clapnq-en": BRIEF,
    "jsquad-ja": WHOLE,
    "mahmls21-mr": BRIEF,
    "sib200-en-ja": BRIEF,
    "sib200-en-mr": BRIEF,
    "sib200-hi-ja": BRIEF,
    "sib200-ja-mr": BRIEF,
    "sib200-mr-en": BRIEF,
    "sib200-mr-ja": BRIEF,
    "xquad-en-en": WHOLE,
    "xquad-en-hi": BRIEF,
    "xquad-hi-en": WHOLE,
    "xquad-hi-hi": BRIEF,
}
"""How much of each set is measured, as when its floors were set."""
QUICK = {"sib200-en-mr", "sib200-hi-ja", "xquad-hi-hi"}
"""The smallest that hold all four languages, across languages and within one; the others are slow."""


def sets(across: bool) -> list[Any]:
    """Those whose questions are in another language than their passages, or the others, for `pytest.mark.parametrize`."""
    named = [name for name in GATED if (len(set(name.split("-")[1:])) == 2) is across]
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in named]


def assert_keeps_its_floors(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Measure a set, write the report into the folder and have the gate read it."""
    out = folder / "report.json"
    assert main(["retrieval", str(shared("benchmarks", "beir", name)), *GATED[name], "--json", str(out)]) == 0
    capsys.readouterr()
    assert main(["gate", str(out)]) == 0, capsys.readouterr().err
