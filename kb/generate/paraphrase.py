"""A language model words quotes anew, or in another language; each wording is held against the quote it is made of.

The model sees each quote under a key, as in an answer (`kb.generate.grounding`). What it gives back for a key is judged against the
citations of that key alone, whatever it says of others; what fails is sent back once with the reasons.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from kb import event_log
from kb.generate.chat_model import ChatError, Message
from kb.generate.draft_parser import Draft, Reader
from kb.generate.grounding import EVIDENCE_KEY, MOST_CHARS, defused
from kb.generate.streaming import Budget, OutOfTimeError, reply, tokens
from kb.generate.writer import REASONS, Fault, Pen
from kb.records import Citation, Finding, Status, Verdict
from kb.sanitize import addresses, plain
from kb.verify.prompt_injection import addressed_from, only_told
from lang.languages import Language, detect
from prompts.phrases import phrase
from prompts.templates import identity, in_language, template

log = logging.getLogger(__name__)

BATCH: Final = 8
"""Quotes of one request."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quote to be worded anew; ``citations`` are what the wording may rest on, the quote first."""

    id: str
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a model made of a quote, and what the check says of it."""

    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What became of it: the wordings by id. Those that failed are left out, or are there as unsupported where the setting is ``mark``.

    ``fault`` is why the model gave none or broke off; what was worded before that counts. ``withheld`` quotes are of papers that are not
    to leave the house, where the model is outside.
    """

    wordings: Mapping[str, Wording]
    fault: Fault | None
    model: str
    prompt: str
    withheld: int = 0
    again: str = ""
    """When there are more tokens, where those of the day are spent."""


@dataclass(slots=True)
class _Sheet:
    language: Language
    pen: Pen
    budget: Budget
    drafts: int = 0
    found: dict[str, Wording] = field(default_factory=dict)

    def read(self, messages: Sequence[Message], batch: Mapping[str, Wanted]) -> Iterator[tuple[Wanted, Wording]]:
        """What the model makes of each quote of a batch, the first wording of each."""
        reader, seen = Reader(), set[str]()
        with closing(reply(self.pen.chat, messages, self.budget)) as pieces:
            for piece in pieces:
                for draft in reader.feed(piece):
                    self.drafts += 1
                    key = _key(draft)
                    if key in batch and key not in seen:
                        seen.add(key)
                        yield batch[key], self.judged(draft, batch[key])
                    self.budget.check()
                if len(seen) == len(batch) or self.drafts > 4 * BATCH:
                    return

    def judged(self, draft: Draft, wanted: Wanted) -> Wording:
        """A wording with its verdict: also unsupported where it names an address, obeys an order or is no single sentence."""
        text = plain(draft.text)
        if len(text) > MOST_CHARS:
            return Wording(text, Verdict("unsupported", 0.0, (Finding("scope", text[:40]),), self.pen.verifier.scorer.name))
        judged = self.pen.verifier.judge(text, wanted.citations)
        quotes = [citation.quote for citation in wanted.citations]
        found = [Finding("link", one) for one in addresses(text) if not any(one in quote for quote in quotes)]
        if word := only_told(text, quotes):
            found.append(Finding("instruction", word))
        if not text:
            found.append(Finding("scope", text))
        status: Status = "unsupported" if found else judged.status
        spoken = detect(text, self.language)
        if spoken not in (self.language, "und"):
            found.append(Finding("language", spoken))
            status = "unsupported"
        return Wording(text, Verdict(status, judged.support, (*found, *judged.findings), judged.scorer))


