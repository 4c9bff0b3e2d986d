"""``python -m eval.fit.refusal SHARED``: find the weights of the refusal rule, and write them to ``kb/answer/scoring/refusals.json``.

Questions that documents answer, and questions that they do not, are asked through the real read path: of whole corpora, of the same
without the passages that answer, and of few documents, where little can be told from what else there is. A logistic regression on the
development half of the questions separates their signals, and the threshold of each language is a quantile of that half. What is
reported comes from the held-out half. Signals are kept in a file, so that a run goes on where it was stopped and a fit takes a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click

from eval import DATA, PROJECT, options
from eval.fit.refusal_thresholds import Bound, Example, digest, read_examples, refused, reliability, rules, write_examples
from eval.metrics.answer_quality import Question, folded
from eval.tasks.answers import read_corpus, read_questions
from kb import Filters, KnowledgeBase, Settings
from kb.answer.ask import Ports, question_language
from kb.answer.quotation.quote_selection import FETCHED, foreign
from kb.answer.scoring.candidates import Budget
from kb.answer.scoring.refusals import calibrated, rule_for, signals_of
from kb.answer.scoring.sentence_ranking import rank_sentences
from kb.document_records import DocumentInfo
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import Embedder, open_embedder
from kb.ports import FloatVector
from lang.languages import Language
from lang.sentences import sentence_spans

BESIDE = Budget(tokens_across=360)
"""How much is read in other languages after the own language was read."""
OUT = PROJECT / "kb" / "answer" / "scoring" / "refusals.json"
CORPORA: Mapping[str, tuple[str, Language]] = {
    "xquad-en": ("xquad-en-en", "en"),
    "xquad-hi": ("xquad-hi-hi", "hi"),
    "jsquad-ja": ("jsquad-ja", "ja"),
    "clapnq-en": ("clapnq-en", "en"),
    "mahmls21-mr": ("mahmls21-mr", "mr"),
}
ANSWERED = {("xquad-en", "xquad-hi"), ("xquad-hi", "xquad-en")}
"""Sets whose questions the other corpus answers too."""
WEIGHTS: Mapping[str, float] = {"xquad-en": 15.0, "xquad-hi": 15.0, "clapnq-en": 10.0, "gold": 20.0}
"""What the sets count for whose own questions a rule must not refuse (or, in CLAPNQ, must)."""
DOCUMENTS: Mapping[str, int] = {"mahmls21-mr": 150}
"""Of a corpus of long documents so many are taken in, and only their questions asked."""
STRANGERS = 40
"""Questions of each other set that are asked of a corpus that cannot answer them."""
WITHOUT = "-without"
"""Ends the name of a group whose answering passages were left out of the search."""
FEW = "-few"
"""Ends the name of a group that was asked of `FEW_DOCUMENTS` documents only."""
FEW_DOCUMENTS = 20
"""An office that begins: too few passages for a background (`signals.ENOUGH`), and as many as the threshold has no slack for."""
SMALL = 0.2
"""How far below the quantile of the few gold questions a threshold stands."""
BOUNDS = (
    Bound("same", "en", "xquad-en@xquad-en", 0.06),
    Bound("same", "hi", "xquad-hi@xquad-hi", 0.04),
    Bound("same", "ja", "jsquad-ja@jsquad-ja", 0.02),
    Bound("same", "mr", "mahmls21-mr@mahmls21-mr", 0.01),
    Bound("across", "en", "xquad-en@xquad-hi", 0.02),
    Bound("across", "hi", "xquad-hi@xquad-en", 0.055),
    Bound("same", "en", "gold@samples", 0.0, whole=True, margin=SMALL),
    Bound("same", "ja", "gold@samples", 0.0, whole=True, margin=SMALL),
    Bound("same", "mr", "gold@samples", 0.0, whole=True, margin=SMALL),
    Bound("across", "en", "gold@samples", 0.06, whole=True, margin=SMALL),
    Bound("across", "mr", "gold@samples", 0.0, whole=True, margin=SMALL),
    Bound("across", "ja", "gold@samples", 0.05, whole=True, margin=SMALL),
)
"""The few gold questions on the samples bound the thresholds as well, for in Marathi and Japanese no others have their answer in
another language."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions for a corpus: ``speaks`` says whether it answers them, None where each question says so itself."""

    group: str
    questions: Sequence[Question]
    speaks: bool | None
    weight: float = 1.0
    without: bool = False
    few: bool = False


