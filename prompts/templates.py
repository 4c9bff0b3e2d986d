"""What is said to a language model: text files with named variables, and the version under which an answer records them.

A template begins with the line ``version: N`` and an empty line. Its variables are written ``$name``. Whoever changes what a template says
counts the version up; a digest of the text stands beside it, so that a version that was forgotten shows.

TemplateError    there is no such template, it has no version, or the variables are not those it names
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template as Dollars

from lang.languages import Language
from prompts.phrases import spoken


class TemplateError(Exception):
    """A template or one of its variables is missing; the message names it and the file to correct."""


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt with open variables."""

    name: str
    version: int
    text: str

    @property
    def variables(self) -> frozenset[str]:
        """The names that the text leaves open."""
        return frozenset(Dollars(self.text).get_identifiers())

    def fill(self, **values: str) -> str:
        """The text with its variables filled in; what a value holds is not looked at again.

        Raises:
            TemplateError: the values are not exactly those that the template names.
        """
        if self.variables != set(values):
            raise TemplateError(f"prompts/{self.name}.md names the variables {sorted(self.variables)}, but was given {sorted(values)}.")
        return Dollars(self.text).substitute(values)


@cache
def template(name: str) -> Template:
    """The template of a name such as ``answer/system``, from ``prompts/answer/system.md``.

    Raises:
        TemplateError: there is no such file, or its first line is no version.
    """
    file = resources.files("prompts").joinpath(f"{name}.md")
    if not file.is_file():
        raise TemplateError(f"There is no prompt prompts/{name}.md. Add it, or correct the name.")
    head, _, text = file.read_text(encoding="utf-8").partition("\n\n")
    label, _, number = head.partition(": ")
    if label != "version" or not number.isdecimal():
        raise TemplateError(f"prompts/{name}.md does not begin with a line “version: N” and an empty line. Add them.")
    return Template(name, int(number), text.strip())


@cache
def in_language(language: Language) -> str:
    """The sentence, in the language itself, that says in which language to answer."""
    return str(_told("in_language")[spoken(language)])


@cache
def task(skill: str) -> str:
    """What a model is told to write for a skill; for one that has no words of its own, each passage in the language of the answer."""
    told = _told("tasks")
    return str(told.get(skill, told["each"]))


_TABLES = {"answer": ("in_language", "tasks")}
"""Beside the templates of a folder, what else its prompts are filled with."""


@cache
def identity(folder: str) -> str:
    """What an answer records of the prompts of a folder, ``answer 1.1.1.1 3f2a9c01``: versions in the order of the names, digest."""
    names = sorted(f.name.removesuffix(".md") for f in resources.files("prompts").joinpath(folder).iterdir() if f.name.endswith(".md"))
    found = [template(f"{folder}/{name}") for name in names]
    tables = [_told(name) for name in _TABLES.get(folder, ("in_language",))]
    texts = [t.text for t in found] + [f"{key}={words[key]}" for words in tables for key in sorted(words)]
    versions = [str(t.version) for t in found] + [str(words["version"]) for words in tables]
    return f"{folder} {'.'.join(versions)} {hashlib.sha256(chr(0).join(texts).encode()).hexdigest()[:8]}"


@cache
def _told(name: str) -> dict[str, str | int]:
    return tomllib.loads(resources.files("prompts.answer").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
