"""``python -m eval retrieval|answers|extraction|structure|facts|scale|compare|gate``: each command has its own ``--help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console


def _retrieval(argv: Sequence[str]) -> int:
    from eval import retrieval

    return retrieval.run_cli(argv)


def _answers(argv: Sequence[str]) -> int:
    from eval import answers

def _followups(argv: Sequence[str]) -> int:
    from eval import followups

    return followups.run_cli(argv)


    return answers.run_cli(list(argv))


def _extraction(argv: Sequence[str]) -> int:
    from eval import extraction

    parser = argparse.ArgumentParser(prog="python -m eval extraction", description="Character error and word F1 of extracted text.")
    parser.add_argument("directory", type=Path, help="files with the true text beside each: NAME.txt is the truth of every NAME.*.pdf")
    arguments = parser.parse_args(argv)
    Console(width=140).print(extraction.table(extraction.run(arguments.directory)))
    return 0


def _structure(argv: Sequence[str]) -> int:
    from eval import structure

    return structure.run_cli(argv)


def _facts(argv: Sequence[str]) -> int:
    from eval import facts

    return facts.run_cli(argv)

def _stories(argv: Sequence[str]) -> int:
    from eval import stories

    return stories.run_cli(argv)



def _stories(argv: Sequence[str]) -> int:
    from eval import stories

    return stories.run_cli(argv)


def _scale(argv: Sequence[str]) -> int:
    from eval import scale

    return scale.run_cli(argv)


def _compare(argv: Sequence[str]) -> int:
    from eval import compare

    return compare.run_cli(argv)


def _gate(argv: Sequence[str]) -> int:
    from eval import gate

    return gate.run_cli(argv)


_COMMANDS = {
    "retrieval": _retrieval,
    "followups": _followups,
    "answers": _answers,
    "extraction": _extraction,
    "structure": _structure,
    "facts": _facts,
    "stories": _stories,
    "stories": _stories,
    "scale": _scale,
    "compare": _compare,
    "gate": _gate,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Hand the arguments to the command that the first one names."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="python -m eval", description="Does it work? Each command says more with --help.")
    parser.add_argument("command", choices=sorted(_COMMANDS))
    command = parser.parse_args(arguments[:1]).command
    return _COMMANDS[command](arguments[1:])


if __name__ == "__main__":
    sys.exit(main())
