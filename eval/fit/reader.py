"""``python -m eval reader``: train the reader, and say how much better it orders the first passages of a search than the search does.

``eval/data/reader.jsonl`` and ``reader_more.jsonl`` hold questions that people who saw only the papers wrote, each with the words of its
paper that answer it, or with none where it is a near miss. The passages come from a search over the set's papers: of the sets whose papers
are in ``eval/data/invented_papers.jsonl``, and of those for which ``--home NAME=DIR`` says which knowledge base holds them; others are left
out. ``--squad FILE`` are public questions in SQuAD's layout, which are learnt from first (JaQuAD's training files, CC BY-SA 3.0, for the
weights that are kept). ``--leave NAME`` leaves a set out and judges on it; ``--go-on`` starts from the weights that are kept.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from eval import options
from eval.datasets.labelled_papers import read
from eval.datasets.splits import bases
from eval.fit.encoder_training import Group, Passage, ReaderTraining, Span
from eval.fit.estimators import Floats, fit_rows
from eval.report.tables import markdown
from kb import KnowledgeBase
from kb.answer.quotation.quote_selection import ReaderWeights, reader_weights
from kb.embed.cross_encoders import WEIGHTS, PassageReader
from kb.embed.e5_model import MIDDLE, BundledEmbedder
from kb.embed.e5_weights import packed
from kb.records import DocumentInfo, Filters, Hit
from kb.verify.citations import overlap
from lang.languages import Language
from lang.normalise import search_form

FOUND, HARD = 10, 4
"""Passages of a search that a question is learnt and judged with, and those of them from which most of the wrong ones are drawn."""
RIGHT, WRONG = 2, 3
"""Passages of a question in a batch: so many right ones, so many of the first wrong ones, and one of the others."""
STRETCH = 420
"""Characters to which a public passage is cut."""
SEARCHED = 60
"""Hits that are asked for, as an answer does."""
UNSURE, UNLIKELY, SILENT = 0.75, 0.25, 0.01
"""Share of near misses that are to be graded *nearest*, of answerable questions below `Order.likely`, and of those that may get nothing."""
AFTERWARDS = 0.4
"""Share of the time in which is learnt from the set that was left out too, when the weights are written."""
RIDGE = 1.0
DECIMALS = 4
ROUNDS = 2
"""How often each question is learnt from at most."""
TAKEN = 0.45
"""Share of the public questions that are drawn."""
OLDER = 0.3
"""Share of the questions of other sets that are drawn in a round, where it is said which sets are new."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that the search found, and its score; ``twin`` is a version in another language of one that answers."""

    passage: Passage
    own: bool
    twin: bool
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set with the passages that a search finds for it, best first."""

    group: str
    question: str
    language: Language
    across: bool
    answerable: bool
    found: tuple[Candidate, ...]

    def drawn(self, by: random.Random) -> Group:
        """Some right and some wrong passages of it, the wrong ones among the first that were found."""
        right = [one for one in self.found if one.passage.answers]
        wrong = [one for one in self.found if not one.passage.answers and not one.twin]
        by.shuffle(right)
        first, rest = wrong[:HARD], wrong[HARD:]
        chosen = [*by.sample(first, min(WRONG, len(first))), *by.sample(rest, min(1, len(rest)))]
        own = [one for one in wrong if one.own and one not in chosen][:1]
        return Group(self.question, tuple(one.passage for one in (*right[:RIGHT], *chosen, *own)))

    @property
    def teaches(self) -> bool:
        """Whether something is to be learnt: one that is answerable needs a passage that was found and answers."""
        return bool(self.found) and (not self.answerable or any(one.passage.answers for one in self.found))


def where(text: str, quotes: Sequence[str]) -> tuple[Span, ...]:
    """Where quotes stand in a text, whatever their spaces, case and widths of letters."""
    folded = search_form(text)
    kept = [at for at, letter in enumerate(folded.text) if letter != " "]
    tight = "".join(folded.text[at] for at in kept)
    found = []
    for quote in quotes:
        said = search_form(quote).text.replace(" ", "")
        at = tight.find(said) if said else -1
        if at >= 0:
            found.append(folded.span(kept[at], kept[at + len(said) - 1] + 1))
    return tuple(found)


def asked_of(group: str, base: KnowledgeBase) -> Iterator[Asked]:
    """The questions of a set, with what a search over its papers finds."""
    ports = base._ports().for_one_question()
    by_name = {Path(paper.source).name: paper for paper in ports.papers()}
    for row in (*read("reader"), *read("reader_more")):
        if row["set"] == group and row["paper"] in by_name:
            yield _asked(row, ports.search(row["question"], SEARCHED, Filters()).hits[:FOUND], by_name[row["paper"]])


def _asked(row: dict[str, Any], hits: Sequence[Hit], paper: DocumentInfo) -> Asked:
    """A question with the passages that were found; those answer that hold one of its quotes."""
    answers = [where(hit.text, row["quotes"]) for hit in hits]
    versions = [there for hit, spans in zip(hits, answers, strict=True) if spans for there in hit.counterparts]
    found = tuple(
        Candidate(
            Passage(hit.document, hit.text, spans),
            own=hit.document_id == paper.id,
            twin=any(overlap(there, hit) for there in versions),
            score=hit.score,
        )
        for hit, spans in zip(hits, answers, strict=True)
    )
    return Asked(row["set"], row["question"], row["language"], row["language"] != paper.language, bool(row["quotes"]), found)


def public(files: Sequence[Path], by: random.Random) -> Iterator[Group]:
    """Public questions in SQuAD's layout, each with its passage and the one of the same article that shares most with the question."""
    for file in files:
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
            texts = [one["context"] for one in article["paragraphs"]]
            for paragraph in article["paragraphs"]:
                for one in paragraph["qas"]:
                    if by.random() > TAKEN or not one["answers"]:
                        continue
                    said, start = one["answers"][0]["text"], one["answers"][0]["answer_start"]
                    pairs = {one["question"][at : at + 2] for at in range(len(one["question"]) - 1)}
                    others = [text for text in texts if said not in text]
                    near = max(others, key=lambda text: sum(pair in text for pair in pairs) / (200 + len(text)), default="")
                    right = _cut(article["title"], paragraph["context"], start, start + len(said), by)
                    yield Group(one["question"], (right, *([Passage(article["title"], near[:STRETCH], ())] if near else [])))


