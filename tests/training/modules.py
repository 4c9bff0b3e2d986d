"""Modules drawn at random, for round trips."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from kb.records import Citation, Finding, Verdict
from training.records import (
    AUDIENCES,
    Case,
    Entry,
    Line,
    Module,
    Name,
    Note,
    Option,
    Pair,
    Paper,
    QuizItem,
    Rendering,
    Request,
    Section,
    Slide,
    Step,
)

LANGUAGES = st.sampled_from(["mr", "hi", "en", "ja"])
WORDS = st.text(alphabet="ab 一月号कमि्१２\n\"'<>_", max_size=12)
DAYS = st.none() | st.dates(date(1947, 8, 15), date(2040, 1, 1))


def few(of, most: int = 2):
    """A short tuple."""
    return st.lists(of, max_size=most).map(tuple)


CITATIONS = st.builds(
    Citation,
    document_id=st.integers(1, 9), document=WORDS, source=WORDS, version=st.integers(1, 3), kind=st.sampled_from(["agreement", "news"]),
    date=DAYS, page=st.integers(1, 40), page_label=WORDS, path=few(WORDS), start=st.integers(0, 50), end=st.integers(0, 50),
    language=LANGUAGES, quote=WORDS, status=st.just("unsupported"), variants=st.just(()), counterparts=st.just(()),
    context=st.none(), superseded_by=st.none(),
)  # fmt: skip
FINDINGS = st.builds(Finding, check=st.sampled_from(["number", "name", "support"]), said=WORDS, shown=WORDS)
VERDICTS = st.builds(
    Verdict, status=st.just("unsupported"), support=st.sampled_from([0.0, 0.25, 1.0]), findings=few(FINDINGS), scorer=WORDS
)
ORIGINS = st.sampled_from(["quote", "phrase", "written", "edited"])
RENDERINGS = st.builds(Rendering, language=LANGUAGES, text=WORDS, citations=few(CITATIONS, 1), origin=ORIGINS, verdict=st.none() | VERDICTS)
LINES = st.builds(
    Line, id=WORDS, text=WORDS, citations=few(CITATIONS), origin=ORIGINS, language=LANGUAGES, verdict=st.none() | VERDICTS,
    pinned=st.booleans(), dropped=st.booleans(), beside=few(RENDERINGS, 1),
)  # fmt: skip
SECTIONS = st.builds(Section, heading=LINES, lines=few(LINES))
SLIDES = st.builds(Slide, id=WORDS, kind=st.sampled_from(["title", "content"]), title=LINES, bullets=few(LINES), notes=few(LINES, 1))
STEPS = st.builds(Step, id=WORDS, activity=st.sampled_from(["opening", "quiz"]), minutes=st.integers(1, 90), line=LINES, slides=few(WORDS))
OPTIONS = st.builds(Option, text=WORDS, correct=st.booleans(), claim=WORDS, citations=few(CITATIONS, 1))
ITEMS = st.builds(
    QuizItem, id=WORDS, kind=st.sampled_from(["cloze", "choice", "match"]), asks=st.sampled_from(["date", "amount"]), language=LANGUAGES,
    prompt=WORDS, proof=LINES, options=few(OPTIONS), answers=few(WORDS), changed=WORDS, pairs=few(st.builds(Pair, WORDS, WORDS)),
    steps=few(WORDS), pinned=st.booleans(), dropped=st.booleans(),
)  # fmt: skip
NAMES = st.builds(Name, language=LANGUAGES, text=WORDS, listed=st.sampled_from(["paper", "setu"]), citations=few(CITATIONS, 1))
ENTRIES = st.builds(Entry, id=WORDS, names=few(NAMES), meaning=st.none() | LINES)
PAPERS = st.builds(
    Paper, document_id=st.integers(1, 9), title=WORDS, source=WORDS, version=st.integers(1, 3), kind=st.sampled_from(["report", "other"]),
    language=LANGUAGES, date=DAYS, publisher=st.none() | WORDS,
)  # fmt: skip
REQUESTS = st.builds(
    Request, topic=WORDS, languages=st.lists(LANGUAGES, min_size=1, max_size=3).map(tuple), audience=st.sampled_from(AUDIENCES),
    minutes=st.integers(10, 240), documents=few(st.integers(1, 9)), slides=st.integers(1, 20), items=st.integers(0, 20),
)  # fmt: skip
MODULES = st.builds(
    Module, id=WORDS, title=WORDS, request=REQUESTS, made=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), papers=few(PAPERS),
    objectives=few(LINES, 1), briefing=few(SECTIONS, 1), plan=few(STEPS, 1), slides=few(SLIDES, 1), handout=few(SECTIONS, 1),
    quiz=few(ITEMS, 1), case=st.none() | st.builds(Case, title=LINES, situation=few(LINES, 1), tasks=few(LINES, 1)),
    glossary=few(ENTRIES, 1), reading=few(LINES, 1), notes=few(st.builds(Note, st.just("no_case"), WORDS), 1),
    model=st.none() | WORDS, prompt=st.none() | WORDS,
)  # fmt: skip
