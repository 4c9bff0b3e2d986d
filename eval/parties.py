"""``python -m eval parties``: fit the model that tells the parties of agreements, and say how well it does in papers it was not fitted on.

It is fitted on whole agreements (`eval.stated_data`) and on beginnings (`openings.jsonl` and `openings_more.jsonl` of `eval/data/tags`),
all by writers who had not seen the code. What it sees of a paper comes from taggers that were not fitted on that paper. Beside it: what
the tagger of beginnings tells by itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from eval import boosted, stated_data, tags
from eval.stated import Tally
from eval.tags_data import read
from ingest.understand.opening import stretch_of
from ingest.understand.parties.choice import chosen, seen_names
from ingest.understand.parties.formulas import find_parties
from ingest.understand.parties.names import Name
from ingest.understand.tagger import Tagger, stored
from ingest.understand.trees import Trees
from lang.normalise import bare

WEIGHT: Final = 3.0
"""What a name of a whole paper counts for, beside one of a beginning."""
ALONE: Final = 0.5
"""How likely the tagger alone has to tell a party."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A paper or its beginning, what somebody read there, what the model sees of its names, and what the tagger tells alone."""

    id: str
    group: str
    parties: Sequence[str]
    names: Sequence[tuple[Name, dict[str, float]]]
    alone: Sequence[str]
    whole: bool = True


def agreements() -> list[Agreement]:
    """All of them; the taggers are fitted anew without a third of the papers each time, which takes a quarter of an hour."""
    opening, ending = stored("openings"), stored("signatures")
    if opening is None or ending is None:
        raise RuntimeError("no tagger is fitted: run python -m eval tags openings --write and python -m eval tags signatures --write first")
    opening_without, ending_without = (tags.without(tags.SETS[name]()) for name in ("openings", "signatures"))
    fitted_on = [
        *(_agreement(paper, opening_without(paper.id), ending_without(paper.id)) for paper in stated_data.papers()),
        *(_agreement(paper, opening_without(paper.id), None) for paper in _beginnings("tags/openings")),
    ]
    new = [
        *(_agreement(paper, opening, ending) for paper in stated_data.more()),
        *(_agreement(paper, opening, None) for paper in _beginnings("tags/openings_more")),
    ]
    return [one for one in (*fitted_on, *new) if one is not None]


def _beginnings(name: str) -> Iterator[stated_data.Paper]:
    """The beginnings of a file of `eval/data` as papers, whose lines are paragraphs."""
    for row in read(name):
        blocks = [["paragraph", line, row["language"], []] for line in row["text"].split("\n")]
        yield stated_data.paper_of({**row, "margins": [], "blocks": blocks})


def _agreement(paper: stated_data.Paper, opening: Tagger, ending: Tagger | None) -> Agreement | None:
    """A paper as an example; None where it is no agreement. Without a tagger of ends it is a beginning only."""
    row, text, blocks = paper.row, paper.text, paper.blocks
    if row["kind"] != "agreement":
        return None
    title, margins = row["title"] or "", row["margins"]
    formal = find_parties(text, title, paper.language)
    seen = list(seen_names(text, blocks, margins, title, paper.language, formal, opening, ending))
    stretch = stretch_of(text, blocks, margins)
    spans = [one for one in opening.spans(stretch, ALONE) if one.label == "party" and one.chance >= ALONE]
    alone = [stretch[one.start : one.end] for one in spans]
    return Agreement(paper.id, paper.group, row["parties"], seen, alone, ending is not None)


def fitted(found: Sequence[Agreement]) -> Trees:
    """The model fitted on the names of these."""
    every = [(one, name, seen) for one in found for name, seen in one.names]
    return boosted.fitted(
        [seen for _, _, seen in every],
        [is_party(name.text, one.parties) for one, name, _ in every],
        [WEIGHT if one.whole else 1.0 for one, _, _ in every],
    )


def is_party(name: str, parties: Sequence[str]) -> bool:
    """Whether a name is one of these, but for an article."""
    return bare(name).removeprefix("the") in {bare(party).removeprefix("the") for party in parties}


def told(model: Trees, one: Agreement) -> list[str]:
    """The parties that a model tells of one."""
    return [name.text for _, name in chosen([(model.chance(seen), name) for name, seen in one.names])]


def report(found: Sequence[Agreement]) -> Iterator[str]:
    """Recall and precision on each set of whole papers by a model that was fitted without it, and on all; beside it the tagger alone."""
    tally = Tally()
    for group in sorted({one.group for one in found if one.whole}):
        model = fitted([one for one in found if one.group != group])
        for one in (one for one in found if one.whole and one.group == group):
            for name in (group, "all"):
                tally.many(name, one.parties, told(model, one))
                tally.many(f"{name}, the tagger alone", one.parties, one.alone)
    yield from tally.lines()


def run_cli(argv: Sequence[str]) -> int:
    """Report; with ``--write``, put the model beside the module that uses it."""
    parser = argparse.ArgumentParser(prog="python -m eval parties", description="How well the parties of agreements are told.")
    parser.add_argument("--write", action="store_true", help="write ingest/understand/parties/model.json")
    args = parser.parse_args(argv)
    found = agreements()
    for line in report(found):
        sys.stdout.write(line + "\n")
    if args.write:
        examples = [f"{one.id}\t{one.parties}\t{[name.text for name, _ in one.names]}" for one in found]
        boosted.write(fitted(found), "parties", "parties", examples)
    return 0
