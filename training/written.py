"""A module as JSON, and back. Nothing that is derived is written down: see `kb.derived`."""

from __future__ import annotations

import json
from functools import cache

from pydantic import TypeAdapter, ValidationError

from kb.derived import with_derived, without_derived
from training.errors import DamagedModuleError
from training.records import Module

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


@cache
def _adapter() -> TypeAdapter[Module]:
    return TypeAdapter(Module)
