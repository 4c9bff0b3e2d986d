"""How well a score tells supported claims, worked by hand; and the command on three claims."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eval.__main__ import main
from eval.datasets.claims import Bin, auroc, calibration_error, read_wice, reliability
from eval.tasks.verification import CONFIGURED, COSINE, SCORE, WORDS


def test_auroc_is_the_chance_that_a_supported_claim_scores_higher_with_ties_half():
    # Pairs: .9 over .4 and .5, .5 over .4, and .5 with .5.
    assert auroc(np.array([0.9, 0.5, 0.4, 0.5]), np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(3.5 / 4)


def test_bins_hold_their_mean_score_and_the_share_supported_and_the_error_is_their_distance():
    scores, labels = np.array([0.1, 0.3, 1.0, 0.8]), np.array([0.0, 1.0, 1.0, 1.0])
    assert reliability(scores, labels, bins=2) == [
        Bin(0.0, 0.5, 2, pytest.approx(0.2), 0.5),
        Bin(0.5, 1.0, 2, pytest.approx(0.9), 1.0),
    ]
    # Ten bins: .1 → 0, .3 → 1, .8 → 1, 1.0 → 1, each a quarter.
    assert calibration_error(scores, labels) == pytest.approx((0.1 + 0.7 + 0.2 + 0.0) / 4)


def rows() -> list[dict[str, object]]:
    filler = [f"Sentence {i} is about the weather of the bay." for i in range(20)]
    said = (
        ("The Ruvari bridge opened in 2019.", "The Ruvari bridge was opened in 2019.", "supported"),
        ("The harbour of Ruvari closed in 2004.", "The harbour of Ruvari is open all year.", "not_supported"),
        ("Ruvari has nine parks and a zoo.", "Ruvari has nine parks.", "partially_supported"),
    )
    return [{"claim": claim, "evidence": [*filler[:10], shown, *filler[10:]], "label": label} for claim, shown, label in said]


def wice(folder: Path, times: int = 1) -> Path:
    file = folder / "benchmarks" / "wice-dev.jsonl"
    file.parent.mkdir()
    file.write_text("".join(json.dumps(row) + "\n" for row in rows() * times), encoding="utf-8")
    return file


def test_only_full_support_counts_and_the_sentences_that_share_words_are_read(tmp_path: Path):
    claims = read_wice(wice(tmp_path))
    assert [claim.supported for claim in claims] == [True, False, False]
    assert all(len(claim.evidence) == 14 and len(claim.nearest) == 3 for claim in claims)
    assert "The Ruvari bridge was opened in 2019." in claims[0].nearest


def test_the_command_reports_score_baselines_verdicts_and_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    wice(tmp_path, times=4)
    out = tmp_path / "verification.json"
    assert main(["verification", str(tmp_path), "--json", str(out)]) == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    assert (report["claims"], report["supported"], report["set"]) == (12, 4, "wice-dev")
    assert set(report["systems"]) == {SCORE, CONFIGURED, COSINE, WORDS}
    assert all(0 <= row["low"] <= row["auroc"] <= row["high"] <= 1 for row in report["systems"].values())
    assert "calibration_error" not in report["systems"][COSINE]
    assert sum(one["count"] for one in report["reliability"][SCORE]) == 12
    assert report["verdicts"]["judged"] == 12
    assert {word: sum(counts.values()) for word, counts in report["verdicts"]["by_label"].items()} == {"supported": 4, "other": 8}
    assert 0 < report["ms_per_statement"]["p50"] <= report["ms_per_statement"]["p95"]
    assert "word overlap" in capsys.readouterr().out


def test_a_folder_without_claims_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["verification", str(tmp_path)]) == 1
    assert "wice-dev.jsonl" in capsys.readouterr().err