def rewrite(
    wanted: Sequence[Wanted],
    language: Language,
    pen: Pen,
    stopped: Callable[[int], bool] = lambda _done: False,
    in_house: Collection[int] = (),
) -> Rewritten:
    """Word quotes in a language, in requests of `BATCH`; each request has the tokens and seconds of one answer.

    Args:
        wanted: the quotes; one that speaks to a program is left as it is.
        language: what they are to be in.
        pen: the model, the check and the limits.
        stopped: asked between requests, with how many quotes are done; once it says yes, the rest is left as it is.
        in_house: documents of which nothing may go to a model outside the house; what rests on one is left as it is.
    """
    found: dict[str, Wording] = {}
    fault: Fault | None = None
    drafts = 0
    kept = () if pen.destination.inside else in_house
    sent = [one for one in wanted if not any(citation.document_id in kept for citation in one.citations)]
    safe = [one for one in sent if addressed_from(one.text) is None]
    for start in range(0, len(safe), BATCH):
        if stopped(start):
            break
        if not (taken := pen.purse.take(pen.tokens)):
            fault = "spent"
            break
        sheet = _Sheet(language, pen, Budget(taken, pen.seconds))
        try:
            fault = _batch(sheet, safe[start : start + BATCH])
        finally:
            pen.purse.settle(taken, sheet.budget.spent)
            _log(sheet, len(safe[start : start + BATCH]), fault)
        found |= sheet.found
        drafts += sheet.drafts
        if fault is not None:
            break
    if fault is None and safe and not any(one.verdict.status != "unsupported" for one in found.values()):
        fault = "unverified" if drafts else "garbled"
    if wanted and not sent:
        fault = "in_house"
    return Rewritten(found, fault, pen.chat.name, identity("training"), len(wanted) - len(sent), pen.purse.again)


def _log(sheet: _Sheet, lines: int, fault: Fault | None) -> None:
    cost, host = sheet.budget, sheet.pen.destination.host
    tokens_in, ms = cost.prompted, round(cost.seconds_spent * 1000)
    event_log.event(
        "worded", model=sheet.pen.model, host=host, passages=lines, tokens_in=tokens_in, tokens_out=cost.received, ms=ms, fault=fault
    )


def _batch(sheet: _Sheet, part: Sequence[Wanted]) -> Fault | None:
    """Word some quotes; returns why the model broke off, if it did."""
    batch = {f"E{at}": one for at, one in enumerate(part, start=1)}
    messages = _asked(batch, sheet.language)
    failed: dict[str, Wording] = {}
    try:
        for one, wording in sheet.read(messages, batch):
            (failed if wording.verdict.status == "unsupported" else sheet.found)[one.id] = wording
        if failed and sheet.budget.tokens_left > 2 * sum(tokens(text) for _, text in messages):
            again = {key: one for key, one in batch.items() if one.id in failed}
            for one, wording in sheet.read(_repair(messages, again, failed, sheet.language), again):
                failed[one.id] = wording
                if wording.verdict.status != "unsupported":
                    sheet.found[one.id] = failed.pop(one.id)
    except OutOfTimeError:
        log.warning("The language model %s took longer than %s s (SETU_LLM_SECONDS).", sheet.pen.chat.name, sheet.pen.seconds)
        return "slow"
    except ChatError as error:
        log.warning("The language model %s gave no answer: %s", sheet.pen.chat.name, error)
        return "key" if error.refused_key else "down"
    finally:
        if sheet.pen.failing == "mark":
            sheet.found |= failed
    return None


def _asked(batch: Mapping[str, Wanted], language: Language) -> list[Message]:
    lines = [
        json.dumps({"key": key, "language": one.citations[0].language, "text": defused(one.text)}, ensure_ascii=False)
        for key, one in batch.items()
    ]
    name = phrase(f"language.{language}", "en")
    return [
        ("system", template("training/system").fill(language=name)),
        ("human", template("training/lines").fill(lines="\n".join(lines), in_language=in_language(language))),
    ]


def _repair(messages: Sequence[Message], again: Mapping[str, Wanted], failed: Mapping[str, Wording], language: Language) -> list[Message]:
    said = [{"text": failed[one.id].text, "quotes": [{"key": key}]} for key, one in again.items()]
    wrong = [
        {"key": key, "text": failed[one.id].text, "wrong": [_reason(finding) for finding in failed[one.id].verdict.findings]}
        for key, one in again.items()
    ]
    as_lines = ["\n".join(json.dumps(one, ensure_ascii=False) for one in many) for many in (said, wrong)]
    return [
        *messages,
        ("ai", as_lines[0]),
        ("human", template("training/repair").fill(failed=as_lines[1], in_language=in_language(language))),
    ]


def _reason(finding: Finding) -> str:
    instead = f"; the sentence has: {finding.shown}" if finding.shown else ""
    return f"{REASONS[finding.check]}: {finding.said}{instead}"


def _key(draft: Draft) -> str:
    match = EVIDENCE_KEY.fullmatch(draft.quotes[0][0].strip(" []【】()")) if draft.quotes else None
    return f"E{int(match[1])}" if match else ""
