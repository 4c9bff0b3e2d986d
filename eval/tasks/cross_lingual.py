"""Across languages: does a question find the versions in the others, and are the versions of a document found and paired?

``python -m eval mixed``: one index holds every text in four languages, passages of SIB-200 (from the sib200 sets of a BEIR folder) and the
articles of the Universal Declaration of Human Rights. A question is the opening of a text in one language. In the first corpus every text
is there in all four; in the second each asked text is missing in the language of its question: passages of the question's own language
that do not answer must not crowd out those that do.

``python -m eval counterparts HOME…``: every two documents of a home in different languages are compared as a search compares them, but
without looking at the numbers of their articles: those are the truth of the passages. Two documents are versions of one in truth where
``--same`` names a pattern of file names, one for each document (``memorandum|sahakarya``).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import click
import ir_measures
import lxml.html
import regex
from ir_measures import R, nDCG

from eval import options
from eval.datasets.beir import BeirError, BeirSet, Passage, load
from eval.metrics import baselines
from eval.report.tables import markdown
from eval.tasks.retrieval import best_per_document, document
from kb import Filters, KnowledgeBase, Settings
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo
from kb.search.parallel_passages import FEWEST, Side, match, same_day, side
from kb.store.catalogue import Catalogue
from lang.languages import Language

LANGUAGES: tuple[Language, ...] = ("mr", "hi", "en", "ja")
K = 10
_DEPTH = 100
_SIB: Mapping[Language, tuple[str, bool]] = {
    "mr": ("sib200-en-mr", True),
    "hi": ("sib200-hi-ja", False),
    "en": ("sib200-mr-en", True),
    "ja": ("sib200-en-ja", True),
}
"""Where the passages of a language stand: a set, and whether they are its corpus or its questions."""
_UDHR: Mapping[Language, str] = {"mr": "mar", "hi": "hin", "en": "eng", "ja": "jpn"}

Texts = Mapping[Language, Mapping[str, str]]
"""``texts[language][key]``; every key stands in all four languages."""


@dataclass(frozen=True, slots=True)
class VersionsFound:
    """What one system scored for the questions of one language.

    ``others`` is the recall@10 of the versions in other languages; ``own`` the nDCG@10 of the version in the question's language
    (None where it is missing on purpose).
    """

    corpus: str
    language: Language
    system: str
    questions: int
    others: float
    own: float | None


def read_texts(beir: Path, udhr: Path, limit: int) -> dict[Language, dict[str, str]]:
    """The first ``limit`` passages of SIB-200 and all articles of the Declaration, in four languages.

    Raises:
        BeirError: a set is missing, or a file of the Declaration.
    """
    found: dict[Language, dict[str, str]] = {}
    for language, (name, is_corpus) in _SIB.items():
        data = load(beir / name)
        found[language] = {p.id: p.text for p in data.corpus} if is_corpus else dict(data.queries)
    common = [key for key in found["en"] if all(key in found[language] for language in LANGUAGES)][:limit]
    return {language: {key: found[language][key] for key in common} | articles(udhr, language) for language in LANGUAGES}


def articles(folder: Path, language: Language) -> dict[str, str]:
    """The articles of the Declaration in one language, without their headings, by number."""
    path = folder / f"{_UDHR[language]}.html"
    try:
        page = lxml.html.fromstring(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise BeirError(
            f"{path} cannot be read: {error.strerror}. --udhr names the folder with eng.html, hin.html, jpn.html, mar.html."
        ) from error
    return {
        f"article{article.get('data-number')}": "\n".join(" ".join(p.text_content().split()) for p in article.iter("p"))
        for article in page.iter("article")
    }


def opening(text: str, language: Language) -> str:
    """About the first third of a text, cut between words: what one who does not know the text might ask."""
    if language == "ja":
        return text[: max(10, len(text) * 35 // 100)]
    words = text.split()
    return " ".join(words[: max(5, len(words) * 35 // 100)])


def corpus(texts: Texts) -> BeirSet:
    """Every text in every language as a passage ``language/key``, asked by its opening in every language.

    The grade is 1 for the versions in other languages and 2 for the one in the question's own.
    """
    passages = tuple(Passage(f"{language}/{key}", "", text) for language in LANGUAGES for key, text in texts[language].items())
    queries = {f"{language}/{key}": opening(text, language) for language in LANGUAGES for key, text in texts[language].items()}
    qrels = {
        query: {f"{other}/{query.split('/', 1)[1]}": 2 if other == query.split("/", 1)[0] else 1 for other in LANGUAGES}
        for query in queries
    }
    return BeirSet("mixed", passages, queries, qrels)


def without_own(data: BeirSet) -> tuple[BeirSet, tuple[str, ...]]:
    """A set in which each text is missing in one language, in turn, and asked in that; and the passages that are missing."""
    keys = list(dict.fromkeys(query.split("/", 1)[1] for query in data.queries))
    missing = tuple(f"{LANGUAGES[place % len(LANGUAGES)]}/{key}" for place, key in enumerate(keys))
    gone = set(missing)
    qrels = {query: {passage: 1 for passage in data.qrels[query] if passage not in gone} for query in missing}
    kept = tuple(passage for passage in data.corpus if passage.id not in gone)
    return BeirSet("own missing", kept, {query: data.queries[query] for query in missing}, qrels), missing


def rows(data: BeirSet, runs: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[VersionsFound]:
    """The runs' figures, one row for each language of the questions and system."""
    made = []
    for language in LANGUAGES:
        queries = [query for query in data.queries if query.startswith(f"{language}/")]
        others = {q: {p: 1 for p in data.qrels[q] if not p.startswith(f"{language}/")} for q in queries}
        own = {q: {p: 1 for p in data.qrels[q] if p.startswith(f"{language}/")} for q in queries}
        for system, run in runs.items():
            asked = {q: dict(run.get(q) or {"": 0.0}) for q in queries}
            recall = ir_measures.calc_aggregate([R @ K], others, asked)[R @ K]
            there = any(own.values())
            ndcg = ir_measures.calc_aggregate([nDCG @ K], own, asked)[nDCG @ K] if there else None
            made.append(VersionsFound(data.name, language, system, len(queries), float(recall), float(ndcg) if ndcg is not None else None))
    return made


