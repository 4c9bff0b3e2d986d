"""Every figure that reaches a reader is a function of what they may see: more than 302 outputs, beside a base that never had the rest.

Hidden are: papers of a language that has open ones as well (a few in English, most in Marathi), all papers of another (Hindi), and some
that were withdrawn or deleted meanwhile (Japanese), whose words the keyword index still holds.

Texts are embedded one by one here, so that no vector depends on what it was embedded beside: both bases have the same vectors.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.records import Document, Kind
from kb import Filters, KnowledgeBase
from kb.embed.e5_model import BundledEmbedder, FloatMatrix, FloatVector, TokenStates
from kb.index import inverted_index
from kb.search.langchain_retriever import SetuRetriever
from lang.languages import Language
from tests.kb.hidden import GROUP, VIEWER, hidden_papers, number, open_papers
from tests.kb.make import base, document

CLOSE = 1e-6
TEXTS: Mapping[Language, Sequence[str]] = {
    "en": (
        "The harbour office reads the tide gauges twice a day and publishes the readings.",
        "A flood warning is given thirty minutes before the gates of the barrage are closed.",
        "Each Party shall bear its own costs of travel under Article 7.",
        "The Joint Committee met in Kalpanagar and adopted the work plan for the training of engineers.",
    ),
    "mr": (
        "बंदर कार्यालय भरतीमापकांची नोंद दिवसातून दोनदा घेते आणि प्रसिद्ध करते.",
        "धरणाचे दरवाजे बंद करण्यापूर्वी तीस मिनिटे पूर इशारा दिला जातो.",
        "प्रत्येक पक्ष आपला प्रवास खर्च स्वतः करेल.",
        "संयुक्त समितीची बैठक कल्पनगर येथे झाली आणि अभियंत्यांच्या प्रशिक्षणाची योजना मंजूर झाली.",
    ),
    "hi": (
        "बंदरगाह कार्यालय ज्वारमापियों को दिन में दो बार पढ़ता है और पठन प्रकाशित करता है।",
        "बैराज के द्वार बंद होने से तीस मिनट पहले बाढ़ की चेतावनी दी जाती है।",
        "हर पक्ष अपनी यात्रा का ख़र्च स्वयं उठाएगा।",
        "संयुक्त समिति की बैठक कल्पनगर में हुई और अभियंताओं के प्रशिक्षण की योजना स्वीकृत हुई।",
    ),
    "ja": (
        "港湾事務所は潮位計を一日に二回読み取り、その結果を公表する。",
        "堰のゲートを閉める三十分前に洪水警報が発令される。",
        "各当事者は自らの旅費を負担する。",
        "合同委員会はカルパナガルで会合を開き、技術者の研修計画を採択した。",
    ),
}
KINDS: tuple[Kind, ...] = ("agreement", "report", "news", "best_practice")
QUESTIONS = (
    "How often are the tide gauges read?", "When is a flood warning given?", "Who bears the costs of travel?",
    "Where did the Joint Committee meet?", "What does Article 7 say?", "Kalpanagar",
    "What is the price of tea?", "When was the Memorandum signed?",
    "भरतीमापकांची नोंद किती वेळा घेतली जाते?", "पूर इशारा कधी दिला जातो?", "प्रवास खर्च कोण करेल?", "संयुक्त समितीची बैठक कोठे झाली?",
    "ज्वारमापी कितनी बार पढ़े जाते हैं?", "बाढ़ की चेतावनी कब दी जाती है?", "यात्रा का ख़र्च कौन उठाएगा?", "संयुक्त समिति की बैठक कहाँ हुई?",
    "潮位計は一日に何回読み取られますか。", "洪水警報はいつ発令されますか。", "旅費は誰が負担しますか。",
    "合同委員会はどこで会合を開きましたか。",
)  # fmt: skip
REQUESTS = ("How many agreements do you have?", "तुमच्याकडे किती करार आहेत?", "どんな資料がありますか。")
"""What the skills do besides looking up."""
CHANNELS = (("dense", "lexical", "names"), ("dense",), ("lexical",), ("names",), ("dense", "lexical"))
FILTERS = (
    Filters(), Filters(languages=("en",)), Filters(languages=("hi", "ja")), Filters(kinds=("report",)), Filters(date_from=date(2021, 1, 1)),
)  # fmt: skip


class OneByOne:
    """The bundled embedder, one text at a time and each once."""

    def __init__(self, folder: Path) -> None:
        self._embedder = embedder = BundledEmbedder(folder)
        self.name, self.dimension = embedder.name, embedder.dimension
        self.query: Callable[[str], FloatVector] = cache(embedder.query)
        self._passage = cache(lambda text: embedder.passages([text])[0])
        self._knows = embedder.knows
        self._tokens = cache(lambda text: embedder.tokens([text])[0])
        self._contextual = cache(lambda text: embedder.contextual([text]))

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        return np.stack([self._passage(text) for text in texts]) if texts else np.empty((0, self.dimension), np.float32)

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        return [self._tokens(text) for text in texts]

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        found = [self._contextual(text) for text in texts]
        return np.concatenate([vectors for vectors, _ in found]), [states[0] for _, states in found]

    def knows(self, word: str) -> bool:
        return self._knows(word)


def paper(language: Language, n: int, name: str = "open") -> Document:
    """One of many papers of a language, no two of which say the same."""
    texts = TEXTS[language]
    passages = tuple(f"{texts[(n + i) % len(texts)]} ({name} {n}.{i})" for i in range(1 + n % len(texts)))
    return document(f"{name} {language} {n}", language, KINDS[n % len(KINDS)], passages, date(2019 + n % 6, 1 + n % 12, 3))


def shown() -> list[Document]:
    return [*open_papers(), *(paper(language, n) for language in ("en", "mr", "ja") for n in range(8))]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KnowledgeBase, KnowledgeBase]]:
    patch = pytest.MonkeyPatch()
    embedder = OneByOne(tmp_path_factory.mktemp("cache"))
    patch.setattr("kb.base.open_embedder", lambda _settings: embedder)
    with base(tmp_path_factory.mktemp("stocked")) as kb, base(tmp_path_factory.mktemp("bare")) as bare:
        papers = shown()
        kb.ingest_documents([*hidden_papers()[:-1], *(paper("en", n, "hidden") for n in range(3))], groups=(GROUP,))
        kb.ingest_documents(papers[:10])
        kb.ingest_documents([paper("mr", n, "hidden") for n in range(30)], groups=(GROUP,))
        kb.ingest_documents([paper("hi", n, "hidden") for n in range(12)], groups=(GROUP,))
        removed = [paper("ja", n, "hidden") for n in (0, 4)]
        kb.ingest_documents([*removed, *hidden_papers()[-1:]], groups=(GROUP,))
        for one in papers[10:]:  # one by one: segments of the keyword index are merged, and what is removed stays in them
            kb.ingest_documents([one])
        deleted, withdrawn, other = (number(kb, one.source.uri) for one in (*removed, *hidden_papers()[-1:]))
        kb.delete(deleted)
        kb.delete(other)
        kb._publisher.withdraw(withdrawn, "gone", "put it back")
        bare.ingest_documents(papers)
        yield kb.seen_by(VIEWER), bare
    patch.undo()


_NUMBERS = {"document_id", "chunk", "id", "ms", "created", "story"}
"""What differs between two bases anyway: row numbers, and when something was done and how long it took."""


def told(value: Any) -> Any:
    """What a reader can see of an output, as plain data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: told(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name not in _NUMBERS}
    if isinstance(value, Mapping):
        return {key: told(one) for key, one in value.items() if key not in _NUMBERS}
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    return value


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    if isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=0, abs_tol=CLOSE):
            yield f"{at}: {one!r} {other!r}"
    elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            yield from differences(value, other[key], f"{at}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{at}[{i}]")
    elif one != other:
        yield f"{at}: {one!r} {other!r}"


