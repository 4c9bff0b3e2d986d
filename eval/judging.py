"""Verdicts on statements that are not part of an answer: the evidence is taken for verified quotes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.progress import track

from eval.mutations import Case
from kb import Settings
from kb.records import Citation, Verdict
from kb.represent.cache import CachedEmbedder
from kb.represent.embed import open_embedder
from kb.verify.verifier import Verifier
from lang.identify import detect


def outcomes_of(cases: Sequence[Case]) -> list[tuple[Case, Verdict]]:
    """Each case and what the default verifier says of it."""
    with tempfile.TemporaryDirectory() as home:
        verifier = Verifier(CachedEmbedder(open_embedder(Settings.load(home=Path(home)))))
        return [
            (case, verifier.judge(case.statement, [citation(text) for text in case.evidence])) for case in track(cases, description="judge")
        ]


def citation(quote: str) -> Citation:
    """A verified citation of a quote in a document of its own."""
    return Citation(1, "", "", 1, "other", None, 1, "1", (), 0, len(quote), detect(quote), quote, "verified")