def collect(kb: KnowledgeBase, embedder: Embedder, asked: Asked, background: Mapping[Language, FloatVector]) -> Iterator[Example]:
    """Ask the questions and keep their signals, one example for each side of the search: the question's own language, and others."""
    infos = kb.documents()
    # As an answer searches: language versions of a passage each by itself, where `KnowledgeBase.search` shows one.
    search = partial(kb._retriever.search, once=False, sight=kb._catalogue.sight)
    ports = Ports(search, embedder, lambda _question, _passages: (), kb.text, kb.place, lambda: False)
    for question in asked.questions:
        result = search(question.text, FETCHED, _filters(asked, question, infos))
        query = embedder.query(question.text)
        language = question_language(question.text)
        answers = [folded(a) for a in question.answers if a.strip()]
        speaks = question.answerable if asked.speaks is None else asked.speaks
        sides = [[h for h in result.hits if foreign(h, question.text, language) == across] for across in (False, True)]
        for across, side in zip((False, True), sides, strict=True):
            budget = BESIDE if across and sides[0] else Budget()
            ranked, _ = rank_sentences(question.text, query, side, ports, budget, result.terms)
            if not ranked:
                continue
            stands = any(a in folded(s.candidate.text) for s in ranked for a in answers)
            if (asked.without and stands) or (speaks and not stands and all(sides)):
                continue  # another passage answers too; or the answer is on the other side
            signals = signals_of(question.text, query, ranked, side, background)
            rule = rule_for(question.text, ranked, across=across)
            yield Example(question.id, asked.group, question.language, rule, speaks, signals, asked.weight)  # type: ignore[arg-type]


def _filters(asked: Asked, question: Question, infos: Sequence[DocumentInfo]) -> Filters:
    """The documents that a question is asked of: all, or those that do not answer it, or the answering and others as hashes have it."""
    others = [i.id for i in infos if Path(i.source).name not in question.relevant]
    if asked.few:
        right = [] if asked.without else [i.id for i in infos if Path(i.source).name in question.relevant]
        others.sort(key=lambda identity: digest(f"{question.id} {identity}"))
        return Filters(documents=(*right, *others[: FEW_DOCUMENTS - len(right)]))
    return Filters(documents=tuple(others)) if asked.without else Filters()


