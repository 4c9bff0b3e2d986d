"""Did anything get worse? The figures of a report against the floors in ``eval/data/floors.json``.

A floor stands with the digests of the data it was measured on; on other data it says nothing, and the gate fails. ``--raise`` moves floors
up to a report and adds those of a set or a figure that has none. It lowers nothing: a floor is lowered, or measured on new data, by
deleting it from the file, where a reviewer sees it, and raising again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from eval import DATA, options

FLOORS = DATA / "floors.json"
MARGIN = 0.01
"""What a share may lose before the gate says so; of a count, one question."""


class GateError(Exception):
    """A report or the file of floors cannot be used; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a report says of one set: digests of its data, and figures, all such that more is better. Counts are ``int``."""

    name: str
    data: Mapping[str, str]
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Floor:
    """The least figures of one set, and the digests of the data they were measured on."""

    data: Mapping[str, str]
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the gate is shut: ``figure`` of ``name`` and what is wrong with it."""

    name: str
    figure: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}, {self.figure}: {self.reason}"


def measured(path: Path, name: str | None = None) -> list[Measured]:
    """The sets of a report of ``eval retrieval``, or the one of ``answers``, ``unseen`` or ``tasks``, which takes ``name`` or the file's.

    Raises:
        GateError: the file cannot be read, or it is none of them.
    """
    report = _json(path, "Make one with `python -m eval retrieval`, `answers`, `unseen` or `tasks`, `--json OUT`.")
    try:
        if "sets" in report:
            return [_of_retrieval(one) for one in report["sets"]]
        if "groups" in report:
            return [_of_answers(report, name or path.stem)]
        if "systems" in report:
            return [(_of_tasks if "tasks" in report else _of_unseen)(report, name or path.stem)]
    except (KeyError, TypeError) as error:
        raise GateError(f"{path} lacks what the gate reads: {error}. Measure it again with `--json`.") from error
    raise GateError(f"{path} is a report of none of `eval retrieval`, `answers`, `unseen`, `tasks`, or of an older one. Measure it again.")


