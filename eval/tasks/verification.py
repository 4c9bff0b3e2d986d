"""Does verification tell what quotes support from what they do not, as people see it? ``python -m eval verification SHARED``.

On the claims of WiCE dev (`eval.datasets.claims`), all in one run: the score in cross-validation, the verifier as it is configured, the
highest cosine of a sentence, and the overlap of words; how well the score is calibrated; how often the verdict is that of people; what a
verdict costs; and where ``SETU_JUDGE`` names a language model, how far that agrees with people.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval.datasets.claims import Claim, auroc, calibration_error, held_out, matrix, read_wice, reliability
from eval.datasets.splits import digest_of_files
from eval.fit.estimators import Floats
from eval.metrics.llm_judge import MOST_CLAIMS, JudgeError, LlmJudge, against_people, agreement, open_judge
from eval.tasks.mutations import verified_citation
from kb import Settings
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import Embedder, open_embedder
from kb.errors import KnowledgeBaseError
from kb.verify.entailment import Signals, signals_of
from kb.verify.verdict import Verifier

SCORE, CONFIGURED, COSINE, WORDS = "score, cross-validated", "verifier as configured", "highest cosine", "word overlap"
BUDGET_MS = 50.0
RESAMPLES = 1000
SEED = 20_230_213


def measure(claims: Sequence[Claim], embedder: Embedder, settings: Settings) -> dict[str, Any]:
    """The figures of the score, of its baselines and of the verdicts, as the command reports them; see ``docs/evaluation.md``.

    A claim's statement is timed with the few sentences that an answer would quote, none of which was read before; and once more, as another
    statement with the same quotes.
    """
    sharing = CachedEmbedder(embedder)
    verifier = Verifier(sharing, settings.verifier, settings.allow_download)
    if claims:
        verifier.judge("The model is warm.", [verified_citation("The model is warm and ready.")])
    rows, configured, verdicts, times, busy, again = [], [], [], [], [], []
    for claim in track(claims, description="verify", console=Console(stderr=True)):
        quotes = [verified_citation(text) for text in claim.nearest or claim.evidence]
        started, worked = time.perf_counter(), time.process_time()
        verifier.judge(claim.text, quotes)
        times.append((time.perf_counter() - started) * 1e3)
        busy.append((time.process_time() - worked) * 1e3)
        worked = time.process_time()
        verifier.judge(f"{claim.text} !", quotes)
        again.append((time.process_time() - worked) * 1e3)
        verdicts.append(verifier.judge(claim.text, [verified_citation(text) for text in claim.evidence]))
        rows.append(signals_of(claim.text, claim.evidence, sharing.tokens))
        configured.append(verifier.scorer.score(claim.text, claim.evidence))
    signals, labels = matrix(rows), np.array([float(claim.supported) for claim in claims])
    scores = {
        SCORE: held_out(signals, labels),
        CONFIGURED: np.array(configured),
        COSINE: np.array([_cosine(claim, sharing) for claim in claims]),
        WORDS: signals[:, Signals.__slots__.index("covered")],
    }
    said = [verdict.status == "verified" for verdict in verdicts]
    pairs = list(zip(claims, verdicts, strict=True))
    by_label = {word: Counter(v.status for c, v in pairs if c.supported is is_so) for word, is_so in _LABELS}
    return {
        "claims": len(claims),
        "supported": int(labels.sum()),
        "scorer": verifier.scorer.name,
        "systems": {name: _figures(values, labels, name in (SCORE, CONFIGURED)) for name, values in scores.items()},
        "reliability": {name: [asdict(one) for one in reliability(scores[name], labels)] for name in (SCORE, CONFIGURED)},
        "verdicts": {**agreement(said, [c.supported for c in claims]).report(), "by_label": {w: dict(n) for w, n in by_label.items()}},
        "ms_per_statement": {
            **_percentiles(times),
            "processor": _percentiles(busy),
            "known_quotes": _percentiles(again),
            "budget": BUDGET_MS,
        },
    }


_LABELS = (("supported", True), ("other", False))


def run_cli(argv: Sequence[str]) -> int:
    """Run the command; returns the exit status: 0 when done, 1 when claims or judge cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m eval verification",
        description="Does verification tell what quotes support, as people see it? WiCE dev.",
        epilog="Example: python -m eval verification ../shared --json verification.json",
    )
    parser.add_argument("shared", type=Path, metavar="SHARED", help="the folder that holds benchmarks/wice-dev.jsonl")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th claim only")
    parser.add_argument(
        "--judge-claims", type=int, default=MOST_CLAIMS, metavar="N", help="claims that the model of SETU_JUDGE is tried on"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the report to this file; `eval report` draws it")
    arguments = parser.parse_args(argv)
    try:
        report = _run(arguments)
    except (OSError, ValueError, KeyError, JudgeError, KnowledgeBaseError) as error:
        sys.stderr.write(f"{error if not isinstance(error, KeyError) else f'A claim has no field {error}.'}\n")
        return 1
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    console = Console(width=120)
    for table in tables(report):
        console.print(table)
    return 0


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    file = arguments.shared / "benchmarks" / "wice-dev.jsonl"
    claims = read_wice(file)[:: arguments.every]
    with tempfile.TemporaryDirectory(prefix="setu-eval-") as scratch:
        settings = Settings.load(home=Path(scratch))
        judge = open_judge(settings)
        report = {"set": file.stem, **measure(claims, open_embedder(settings), settings)}
        if judge is not None:
            report["judge"] = judged_by(judge, claims, arguments.judge_claims)
    part = "" if arguments.every == 1 else f" every {arguments.every}"
    return {**report, "data": digest_of_files([file]) + part}


def judged_by(judge: LlmJudge, claims: Sequence[Claim], most: int) -> dict[str, Any]:
    """A judge's agreement with people, and what it is.

    Raises:
        JudgeError: it cannot be reached.
    """
    found = against_people(judge, claims, most)
    return {**judge.report(), **found.report()}


def tables(report: Mapping[str, Any]) -> list[Table]:
    """The report for the terminal."""
    systems = Table("", "AUROC", "95 % interval", "calibration error", title=f"{report['claims']} claims, {report['supported']} supported")
    for name, row in report["systems"].items():
        error = row.get("calibration_error")
        systems.add_row(name, f"{row['auroc']:.3f}", f"{row['low']:.3f} … {row['high']:.3f}", "–" if error is None else f"{error:.3f}")
    bins = Table("score", "claims", "mean score", "supported", title=f"Reliability: {SCORE}")
    for one in report["reliability"][SCORE]:
        bins.add_row(f"{one['low']:.1f} … {one['high']:.1f}", str(one["count"]), f"{one['score']:.3f}", f"{one['supported']:.3f}")
    judges = Table("who judges", "claims", "agreement", "kappa", "sensitivity", "specificity", title="Agreement with people")
    for name, row in (("verifier", report["verdicts"]), *([("SETU_JUDGE", report["judge"])] if "judge" in report else [])):
        shown = ("–" if row[key] is None else f"{row[key]:.3f}" for key in ("agreement", "kappa", "sensitivity", "specificity"))
        judges.add_row(name, str(row["judged"]), *shown)
    ms = report["ms_per_statement"]
    judges.caption = (
        f"A statement takes {ms['p50']} ms at the median, {ms['p95']} at p95 "
        f"(of a processor {ms['processor']['p50']} and {ms['processor']['p95']}, "
        f"where its quotes were read before {ms['known_quotes']['p50']} and {ms['known_quotes']['p95']}); the budget is {ms['budget']:g}."
    )
    return [systems, bins, judges]


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return {f"p{p}": round(float(np.percentile(times, p)), 1) for p in (50, 95)}


def _cosine(claim: Claim, embedder: Embedder) -> float:
    vectors = embedder.passages([claim.text, *claim.evidence])
    return float((vectors[1:] @ vectors[0]).max()) if len(vectors) > 1 else 0.0


def _figures(scores: Floats, labels: Floats, calibrated: bool) -> dict[str, float]:
    """AUROC with its 95 % interval: claims are drawn with replacement, and those drawn are compared pair by pair."""
    ours, others = scores[labels == 1][:, None], scores[labels == 0][None, :]
    won = (ours > others) + 0.5 * (ours == others)
    chance = np.random.default_rng(SEED)
    drawn: list[float] = []
    while len(drawn) < RESAMPLES:
        times = np.bincount(chance.integers(len(labels), size=len(labels)), minlength=len(labels))
        if (pairs := times[labels == 1].sum() * times[labels == 0].sum()) > 0:
            drawn.append(float(times[labels == 1] @ won @ times[labels == 0]) / pairs)
    low, high = np.percentile(drawn, [2.5, 97.5])
    found = {"auroc": auroc(scores, labels), "low": float(low), "high": float(high)}
    return {name: round(value, 4) for name, value in {**found, **_error(scores, labels, calibrated)}.items()}


def _error(scores: Floats, labels: Floats, calibrated: bool) -> dict[str, float]:
    """Of a score that claims to be a probability; a cosine does not."""
    return {"calibration_error": calibration_error(scores, labels)} if calibrated else {}
