"""A run of ``python -m eval verification`` on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.report_page import Cell, beside, facts, note, section, table
from eval.report_plots import reliability


def verification(name: str, run: Mapping[str, Any], old: Mapping[str, Any] | None) -> list[str]:
    """The sections of one run; beside it the AUROC of an older one."""
    ms = run["ms_per_statement"]
    about = facts(
        [
            ("Claims", f"{run['claims']}, of which {run['supported']} are supported"),
            ("Scorer", run["scorer"]),
            ("Milliseconds a statement", f"{ms['p50']} at the median, {ms['p95']} at p95; budget {ms['budget']:g}"),
            ("Of a processor", f"{ms['processor']['p50']} at the median, {ms['processor']['p95']} at p95"),
            ("Where the quotes were read before", f"{ms['known_quotes']['p50']} at the median, {ms['known_quotes']['p95']} at p95"),
            ("Data (digest)", run["data"][:12]),
        ]
    )
    before = {} if old is None else old["systems"]
    head = ["", "AUROC", "95 % interval", "calibration error", *(["AUROC before"] if old is not None else [])]
    rows: list[list[Cell]] = [
        [
            system, row["auroc"], f"{row['low']:.3f} … {row['high']:.3f}", row.get("calibration_error"),
            *([before.get(system, {}).get("auroc")] if old is not None else []),
        ]
        for system, row in run["systems"].items()
    ]  # fmt: skip
    words = (
        "AUROC: how often a claim that people call supported scores above one that they do not; 0.5 is chance. Calibration error: how far "
        "the score lies from the share that is supported."
    )
    if run["scorer"] == "alignment":
        words += " The default scorer was fitted on these claims, so its row flatters it; the cross-validated row does not."
    parts = [section(f"{name}: verification", about, note(words), table("How well supported claims are told", head, rows))]
    for system, bins in run["reliability"].items():
        cells: list[list[Cell]] = [[f"{b['low']:.1f} … {b['high']:.1f}", b["count"], b["score"], b["supported"]] for b in bins]
        parts.append(
            section(
                f"{name}: reliability of the {system}",
                beside(
                    table(f"Reliability: {system}", ["score", "claims", "mean score", "supported"], cells),
                    reliability(f"Reliability: {system}", bins),
                ),
            )
        )
    return [*parts, _agreement(name, run)]


def _agreement(name: str, run: Mapping[str, Any]) -> str:
    keys = ("judged", "agreement", "kappa", "sensitivity", "specificity")
    judges = [("verifier", run["verdicts"]), *([(run["judge"]["model"], run["judge"])] if "judge" in run else [])]
    rows: list[list[Cell]] = [[who, *(of[key] for key in keys)] for who, of in judges]
    labels = run["verdicts"]["by_label"]
    statuses = ("verified", "partial", "unsupported")
    return section(
        f"{name}: agreement with people",
        note("Sensitivity: of the supported claims, the share called so. Specificity: of the others, the share not called so."),
        beside(
            table("Agreement with people", ["who judges", "claims", *keys[1:]], rows),
            table(
                "Verdicts", ["people say", *statuses], [[word, *(of.get(status, 0) for status in statuses)] for word, of in labels.items()]
            ),
        ),
    )
