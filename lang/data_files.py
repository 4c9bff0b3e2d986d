"""Files of words, patterns and numbers that lie beside the modules that use them, and word lists parted by white space."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import regex


@cache
def toml_of(package: str, name: str) -> Mapping[str, Any]:
    """What the TOML file ``name`` of ``package`` holds; read once, so nobody changes it.

    Raises:
        FileNotFoundError: the package holds no such file.
        tomllib.TOMLDecodeError: it is not valid TOML.
    """
    return tomllib.loads(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


@lru_cache(maxsize=8192)
def compiled(expression: str) -> regex.Pattern[str]:
    """An expression made of the words of such a file, compiled once: they are more than `regex` keeps, and compiling is slow.

    Raises:
        regex.error: it is no expression.
    """
    return regex.compile(expression)


def words(text: str) -> frozenset[str]:
    """The words of ``text``."""
    return frozenset(text.split())


def ordered(text: str) -> tuple[str, ...]:
    """The words of ``text``, in order."""
    return tuple(text.split())
