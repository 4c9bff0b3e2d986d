"""What people think of answers, as an evaluation set that ``python -m eval answers --corpus --questions`` runs.

A good answer is a gold one: its quotes are the answers, the passages they stand in are relevant, and a refusal that was good says that the
papers are silent. A bad answer gives a question with what was wrong, which an analyst completes. The corpus is all passages of every
document that one of the answers quoted or pointed to, so that a quote has others beside it from which it must be told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kb import KnowledgeBase
from kb.answer.presentation.rendering import OPEN
from kb.answer.quotation.quote_spans import answering_alone
from kb.answer.recheck import recheck
from kb.errors import UnknownDocumentError
from kb.records import Answer, Citation, Hit
from kb.user_records import Judged, answer_key

PASSAGE_CHARS: Final = 1200
"""Blocks of one clause make one passage until it has so many characters."""

CORPUS, QUESTIONS, INCOMPLETE = "corpus.jsonl", "questions.jsonl", "to_complete.jsonl"

Span = tuple[int, int]
_Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """``questions`` and ``corpus`` as `eval.tasks.answers` reads them, each row a JSON object.

    ``incomplete`` holds questions in the same form with ``answerable`` null, what was wrong with their answers (``reason``, ``comment``)
    and what these quoted: once ``answerable``, ``answers`` and ``relevant`` are filled in, a row may be moved to the questions.
    """

    questions: tuple[dict[str, Any], ...]
    incomplete: tuple[dict[str, Any], ...]
    corpus: tuple[dict[str, str], ...]

    def files(self) -> dict[str, str]:
        """The text of each file by its name; what is incomplete lies in a file of its own, which no command reads."""
        rows: tuple[tuple[str, Sequence[Any]], ...] = (
            (CORPUS, self.corpus), (QUESTIONS, self.questions), (INCOMPLETE, self.incomplete)
        )  # fmt: skip
        return {name: "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some) for name, some in rows}

    def write(self, folder: Path) -> None:
        """Write the files into a folder, which is made when it is not there. Raises `OSError` when it cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files().items():
            folder.joinpath(name).write_text(text, encoding="utf-8")


def evaluation_set(kb: KnowledgeBase, judged: Iterable[Judged]) -> EvaluationSet:
    """The set of what people said; ``kb`` gives the texts, and documents that it does not show leave no trace in the set.

    Where opinions on one answer differ, or a refusal was good of a question that was asked of some papers only, an analyst has to say
    what is right: the question is incomplete.
    """
    making = _Making(kb)
    by_answer: dict[tuple[str, int], list[Judged]] = {}
    for one in judged:
        by_answer.setdefault((one.conversation_id, one.ordinal), []).append(one)
    for same in by_answer.values():
        making.add(same)
    return making.made()


@dataclass
class _Making:
    kb: KnowledgeBase
    _cited: dict[_Version, list[Span]] = field(default_factory=dict)
    _good: list[tuple[dict[str, Any], tuple[Citation, ...]]] = field(default_factory=list)
    _bad: list[dict[str, Any]] = field(default_factory=list)

    def add(self, same: Sequence[Judged]) -> None:
        """One answer, with all that people think of it."""
        exchange = same[0].exchange
        if exchange.answer is None:
            return
        answer = recheck(exchange.answer, self.kb.text)
        citations = _standing(answer)
        for citation in citations:
            self._note(citation)
        for hit in answer.refusal.nearest if answer.refusal else ():
            self._note(hit)
        row = _row(same[0], answer)
        limited = answer.refusal is not None and exchange.filters.active
        if all(one.opinion.good for one in same) and not limited and (citations or answer.refusal is not None):
            self._good.append((row, citations))
            return
        said = next((one.opinion for one in same if not one.opinion.good), same[0].opinion)
        self._bad.append(
            row
            | {"answerable": None, "reason": said.reason, "comment": said.comment, "refused": answer.refusal is not None}
            | {"quoted": list(dict.fromkeys(c.quote for c in citations))}
        )

    def made(self) -> EvaluationSet:
        """The rows, with the passages of every document that is needed."""
        spans = {version: self._passages(version, quotes) for version, quotes in self._cited.items()}
        questions = []
        for row, citations in self._good:
            relevant = [
                _id((c.document_id, c.version), span) for c in citations for span in spans[c.document_id, c.version] if _meet(span, c)
            ]
            quotes = list(dict.fromkeys(c.quote for c in citations))
            questions.append(row | {"answers": quotes, "relevant": sorted(set(relevant)), "answerable": bool(citations)})
        corpus = [
            {"_id": _id(version, span), "title": self._title(version), "text": self.kb.text(*version)[slice(*span)]}
            for version in sorted(spans)
            for span in spans[version]
        ]
        return EvaluationSet(tuple(questions), tuple(self._bad), tuple(corpus))

    def _note(self, place: Citation | Hit) -> None:
        version = place.document_id, place.version
        try:
            self.kb.text(*version)
        except UnknownDocumentError:
            return
        quotes = self._cited.setdefault(version, [])
        if isinstance(place, Citation):
            quotes.append((place.start, place.end))

    def _passages(self, version: _Version, quotes: Sequence[Span]) -> list[Span]:
        """The passages of a version; none ends inside one of the quotes."""
        text = self.kb.text(*version)
        made: list[Span] = []
        path: tuple[str, ...] | None = None
        for block in self.kb.outline(*version):
            start, end = block.start, block.end
            within = bool(made) and any(a < made[-1][1] and start < b for a, b in quotes)
            if made and (within or (block.path == path and end - made[-1][0] <= PASSAGE_CHARS)):
                made[-1] = (made[-1][0], max(end, made[-1][1]))
            else:
                made.append((start, end))
            path = block.path
        return [(start, end) for start, end in made if text[start:end].strip()]

    def _title(self, version: _Version) -> str:
        number = version[1]
        return next((v.title for v in self.kb.history(version[0]) if v.number == number), "")


def _standing(answer: Answer) -> tuple[Citation, ...]:
    """The citations whose quote stands where it is said to stand; of a longer stretch, the sentence that answers."""
    return tuple(c for statement in map(answering_alone, answer.statements[:OPEN]) for c in statement.citations if c.status == "verified")


def _row(judged: Judged, answer: Answer) -> dict[str, Any]:
    """The question, whole where it leaned on earlier ones; its id does not lead back to the conversation."""
    key = hashlib.blake2b(answer_key(judged.conversation_id, judged.ordinal).encode(), digest_size=6).hexdigest()
    text = answer.asked_as or judged.exchange.question
    return {"_id": f"feedback-{key}", "text": text, "lang": answer.language, "answers": [], "relevant": [], "answerable": False}


def _id(version: _Version, span: Span) -> str:
    return f"d{version[0]}-v{version[1]}-{span[0]}-{span[1]}"


def _meet(span: Span, citation: Citation) -> bool:
    return span[0] < citation.end and citation.start < span[1]
