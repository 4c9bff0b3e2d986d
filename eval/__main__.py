"""``python -m eval COMMAND``, with the commands listed in this module: each has its own ``--help``."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

_COMMANDS = (
    "retrieval", "answers", "followups", "counterparts", "extraction", "boxes", "structure", "facts", "kinds", "lines", "cards", "map",
    "training", "stories", "mutations", "pages", "doubt", "intent", "conflicts", "verification", "mixed", "scale", "samples", "stated",
    "unseen", "reader", "speaking", "salience", "questions", "tags", "tasks", "parties", "latency", "meant", "compare", "overviews",
    "report", "gate",
)  # fmt: skip
"""Each is a module of this package with a ``run_cli``; only the one that is asked for is imported."""


def main(argv: Sequence[str] | None = None) -> int:
    """Hand the arguments to the command that the first one names."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="python -m eval", description="Does it work? Each command says more with --help.")
    parser.add_argument("command", choices=sorted(_COMMANDS))
    command = parser.parse_args(arguments[:1]).command
    status: int = importlib.import_module(f"eval.{command}").run_cli(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main())
