"""``python -m eval cards``: does an agreement card hold what a person reads in the agreement?

`eval/data/cards_gold.jsonl` has a line for each agreement: its fields and obligations, marked by a person in the text. Values (names,
dates, lengths of time) stand in the gold; sentences are spans with a hash of their text, so that none of a corpus is copied. How both
were marked: docs/cards.md.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import regex

from eval import DATA, options
from eval.report.tables import markdown
from eval.tasks.documents.facts import documents_of, norm
from ingest.records import Document, found_shape
from kb import Settings
from kb.agreements.card_records import Draft, Duty, Found
from kb.agreements.extraction.actors import bare
from kb.agreements.extraction.card_extraction import draft
from kb.classify.document_classifier import classified
from kb.embed.embedder import open_embedder

GOLD = DATA / "cards_gold.jsonl"
SHARE = 0.5
"""Two spans mark one thing where what they share is at least this part of the shorter one."""


class CardsError(Exception):
    """The gold does not fit the text that is read today."""


@dataclass(slots=True)
class Score:
    """Counts of what is right, of what we gave, and of what the gold has."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def add(self, other: Score) -> None:
        """Add the counts of another."""
        self.right, self.given, self.wanted = self.right + other.right, self.given + other.given, self.wanted + other.wanted

    def shape(self) -> dict[str, float | int]:
        """Precision, recall and F1, which are 1 where there is nothing to find and nothing was given."""
        precision = self.right / self.given if self.given else 1.0
        recall = self.right / self.wanted if self.wanted else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        rates = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
        return {"wanted": self.wanted, "given": self.given, "right": self.right, **rates}


@dataclass(slots=True)
class Judged:
    """One agreement against its gold."""

    path: str
    split: str
    language: str
    fields: dict[str, Score]
    duties: Score
    actors: int = 0
    forces: int = 0
    both: int = 0
    deadlines: int = 0
    due: int = 0
    """Of the obligations found, how many the gold gives a deadline."""
    errors: list[str] = field(default_factory=list)


def read_gold(path: Path = GOLD) -> list[dict[str, Any]]:
    """The gold, one dict per agreement."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def judge(gold: Mapping[str, Any], text: str, made: Draft, language: str) -> Judged:
    """Compare a draft with its gold line.

    Raises:
        CardsError: a span of the gold no longer holds the text that was marked.
    """
    for one in (*gold["fields"], *gold["obligations"]):
        if "sha" in one and digest(text[one["start"] : one["end"]]) != one["sha"]:
            raise CardsError(f"{gold['path']}: characters {one['start']} to {one['end']} are not what was marked. Mark the text again.")
    out = Judged(gold["path"], gold["split"], gold["language"], {}, Score())
    for name in sorted({one["field"] for one in gold["fields"]} | {one.field for one in made.found}):
        wanted = [one for one in gold["fields"] if one["field"] == name]
        given = [one for one in made.found if one.field == name]
        pairs = matched([[_field_share(w, g) for g in given] for w in wanted])
        out.fields[name] = Score(len(pairs), len(given), len(wanted))
        _tell(out, f"field {name}", text, wanted, given, pairs)
    wanted, duties = gold["obligations"], made.duties
    pairs = matched([[_duty_share(w, d) for d in duties] for w in wanted])
    out.duties = Score(len(pairs), len(duties), len(wanted))
    _tell(out, "duty", text, wanted, duties, pairs)
    for w, g in pairs:
        _compare(out, wanted[w], duties[g], text, language)
    return out


def _compare(out: Judged, wanted: Mapping[str, Any], duty: Duty, text: str, language: str) -> None:
    actor = _same_actor(wanted, duty)
    force = duty.force == wanted["force"]
    out.actors, out.forces, out.both = out.actors + actor, out.forces + force, out.both + (actor and force)
    key = duty.deadline.key if duty.deadline else ""
    if wanted["deadline"]:
        out.due += 1
        out.deadlines += key in wanted["deadline"]
    if not (actor and force):
        out.errors.append(
            f"said: {duty.force} {duty.actor!r}, gold {wanted['force']} {wanted['actor']}: {_shown(text, duty.start, duty.end)}"
        )
    if key not in (wanted["deadline"] or [""]):
        out.errors.append(f"deadline {key!r}, gold {wanted['deadline']}: {_shown(text, duty.start, duty.end)}")


def _same_actor(wanted: Mapping[str, Any], duty: Duty) -> bool:
    return norm(bare(duty.actor, "en")) in {norm(bare(a, "en")) for a in wanted["actor"]} if wanted["actor"] else not duty.actor


def _duty_share(wanted: Mapping[str, Any], duty: Duty) -> float:
    """What the two spans share; of two that one sentence lays on two actors, each is compared with its own."""
    share = _share(wanted["start"], wanted["end"], duty.start, duty.end)
    return share + 0.02 * _same_actor(wanted, duty) if share else 0.0


def matched(shares: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs of gold and given, each at most once, the closest first: pairs below `SHARE` are none."""
    ranked = sorted(((s, w, g) for w, row in enumerate(shares) for g, s in enumerate(row) if s >= SHARE), key=lambda p: (-p[0], p[1], p[2]))
    pairs: list[tuple[int, int]] = []
    for _, w, g in ranked:
        if all(w != a and g != b for a, b in pairs):
            pairs.append((w, g))
    return sorted(pairs)


def _share(a: int, b: int, c: int, d: int) -> float:
    """What two spans share of the shorter one; of equal shares the spans of nearer length are closer (a hundredth at most)."""
    common = min(b, d) - max(a, c)
    shorter, longer = sorted((b - a, d - c))
    return common / shorter + 0.01 * shorter / longer if common > 0 and common / shorter >= SHARE else 0.0


