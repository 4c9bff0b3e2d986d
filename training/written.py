"""A module as JSON, and back. Nothing that is derived is written down: see `kb.derived`."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from kb.derived import with_derived, without_derived
from training.errors import DamagedModuleError
from training.records import Entry, Line, Module, QuizItem, Rendering

FORMAT = 1


def write_module(module: Module) -> str:
    """A module as JSON text."""
    plain = _adapter().dump_python(module, mode="json", warnings="error")
    return json.dumps({"format": FORMAT, "module": without_derived(plain)}, ensure_ascii=False)


def read_module(body: str) -> Module:
    """The module that a JSON text describes; every status is ``unsupported`` until `training.check.checked` has found it out again.

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


def shown(module: Module) -> dict[str, Any]:
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