Call = Callable[[KnowledgeBase], Any]


def of(source: str, call: Callable[[KnowledgeBase, int], Any]) -> Call:
    return lambda kb: call(kb, number(kb, source))


def outputs() -> Iterator[tuple[str, Call]]:
    for question, channels, filters in product(QUESTIONS, CHANNELS, FILTERS):
        if channels == CHANNELS[0] or filters in FILTERS[:2]:
            yield (
                f"search {question} {channels} {filters}",
                lambda kb, q=question, c=channels, f=filters: kb.search(q, channels=c, filters=f),
            )
    for question in QUESTIONS:
        yield f"deep {question}", lambda kb, q=question: kb.search(q, k=60, context=True)
        yield f"answer {question}", lambda kb, q=question: kb.answer(q)
        yield f"answer in reports {question}", lambda kb, q=question: kb.answer(q, filters=Filters(kinds=("report",)))
        yield f"retriever {question}", lambda kb, q=question: [d.metadata for d in SetuRetriever(base=kb).invoke(q)]
    for request in REQUESTS:
        yield f"request {request}", lambda kb, q=request: kb.answer(q)
    yield "documents", lambda kb: sorted((told(info) for info in kb.documents()), key=lambda info: info["source"])
    yield "stories", stories
    yield "groups", lambda kb: kb.groups()
    yield "likeness", lambda kb: kb.likeness.cosines(QUESTIONS, [("", text) for texts in TEXTS.values() for text in texts]).tolist()
    yield "sentences", lambda kb: kb.likeness.among([f"{text} (hidden {n}.0)" for n, text in enumerate(TEXTS["hi"])]).tolist()
    for made in shown():
        yield f"facts {made.source.uri}", of(made.source.uri, lambda kb, d: (kb.facts(d), kb.fact_views(d), kb.history(d), kb.replaced(d)))


def stories(kb: KnowledgeBase) -> dict[str, str]:
    """Which paper leads the story of each."""
    sources = {info.id: info.source for info in kb.documents()}
    return {info.source: sources[info.story] for info in kb.documents() if info.story is not None}


OUTPUTS = list(outputs())
assert len(OUTPUTS) >= 302


@pytest.mark.slow
def test_outputs_are_those_of_a_base_without_the_hidden_papers(both: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    wrong = {}
    for name, call in OUTPUTS:
        seen, bare = (told(call(kb)) for kb in both)
        if found := list(differences(seen, bare)):
            wrong[name] = found[:3]
    assert not wrong, f"{len(wrong)} of {len(OUTPUTS)}: {dict(list(wrong.items())[:8])}"


def test_what_is_hidden_and_what_was_removed_are_there(both: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    """So that the comparison above says something."""
    seen, bare = both
    assert len(seen.documents()) == len(bare.documents())
    assert {hit.language for hit in seen.search(QUESTIONS[12], k=60).hits} == {"en", "mr", "ja"}
    with seen._catalogue.read() as conn:
        assert inverted_index.holds_removed(conn, "ja")
        assert inverted_index.statistics(conn, "hi").size > 0
