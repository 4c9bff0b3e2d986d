"""``python -m eval answers``: questions asked through the real write and read paths, and the answers measured.

Either a corpus with questions (``--corpus --questions``, one passage a document) or a folder of documents with a gold file
(``--documents --gold``) is taken in by a knowledge base in a scratch home, and every question is asked of it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from eval import options
from eval.datasets.claims import read_wice
from eval.datasets.splits import digest_of_files
from eval.metrics.answer_quality import AskedQuestion, Outcome, Question, Supports, by_verifier, cited_of_answer, whole
from eval.metrics.llm_judge import Agreement, JudgeError, against_people, open_judge
from ingest.document.build import build_document
from ingest.records import Document, Hints, RawBlock, RawDocument, RawPage, Source
from kb import KnowledgeBase, Settings
from kb.errors import KnowledgeBaseError
from kb.records import Answer, Engine, Turn
from lang.languages import detect


class EvaluationError(Exception):
    """The corpus, the questions or the documents cannot be used; the message says which file and line, and why."""


def evaluate(
    kb: KnowledgeBase,
    questions: Sequence[Question],
    progress: Callable[[int, int], None] | None = None,
    *,
    engine: Engine = "extractive",
    judges: Mapping[str, Supports] | None = None,
) -> dict[str, Any]:
    """Ask every question and measure the answers, in all and for each language of question.

    ``Question.relevant`` holds file names or corpus ids: the last part of a source's path. ``judges`` say by name what supports what, for
    ALCE's precision and recall; ``verifier`` is always among them.

    Raises:
        JudgeError: a judge gives no judgement.
    """
    supports = {"verifier": by_verifier(kb.judge), **(judges or {})}
    asked: list[AskedQuestion] = []
    models: set[tuple[str, str]] = set()
    for done, question in enumerate(questions, start=1):
        history: list[Turn] = []
        for earlier in question.before:
            history.append(Turn(earlier, kb.answer(earlier, history=history, engine=engine)))
        answer = kb.answer(question.text, history=history, engine=engine)
        judged = {name: cited_of_answer(answer, judge) for name, judge in supports.items()}
        asked.append(AskedQuestion(question, outcome_of(answer), judged))
        models |= {(answer.model, answer.prompt or "")} if answer.model else set()
        if progress is not None:
            progress(done, len(questions))
    report = whole(asked, engine)
    report["models"] = [{"model": model, "prompt": prompt} for model, prompt in sorted(models)]
    return report


def outcome_of(answer: Answer) -> Outcome:
    """What an answer comes to, with its quotes in the order shown."""
    citations = [c for statement in answer.statements for c in statement.citations]
    marks = [tuple(s.text[start:end] for start, end in s.marks) for s in answer.statements for _ in s.citations]
    return Outcome(
        quotes=tuple(c.quote for c in citations),
        cited=tuple(Path(c.source).name for c in citations),
        refused=answer.refusal is not None or answer.skill == "chat",  # which says nothing of the papers
        language=_spoken(answer),
        ms=answer.ms.total,
        engine=answer.engine,
        statuses=tuple(statement.status for statement in answer.statements),
        marks=tuple(marks),
        unsure=answer.grade == "nearest",
    )


def _spoken(answer: Answer) -> str:
    """What a person reads: the words of a refusal, what a model wrote, or the labels of quotes, which follow the answer's language."""
    if answer.refusal is not None:
        return detect(answer.refusal.message)
    if answer.model is not None:
        return detect(" ".join(statement.text for statement in answer.statements), answer.language)
    return answer.language


@click.command(epilog="Example: python -m eval answers --documents samples/documents --gold eval/data/samples_gold.jsonl --json out.json")
@options.file("--corpus", help="JSON lines {_id, title, text}, one document each")
@options.file("--questions", "asked", help="JSON lines {_id, text, answers[], relevant[], answerable, lang} for --corpus")
@click.option("--documents", type=options.PATH, metavar="FOLDER", help="files to take in instead of a corpus")
@options.file("--gold", help="JSON lines with gold sentences for --documents")
@options.save_json(help="where the report is written, beside standard output")
@options.engine()
@options.file("--judge-labels", "labels", help="claims of WiCE on which the model of SETU_JUDGE is first compared with people")
@options.collection()
@options.limit()
@options.home(help="one with documents is asked as it is (default: a new one)")
@options.failing(1, EvaluationError, KnowledgeBaseError, JudgeError, OSError)
def command(
    corpus: Path | None, asked: Path | None, documents: Path | None, gold: Path | None, out: Path | None, engine: Any,
    labels: Path | None, collection: tuple[str, ...], limit: int | None, home: Path | None,
) -> None:  # fmt: skip
    """Measure answers: the answer in the first quotes, citations, refusals, language, time.

    Exit status 1: what was given cannot be used.
    """
    if corpus is not None and asked is not None and (documents is None or gold is None):
        source, questions_file, files = corpus, asked, [corpus]
    elif documents is not None and gold is not None and (corpus is None or asked is None):
        source, questions_file, files = documents, gold, sorted(path for path in documents.rglob("*") if path.is_file())
    else:
        raise EvaluationError("Give either --corpus and --questions, or --documents and --gold.")
    questions = list(read_questions(questions_file))[:limit]
    report = _run(questions, source, source == corpus, engine, labels, collection, home)
    if home is None:  # what a given home holds is not known here
        part = "" if limit is None else f" first {limit}"
        report["data"] = {"corpus": digest_of_files(files), "queries": digest_of_files([questions_file]) + part}
    if out is not None:
        out.write_text(_text(report), encoding="utf-8")
    click.echo(_text({name: value for name, value in report.items() if name != "per_question"}), nl=False)


