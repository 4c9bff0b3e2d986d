"""Which skill a message asks for: what the layers trained on requests of others say of it (`kb.represent.reader`).

Where nothing reads messages, the words alone decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast, get_args

import numpy as np

from kb.answer.understand.matter import met, skill_words
from kb.ports import FloatVector
from kb.records import Skill
from lang.normalise import search_form

Intent: TypeAlias = Literal[
    "lookup", "chat", "summary", "digest", "compare", "table", "obligations", "timeline", "inventory", "define", "draft", "translate",
    "opinion", "order", "outside",
]  # fmt: skip
"""What is wanted: a skill, or one of three things that are declined: an opinion, an order in disguise, what no papers hold.

A ``summary`` is of papers as a whole, a ``digest`` is one of what they say on a matter.
"""
INTENTS: tuple[Intent, ...] = get_args(Intent)
"""In the order in which the trained layers tell them."""
WORDS: tuple[str, ...] = ("summary", "compare", "table", "obligations", "timeline", "inventory", "define", "draft", "translate")
"""The skills that a word may ask for."""
OF_MATTER: Final = 0.2
"""The part of what is likely a summary from which what the papers say on a matter is told beside what a summary of them would."""
_OF: Final[Mapping[Intent, Skill]] = MappingProxyType({"opinion": "decline", "order": "decline", "outside": "decline", "digest": "summary"})


def skill_of(intent: Intent) -> Skill:
    """The skill that does what is wanted."""
    return _OF.get(intent) or cast(Skill, intent)


def likeliest(likely: Mapping[Intent, float]) -> tuple[Intent, float]:
    """The intent of the likeliest skill, and how likely the skill is, of what is declined how likely the intent."""
    together = likely["summary"] + likely["digest"]
    best = max(likely, key=lambda one: together if one in ("summary", "digest") else likely[one])
    if skill_of(best) == "summary":
        return ("digest" if of_matter(likely) > OF_MATTER else "summary"), together
    return best, likely[best]


def of_matter(likely: Mapping[Intent, float]) -> float:
    """How likely a summary is one of a matter."""
    return likely["digest"] / max(likely["summary"] + likely["digest"], 1e-9)


def chances(message: str, wants: Callable[[str], FloatVector] | None) -> Mapping[Intent, float]:
    """How likely each intent is; ``wants`` gives the log-odds of each, up to a constant."""
    if wants is None:
        return by_words(message)
    totals = wants(message).astype(np.float64)
    shares = np.exp(totals - totals.max())
    return dict(zip(INTENTS, (shares / shares.sum()).tolist(), strict=True))


def by_words(message: str) -> Mapping[Intent, float]:
    """The intent of whose words the message has most, looking up where it has none."""
    form = search_form(message).text
    counts = {name: len(met(skill_words()[name], form)) for name in WORDS}
    best = max(counts, key=lambda name: counts[name])
    certain = dict.fromkeys(INTENTS, 0.0)
    return certain | {cast(Intent, best) if counts[best] else "lookup": 1.0}
