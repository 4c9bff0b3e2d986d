"""A language model tried out: what its server offers, a sentence in each language, and how long an answer would take.

No paper is sent: the sentences are about rain, and a register of made-up lines is as long as the passages of an answer. Everything is held
to the limits that hold for answers (`kb.generate.http_limits`, `kb.generate.streaming`).
"""

from __future__ import annotations

import queue
import statistics
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal, Protocol, TypeAlias

import regex

from kb.generate.chat_model import Chat, ChatError, Message
from kb.generate.streaming import Budget, OutOfTimeError, reply, tokens
from lang.languages import LANGUAGES, Language, detect
from prompts.phrases import phrase
from prompts.templates import in_language, template

Pace: TypeAlias = Literal["fast", "part", "slow"]
"""Whether a model can write the longest answer in the time that one has, only part of it, or not even one statement."""

LIST_S: Final = 15.0
"""How long the list of models is waited for."""
STATEMENT_TOKENS: Final = 200
"""What one statement with its quotes takes; the writer begins no repair with fewer."""
MOST_SHOWN: Final = 400
"""Characters of what a model wrote that are kept: a sentence was asked for."""
_ENDLESS: Final = 1.9
"""Times the tokens that were allowed: `kb.generate.streaming.reply` leaves at twice as many."""
_THOUGHT: Final = regex.compile(r"<think>.*?(?:</think>|\Z)", regex.DOTALL)


class Offering(Chat, Protocol):
    """A model whose server may say what else it has."""

    def models(self, seconds_left: Callable[[], float]) -> tuple[str, ...]:
        """See `kb.generate.chat_model.LangChainChat.models`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The models that the server lists; none where it lists none, with the reason in ``fault`` where that is an error."""

    models: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was written when a language was asked for; in seconds from the request, and tokens as Setu reckons them.

    ``fault``: why there is nothing, or no more of it; ``slow`` where the time was over.
    """

    language: Language
    text: str = ""
    written_in: Language = "und"
    first_s: float = 0.0
    whole_s: float = 0.0
    rate: float = 0.0
    fault: str = ""
    slow: bool = False
    refused_key: bool = False

    @property
    def right(self) -> bool:
        """Whether it is in the language that was asked for."""
        return bool(self.text) and not self.fault and not self.slow and self.written_in == self.language


@dataclass(frozen=True, slots=True)
class Length:
    """How long it took to the first word after a prompt as long as that of an answer."""

    first_s: float = 0.0
    fault: str = ""
    slow: bool = False


Step: TypeAlias = Offer | Sentence | Length


@dataclass(slots=True)
class Trial:
    """What was found so far."""

    most_tokens: int
    seconds: float
    sentences: list[Sentence] = field(default_factory=list)
    length: Length | None = None

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those that it wrote when it was asked to."""
        return tuple(one.language for one in self.sentences if one.right)

    @property
    def broke_off(self) -> Sentence | None:
        """The sentence that the trial ended with, because the others would have fared no better."""
        return next((one for one in self.sentences if one.fault or one.slow), None)

    @property
    def answer_s(self) -> float | None:
        """About how many seconds the longest answer would take, without its checking; None where that is not known."""
        if (rate := self._rate) is None or self.length is None or self.length.fault or self.length.slow:
            return None
        return self.length.first_s + Budget(self.most_tokens, self.seconds).for_output / rate

    @property
    def share(self) -> float:
        """How much of the longest answer is written in the time of one, of 1."""
        if (rate := self._rate) is None or self.length is None or self.length.fault or self.length.slow:
            return 0.0
        written = max(0.0, self.seconds - self.length.first_s) * rate
        return min(1.0, written / Budget(self.most_tokens, self.seconds).for_output)

    @property
    def pace(self) -> Pace | None:
        """Whether it is fast enough for answers; None where that was not measured."""
        if self.length is None or (self._rate is None and not self.length.slow) or (self.length.fault and not self.length.slow):
            return None
        if self.share >= 1.0:
            return "fast"
        return "part" if self.share * Budget(self.most_tokens, self.seconds).for_output >= STATEMENT_TOKENS else "slow"

    @property
    def _rate(self) -> float | None:
        rates = [one.rate for one in self.sentences if one.rate and not one.fault]
        return statistics.median(rates) if rates else None


