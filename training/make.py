"""From a request to a module, step by step; and a part of one made anew, in which what a person pinned stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from kb import KnowledgeBase
from kb.records import Engine
from lang.codes import LANGUAGES
from training import case, compose, lesson, terms
from training.check import checked
from training.errors import BadRequestError, MakingCancelledError
from training.fluent import fluent
from training.gather import Material, gather
from training.notes import noted
from training.pinned import with_pinned
from training.quiz.draw import quiz
from training.records import AUDIENCES, PARTS, Module, Paper, Part, Request
from training.sources import Scribe
from training.walk import unique

SHORTEST, LONGEST = 10, 480
"""Minutes that a lesson may have."""
TOPIC: Final = 300
"""Characters of a topic."""
MOST_SLIDES, MOST_ITEMS = 40, 60


@dataclass(frozen=True, slots=True)
class Progress:
    """A step: ``part`` is ``gather``, the part being made or ``fluent``; ``done`` of ``total`` steps, within it ``inner`` of ``of``."""

    part: Part | str
    done: int
    total: int
    inner: int = 0
    of: int = 0


Tell = Callable[[Progress], None]
_STEPS: Final[tuple[str, ...]] = ("gather", *PARTS, "fluent")


def make(
    kb: KnowledgeBase,
    request: Request,
    *,
    tell: Tell = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
    engine: Engine | None = None,
) -> Module:
    """The module that a request describes, out of what the papers say; it is kept nowhere.

    Args:
        kb: whose papers it is made of; a reader's view shows only that reader's.
        request: topic, languages, audience, length and so on.
        tell: hears of every step, in this thread.
        cancelled: asked at every step; once it says yes, the making stops.
        engine: ``extractive`` quotes; ``generative`` has the model of ``SETU_LLM`` word the quotes, and is the default where that is set.

    Raises:
        BadRequestError: a field of the request makes no sense.
        NoPapersError: there is no document, or one that was chosen is not in use.
        NotCoveredError: the papers say nothing of the topic that can stand alone; it names the nearest headings.
        MakingCancelledError: it was stopped.
    """
    request = _sound(request)
    steps = _Steps(tell, cancelled)
    scribe = Scribe(kb, gather(kb, request, steps.inside("gather")))
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    module = Module(kb.materials.new_id(), request.topic, request, now, _papers(scribe.material))
    for part in PARTS:
        steps.begin(part)
        module = _with(module, part, scribe, steps)
    module = unique(module)
    if _writes(kb, engine):
        module = fluent(kb, module, steps.inside("fluent"))
    return noted(kb, checked(kb, module))


def remake(
    kb: KnowledgeBase,
    module: Module,
    part: Part,
    *,
    tell: Tell = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
    engine: Engine | None = None,
) -> Module:
    """The module with one part made anew from the papers as they are today. Pinned lines, slides, questions and entries stay.

    Raises:
        TrainingError: as `make` does.
    """
    steps = _Steps(tell, cancelled)
    request = replace(module.request, documents=_still_there(kb, module.request.documents))
    scribe = Scribe(kb, gather(kb, _sound(request), steps.inside("gather")))
    steps.begin(part)
    fresh = _with(module, part, scribe, steps)
    if _writes(kb, engine):
        fresh = fluent(kb, fresh, steps.inside("fluent"), (part,))
    kept = {paper.document_id: paper for paper in (*module.papers, *_papers(scribe.material))}
    return noted(kb, checked(kb, unique(replace(with_pinned(module, fresh, part), papers=tuple(kept.values())))))


def _writes(kb: KnowledgeBase, engine: Engine | None) -> bool:
    return engine == "generative" or (engine is None and bool(kb.settings.llm))


def _with(module: Module, part: Part, scribe: Scribe, steps: _Steps) -> Module:
    """The module with a part of it filled from the material."""
    if part == "objectives":
        return replace(module, objectives=compose.objectives(scribe))
    if part == "briefing":
        return replace(module, briefing=compose.briefing(scribe))
    if part == "handout":
        return replace(module, handout=compose.handout(scribe))
    if part == "case":
        return replace(module, case=case.case(scribe))
    if part == "quiz":
        return replace(module, quiz=quiz(scribe, module.request.items, steps.inside("quiz")))
    if part == "glossary":
        return replace(module, glossary=terms.glossary(scribe))
    if part == "reading":
        return replace(module, reading=lesson.reading(scribe))
    exercise = case.case(scribe)
    tasks = exercise.tasks if exercise is not None else ()
    slides = compose.slides(scribe, with_case=exercise is not None, tasks=tasks)
    if part == "slides":
        return replace(module, slides=slides)
    with_quiz = module.request.items > 0
    return replace(module, plan=lesson.plan(scribe, slides, with_case=exercise is not None, with_quiz=with_quiz))


def _sound(request: Request) -> Request:
    """The request with its topic on one line."""
    topic = " ".join(request.topic.split())
    if not any(c.isalnum() for c in topic):
        raise BadRequestError("The topic is empty. Say in a few words, or as a question, what the module is to be about.")
    if len(topic) > TOPIC:
        raise BadRequestError(f"The topic has {len(topic)} characters; at most {TOPIC} are taken. Say it shorter.")
    if not request.languages or any(language not in LANGUAGES for language in request.languages):
        raise BadRequestError(f"The languages must be of {', '.join(LANGUAGES)}, at least one; the first is the module's own.")
    if len(set(request.languages)) != len(request.languages):
        raise BadRequestError("A language is named twice. Name each once.")
    if request.audience not in AUDIENCES:
        raise BadRequestError(f"There is no audience {request.audience!r}. Choose of {', '.join(AUDIENCES)}.")
    if not SHORTEST <= request.minutes <= LONGEST:
        raise BadRequestError(f"A lesson of {request.minutes} minutes cannot be planned. Choose from {SHORTEST} to {LONGEST}.")
    if not compose.FRAME < request.slides <= MOST_SLIDES:
        raise BadRequestError(f"{request.slides} slides cannot be made. Choose from {compose.FRAME + 1} to {MOST_SLIDES}.")
    if not 0 <= request.items <= MOST_ITEMS:
        raise BadRequestError(f"{request.items} quiz items cannot be made. Choose from 0 to {MOST_ITEMS}.")
    return replace(request, topic=topic)


def _papers(material: Material) -> tuple[Paper, ...]:
    return tuple(
        Paper(one.id, one.title, one.source, one.version, one.kind, one.language, one.date, one.publisher) for one in material.papers
    )


def _still_there(kb: KnowledgeBase, documents: Sequence[int]) -> tuple[int, ...]:
    """Those of the chosen documents that are still in use; none of them left is told by `gather`."""
    there = {info.id for info in kb.documents() if info.state != "rejected" and info.chunks}
    left = tuple(one for one in documents if one in there)
    return left or tuple(documents)


class _Steps:
    """Tells of the steps, and stops where a person wants it."""

    def __init__(self, tell: Tell, cancelled: Callable[[], bool]) -> None:
        self._tell = tell
        self._cancelled = cancelled

    def begin(self, part: str) -> None:
        self._at(part, 0, 0)

    def inside(self, part: str) -> Callable[[int, int], None]:
        return lambda done, total: self._at(part, done, total)

    def _at(self, part: str, inner: int, of: int) -> None:
        if self._cancelled():
            raise MakingCancelledError("The module was not made: it was stopped. Nothing was kept.")
        self._tell(Progress(part, _STEPS.index(part), len(_STEPS), inner, of))
