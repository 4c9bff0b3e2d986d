"""``python -m eval.calibrate``: find the weights of the refusal rule, and write them to ``kb/answer/refusal.json``.

Questions that the documents answer, and questions that they do not, are asked through the real read path; a logistic regression
separates their signals, and the threshold of each language is set where the wanted share of answerable questions is refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.answers import read_corpus, read_questions
from ingest.records import Language
from kb import Filters, KnowledgeBase, Settings
from kb.answer.ask import FETCHED, Ports, question_language
from kb.answer.extract import rank_sentences
from kb.answer.ports import FloatMatrix
from kb.answer.signals import Signals, signals_of
from kb.answer.words import script
from kb.represent.embed import open_embedder

RIDGE = 0.002
_ACROSS = ("best", "lead", "passage_rise", "sentence_rise")
_OUT = ("passage_stands_out", "sentence_stands_out")
RULES: Mapping[str, tuple[str, ...]] = {
    "same": tuple(Signals.__dataclass_fields__),
    "same_few": tuple(n for n in Signals.__dataclass_fields__ if n not in _OUT),
    "across": (*_ACROSS, *_OUT),
    "across_few": _ACROSS,
}
"""The signals that each rule weighs; ``_few`` where there are too few hits to tell what stands out."""


@dataclass(frozen=True, slots=True)
class Example:
    """The signals of one question. ``group`` is the set it came from; groups weigh alike however many questions they have."""

    group: str
    language: Language
    across: bool
    enough: bool
    speaks: bool
    signals: Signals


def fit(examples: Sequence[Example], rule: str, emphasis: Mapping[str, float]) -> dict[str, float]:
    """Weights of a ridge-penalised logistic regression by Newton's method, answerable and unanswerable weighing alike.

    ``emphasis`` multiplies the weight of a group; other groups have 1.
    """
    names = RULES[rule]
    rows = [e for e in examples if e.across == rule.startswith("across") and (e.enough or rule.endswith("_few"))]
    x = np.array([[getattr(e.signals, n) for n in names] + [1.0] for e in rows])
    y = np.array([e.speaks for e in rows], dtype=float)
    sizes = {g: sum(e.group == g for e in rows) for g in {e.group for e in rows}}
    w = np.array([emphasis.get(e.group, 1.0) / sizes[e.group] for e in rows])
    w[y == 1] /= 2 * w[y == 1].sum()
    w[y == 0] /= 2 * w[y == 0].sum()
    penalty = np.append(np.full(len(names), RIDGE), 0.0)
    b = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-x @ b))
        gradient = x.T @ (w * (p - y)) + penalty * b
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(penalty + 1e-9)
        b -= np.linalg.solve(hessian, gradient)
    return {n: round(float(v), 3) for n, v in zip(names, b[:-1], strict=True)}


def total(weights: Mapping[str, float], example: Example) -> float:
    """The weighted sum that is compared with a threshold."""
    return sum(v * float(getattr(example.signals, n)) for n, v in weights.items())


def threshold(weights: Mapping[str, float], answerable: Sequence[Example], refused: float) -> float:
    """The value under which the share ``refused`` of these answerable questions fall."""
    return round(float(np.quantile([total(weights, e) for e in answerable], refused)), 3)


def collect(kb: KnowledgeBase, group: str, path: Path, speaks: bool, without: str, limit: int) -> Iterator[Example]:
    """Ask the questions of a file and keep their signals.

    ``without`` takes documents out of the search first, so that a question has no answer: ``relevant`` those that answer it,
    ``article`` all that share their name up to the first ``p`` and digits; ``nothing`` leaves everything in.
    """
    from kb.answer.refuse import calibrated

    infos = kb.documents()
    questions = [q for q in read_questions(path) if q.answerable or without == "nothing"]
    embedder = open_embedder(kb.settings)
    for question in questions[:: max(1, len(questions) // limit)]:
        gone = {_article(r) if without == "article" else r for r in question.relevant}
        kept = tuple(i.id for i in infos if (_article(Path(i.source).name) if without == "article" else Path(i.source).name) not in gone)
        filters = Filters() if without == "nothing" else Filters(documents=kept)
        ports = Ports(lambda q, k, f: kb.search(q, k=k, filters=f), embedder, kb.text, kb.place, lambda: False)
        hits = kb.search(question.text, k=FETCHED, filters=filters).hits
        query = embedder.query(question.text)
        ranked, _ = rank_sentences(question.text, query, hits, ports)
        if ranked:
            across = script(ranked[0].candidate.text) != script(question.text)
            signals, enough = signals_of(question.text, query, ranked, hits, calibrated().background)
            yield Example(group, question_language(question.text), across, enough, speaks, signals)


def background(vectors: Mapping[str, FloatMatrix]) -> dict[str, list[float]]:
    """The mean vector of each language, to three decimals."""
    return {language: [round(float(v), 3) for v in rows.mean(axis=0)] for language, rows in vectors.items()}


def rules(examples: Sequence[Example], plan: Mapping[str, Any]) -> dict[str, Any]:
    """Weights and thresholds of every rule, as they are stored.

    ``plan["thresholds"]`` names, for each rule and language, the answerable groups and the share of them that may be refused.
    """
    found: dict[str, Any] = {}
    for rule in RULES:
        weights = fit(examples, rule, plan.get("emphasis", {}))
        limits = {}
        for language, bound in plan["thresholds"][rule].items():
            groups = [[e for e in examples if e.group == g and e.across == rule.startswith("across")] for g in bound["groups"]]
            limits[language] = min(threshold(weights, g, bound["refused"]) for g in groups if g)
        found[rule] = {"weights": weights, "thresholds": limits}
    return found


def run_cli(argv: list[str]) -> int:
    """Run the command: read the plan, ask, fit, write."""
    parser = argparse.ArgumentParser(prog="python -m eval.calibrate", description=__doc__)
    parser.add_argument("plan", type=Path, help="sets [{group, corpus, questions, speaks, without, limit, home}], thresholds …")
    parser.add_argument("--out", type=Path, required=True, help="the refusal.json to bring up to date")
    args = parser.parse_args(argv)
    plan = json.loads(args.plan.read_text(encoding="utf-8"))
    examples: list[Example] = []
    for row in plan["sets"]:
        with KnowledgeBase.open(Settings.load(home=Path(row["home"]))) as kb:
            if not kb.documents():
                kb.ingest_documents(read_corpus(Path(row["corpus"])))
            examples += collect(kb, row["group"], Path(row["questions"]), row["speaks"], row["without"], row["limit"])
        sys.stderr.write(f"{row['group']}: {sum(e.group == row['group'] for e in examples)} questions\n")
    stored = json.loads(args.out.read_text(encoding="utf-8"))
    stored["rules"] = rules(examples, plan)
    args.out.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for group in sorted({e.group for e in examples}):
        rows = [e for e in examples if e.group == group]
        refused = sum(not _speaks(stored["rules"], e) for e in rows)
        sys.stdout.write(f"{group}: refused {refused} of {len(rows)}, e.g. {asdict(rows[0].signals)}\n")
    return 0


def _speaks(found: Mapping[str, Any], example: Example) -> bool:
    rule = found[("across" if example.across else "same") + ("" if example.enough else "_few")]
    limit = rule["thresholds"].get(example.language, min(rule["thresholds"].values()))
    return bool(total(rule["weights"], example) >= limit)


def _article(name: str) -> str:
    return name.split("p", maxsplit=1)[0]


if __name__ == "__main__":
    sys.exit(run_cli(sys.argv[1:]))
