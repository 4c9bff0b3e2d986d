"""Who asks by a path for programs, as those paths see it: the knowledge base in their view, and how often they may ask."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.errors import AccessError, KnowledgeBaseError

if TYPE_CHECKING:
    from kb import KnowledgeBase


class TooOftenError(KnowledgeBaseError):
    """So many questions were asked in the last minute that the next must wait; ``seconds`` says how long."""

    def __init__(self, seconds: float) -> None:
        self.seconds = math.ceil(seconds)
        super().__init__(f"Too many questions in the last minute. Ask again in {self.seconds} seconds.")


def _never() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """The knowledge base as one asker sees it.

    ``wait`` counts a question and returns 0, or the seconds until one may be asked. ``identity`` tells askers apart, "" where nobody signs
    in. ``address`` is where the chat is reached, for links to passages.
    """

    kb: KnowledgeBase
    identity: str = ""
    wait: Callable[[], float] = _never

    @property
    def address(self) -> str:
        """Where the chat is reached."""
        return self.kb.settings.address

    def count_question(self) -> None:
        """Count a question that is about to be asked.

        Raises:
            TooOftenError: as many were asked in the last minute as may be.
        """
        if seconds := self.wait():
            raise TooOftenError(seconds)


class NotLetInError(AccessError):
    """Who sent a request is not let in; ``status`` of HTTP says why: 401 for no key or one that opens nothing, 403 for a wrong place."""

    def __init__(self, message: str, status: int = 401, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
