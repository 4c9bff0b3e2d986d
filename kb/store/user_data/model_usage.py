"""What language models cost on each day, by person: counted in the catalogue, so that a limit holds across processes.

Tokens are set aside before a prompt is sent, and what was not spent is given back. Who is not signed in counts as one person.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, select

from kb import event_log
from kb.auth.roles import ANYONE, Reader
from kb.errors import KnowledgeBaseError
from kb.settings import Settings
from kb.store.catalogue import Catalogue
from kb.store.schema import model_usage

LEAST: Final = 1000
"""Tokens with which an answer can be written, as the least that ``SETU_LLM_TOKENS`` may be."""
KEPT: Final = timedelta(days=31)
"""How long the counts of a day are kept."""


class DayBudget:
    """What a reader, and all readers together, may have language models cost on a day; 0: no limit, and nothing is counted."""

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE, *, person: int = 0, everybody: int = 0) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._person = person
        self._everybody = everybody

    @classmethod
    def of(cls, settings: Settings, catalogue: Catalogue, reader: Reader) -> DayBudget:
        """What the settings allow a reader."""
        return cls(catalogue, reader, person=settings.llm_day_person, everybody=settings.llm_day)

    def take(self, most: int) -> int:
        """Set tokens aside: so many at most, 0 where too few are left for an answer.

        Raises:
            KnowledgeBaseError: the catalogue cannot be written.
        """
        if not (self._person or self._everybody):
            return most
        today = _now().date()
        with self._catalogue.keeping("What the language model may cost", self._reader) as conn:
            conn.execute(delete(model_usage).where(model_usage.c.day < today - KEPT))
            spent = select(func.coalesce(func.sum(model_usage.c.tokens), 0)).where(model_usage.c.day == today)
            taken = most
            for limit, query in ((self._everybody, spent), (self._person, spent.where(model_usage.c.who == self._reader.id))):
                taken = min(taken, limit - int(conn.scalar(query) or 0)) if limit else taken
            if taken < min(LEAST, most):
                return 0
            self._add(conn, taken)
        return taken

    def settle(self, taken: int, spent: int) -> None:
        """Give back what was set aside and not spent; where that cannot be written down, it counts as spent."""
        if not (self._person or self._everybody):
            return
        try:
            with self._catalogue.keeping("What the language model cost", Reader(self._reader.name, id=self._reader.id)) as conn:
                self._add(conn, spent - taken)
        except KnowledgeBaseError as error:  # an answer that was given is not taken back
            event_log.failure("budget", error)

    @property
    def again(self) -> str:
        """When the next day begins, by the clock of the server: ``2026-03-05 00:00 IST``."""
        begins = datetime.combine(_now().date() + timedelta(days=1), time()).astimezone()
        return f"{begins:%Y-%m-%d %H:%M %Z}"

    def _add(self, conn: Connection, tokens: int) -> None:
        mine = (model_usage.c.day == _now().date()) & (model_usage.c.who == self._reader.id)
        if not conn.execute(model_usage.update().where(mine).values(tokens=model_usage.c.tokens + tokens)).rowcount:
            conn.execute(model_usage.insert().values(day=_now().date(), who=self._reader.id, tokens=max(0, tokens)))


def _now() -> datetime:
    return datetime.now()
