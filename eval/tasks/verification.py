"""Does verification tell what quotes support from what they do not, as people see it? ``python -m eval verification SHARED``.

On the claims of WiCE dev (`eval.datasets.claims`), all in one run: the score in cross-validation, the verifier as it is configured, the
highest cosine of a sentence, and the overlap of words; how well the score is calibrated; how often the verdict is that of people; what a
verdict costs; and where ``SETU_JUDGE`` names a language model, how far that agrees with people.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from eval import options
from eval.datasets.claims import Claim, auroc, calibration_error, held_out, matrix, read_wice, reliability
from eval.datasets.splits import digest_of_files
from eval.datasets.written_sentences import verified_citation
from eval.fit.estimators import Floats
from eval.metrics.llm_judge import MOST_CLAIMS, JudgeError, LlmJudge, against_people, agreement, open_judge
from eval.report.tables import markdown
from kb import Settings
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import Embedder, bundled_states, open_embedder
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
    verifier = Verifier(sharing, settings.verifier, settings.allow_download, bundled_states(settings))
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


@click.command(epilog="Example: python -m eval verification ../shared --json verification.json")
@click.argument("shared", type=options.PATH)
@options.every()
@click.option("--judge-claims", type=int, default=MOST_CLAIMS, metavar="N", help="claims that the model of SETU_JUDGE is tried on")
@options.save_json(help="write the report to this file; `eval report` draws it")
@options.failing(1, OSError, ValueError, JudgeError, KnowledgeBaseError)
def command(shared: Path, every: int, judge_claims: int, out: Path | None) -> None:
    """Does verification tell what quotes support, as people see it? On WiCE dev: SHARED holds benchmarks/wice-dev.jsonl.

    Exit status 1: claims or judge cannot be used.
    """
    file = shared / "benchmarks" / "wice-dev.jsonl"
    try:
        claims = read_wice(file)[::every]
    except KeyError as error:
        raise ValueError(f"A claim has no field {error}.") from error
    with tempfile.TemporaryDirectory(prefix="setu-eval-") as scratch:
        settings = Settings.load(home=Path(scratch))
        judge = open_judge(settings)
        report = {"set": file.stem, **measure(claims, open_embedder(settings), settings)}
        if judge is not None:
            report["judge"] = judged_by(judge, claims, judge_claims)
    report["data"] = digest_of_files([file]) + ("" if every == 1 else f" every {every}")
    options.save(out, report)
    click.echo("\n\n".join(tables(report)))


def judged_by(judge: LlmJudge, claims: Sequence[Claim], most: int) -> dict[str, Any]:
    """A judge's agreement with people, and what it is.

    Raises:
        JudgeError: it cannot be reached.
    """
    found = against_people(judge, claims, most)
    return {**judge.report(), **found.report()}


def tables(report: Mapping[str, Any]) -> Iterator[str]:
    """The report for the terminal."""
    systems = []
    for name, row in report["systems"].items():
        error = row.get("calibration_error")
        between = f"{row['low']:.3f} … {row['high']:.3f}"
        systems.append([name, f"{row['auroc']:.3f}", between, "–" if error is None else f"{error:.3f}"])
    title = f"{report['claims']} claims, {report['supported']} supported"
    yield markdown(["", "AUROC", "95 % interval", "calibration error"], systems, title)
    bins = (
        [f"{one['low']:.1f} … {one['high']:.1f}", one["count"], f"{one['score']:.3f}", f"{one['supported']:.3f}"]
        for one in report["reliability"][SCORE]
    )
    yield markdown(["score", "claims", "mean score", "supported"], bins, f"Reliability: {SCORE}")
    keys = ("agreement", "kappa", "sensitivity", "specificity")
    judges = [("verifier", report["verdicts"]), *([("SETU_JUDGE", report["judge"])] if "judge" in report else [])]
    agreed = ([name, row["judged"], *("–" if row[key] is None else f"{row[key]:.3f}" for key in keys)] for name, row in judges)
    yield markdown(["who judges", "claims", *keys], agreed, "Agreement with people")
    ms = report["ms_per_statement"]
    yield (
        f"A statement takes {ms['p50']} ms at the median, {ms['p95']} at p95 "
        f"(of a processor {ms['processor']['p50']} and {ms['processor']['p95']}, "
        f"where its quotes were read before {ms['known_quotes']['p50']} and {ms['known_quotes']['p95']}); the budget is {ms['budget']:g}."
    )


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