def measure(texts: Texts, home: Path) -> list[VersionsFound]:
    """Index the texts under ``home`` and ask all questions of both corpora."""
    data = corpus(texts)
    with KnowledgeBase.open(Settings.load(home=home)) as base:
        base.ingest_documents(document(passage) for passage in data.corpus)
        alone = {
            q: best_per_document(base.search(text, k=K, filters=Filters(languages=(_language(q),))).hits)
            for q, text in data.queries.items()
        }
        made = rows(data, {**_runs(base, data), "fused, own language only": alone})
        fewer, missing = without_own(data)
        ids = {info.source.removeprefix("beir:"): info.id for info in base.documents()}
        for passage in missing:
            base.delete(ids[passage])
        return made + rows(fewer, _runs(base, fewer))


def _language(query: str) -> Language:
    return next(language for language in LANGUAGES if query.startswith(f"{language}/"))


def _runs(base: KnowledgeBase, data: BeirSet) -> dict[str, dict[str, dict[str, float]]]:
    every = {channel: _every(base, data, channel) for channel in ("dense", "lexical")}
    fused = {query: best_per_document(base.search(text, k=_DEPTH).hits) for query, text in data.queries.items()}
    return {"fused": fused, "dense": every["dense"], **baselines.runs(data, every["dense"], every["lexical"])}


