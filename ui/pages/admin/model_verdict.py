"""What a language model that was tried out is good for, in the words of the page, which the terminal has too."""

from __future__ import annotations

from kb.generate.model_trial import Length, Trial
from lang.languages import LANGUAGES
from ui.components.i18n import Strings


def verdict(trial: Trial, words: Strings) -> list[str]:
    """What a model is good for, in sentences."""
    limit = f"{trial.seconds:g}"
    if (ended := trial.broke_off) is not None:
        if ended.refused_key:
            return [words("model.refused_key")]
        return [words("model.no_time", limit=limit) if ended.slow else words("model.no_answer", reason=ended.fault)]
    if len(trial.languages) == len(LANGUAGES):
        said = [words("model.all_languages")]
    elif trial.languages:
        named = " · ".join(words(f"language.{one}") for one in trial.languages)
        said = [words("model.some_languages", languages=named)]
    else:
        said = [words("model.no_language")]
    return [*said, *_pace(trial, trial.length, limit, words)]


def _pace(trial: Trial, length: Length | None, limit: str, words: Strings) -> list[str]:
    if length is not None and length.fault:
        return [words("model.pace_long", reason=length.fault.rstrip("."))]
    if trial.pace is None:
        return []
    seconds = f"{trial.answer_s:.0f}" if trial.answer_s is not None and trial.answer_s >= 1 else "1"
    said = words(f"model.pace_{trial.pace}", seconds=seconds, limit=limit, share=round(100 * trial.share))
    return [said] if trial.pace == "slow" else [said, words("model.pace_checked")]
