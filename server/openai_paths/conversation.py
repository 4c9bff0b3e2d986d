"""What is asked in a conversation, and what its messages are that ask nothing of the papers: titles, tags, follow-ups for a window."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import regex

from server.openai_paths.openai_errors import OpenAIError
from server.openai_paths.request_records import Item, Message, Part

Task: TypeAlias = Literal["title", "tags", "follow_ups", "queries", "text", "emoji"]
_OUTPUT: Final = regex.compile(r'"(title|tags|follow_ups|queries|text|emoji)"\s*:')
_SAID: Final = regex.compile(r"(?im)^\W{0,3}user\W{1,4}(?P<said>.+)$")
TITLE_WORDS: Final = 8
TITLE_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class Conversation:
    """The questions of a conversation, oldest first; the last is asked now."""

    questions: tuple[str, ...]

    @property
    def question(self) -> str:
        """What is asked now."""
        return self.questions[-1]


def read_conversation(messages: Sequence[Message | Item]) -> Conversation:
    """The questions that people put in a conversation; what systems and assistants said in it is not read.

    Raises:
        OpenAIError: the last message is of nobody who asks, or a message holds something else than text.
    """
    for at, message in enumerate(messages):
        if isinstance(message, Item) and message.type != "message":
            raise OpenAIError(f"input.{at}: items of the type {message.type} are not supported; send messages.", param="input")
    asked = [(message, text_of(message.content)) for message in messages if message.role == "user"]
    if messages[-1].role != "user" or not asked:
        raise OpenAIError("The last message must be a question of the user.", code="invalid_value", param="messages")
    questions = tuple(text.strip() for _, text in asked if text.strip())
    if not asked[-1][1].strip():
        raise OpenAIError("The last message has no text.", code="invalid_value", param="messages")
    return Conversation(questions)


def text_of(content: str | Sequence[Part] | None) -> str:
    """The text of a message.

    Raises:
        OpenAIError: there are pictures, sound or files in it.
    """
    if content is None or isinstance(content, str):
        return content or ""
    others = [part.type for part in content if part.type not in ("text", "input_text", "output_text")]
    if others:
        raise OpenAIError(
            f"Setu reads text alone; there is {others[0]} in a message. Papers are added to its library.",
            code="unsupported_content", param="messages",
        )  # fmt: skip
    return "\n".join(part.text or "" for part in content)


def helper_task(message: str) -> Task | None:
    """What a window wants for itself: Open WebUI sends the talk as a task with the JSON that it expects; None for a question."""
    if not message.lstrip().startswith("### Task:"):
        return None
    found = _OUTPUT.search(message.partition("### Output")[2]) or _OUTPUT.search(message)
    if found is not None:
        return found[1]  # type: ignore[return-value]
    return "emoji" if "emoji" in message.casefold() else "title"


def done_for_window(task: Task, message: str) -> str:
    """What a window is given: a title from the words of the first question; of what Setu does not make up, none."""
    if task == "title":
        return json.dumps({"title": title_of(message)}, ensure_ascii=False)
    if task == "emoji":
        return "📄"
    return json.dumps({"text": ""} if task == "text" else {task: []})


def title_of(message: str) -> str:
    """The first question of a talk, shortened to a title."""
    history = message.partition("<chat_history>")[2] or message
    said = _SAID.search(history)
    words = (said["said"] if said else history.strip().partition("\n")[0]).split()
    title = " ".join(words[:TITLE_WORDS])
    return (title[:TITLE_CHARS].rstrip() + "…" if len(title) > TITLE_CHARS or len(words) > TITLE_WORDS else title) or "Setu"
