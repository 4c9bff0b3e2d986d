"""Headings that say nothing of what stands below them ("General", "Annex"); kept as data in ``formal.toml``."""

from __future__ import annotations

from functools import cache, partial

from lang.data_files import toml_of
from lang.normalise import search_form


def is_vague(heading: str) -> bool:
    """Whether a heading could stand in any paper."""
    return " ".join(search_form(heading).text.split()) in _vague()


@cache
def _vague() -> frozenset[str]:
    return frozenset(" ".join(search_form(word).text.split()) for word in _stored()["vague"]["headings"])


_stored = partial(toml_of, "kb.answer.skills.summaries", "formal.toml")
