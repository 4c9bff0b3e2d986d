"""What a module would be made of, before it is made: which stretches of which papers, how well each fits, and what is missing.

A person takes stretches out (`training.records.Request.without`) or puts others in (``also``), and makes the module of the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ingest.records import Kind
from kb import KnowledgeBase
from kb.records import DocumentInfo
from lang.languages import Language
from training.compose import FRAME
from training.material.gather import nearest, sought
from training.material.source_sentences import Heading, Sentence, sentences
from training.material.topicality import Fit, least
from training.programme import too_thin
from training.records import PRACTISED, Request

Lacking: TypeAlias = Literal["practice", "agreement", "duties", "language", "length"]
"""What would make the module whole: a report of a practice, an agreement, a circular or the like, anything in the module's language, and
enough for as long a training."""

OTHERS: Final = 12
"""Stretches that are shown beside those that fit."""
SURE: Final = 0.85
"""Chance from which a stretch is said to fit well."""
_OF: Final[dict[Lacking, tuple[Kind, ...]]] = {"practice": PRACTISED, "agreement": ("agreement",), "duties": ("other",)}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What stands under a heading: so many sentences that can be used, the first of them, and the chance that it is about the topic."""

    info: DocumentInfo
    heading: Heading
    sentences: int
    begins: str
    chance: float
    language: Language

    @property
    def key(self) -> tuple[int, int]:
        """Tells it from every other; what `Request.without` and `Request.also` hold."""
        return self.heading.key

    @property
    def fits(self) -> bool:
        """Whether it is taken unless a person takes it out."""
        return self.chance >= least()


@dataclass(frozen=True, slots=True)
class Preview:
    """The stretches that fit, the likeliest paper first; others that come near; headings where nothing fits; what is missing."""

    stretches: tuple[Stretch, ...]
    others: tuple[Stretch, ...]
    nearest: tuple[str, ...]
    lacking: tuple[Lacking, ...]


def preview(kb: KnowledgeBase, request: Request) -> Preview:
    """What a request would be made of.

    Raises:
        NoPapersError: there is no document, or one that was chosen is not in use.
    """
    kb, papers, found = sought(kb, request)
    best: dict[int, float] = defaultdict(float)
    for fit in found:
        best[fit.hit.document_id] = max(best[fit.hit.document_id], fit.chance)
    looked_at = [info for info in papers if info.id in best]
    every = [one for info in looked_at for one in _stretches(kb, info, [fit for fit in found if fit.hit.document_id == info.id])]
    fitting = sorted((one for one in every if one.fits), key=lambda one: (-best[one.info.id], one.info.id, one.heading.start))
    others = sorted((one for one in every if not one.fits), key=lambda one: -one.chance)[:OTHERS]
    near = () if fitting else nearest(kb, request.topic, papers)
    return Preview(tuple(fitting), tuple(others), near, tuple(_lacking(fitting, request)))


def _stretches(kb: KnowledgeBase, info: DocumentInfo, fits: list[Fit]) -> Iterator[Stretch]:
    under: dict[tuple[int, int], list[Sentence]] = defaultdict(list)
    for one in sentences(kb, info):
        if one.alone:
            under[one.heading.key].append(one)
    for found in under.values():
        first, last = found[0], found[-1]
        inside = [fit.chance for fit in fits if fit.hit.start <= last.start and fit.hit.end > first.start]
        if inside:
            yield Stretch(info, first.heading, len(found), first.text, max(inside), first.language)


def _lacking(fitting: list[Stretch], request: Request) -> Iterator[Lacking]:
    own = [one for one in fitting if one.language == request.languages[0]]
    if fitting and not own:
        yield "language"
    for lacking, kinds in _OF.items():
        if not any(one.info.kind in kinds for one in own):
            yield lacking
    if own and _is_thin(own, request):
        yield "length"


def _is_thin(own: list[Stretch], request: Request) -> bool:
    """Whether the stretches are too few for the length that is asked for: three sentences fill a slide, every second one can be asked."""
    said = sum(one.sentences for one in own)
    shown = min(request.slides - FRAME, sum(-(-one.sentences // 3) for one in own))
    case = any(one.info.kind in PRACTISED for one in own)
    return too_thin(request.length, slides=shown, headings=min(shown, len(own)), items=min(request.items, said // 2), case=case)
