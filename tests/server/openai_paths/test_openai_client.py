"""What the Python client of OpenAI gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from openai import OpenAI

from kb import KnowledgeBase
from kb.records import Done
from server.openai_paths import chat_completions
from server.openai_paths.conversation import title_of
from tests.kb.hidden import INSIDER, QUESTIONS, SECRET, VIEWER, leaks
from tests.server.openai_paths.app_of import BUSY, app_of
from tests.server.papers_with_hidden import served
from ui.cli.json_output import shape

QUESTION = "What does the flood-warning pilot cost?"
ANSWER = "The flood-warning pilot is estimated to cost Rs 12.40 crore."


@pytest.fixture(scope="module")
def address(stocked: KnowledgeBase) -> Iterator[str]:
    with served(app_of(stocked)) as at:
        yield at


@pytest.fixture(scope="module")
def client(address: str) -> OpenAI:
    return client_of(address, "key-of-vani")


def client_of(address: str, key: str) -> OpenAI:
    return OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0, timeout=60)


def asked(question: str) -> list[Any]:
    return [{"role": "user", "content": question}]


def test_the_models_are_setu_each_collection_and_the_embeddings(client) -> None:
    assert [model.id for model in client.models.list()] == ["setu", "setu/default", "setu-embeddings"]
    assert client.models.retrieve("setu").owned_by == "setu"


def test_an_answer_has_the_statements_of_the_terminal_and_each_mark_opens_its_passage(client, stocked) -> None:
    made = client.chat.completions.create(model="setu", messages=asked(QUESTION), temperature=0.2, user="vani", seed=7)
    told = shape(stocked.seen_by(VIEWER).answer(QUESTION))
    strip = [{**s, "citations": [{k: v for k, v in c.items() if k not in ("id", "url")} for c in s["citations"]]} for s in statements(made)]
    assert strip == told["statements"]
    message = made.choices[0].message
    assert f"{ANSWER} [1]" in message.content
    cited = [citation for one in told["statements"] for citation in one["citations"]]
    assert len(message.annotations) == len(cited)
    for annotation, citation in zip(message.annotations, cited, strict=True):
        at, extra = annotation.url_citation, annotation.setu
        assert message.content[at.start_index : at.end_index] == f"[{extra['number']}]"
        place = f"{citation['document_id']}.{citation['version']}.{citation['start']}.{citation['end']}"
        assert at.url == f"http://127.0.0.1:8501/?passage={place}"
        assert (extra["quote"], extra["status"], extra["page_label"]) == (citation["quote"], citation["status"], citation["page_label"])
    assert message.content.index("1. [Memorandum of Cooperation") > message.content.index(ANSWER)
    assert (made.usage.prompt_tokens, made.usage.completion_tokens) == (0, 0)


def statements(made: Any) -> list[dict[str, Any]]:
    return made.setu["statements"]  # type: ignore[no-any-return]


def test_a_stream_gives_the_same_text_first_and_the_sources_after_it(client) -> None:
    whole = client.chat.completions.create(model="setu", messages=asked(QUESTION))
    chunks = list(
        client.chat.completions.create(model="setu", messages=asked(QUESTION), stream=True, stream_options={"include_usage": True})
    )
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    with_sources = [at for at, delta in enumerate(deltas) if getattr(delta, "annotations", None)]
    last_text = max(at for at, delta in enumerate(deltas) if delta.content)
    assert with_sources == [last_text + 1]
    told = [one.model_dump() for one in whole.choices[0].message.annotations]
    assert deltas[last_text + 1].annotations == told
    assert chunks[last_text + 1].setu["statements"] == statements(whole)
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.total_tokens == 0


def test_the_responses_api_gives_the_same_whole_and_streamed(client) -> None:
    chat = client.chat.completions.create(model="setu", messages=asked(QUESTION))
    whole = client.responses.create(model="setu", input=QUESTION)
    assert whole.output_text == chat.choices[0].message.content
    marks = whole.output[0].content[0].annotations
    assert [(m.start_index, m.end_index, m.url, m.title) for m in marks] == [
        (a.url_citation.start_index, a.url_citation.end_index, a.url_citation.url, a.url_citation.title)
        for a in chat.choices[0].message.annotations
    ]
    with client.responses.stream(model="setu", input=[{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}]) as stream:
        events = [(event.type, event) for event in stream]
        final = stream.get_final_response()
    assert final.output_text == whole.output_text
    kinds = [kind for kind, _ in events]
    assert kinds.index("response.output_text.annotation.added") > max(at for at, k in enumerate(kinds) if k == "response.output_text.delta")
    numbers = [event.sequence_number for kind, event in events if hasattr(event, "sequence_number")]
    assert numbers == sorted(numbers)
    assert [one.model_dump() for one in final.output[0].content[0].annotations] == [one.model_dump() for one in marks]


def test_a_refusal_is_an_answer_with_what_is_nearest(client) -> None:
    made = client.chat.completions.create(model="setu", messages=asked("What is the capital of Iceland?"))
    assert made.setu["refusal"]["reason"] in ("not_in_documents", "out_of_scope")
    assert made.choices[0].message.content.startswith(made.setu["refusal"]["message"])
    assert made.choices[0].finish_reason == "stop"
    assert [one["quote"] for one in made.setu["sources"]] == [hit["text"] for hit in made.setu["refusal"]["nearest"]]


def test_earlier_messages_are_the_history_of_the_question(client, stocked, monkeypatch) -> None:
    first = client.chat.completions.create(model="setu", messages=asked("What is the Joint Committee?"))
    answered: list[str] = []
    answer = KnowledgeBase.answer

    def counted(self: KnowledgeBase, question: str, **named: Any) -> Any:
        answered.append(question)
        return answer(self, question, **named)

    monkeypatch.setattr(KnowledgeBase, "answer", counted)
    talk = [
        {"role": "system", "content": "You are a pirate."},
        *asked("What is the Joint Committee?"),
        {"role": "assistant", "content": first.choices[0].message.content},
        *asked("And who co-chairs it?"),
    ]
    made = client.chat.completions.create(model="setu", messages=talk)
    assert answered == []  # what was answered a moment ago is not answered again
    assert "Joint Committee" in made.setu["asked_as"]
    assert "pirate" not in made.choices[0].message.content
    other = client.chat.completions.create(model="setu", messages=[*asked("What is Article 2 about?"), *asked("And who co-chairs it?")])
    assert answered == ["What is Article 2 about?"]
    assert other.choices[0].message.content


def test_papers_and_collections_can_be_chosen(client) -> None:
    made = client.chat.completions.create(
        model="setu/default", messages=asked(QUESTION), extra_body={"setu": {"documents": [2], "sources": False}}
    )
    assert {citation["document_id"] for one in statements(made) for citation in one["citations"]} <= {2}
    assert "**Sources**" not in made.choices[0].message.content


TOOL = {"type": "function", "function": {"name": "x", "parameters": {}}}


def test_tools_that_a_window_offers_with_every_question_are_not_called(client) -> None:
    made = client.chat.completions.create(model="setu", messages=asked(QUESTION), tools=[TOOL], tool_choice="auto")
    assert ANSWER in made.choices[0].message.content
    assert made.choices[0].message.tool_calls is None


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"n": 2}, 400, "n"),
    ({"tools": [TOOL], "tool_choice": "required"}, 400, "tool_choice"),
    ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "x"}}}, 400, "tool_choice"),
    ({"modalities": ["text", "audio"]}, 400, "audio"),
    ({"logprobs": True}, 400, "logprobs"),
    ({"response_format": {"type": "json_object"}}, 400, "response_format"),
    ({"model": "gpt-4o"}, 404, "gpt-4o"),
    ({"model": "setu/Atlantis"}, 404, "Atlantis"),
    ({"messages": []}, 400, "messages"),
    ({"messages": "hello"}, 400, "messages"),
    ({"messages": [{"role": "assistant", "content": "hello"}]}, 400, "question of the user"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, 400, "image_url"),
    ({"messages": [{"role": "user", "content": "  "}]}, 400, "no text"),
    ({"setu": {"documents": [99]}}, 404, "document 99"),
    ({"setu": {"colour": 1}}, 400, "colour"),
    ({"setu": {"engine": "generative"}}, 400, "SETU_LLM"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("change", "status", "said"), REFUSED)
def test_what_cannot_be_done_is_refused_in_the_shape_of_openai(address, change, status, said, stream) -> None:
    if stream and change.get("setu", {}).get("engine"):
        pytest.skip("is told in the stream, which has begun")
    body = {"model": "setu", "messages": asked(QUESTION), "stream": stream, **change}
    got = httpx.post(f"{address}/v1/chat/completions", json=body, headers={"Authorization": "Bearer key-of-vani"}, timeout=30)
    error = got.json()["error"]
    assert got.status_code == status
    assert said in error["message"]
    assert error.keys() == {"message", "type", "param", "code"}


def test_a_body_that_is_no_json_is_refused_in_that_shape(address) -> None:
    got = httpx.post(f"{address}/v1/chat/completions", content=b"{", headers={"Authorization": "Bearer key-of-vani"})
    assert (got.status_code, got.json()["error"]["type"]) == (400, "invalid_request_error")


def test_without_a_key_and_after_too_many_questions_the_client_raises_its_own_errors(address) -> None:
    with pytest.raises(openai.AuthenticationError, match="takes a key"):
        client_of(address, "wrong").models.list()
    with pytest.raises(openai.RateLimitError, match="13 seconds") as error:
        client_of(address, BUSY).chat.completions.create(model="setu", messages=asked(QUESTION))
    assert error.value.response.headers["retry-after"] == "13"


def test_an_error_of_our_own_making_tells_nothing_of_the_inside_also_in_a_stream(client, monkeypatch) -> None:
    monkeypatch.setattr(KnowledgeBase, "ask", lambda *_args, **_named: 1 / 0)
    with pytest.raises(openai.InternalServerError) as error:
        client.chat.completions.create(model="setu", messages=asked(QUESTION))
    assert "division" not in str(error.value)
    with pytest.raises(openai.APIError) as error:
        list(client.chat.completions.create(model="setu", messages=asked(QUESTION), stream=True))
    assert "could not finish" in str(error.value)
    with client.responses.stream(model="setu", input=QUESTION) as stream:
        assert [event.type for event in stream][-1] == "response.failed"


def test_a_stream_is_alive_while_it_is_worked_on_and_stops_the_work_when_nobody_reads(address, stocked, monkeypatch) -> None:
    ended: list[float] = []
    seen_by = stocked.seen_by(VIEWER)
    made = [event for event in seen_by.ask(QUESTION) if not isinstance(event, Done)]

    def slow(*_args: object, **_named: object) -> Iterator[Any]:
        import time

        try:
            while True:
                time.sleep(0.05)
                yield made[0]
        finally:
            ended.append(time.monotonic())

    monkeypatch.setattr(KnowledgeBase, "ask", slow)
    monkeypatch.setattr(chat_completions, "BEAT_S", 0.1)
    body = {"model": "setu", "messages": asked(QUESTION), "stream": True}
    with httpx.stream("POST", f"{address}/v1/chat/completions", json=body, headers={"Authorization": "Bearer key-of-vani"}) as stream:
        lines = stream.iter_lines()
        read = [next(lines) for _ in range(6)]
        assert ": working" in read
    import time

    until = time.monotonic() + 5
    while not ended and time.monotonic() < until:
        time.sleep(0.02)
    assert ended


OPEN_WEBUI = """### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Guidelines:
- The title should clearly represent the main theme or subject of the conversation.
### Output:
JSON format: { "title": "your concise title here" }
### Examples:
- { "title": "📉 Stock Market Trends" }
### Chat History:
<chat_history>
USER: What does the flood-warning pilot cost?
ASSISTANT: The agreement says: …
</chat_history>"""


@pytest.mark.parametrize("stream", [False, True])
def test_what_open_webui_wants_for_its_window_is_no_question(client, monkeypatch, stream) -> None:
    monkeypatch.setattr(KnowledgeBase, "ask", lambda *_args, **_named: 1 / 0)

    def said(text: str) -> Any:
        made = client.chat.completions.create(model="setu", messages=asked(text), stream=stream)
        whole = "".join(c.choices[0].delta.content or "" for c in made) if stream else made.choices[0].message.content
        return json.loads(whole)

    assert said(OPEN_WEBUI) == {"title": "What does the flood-warning pilot cost?"}
    assert said('### Task:\nSuggest 3-5 relevant follow-up questions.\n### Output:\nJSON format: { "follow_ups": ["Question 1?"] }') == {
        "follow_ups": []
    }
    assert said('### Task:\nGenerate 1-3 broad tags.\n### Output:\nJSON format: { "tags": ["tag1"] }') == {"tags": []}
    assert said('### Task:\nAnalyze.\n### Output:\nReturn: { "queries": [] }') == {"queries": []}


def test_a_title_is_the_first_question_and_short() -> None:
    assert title_of("<chat_history>\nUSER: " + "word " * 40 + "\n</chat_history>") == " ".join(["word"] * 8) + "…"
    assert title_of("") == "Setu"


def test_embeddings_are_those_of_the_search_as_numbers_and_as_base64(client, stocked) -> None:
    texts = ["The pilot costs Rs 12.40 crore.", "बंदर"]
    told = [one.embedding for one in client.embeddings.create(model="setu-embeddings", input=texts).data]
    plain = [one.embedding for one in client.embeddings.create(model="setu-embeddings", input=texts, encoding_format="float").data]
    assert np.allclose(told, stocked.vectors(texts), atol=1e-6)
    assert np.allclose(plain, told, atol=1e-6)
    query = client.embeddings.create(model="setu-embeddings", input=QUESTION, extra_body={"input_type": "query"}).data[0].embedding
    assert np.allclose(query, stocked.vectors([QUESTION], queries=True)[0], atol=1e-6)
    for wrong in ([1, 2, 3], [], [""], ["x"] * 257):
        with pytest.raises(openai.BadRequestError):
            client.embeddings.create(model="setu-embeddings", input=wrong)
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="text-embedding-3-small", input="x")


def test_a_vector_store_is_searched_with_filters_of_attributes(client) -> None:
    first = client.vector_stores.search("all", query=QUESTION, max_num_results=3).data
    assert first[0].content[0].text == ANSWER
    assert first[0].attributes["url"] == "http://127.0.0.1:8501/?passage=1.1.61.121"
    assert all(0 <= one.score <= 1 for one in first)
    news = {
        "type": "and",
        "filters": [{"type": "eq", "key": "kind", "value": "news"}, {"type": "gte", "key": "date", "value": "2026-01-01"}],
    }
    found = client.vector_stores.search("0", query=QUESTION, filters=news).data
    assert {one.filename for one in found} == {"Harbour Observer"}
    assert [store.id for store in client.vector_stores.list()] == ["all", "0"]
    for bad in (
        {"type": "gt", "key": "kind", "value": "news"},
        {"type": "eq", "key": "date", "value": "soon"},
        {"type": "or", "filters": []},
    ):
        with pytest.raises(openai.BadRequestError):
            client.vector_stores.search("all", query=QUESTION, filters=bad)
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.search("77", query=QUESTION)


@pytest.mark.slow
def test_what_a_key_may_not_see_is_on_no_path(address, client, stocked) -> None:
    out: list[Any] = [client.models.list().data, client.vector_stores.list().data]
    for question in QUESTIONS:
        made = client.chat.completions.create(model="setu", messages=asked(question))
        out += [made.choices[0].message.content, made.setu["statements"], made.choices[0].message.annotations]
        out.append(client.vector_stores.search("all", query=question, max_num_results=50).data)
    for info in stocked.documents():
        if SECRET in f"{info.source}{info.title}":
            for body in ({"setu": {"documents": [info.id]}},):
                with pytest.raises(openai.NotFoundError) as error:
                    client.chat.completions.create(model="setu", messages=asked(QUESTION), extra_body=body)
                out.append(str(error.value))
    assert not leaks([repr(one).replace(f"“{SECRET}”", "") for one in out])
    assert stocked.seen_by(INSIDER)
    inside = client_of(address, "key-of-ines").chat.completions.create(model="setu", messages=asked("Who audits the quantum ledger?"))
    assert leaks(inside.choices[0].message.content)
