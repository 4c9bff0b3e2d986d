"""Modules are kept with the documents they are made of: saved, opened, listed, copied, deleted, each person's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kb import KnowledgeBase
from kb.access import Role
from kb.store.materials import MaterialInfo
from training.check import checked
from training.errors import UnknownModuleError
from training.notes import noted
from training.records import Module
from training.written import read_module, write_module

KIND: Final = "module"
MAKES: Final[Role] = "trainer"
"""Who may make, change, share and delete modules."""


def save(kb: KnowledgeBase, module: Module) -> None:
    """Keep a module under its id, in place of what was kept under it."""
    kb.materials.save(module.id, KIND, module.title, write_module(module), role=MAKES)


def change(kb: KnowledgeBase, module_id: str, act: Callable[[Module], Module]) -> Module:
    """Change a kept module and keep it; where somebody else changed it meanwhile, the change is made once more to what is there now.

    Raises:
        UnknownModuleError: there is none of that id, or it is somebody else's.
        DamagedModuleError: what is kept cannot be read.
    """
    while True:
        kept = _kept(kb, module_id)
        changed = act(_opened(kb, kept))
        body = write_module(changed)

        def unless_changed(now: str | None, before: str = kept, after: str = body) -> str:
            if now != before:
                raise _ChangedMeanwhileError
            return after

        try:
            kb.materials.change(module_id, KIND, changed.title, unless_changed, role=MAKES)
        except _ChangedMeanwhileError:
            continue
        return changed


class _ChangedMeanwhileError(Exception):
    pass


def load(kb: KnowledgeBase, module_id: str) -> Module:
    """A kept module, every status and note found out again.

    Raises:
        UnknownModuleError: there is none of that id, or it is somebody else's.
        DamagedModuleError: what is kept cannot be read.
    """
    return _opened(kb, _kept(kb, module_id))


def _kept(kb: KnowledgeBase, module_id: str) -> str:
    kept = kb.materials.load(module_id, KIND)
    if kept is None:
        raise UnknownModuleError(f"There is no module {module_id}. `setu train list` shows which there are.")
    return kept.body


def _opened(kb: KnowledgeBase, body: str) -> Module:
    return noted(kb, checked(kb, read_module(body)))


def listed(kb: KnowledgeBase) -> tuple[MaterialInfo, ...]:
    """The kept modules, the last changed first."""
    return kb.materials.list(KIND)


def copied(kb: KnowledgeBase, module_id: str, title: str) -> Module:
    """A copy of a module under a new id, kept.

    Raises:
        UnknownModuleError: there is none of that id.
    """
    copy = replace(load(kb, module_id), id=kb.materials.new_id(), title=" ".join(title.split()))
    save(kb, copy)
    return copy


def share(kb: KnowledgeBase, module_id: str) -> None:
    """Make a module everybody's who sees the papers that it was made of, until `unshare`; a copy of one's own stays one's own.

    Raises:
        UnknownModuleError: there is none of that id.
    """
    if not kb.materials.share(module_id, KIND, role=MAKES):
        raise UnknownModuleError(f"There is no module {module_id}, so nothing was shared. `setu train list` shows which there are.")


def unshare(kb: KnowledgeBase, module_id: str) -> None:
    """Make a module that the reader shared their own again, with whatever others changed in it meanwhile.

    Raises:
        UnknownModuleError: there is none of that id that the reader shared.
    """
    if not kb.materials.unshare(module_id, KIND, role=MAKES):
        raise UnknownModuleError(f"There is no module {module_id} that you shared, so nothing was taken back.")


def delete(kb: KnowledgeBase, module_id: str) -> None:
    """Remove a kept module.

    Raises:
        UnknownModuleError: there is none of that id.
    """
    if not kb.materials.delete(module_id, KIND, role=MAKES):
        raise UnknownModuleError(f"There is no module {module_id}, so nothing was deleted. `setu train list` shows which there are.")
