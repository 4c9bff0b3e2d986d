"""A language model says whether quotes bear out a statement; it is itself judged by people's labels.

The model is named by ``SETU_JUDGE`` as in ``SETU_LLM``; its prompts are ``prompts/judge``. A judge that is another model than the writer
is the better one: models prefer what they wrote themselves (Panickssery et al., 2024).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import regex

from eval.agreement import Agreement, agreement
from eval.judging import citation
from eval.wice import Claim
from kb.errors import SettingsError
from kb.generate.budget import Budget, OutOfTimeError
from kb.generate.chat import Chat, ChatError, LangChainChat, Message, model_name
from kb.generate.stream import reply
from kb.records import Citation
from kb.secrets import llm_key
from kb.settings import Settings
from prompts.templates import identity, template

_ANSWER = regex.compile(r'"support"\s*:\s*"(full|partial|none)"')
_LINE = regex.compile(r'^\s*\{"support"\s*:\s*"(?:full|partial|none)"\s*\}\s*\n', regex.MULTILINE)
"""What was asked for: after it nothing more is read, for weak models go on and on."""
MOST_CLAIMS = 100
"""Labelled claims that a judge is tried on: with these, the 95 % interval of a kappa near 0.5 is about ± 0.2."""


class JudgeError(Exception):
    """The judge gives no judgement: it cannot be reached, or nothing that it says can be read."""


@dataclass(slots=True)
class LlmJudge:
    """Asks a model. Equal questions are asked once. ``unread`` counts replies that were no judgement and count as *not supported*."""

    chat: Chat
    most_tokens: int
    seconds: float
    asked: int = 0
    unread: int = 0
    _known: dict[str, bool] = field(default_factory=dict)

    def supports(self, statement: str, citations: Sequence[Citation]) -> bool:
        """See `eval.alce.Supports`.

        Raises:
            JudgeError: the model cannot be reached, or takes longer than an answer may.
        """
        question = _question(statement, citations)
        if question not in self._known:
            self._known[question] = self._ask(question)
        return self._known[question]

    def report(self) -> dict[str, Any]:
        """What was asked of which model under which prompts."""
        return {"model": self.chat.name, "prompt": identity("judge"), "asked": self.asked, "unread": self.unread}

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
    return LlmJudge(LangChainChat(named, llm_key(settings) if same else None), settings.llm_tokens, settings.llm_seconds)


def against_people(judge: LlmJudge, claims: Sequence[Claim], most: int = MOST_CLAIMS) -> Agreement:
    """How well the judge agrees with people on whether all of a claim is supported; claims are taken evenly over the list.

    Raises:
        JudgeError: as `LlmJudge.supports`.
    """
    chosen = claims[:: max(1, -(-len(claims) // most))]
    said = [judge.supports(claim.text, [citation(text) for text in claim.evidence]) for claim in chosen]
    return agreement(said, [claim.supported for claim in chosen])


def _question(statement: str, citations: Sequence[Citation]) -> str:
    quotes = "\n".join(
        json.dumps({"title": c.document, "heading": " › ".join(c.path), "quote": c.quote}, ensure_ascii=False) for c in citations
    )
    return template("judge/question").fill(quotes=quotes, statement=json.dumps(statement, ensure_ascii=False))