def _text(report: Mapping[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def read_questions(path: Path) -> Iterator[Question]:
    """Questions of a JSON-lines file, with ``relevant`` as a list, or gold ``sentences`` each with its ``document``.

    Optional: the questions asked ``before``, the answers needed ``together``, the facts that ``marks`` should show.

    Raises:
        EvaluationError: a line is not JSON or lacks a field.
    """
    for number, row in _rows(path):
        try:
            named = {s["document"] for s in row.get("sentences", ())} | ({row["document"]} if "document" in row else set())
            yield Question(
                id=row["_id"],
                text=row["text"],
                language=row["lang"],
                answers=tuple(row["answers"]),
                relevant=frozenset(row["relevant"]) if "relevant" in row else frozenset(named),
                answerable=bool(row["answerable"]),
                cross=bool(row.get("cross", False)),
                before=tuple(row.get("before", ())),
                together=tuple(tuple(group) for group in row.get("together", ())),
                facts=tuple(row.get("marks", ())),
            )
        except KeyError as error:
            raise EvaluationError(f"{path}, line {number}: the question has no field {error}. Add it.") from error


def read_corpus(path: Path) -> Iterator[Document]:
    """The rows ``{_id, title, text}`` of a JSON-lines corpus, each understood as a document of its own.

    Raises:
        EvaluationError: a line is not JSON or lacks a field.
    """
    for number, row in _rows(path):
        try:
            identity, text, title = row["_id"], row["text"], row.get("title") or None
        except KeyError as error:
            raise EvaluationError(f"{path}, line {number}: the passage has no field {error}. Add it.") from error
        data = text.encode("utf-8", "surrogatepass")
        blocks = tuple(RawBlock(line) for line in text.split("\n") if line.strip())
        yield build_document(
            RawDocument(
                Source(f"{path.resolve()}/{identity}", hashlib.sha256(data).hexdigest(), "text", len(data)),
                (RawPage(1, "1", blocks, "markup"),),
                Hints(title=title),
            ),
            kind="other",
        )


def _run(
    questions: Sequence[Question],
    source: Path,
    is_corpus: bool,
    engine: Any,
    labels: Path | None,
    collection: Sequence[str],
    given: Path | None,
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="setu-eval-") as scratch:
        settings = Settings.load(home=given or Path(scratch))
        if engine == "generative" and not settings.llm:
            raise EvaluationError("--engine generative needs a language model. Set SETU_LLM, e.g. openai:gpt-4.1-mini.")
        judge = open_judge(settings)
        # Before the questions are asked: a judge that does not answer is found in the first second.
        tried = against_people(judge, read_wice(labels)) if judge is not None and labels is not None else None
        with KnowledgeBase.open(settings) as kb:
            if not kb.documents():
                _take_in(kb, source, is_corpus)
            kept = {paper.id for paper in kb.documents() if paper.in_house}
            judges = {} if judge is None else {"llm": judge.sparing(kept, by_verifier(kb.judge))}
            asked = kb.within([kb.collections.named(name).id for name in collection]) if collection else kb
            report = evaluate(asked, questions, partial(options.progress, what="questions"), engine=engine, judges=judges)
    if judge is not None:
        report["judge"] = {**judge.report(), **_tried(tried, report["alce"]["llm"])}
    return report


def _tried(tried: Agreement | None, found: Mapping[str, Any]) -> dict[str, Any]:
    """What people's labels say of the judge, and the share of supported statements corrected by it."""
    if tried is None:
        return {"labels": None}
    share = tried.corrected(found["supported"] / found["statements"]) if found["statements"] else None
    return {"labels": tried.report(), "supported_corrected": None if share is None else round(share, 4)}


def _take_in(kb: KnowledgeBase, source: Path, is_corpus: bool) -> None:
    summary = kb.ingest_documents(read_corpus(source)) if is_corpus else kb.ingest([source])
    if summary.rejected:
        listed = "; ".join(f"{r.file}: {r.reason}" for r in summary.rejected)
        raise EvaluationError(f"{len(summary.rejected)} documents could not be taken in, so the figures would be wrong: {listed}")


def _rows(path: Path) -> Iterable[tuple[int, Mapping[str, Any]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise EvaluationError(f"{path}, line {number} is not JSON: {error}. Correct or remove it.") from error