def _every(base: KnowledgeBase, data: BeirSet, channel: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for query, text in data.queries.items():
        scores = found[query] = {}
        for hit in base.search(text, k=len(data.corpus), channels=(channel,)).hits:
            scores.setdefault(hit.source.removeprefix("beir:"), hit.score)
    return found


def table(found: Sequence[VersionsFound]) -> str:
    """One line for each corpus and system, one column for each language: recall@10 of the others / nDCG@10 of the own."""
    rows = []
    for name, system in dict.fromkeys((row.corpus, row.system) for row in found):
        cells = {row.language: row for row in found if (row.corpus, row.system) == (name, system)}
        shown = []
        for language in LANGUAGES:
            row = cells.get(language)
            shown.append("" if row is None else f"{row.others:.3f} / " + ("–" if row.own is None else f"{row.own:.3f}"))
        rows.append([name, system, *shown])
    return markdown(["corpus", "system", *(f"{language}: others / own" for language in LANGUAGES)], rows)


@click.command()
@click.argument("beir", type=options.PATH)
@click.option("--udhr", type=options.PATH, required=True, help="the folder with eng.html, hin.html, jpn.html, mar.html")
@options.limit(default=170, help="take the first N passages of SIB-200 (default 170)")
@options.save_json()
def mixed(beir: Path, udhr: Path, limit: int, out: Path | None) -> None:
    """Ask one index of all languages, and one for each. BEIR: the folder that holds the sib200 sets.

    Exit status 2: a file is unusable.
    """
    with options.failing(2, BeirError):
        texts = read_texts(beir, udhr, limit)
    with tempfile.TemporaryDirectory(prefix="setu-mixed-") as home:
        found = measure(texts, Path(home))
    options.save(out, {"rows": [{name: getattr(row, name) for name in VersionsFound.__slots__} for row in found]}, indent=1)
    click.echo(table(found))


@dataclass(frozen=True, slots=True)
class Compared:
    """Two documents: whether they are versions of one in truth, and the pairs of places (None: no number) that were made."""

    one: str
    other: str
    same: bool
    numbered: int
    pairs: tuple[tuple[str | None, str | None], ...]


def compare_versions(settings: Settings, same: Sequence[regex.Pattern[str]]) -> Iterator[Compared]:
    """Every two documents of a home in different languages that are long enough."""
    catalogue = Catalogue(settings)
    model = catalogue.setting("embedder") or ""
    documents = [d for d in catalogue.documents() if d.state != "rejected"]
    versions = {d.id: catalogue.version_id(d.id, None) for d in documents}
    with catalogue.read() as conn:
        sides = {d.id: side(conn, versions[d.id], model) for d in documents}
    catalogue.close()
    for one, other in combinations([d for d in documents if len(sides[d.id].chunks) >= FEWEST], 2):
        if one.language != other.language:
            left, right = sides[one.id], sides[other.id]
            made = match(_unnumbered(left), _unnumbered(right)) if same_day(one.date, other.date) else []
            pairs = tuple((left.keys[i], right.keys[j]) for i, j in made)
            alone = {key for key in left.keys if key is not None} & {key for key in right.keys if key is not None}
            yield Compared(one.source, other.source, _same(one, other, same), len(alone), pairs)


def versions_report(compared: Sequence[Compared]) -> dict[str, float | int]:
    """Precision and recall of pairs of documents, and of pairs of passages that bear a number in both."""
    found = [c for c in compared if c.pairs]
    right = [c for c in found if c.same]
    numbered = [pair for c in right for pair in c.pairs if None not in pair]
    expected = sum(c.numbered for c in compared if c.same)
    good = sum(one == other for one, other in numbered)
    return {
        "documents compared": len(compared),
        "versions": sum(c.same for c in compared),
        "taken for versions": len(found),
        "taken rightly": len(right),
        "passages paired": len(numbered),
        "paired rightly": good,
        "places in both": expected,
    }


@click.command()
@click.argument("homes", nargs=-1, required=True, type=options.PATH)
@click.option("--same", multiple=True, metavar="PATTERN", help="file names of the versions of one document")
@options.failing(1, KnowledgeBaseError)
def counterparts(homes: tuple[Path, ...], same: tuple[str, ...]) -> None:
    """Pair the language versions of documents and their passages. HOMES hold the documents."""
    patterns = [regex.compile(pattern) for pattern in same]
    compared = [c for home in homes for c in compare_versions(Settings.load(home=home), patterns)]
    click.echo(json.dumps(versions_report(compared), indent=2))


def _unnumbered(one: Side) -> Side:
    return replace(one, keys=(None,) * len(one.keys))


def _same(one: DocumentInfo, other: DocumentInfo, same: Sequence[regex.Pattern[str]]) -> bool:
    names = [Path(d.source).name for d in (one, other)]
    return any(all(pattern.search(name) for name in names) for pattern in same)
