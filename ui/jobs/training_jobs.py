"""Making training modules and parts of them in the background; nothing is kept of one that was stopped or failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kb import KnowledgeBase
from kb.records import Engine
from training import module_store
from training.errors import MakingCancelledError
from training.freshness import OF_WRITING
from training.make import Progress, Tell, make, remake
from training.records import Module, Note, Part, Request
from ui.jobs import runner
from ui.jobs.runner import Jobs, Stopped, StoppedError, Work


@dataclass(frozen=True, slots=True)
class Making:
    """What is made, and its last step. Of a part that is made again, ``module`` is the id of the kept module."""

    request: Request
    module: str = ""
    part: Part | None = None
    step: Progress | None = None

    @property
    def share(self) -> float:
        """How far it is, in [0, 1]; of a part that is made again, its one step is most of the work."""
        step = self.step
        if step is None:
            return 0.0
        inner = min(1.0, step.inner / step.of) if step.of else 0.0
        if self.part is not None:
            return 0.5 * inner if step.part == "gather" else 0.5 + 0.4 * inner
        return min(1.0, (step.done + inner) / step.total)


def parts_of(jobs: Jobs[Making], module_id: str) -> frozenset[Part]:
    """Which parts of a module somebody is having made again."""
    return frozenset(one.part for one in jobs.under_way() if one.module == module_id and one.part is not None)


def work_of(kb: KnowledgeBase, making: Making, engine: Engine | None = None) -> Work[Making]:
    """Makes and keeps a module, or a part of one, and returns the id of the module."""

    def work(tell: runner.Tell[Making], stopped: Stopped) -> str:
        def step(now: Progress) -> None:
            tell(replace(making, step=now))

        try:
            if making.part is not None:
                return _make_again(kb, making.module, making.part, step, stopped)
            module = make(kb, making.request, tell=step, cancelled=stopped, engine=engine)
        except MakingCancelledError as error:
            raise StoppedError from error
        module_store.save(kb, module)
        return module.id

    return work


def _make_again(kb: KnowledgeBase, module_id: str, part: Part, tell: Tell, cancelled: Callable[[], bool]) -> str:
    """A part of a kept module, of quotes alone where all of it is; whatever was changed meanwhile in its other parts stays."""
    before = module_store.load(kb, module_id)
    quotes: Engine | None = "extractive" if before.model is None else None
    fresh = remake(kb, before, part, tell=tell, cancelled=cancelled, engine=quotes)
    module_store.change(
        kb, module_id, lambda now: replace(now, papers=fresh.papers, notes=_notes(before, now, fresh), **{part: getattr(fresh, part)})
    )
    return module_id


def _notes(before: Module, now: Module, fresh: Module) -> tuple[Note, ...]:
    """What is known of a model's writing after a part was made again: as it came out, with what came to be known meanwhile."""
    writing = [note for note in fresh.notes if note.code in OF_WRITING]
    writing += [note for note in now.notes if note.code in OF_WRITING and note not in before.notes and note not in writing]
    return (*(note for note in now.notes if note.code not in OF_WRITING), *writing)
