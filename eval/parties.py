"""``python -m eval parties``: fit the model that tells the parties of agreements, and say how well it does in papers it was not fitted on.

It is fitted on whole agreements (`eval.stated_data`) and on beginnings (`openings.jsonl` and `openings_more.jsonl` of `eval/data/tags`),
all by writers who had not seen the code. What it sees of a paper comes from taggers that were not fitted on that paper. Beside it: what
the tagger of beginnings tells by itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from eval import boosted, stated_data, tags
from eval.stated import same
from eval.tags_data import read
from ingest.records import Block
from ingest.understand.opening import stretch_of
from ingest.understand.parties.choice import chosen, seen_names
from ingest.understand.parties.names import Name, key
from ingest.understand.tagger import Tagger, stored
from ingest.understand.trees import Trees
from lang.codes import Language

WEIGHT: Final = 3.0
"""What a name of a whole paper counts for, beside one of a beginning."""
ALONE: Final = 0.5
"""How likely the tagger alone has to tell a party."""
Taggers: TypeAlias = tuple[Tagger, Tagger | None]


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
    of = _held_out_taggers()
    out = []
    for paper in stated_data.papers():
        if paper.row["kind"] == "agreement":
            out.append(_agreement(paper.row, paper.text, paper.blocks, of(paper.row["id"]), paper.row["id"][0]))
    for row in read("tags/openings"):
        if row["kind"] == "agreement":
            out.append(_agreement(row, row["text"], lines_of(row["text"], row["language"]), (of(row["id"])[0], None), "opening"))
    for paper in stated_data.more():
        if paper.row["kind"] == "agreement":
            group = paper.row["id"].split("-")[0]
            out.append(_agreement(paper.row, paper.text, paper.blocks, (opening, ending), group))
    for row in read("tags/openings_more"):
        out.append(_agreement(row, row["text"], lines_of(row["text"], row["language"]), (opening, None), "opening"))
    return out


def _held_out_taggers() -> Callable[[str], Taggers]:
    """Of a paper, taggers that were fitted without it."""
    openings, endings = tags.without("openings"), tags.without("signatures")
    return lambda paper: (openings(paper), endings(paper))


def lines_of(text: str, language: Language) -> list[Block]:
    """The lines of a beginning as blocks."""
    blocks: list[Block] = []
    at = 0
    for line in text.split("\n"):
        blocks.append(Block(1, "paragraph", (), line, at, at + len(line), language))
        at += len(line) + 1
    return blocks


def _agreement(row: dict[str, Any], text: str, blocks: Sequence[Block], taggers: Taggers, group: str) -> Agreement:
    margins = row.get("margins", [])
    seen = list(seen_names(text, blocks, margins, row["title"] or "", row["language"], *taggers))
    stretch = stretch_of(text, blocks, margins)
    spans = [one for one in taggers[0].spans(stretch, ALONE) if one.label == "party" and one.chance >= ALONE]
    return Agreement(row["id"], group, row["parties"], seen, [stretch[one.start : one.end] for one in spans], taggers[1] is not None)


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
    return key(name).removeprefix("the") in {key(party).removeprefix("the") for party in parties}


def told(model: Trees, one: Agreement) -> list[str]:
    """The parties that a model tells of one."""
    return [name.text for _, name in chosen([(model.chance(seen), name) for name, seen in one.names])]


def report(found: Sequence[Agreement]) -> Iterator[str]:
    """Recall and precision on each set of whole papers by a model that was fitted without it, and on all; beside it the tagger alone."""
    groups = sorted({one.group for one in found if one.whole})
    ours: dict[str, list[str]] = {}
    for group in groups:
        model = fitted([one for one in found if one.group != group])
        ours |= {one.id: told(model, one) for one in found if one.group == group}
    for group in (*groups, "all"):
        some = [one for one in found if one.whole and group in (one.group, "all")]
        with_model = measured([(one.parties, ours[one.id]) for one in some])
        yield f"{group}: {with_model}; tagger alone {measured([(one.parties, one.alone) for one in some])}"


def measured(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> str:
    """Recall and precision of what was told beside what is so."""
    so, said = sum(len(one) for one, _ in pairs), sum(len(other) for _, other in pairs)
    found = sum(any(same(party, name) for name in told) for parties, told in pairs for party in parties)
    true = sum(any(same(party, name) for party in parties) for parties, told in pairs for name in told)
    return f"recall {found / max(1, so):.2f} of {so}, precision {true / max(1, said):.2f} of {said}"


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
