"""Words of agreements and offices in four languages (``terms.tsv``), with the terms of the field."""

from __future__ import annotations

from functools import cache
from importlib import resources

from kb.represent.glossary import Found, Glossary, own_terms, parse
from lang.codes import Language

FILE = "terms.tsv"


def terms_in(text: str, language: Language) -> tuple[Found, ...]:
    """The terms that a text names in its language, in order; an acronym only where it is written as one: *its* is no ITS."""
    return tuple(f for f in _glossary().find(text, language) if f.language == language and (not f.surface.isupper() or f.surface in text))


@cache
def _glossary() -> Glossary:
    stored = resources.files("kb.answer.skills.drafts").joinpath(FILE).read_text(encoding="utf-8")
    return Glossary((*parse(stored, FILE), *own_terms()))
