"""Did a change make search better? Two saved reports of ``python -m eval retrieval``, query by query.

The difference of the mean nDCG@10 has a 95 % interval by the paired bootstrap: the queries are drawn with replacement, each with both of
its scores, and the interval runs between the 2.5th and 97.5th percentile of the means of the differences. Sakai, "Evaluating Evaluation
Metrics based on the Bootstrap" (SIGIR 2006); Smucker, Allan & Carterette, "A Comparison of Statistical Significance Tests for Information
Retrieval Evaluation" (CIKM 2007).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np

from eval import options
from eval.report.tables import markdown

RESAMPLES = 10_000
SEED = 20_070_601
_BATCH = 500
"""Resamples drawn at once: 500 of 1,190 queries take 5 MB."""

Verdict = Literal["better", "worse", "no difference"]


class CompareError(Exception):
    """Two reports cannot be compared: which file, set or system, and why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Of the mean of paired differences, new less saved."""

    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """``no difference`` where the interval holds zero."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "no difference"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system on one set: means of nDCG@10 over the ``queries`` that both runs asked; ``only_one`` counts those that one run asked."""

    name: str
    system: str
    queries: int
    only_one: int
    saved: float
    new: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Change:
    """One query whose nDCG@10 changed; ``text`` and the documents at rank 1 are None where a report does not hold them."""

    query: str
    text: str | None
    saved: float
    new: float
    saved_first: str | None
    new_first: str | None

    @property
    def difference(self) -> float:
        """New less saved."""
        return self.new - self.saved


