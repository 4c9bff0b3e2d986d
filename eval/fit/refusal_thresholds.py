"""The weights and thresholds of the refusal rule from examples, and how reliable the rule is on others.

Questions are split into two halves by a hash of their id: the development half fits, the held-out half measures.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.fit.estimators import fit_rows
from kb.answer.scoring.refusals import Signals
from lang.languages import LANGUAGES, Language

RIDGE = 0.003
RULES: Mapping[str, tuple[str, ...]] = {
    "same": ("passage", "nowhere", "brief", "rise", "stands_out", "few"),
    "across": ("passage", "sentence", "nowhere", "brief", "rise", "names", "japanese"),
}
"""The signals that each rule weighs."""
BINS = (-3.0, -1.5, 0.0, 1.5, 3.0)
"""The margins at which the reliability table is cut."""


@dataclass(frozen=True, slots=True)
class Example:
    """The signals of one question asked of one set of documents.

    ``group`` is set and corpus ("xquad-hi@xquad-en"), ``weight`` what the group counts for in the fit, ``speaks`` whether the documents
    answer.
    """

    id: str
    group: str
    language: Language
    rule: str
    speaks: bool
    signals: Signals
    weight: float = 1.0

    @property
    def held_out(self) -> bool:
        """Whether the question is in the half that measures."""
        return half(self.id) == 1


@dataclass(frozen=True, slots=True)
class Bound:
    """Where the threshold of a language stands: the share ``quantile`` of the group's answerable development half lies below it.

    ``whole`` takes both halves of a group that is too small to split; on such a group nothing is held out. The threshold is set by
    ``margin`` below the quantile: the questions of a small group that bound it are not the worst there are.
    """

    rule: str
    language: Language
    group: str
    quantile: float
    whole: bool = False
    margin: float = 0.0


def half(identity: str) -> int:
    """0 for the development half, 1 for the held-out one."""
    return digest(identity) % 2


def digest(identity: str) -> int:
    """A number that depends on a name alone."""
    return int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16)


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """Append examples to a file of JSON lines."""
    with path.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in examples)


def read_examples(path: Path) -> list[Example]:
    """The examples of such a file.

    Raises:
        ValueError: a line does not hold an example with today's signals; they have to be recorded anew.
    """
    found: list[Example] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            found.append(Example(**{**row, "signals": Signals(**row["signals"])}))
        except (TypeError, KeyError, json.JSONDecodeError) as error:
            raise ValueError(f"{path}, line {number} holds no signals of today: {error}. Delete the file and record them anew.") from error
    return found


def fit(examples: Sequence[Example], rule: str) -> dict[str, float]:
    """Weights of a ridge-penalised logistic regression by Newton's method, answerable and unanswerable weighing alike.

    A group counts with the square root of its size, times its weight.
    """
    names = RULES[rule]
    rows = [e for e in examples if e.rule == rule and not e.held_out]
    x = np.array([[getattr(e.signals, n) for n in names] for e in rows])
    y = np.array([e.speaks for e in rows], dtype=float)
    sizes = Counter((e.group, e.language, e.speaks) for e in rows)
    w = np.array([e.weight / sizes[e.group, e.language, e.speaks] ** 0.5 for e in rows])
    w[y == 1] /= 2 * w[y == 1].sum()
    w[y == 0] /= 2 * w[y == 0].sum()
    b = fit_rows(x, y, RIDGE, w)
    return {n: round(float(v), 3) for n, v in zip(names, b[:-1], strict=True)}


def total(weights: Mapping[str, float], example: Example) -> float:
    """The weighted sum that is compared with a threshold."""
    return sum(v * float(getattr(example.signals, n)) for n, v in weights.items())


def rules(examples: Sequence[Example], bounds: Sequence[Bound]) -> dict[str, Any]:
    """Weights and thresholds of both rules, as they are stored; of several bounds of a language the lowest holds.

    Raises:
        ValueError: a rule has no bound for a language, or a bound no example.
    """
    found: dict[str, Any] = {}
    for rule in RULES:
        weights = fit(examples, rule)
        thresholds: dict[str, float] = {}
        for bound in (b for b in bounds if b.rule == rule):
            rows = [
                total(weights, e)
                for e in examples
                if (e.rule, e.group, e.language) == (rule, bound.group, bound.language) and e.speaks and (bound.whole or not e.held_out)
            ]
            if not rows:
                raise ValueError(f"No example of {bound.group!r} in {bound.language!r} for the rule {rule!r}: ask more.")
            limit = round(float(np.quantile(rows, bound.quantile)) - bound.margin, 3)
            thresholds[bound.language] = min(thresholds.get(bound.language, limit), limit)
        if missing := set(LANGUAGES) - set(thresholds):
            raise ValueError(f"The rule {rule!r} has no bound for {sorted(missing)}.")
        found[rule] = {"weights": weights, "thresholds": thresholds}
    return found


def margin(found: Mapping[str, Any], example: Example) -> float:
    """How far an example lies above its threshold."""
    rule = found[example.rule]
    return total(rule["weights"], example) - float(rule["thresholds"].get(example.language, min(rule["thresholds"].values())))


def refused(found: Mapping[str, Any], examples: Sequence[Example]) -> dict[str, dict[str, float | int]]:
    """For each group, rule and language of these examples: how many there are, and the share that is refused."""
    rows: dict[str, list[bool]] = {}
    for e in examples:
        rows.setdefault(f"{e.group} {e.rule} {e.language} {'answerable' if e.speaks else 'unanswerable'}", []).append(margin(found, e) < 0)
    return {name: {"questions": len(said), "refused": round(sum(said) / len(said), 3)} for name, said in sorted(rows.items())}


def reliability(found: Mapping[str, Any], examples: Sequence[Example]) -> dict[str, list[dict[str, Any]]]:
    """For each rule and language, cut by margin: how many questions, and the share of them that the documents answer."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for rule, language in sorted({(e.rule, e.language) for e in examples}):
        rows = [(int(np.digitize(margin(found, e), BINS)), e.speaks) for e in examples if (e.rule, e.language) == (rule, language)]
        here = [[speaks for at, speaks in rows if at == cut] for cut in range(len(BINS) + 1)]
        tables[f"{rule} {language}"] = [
            {
                "from": BINS[cut - 1] if cut else None,
                "to": BINS[cut] if cut < len(BINS) else None,
                "questions": len(said),
                "answerable": round(sum(said) / len(said), 3) if said else None,
            }
            for cut, said in enumerate(here)
        ]
    return tables