def _cut(title: str, text: str, start: int, end: int, by: random.Random) -> Passage:
    """A stretch of a text around what answers."""
    if len(text) > STRETCH:
        begin = by.randint(max(0, end - STRETCH), max(0, min(start, len(text) - STRETCH))) if end - start < STRETCH else start
        text, start, end = text[begin : begin + STRETCH], start - begin, end - begin
    return Passage(title, text, ((start, end),))


@click.command()
@options.homes()
@click.option("--squad", type=options.PATH, multiple=True, metavar="FILE", help="public questions, learnt from first")
@click.option("--leave", default="", metavar="NAME", help="the set that is left out and judged on")
@click.option("--minutes", type=float, default=0.0, help="how long is trained in all; 0: the reader that is there is judged")
@click.option("--new", multiple=True, metavar="NAME", help=f"a set not learnt from yet; of others {OLDER} is drawn")
@click.option("--go-on", is_flag=True, help="train on from the weights that are kept, and not from the embedder's")
@options.write(f"the order and limits that suit the set left out, then train on with that set too and write kb/embed/{WEIGHTS}")
def command(
    homes: tuple[str, ...], squad: tuple[Path, ...], leave: str, minutes: float, new: tuple[str, ...], go_on: bool, write: bool
) -> None:
    """Train the reader, and say how much better it orders the first passages of a search than the search does."""
    with bases(options.named(homes)) as found:
        known = [one for name, base in found for one in asked_of(name, base)]
    click.echo(f"{len(known)} questions of {len({one.group for one in known})} sets")
    judged = [one for one in known if not leave or one.group == leave]
    kept = Path(str(resources.files("kb.embed") / WEIGHTS))
    with tempfile.TemporaryDirectory() as scratch:
        model = BundledEmbedder(Path(scratch))
        if not minutes:
            _report(_read(judged, PassageReader(model, Path(scratch), kept)), reader_weights())
            return
        training = ReaderTraining(model, kept if go_on else None)
        apart = minutes * (1 - AFTERWARDS * write)
        _train(training, [one for one in known if one.group != leave], squad, apart, new)
        trained = Path(scratch) / WEIGHTS
        trained.write_bytes(packed(MIDDLE, _kept(training)))
        read = _read(judged, PassageReader(model, Path(scratch), trained))
        order = order_of(read)
        _report(read, order)
        if write:
            stored = {"command": "python -m eval reader --write", "left out": leave, "questions": len(read), "order": asdict(order)}
            options.save(Path(str(resources.files("kb.answer.quotation") / "reader_weights.json")), stored, indent=1)
            _train(training, known, (), minutes - apart, new)
            kept.write_bytes(packed(MIDDLE, _kept(training)))


def _kept(training: ReaderTraining) -> dict[str, NDArray[np.float32]]:
    """What is used of what was learnt: which tokens answer is learnt beside whether the passage does, and not asked for."""
    return {name: values for name, values in training.tensors().items() if not name.startswith("token.")}