def paired_bootstrap(new: Sequence[float], saved: Sequence[float]) -> Interval:
    """The 95 % interval of ``mean(new - saved)``; ``new[i]`` and ``saved[i]`` are scores of the same query. The seed is fixed.

    Raises:
        CompareError: the lengths differ, or there is no query.
    """
    if len(new) != len(saved) or not new:
        raise CompareError(f"Paired scores are needed: {len(new)} new and {len(saved)} saved were given.")
    differences = np.asarray(new, dtype=np.float64) - np.asarray(saved, dtype=np.float64)
    random = np.random.default_rng(SEED)
    means = [
        differences[random.integers(len(differences), size=(_BATCH, len(differences)))].mean(axis=1) for _ in range(RESAMPLES // _BATCH)
    ]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return Interval(float(differences.mean()), float(low), float(high))


def read(path: Path) -> dict[str, Mapping[str, Any]]:
    """The sets of a saved report by name.

    Raises:
        CompareError: the file cannot be read or is no retrieval report.
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CompareError(f"{path} is no report: {error}. Make one with `python -m eval retrieval DIR… --json OUT`.") from error
    try:
        return {str(one["name"]): one for one in report["sets"]}
    except (KeyError, TypeError) as error:
        raise CompareError(f"{path} is no retrieval report: it has no list of named `sets`.") from error


def compare_set(new: Mapping[str, Any], saved: Mapping[str, Any]) -> list[Comparison]:
    """Every system that both runs of a set have.

    Raises:
        CompareError: a run has no scores per query, the corpora differ, or the runs have no system or no query in common.
    """
    name = new["name"]
    digests = [run.get("data", {}).get("corpus") for run in (new, saved)]
    if None not in digests and digests[0] != digests[1]:
        raise CompareError(f"{name}: the runs searched different corpora ({digests[0][:12]}…, {digests[1][:12]}…). Measure both on one.")
    scores_new, scores_saved = _scores(new, "new"), _scores(saved, "saved")
    systems = [system for system in scores_new if system in scores_saved]
    if not systems:
        raise CompareError(f"{name}: no system is in both reports ({', '.join(scores_new)}; {', '.join(scores_saved)}).")
    return [_compare(name, system, scores_new[system], scores_saved[system]) for system in systems]


def changes(new: Mapping[str, Any], saved: Mapping[str, Any], system: str) -> list[Change]:
    """The queries whose score changed in ``system``, from the one that lost most to the one that won most.

    Raises:
        CompareError: a run has no scores per query, or not of that system.
    """
    scores = []
    for run, which in ((new, "new"), (saved, "saved")):
        of_run = _scores(run, which)
        if system not in of_run:
            raise CompareError(f"{run['name']}: the {which} report has no system {system!r}; it has {', '.join(of_run)}.")
        scores.append(of_run[system])
    texts = {**saved.get("query_text", {}), **new.get("query_text", {})}
    firsts = [run.get("first", {}).get(system, {}) for run in (new, saved)]
    made = [
        Change(query, texts.get(query), scores[1][query], score, firsts[1].get(query), firsts[0].get(query))
        for query, score in scores[0].items()
        if query in scores[1] and score != scores[1][query]
    ]
    return sorted(made, key=lambda change: change.difference)


diff = click.option("--diff", type=int, default=0, metavar="N", help="when comparing, list the N queries that lost and that won most")
diff_system = click.option("--diff-system", default="fused", metavar="NAME", help="the system that --diff looks at (default: fused)")


@click.command()
@click.argument("new", type=options.PATH)
@click.argument("saved", type=options.PATH)
@diff
@diff_system
def command(new: Path, saved: Path, diff: int, diff_system: str) -> None:
    """Did a change make search better? NEW, the report of the run to be judged, beside SAVED.

    Exit status 2: the reports cannot be compared.
    """
    with options.failing(2, CompareError):
        show(read(new), read(saved), diff, diff_system)


def show(new: Mapping[str, Mapping[str, Any]], saved: Mapping[str, Mapping[str, Any]], most: int, system: str) -> None:
    """Print the comparison of every set that both have, and of a system the queries that changed most; name the sets that only one has.

    Raises:
        CompareError: no set is in both, or they cannot be compared.
    """
    common = [name for name in new if name in saved]
    if not common:
        raise CompareError(f"No set is in both reports: {', '.join(new) or 'none'}; {', '.join(saved) or 'none'}.")
    click.echo(table([row for name in common for row in compare_set(new[name], saved[name])]))
    for name in common if most > 0 else ():
        _print_changes(name, changes(new[name], saved[name], system), most, system)
    for name in sorted(new.keys() ^ saved.keys()):
        click.echo(f"{name} is in one report only and was not compared.")


def table(rows: Sequence[Comparison]) -> str:
    """One row per set and system. Queries that only one run asked are counted behind a plus sign."""
    cells = []
    for row in rows:
        asked = f"{row.queries}" + (f" (+{row.only_one} in one run only)" if row.only_one else "")
        interval = row.interval
        between = f"{interval.low:+.4f} … {interval.high:+.4f}"
        difference = f"{interval.difference:+.4f}"
        cells.append([row.name, row.system, asked, f"{row.saved:.4f}", f"{row.new:.4f}", difference, between, interval.verdict])
    return markdown(["set", "system", "queries", "saved", "new", "difference", "95 % interval", "verdict"], cells, "nDCG@10")


def _compare(name: str, system: str, new: Mapping[str, float], saved: Mapping[str, float]) -> Comparison:
    common = [query for query in new if query in saved]
    if not common:
        raise CompareError(f"{name}, {system}: the two runs have no query in common.")
    a, b = [new[query] for query in common], [saved[query] for query in common]
    only_one = len(new.keys() ^ saved.keys())
    return Comparison(name, system, len(common), only_one, float(np.mean(b)), float(np.mean(a)), paired_bootstrap(a, b))


def _scores(run: Mapping[str, Any], which: str) -> Mapping[str, Mapping[str, float]]:
    scores: Mapping[str, Mapping[str, float]] | None = run.get("per_query")
    if not scores:
        raise CompareError(f"{run['name']}: the {which} report has no `per_query` scores. Measure it again with `--json`.")
    return scores


def _print_changes(name: str, made: Sequence[Change], most: int, system: str) -> None:
    lost = [change for change in made if change.difference < 0]
    won = [change for change in reversed(made) if change.difference > 0]
    for word, some in (("lost", lost), ("won", won)):
        click.echo(f"{name}, {system}, queries {word}: {len(some)}")
        for change in some[:most]:
            click.echo(f"  {change.saved:.3f} → {change.new:.3f}  {change.query}  {change.text or ''}".rstrip())
            if change.saved_first is not None or change.new_first is not None:
                click.echo(f"      first: {change.saved_first or '(nothing)'} → {change.new_first or '(nothing)'}")
