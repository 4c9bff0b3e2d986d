"""The tools as an assistant is told of them: names, descriptions, schemas; and one call of one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from mcp_types import Tool, ToolAnnotations
from pydantic import BaseModel, ValidationError

from kb.errors import KnowledgeBaseError
from server.evidence.askers import Seen
from server.evidence.earlier_turns import EarlierTurns
from server.mcp import tool_inputs as inputs
from server.mcp import tool_outputs as outputs
from server.mcp import tools
from server.mcp.tools import Result, Tell


class BadArgumentsError(KnowledgeBaseError):
    """The arguments of a tool are not as its inputSchema says; or there is no such tool."""


@dataclass(frozen=True, slots=True)
class Known:
    """A tool: what it is called, what it takes and gives, and what does it."""

    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[..., Result]


TOOLS: Final[dict[str, Known]] = {
    "search": Known(
        "Search the papers",
        "Find passages of the governments' papers (agreements, news, best-practice reports) that speak to a query, in Marathi, Hindi, "
        "English or Japanese, whatever language the papers are in. Each result has the text as it stands and a link to it.",
        inputs.SearchInput,
        outputs.SearchOutput,
        tools.search,
    ),
    "fetch": Known(
        "Open a passage or paper",
        "Give the text of a passage by the id that search or a citation has, or of a whole paper by its number, with page, clause, version "
        "and what stands around it. Long papers come in parts: metadata.next_id is the next one.",
        inputs.FetchInput,
        outputs.FetchOutput,
        tools.fetch,
    ),
    "ask": Known(
        "Ask the papers",
        "Answer a question from the papers, in the language of the question. Every statement is quoted or checked word for word and cited "
        "with page and clause. Where the papers are silent it says so: do not fill that gap from other knowledge.",
        inputs.AskInput,
        outputs.AskOutput,
        tools.ask,
    ),
    "verify": Known(
        "Check a statement",
        "Say whether the papers bear out one sentence, and where: verdict, what in it they do not bear out (a number, date, name, duty, "
        "denial …), and the quotes. Use it for every sentence about the papers before relying on it.",
        inputs.VerifyInput,
        outputs.VerifyOutput,
        tools.verify,
    ),
    "list_documents": Known(
        "List the papers",
        "List the papers with number, title, kind, language, publisher and date.",
        inputs.ListDocumentsInput,
        outputs.ListDocumentsOutput,
        tools.list_documents,
    ),
    "agreement_card": Known(
        "Card of an agreement",
        "What an agreement says of itself: parties, signatories, days, term, clauses, and who shall do what by when, each with its quote.",
        inputs.CardInput,
        outputs.CardOutput,
        tools.agreement_card,
    ),
    "obligations": Known(
        "Obligations and deadlines",
        "Who owes what by when under all papers: overdue, due soon, returning, and what has no day; each with its clause.",
        inputs.ObligationsInput,
        outputs.ObligationsOutput,
        tools.obligations,
    ),
}


@cache
def listed() -> tuple[Tool, ...]:
    """All tools, as they are listed to a client."""
    return tuple(
        Tool(
            name=name,
            title=known.title,
            description=known.description,
            input_schema=_schema(known.takes),
            output_schema=_schema(known.gives),
            annotations=ToolAnnotations(
                title=known.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
            ),
        )
        for name, known in TOOLS.items()
    )


def run_tool(seen: Seen, name: str, arguments: dict[str, Any], tell: Tell, turns: EarlierTurns) -> Result:
    """Call a tool.

    Raises:
        BadArgumentsError: the arguments are not what it takes.
        KnowledgeBaseError: it cannot be done; the message says why.
    """
    known = TOOLS[name]
    try:
        args = known.takes.model_validate(arguments)
    except ValidationError as error:
        raise BadArgumentsError(_wrong(name, error)) from error
    return known.run(seen, args, tell, turns) if name == "ask" else known.run(seen, args, tell)


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON Schema; of arguments as they come in, of results as they go out."""
    return model.model_json_schema()


def _wrong(name: str, error: ValidationError) -> str:
    told = [
        f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors(include_url=False, include_input=False)
    ]
    return f"The arguments of {name} are not right. " + "; ".join(told[:5]) + "."
