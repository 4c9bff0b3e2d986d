"""What a request for a draft says: what kind of draft, from whom, to whom, on what matter, and how long it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Literal, TypeAlias, cast

import regex

from kb.answer.query_understanding.intent import adds
from kb.answer.query_understanding.question import Question
from kb.records import Turn
from lang.data_files import toml_of
from lang.languages import Language
from lang.normalise import SearchForm, search_form
from lang.values.quantities import folded, quantities_in
from prompts.phrases import spoken

DraftKind: TypeAlias = Literal["agenda", "press", "note", "circular", "email", "reply", "call", "reminder", "letter"]
Purpose: TypeAlias = Literal["propose", "invite", "thank", "request", "remind", "call", "reply", "inform"]
SHORT = 6
"""Lines of a draft that is to be shorter, where no number is said."""
LONGEST = 90
"""Characters of a name or office in a request; what is longer is no name."""
_OF_KIND: Mapping[str, Purpose] = {"reply": "reply", "call": "call", "reminder": "remind"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A draft as it is wanted. ``sender``, ``addressee`` and ``matter`` are words of the request, "" where it has none.

    ``oblique`` is whether the matter is left in a case that a subject follows with बाबत; ``lines`` is how many it may have.
    """

    kind: DraftKind
    purpose: Purpose
    sender: str
    addressee: str
    matter: str
    oblique: bool = False
    lines: int | None = None
    formal: bool = False


def wanted(text: str, language: Language) -> Wanted:
    """What a message in a language asks to be drafted."""
    form = search_form(text)
    held = regex.sub(folded(_words()["strip"]["gaps"]), lambda match: " " * len(match[0]), form.text)
    found = _first(held, "kind")
    kind = cast(DraftKind, found) if found else "letter"
    purpose = _OF_KIND.get(kind) or _purpose(held, kind)
    sender, held = _who(form, held, text, "sender", language)
    addressee, held = ("", held) if kind in ("agenda", "press") else _who(form, held, text, "addressee", language)
    if kind == "circular" and addressee and not any(regex.search(folded(one), form.text) for one in _words()["frames"]["to_all"]):
        kind = "letter"  # a notice to somebody
    if kind == "reply":
        addressee = regex.sub(_words()["strip"]["letter_of"], "", addressee)
    for pattern in (*_patterns("kind", kind), *_patterns("kind", "letter"), *_patterns("strip", "request")):
        held = _blanked(held, pattern)
    for pattern in _patterns("purpose", purpose) if purpose in _words()["purpose"] else ():
        held = _blanked(held, pattern)
    matter, oblique = _matter(form, held, text, language)
    return Wanted(kind, purpose, sender, addressee, matter, oblique, _lines(form.text), _has(form.text, "adjust", "formal"))


def remade(question: Question) -> tuple[Wanted, Turn, int] | None:
    """The last draft as a message wants it changed, the turn that asked for it first, and its place in the history.

    None where the last answer is no draft, or the message asks for another one.
    """
    drafts = [at for at, turn in enumerate(question.history) if turn.answer.skill == "draft"]
    last = len(question.history) - 1
    if not drafts or drafts[-1] != last or not _adjusts(question.text):
        return None
    at = last
    while at and question.history[at - 1].answer.skill == "draft" and _adjusts(question.history[at].question):
        at -= 1
    first = question.history[at]
    asked = wanted(first.question, first.answer.language)
    for message in [*(turn.question for turn in question.history[at + 1 :]), question.text]:
        form = search_form(message).text
        kind = _first(form, "kind")
        new = wanted(message, question.language)
        asked = replace(
            asked,
            kind=cast(DraftKind, kind) if kind else asked.kind,
            addressee=new.addressee if kind and new.addressee else asked.addressee,
            lines=_lines(form) or (SHORT if _has(form, "adjust", "short") else asked.lines),
            formal=asked.formal or _has(form, "adjust", "formal"),
        )
    return replace(asked, lines=question.points or asked.lines), first, at


def says_role(phrase: str) -> bool:
    """Whether words name a contact point."""
    return _has(search_form(phrase).text, "contact", "role")


def ours(phrase: str) -> bool:
    """Whether words mean the asker's own side."""
    return _has(search_form(phrase).text, "contact", "ours")


