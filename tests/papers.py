"""Homes that hold sample papers, each made once in a run; tests take a copy (`tests.once.copied`)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from tests.once import once
from tests.support import PROJECT

SAMPLES = PROJECT / "samples" / "documents"
FEW = (
    "memorandum-of-cooperation.pdf", "sahakarya-karar.pdf", "flood-warning-kazehama.pdf", "lahargad-ledger.html", "sagartat-samachar.txt"
)  # fmt: skip
"""An agreement in two languages, a report and two newspapers' stories."""


def all_samples(factory: pytest.TempPathFactory) -> Path:
    """A home that holds every sample paper."""
    return once(factory, "samples", partial(_ingested, (SAMPLES,)))


def few_samples(factory: pytest.TempPathFactory) -> Path:
    """A home that holds `FEW` of them."""
    return once(factory, "few", partial(_ingested, tuple(SAMPLES / name for name in FEW)))


def _ingested(papers: tuple[Path, ...], home: Path) -> None:
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        assert not kb.ingest(papers).rejected
