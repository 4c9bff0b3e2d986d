"""Modules are kept with the documents they are made of: saved, opened, listed, copied, deleted, each person's own.

They are kept as JSON. Nothing that is derived is written down: see `kb.user_records`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from kb import KnowledgeBase
from kb.auth.roles import Role
from kb.store.user_data.materials import MaterialInfo
from kb.user_records import with_derived, without_derived
from training.errors import DamagedModuleError, UnknownModuleError
from training.freshness import checked, noted
from training.records import Entry, Line, Module, QuizItem, Rendering

FORMAT = 1


def write_module(module: Module) -> str:
    """A module as JSON text."""
    plain = _adapter().dump_python(module, mode="json", warnings="error")
    return json.dumps({"format": FORMAT, "module": without_derived(plain)}, ensure_ascii=False)


def read_module(body: str) -> Module:
    """The module that a JSON text describes; every status is ``unsupported`` until `training.freshness.checked` has found it out again.

    Raises:
        DamagedModuleError: it is no module, or one that a newer Setu wrote.
    """
    try:
        stored = json.loads(body)
        if stored["format"] != FORMAT:
            raise DamagedModuleError("This module was written by a newer Setu. Update this one, or make the module again.")
        return _adapter().validate_python(with_derived(stored["module"]))
    except ValidationError as error:
        raise DamagedModuleError(f"This module is damaged: {error.error_count()} of its fields are wrong. Make it again.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedModuleError("This module is damaged: it is not what Setu writes. Make it again.") from error


def as_shown(module: Module) -> dict[str, Any]:
    """A module as plain values for a program that reads it: with the status of every line, rendering, question and entry."""
    found = _with_status(module)
    return cast(dict[str, Any], found)


def _with_status(value: object) -> object:
    if isinstance(value, tuple):
        return [_with_status(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        plain = {each.name: _with_status(getattr(value, each.name)) for each in fields(value)}
        if isinstance(value, Line | Rendering | QuizItem | Entry):
            plain["status"] = value.status
        return plain
    return value.isoformat() if isinstance(value, date) else value


@cache
def _adapter() -> TypeAdapter[Module]:
    return TypeAdapter(Module)


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
