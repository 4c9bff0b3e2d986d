"""From a request to a module, step by step; and a part of one made anew, in which what a person pinned stays.

What was pinned in the old part is taken over at its old place as far as there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from kb import KnowledgeBase
from kb.records import Engine
from lang.languages import LANGUAGES
from training import compose, glossary, lesson
from training.cited_lines import Scribe
from training.errors import BadRequestError, MakingCancelledError
from training.freshness import checked, noted, unique
from training.material.gather import Material, gather
from training.programme import FRAMES, programme
from training.quiz.assembly import quiz
from training.records import AUDIENCES, LENGTHS, PARTS, Entry, Line, Module, Paper, Part, QuizItem, Request, Section, Slide
from training.rewrite import fluent

_T = TypeVar("_T", Line, Slide, QuizItem, Entry)


def with_pinned(old: Module, fresh: Module, part: Part) -> Module:
    """The fresh module with what is pinned in the old one's part."""
    if part == "objectives":
        return replace(fresh, objectives=_kept(old.objectives, fresh.objectives))
    if part == "reading":
        return replace(fresh, reading=_kept(old.reading, fresh.reading))
    if part == "slides":
        return replace(fresh, slides=_kept(_marked(old.slides), fresh.slides))
    if part == "quiz":
        return replace(fresh, quiz=_kept(_marked(old.quiz), fresh.quiz))
    if part == "glossary":
        return replace(fresh, glossary=_kept(_marked(old.glossary), fresh.glossary))
    if part == "briefing":
        return replace(fresh, briefing=_sections(old.briefing, fresh.briefing))
    if part == "handout":
        return replace(fresh, handout=_sections(old.handout, fresh.handout))
    if part == "plan":
        pinned = {step.id: step for step in old.plan if step.line.pinned}
        return replace(fresh, plan=tuple(pinned.get(step.id, step) for step in fresh.plan))
    if old.case is None or fresh.case is None:
        return replace(fresh, case=old.case if old.case is not None and _any_pinned(old.case.situation, old.case.tasks) else fresh.case)
    title = old.case.title if old.case.title.pinned else fresh.case.title
    situation, tasks = _kept(old.case.situation, fresh.case.situation), _kept(old.case.tasks, fresh.case.tasks)
    return replace(fresh, case=replace(fresh.case, title=title, situation=situation, tasks=tasks))


def _kept(old: tuple[_T, ...], fresh: tuple[_T, ...]) -> tuple[_T, ...]:
    pinned = [(at, one) for at, one in enumerate(old) if one.pinned]
    ids = {one.id for _, one in pinned}
    found = [one for one in fresh if one.id not in ids]
    room = max(len(fresh), len(pinned)) - len(pinned)
    found = found[: max(room, 0)] if len(found) + len(pinned) > max(len(fresh), len(pinned)) else found
    for at, one in pinned:
        found.insert(min(at, len(found)), one)
    return tuple(found)


def _marked(old: tuple[_T, ...]) -> tuple[_T, ...]:
    """Slides, questions and entries, pinned also where a line of theirs is."""
    return tuple(one if one.pinned or not _line_pinned(one) else replace(one, pinned=True) for one in old)


def _line_pinned(one: Line | Slide | QuizItem | Entry) -> bool:
    if isinstance(one, Slide):
        return one.title.pinned or _any_pinned(one.bullets, one.notes)
    if isinstance(one, QuizItem):
        return one.proof.pinned
    return isinstance(one, Entry) and one.meaning is not None and one.meaning.pinned


def _any_pinned(*groups: Sequence[Line]) -> bool:
    return any(line.pinned for group in groups for line in group)


