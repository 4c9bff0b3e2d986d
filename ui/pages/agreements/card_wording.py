"""What stands on a card, in the words of one language: its values, and by when something is due.

Page, terminal and files say it alike. It also says which documents a card can be made of, the latest first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import regex

from kb.agreements.card_records import Deadline, Entry, Field, Obligation
from kb.agreements.obligation_register import Row
from kb.records import DocumentInfo
from kb.user_records import Handling
from lang.languages import LANGUAGES, Language
from ui.components.i18n import Strings


def agreements(documents: Iterable[DocumentInfo]) -> list[DocumentInfo]:
    """The agreements in use, the latest first, those without a date last."""
    found = [info for info in documents if info.kind == "agreement" and info.in_use]
    return sorted(found, key=lambda info: (info.date is None, -(info.date or date.min).toordinal(), info.title))


_DAY: Final = regex.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LENGTH: Final = regex.compile(r"(?P<count>[0-9]+) (?P<unit>day|week|month|year)s?")
_RENEWAL: Final = regex.compile(r"(?P<how>automatic|by agreement)(?:, for (?P<period>.+))?")
_LANGUAGES: Final = regex.compile(r"(?P<made>[a-z ]+?)(?:; (?:prevails (?P<prevails>[a-z]{2})|(?P<equal>equal)))?")
QUOTED: Final[frozenset[Field]] = frozenset(
    {"purpose", "area", "costs", "confidentiality", "disputes", "legal", "amendment", "termination"}
)
"""Fields whose value is the paper's own sentence, in its language."""


def value_words(entry: Entry, words: Strings) -> str:
    """A value as people are shown it: a day written out, a length of time in words, a person with office and side."""
    value = entry.value
    if entry.field in QUOTED:
        return value
    if entry.field in ("signed", "effective"):
        if value == "on signature":
            return words("cards.on_signature")
        return words.date(date.fromisoformat(value)) if _DAY.fullmatch(value) else value
    if entry.field in ("term", "notice"):
        return length_words(value, words)
    if entry.field == "renewal":
        return renewal_words(value, words)
    if entry.field == "languages" and (match := _LANGUAGES.fullmatch(value)):
        made = " · ".join(words(f"language.{one}") for one in match["made"].split() if one in LANGUAGES)
        if match["prevails"] in LANGUAGES:
            return words("cards.prevails", languages=made, language=words(f"language.{match['prevails']}"))
        return words("cards.equal", languages=made) if match["equal"] else made
    if entry.field in ("signatory", "contact"):
        return " · ".join(part.strip() for part in value.split("|") if part.strip())
    return value


def value_language(entry: Entry, paper: Language, words: Strings) -> Language:
    """The language of `value_words`: that of the page where they are words of ours, else that of the paper."""
    own = entry.field in ("signatory", "contact") or value_words(entry, words) == entry.value
    return paper if own else words.language


def length_words(value: str, words: Strings) -> str:
    """A length of time such as ``3 years``; any other text is left as it is."""
    match = _LENGTH.fullmatch(value)
    return words.count(f"cards.unit.{match['unit']}", int(match["count"])) if match is not None else value


def renewal_words(value: str, words: Strings) -> str:
    """How an agreement goes on, such as ``automatic, for 2 years``; any other text is left as it is."""
    match = _RENEWAL.fullmatch(value)
    if match is None:
        return value
    said = words("cards.renewal_automatic" if match["how"] == "automatic" else "cards.renewal_agreed")
    return f"{said} · {length_words(match['period'], words)}" if match["period"] else said


def deadline_words(one: Obligation, words: Strings) -> str:
    """By when: the day where one can be told, with the time limit it follows from; "" where the clause sets none."""
    deadline = one.deadline
    due = words.date(one.due) if one.due else ""
    if deadline is None or deadline.day is not None:
        return words("cards.by", date=due) if due else ""
    if deadline.every is None and deadline.unit is None:
        return words("cards.by", date=due) if due else deadline.text
    if deadline.every:
        said = every_words(deadline, words)
    else:
        said = words("cards.ahead" if deadline.ahead else "cards.within", time=limit_words(deadline, words))
    return f"{said} · {words('cards.by', date=due)}" if due else said


def every_words(deadline: Deadline, words: Strings) -> str:
    """How often."""
    return words(f"cards.every.{(deadline.every or '').replace(' ', '_')}")


def limit_words(deadline: Deadline, words: Strings) -> str:
    """A time limit: "60 days"."""
    return words.count(f"cards.unit.{deadline.unit}", deadline.count)


def force_words(one: Obligation, words: Strings) -> str:
    """With what force: "shall", "may" …, in the language of the page."""
    return words(f"cards.force.{one.force}")


def actor_words(one: Obligation, words: Strings) -> str:
    """Who: the paper's own name for it, or that it names nobody."""
    return one.actor or words("cards.nobody")


def day_names(words: Strings) -> dict[str, str]:
    """What the days of an agreement are called in a calendar."""
    return {name: words(f"cards.day.{name}") for name in ("signed", "effective", "ends", "notify")} | {"owner": words("cards.owner")}


def state_words(handling: Handling, words: Strings) -> str:
    """How far an obligation is, and of what returns, through which day it is done."""
    done = words("cards.done_through", date=words.date(handling.through)) if handling.through is not None else ""
    return " · ".join(part for part in (done, words(f"cards.state.{handling.now}")) if part)


def set_words(handling: Handling, words: Strings) -> str:
    """Who set it, and when."""
    day = words.date(handling.at.date())
    return words("cards.set_by", who=handling.who, date=day) if handling.who else words("cards.set_by_person", date=day)


def when_words(row: Row, words: Strings) -> str:
    """By when a row of the overview is due, with what is known of a day that cannot be told."""
    said = deadline_words(row.one, words)
    if row.one.deadline is None or row.one.due is not None:
        return said
    more = []
    if row.one.deadline.every is not None:
        if row.day is not None:
            more.append(words("cards.counted" if row.counted else "cards.next", date=words.date(row.day)))
        more += [words("cards.last", date=words.date(row.last))] if row.last is not None else []
        more += [words("cards.over")] if row.over else []
    elif row.due == "relative":
        more.append(words("cards.not_dated_ahead" if row.one.deadline.ahead else "cards.not_dated"))
    return " · ".join(part for part in (said, *more) if part)
