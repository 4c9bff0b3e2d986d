"""Is training material right and whole? Quiz keys and options, coverage of headings, glossary pairs, time; cards and map beside it.

``python -m eval training --shared SHARED --json OUT`` takes the samples and the shared corpora in, makes modules in four languages, and
reports what a machine can prove, what was judged by reading (``eval/data/quiz_judgements.jsonl``) and how long it takes. Without
``--shared`` all of it is of the samples.

Each quiz key is proved by a machine: put together with its key, the question is the cited sentence, which stands in its paper. Whether a
second answer is right as well is judged by reading, by a rubric (docs/training.md); a judgement belongs to the digest of a question, so
that it holds for that very question and for no other. The texts of the corpora stay outside the repository: a row has no words of theirs.
"""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import click

from eval import PROJECT, options
from eval.tasks.products import agreement_cards, exchange_map
from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES, Language
from training.cited_lines import Scribe
from training.errors import TrainingError
from training.glossary import glossary
from training.make import make
from training.material.gather import gather
from training.material.source_sentences import headings, sentences
from training.quiz.assembly import flaw, quiz
from training.records import Entry, Module, QuizItem, Request

WANTED: Final = 200
EACH: Final = 20
"""Questions of one module."""
JUDGEMENTS: Final = "quiz_judgements.jsonl"
_PAPERS: Final = (
    "corpus/agreements_en/*.md", "corpus/udhr/*.html", "corpus/pudhari-mlit-thane.txt", "corpus/policies_en_ja/ja/*.md",
    "corpus/extraction/*_policy.txt",
)  # fmt: skip
TOPICS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": (
        "flood warning", "Joint Committee and costs", "critical minerals", "quantum and artificial intelligence", "economic corridor",
        "maritime security", "climate and clean energy", "city data platform", "semiconductor supply chains", "training of officers",
        "defense industry and trade", "space and civil nuclear energy",
    ),
    "mr": (
        "पूर इशारा", "संयुक्त समिती व खर्च", "स्मार्ट सिटी करार", "वैयक्तिक माहितीचे संरक्षण", "शिक्षणाचा हक्क", "पथदर्शी प्रकल्प",
        "प्रशिक्षण", "पावसाळ्यापूर्वीची तयारी", "तक्रार निवारण",
    ),
    "hi": (
        "मिज़ुहारा के साथ समझौता", "व्यक्तिगत डेटा संरक्षण", "काम का अधिकार", "निष्पक्ष सुनवाई",
        "प्रशिक्षण के लिए आवेदन", "शिकायत निवारण", "अभिलेखों की अवधि",
    ),
    "ja": (
        "洪水警報", "個人情報の取扱い", "利用規約", "教育を受ける権利", "避難と住民への伝達", "観測網と費用", "サブスクリプションの返金",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader said of a question: whether its key is right, whether another answer is right too, and why."""

    item: str
    language: Language
    kind: str
    key_right: bool
    second_true: bool
    sound: bool
    reason: str


def papers(shared: Path, samples: Path) -> list[Path]:
    """The files that the questions are made of, in the order in which they are taken in."""
    found = sorted(samples.iterdir())
    return found + [file for pattern in _PAPERS for file in sorted(shared.glob(pattern))]


def questions(kb: KnowledgeBase, wanted: int = WANTED) -> Iterator[QuizItem]:
    """Questions in four languages by turns, each on another sentence; each has its own digest."""
    seen: set[str] = set()
    proofs: set[tuple[int, int]] = set()
    for language, topic in _turns():
        if len(seen) >= wanted:
            return
        try:
            made = quiz(Scribe(kb, gather(kb, Request(topic, (language,)))), EACH)
        except TrainingError:
            continue
        for item in made:
            places = {(citation.document_id, citation.start) for citation in item.proof.citations}
            if question_digest(item) not in seen and not places & proofs and len(seen) < wanted:
                seen.add(question_digest(item))
                proofs |= places
                yield item


def question_digest(item: QuizItem) -> str:
    """Tells a question from every other: by what is asked, what may be answered and what is right, not by where it stands."""
    said = [item.kind, item.prompt, *item.answers, item.changed, *(f"{option.text} {option.correct}" for option in item.options)]
    said += [f"{pair.left} {pair.right}" for pair in item.pairs] + list(item.steps)
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]


def judgements() -> dict[str, Judgement]:
    """What was judged by reading, by digest."""
    lines = resources.files("eval").joinpath("data", JUDGEMENTS).read_text(encoding="utf-8").splitlines()
    rows = [Judgement(**json.loads(line)) for line in lines if line.strip()]
    return {row.item: row for row in rows}


def quiz_figures(items: Sequence[QuizItem], judged: Mapping[str, Judgement]) -> dict[str, Any]:
    """The figures: keys proved by a machine; of the judged ones, keys right, second answers right, and sound altogether."""
    of = [judged[question_digest(item)] for item in items if question_digest(item) in judged]
    flaws = Counter(reason for item in items if (reason := flaw(item)))
    return {
        "items": len(items),
        "by_language": dict(Counter(item.language for item in items)),
        "by_kind": dict(Counter(item.kind for item in items)),
        "proved": round(1 - sum(flaws.values()) / max(1, len(items)), 4),
        "flaws": dict(flaws),
        "judged": len(of),
        "key_right": round(sum(row.key_right for row in of) / max(1, len(of)), 4),
        "second_true": round(sum(row.second_true for row in of) / max(1, len(of)), 4),
        "sound": round(sum(row.sound for row in of) / max(1, len(of)), 4),
        "unjudged": [question_digest(item) for item in items if question_digest(item) not in judged],
    }


def for_reading(items: Sequence[QuizItem]) -> Iterator[str]:
    """The questions as a judge reads them, with what is right and the cited words."""
    for item in items:
        yield f"## {question_digest(item)} {item.language} {item.kind} {item.asks}"
        if item.prompt:
            yield f"Q: {item.prompt}"
        yield from (f"   {'*' if option.correct else '-'} {option.text}" for option in item.options)
        if item.answers:
            yield f"   = {' | '.join(item.answers)}{f'  (changed to: {item.changed})' if item.changed else ''}"
        yield from (f"   {pair.left} <> {pair.right}" for pair in item.pairs)
        yield from (f"   {at}. {step}" for at, step in enumerate(item.steps, start=1))
        if item.kind != "cloze":
            for cited in item.proof.citations[:2]:
                yield f"   cited: {cited.document[:50]} › {' › '.join(cited.path)[:60]}: {cited.quote}"


def _turns() -> Iterator[tuple[Language, str]]:
    for at in range(max(map(len, TOPICS.values()))):
        for language, topics in TOPICS.items():
            yield from ((language, topic) for topic in topics[at : at + 1])


SAMPLES: Final = PROJECT / "samples" / "documents"
BUDGET_S: Final = 20.0
"""Seconds that a module of 12 slides, 10 questions and a glossary may take without a language model."""
TIMED: Final[tuple[tuple[str, Language], ...]] = (("flood warning", "en"), ("पूर इशारा", "mr"), ("洪水警報", "ja"))
"""Modules whose making is timed, each on a knowledge base that was just opened."""
COVERED: Final[tuple[tuple[str, str, Language], ...]] = (
    ("memorandum-of-cooperation.pdf", "Memorandum of Cooperation on Smart Urban Infrastructure", "en"),
    ("sahakarya-karar.pdf", "सहकार्य करार", "mr"),
    ("flood-warning-kazehama.pdf", "洪水警報システムの実践報告", "ja"),
    ("city-data-platform.docx", "city data platform", "en"),
)
"""A sample's file, the topic that is its whole matter, and the language: a module of it should touch every heading."""
GLOSSARY_TOPICS: Final[tuple[tuple[str, Language], ...]] = (
    *TIMED, ("data platform", "en"), ("Joint Committee and costs", "en"), ("training of officers", "en"),
)  # fmt: skip


def coverage(kb: KnowledgeBase) -> dict[str, dict[str, float | int]]:
    """For whole papers: the share of the headings with a sentence under them that the module's slides or handout have."""
    found: dict[str, dict[str, float | int]] = {}
    for file, topic, language in COVERED:
        info = next(info for info in kb.documents() if info.source.endswith(file))
        module = make(kb, Request(topic, (language,), documents=(info.id,), slides=20, items=0), engine="extractive")
        said = {one.heading.key for one in sentences(kb, info)}
        wanted = {heading.start for heading in headings(kb, info) if not heading.title and heading.key in said}
        shown = {line.citations[0].start for part, line in module.lines() if part in ("slides", "handout") and line.citations}
        found[file] = {"headings": len(wanted), "covered": round(len(wanted & shown) / max(1, len(wanted)), 4)}
    return found


def glossary_gold() -> list[dict[Language, frozenset[str]]]:
    """What the samples' papers call each thing, in the languages in which they name it; gold by reading."""
    text = resources.files("eval").joinpath("data", "glossary_gold.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")
    return [
        {language: frozenset(name.strip() for name in row[language].split(";") if name.strip()) for language in LANGUAGES} for row in rows
    ]


def glossary_figures(entries: Iterable[Entry], gold: Sequence[Mapping[Language, frozenset[str]]]) -> dict[str, Any]:
    """Pairs of names in two languages that the papers bear out: how many are right, and how many of the gold things are there.

    A pair is right when one row of the gold has both names, in whatever case. A thing counts as found when any right pair of it is there;
    ``wrong`` lists the others.
    """
    rows = [{language: {name.casefold() for name in row[language]} for language in LANGUAGES} for row in gold]
    pairs: set[tuple[Language, str, Language, str]] = set()
    for entry in entries:
        names = [(name.language, name.text.casefold()) for name in entry.names if name.listed == "paper"]
        pairs |= {(*one, *other) for one, other in combinations(names, 2)}
    right = {pair for pair in pairs if any(pair[1] in row[pair[0]] and pair[3] in row[pair[2]] for row in rows)}
    several = [row for row in rows if sum(bool(row[language]) for language in LANGUAGES) > 1]
    found = [row for row in several if any(p[1] in row[p[0]] and p[3] in row[p[2]] for p in right)]
    return {
        "pairs": len(pairs),
        "precision": round(len(right) / max(1, len(pairs)), 4),
        "things": len(several),
        "recall": round(len(found) / max(1, len(several)), 4),
        "wrong": [" = ".join(pair[1::2]) for pair in sorted(pairs - right)],
    }


def glossary_entries(kb: KnowledgeBase) -> list[Entry]:
    """The glossaries of several modules over the samples."""
    return [
        entry for topic, language in GLOSSARY_TOPICS for entry in glossary(Scribe(kb, gather(kb, Request(topic, (language,), items=0))))
    ]


def timed(home: Path) -> dict[str, dict[str, float | int]]:
    """How long each module takes, on a knowledge base that was just opened."""
    found: dict[str, dict[str, float | int]] = {}
    for topic, language in TIMED:
        with KnowledgeBase.open(Settings.load(home=home)) as kb:
            kb.search(topic, k=1)  # the model is loaded once, as in a server
            started, used = time.perf_counter(), time.process_time()
            module = make(kb, Request(topic, (language,)), engine="extractive")
            found[topic] = {
                "seconds": round(time.perf_counter() - started, 2), "processor_seconds": round(time.process_time() - used, 2),
                **_size(module),
            }  # fmt: skip
    return found


def card_figures(shared: Path | None) -> dict[str, Any]:
    """Fields and obligations of the agreement cards against their gold: see ``python -m eval cards``."""
    summary = agreement_cards.summarise(agreement_cards.run(shared)[0])
    return {
        name: {
            "agreements": group["agreements"], "fields_f1": group["fields"]["f1"], "obligations_f1": group["obligations"]["f1"],
            "actor_and_force": group["of_found"]["actor_and_force"],
        }
        for name, group in summary.items()
    }  # fmt: skip


def _size(module: Module) -> dict[str, int]:
    return {"slides": len(module.slides), "items": len(module.quiz), "glossary": len(module.glossary)}


def _of_samples(home: Path) -> dict[str, Any]:
    """What is measured on the samples alone."""
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        for file in sorted(SAMPLES.iterdir()):
            kb.ingest([file])
        found: dict[str, Any] = {
            "coverage": coverage(kb), "glossary": glossary_figures(glossary_entries(kb), glossary_gold()),
            "map": exchange_map.measured(kb, "samples"),
        }  # fmt: skip
    return {**found, "budget_seconds": BUDGET_S, "seconds": timed(home)}


def _written(items: Iterable[QuizItem], file: Path | None) -> Iterator[QuizItem]:
    """The questions, each also written to the file as it is made."""
    with file.open("w", encoding="utf-8") if file is not None else nullcontext() as out:
        for item in items:
            if out is not None:
                out.write("\n".join(for_reading([item])) + "\n")
                out.flush()
            yield item


@click.command()
@options.shared(default=None, help="the folder that holds corpus/; without it only the samples are used")
@click.option("--items", type=int, default=WANTED, metavar="N", help=f"how many questions are looked at (default: {WANTED})")
@options.home(help="keep what is taken in here, for the next time")
@click.option("--read", type=options.PATH, metavar="OUT", help="write the questions to this file, to be judged by reading")
@options.save_json(help="write the figures to this file")
def command(shared: Path | None, items: int, home: Path | None, read: Path | None, out: Path | None) -> None:
    """Is training material right and whole?"""
    kept = nullcontext(str(home)) if home else tempfile.TemporaryDirectory(prefix="setu-eval-")
    with kept as folder:
        with KnowledgeBase.open(Settings.load(home=Path(folder, "all" if shared else "samples"))) as kb:
            for file in papers(shared, SAMPLES) if shared else sorted(SAMPLES.iterdir()):
                kb.ingest([file])  # one by one: the ids, and with them the questions, are the same each time
            made = list(_written(questions(kb, items), read))
        result = {"quiz": quiz_figures(made, judgements()), **_of_samples(Path(folder, "samples")), "cards": card_figures(shared)}
    click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    options.save(out, result, indent=1)
