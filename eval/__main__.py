"""``python -m eval COMMAND``, with the commands listed in this module: each has its own ``--help``."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

_COMMANDS = {
    "answers": "tasks.answers", "boxes": "tasks.documents.quote_boxes", "cards": "tasks.products.agreement_cards",
    "compare": "metrics.comparison", "conflicts": "tasks.conflicts", "counterparts": "tasks.cross_lingual:counterparts_main",
    "doubt": "fit.documents.misread_words", "extraction": "tasks.documents.extraction", "facts": "tasks.documents.facts",
    "followups": "tasks.followups", "gate": "gate", "intent": "fit.intent", "kinds": "fit.documents.document_kinds",
    "latency": "speed.latency", "lines": "fit.documents.line_classifiers", "map": "tasks.products.exchange_map",
    "meant": "fit.paper_linking", "mixed": "tasks.cross_lingual:mixed_main", "mutations": "tasks.mutations",
    "overviews": "tasks.products.overviews", "pages": "tasks.documents.ocr", "parties": "fit.documents.party_names:parties_main",
    "questions": "fit.query_map", "reader": "fit.reader", "report": "report.saved_runs", "retrieval": "tasks.retrieval",
    "salience": "fit.salience", "samples": "tasks.samples", "scale": "speed.scale", "speaking": "fit.paper_selection",
    "stated": "tasks.documents.stated_facts", "stories": "tasks.documents.near_duplicates", "structure": "tasks.documents.structure",
    "tags": "fit.documents.party_names:tags_main", "tasks": "tasks.official_tasks", "training": "tasks.products.training_material",
    "unseen": "tasks.unseen_papers", "verification": "tasks.verification",
}  # fmt: skip
"""Command → module below this package, with the function that takes its arguments where it is not ``run_cli``; only what is asked for is
imported."""


def main(argv: Sequence[str] | None = None) -> int:
    """Hand the arguments to the command that the first one names."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="python -m eval", description="Does it work? Each command says more with --help.")
    parser.add_argument("command", choices=sorted(_COMMANDS))
    command = parser.parse_args(arguments[:1]).command
    module, _, function = _COMMANDS[command].partition(":")
    status: int = getattr(importlib.import_module(f"eval.{module}"), function or "run_cli")(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main())
