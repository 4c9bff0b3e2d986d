"""The same question has the same statements and citations by the terminal, the OpenAI paths and MCP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from mcp.client import Client

from kb import KnowledgeBase
from server.evidence.askers import Seen
from server.mcp.mcp_server import mcp_server
from server.openai_paths.openai_router import openai_router
from tests.kb.hidden import QUESTIONS
from tests.server.papers_with_hidden import served
from ui.cli.main import cli

FEW = (QUESTIONS[1], QUESTIONS[3], "Summarise the Memorandum of Cooperation.", "What is the capital of Iceland?")
MANY = (*(one for one in QUESTIONS if one not in FEW), "Compare the two memoranda on tide gauges.", "Hello")
ASKED = (*FEW, *(pytest.param(one, marks=pytest.mark.slow) for one in MANY))


@pytest.fixture(scope="module")
def address(stocked: KnowledgeBase) -> Iterator[str]:
    app = FastAPI()
    app.include_router(openai_router(lambda _request: Seen(stocked)))
    with served(app) as at:
        yield at


def said(told: dict[str, Any]) -> Any:
    """Statements with their citations, and the refusal, without what only one of the paths adds."""

    def place(cited: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(cited[key] for key in ("document_id", "version", "start", "end", "page_label", "quote", "status"))

    refusal = told["refusal"] and (told["refusal"]["reason"], [hit["text"] for hit in told["refusal"]["nearest"]])
    return [(s["text"], s["status"], s["standing"], [place(c) for c in s["citations"]]) for s in told["statements"]], refusal, told["grade"]


@pytest.mark.parametrize("question", ASKED)
def test_one_question_has_one_answer_by_every_path(question: str, address: str, stocked: KnowledgeBase, stocked_home: Path) -> None:
    by_terminal = CliRunner(env={"SETU_HOME": str(stocked_home)}).invoke(cli, ["ask", question, "--json"])
    assert by_terminal.exit_code == 0, by_terminal.output
    body = {"model": "setu", "messages": [{"role": "user", "content": question}]}
    by_openai = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=60).json()

    async def by_mcp() -> Any:
        async with Client(mcp_server(lambda _request: Seen(stocked))) as client:
            return (await client.call_tool("ask", {"question": question})).structured_content

    expected = said(json.loads(by_terminal.stdout))
    assert said(by_openai["setu"]) == expected
    assert said(anyio.run(by_mcp)) == expected
