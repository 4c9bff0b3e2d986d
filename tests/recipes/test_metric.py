"""The recipe for a metric: precision at two stands in the report of a ranking, the quotes of an answer in that of answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.recipes.changed_project import Edit, followed, run

EDITS: dict[str, Edit] = {
    "eval/metrics/ranking.py": [
        ("from ir_measures import RR, R, Success, nDCG", "from ir_measures import RR, P, R, Success, nDCG"),
        ('"recall@100": R @ 100}', '"recall@100": R @ 100, "p@2": P @ 2}'),
    ],
    "eval/metrics/answer_quality.py": [
        (
            "def milliseconds(outcomes",
            "def quotes(outcomes: Sequence[Outcome]) -> float | None:\n"
            '    """How many quotes an answer has, in the mean."""\n'
            "    return _share(sum(len(one.quotes) for one in outcomes), len(outcomes))\n\n\ndef milliseconds(outcomes",
        ),
        ('        "ms": milliseconds(outcomes),\n', '        "quotes": quotes(outcomes),\n        "ms": milliseconds(outcomes),\n'),
    ],
    "set/corpus.jsonl": "".join(
        json.dumps({"_id": name, "title": "", "text": text}) + "\n"
        for name, text in {
            "a": "Forty sensors stand on the bridges.",
            "b": "The mayor opened a library.",
            "c": "Fares rise in May.",
        }.items()
    ),
    "set/queries.jsonl": json.dumps({"_id": "q", "text": "How many sensors stand on the bridges?"}) + "\n",
    "set/qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\ta\t1\n",
}


ANSWERS = """
import json
from eval.metrics.answer_quality import AskedQuestion, Outcome, Question, whole

question = Question("q", "How many?", "en", ("forty",), frozenset({"a"}), True)
asked = [AskedQuestion(question, Outcome(quotes, ("a",), False, "en", 1.0), {}) for quotes in (("forty",), ("forty", "three", "two"))]
report = whole(asked, "extractive")
print(json.dumps([report["quotes"], report["by_language"]["en"]["quotes"]]))
"""


def test_a_new_metric_of_answers_is_computed_in_all_and_by_language(tmp_path: Path):
    assert json.loads(run(followed(tmp_path, EDITS), "-c", ANSWERS)) == [2.0, 2.0]


@pytest.mark.slow
def test_a_new_metric_of_rankings_is_computed_in_the_report(tmp_path: Path):
    printed = run(followed(tmp_path, EDITS), "-m", "eval", "retrieval", "set", "--json", "report.json")
    (saved,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["sets"]
    assert "p@2" in printed
    assert saved["systems"]["fused"]["p@2"] == pytest.approx(0.5)  # one of the first two is relevant
    assert saved["systems"]["fused"]["hit@5"] == 1.0
