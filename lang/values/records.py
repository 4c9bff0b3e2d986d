"""Days and lengths of time as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Calendar: TypeAlias = Literal["gregorian", "japanese", "saka", "vikram"]
Precision: TypeAlias = Literal["day", "month", "year", "fiscal_year", "month_day"]
Unit: TypeAlias = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class When:
    """A date as exactly as it is written: a part that is not written is None and is never filled in.

    Years are Gregorian for the calendars ``gregorian`` and ``japanese`` (era years are converted); of a ``saka`` or ``vikram`` date
    ``year`` is that calendar's own and `day_value` is None. A fiscal year has the year in which it begins.
    """

    year: int | None
    month: int | None = None
    day: int | None = None
    calendar: Calendar = "gregorian"
    fiscal: bool = False

    @property
    def precision(self) -> Precision:
        """The smallest part that is written."""
        if self.fiscal:
            return "fiscal_year"
        if self.year is None:
            return "month_day"
        return "day" if self.day is not None else "month" if self.month is not None else "year"

    @property
    def day_value(self) -> date | None:
        """The day, where all of it is written and in our calendar."""
        if self.calendar in ("saka", "vikram") or self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    def __str__(self) -> str:
        """ISO 8601 as far as it goes: 2025-03-12, 2025-03, 2025, --03-12; a fiscal year as 2025/26."""
        if self.fiscal and self.year is not None:
            return f"{self.year}/{(self.year + 1) % 100:02}"
        year = "-" if self.year is None else f"{self.year:04}"
        parts = "".join(f"-{part:02}" for part in (self.month, self.day) if part is not None)
        return f"{year}{parts}" if self.calendar in ("gregorian", "japanese") else f"{self.calendar} {year}{parts}"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as written: 18 months stay 18 months."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"
