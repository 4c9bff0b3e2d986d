"""What `kb` reads out of a question, a statement or a clause, as the golden tables of `kb/` write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ingest.records import Block, Role
from kb.agreements.extraction.actors import actors_of
from kb.agreements.extraction.deadlines import deadlines_in
from kb.agreements.extraction.obligation_extraction import find_duties
from kb.answer.ask import question_language
from kb.answer.document_selection import document_linking, document_mentions
from kb.answer.query_understanding import answer_types, intent, query_parsing, spelling
from kb.answer.query_understanding.question import Question
from kb.answer.quotation import answer_spans
from kb.answer.scoring import candidates
from kb.answer.scoring.sentence_ranking import Scored, compose
from kb.answer.scoring.signatories import signatories
from kb.answer.skills.comparison import comparison
from kb.embed.cache import CachedEmbedder
from kb.embed.e5_model import BundledEmbedder
from kb.records import Answer, DocumentInfo, KnownBy, Timings, Turn
from kb.search.follow_up import Carrying, leaning_odds
from kb.settings import Settings
from kb.verify import fact_check, list_check
from kb.verify.name_check import NameChecker
from lang.languages import Language
from tests.kb.answer_fakes import Shelf

FOLDER = Path(__file__).parent


def asks_for(text: str) -> list[str]:
    """What the form of a message asks for, whatever it is about."""
    forms = {
        "draft": intent.asks_for_draft,
        "adding": intent.adds,
        "checking": intent.checks,
        "holdings": intent.asks_what_is_held,
        "dates": intent.asks_for_dates,
        "table": intent.asks_for_table,
        "summary": intent.asks_in_short,
    }
    return [name for name, asked in forms.items() if asked(text)]


def form(text: str) -> str | None:
    return intent.asked_in_form(text)


def beyond(text: str, language: Language) -> list[str]:
    """Why no paper of an exchange can answer a question."""
    return ["law"] * intent.legal_opinion(text, language) + ["scope"] * intent.out_of_scope(text, language)


def sides(text: str, language: Language) -> list[object]:
    """Name and question of each part of a question."""
    return [(part.name, part.question) for part in intent.question_parts(text, language)]


def compared(text: str, language: Language) -> object:
    """What the first of two sides is called, and what is asked of the second."""
    first, second = intent.question_parts(text, language)
    return first.name, second.question


def side_count(text: str, language: Language) -> int:
    return len(intent.question_parts(text, language))


def side_names(text: str, language: Language) -> list[str]:
    return [part.name for part in intent.question_parts(text, language)]


def asked_in(text: str) -> str:
    return question_language(text)


def wanted(text: str) -> object:
    """How many points, and in which language."""
    return query_parsing.points_wanted(text), query_parsing.language_wanted(text)


def shown_matter(text: str, matter: str) -> str:
    return Question(text, text, "en", matter=matter).shown_matter


def romanised(text: str) -> str | None:
    return spelling.romanised(text)


def shelf() -> tuple[list[DocumentInfo], dict[int, KnownBy]]:
    """The papers of ``kb/papers.json``, which have the numbers 1, 2, …, and by what they are known."""
    papers, known = [], {}
    for at, paper in enumerate(json.loads((FOLDER / "kb" / "papers.json").read_text(encoding="utf-8")), start=1):
        known[at] = KnownBy(tuple(paper.pop("names", ())), paper.pop("head", ""))
        papers.append(
            DocumentInfo(at, source="", version=1, date=None, pages=1, chunks=1, state="published", **{"publisher": None} | paper)
        )
    return papers, known


def named(text: str, language: Language) -> document_mentions.Named:
    return document_mentions.named_papers(text, language, *shelf())


def papers_named(text: str, language: Language) -> list[int]:
    return sorted(paper.id for paper in named(text, language).papers)


def papers_of_kind(text: str, language: Language) -> list[int]:
    return sorted(paper.id for paper in named(text, language).of_kind)


def means_several(text: str, language: Language) -> bool:
    return named(text, language).many


def naming_words(text: str, language: Language) -> list[str]:
    return sorted(named(text, language).words)


def without_naming(text: str, language: Language, papers: Sequence[int]) -> str:
    """A question without the words that name some papers of the shelf."""
    every, known = shelf()
    meant = document_mentions.naming(named(text, language), [paper for paper in every if paper.id in papers], known)
    return document_mentions.without(text, meant.words)


def without_words(text: str, words: Sequence[str]) -> str:
    return document_mentions.without(text, words)


def request_parts(text: str) -> list[str]:
    return document_linking.request_parts(text)


def asking_sentence(text: str, language: Language) -> str:
    return comparison.asking_sentence(text, language)


def followed_up(before: str, text: str, language: Language) -> str | None:
    """A question after another, made whole; None where it stands by itself."""
    return _after(before, text, language, partial(leaning_odds, Settings.load()))


def carried(before: str, text: str, language: Language) -> str | None:
    """A question that leans on another, made whole."""
    return _after(before, text, language, lambda _message, _language: 1.0)


def _after(before: str, text: str, language: Language, odds: Callable[[str, Language], float]) -> str | None:
    turn = Turn(before, Answer(before, language, "extractive", (), None, Timings(0.0, 0.0, 0.0)))
    made = Carrying(odds).rewrite(text, language, [turn] if before else [])
    return made.question if made is not None else None


def answer_marks(question: str, text: str) -> list[str]:
    """The fact in a sentence that answers a question."""
    return [text[start:end].strip() for start, end in answer_spans.marks_in(question, text)]


def signers(text: str) -> list[str]:
    return [text[start:end] for start, end in signatories(text)]


def list_items(text: str, language: Language) -> list[str]:
    return [text[start:end].strip() for start, end in list_check.items(text, language)]


def wrong_facts(statement: str, evidence: str, context: Sequence[str] = ()) -> list[object]:
    """Check, what is said, and what the evidence has instead, of each fact that it does not bear out."""
    return [(found.check, found.said, found.shown) for found in fact_check.check_facts(statement, [evidence], context)]


def unborne_facts(statement: str, evidence: str, context: Sequence[str] = ()) -> list[object]:
    return [(found.check, found.said) for found in fact_check.check_facts(statement, [evidence], context)]


def duties(
    text: str = "",
    lines: Sequence[tuple[Role, Sequence[str], str]] = (),
    language: Language = "en",
    parties: Sequence[str] = (),
    show: Sequence[str] = ("actor", "force"),
) -> list[object]:
    """Who owes what by when, of a paragraph or of lines that have a role and a path, of a paper of some parties; of each what is shown."""
    blocks, whole = [], ""
    for page, (role, path, line) in enumerate(lines or [("paragraph", (), text)], start=1):
        blocks.append(Block(page, role, tuple(path), line, len(whole), len(whole) + len(line), language))
        whole += f"{line}\n"
    found = []
    for duty in find_duties(whole[:-1], blocks, actors_of("", parties), language):
        due = duty.deadline
        assert due is None or whole[due.start : due.end] == due.text
        told = {
            "actor": duty.actor,
            "force": duty.force,
            "action": duty.action,
            "due": due.key if due else "",
            "clause": whole[duty.start : duty.end],
        }
        found.append([told[name] for name in show] if len(show) > 1 else told[show[0]])
    return found


def actions_in_one_line(**fields: Any) -> str:
    return " | ".join(str(one) for one in duties(**fields, show=["action"]))


def first_deadline(text: str) -> str:
    return next(deadlines_in(text)).key


def recurrence(text: str) -> object:
    """How often, and on which days of the year."""
    found = next(deadlines_in(text))
    return found.every, found.on


def answer_type(text: str) -> str | None:
    return answer_types.asked_for(text)


def types_held(text: str) -> list[str]:
    """Of which types an answer stands in a sentence."""
    held: tuple[answer_types.AnswerType, ...] = ("date", "number")
    return [kind for kind in held if answer_types.holds(text, kind)]


def is_fragment(text: str) -> bool:
    return candidates.is_fragment(text)


def refers_back(text: str) -> bool:
    return candidates.refers_back(text)


def last_quoted(text: str, language: Language) -> list[str]:
    """The statement that the last sentence of a passage becomes."""
    shelf = Shelf([(text, language, "news")])
    last = candidates.sentences_of([shelf.hit(0)])[-1]
    return [said.text for said in compose([Scored(last, 5.0, 0.9, 0.0)], np.eye(1, dtype=np.float32), language, shelf.ports())]


def misplaced_facts(statement: str, sentence: str) -> list[object]:
    """What is said, and what the sentence shows in its place."""
    return [(found.said, found.shown) for found in fact_check.misplaced_facts(statement, sentence)]


@cache
def name_checker() -> tuple[NameChecker, TemporaryDirectory[str]]:
    folder = TemporaryDirectory(prefix="golden-e5-")
    embedder = BundledEmbedder(Path(folder.name))
    return NameChecker(CachedEmbedder(embedder).tokens, embedder.name), folder


def unknown_names(statement: str, evidence: str, context: Sequence[str] = ()) -> list[str]:
    return [found.said for found in name_checker()[0].check(statement, [evidence], context)]


def names_instead(statement: str, evidence: str) -> list[object]:
    return [(found.check, found.said, found.shown) for found in name_checker()[0].check(statement, [evidence])]
