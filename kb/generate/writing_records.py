"""What is told of a language model that writes an answer: that one waits for it, what it was sent, and what that came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """As many answers are being written as may be; this one is the ``place``-th in the queue. Told again every second."""

    place: int


@dataclass(frozen=True, slots=True)
class Writing:
    """So many passages were sent to a model on a host, which writes. Told again every second in which nothing came."""

    model: str
    host: str
    passages: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What a language model was sent for an answer, without a word of it: passages, tokens of all prompts and of all output.

    ``seconds`` is the time of writing, checks included; ``fault`` why it gave nothing, or broke off, "" where it did neither.
    """

    model: str
    host: str
    passages: int
    tokens_in: int
    tokens_out: int
    seconds: float
    fault: str = ""


class Purse(Protocol):
    """What may be spent today; see `kb.store.user_data.model_usage.DayBudget`."""

    @property
    def again(self) -> str:
        """When there is more, as people read it."""

    def take(self, most: int) -> int:
        """Set tokens aside: so many at most, 0 where too few are left."""

    def settle(self, taken: int, spent: int) -> None:
        """Give back what was set aside and not spent."""