def plan(name: str, sets: Mapping[str, Sequence[Question]], limit: int) -> Iterator[Asked]:
    """What is asked of a corpus. `WEIGHTS` says what a group counts for; left-out passages count a third, all others 1."""
    for other, questions in sets.items():
        chosen = _sample(questions, limit)
        if other == name or (other, name) in ANSWERED:
            yield Asked(f"{other}@{name}", chosen, None, WEIGHTS.get(other, 1.0))
            if name in ("xquad-en", "xquad-hi", "jsquad-ja"):
                yield Asked(f"{other}@{name}{WITHOUT}", chosen[: limit // 2], False, 0.3, without=True)
                yield Asked(f"{other}@{name}{FEW}", chosen[: limit // 3], None, WEIGHTS.get(other, 1.0), few=True)
                yield Asked(f"{other}@{name}{FEW}{WITHOUT}", chosen[: limit // 3], False, 1.0, without=True, few=True)
        elif {other, name} != {"xquad-en", "xquad-hi"}:
            yield Asked(f"{other}@{name}", _sample(questions, STRANGERS), False)
    gold = list(read_questions(DATA / "samples_gold.jsonl"))
    if name == "samples":
        yield Asked("gold@samples", gold, None, WEIGHTS["gold"])
    yield Asked(f"out-of-scope@{name}", list(read_questions(DATA / "out_of_scope.jsonl")), False)


def means(embedder: Embedder, shared: Path, most: int = 200) -> dict[Language, FloatVector]:
    """The mean vector of a language: of the first sentences of the first ``most`` passages of its corpus, one of each article."""
    found: dict[Language, FloatVector] = {}
    for folder, language in CORPORA.values():
        if language in found:
            continue
        with (shared / "benchmarks" / "beir" / folder / "corpus.jsonl").open(encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line, _ in zip(lines, range(most), strict=False)]
        firsts = [text[slice(*sentence_spans(text, language)[0])] for text in texts if text.strip()]
        found[language] = embedder.passages(firsts).mean(axis=0).round(3)
    return found


@click.command()
@click.argument("shared", type=options.PATH)
@click.option("--homes", type=options.PATH, required=True, metavar="FOLDER", help="where each corpus is taken in, once")
@click.option("--limit", type=int, default=600, metavar="N", help="ask at most N questions of a set (default 600)")
@options.file("--out", default=OUT, help="default: kb/answer/scoring/refusals.json")
@options.file("--signals", help="keeps the signals; groups that stand in it are not asked again")
@click.option("--means", "anew", is_flag=True, help="compute the mean vectors anew; signals that were kept no longer fit them")
@options.file("--report", help="where the figures of the held-out half are written")
def command(shared: Path, homes: Path, limit: int, out: Path, signals: Path | None, anew: bool, report: Path | None) -> None:
    """Find the weights of the refusal rule, with the benchmarks/beir and benchmarks/qa of the folder SHARED, and write them."""
    sets = {name: _questions(shared, name) for name in CORPORA}
    examples = read_examples(signals) if signals is not None and signals.exists() else []
    there = {e.group for e in examples}
    background = {} if anew else dict(calibrated().background)
    for name in (*CORPORA, "samples"):
        with KnowledgeBase.open(Settings.load(home=homes / name)) as kb:
            embedder = CachedEmbedder(open_embedder(kb.settings), most_states=4000)
            background = background or means(embedder, shared)
            if not kb.documents():
                _take_in(kb, shared, name)
            for asked in (a for a in plan(name, sets, limit) if a.group not in there):
                new = list(collect(kb, embedder, asked, background))
                examples += new
                if signals is not None:
                    write_examples(signals, new)
                click.echo(f"{asked.group}: {len(new)} examples", err=True)
    found = rules(examples, BOUNDS)
    means_of = {language: [round(float(v), 3) for v in mean] for language, mean in background.items()}
    out.write_text(_readable({"model": "multilingual-e5-small", "rules": found, "background": means_of}), encoding="utf-8")
    apart = [e for e in examples if e.held_out]
    figures = {"rules": found, "refused": refused(found, apart), "reliability": reliability(found, apart)}
    options.save(report, figures, indent=1)
    click.echo(json.dumps(figures, indent=1))


def _take_in(kb: KnowledgeBase, shared: Path, name: str) -> None:
    if name == "samples":
        kb.ingest([PROJECT / "samples" / "documents"])
    else:
        corpus = read_corpus(shared / "benchmarks" / "beir" / CORPORA[name][0] / "corpus.jsonl")
        kb.ingest_documents(islice(corpus, DOCUMENTS.get(name)))


def _questions(shared: Path, name: str) -> list[Question]:
    """The questions of a set; where only a retrieval set is there, its queries, which its corpus answers."""
    path = shared / "benchmarks" / "qa" / f"{name}.jsonl"
    if path.exists():
        return list(read_questions(path))
    folder, language = CORPORA[name]
    beir = shared / "benchmarks" / "beir" / folder
    with (beir / "corpus.jsonl").open(encoding="utf-8") as lines:
        taken = {json.loads(line)["_id"] for line in islice(lines, DOCUMENTS.get(name))}
    relevant: dict[str, set[str]] = {}
    for row in (beir / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, judged = row.split("\t")
        relevant.setdefault(query, set()).update({document} if int(judged) > 0 else ())
    with (beir / "queries.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Question(row["_id"], row["text"], language, (), frozenset(relevant[row["_id"]]), answerable=True)
        for row in rows
        if relevant.get(row["_id"], set()) & taken
    ]


def _sample(questions: Sequence[Question], most: int) -> list[Question]:
    """At most ``most`` questions, chosen by a hash of their ids."""
    return sorted(questions, key=lambda q: digest(f"sample {q.id}"))[:most]


def _readable(stored: Mapping[str, Any]) -> str:
    rows = ",\n".join(f'  "{language}": {json.dumps(mean)}' for language, mean in stored["background"].items())
    head = json.dumps({k: v for k, v in stored.items() if k != "background"}, indent=1)
    return f'{head[:-2]},\n "background": {{\n{rows}\n }}\n}}\n'


if __name__ == "__main__":
    command(prog_name="python -m eval.fit.refusal")
