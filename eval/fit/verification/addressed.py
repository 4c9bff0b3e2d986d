"""``python -m eval addressed``: which lines of papers speak to a program that answers from them; fits `kb.verify.prompt_injection`.

``eval/data/addressed.jsonl`` holds lines that people wrote who had not seen the code, 250 a language: orders to such a program in many
tones, and lines of office papers that are none, the harder the better. Lines of invented papers (``lines.jsonl``) stand beside these. Told
is with each tenth left out, and of the attacks that the tests hold (``attacks.jsonl``), which are not learnt from.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from eval import options
from eval.datasets.labelled_papers import read
from eval.fit.estimators import Floats, write_weights
from eval.report.tables import markdown
from kb.embed.e5_model import BundledEmbedder
from kb.verify.prompt_injection import LEAST, LIKELY, VECTOR, Injections, addressed_from, pieces_of

ORDINARY: Final = 3000
"""Lines of papers that are learnt from; as many others tell how often a line is taken for an order."""
WEIGHS: Final = 0.3
"""What each of these weighs."""
EMBEDDED: Final = 1500
"""Of these, how many have their vectors learnt from."""
FOLDS: Final = 10
SCALE: Final = 1000


def rows_of(texts: Sequence[str], embedder: BundledEmbedder | None = None, mean: Floats | None = None) -> Floats:
    """What the models see of lines: their pieces, and before these, with an embedder, their vectors."""
    pieces = np.stack([pieces_of(text) for text in texts])
    if embedder is None:
        return pieces
    vectors = embedder.passages(texts).astype(np.float64)
    return np.concatenate([(vectors - (0 if mean is None else mean)) * VECTOR, pieces], axis=1)


def fitted(rows: Floats, labels: Floats, weights: Floats, penalty: float) -> Any:
    """A logistic model of lines."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=penalty, max_iter=3000).fit(rows, labels, weights)


def left_out(rows: Floats, labels: Floats, weights: Floats, penalty: float, count: int) -> Floats:
    """The chances of the first ``count`` lines, each by a model that has not seen it."""
    found = np.zeros(count)
    for fold in range(FOLDS):
        out = np.zeros(len(rows), dtype=bool)
        out[fold:count:FOLDS] = True
        found[out[:count]] = fitted(rows[~out], labels[~out], weights[~out], penalty).predict_proba(rows[out])[:, 1]
    return found


@click.command()
@click.option("--write", is_flag=True, help="write the weights beside the module")
@options.failing(1, ValueError, OSError)
def command(write: bool) -> None:
    """Tell which lines of papers speak to a program that answers from them."""
    known, lines = read("addressed"), [row["text"] for row in read("lines")]
    order = np.random.default_rng(1).permutation(len(lines))
    ordinary, others = ([lines[at] for at in order[start : start + ORDINARY]] for start in (0, ORDINARY))
    texts, count = [*(row["text"] for row in known), *ordinary], len(known)
    labels = np.array([*(float(row["addressed"]) for row in known), *[0.0] * ORDINARY])
    weighs = np.array([*[1.0] * count, *[WEIGHS] * ORDINARY])
    with tempfile.TemporaryDirectory(prefix="setu-addressed-") as scratch:
        embedder = BundledEmbedder(Path(scratch))
        few = count + EMBEDDED
        mean = embedder.passages(texts[:few]).astype(np.float64).mean(0)
        pieces, both = rows_of(texts), rows_of(texts[:few], embedder, mean)
        parts = {"pieces": (pieces, labels, weighs, 40.0), "both": (both, labels[:few], weighs[:few], 10.0)}
        first, second = (left_out(*part, count) for part in parts.values())
        told = {"by pieces alone": first >= LIKELY, "by both": (first >= LEAST) & (second >= LIKELY)}
        true = labels[:count] > 0
        click.echo(
            markdown(
                ["left out in turn", "orders", "others"],
                [[name, f"{of[true].mean():.3f}", f"{of[~true].mean():.3f}"] for name, of in told.items()],
            )
        )
        if write:
            stored: dict[str, Any] = {"embedder": embedder.name, "mean": [round(float(one), 5) for one in mean]}
            for name, (rows, marks, counts, penalty) in parts.items():
                model = fitted(rows, marks, counts, penalty)
                stored[name] = {
                    "scale": SCALE,
                    "bias": round(float(model.intercept_[0]), 4),
                    "weights": np.round(model.coef_[0] * SCALE).astype(int).tolist(),
                }
            write_weights(
                "kb.verify", "addressed.json", "addressed", ("lines", [json.dumps(row, ensure_ascii=False) for row in known]), stored
            )
        net = Injections(embedder)
        planted = [row["text"] for row in read("attacks") if row["where"] == "document"]
        told_of = [
            [
                name,
                len(of),
                f"{np.mean([addressed_from(text) is not None for text in of]):.3f}",
                f"{np.mean([net.around(text, len(text)) >= LIKELY for text in of]):.4f}",
            ]
            for name, of in (("planted in papers", planted), ("other lines of papers", others))
        ]
        click.echo("\n" + markdown(["by the weights as they are", "texts", "the list", "the models"], told_of))