def _train(training: ReaderTraining, known: Sequence[Asked], squad: Sequence[Path], minutes: float, new: Collection[str] = ()) -> None:
    """Learn for a third of the time from the public questions, where there are any, and for the rest from the sets'."""
    first = minutes / 3 if squad else 0.0
    if first:
        questions = int(TAKEN * sum(file.read_text(encoding="utf-8").count('"question":') for file in squad))
        training.run(lambda by: public(squad, by), first, questions, click.echo)
    teaching = [one for one in known if one.teaches]

    def again(by: random.Random) -> Iterator[Group]:
        while True:
            by.shuffle(teaching)
            yield from (one.drawn(by) for one in teaching if not new or one.group in new or by.random() < OLDER)

    share = {one: 1.0 if not new or one in new else OLDER for one in {each.group for each in teaching}}
    training.run(again, minutes - first, int(ROUNDS * sum(share[one.group] for one in teaching)), click.echo)


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with, of each passage that was found, what the reader says of it and how far its search score lies below the best."""

    asked: Asked
    rows: Floats

    @property
    def answers(self) -> list[bool]:
        """Which of the passages answer."""
        return [bool(one.passage.answers) for one in self.asked.found]

    def odds(self, order: ReaderWeights) -> Floats:
        """The log-odds that each passage answers."""
        return np.asarray(self.rows @ np.array([order.read, order.searched]) + order.bias)


def _read(known: Sequence[Asked], reader: PassageReader) -> list[Judged]:
    found = []
    for one in known:
        if one.found:
            readings = reader.read(one.question, [(each.passage.title, each.passage.text) for each in one.found])
            best = max(each.score for each in one.found)
            rows = [(told.odds, each.score - best) for told, each in zip(readings, one.found, strict=True)]
            found.append(Judged(one, np.array(rows, dtype=np.float64)))
    return found


def order_of(read: Sequence[Judged]) -> ReaderWeights:
    """The weights of reader and search that suit questions the reader has not seen (logistic regression), and the two limits."""
    rows = np.vstack([one.rows for one in read])
    labels = np.array([answers for one in read for answers in one.answers], dtype=np.float64)
    weights = fit_rows(rows, labels, RIDGE)
    read_by, searched_by, bias = (round(float(weight), DECIMALS) for weight in weights)
    order = ReaderWeights(read=read_by, searched=searched_by, bias=bias, sure=0.0, likely=0.0, near=0.0)
    best = _best(read, order)
    sure = float(np.quantile(best[False], UNSURE)) if best[False] else 0.0
    likely, near = (float(np.quantile(best[True], share)) if best[True] else 0.0 for share in (UNLIKELY, SILENT))
    return replace(order, sure=round(sure, DECIMALS), likely=round(likely, DECIMALS), near=round(near, DECIMALS))


def _best(read: Sequence[Judged], order: ReaderWeights) -> dict[bool, list[float]]:
    """The best odds of each answerable question (True), and of each near miss."""
    return {kind: [float(one.odds(order).max()) for one in read if one.asked.answerable == kind] for kind in (True, False)}


def _report(read: Sequence[Judged], order: ReaderWeights) -> None:
    """How often the first and one of the first two passages answer, as searched and as read, where one of those found does."""
    right: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for one in read:
        odds = one.odds(order)
        answers = one.answers
        if any(answers):
            placed = np.argsort(-odds, kind="stable")
            told = (answers[0], any(answers[:2]), answers[placed[0]], any(answers[at] for at in placed[:2]))
            for name in ("all", "across" if one.asked.across else "same language", one.asked.language):
                right[name].append(told)
    rows_of: list[list[object]] = []
    for name, rows in right.items():
        means = np.mean(np.array(rows, dtype=float), axis=0)
        gains = np.array([float(row[3]) - float(row[1]) for row in rows])
        wide = 1.96 * gains.std() / max(len(gains), 1) ** 0.5
        rows_of.append([name, len(rows), *(f"{mean:.3f}" for mean in means), f"{gains.mean():+.3f} ± {wide:.3f}"])
    head = ["one of those found answers", "questions", "searched: first", "two", "read: first", "two", "two: read − searched (95 %)"]
    click.echo(markdown(head, rows_of))
    best = _best(read, order)
    pairs = [(one > other) + 0.5 * (one == other) for one in best[True] for other in best[False]]
    click.echo(
        f"The best odds of an answerable question are above those of a near miss for {np.mean(pairs) if pairs else 0:.3f} of the pairs."
    )
    below = {answerable: np.mean(np.array(odds) < order.sure) if odds else 0.0 for answerable, odds in best.items()}
    click.echo(f"Not sure: {below[False]:.3f} of the near misses, {below[True]:.3f} of the others.")
