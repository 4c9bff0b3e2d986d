"""Conversations by the day on which they were last gone on with, as the reader's clock has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.talk import TalkInfo
from ui.i18n import Strings


def zone(name: str | None) -> tzinfo:
    """The time zone of a browser, such as ``Asia/Kolkata``; UTC where it names none that is known here."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def local(moment: datetime, at: tzinfo) -> datetime:
    """A moment that is kept in UTC, on the reader's clock."""
    return moment.replace(tzinfo=UTC).astimezone(at)


def by_day(talks: Iterable[TalkInfo], at: tzinfo) -> list[tuple[date, list[TalkInfo]]]:
    """The conversations, which come the last changed first, under their days."""
    return [(day, list(some)) for day, some in groupby(talks, key=lambda talk: local(talk.changed, at).date())]


def day_words(day: date, today: date, words: Strings) -> str:
    """``Today``, ``Yesterday``, or the date."""
    if day == today:
        return words("history.today")
    return words("history.yesterday") if day == today - timedelta(days=1) else words.date(day)
