"""How much each sentence of a paper matters to a summary of it, and to one of what it says on a matter; and what its point is called.

Two logistic models over what can be seen of a sentence: its place, form and figures, and its meaning beside the whole paper and beside
descriptions of what summaries tell, by what the paper is (``plans.toml``). Readers marked in papers what a summary must hold;
``python -m eval salience --write`` fitted the weights in ``salience.json`` to that. A point has a label in the reader's language where the
paper's own heading does not serve.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Final, Literal, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from ingest.records import Kind
from kb.agreements.extraction.deadlines import deadlines_in
from kb.answer.scoring.candidates import is_fragment, refers_back
from kb.answer.scoring.sentence_features import standardise
from kb.answer.skills.definition_forms import defines
from kb.answer.skills.summaries.boilerplate import asks, leads_in
from kb.answer.skills.summaries.clause_segmentation import Clause
from kb.answer.skills.summaries.summary_sentences import Sentence, most_of
from kb.ports import FloatMatrix, FloatVector, SentenceEmbedder
from kb.records import DocumentInfo, FactView
from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language
from lang.modality import claims
from lang.normalise import search_form
from lang.values.dates import ReadDate, dates_in
from lang.values.quantities import CURRENCIES, Quantity, quantities_in

Needs: TypeAlias = Literal["", "money", "time", "number"]
_BY_KIND: Mapping[Kind, str] = {"agreement": "agreement", "news": "news", "report": "report", "best_practice": "report"}
_BY_FORM: Mapping[str, str] = {
    "memorandum": "agreement", "agreement": "agreement", "letter_of_intent": "agreement", "joint_statement": "agreement",
    "circular": "order", "government_resolution": "order", "notification": "order", "rules": "order", "report": "report", "article": "news",
}  # fmt: skip


HEADS, HEAD_CHARS = 4, 100
"""How many of the first lines of a paper may be its title, and how long one is at most."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that a summary tells: ``means`` describes it in English, ``needs`` is what a sentence that tells it must name."""

    name: str
    means: str
    needs: Needs


def aspects_of(plan: str) -> tuple[Aspect, ...]:
    """The aspects that a summary by a plan tells, in order."""
    return _plans()[plan]


def descriptions() -> Mapping[str, str]:
    """What sentences of papers may tell, in English: the aspects of all plans, what else is weighty, and what is not, by name."""
    return {name: held["means"] for name, held in _stored()["aspect"].items()} | dict(_stored()["weighty"]) | dict(_stored()["trifle"])


def plan_name(paper: DocumentInfo, facts: Sequence[FactView], lines: Sequence[str] = ()) -> str:
    """By which plan a paper is told; ``lines`` are the first lines of it, one of which may say what it is where its title does not."""
    heads = [line for line in lines[:HEADS] if len(line) <= HEAD_CHARS] if paper.kind != "agreement" else []
    titles = [search_form(one).text for one in (paper.title, *heads)]
    sort = next(
        (sort for sort, words in _stored()["sort"].items() if any(search_form(w).text in one for w in words for one in titles)), None
    )
    form = next((fact.value for fact in facts if fact.field == "form"), "")
    return sort or _BY_KIND.get(paper.kind) or _BY_FORM.get(form, "paper")


@cache
def _plans() -> Mapping[str, tuple[Aspect, ...]]:
    aspects = {name: Aspect(name, held["means"], held.get("needs", "")) for name, held in _stored()["aspect"].items()}
    return {name: tuple(aspects[one] for one in names) for name, names in _stored()["plan"].items()}


_stored = partial(toml_of, "kb.answer.skills.summaries", "plans.toml")


FEW = 12
"""Bare numbers below this in digits are mostly those of wards, articles and lists."""
MOST_FIGURES = 4.0
SHAPE: Final = (
    "length", "full", "place", "near_start", "near_heading", "near_end", "section", "of_section", "sections", "sentences",
    "row", "item", "opens", "figures", "has_figure", "many_figures", "row_figures", "duty", "due", "dated", "planned", "done", "denied",
    "back", "fragment", "leads", "asks", "defines", "like_paper", "like_title", "told_before",
)  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = ("agreement", "news", "report")
ON_MATTER: Final = ("near", "below_nearest", "heading_near", "heading_below", "beside_near", "answers", "quoted", "worth", "worth_beside")
POWER: Final = 1.5
"""What is likely is worth more than its share: of powers from .7 to 2 this one held most of what was marked."""
LEAST: Final = 0.2
"""How likely a sentence must be marked to be told, however much room there is: of what was marked none is lost by it."""
_DUTIES = frozenset({"must", "at_least", "at_most", "only"})
MONEY = regex.compile(r"\p{Sc}\s?\p{Nd}")
"""A sum in a currency whose unit is not read, such as £3.4 million."""
Rows: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """The sentences of a paper as the models see them.

    ``group`` is the clause of each by its index, ``vectors`` are their meanings and ``headings`` those of their clauses' labels, unit rows;
    ``rows`` has the shape ``(sentences, len(features()))``.
    """

    sentences: tuple[Sentence, ...]
    group: tuple[int, ...]
    vectors: FloatMatrix
    headings: FloatMatrix
    rows: Rows


