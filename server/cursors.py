"""Lists in parts: an opaque cursor says after which entry the next part begins, and of what list."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from server.problems import ProblemError

T = TypeVar("T")


def part(found: Sequence[T], key: Callable[[T], int], most: int, cursor: str | None, wanted: object) -> tuple[Sequence[T], str | None]:
    """So many entries of a list that is in order of a number, after a cursor; and the cursor of the next part, None at the end.

    ``wanted`` is what the list was asked for: a cursor counts for the same list only. What is added or removed between two parts neither
    repeats an entry nor leaves one out.

    Raises:
        ProblemError: the cursor is none of ours, or one of another list.
    """
    digest = hashlib.sha256(repr(wanted).encode("utf-8", "replace")).hexdigest()[:16]
    after = _read(cursor, digest) if cursor is not None else None
    rest = [one for one in found if after is None or key(one) > after]
    shown = rest[:most]
    more = _written(key(shown[-1]), digest) if len(rest) > most else None
    return shown, more


def _written(after: int, digest: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([after, digest]).encode()).decode().rstrip("=")


def _read(cursor: str, digest: str) -> int:
    try:
        read: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        after, of = read
        if type(after) is int and of == digest:
            return after
    except (ValueError, TypeError):
        pass
    raise ProblemError(422, "The cursor is none, or one of another list. Begin again without it.")
