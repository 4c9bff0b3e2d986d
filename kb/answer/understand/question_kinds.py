"""What kind of question is asked, by its wording: for an opinion in law, for what no paper holds, to compare, or several at once.

The patterns are data (``question_kinds.toml``), one list for each language.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import regex

from lang.codes import LANGUAGES, Language
from lang.data_files import toml_of
from lang.normalise import search_form

_ASKS = regex.compile(
    r"\b(?:who|when|where|which|what|why|how)\b|(?<![\p{L}\p{M}])(?:कौन|किस|किन|कब|कहाँ|कहां|क्या|कितन|कैसे|क्यों|कोण|कुणी|कधी|केव्हा|कुठे|कोठे|काय|किती|कसे|कशी|का(?!\p{L}))"
    r"|誰|いつ|どこ|どの|どれ|何|なぜ|いくら|いくつ",
    regex.I,
)
_LEAD = regex.compile(r"^(?:please |the |what is the |what are the |in |कृपया |कृपया |の)+", regex.I)
_TRAIL = regex.compile(r"(?: please|(?: को| का| की| के| में| से| ची| चा| चे| मध्ये| यांच्या| यांची| यांच्यात))+$", regex.I)


@dataclass(frozen=True, slots=True)
class Part:
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


def parts(question: str, language: Language) -> tuple[Part, ...]:
    """The two sides of a comparison, or the questions that are asked at once; empty for a question of one part."""
    return _sides(question, language) or _joined(question, language)


def _sides(question: str, language: Language) -> tuple[Part, ...]:
    text = " ".join(question.split()).rstrip("?？।。. ")
    for pattern in _compiled("comparison", language):
        found = pattern.search(text)
        if found is None:
            continue
        topic = _tidy(found.groupdict().get("topic") or "")
        one, other = _tidy(found["a"]), _tidy(found["b"])
        if not one or not other or one.casefold() == other.casefold():
            continue
        return tuple(Part(name, _about(topic, name, language)) for name in (one, other))
    return ()


def _about(topic: str, name: str, language: Language) -> str:
    if not topic:
        return name
    if language == "ja":
        return f"{name}の{topic}"
    return f"{topic} of {name}" if language == "en" else f"{name} {topic}"


def _joined(question: str, language: Language) -> tuple[Part, ...]:
    (pattern,) = _compiled("joint", language)
    found = [part.strip() for part in pattern.split(question.strip())]
    if not 2 <= len(found) <= 3 or not all(_ASKS.search(part) for part in found):
        return ()
    return tuple(Part(part.rstrip("?？।。 "), part) for part in found)


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


_stored = partial(toml_of, "kb.answer.understand", "question_kinds.toml")
