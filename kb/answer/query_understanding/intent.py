"""Which skill a message asks for: what the layers trained on requests of others say, and forms of wording that decide by themselves.

Where nothing reads messages (`kb.embed.cross_encoders`), the words alone decide. The forms are data, one list for each language:
``request_forms.toml`` has those that ask for a skill whatever they are about ("what must X deliver and by when"), ``question_kinds.toml``
those that ask for an opinion in law, for what no paper holds, to compare, or several things at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast, get_args

import numpy as np
import regex

from kb.answer.query_understanding.query_parsing import met, skill_words
from kb.ports import FloatVector
from kb.records import Skill
from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language
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


def even(one: Mapping[Intent, float], other: Mapping[Intent, float]) -> Mapping[Intent, float]:
    """The mean of how likely each intent is by two readings of one message."""
    return {intent: (one[intent] + other[intent]) / 2 for intent in one}


def by_words(message: str) -> Mapping[Intent, float]:
    """The intent of whose words the message has most, looking up where it has none."""
    form = search_form(message).text
    counts = {name: len(met(skill_words()[name], form)) for name in WORDS}
    best = max(counts, key=lambda name: counts[name])
    certain = dict.fromkeys(INTENTS, 0.0)
    return certain | {cast(Intent, best) if counts[best] else "lookup": 1.0}


def asked_in_form(message: str) -> Intent | None:
    """The intent of whose forms a message has one; None where it has none."""
    return _of_form(message, _forms(""))


def asked_alone(message: str) -> Intent | None:
    """The skill one of whose forms a message has that decide alone, whatever the trained layers say; None where it has none."""
    return _of_form(message, _forms("alone"))


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


def asks_shorter(message: str) -> bool:
    """Whether a message wants what was told last in fewer words."""
    return _of_form(message, _forms("shortened")) is not None


def asks_for_items(message: str) -> bool:
    """Whether a message asks for so many things by name: *list three measures*, 取組を三つ挙げて."""
    return _of_form(message, _forms("itemised")) is not None


def asks_until(message: str) -> bool:
    """Whether a question asks for the last day of something: *until when?*, कधी संपतो, いつまで."""
    return _of_form(message, _forms("expires")) is not None


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
    stored = toml_of("kb.answer.query_understanding", "request_forms.toml")
    lists = stored[table] if table else {intent: those for intent, those in stored.items() if isinstance(those, list)}
    return {cast(Intent, intent): [regex.compile(search_form(one).text) for one in those] for intent, those in lists.items()}


_ASKS = regex.compile(
    r"\b(?:who|when|where|which|what|why|how)\b|(?<![\p{L}\p{M}])(?:कौन|किस|किन|कब|कहाँ|कहां|क्या|कितन|कैसे|क्यों|कोण|कुणी|कधी|केव्हा|कुठे|कोठे|काय|किती|कसे|कशी|का(?!\p{L}))"
    r"|誰|いつ|どこ|どの|どれ|何|なぜ|いくら|いくつ",
    regex.I,
)
_LEAD = regex.compile(r"^(?:please |the |what is the |what are the |in |कृपया |कृपया |の)+", regex.I)
_TRAIL = regex.compile(r"(?: please|(?: को| का| की| के| में| से| ची| चा| चे| मध्ये| यांच्या| यांची| यांच्यात))+$", regex.I)


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A question within a question: what it is called in the answer, and the question that is searched for."""

    name: str
    question: str


def legal_opinion(question: str, language: Language) -> bool:
    """Whether it asks if something is lawful, what a court would decide, or what to do: papers tell what they say, not that."""
    return _matches("legal_opinion", question, language)


def out_of_scope(question: str, language: Language) -> bool:
    """Whether it is about something that papers of an exchange do not hold (sport, weather, recipes); papers that do speak win."""
    return _matches("out_of_scope", question, language)


def asking_words(text: str) -> list[tuple[int, int]]:
    """Where the words stand that ask (*who*, *how*, किती, いつ)."""
    return [match.span() for match in _ASKS.finditer(text)]


def question_parts(question: str, language: Language) -> tuple[QuestionPart, ...]:
    """The two sides of a comparison, or the questions that are asked at once; empty for a question of one part."""
    return _sides(question, language) or _joined(question, language)


def _sides(question: str, language: Language) -> tuple[QuestionPart, ...]:
    text = " ".join(question.split()).rstrip("?？।。. ")
    for pattern in _compiled("comparison", language):
        found = pattern.search(text)
        if found is None:
            continue
        topic = _tidy(found.groupdict().get("topic") or "")
        one, other = _tidy(found["a"]), _tidy(found["b"])
        if not one or not other or one.casefold() == other.casefold():
            continue
        return tuple(QuestionPart(name, _about(topic, name, language)) for name in (one, other))
    return ()


def _about(topic: str, name: str, language: Language) -> str:
    if not topic:
        return name
    if language == "ja":
        return f"{name}の{topic}"
    return f"{topic} of {name}" if language == "en" else f"{name} {topic}"


def _joined(question: str, language: Language) -> tuple[QuestionPart, ...]:
    (pattern,) = _compiled("joint", language)
    found = [part.strip() for part in pattern.split(question.strip())]
    if not 2 <= len(found) <= 3 or not all(_ASKS.search(part) for part in found):
        return ()
    return tuple(QuestionPart(part.rstrip("?？।。 "), part) for part in found)


def _tidy(text: str) -> str:
    return _TRAIL.sub("", _LEAD.sub("", text.strip(" ,、"))).strip()


def _matches(kind: str, question: str, language: Language) -> bool:
    form = search_form(question).text
    return any(pattern.search(form) for pattern in _compiled(kind, language))


@cache
def _compiled(kind: str, language: Language) -> tuple[regex.Pattern[str], ...]:
    stored = _stored()[kind]
    found: list[str] = []
    for one in (language,) if language in LANGUAGES else LANGUAGES:
        found += stored[one] if isinstance(stored[one], list) else [stored[one]]
    if kind in ("legal_opinion", "out_of_scope"):
        # They are compared with the search form, so they are brought into it.
        found = [search_form(p).text if not p.isascii() else p for p in found]
    return tuple(regex.compile(pattern, regex.I) for pattern in (found if language in LANGUAGES else found[:1]))


_stored = partial(toml_of, "kb.answer.query_understanding", "question_kinds.toml")
