"""Whom a line that lays down a duty names as the one who owes it, as the tagger finds it."""

from __future__ import annotations

from typing import Final

from ingest.understand.tagger import stored

LEAST: Final = 0.7
_EDGES = " ,;:：、。()（）"


def actor_of(line: str) -> str:
    """The words of the line that name who must act, as they stand in it; "" where it names nobody, or nothing was fitted."""
    tagger = stored("actors")
    spans = tagger.spans(line) if tagger is not None else []
    best = max((span for span in spans if span.chance >= LEAST), key=lambda span: span.chance, default=None)
    return " ".join(line[best.start : best.end].split()).strip(_EDGES) if best is not None else ""