def _field_share(wanted: Mapping[str, Any], given: Found) -> float:
    if "start" in wanted:
        return _share(wanted["start"], wanted["end"], given.start, given.end) if given.start is not None and given.end is not None else 0.0
    return float(_same(wanted["field"], wanted["value"], given.value))


def _same(name: str, wanted: Any, given: str) -> bool:
    if name in ("signatory", "contact"):
        parts = [p.strip() for p in given.split("|")]
        parts += [""] * (len(wanted) - len(parts))
        return len(parts) == len(wanted) and all(
            _named(p) in {_named(x or "") for x in _every(w)} for w, p in zip(wanted, parts, strict=True)
        )
    if name == "renewal":
        return given.startswith(wanted)
    return norm(given) in {norm(w) for w in _every(wanted)}


def _named(name: str) -> str:
    """A government is its country, as in `eval.tasks.documents.facts`."""
    return norm(regex.sub(r"^(?:the )?government of (?:the )?", "", name, flags=regex.I))


def _every(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _tell(
    out: Judged, what: str, text: str, wanted: Sequence[Mapping[str, Any]], given: Sequence[Any], pairs: Iterable[tuple[int, int]]
) -> None:
    found = list(pairs)
    for at, one in enumerate(wanted):
        if all(at != w for w, _ in found):
            out.errors.append(f"missed {what}: {one.get('value') or _shown(text, one['start'], one['end'])}")
    for at, one in enumerate(given):
        if all(at != g for _, g in found):
            shown = getattr(one, "value", None) or f"{one.force} {one.actor!r}: {_shown(text, one.start, one.end)}"
            out.errors.append(f"extra {what}: {shown[:200]}")


def _shown(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())[:160]


def digest(text: str) -> str:
    """The hash by which the gold knows a span."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def run(shared: Path | None, gold: Path = GOLD) -> tuple[list[Judged], list[str]]:
    """Judge every agreement that is here; also the names of those that are not."""
    here, absent = documents_of(read_gold(gold), shared, kind="agreement")
    embedder = open_embedder(Settings())
    return [judge(line, found.text, _drafted(classified(found, embedder)), found.facts.language) for line, found in here], absent


def _drafted(found: Document) -> Draft:
    return draft(found.text, found.blocks, found_shape(found.facts.found), found.facts.language)


def summarise(judged: Sequence[Judged]) -> dict[str, Any]:
    """Fields and obligations for the two halves, for the samples alone, and over all."""
    groups = {
        "dev": [j for j in judged if j.split == "dev"],
        "held": [j for j in judged if j.split == "held"],
        "samples": [j for j in judged if j.path.startswith("samples/")],
        "all": list(judged),
    }
    return {name: _figures(part) for name, part in groups.items() if part}


def _figures(part: Sequence[Judged]) -> dict[str, Any]:
    fields: dict[str, Score] = {}
    for j in part:
        for name, score in j.fields.items():
            fields.setdefault(name, Score()).add(score)
    total, duties = Score(), Score()
    for score in fields.values():
        total.add(score)
    for j in part:
        duties.add(j.duties)
    counts = Counter({name: sum(getattr(j, name) for j in part) for name in ("actors", "forces", "both", "deadlines", "due")})
    return {
        "agreements": len(part),
        "fields": total.shape(),
        "by_field": {name: score.shape() for name, score in sorted(fields.items())},
        "obligations": duties.shape(),
        "of_found": {
            "actor": _rate(counts["actors"], duties.right),
            "force": _rate(counts["forces"], duties.right),
            "actor_and_force": _rate(counts["both"], duties.right),
            "deadline": _rate(counts["deadlines"], counts["due"]),
        },
        "by_language": {language: _duties(j for j in part if j.language == language) for language in sorted({j.language for j in part})},
    }


def _duties(part: Iterable[Judged]) -> dict[str, float | int]:
    score = Score()
    for j in part:
        score.add(j.duties)
    return score.shape()


def _rate(right: int, of: int) -> float | None:
    return round(right / of, 4) if of else None


def rows(summary: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Group, agreements, fields, F1, obligations, F1, and of those found the right actor, force, both and deadline."""
    for name, figures in summary.items():
        of = figures["of_found"]
        yield (
            name, str(figures["agreements"]), str(figures["fields"]["wanted"]), f"{figures['fields']['f1']:.3f}",
            str(figures["obligations"]["wanted"]), f"{figures['obligations']['f1']:.3f}",
            *("–" if of[key] is None else f"{of[key]:.3f}" for key in ("actor", "force", "actor_and_force", "deadline")),
        )  # fmt: skip


@click.command()
@options.shared()
@options.save_json(help="write the figures and every error here")
@options.held()
def command(shared: Path, out: Path | None, held: bool) -> None:
    """Measure agreement cards against a gold marked by hand."""
    judged, absent = run(shared)
    summary = summarise(judged)
    head = ["", "agreements", "fields", "F1", "obligations", "F1", "actor", "force", "both", "deadline"]
    click.echo(markdown(head, rows(summary), "Agreement cards against the gold"))
    errors = {j.path: j.errors for j in judged if held or j.split == "dev"}
    for path, error in ((path, error) for path, some in errors.items() for error in some):
        click.echo(f"{Path(path).name[:30]:30} {error}")
    if absent:
        click.echo(f"{len(absent)} agreements of the gold are not here: {', '.join(absent[:3])} …")
    options.save(out, {**summary, "absent": absent, "errors": errors}, indent=1)
