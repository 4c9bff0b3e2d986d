"""What `training` reads out of a sentence, as the golden tables of `training/` write it."""

from __future__ import annotations

from lang.languages import Language
from training.exchange_map import passages
from training.quiz import answer_candidates, distractors


def follows_from_limit(text: str, value: str, instead: str, language: Language) -> bool:
    """Whether another value in the place of one follows from the limit that the sentence sets."""
    at = text.index(value)
    slot = answer_candidates.Slot("number", at, at + len(value), value, value, "")
    return distractors.follows_from_limit(text, slot, instead, language)


def stands_alone(text: str, language: Language) -> bool:
    return answer_candidates.stands_alone(text, language)


def speaks_of_pilot(text: str) -> bool:
    return passages.speaks_of_pilot(text)
