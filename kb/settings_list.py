"""Every setting as people are shown it: what it is for, its value, where that comes from; and a file that holds them all."""

from __future__ import annotations

import json
import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin
from urllib.parse import urlsplit

import regex
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from kb.settings import HIDDEN, PREFIX, Settings

Origin = Literal["default", "file", "environment"]

ENVIRONMENT_ONLY: Final = ("home", "llm_key")
"""Settings that ``settings.toml`` may not hold."""
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``value`` is as JSON would have it, with every secret in it hidden; ``form`` says what it may be."""

    name: str
    value: Any
    origin: Origin
    form: str
    about: str

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper()


def listed(settings: Settings) -> tuple[Setting, ...]:
    """Every setting in force, in the order of `Settings`. Raises `SettingsError` when ``settings.toml`` is wrong."""
    stored, environment = Settings.stored(settings.home), Settings.in_environment()

    def origin(name: str) -> Origin:
        return "environment" if name in environment else "file" if name in stored else "default"

    return tuple(
        Setting(name, _shown(getattr(settings, name)), origin(name), form(field), about(field))
        for name, field in Settings.model_fields.items()
    )


def example() -> str:
    """A ``settings.toml`` with every setting in it, each as a comment that says what it is for and shows its default."""
    return "\n".join(_example()) + "\n"


def about(field: FieldInfo) -> str:
    """What a setting is for, in plain text."""
    return regex.sub(r"\bNone\b", "not set", " ".join((field.description or "").replace("``", "").split()))


def form(field: FieldInfo) -> str:
    """What a setting may be: ``number``, ``true or false``, ``text``, ``path`` or its words."""
    return " or ".join(dict.fromkeys(_forms(field.annotation)))


def _forms(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield " | ".join(get_args(annotation))
    elif get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            if part is not type(None):
                yield from _forms(part)
    else:
        yield {bool: "true or false", int: "whole number", float: "number", Path: "path"}.get(annotation, "text")


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, Path):
        return str(value)
    return " ".join(map(_without_password, value.split(" "))) if isinstance(value, str) else value


def _without_password(text: str) -> str:
    """An address without the password, and without what may be a key in its query."""
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        held = [parts.password, *(pair.partition("=")[2] for pair in parts.query.split("&"))]
    except ValueError:
        return HIDDEN
    for secret in held:
        text = text.replace(secret, HIDDEN) if secret else text
    return text


def _example() -> Iterator[str]:
    yield "# Settings of Setu: every one there is, with its default. Take away the # before a name to set it."
    yield f"# The environment wins over this file: {PREFIX}MAX_PAGES=100 over max_pages."
    yield f"# {' and '.join(PREFIX + name.upper() for name in ENVIRONMENT_ONLY)} are set in the environment only."
    for name, field in Settings.model_fields.items():
        if name in ENVIRONMENT_ONLY:
            continue
        yield ""
        yield from textwrap.wrap(f"{about(field)} ({form(field)})", _WIDTH, initial_indent="# ", subsequent_indent="# ")
        default = field.get_default(call_default_factory=True)
        if default is None:
            yield f"#{name} = {'...' if form(field) == 'whole number' else json.dumps('')}  # not set"
        else:
            yield f"#{name} = {json.dumps(_shown(default), ensure_ascii=False)}"
