"""The same question has the same statements and citations by the page, the terminal, /v1, the OpenAI paths and MCP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import anyio
import httpx
import pytest
from click.testing import CliRunner
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from kb import KnowledgeBase
from server.app import create_app
from tests.kb.hidden import QUESTIONS
from tests.server.papers_with_hidden import served
from ui.cli.json_output import shape
from ui.cli.main import cli
from ui.pages.chat.chat_page import _answers

FEW = (QUESTIONS[1], QUESTIONS[3], "Summarise the Memorandum of Cooperation.", "What is the capital of Iceland?")
MANY = (*(one for one in QUESTIONS if one not in FEW), "Compare the two memoranda on tide gauges.", "Hello")
ASKED = (*FEW, *(pytest.param(one, marks=pytest.mark.slow) for one in MANY))


@pytest.fixture(scope="module")
def address(stocked: KnowledgeBase) -> Iterator[str]:
    settings = stocked.settings.model_copy(update={"questions_per_minute": 0})
    with served(create_app(stocked, settings)) as at:
        yield at


def by_page(kb: KnowledgeBase, question: str) -> Any:
    """What the page makes of a question, on a sheet that draws nothing."""
    with closing(kb.ask(question)) as events:
        *_, (answer, whole) = _answers(events, question, MagicMock())
    assert whole
    return shape(answer)


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
    by_v1 = httpx.post(f"{address}/v1/ask", json={"question": question}, timeout=60).json()
    headers = {"Accept": "text/event-stream"}
    events = httpx.post(f"{address}/v1/ask", json={"question": question}, headers=headers, timeout=60).text.strip().split("\n\n")
    by_stream = json.loads(events[-1].removeprefix("event: done\ndata: "))
    body = {"model": "setu", "messages": [{"role": "user", "content": question}]}
    by_openai = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=60).json()

    async def by_mcp() -> Any:
        async with Client(streamable_http_client(f"{address}/mcp")) as client:
            return (await client.call_tool("ask", {"question": question})).structured_content

    expected = said(json.loads(by_terminal.stdout))
    assert said(by_page(stocked, question)) == expected
    assert said(by_v1) == expected
    assert said(by_stream) == expected
    assert said(by_openai["setu"]) == expected
    assert said(anyio.run(by_mcp)) == expected