@dataclass(frozen=True, slots=True)
class Model:
    """``weights`` of the features in order, and the bias."""

    weights: Rows
    bias: float

    def likely(self, rows: Rows) -> Rows:
        """How likely each row is marked."""
        found: Rows = 1 / (1 + np.exp(-(rows @ self.weights + self.bias)))
        return found


def features() -> tuple[str, ...]:
    """The names of what is seen of a sentence."""
    return (*SHAPE, *KINDS, *LANGUAGES, *descriptions())


def columns() -> Mapping[str, tuple[str, ...]]:
    """What each model sees, by the names of the columns in order."""
    return {"paper": features(), "matter": ON_MATTER}


def seen(clauses: Sequence[Clause], paper: DocumentInfo, embedder: SentenceEmbedder) -> Seen:
    """What the models see of the sentences of a paper, which has at least one.

    Args:
        clauses: of the paper, each with at least one sentence.
        paper: with its title, kind and language.
        embedder: with which meanings are compared.
    """
    sentences = tuple(sentence for clause in clauses for sentence in clause.sentences)
    group = tuple(at for at, clause in enumerate(clauses) for _ in clause.sentences)
    vectors = embedder.passages([sentence.text for sentence in sentences])
    labels = list(dict.fromkeys(clause.label or paper.title for clause in clauses))
    of_labels = embedder.passages(labels)
    headings: FloatMatrix = of_labels[[labels.index(clauses[at].label or paper.title) for at in group]]
    shape = _shape(sentences, clauses, group, paper.language)
    meaning = _meaning(vectors, embedder.passages([paper.title])[0])
    about = vectors @ np.stack([embedder.query(meant) for meant in descriptions().values()]).T
    about = about - about.mean(axis=1, keepdims=True)
    beside = np.stack([standardise(column) for column in about.T], axis=1)
    whose = [float(paper.kind == one) for one in KINDS] + [float(paper.language == one) for one in LANGUAGES]
    rows = np.hstack([shape, meaning, np.tile(whose, (len(sentences), 1)), beside]).astype(np.float64)
    return Seen(sentences, group, vectors, headings, rows)


def worths(found: Seen) -> FloatVector:
    """What each sentence is worth to a summary of the paper; nothing where it hardly matters."""
    likely = _models()["paper"].likely(found.rows)
    return np.where(likely >= LEAST, likely**POWER, 0.0).astype(np.float32)


def on_matter(found: Seen, matter: str, stretches: Sequence[tuple[int, int, int]], embedder: SentenceEmbedder) -> Rows:
    """What is seen of each sentence beside a matter, shape ``(sentences, len(ON_MATTER) - 2)``: without its worth to the paper.

    ``stretches`` are those that looking the matter up finds in the paper, best first: where each begins and ends and where the sentence in
    it begins that answers.
    """
    asked = embedder.query(matter)
    near, headed = found.vectors @ asked, found.headings @ asked
    around = [near[max(at - 1, 0) : at + 2].max() for at in range(len(near))]
    answers, quoted = np.zeros(len(near)), np.zeros(len(near))
    for rank, (start, end, answering) in enumerate(stretches, 1):
        for at, one in enumerate(found.sentences):
            answers[at] = max(answers[at], (one.start <= answering < one.end) / rank)
            quoted[at] = max(quoted[at], (start < one.end and one.start < end) / rank)
    beside = standardise(np.array(around))
    columns = (standardise(near), near - near.max(), standardise(headed), headed - headed.max(), beside, answers, quoted)
    return np.stack(columns, axis=1).astype(np.float64)


def with_worth(rows: Rows, likely: Rows) -> Rows:
    """The rows of `on_matter` with how likely each sentence matters to its paper, shape ``(sentences, len(ON_MATTER))``."""
    bounded = np.clip(likely, 1e-4, 1 - 1e-4)
    return np.column_stack([rows, np.log(bounded / (1 - bounded)), standardise(likely.astype(np.float32))])


def worths_on(found: Seen, matter: str, stretches: Sequence[tuple[int, int, int]], embedder: SentenceEmbedder) -> FloatVector:
    """How likely each sentence belongs to what the paper says on a matter."""
    rows = with_worth(on_matter(found, matter, stretches, embedder), _models()["paper"].likely(found.rows))
    return np.asarray(_models()["matter"].likely(rows), dtype=np.float32)


