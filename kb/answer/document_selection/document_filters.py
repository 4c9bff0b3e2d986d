"""Which papers a wording means by what they are: kind, language, year, the newest, how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias, cast

import regex

from ingest.records import Kind
from kb.answer.document_selection.language_versions import facts_of
from kb.ports import Ports
from kb.records import DocumentInfo
from lang.data_files import compiled, toml_of
from lang.languages import PAPER_LANGUAGES, Language
from lang.normalise import search_form
from lang.values.dates import dates_in
from lang.words.search_tokens import is_function_word

Order: TypeAlias = Literal["newest", "oldest"]
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_REPORTS: tuple[Kind, ...] = ("report", "best_practice")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a wording says of the papers it means; a field that says nothing limits nothing.

    ``days`` are dates as ISO 8601 as far as they go, any of which a paper's must begin with.
    """

    kinds: tuple[Kind, ...] = ()
    forms: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    days: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    order: Order | None = None
    count: bool = False

    @property
    def limits(self) -> bool:
        """Whether it leaves out any paper."""
        return bool(self.kinds or self.forms or self.languages or self.days or self.since or self.until)

    def of(self, papers: Sequence[DocumentInfo], ports: Ports) -> list[DocumentInfo]:
        """The papers that it means, in their order."""
        return [paper for paper in papers if self._means(paper) and (not self.forms or self._is_form(paper, ports))]

    def _means(self, paper: DocumentInfo) -> bool:
        day = paper.date.isoformat() if paper.date else ""
        return (
            (not self.kinds or paper.kind in self.kinds)
            and (not self.languages or paper.language in self.languages)
            and (not self.days or any(day.startswith(one) for one in self.days))
            and (not self.since or day[:4] >= self.since)
            and (not self.until or "" < day[:4] <= self.until)
        )

    def _is_form(self, paper: DocumentInfo, ports: Ports) -> bool:
        return any(fact.field == "form" and fact.value in self.forms for fact in facts_of(paper, ports))


def selection(text: str) -> Selection:
    """What a wording says of the papers that it means."""
    form = " ".join(search_form(text).text.split())
    since, form = _year("after", form, 1)
    if not since:
        since, form = _year("since", form)
    until, form = _year("before", form, -1)
    if not until:
        until, form = _year("until", form)
    found, form = _found("order", form)
    order = cast("Order | None", next(iter(found), None))
    count, form = _found("count", form)
    languages, form = _found("language", form)
    forms, form = _found("form", form)
    kinds, _ = _found("kind", form)
    meant = [one for kind in kinds for one in (_REPORTS if kind == "report" else (kind,))]
    return Selection(
        kinds=cast(tuple[Kind, ...], tuple(dict.fromkeys(meant))),
        forms=forms,
        languages=cast(tuple[Language, ...], languages),
        days=() if since or until else _days(text),
        since=since,
        until=until,
        order=order,
        count=bool(count),
    )


def over_papers(text: str) -> bool:
    """Whether a wording asks of papers: of a kind, a language, a time, or of each that there is."""
    wanted = selection(text)
    return bool(wanted.limits or wanted.order or wanted.count) or of_papers(text)


def of_papers(text: str) -> bool:
    """Whether a wording speaks of papers as such, whatever they are: *what do our papers say on …*."""
    form = search_form(text).text
    return any(pattern.search(form) for _, pattern in _patterns()["papers"])


def matter_left(matter: str) -> str:
    """A matter without the words that only say which papers are meant; "" where no word of its own is left."""
    form = " ".join(search_form(matter).text.split())
    for group in ("after", "since", "before", "until", "order", "count", "language", "form", "kind", "plain"):
        for _, pattern in _patterns()[group]:
            form = compiled(rf"(?:{pattern.pattern})[\p{{Latin}}\p{{Devanagari}}]*").sub(" ", form)  # with its ending: करारावर
    left = [word for word in _WORD.findall(form) if not _says_nothing(word)]
    return matter if left else ""


def _says_nothing(word: str) -> bool:
    if any(is_function_word(word, language) for language in PAPER_LANGUAGES) or regex.fullmatch(r"(?:19|20)\p{Nd}{2}", word):
        return True
    return len(word) < 2


def _days(text: str) -> tuple[str, ...]:
    found = tuple(
        str(read.when) for read in dates_in(text) if read.when.year is not None and read.when.calendar in ("gregorian", "japanese")
    )
    return found or tuple(regex.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", search_form(text).text))


def _year(group: str, form: str, more: int = 0) -> tuple[str, str]:
    """The year that a form names after one of the group's words, with so many years more, and what is left of the form."""
    for _, pattern in _patterns()[group]:
        match = pattern.search(form)
        if match is not None:
            return str(int(match["year"]) + more), f"{form[: match.start()]} {form[match.end() :]}"
    return "", form


def _found(group: str, form: str) -> tuple[tuple[str, ...], str]:
    """What of a group stands in a form, in order of place, and what is left of the form."""
    found: dict[str, int] = {}
    for name, pattern in _patterns()[group]:
        match = pattern.search(form)
        if match is not None:
            found[name] = match.start()
            form = pattern.sub(lambda m: " " * len(m[0]), form)
    return tuple(sorted(found, key=lambda name: found[name])), form


@cache
def _patterns() -> Mapping[str, Sequence[tuple[str, regex.Pattern[str]]]]:
    stored = toml_of("kb.answer.document_selection", "document_filters.toml")
    return {group: [(name, word_pattern(words)) for name, words in names.items()] for group, names in stored.items()}


def word_pattern(words: Sequence[str]) -> regex.Pattern[str]:
    """Any of the expressions where a word begins; in Japanese, which parts none, wherever it stands."""
    forms = [regex.sub(r"\p{Devanagari}+", lambda match: search_form(match[0]).text, word) for word in words]
    spaced = [form for form in forms if not _JAPANESE.search(form)]
    joined = [form for form in forms if _JAPANESE.search(form)]
    parts = ([rf"(?<![\p{{L}}\p{{M}}-])(?:{'|'.join(spaced)})"] if spaced else []) + joined
    return regex.compile("|".join(parts))
