"""Prompts that a person picks in their assistant: a note for the file, and a comparison of two papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mcp_types import GetPromptResult, Prompt, PromptArgument, PromptMessage, ResourceLink, TextContent

from kb.document_records import DocumentInfo
from kb.errors import KnowledgeBaseError
from lang.languages import LANGUAGES
from prompts.templates import template
from server.evidence.askers import Seen
from server.evidence.passage_texts import SCHEME, BadIdError

_NAMES: Final = {"en": "English", "mr": "Marathi", "hi": "Hindi", "ja": "Japanese"}
MOST_CHARS: Final = 2000


class BadPromptError(KnowledgeBaseError):
    """There is no such prompt, or an argument of it is missing or wrong."""


@dataclass(frozen=True, slots=True)
class _Known:
    prompt: Prompt
    make: Callable[[Seen, Mapping[str, str]], tuple[str, tuple[DocumentInfo, ...]]]


def all_prompts() -> list[Prompt]:
    """The prompts, as they are listed to a client."""
    return [known.prompt for known in _PROMPTS.values()]


def get_prompt(seen: Seen, name: str, arguments: Mapping[str, str]) -> GetPromptResult:
    """A prompt filled in, with links to the papers that it names.

    Raises:
        BadPromptError: there is no such prompt, or an argument is missing, unknown or wrong.
        UnknownDocumentError: a paper is named that there is not.
    """
    known = _PROMPTS.get(name)
    if known is None:
        raise BadPromptError(f"There is no prompt {name[:60]!r}. There are: {', '.join(_PROMPTS)}.")
    names = {argument.name: bool(argument.required) for argument in known.prompt.arguments or ()}
    given = {key: value.strip() for key, value in arguments.items() if value.strip()}
    missing = [key for key, required in names.items() if required and key not in given]
    unknown = sorted(given.keys() - names.keys())
    if missing or unknown:
        said = f"needs {', '.join(missing)}" if missing else f"takes no {', '.join(unknown)}"
        raise BadPromptError(f"The prompt {name} {said}.")
    if any(len(value) > MOST_CHARS for value in given.values()):
        raise BadPromptError(f"An argument of a prompt may be {MOST_CHARS} characters long.")
    text, papers = known.make(seen, given)
    content = [PromptMessage(role="user", content=TextContent(text=text))]
    content += [PromptMessage(role="user", content=_link(info)) for info in papers]
    return GetPromptResult(description=known.prompt.description, messages=content)


def _file_note(seen: Seen, given: Mapping[str, str]) -> tuple[str, tuple[DocumentInfo, ...]]:
    language = _language(given)
    return template("assistant/file_note").fill(question=given["question"], language=language), ()


def _comparison(seen: Seen, given: Mapping[str, str]) -> tuple[str, tuple[DocumentInfo, ...]]:
    papers = tuple(seen.kb.document(_number(given[name])) for name in ("first", "second"))
    matter = given.get("matter", "what both of them settle: purpose, duties, money, days, term, how they end")
    names = [f"“{info.title}” (document {info.id}, {info.kind}, {info.date or 'undated'})" for info in papers]
    return template("assistant/comparison").fill(first=names[0], second=names[1], matter=matter, language=_language(given)), papers


def _language(given: Mapping[str, str]) -> str:
    code = given.get("language", "en")
    if code not in LANGUAGES:
        raise BadPromptError(f"The language is one of {', '.join(LANGUAGES)}.")
    return _NAMES[code]


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 12):
        raise BadIdError("A paper is named by its number; list_documents gives it.")
    return int(value)


def _link(info: DocumentInfo) -> ResourceLink:
    return ResourceLink(uri=f"{SCHEME}document/{info.id}", name=f"document-{info.id}", title=info.title, mime_type="text/plain")


_IN: Final = PromptArgument(name="language", title="Language", description="en, mr, hi or ja; English by default.", required=False)
_PROMPTS: Final[dict[str, _Known]] = {
    "file_note": _Known(
        Prompt(
            name="file_note",
            title="Note for the file",
            description="A note for the file on a question, each sentence with the paper, page and clause that it rests on, and checked.",
            arguments=[PromptArgument(name="question", title="Question", description="What the note is to settle.", required=True), _IN],
        ),
        _file_note,
    ),
    "compare_papers": _Known(
        Prompt(
            name="compare_papers",
            title="Compare two papers",
            description="What two papers say of the same matter, side by side, with the clause of each.",
            arguments=[
                PromptArgument(name="first", title="First paper", description="Its number.", required=True),
                PromptArgument(name="second", title="Second paper", description="Its number.", required=True),
                PromptArgument(name="matter", title="Matter", description="What is to be compared.", required=False),
                _IN,
            ],
        ),
        _comparison,
    ),
}