def _sections(old: tuple[Section, ...], fresh: tuple[Section, ...]) -> tuple[Section, ...]:
    """Fresh sections, with the pinned lines of the old ones under their headings."""
    found = list(fresh)
    for at, section in enumerate(old):
        if not section.heading.pinned and not _any_pinned(section.lines):
            continue
        here = next((i for i, one in enumerate(found) if one.heading.id == section.heading.id), None)
        lines = tuple(line for line in section.lines if line.pinned)
        if here is None:
            found.insert(min(at, len(found)), Section(section.heading, lines))
        else:
            heading = section.heading if section.heading.pinned else found[here].heading
            found[here] = Section(heading, _kept(section.lines, found[here].lines))
    return tuple(found)


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
_ORDER: Final[tuple[Part, ...]] = (*(part for part in PARTS if part != "plan"), "plan")
"""The plan is made last: it gives time to what there is."""
_STEPS: Final[tuple[str, ...]] = ("gather", *_ORDER, "fluent")


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
        OtherLanguageError: what they say is in other languages than the module's, and no model is there to translate.
        MakingCancelledError: it was stopped.
    """
    request = _sound(request)
    steps = _Steps(tell, cancelled)
    writes = _writes(kb, engine)
    scribe = Scribe(kb, gather(kb, request, steps.inside("gather"), translates=writes))
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    module = Module(kb.materials.new_id(), request.topic, request, now, _papers(scribe.material))
    for part in _ORDER:
        steps.begin(part)
        module = _with(module, part, scribe, steps)
    module = unique(module)
    if writes:
        module = in_one_language(fluent(kb, module, steps.inside("fluent")))
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
    writes = _writes(kb, engine)
    scribe = Scribe(kb, gather(kb, _sound(request), steps.inside("gather"), translates=writes))
    steps.begin(part)
    fresh = _with(module, part, scribe, steps)
    if writes:
        fresh = in_one_language(fluent(kb, fresh, steps.inside("fluent"), (part,)))
    kept = {paper.document_id: paper for paper in (*module.papers, *_papers(scribe.material))}
    return noted(kb, checked(kb, unique(replace(with_pinned(module, fresh, part), papers=tuple(kept.values())))))


def in_one_language(module: Module) -> Module:
    """The module without the quotes in other languages that the model did not say in its own; a slide or section goes with its last."""

    def lines(of: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(line for line in of if line.pinned or line.origin != "quote" or line.language in (module.language, "und"))

    def sections(of: tuple[Section, ...]) -> tuple[Section, ...]:
        left = (replace(section, lines=lines(section.lines)) for section in of)
        return tuple(section for section in left if section.lines)

    slides = (
        replace(one, bullets=one.bullets if one.kind == "title" else lines(one.bullets), notes=lines(one.notes)) for one in module.slides
    )
    return replace(
        module,
        briefing=sections(module.briefing),
        handout=sections(module.handout),
        slides=tuple(slide for slide in slides if slide.kind != "content" or slide.bullets),
    )


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
        return replace(module, case=compose.case_exercise(scribe))
    if part == "quiz":
        return replace(module, quiz=quiz(scribe, module.request.items, steps.inside("quiz")))
    if part == "glossary":
        return replace(module, glossary=glossary.glossary(scribe))
    if part == "reading":
        return replace(module, reading=lesson.further_reading(scribe))
    exercise = compose.case_exercise(scribe)
    tasks = exercise.tasks if exercise is not None else ()
    slides = compose.slides(scribe, with_case=exercise is not None, tasks=tasks)
    if part == "slides":
        return replace(module, slides=slides)
    if module.request.length in FRAMES:
        items, terms = sum(not item.dropped for item in module.quiz), sum(not entry.dropped for entry in module.glossary)
        return replace(module, plan=programme(scribe, slides, items=items, case=exercise is not None, terms=terms))
    with_quiz = module.request.items > 0
    return replace(module, plan=lesson.lesson_plan(scribe, slides, with_case=exercise is not None, with_quiz=with_quiz))


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
    if request.length not in LENGTHS:
        raise BadRequestError(f"There is no length {request.length!r}. Choose of {', '.join(LENGTHS)}.")
    if request.length in FRAMES:
        request = replace(request, minutes=FRAMES[request.length].whole)
    elif not SHORTEST <= request.minutes <= LONGEST:
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
