"""What the official client of the protocol gets from the server, in memory."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import jsonschema
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.records import Done, StatementReady
from server.evidence.askers import Seen
from server.mcp.mcp_server import mcp_server
from tests.kb.hidden import INSIDER, QUESTIONS, SECRET, VIEWER, leaks
from ui.cli.json_output import shape

QUESTION = "What does the flood-warning pilot cost?"
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search", {"query": QUESTION, "k": 3}),
    ("fetch", {"id": "1"}),
    ("fetch", {"id": "1.1.61.121"}),
    ("ask", {"question": QUESTION}),
    ("ask", {"question": "Who audits the moon?"}),
    ("ask", {"question": "पथदर्शी प्रकल्पाचा खर्च किती?"}),
    ("verify", {"statement": "The flood-warning pilot is estimated to cost Rs 12.40 crore."}),
    ("verify", {"statement": "The flood-warning pilot costs Rs 14 crore.", "documents": [1]}),
    ("list_documents", {}),
    ("agreement_card", {"document": 1}),
    ("obligations", {}),
]


def with_client(kb: KnowledgeBase, work: Callable[[Client], Awaitable[Any]], reader: Reader = VIEWER, mode: str = "auto") -> Any:
    """What ``work`` gives with a client of a server that shows what a reader sees."""

    async def run() -> Any:
        async with Client(mcp_server(lambda _request: Seen(kb.seen_by(reader))), mode=mode) as client:  # type: ignore[arg-type]
            return await work(client)

    return anyio.run(run)


def called(kb: KnowledgeBase, name: str, arguments: dict[str, Any], reader: Reader = VIEWER) -> Any:
    return with_client(kb, lambda client: client.call_tool(name, arguments), reader)


def refusal(kb: KnowledgeBase, work: Callable[[Client], Awaitable[Any]]) -> str:
    """The words with which a request is refused."""

    async def refused(client: Client) -> str:
        with pytest.raises(MCPError) as error:
            await work(client)
        return str(error.value)

    said: str = with_client(kb, refused)
    return said


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_every_tool_says_what_it_takes_and_gives_and_that_it_changes_nothing(stocked, mode) -> None:
    tools = with_client(stocked, lambda client: client.list_tools(), mode=mode).tools
    assert {tool.name for tool in tools} == {name for name, _ in CALLS}
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.input_schema["additionalProperties"] is False
        assert all(one.get("description") for one in tool.input_schema["properties"].values())
        assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (True, False)


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_structured_content_fits_the_schema_and_is_the_text(stocked, name, arguments) -> None:
    async def call(client: Client) -> Any:
        tool = next(one for one in (await client.list_tools()).tools if one.name == name)
        return tool, await client.call_tool(name, arguments)

    tool, result = with_client(stocked, call)
    assert not result.is_error, result.content
    jsonschema.validate(result.structured_content, tool.output_schema)
    assert json.loads(result.content[0].text) == result.structured_content


def test_search_gives_one_text_whose_ids_fetch_opens(stocked) -> None:
    found = called(stocked, "search", {"query": QUESTION, "k": 2})
    assert len(found.content) == 1
    first = found.structured_content["results"][0]
    assert first["text"] == "The flood-warning pilot is estimated to cost Rs 12.40 crore."
    assert first["url"] == f"http://127.0.0.1:8501/?passage={first['id']}"
    for wanted in (first["id"], first["url"], first["resource"]):
        opened = called(stocked, "fetch", {"id": wanted}).structured_content
        assert (opened["id"], opened["text"], opened["metadata"]["path"]) == (first["id"], first["text"], ["Article 2"])


def test_a_long_paper_comes_in_parts_that_are_the_whole(stocked, monkeypatch) -> None:
    monkeypatch.setattr("server.evidence.passage_texts.LONGEST", 70)
    parts, wanted = [], "1"
    while wanted:
        part = called(stocked, "fetch", {"id": wanted}).structured_content
        parts.append(part["text"])
        wanted = part["metadata"]["next_id"]
    assert len(parts) == 3
    assert "".join(parts) == stocked.text(1)


def test_an_answer_is_that_of_the_terminal_with_links_to_each_passage(stocked) -> None:
    told = called(stocked, "ask", {"question": QUESTION})
    answer = shape(stocked.seen_by(VIEWER).answer(QUESTION))
    value = told.structured_content

    def place(citation: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(citation[key] for key in ("document_id", "version", "start", "end", "quote", "status"))

    def said(one: dict[str, Any]) -> list[Any]:
        return [(s["text"], s["status"], s["standing"], [place(c) for c in s["citations"]]) for s in one["statements"]]

    assert said(value) == said(answer)
    links = [link.uri for link in told.content[1:]]
    assert links == [f"setu://passage/{source['id']}" for source in value["sources"]]
    assert "[1](" not in value["text"]
    assert "Rs 12.40 crore. [1]" in value["text"]
    text = with_client(stocked, lambda client: client.read_resource(links[0])).contents[0].text
    assert text == value["sources"][0]["quote"]


def test_a_question_leans_on_earlier_ones(stocked) -> None:
    alone = called(stocked, "ask", {"question": "And who co-chairs it?"}).structured_content
    leaning = called(stocked, "ask", {"question": "And who co-chairs it?", "earlier_questions": ["What is the Joint Committee?"]})
    assert alone["asked_as"] is None
    assert "Joint Committee" in leaning.structured_content["asked_as"]


def test_a_statement_is_verified_or_told_what_stands_there_instead(stocked) -> None:
    right = called(stocked, "verify", {"statement": "The flood-warning pilot is estimated to cost Rs 12.40 crore."}).structured_content
    assert (right["verdict"], right["findings"]) == ("verified", [])
    assert right["quotes"][0]["quote"] == "The flood-warning pilot is estimated to cost Rs 12.40 crore."
    wrong = called(stocked, "verify", {"statement": "The flood-warning pilot is estimated to cost Rs 14 crore.", "documents": [1]})
    assert wrong.structured_content["verdict"] == "unsupported"
    assert {"check": "number", "said": "14 crore", "shown": "12.40 crore"} in wrong.structured_content["findings"]
    assert "12.40 crore" in wrong.structured_content["reasons"][0]


def test_of_several_sentences_the_weakest_decides(stocked) -> None:
    said = "The flood-warning pilot is estimated to cost Rs 12.40 crore. This Memorandum was signed at Hoshimori on 19 February 2026."
    told = called(stocked, "verify", {"statement": said}).structured_content
    assert [one["verdict"] for one in told["sentences"]] == ["verified", "unsupported"]
    assert told["verdict"] == "unsupported"
    assert {"check": "date", "said": "19 February 2026", "shown": "18 February 2026"} in told["findings"]


BAD = [
    ("ask", {}, "question: Field required"),
    ("ask", {"question": QUESTION, "temperature": 1}, "temperature"),
    ("search", {"query": QUESTION, "k": 0}, "k:"),
    ("search", {"query": QUESTION, "collections": ["Atlantis"]}, "There is no collection"),
    ("search", {"query": QUESTION, "date_from": "2026-02-02", "date_to": "2026-02-01"}, "no paper can match"),
    ("fetch", {"id": "../../etc/passwd"}, "is no id"),
    ("fetch", {"id": "99"}, "There is no document 99"),
    ("fetch", {"id": "1.7"}, "There is no version 7"),
    ("fetch", {"id": "1.1.0.99999"}, "ends at character"),
    ("agreement_card", {"document": 2}, "agreement"),
    ("verify", {"statement": "   "}, "no statement"),
    ("verify", {"statement": "x" * 3000}, "longer than 2000"),
    ("list_documents", {"cursor": "x"}, "cursor"),
]


@pytest.mark.parametrize(("name", "arguments", "said"), BAD)
def test_what_cannot_be_done_is_an_error_of_the_tool_in_plain_words(stocked, name, arguments, said) -> None:
    result = called(stocked, name, arguments)
    assert result.is_error
    assert said in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_a_tool_that_there_is_not_is_an_error_of_the_protocol(stocked) -> None:
    assert "There is no tool 'sing'. There are: search, fetch" in refusal(stocked, lambda client: client.call_tool("sing", {}))


def test_an_error_of_our_own_making_tells_nothing_of_the_inside(stocked, monkeypatch) -> None:
    monkeypatch.setattr(KnowledgeBase, "search", lambda *_args, **_named: 1 / 0)
    result = called(stocked, "search", {"query": "x"})
    assert result.is_error
    assert "division" not in result.content[0].text


def test_a_client_that_asks_for_it_is_told_of_each_step(stocked) -> None:
    told: list[tuple[float, str | None]] = []

    async def step(progress: float, _total: float | None, message: str | None) -> None:
        told.append((progress, message))

    with_client(stocked, lambda client: client.call_tool("ask", {"question": QUESTION}, progress_callback=step))
    assert [at for at, _ in told] == sorted({at for at, _ in told})
    assert told[0][1] == "Searching the papers"
    assert "1 statements are ready" in [message for _, message in told]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_cancelled_question_stops_at_its_next_step(stocked, monkeypatch, mode) -> None:
    ended = []

    def slow(self: KnowledgeBase, question: str, **_: object) -> Any:
        made = self.answer("Who co-chairs the Joint Committee?") if question != "slow" else None
        assert made is None
        try:
            for _at in range(200):
                with anyio.from_thread.start_blocking_portal() as portal:
                    portal.call(anyio.sleep, 0.02)
                yield StatementReady(None)  # type: ignore[arg-type]
            yield Done(None)  # type: ignore[arg-type]
        finally:
            ended.append(question)

    monkeypatch.setattr(KnowledgeBase, "ask", slow)

    async def cancelled(client: Client) -> None:
        with anyio.move_on_after(0.3):
            await client.call_tool("ask", {"question": "slow"})
        with anyio.fail_after(3):
            while not ended:
                await anyio.sleep(0.02)
        assert (await client.list_tools()).tools

    with_client(stocked, cancelled, mode=mode)
    assert ended == ["slow"]


def test_papers_and_passages_are_resources(stocked) -> None:
    async def look(client: Client) -> Any:
        return await client.list_resources(), await client.list_resource_templates(), await client.read_resource("setu://document/1")

    papers, templates, text = with_client(stocked, look)
    assert "setu://document/1" in {one.uri for one in papers.resources}
    assert {one.uri_template for one in templates.resource_templates} == {"setu://passage/{id}", "setu://document/{id}"}
    assert text.contents[0].text == stocked.text(1)
    for uri in ("setu://document/99", "setu://passage/x", "file:///etc/passwd"):
        assert " no " in refusal(stocked, lambda client, uri=uri: client.read_resource(uri))


def test_a_resource_that_there_is_not_is_named_in_the_error(stocked) -> None:
    async def refused(client: Client) -> Any:
        with pytest.raises(MCPError) as error:
            await client.read_resource("setu://document/99")
        return error.value.error.data

    assert with_client(stocked, refused) == {"uri": "setu://document/99"}


def test_prompts_name_the_tools_and_link_the_papers(stocked) -> None:
    async def look(client: Client) -> Any:
        note = await client.get_prompt("file_note", {"question": QUESTION, "language": "mr"})
        return await client.list_prompts(), note, await client.get_prompt("compare_papers", {"first": "1", "second": "2"})

    listed, note, comparison = with_client(stocked, look)
    assert [one.name for one in listed.prompts] == ["file_note", "compare_papers"]
    assert all(words in note.messages[0].content.text for words in (QUESTION, "in Marathi", "`verify`"))
    assert "Harbour Observer" in comparison.messages[0].content.text
    assert [message.content.uri for message in comparison.messages[1:]] == ["setu://document/1", "setu://document/2"]
    for name, arguments in (("poem", {}), ("file_note", {}), ("compare_papers", {"first": "1", "second": "99"})):
        assert refusal(stocked, lambda client, name=name, arguments=arguments: client.get_prompt(name, arguments))


@pytest.mark.slow
def test_who_does_not_see_a_paper_meets_it_in_no_tool_resource_prompt_or_completion(stocked) -> None:
    hidden = [info for info in stocked.documents() if SECRET in f"{info.source}{info.title}"]
    assert len(hidden) == 11
    calls = [("search", {"query": q, "k": 50}) for q in QUESTIONS] + [("ask", {"question": q}) for q in QUESTIONS[:10]]
    calls += [
        ("verify", {"statement": "The quantum ledger of the port is audited every third winter."}),
        ("list_documents", {"limit": 200}),
        ("obligations", {}),
    ]
    for info in hidden:
        calls += [("fetch", {"id": str(info.id)}), ("fetch", {"id": f"{info.id}.1.0.5"}), ("agreement_card", {"document": info.id})]

    async def everything(client: Client) -> list[Any]:
        out: list[Any] = [await client.call_tool(name, arguments) for name, arguments in calls]
        out.append(await client.list_resources())
        reference = {"type": "ref/resource", "uri": "setu://document/{id}"}
        out += [await client.complete(reference, {"name": "id", "value": typed}) for typed in ("", "zebra")]  # type: ignore[arg-type]
        for info in hidden:
            for ask in (
                lambda info=info: client.read_resource(f"setu://document/{info.id}"),
                lambda info=info: client.get_prompt("compare_papers", {"first": "1", "second": str(info.id)}),
            ):
                with pytest.raises(MCPError) as refused:
                    await ask()
                out.append(str(refused.value))
        return out

    asked = "".join(f"{arguments}" for _, arguments in calls)
    assert SECRET in asked  # one question names it; what is said again of a question is no leak
    seen = with_client(stocked, everything)
    assert not leaks([repr(one).replace(f"What is {SECRET}?", "") for one in seen])
    assert leaks(with_client(stocked, everything_for_insiders, INSIDER))


async def everything_for_insiders(client: Client) -> Any:
    return await client.call_tool("list_documents", {"limit": 200})


def test_a_hidden_paper_is_an_unknown_one_for_the_tools_that_name_papers(stocked) -> None:
    number = next(info.id for info in stocked.documents() if SECRET in info.title and info.state == "published")
    for name, arguments in (("fetch", {"id": str(number)}), ("agreement_card", {"document": number}), ("list_documents", {"limit": 200})):
        told = called(stocked, name, arguments)
        assert told.is_error == (name != "list_documents")
        assert not leaks(told)
