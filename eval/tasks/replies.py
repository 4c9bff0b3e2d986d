"""``python -m eval replies FILE``: is what a careful model writes shown as checked, and what a careless one writes not?

FILE holds sentences that people wrote who read the papers as a language model would, and variants that are false
(`eval.datasets.written_sentences`). Each is judged as an answer's sentences are. Beside the support that the verifier gives stands a plain
one in the same run: the share of the sentence's words that the quotes hold.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from eval import options
from eval.datasets.claims import auroc
from eval.datasets.splits import digest_of_files
from eval.datasets.written_sentences import TRUE, Reply, replies
from eval.report.tables import markdown
from kb import Settings
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import bundled_states, open_embedder
from kb.errors import KnowledgeBaseError
from kb.verify.entailment import signals_of
from kb.verify.verdict import Verifier

SUPPORTS: Final = ("verifier", "words")


@dataclass(frozen=True, slots=True)
class Judged:
    """The status of a sentence, the supports in the order of `SUPPORTS`, and the milliseconds that the verdict took a processor."""

    reply: Reply
    status: str
    supports: tuple[float, ...]
    milliseconds: float


def judge_all(known: Sequence[Reply], settings: Settings) -> list[Judged]:
    """The verdict on each, and what the plain supports say."""
    embedder = CachedEmbedder(open_embedder(settings))
    verifier = Verifier(embedder, settings.verifier, settings.allow_download, bundled_states(settings))
    found = []
    for done, one in enumerate(known, start=1):
        citations = one.citations()
        began = time.process_time()
        verdict = verifier.judge(one.text, citations)
        took = (time.process_time() - began) * 1000
        supports = (verdict.support, signals_of(one.text, one.quotes, embedder.tokens).covered)
        found.append(Judged(one, verdict.status, supports, took))
        options.progress(done, len(known), "sentences")
    return found


def report(found: Sequence[Judged]) -> dict[str, Any]:
    """Shares of each status by side (same language, across), kind and language; of each support the AUROC; the milliseconds."""
    rows, kinds = [], [TRUE, *dict.fromkeys(one.reply.kind for one in found if one.reply.kind != TRUE)]
    for side, across in (("same", False), ("across", True)):
        for kind in kinds:
            for language in ("all", "mr", "hi", "en", "ja"):
                mine = [
                    one.status for one in found
                    if one.reply.across == across and one.reply.kind == kind and language in ("all", one.reply.language)
                ]  # fmt: skip
                if mine:
                    shares = {status: round(mine.count(status) / len(mine), 3) for status in ("verified", "partial", "unsupported")}
                    rows.append({"side": side, "kind": kind, "language": language, "n": len(mine), **shares})
    times = [one.milliseconds for one in found]
    return {
        "sentences": len(found),
        "shares": rows,
        "auroc": {side: {name: _auroc(found, at, across) for at, name in enumerate(SUPPORTS)} for side, across in _SIDES},
        "ms": {f"p{share}": round(float(np.percentile(times, share)), 1) for share in (50, 95)},
    }


_SIDES: Final = (("same", False), ("across", True))


def _auroc(found: Sequence[Judged], at: int, across: bool) -> float | None:
    mine = [one for one in found if one.reply.across == across]
    labels = np.array([float(one.reply.kind == TRUE) for one in mine])
    return round(auroc(np.array([one.supports[at] for one in mine]), labels), 3) if 0 < labels.sum() < len(labels) else None


@click.command()
@click.argument("file", type=options.PATH)
@options.home()
@options.save_json(help="the figures")
@options.failing(1, ValueError, KnowledgeBaseError, OSError)
def command(file: Path, home: Path | None, out: Path | None) -> None:
    """Is what a careful model writes shown as checked, and what a careless one writes not?

    Exit status 1: the set cannot be used.
    """
    known = list(replies(file))
    with tempfile.TemporaryDirectory(prefix="setu-replies-") as scratch:
        found = report(judge_all(known, Settings.load(home=home or Path(scratch))))
    found["data"] = digest_of_files([file])
    options.save(out, found)
    cells = ("verified", "partial", "unsupported")
    rows = [[row["side"], row["kind"], row["language"], row["n"], *(f"{row[cell]:.3f}" for cell in cells)] for row in found["shares"]]
    click.echo(markdown(["quotes", "sentence", "in", "n", "checked", "partly", "not borne out"], rows))
    told = [[side, *("–" if value is None else f"{value:.3f}" for value in by.values())] for side, by in found["auroc"].items()]
    click.echo("\n" + markdown(["true above false (AUROC)", *SUPPORTS], told))
    click.echo("\nA verdict takes {p50} ms of a processor at the median, {p95} at p95.".format(**found["ms"]))
