"""Forms of a question that ask for a skill, whatever they are about: "what must X deliver and by when"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import cast

import regex

from kb.answer.understand.intent import Intent, by_words
from kb.answer.understand.matter import met, skill_words
from lang.data_files import toml_of
from lang.normalise import search_form


def asked_in_form(message: str) -> Intent | None:
    """The intent of whose forms a message has one; None where it has none."""
    return _of_form(message, _forms(""))


def asked_of_owner(message: str) -> Intent | None:
    """The same for a message that names somebody who sees to obligations: "what is with Asha?"."""
    return _of_form(message, _forms("owned"))


def adds(message: str) -> bool:
    """Whether a message asks for something to be put into what was made last: "add that five of them are vegetarian"."""
    said = (sentence.strip(" \n") for sentence in regex.split(r"(?<=[.!।。！])", message))
    return any(_of_form(sentence, _forms("added")) is not None for sentence in said if sentence)


def checks(message: str) -> bool:
    """Whether a message asks if one thing is as another has it: *does it match?*, 実際と同じですか."""
    return _of_form(message, _forms("checked")) is not None


def asks_for_draft(message: str) -> bool:
    """Whether a message asks for a letter, note or notice, whatever else it may seem to want."""
    return _of_form(message, _forms("drafted")) is not None


def asks_for_table(message: str) -> bool:
    """Whether a message asks for what it wants to know as a table."""
    return _of_form(message, _forms("tabled")) is not None


def asks_in_short(message: str) -> bool:
    """Whether a message has a word for a summary and none for a translation: 日本語で要約して is no translation.

    Of 12,966 requests of others 946 have; 808 of them want a summary and 4 a translation.
    """
    form = search_form(message).text
    return bool(met(skill_words()["summary"], form)) and not met(skill_words()["translate"], form)


def asks_what_is_held(message: str) -> bool:
    """Whether a message has more words for what papers there are than for anything else."""
    return by_words(message)["inventory"] == 1.0


def asks_for_dates(message: str) -> bool:
    """Whether a message has a word for several dates or for what happened in order, and not only asks when."""
    return _of_form(message, _forms("dated")) is not None


def without_comparing(message: str, likely: Mapping[Intent, float]) -> Mapping[Intent, float]:
    """What a message is likely to want where nothing is named that could be compared, and no word of it asks for that."""
    if met(skill_words()["compare"], search_form(message).text):
        return likely
    rest = 1.0 - likely["compare"]
    return {name: 0.0 if name == "compare" else chance / rest if rest else chance for name, chance in likely.items()}


def _of_form(message: str, forms: Mapping[Intent, Sequence[regex.Pattern[str]]]) -> Intent | None:
    form = search_form(message).text
    return next((intent for intent, patterns in forms.items() if any(one.search(form) for one in patterns)), None)


@cache
def _forms(table: str) -> Mapping[Intent, Sequence[regex.Pattern[str]]]:
    """The forms of a table of the file; of "" those at its top."""
    stored = toml_of("kb.answer.understand", "request_forms.toml")
    lists = stored[table] if table else {intent: those for intent, those in stored.items() if isinstance(those, list)}
    return {cast(Intent, intent): [regex.compile(search_form(one).text) for one in those] for intent, those in lists.items()}
