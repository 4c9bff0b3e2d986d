"""Are the questions of a module right? 200 of them over the samples and the shared corpora, in four languages.

Each key is proved by a machine: put together with its key, the question is the cited sentence, which stands in its paper. Whether a second
answer is right as well is judged by reading, by a rubric (docs/training.md); a judgement belongs to the digest of a question, so that it
holds for that very question and for no other. The texts of the corpora stay outside the repository: a row has no words of theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from kb import KnowledgeBase
from lang.codes import Language
from training.errors import TrainingError
from training.gather import gather
from training.quiz.draw import quiz
from training.quiz.prove import flaw
from training.records import QuizItem, Request
from training.sources import Scribe

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
            places = {(citation.document_id, citation.start) for citation in item.proof.citations if item.asks != "clause"}
            places |= {(citation.document_id, citation.start) for citation in item.proof.citations[:1]}
            if digest(item) not in seen and not places & proofs and len(seen) < wanted:
                seen.add(digest(item))
                proofs |= places
                yield item


def digest(item: QuizItem) -> str:
    """Tells a question from every other: by what is asked, what may be answered and what is right, not by where it stands."""
    said = [item.kind, item.prompt, *item.answers, item.changed, *(f"{option.text} {option.correct}" for option in item.options)]
    said += [f"{pair.left} {pair.right}" for pair in item.pairs] + list(item.steps)
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]


def judgements() -> dict[str, Judgement]:
    """What was judged by reading, by digest."""
    lines = resources.files("eval").joinpath("data", JUDGEMENTS).read_text(encoding="utf-8").splitlines()
    rows = [Judgement(**json.loads(line)) for line in lines if line.strip()]
    return {row.item: row for row in rows}


def measured(items: Sequence[QuizItem], judged: Mapping[str, Judgement]) -> dict[str, Any]:
    """The figures: keys proved by a machine; of the judged ones, keys right, second answers right, and sound altogether."""
    of = [judged[digest(item)] for item in items if digest(item) in judged]
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
        "unjudged": [digest(item) for item in items if digest(item) not in judged],
    }


def for_reading(items: Sequence[QuizItem]) -> Iterator[str]:
    """The questions as a judge reads them, with what is right and the cited words."""
    for item in items:
        yield f"## {digest(item)} {item.language} {item.kind} {item.asks}"
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
