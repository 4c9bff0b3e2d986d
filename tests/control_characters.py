"""Records full of what no file can hold, and what is looked for in the files that are made of them."""

from __future__ import annotations

import dataclasses
import typing
import zipfile
from io import BytesIO
from typing import Any, TypeVar

import regex
from lxml import etree

C0 = [chr(n) for n in range(0x20) if chr(n) not in "\t\n"]
C1 = [chr(n) for n in range(0x7F, 0xA0)]
SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff"]
NONCHARACTERS = ["\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"]
TURNING = ["\u202a", "\u202e", "\u2066", "\u2069"]
BAD = [*C0, *C1, *SURROGATES, *NONCHARACTERS, *TURNING]
TEXT = "".join(f"x{bad}" for bad in BAD) + "\u2028y\u2029z"
_KEPT = {"id", "key", "link", "source", "uid"}
"""Fields that name or lead to something, and are no text."""

Record = TypeVar("Record")


def spoiled(record: Record) -> Record:
    """The record with all those characters in every text of it, at any depth."""
    return typing.cast(Record, _spoiled(record, None))


def _spoiled(value: Any, hint: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and type(value).__name__ != "Strings":
        hints = typing.get_type_hints(type(value))
        changed = {
            field.name: _spoiled(getattr(value, field.name), hints[field.name])
            for field in dataclasses.fields(value)
            if field.init and field.name not in _KEPT
        }
        return dataclasses.replace(value, **changed)
    if isinstance(value, tuple):
        inner = typing.get_args(hint)
        return tuple(_spoiled(one, inner[0] if inner else None) for one in value)
    # A word of a fixed list, such as a status, is no text.
    return f"{value}{TEXT}" if isinstance(value, str) and value and hint in (str, str | None) else value


def clean(text: str, breaks: str = "\t\n") -> bool:
    """Whether a text holds none of them, but U+FFFD in their place."""
    text.encode()
    return not regex.search(
        r"[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202A-\u202E\u2066-\u2069]", text.translate(dict.fromkeys(map(ord, breaks)))
    ) and ("x\ufffdx\ufffd" in text)


def package_text(data: bytes) -> str:
    """All text of an office file, each part of which is read as XML."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = [etree.fromstring(package.read(name)) for name in package.namelist() if name.endswith((".xml", ".rels"))]
    return "".join(text for part in parts for text in part.itertext())