def try_out(chat: Offering, trial: Trial) -> Generator[Step, None, None]:
    """Yield what is found as it is found, and take it down in ``trial``. Closing the iterator ends what is being asked.

    It ends early where the model gives no sentence for a reason that holds for the others too: no answer, a refused key, no time.
    """
    yield offer(chat, min(LIST_S, trial.seconds))
    for language in LANGUAGES:
        sentence = _sentence(chat, language, Budget(trial.most_tokens, trial.seconds))
        trial.sentences.append(sentence)
        yield sentence
        if sentence.fault or sentence.slow:
            return
    trial.length = _length(chat, Budget(trial.most_tokens, trial.seconds))
    yield trial.length


def offer(chat: Offering, seconds: float) -> Offer:
    """The models that the server lists. A thread reads them, so that a server that says nothing can be left when the time is over."""
    until = time.monotonic() + seconds
    found: queue.SimpleQueue[Offer] = queue.SimpleQueue()

    def read() -> None:
        try:
            found.put(Offer(chat.models(lambda: max(0.0, until - time.monotonic()))))
        except ChatError as error:
            found.put(Offer(fault=str(error)))

    threading.Thread(target=read, name="setu-llm", daemon=True).start()
    try:
        return found.get(timeout=seconds)
    except queue.Empty:
        return Offer(fault=f"no list came within {seconds:g} s")


def _sentence(chat: Chat, language: Language, budget: Budget) -> Sentence:
    prompt = template("trial/sentence").fill(language=phrase(f"language.{language}", "en"), in_language=in_language(language))
    said, first_s, whole_s, error = _written(chat, [("human", prompt)], budget)
    text = " ".join(_THOUGHT.sub("", said).split())
    # A server that sends all at once shows only how long the whole took.
    writing = whole_s - first_s if whole_s - first_s > first_s / 100 else whole_s
    rate = tokens(said) / writing if said and writing > 0 else 0.0
    fault = str(error) if isinstance(error, ChatError) else ""
    if tokens(said) > _ENDLESS * budget.for_output:
        fault = f"it went on past the {budget.for_output} tokens that it was told to stop at"
    return Sentence(
        language, text[:MOST_SHOWN], detect(text), first_s, whole_s, rate, fault,
        slow=isinstance(error, OutOfTimeError),
        refused_key=isinstance(error, ChatError) and error.refused_key,
    )  # fmt: skip


def _length(chat: Chat, budget: Budget) -> Length:
    lines: list[str] = []
    spent = 0
    for number in count(1):
        line = f"Entry {number}: on day {number * 37 % 365} the office took in {number * 61 % 97} letters and sent {number * 17 % 89}."
        if spent + tokens(line) > budget.for_evidence:
            break
        lines.append(line)
        spent += tokens(line)
    prompt = template("trial/length").fill(lines="\n".join(lines), language="English", in_language=in_language("en"))
    said, first_s, _, error = _written(chat, [("human", prompt)], budget)
    if isinstance(error, ChatError):
        return Length(first_s, str(error))
    # The first word tells all that is asked here, also where the time was over before the last.
    return Length(first_s, slow=not said)


def _written(chat: Chat, messages: list[Message], budget: Budget) -> tuple[str, float, float, ChatError | OutOfTimeError | None]:
    """What was written, the seconds to the first of it and to the last, and what ended it before its end."""
    started = time.monotonic()
    said, first, last = "", 0.0, 0.0
    try:
        with closing(reply(chat, messages, budget)) as pieces:
            for piece in pieces:
                if piece:
                    last = time.monotonic() - started
                    first = first or last
                    said += piece
    except (ChatError, OutOfTimeError) as error:
        return said, first, last, error
    return said, first, last, None