def read_floors(path: Path = FLOORS) -> dict[str, Floor]:
    """The floors by the name of the set.

    Raises:
        GateError: the file cannot be read or is malformed.
    """
    rows = _json(path, "Without floors there is no gate; restore the file.")
    try:
        return {name: _floor(row) for name, row in rows.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise GateError(f"{path} is not {{set: {{data: {{…}}, floors: {{figure: number}}}}}}: {error!r}.") from error


def check(found: Sequence[Measured], floors: Mapping[str, Floor]) -> list[Failure]:
    """Everything that is wrong; empty when the gate is open. A set without floors, a missing figure and other data are failures."""
    return [failure for one in found for failure in _check_one(one, floors.get(one.name))]


def raised(found: Sequence[Measured], floors: Mapping[str, Floor]) -> dict[str, Floor]:
    """Floors moved up to what was found less the margin, and those of sets and figures that had none; nothing goes down or is dropped.

    Raises:
        GateError: a set was measured on other data than its floors.
    """
    result = dict(floors)
    for one in found:
        old = result.get(one.name, Floor(one.data, {}))
        if old.data != one.data:
            raise GateError(
                f"{one.name} was measured on other data than its floors. If that is meant, delete its entry by hand; then raise."
            )
        now = {figure: _less_margin(value) for figure, value in one.figures.items()}
        new = {figure: floor for figure, floor in now.items() if floor > 0 and figure not in old.figures}  # zero could not fail
        result[one.name] = Floor(old.data, {figure: max(floor, now.get(figure, floor)) for figure, floor in old.figures.items()} | new)
    return result


def write_floors(floors: Mapping[str, Floor], path: Path) -> None:
    """Write the file that ``read_floors`` reads."""
    rows = {name: {"data": dict(floor.data), "floors": dict(floor.figures)} for name, floor in sorted(floors.items())}
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@click.command(epilog="Example: python -m eval gate samples.json xquad.json")
@click.argument("reports", nargs=-1, required=True, type=options.PATH)
@click.option("--name", help="the set that a report is about, but of retrieval (default: the name of its file)")
@options.file("--floors", "file", default=FLOORS, help="default: eval/data/floors.json")
@click.option("--raise", "lift", is_flag=True, help="move floors up to the reports; none is lowered")
def command(reports: tuple[Path, ...], name: str | None, file: Path, lift: bool) -> None:
    """Did anything get worse? REPORTS, saved by `eval retrieval`, `answers`, `unseen` or `tasks`, `--json`, against their floors.

    Exit status: 0 when all is at its floor, 1 when not, 2 when a file is unusable.
    """
    with options.failing(2, GateError):
        found = [one for path in reports for one in measured(path, name)]
        floors = read_floors(file)
        lifted = raised(found, floors) if lift else floors
    if failures := check(found, lifted):
        options.fail(1, "\n".join(map(str, failures)))
    if lift:
        write_floors(lifted, file)
        for line in _moved(floors, lifted):
            click.echo(line)
    for one in found:
        click.echo(f"{one.name}: {len(lifted[one.name].figures)} figures at or above their floors.")
    for missing in sorted(lifted.keys() - {one.name for one in found}):
        click.echo(f"{missing}: has floors, but is in no report given.")


def _check_one(one: Measured, floor: Floor | None) -> Iterator[Failure]:
    if floor is None:
        yield Failure(one.name, "all figures", "no floor stands for this set; `--raise` adds them.")
        return
    for part in sorted(floor.data.keys() | one.data.keys()):
        now, then = one.data.get(part, "none"), floor.data.get(part, "none")
        if now != then:
            yield Failure(one.name, f"data of {part}", f"digest {now[:16]}…, but the floors were measured on {then[:16]}….")
    for figure, least in floor.figures.items():
        value = one.figures.get(figure)
        if value is None:
            yield Failure(one.name, figure, f"not in the report; its floor is {_shown(least)}.")
        elif not value >= least:
            yield Failure(one.name, figure, f"{_shown(value)} is below the floor {_shown(least)}.")


def _moved(floors: Mapping[str, Floor], lifted: Mapping[str, Floor]) -> Iterator[str]:
    for name, floor in lifted.items():
        old = floors[name].figures if name in floors else {}
        for figure, least in floor.figures.items():
            if old.get(figure) != least:
                yield f"{name}, {figure}: floor {_shown(old[figure]) if figure in old else 'none'} → {_shown(least)}"


def _floor(row: Mapping[str, Any]) -> Floor:
    return Floor(
        {part: str(digest) for part, digest in row["data"].items()}, {figure: _number(least) for figure, least in row["floors"].items()}
    )


def _of_retrieval(row: Mapping[str, Any]) -> Measured:
    """Of ``fused``, which a person sees, and of ``dense``, on which it rests across scripts; other channels may trade with each other."""
    systems = row["systems"]
    figures = {
        f"{system} {metric}": float(_number(systems[system][metric]))
        for system, metric in (("fused", "ndcg@10"), ("fused", "hit@5"), ("dense", "ndcg@10"))
        if system in systems
    }
    return Measured(row["name"], row["data"], figures)


def _of_answers(report: Mapping[str, Any], name: str) -> Measured:
    """Shares over all same-language and all cross-language questions; counts in each language, where one question is much."""
    figures: dict[str, float] = {}
    for group, row in report["groups"].items():
        if group in {"same", "cross"} and row["answerable"]:
            figures[f"{group} answer_in_quote@2"] = round(row["found@2"] / row["answerable"], 4)
        elif group not in {"same", "cross"}:
            sizes = {"found@2": row["answerable"], "answered": row["answerable"], "refused": row["unanswerable"]}
            figures.update({f"{group} {what}": int(row[what]) for what, size in sizes.items() if size})
    return Measured(name, report["data"], figures)


def _of_unseen(report: Mapping[str, Any], name: str) -> Measured:
    """Shares over all questions and what they are above the windows; counts of a language, a type and of those asked across languages."""
    ours, windows = report["systems"]["setu"], report["systems"]["windows"]
    everything = ours["all"]
    figures: dict[str, float] = {
        **{figure: everything[figure] for figure in ("first", "first_two", "shown") if everything["answerable"]},
        **({"answered": round(1 - everything["refused"], 4)} if everything["answerable"] else {}),
        **({"near_refused": everything["near_refused"]} if everything["near_misses"] else {}),
    }
    if everything["answerable"]:
        figures["first_two above windows"] = round(everything["first_two"] - windows["all"]["first_two"], 4)
    for side in ("language", "type", "side"):
        for key, row in ours[side].items():
            if row["answerable"]:
                figures[f"{key} first_two"] = round(row["first_two"] * row["answerable"])
    return Measured(name, report["data"], {figure: _number(value) for figure, value in figures.items()})


def _of_tasks(report: Mapping[str, Any], name: str) -> Measured:
    """Counts, for one task of a skill is much: passes of all, each language and each skill, and how many more than by passages."""
    ours = report["systems"]["setu"]
    figures: dict[str, float] = {"all passed": ours["all"]["passed"]}
    figures |= {f"{key} passed": row["passed"] for side in ("language", "skill") for key, row in ours[side].items()}
    if beside := report["systems"].get("passages"):
        figures["more than by passages"] = ours["all"]["passed"] - beside["all"]["passed"]
    return Measured(name, report["data"], {figure: _number(value) for figure, value in figures.items()})


def _less_margin(value: float) -> float:
    if isinstance(value, int):
        return max(value - 1, 0)
    return max(math.floor((value - MARGIN) * 10_000) / 10_000, 0.0)


def _number(value: Any) -> float:
    """The number as it stands: a count stays ``int``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no finite number")
    return value


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def _json(path: Path, remedy: str) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GateError(f"{path} cannot be read: {error}. {remedy}") from error
    if not isinstance(content, dict):
        raise GateError(f"{path} is not a JSON object. {remedy}")
    return content
