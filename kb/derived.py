"""What is derived from the stored texts is never kept: the status of a citation or verdict, and the other papers with its story."""

from __future__ import annotations

from typing import Any


def without_derived(plain: Any) -> Any:
    """Records as plain JSON values, without what `with_derived` puts back."""
    if isinstance(plain, list):
        return [without_derived(one) for one in plain]
    if not isinstance(plain, dict):
        return plain
    derived = {"status", "variants"} if _checked(plain) else {"variants"}
    return {key: without_derived(value) for key, value in plain.items() if key not in derived}


def with_derived(plain: Any) -> Any:
    """The values with every status ``unsupported``, until it is found out again."""
    if isinstance(plain, list):
        return [with_derived(one) for one in plain]
    if not isinstance(plain, dict):
        return plain
    read = {key: with_derived(value) for key, value in plain.items()}
    return {**read, "status": "unsupported"} if _checked(plain) else read


def _checked(plain: dict[str, Any]) -> bool:
    """Whether it is a citation or a verdict."""
    return "quote" in plain or "findings" in plain
