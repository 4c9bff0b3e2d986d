"""The passages that a model sees: each under a key, as a line of JSON that no text in it can leave."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import regex

from kb.generate.budget import tokens
from kb.generate.plain import invisible_out
from kb.records import Hit, Statement
from kb.verify.citations import overlap
from kb.verify.instructions import addressed_from

MOST = 12
_CONTROL = regex.compile(
    r"<\|[^<>|]{0,40}\|>|</?(?:start_of_turn|end_of_turn|bos|eos|s|system|assistant|user|think|tool_call)>|\[/?(?:INST|SYS)\]|<</?SYS>>",
    regex.IGNORECASE,
)
"""What models take for the end of a turn or the words of another speaker."""
_FAKE_KEY = regex.compile(r"[\[【]\s*(E\s?\p{Nd}{1,3})\s*[\]】]", regex.IGNORECASE)
_ADDRESS = regex.compile(r"(?:https?|ftp|javascript|data|file):(?://)?\S+", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """A passage under its key."""

    key: str
    hit: Hit

    @property
    def line(self) -> str:
        """The passage as the model is shown it."""
        hit = self.hit
        shown = {
            "key": self.key,
            "document": defused(hit.document),
            "kind": hit.kind,
            "date": hit.date.isoformat() if hit.date else None,
            "place": defused(" › ".join(hit.path)),
            "language": hit.language,
            "text": defused(hit.text[: addressed_from(hit.text)]),
        }
        return json.dumps(shown, ensure_ascii=False)


def defused(text: str) -> str:
    """The text without what could end its line, speak for another, pass for a key of ours, or be an address."""
    text = _CONTROL.sub(" ", invisible_out(text))
    return _ADDRESS.sub("(address)", _FAKE_KEY.sub(r"(\1)", text))


def gather(hits: Sequence[Hit], quoted: Sequence[Statement], most_tokens: int, language: str) -> dict[str, Item]:
    """The passages for a question, by key.

    First come those that the extractive answer quotes; then the others as they were found, those in the question's language and those in
    other languages taking turns. As many as fit, at least one; none that begins with words to a program, and of others not what follows
    such words.

    Args:
        hits: what was found, best first.
        quoted: the extractive answer.
        most_tokens: room for all of them.
        language: that of the question.
    """
    chosen: dict[str, Item] = {}
    left = most_tokens
    for hit in _in_turns(hits, quoted, language):
        if addressed_from(hit.text) == 0:
            continue
        item = Item(f"E{len(chosen) + 1}", hit)
        cost = tokens(item.line)
        if chosen and cost > left:
            continue
        left -= cost
        chosen[item.key] = item
        if len(chosen) == MOST or left <= 0:
            break
    return chosen


def listed(items: Mapping[str, Item]) -> str:
    """The passages as lines."""
    return "\n".join(item.line for item in items.values())


def _in_turns(hits: Sequence[Hit], quoted: Sequence[Statement], language: str) -> Iterable[Hit]:
    cited = [c for statement in quoted for c in statement.citations]
    first = [hit for c in cited for hit in hits if overlap(hit, c)]
    own = [hit for hit in hits if hit.language == language]
    other = [hit for hit in hits if hit.language != language]
    turns = [hit for i in range(max(len(own), len(other))) for hit in (*own[i : i + 1], *other[i : i + 1])]
    return {(hit.document_id, hit.start, hit.end): hit for hit in (*first, *turns)}.values()
