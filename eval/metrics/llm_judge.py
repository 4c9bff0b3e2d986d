"""A language model says whether quotes bear out a statement; it is itself judged by people's labels.

The model is named by ``SETU_JUDGE`` as in ``SETU_LLM``; its prompts are ``prompts/judge``. A judge that is another model than the writer
is the better one: models prefer what they wrote themselves (Panickssery et al., 2024). How far any judge agrees with people is its
agreement beyond chance, and a share that it finds is corrected for its errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import regex

from eval.datasets.claims import Claim
from eval.datasets.written_sentences import verified_citation
from kb.errors import SettingsError
from kb.generate.chat_model import Chat, ChatError, LangChainChat, Message, model_name
from kb.generate.destinations import OUTSIDE, Destination
from kb.generate.streaming import Budget, OutOfTimeError, reply
from kb.records import Citation
from kb.settings import Settings, llm_key
from prompts.templates import identity, template


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a judge said of statements that people have labelled: counts of right and wrong yes and no."""

    right_yes: int
    wrong_yes: int
    right_no: int
    wrong_no: int

    @property
    def judged(self) -> int:
        """Statements in all."""
        return self.right_yes + self.wrong_yes + self.right_no + self.wrong_no

    @property
    def share(self) -> float:
        """Share of statements on which judge and people agree."""
        return (self.right_yes + self.right_no) / self.judged

    @property
    def kappa(self) -> float:
        """Agreement beyond chance (Cohen, 1960): 1 is perfect, 0 what two who do not look would reach."""
        yes, said = (self.right_yes + self.wrong_no) / self.judged, (self.right_yes + self.wrong_yes) / self.judged
        chance = yes * said + (1 - yes) * (1 - said)
        return (self.share - chance) / (1 - chance) if chance < 1 else 0.0

    @property
    def sensitivity(self) -> float | None:
        """Share of the supported that the judge calls supported; None where there is none."""
        return self.right_yes / (self.right_yes + self.wrong_no) if self.right_yes + self.wrong_no else None

    @property
    def specificity(self) -> float | None:
        """Share of the others that it does not; None where there is none."""
        return self.right_no / (self.right_no + self.wrong_yes) if self.right_no + self.wrong_yes else None

    def corrected(self, share: float) -> float | None:
        """The share that people would call supported where the judge calls ``share`` so (Rogan & Gladen, 1978), kept within 0 and 1.

        None where the judge tells no better than chance. It holds where the judge errs as often as on the labelled statements.
        """
        if self.sensitivity is None or self.specificity is None or self.sensitivity + self.specificity <= 1:
            return None
        return min(1.0, max(0.0, (share + self.specificity - 1) / (self.sensitivity + self.specificity - 1)))

    def report(self) -> dict[str, float | int | None]:
        """For a report: counts, shares rounded to four places."""
        shares = {"agreement": self.share, "kappa": self.kappa, "sensitivity": self.sensitivity, "specificity": self.specificity}
        return {"judged": self.judged, **{name: None if value is None else round(value, 4) for name, value in shares.items()}}


def agreement(said: Sequence[bool], labels: Sequence[bool]) -> Agreement:
    """Compare what a judge said with labels of people, statement by statement.

    Raises:
        ValueError: the lengths differ, or there is nothing to compare.
    """
    if len(said) != len(labels) or not said:
        raise ValueError(f"Labels are needed for each statement: {len(said)} judged, {len(labels)} labelled.")
    pairs = list(zip(said, labels, strict=True))
    return Agreement(
        right_yes=sum(a and b for a, b in pairs),
        wrong_yes=sum(a and not b for a, b in pairs),
        right_no=sum(not a and not b for a, b in pairs),
        wrong_no=sum(b and not a for a, b in pairs),
    )


_ANSWER = regex.compile(r'"support"\s*:\s*"(full|partial|none)"')
_LINE = regex.compile(r'^\s*\{"support"\s*:\s*"(?:full|partial|none)"\s*\}\s*\n', regex.MULTILINE)
"""What was asked for: after it nothing more is read, for weak models go on and on."""
MOST_CLAIMS = 100
"""Labelled claims that a judge is tried on: with these, the 95 % interval of a kappa near 0.5 is about ± 0.2."""


class JudgeError(Exception):
    """The judge gives no judgement: it cannot be reached, or nothing that it says can be read."""