def figures(text: str) -> float:
    """How much the figures of a text say: money and shares most, then measures, counts and dates; a small bare number numbers something."""
    dates, amounts = values_in(text)
    return len(dates) + len(MONEY.findall(text)) + sum(weight(q) for q in amounts)


def values_in(text: str) -> tuple[Sequence[ReadDate], list[Quantity]]:
    """The dates of a text, and the amounts outside them."""
    dates = dates_in(text)
    return dates, [q for q in quantities_in(text, [(d.start, d.end) for d in dates]) if q.role == "amount"]


def figure_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the dates and amounts of a text stand; a spelled *one* is none."""
    dates, amounts = values_in(text)
    figures = [(one.start, one.end) for one in amounts if not (one.spelled and one.number == 1)]
    return tuple(sorted((*((one.start, one.end) for one in dates), *figures)))


def weight(quantity: Quantity) -> float:
    """How much a figure says."""
    if quantity.unit in CURRENCIES or quantity.unit == "percent":
        return 1.5
    counts = quantity.unit or quantity.value >= FEW or (quantity.spelled and quantity.value > 1)
    return 1.0 if counts else 0.25


def _shape(sentences: Sequence[Sentence], clauses: Sequence[Clause], group: Sequence[int], language: Language) -> Rows:
    """The first columns of `SHAPE`: what needs no vectors."""
    many, of_group = len(sentences), [len(clause.sentences) for clause in clauses]
    first = [group.index(at) for at in range(len(clauses))]
    counted = np.array([min(figures(one.text), MOST_FIGURES) for one in sentences])
    beside = standardise(counted.astype(np.float32))
    rows = []
    for at, (one, own) in enumerate(zip(sentences, group, strict=True)):
        says, row = claims(one.text).keys(), bool(one.shown) or " · " in one.text
        rows.append((
            np.log(max(len(one.text), 1)), len(one.text) / most_of(language), at / many, np.exp(-at / 3), np.exp(-(at - first[own]) / 2),
            np.exp(-(many - 1 - at) / 3), own / len(clauses), np.log(of_group[own]), np.log(len(clauses)), np.log(many),
            row, bool(clauses[own].numbered), one.opens, counted[at], counted[at] > 0, beside[at], row * beside[at], bool(_DUTIES & says),
            any(deadlines_in(one.text)), bool(dates_in(one.text)), "planned" in says, "done" in says, "not" in says,
            refers_back(one.text), is_fragment(one.text), leads_in(one.text), asks(one.text), defines(clauses[own].label),
        ))  # fmt: skip
    return np.array(rows, dtype=np.float64)


def _meaning(vectors: FloatMatrix, title: FloatVector) -> Rows:
    """The last columns of `SHAPE`: how near each sentence is to the paper, to its title, and to what stands before it."""
    whole = vectors.mean(axis=0)
    alike = vectors @ vectors.T
    before = np.array([alike[at, :at].max() if at else alike.mean() for at in range(len(vectors))])
    return np.stack([standardise(vectors @ whole), standardise(vectors @ title), standardise(before)], axis=1).astype(np.float64)


@cache
def _models() -> Mapping[str, Model]:
    stored = json.loads(resources.files("kb.answer.skills.summaries").joinpath("salience.json").read_text(encoding="utf-8"))
    return {
        model: Model(np.array([stored[model]["weights"][name] for name in names]), stored[model]["bias"])
        for model, names in columns().items()
    }


SURE = 0.8
"""How well a text must fit an aspect to be labelled with it, in standard deviations."""
_TIME = frozenset({"day", "month", "minute"})


def likely(texts: Sequence[str], aspects: Sequence[Aspect], embedder: SentenceEmbedder) -> list[str]:
    """The name of the aspect that each text tells surely; ``other`` where there is none."""
    meant = np.stack([embedder.query(aspect.means) for aspect in aspects])
    cosines = meant @ embedder.passages(texts).T
    fit: FloatMatrix = np.stack([standardise(row) for row in cosines - cosines.mean(axis=0, keepdims=True)])
    for at, text in enumerate(texts):  # no money without an amount
        for row, aspect in enumerate(aspects):
            if aspect.needs and not _names(text, aspect.needs):
                fit[row, at] = min(fit[row, at], -1.0)
    best = fit.argmax(axis=0)
    return [aspects[row].name if fit[row, at] >= SURE else "other" for at, row in enumerate(best.tolist())]


def _names(text: str, needs: Needs) -> bool:
    """Whether a text names what an aspect is of."""
    dates, amounts = values_in(text)
    if needs == "money":
        return any(q.unit in CURRENCIES for q in amounts) or MONEY.search(text) is not None
    if needs == "time":
        return bool(dates) or any(q.unit in _TIME for q in amounts)
    return any(weight(q) >= 1.0 and q.unit not in _TIME for q in amounts)