def _adjusts(message: str) -> bool:
    form = search_form(message).text.strip()
    return adds(message) or any(_has(form, "adjust", name) for name in ("short", "formal", "again")) or _lines(form) is not None


def _purpose(form: str, kind: str) -> Purpose:
    found = _first(form, "purpose") if kind in ("letter", "email", "circular") else None
    return cast(Purpose, found) if found else "inform"


def _first(form: str, table: str) -> str | None:
    return next((name for name in _words()[table] if _has(form, table, name)), None)


def _has(form: str, table: str, name: str) -> bool:
    return any(pattern.search(form) for pattern in _patterns(table, name))


def _lines(form: str) -> int | None:
    """The most lines that a message allows: five of "four or five lines"."""
    said = regex.search(_words()["adjust"]["lines"], form)
    counts = [int(q.value) for q in quantities_in(form[: said.start()])] if said is not None else []
    near = [n for n in counts[-1:] if 1 <= n <= 40]
    return near[0] if near else None


def _who(form: SearchForm, held: str, text: str, part: str, language: Language) -> tuple[str, str]:
    """A name or office as it is called by itself, and the form without the words that say it."""
    match = next(iter(_earliest(part, held, language)), None)
    if match is None:
        return "", held
    start, end = form.span(*match.span("who"))
    said = regex.sub(r"^(?:(?:the|a|an)\s+)(?=\p{Ll})", "", text[start:end].strip(" ,.;、。"))
    if part == "addressee" and not (language == "mr" and match["apart"].startswith(" ")):
        oblique = _words()["oblique"].get(language, ())
        said = next((said.removesuffix(ending) + alone for ending, alone in oblique if said.endswith(ending)), said)
    return said, held[: match.start()] + " " * len(match[0]) + held[match.end() :]


def _earliest(part: str, held: str, language: Language) -> list[regex.Match[str]]:
    """What the expressions for a sender or addressee find, in the order in which it ends: who is named first is written to."""
    found = [match for pattern in _patterns("people", part, spoken(language)) if (match := pattern.search(held)) is not None]
    named = [match for match in found if len(match["who"].strip()) >= 2 and len(match["who"]) <= LONGEST]
    return sorted(named, key=lambda match: match.end()) if language in ("mr", "hi") else named


def _blanked(held: str, pattern: regex.Pattern[str]) -> str:
    return pattern.sub(lambda match: " " * len(match[0]), held)


def _matter(form: SearchForm, held: str, text: str, language: Language) -> tuple[str, bool]:
    """The words of the message that are left, without what only joins them, and whether they lost the ending of a genitive."""
    spans = [form.span(*match.span()) for match in regex.finditer(r"\S+", held)]
    said = " ".join(text[start:end] for start, end in spans)
    said = regex.sub(r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}、]) | (?=[\p{Han}\p{Hiragana}\p{Katakana}、])", "", said)
    ends = [regex.compile(pattern, regex.I) for pattern in _words()["strip"]["ends"]]
    before = None
    while said != before:
        before = said
        for pattern in ends:
            said = pattern.sub("", said).strip()
    alone = regex.sub(_words()["strip"]["genitive"], "", said) if language == "mr" else said
    return ("", False) if regex.fullmatch(_words()["strip"]["bare"], search_form(alone).text, regex.I) else (alone, alone != said)


def framed(frame: str, language: Language, **parts: str) -> str:
    """What a letter writes around a name or matter: 橋本様, 【通知】…; a name that has its honorific stays as it is."""
    if frame == "addressed" and regex.search(_words()["frames"]["honorific"], parts["name"]):
        return parts["name"]
    return str(_words()["frames"][frame][spoken(language)]).format(**parts)


@cache
def _patterns(*table: str) -> Sequence[regex.Pattern[str]]:
    """The expressions of a table. Those that begin with Devanagari begin where a word does."""
    found: Any = _words()
    for name in table:
        found = found[name]
    starts = [r"(?<![\p{L}\p{M}])" if regex.match(r"(?:\(\?:)?\p{Devanagari}", pattern) else "" for pattern in found]
    return tuple(regex.compile(f"{start}(?:{folded(pattern)})", regex.I) for start, pattern in zip(starts, found, strict=True))


_words = partial(toml_of, "kb.answer.skills.drafting", "draft_request.toml")