@dataclass(slots=True)
class LlmJudge:
    """Asks a model. Equal questions are asked once. ``unread`` counts replies that were no judgement and count as *not supported*.

    ``withheld`` counts what it was not asked, since papers are quoted that are not to leave the house; see `sparing`.
    """

    chat: Chat
    most_tokens: int
    seconds: float
    destination: Destination = OUTSIDE
    asked: int = 0
    unread: int = 0
    withheld: int = 0
    _known: dict[str, bool] = field(default_factory=dict)

    def supports(self, statement: str, citations: Sequence[Citation]) -> bool:
        """See `eval.metrics.answer_quality.Supports`.

        Raises:
            JudgeError: the model cannot be reached, or takes longer than an answer may.
        """
        question = _question(statement, citations)
        if question not in self._known:
            self._known[question] = self._ask(question)
        return self._known[question]

    def sparing(
        self, in_house: Collection[int], instead: Callable[[str, Sequence[Citation]], bool]
    ) -> Callable[[str, Sequence[Citation]], bool]:
        """`supports`; where the model is outside the house, ``instead`` judges what cites a document of ``in_house``."""

        def supports(statement: str, citations: Sequence[Citation]) -> bool:
            if self.destination.inside or not any(citation.document_id in in_house for citation in citations):
                return self.supports(statement, citations)
            self.withheld += 1
            return instead(statement, citations)

        return supports

    def report(self) -> dict[str, Any]:
        """What was asked of which model under which prompts."""
        return {"model": self.chat.name, "prompt": identity("judge"), "asked": self.asked, "unread": self.unread, "withheld": self.withheld}

    def _ask(self, question: str) -> bool:
        messages: list[Message] = [("system", template("judge/system").fill()), ("human", question)]
        self.asked += 1
        said = ""
        try:
            with closing(reply(self.chat, messages, Budget(self.most_tokens, self.seconds))) as pieces:
                for piece in pieces:
                    said += piece
                    if _LINE.search(said):
                        break
        except (ChatError, OutOfTimeError) as error:
            reason = str(error) or f"it took longer than {self.seconds:g} s (SETU_LLM_SECONDS)"
            raise JudgeError(f"The judge {self.chat.name} gave no judgement: {reason}. Check SETU_JUDGE, or unset it.") from None
        # The last one: a model that thinks aloud may weigh the others first.
        found = _ANSWER.findall(said)
        self.unread += not found
        return bool(found) and found[-1] == "full"


def open_judge(settings: Settings) -> LlmJudge | None:
    """The judge of the settings, or None where ``SETU_JUDGE`` names none.

    ``SETU_LLM_KEY`` is sent to it only where it is at the same provider and address as ``SETU_LLM``, or where that is not set; else the
    provider's own variable holds the key, such as ``OPENAI_API_KEY``.

    Raises:
        SettingsError: it names no model.
        MissingExtraError: the package that reaches it is not installed.
    """
    if not settings.judge:
        return None
    try:
        named = model_name(settings.judge)
        writer = model_name(settings.llm) if settings.llm else named
    except SettingsError as error:
        raise SettingsError(f"SETU_JUDGE={settings.judge} or SETU_LLM cannot be used. {error}") from error
    same = (named.provider, named.url) == (writer.provider, writer.url)
    chat = LangChainChat(named, llm_key(settings) if same else None)
    return LlmJudge(chat, settings.llm_tokens, settings.llm_seconds, chat.destination(settings.inside_hosts))


def against_people(judge: LlmJudge, claims: Sequence[Claim], most: int = MOST_CLAIMS) -> Agreement:
    """How well the judge agrees with people on whether all of a claim is supported; claims are taken evenly over the list.

    Raises:
        JudgeError: as `LlmJudge.supports`.
    """
    chosen = claims[:: max(1, -(-len(claims) // most))]
    said = [judge.supports(claim.text, [verified_citation(text) for text in claim.evidence]) for claim in chosen]
    return agreement(said, [claim.supported for claim in chosen])


def _question(statement: str, citations: Sequence[Citation]) -> str:
    quotes = "\n".join(
        json.dumps({"title": c.document, "heading": " › ".join(c.path), "quote": c.quote}, ensure_ascii=False) for c in citations
    )
    return template("judge/question").fill(quotes=quotes, statement=json.dumps(statement, ensure_ascii=False))
