"""What the paths answer: the same as the terminal, in whole statements, with tags; and bad input, each a problem document."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn
from click.testing import CliRunner

from kb.auth.throttle import Limiter
from server.serving import Serving
from tests.server.conftest import Served, problem
from ui.cli.main import cli

COST = "What does the flood-warning pilot cost?"
QUESTIONS = (COST, "Who co-chairs the Joint Committee?", "When was the memorandum signed?", "How often shall the gauges be read?")


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    """The events of a stream."""
    found = []
    for part in answer.text.strip().split("\n\n"):
        name, data = part.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def said(answer: dict[str, Any]) -> list[tuple[str, list[tuple[int, int, int, str]]]]:
    """Statements and where their citations stand."""
    return [(one["text"], [(c["document_id"], c["start"], c["end"], c["quote"]) for c in one["citations"]]) for one in answer["statements"]]


@pytest.mark.parametrize("question", [QUESTIONS[0], "Who is the king of France?"])
def test_an_answer_is_that_of_the_terminal(served: Served, question: str) -> None:
    printed = json.loads(CliRunner().invoke(cli, ["ask", question, "--json"], env={"SETU_HOME": str(served.home)}).stdout)
    given = served.client().post("/v1/ask", json={"question": question}).json()
    for answer in (printed, given):
        answer.pop("ms")
    assert given == printed
    streamed = events(served.client().post("/v1/ask", json={"question": question}, headers={"Accept": "text/event-stream"}))
    assert streamed[-1][0] == "done"
    assert said(streamed[-1][1]) == said(printed)
    assert [one["text"] for name, one in streamed if name == "statement"] == [one["text"] for one in printed["statements"]]
    assert any(name == "refusal" for name, _ in streamed) == (printed["refusal"] is not None)


def test_a_statement_is_held_against_the_papers(served: Served) -> None:
    client = served.client(served.key("open", "viewer"))
    right = client.post("/v1/verify", json={"statement": "The flood-warning pilot is estimated to cost Rs 12.40 crore."}).json()
    assert right["status"] == "verified"
    assert "12.40" in right["sentences"][0]["citations"][0]["quote"]
    wrong = client.post("/v1/verify", json={"statement": "The flood-warning pilot is estimated to cost Rs 17.90 crore."}).json()
    assert wrong["status"] == "unsupported"
    found = wrong["sentences"][0]["verdict"]["findings"]
    assert any(one["check"] == "number" and "17.90" in one["said"] for one in found)
    assert wrong["sentences"][0]["reasons"]
    both = client.post("/v1/verify", json={"statement": f"{right['statement']} {wrong['statement']}"}).json()
    assert [one["status"] for one in both["sentences"]] == ["verified", "unsupported"]
    assert both["status"] == "unsupported"


def test_a_quote_that_does_not_stand_there_bears_nothing_out(served: Served) -> None:
    client = served.client()
    claim = "Each year the moon is painted green."
    made_up = client.post("/v1/verify", json={"statement": claim, "quotes": [{"document": 1, "quote": claim}]}).json()
    assert made_up["status"] == "unsupported"
    assert made_up["quotes"][0]["status"] == "unsupported"
    true = "This Memorandum was signed at Hoshimori on 18 February 2026."
    stands = client.post("/v1/verify", json={"statement": true, "quotes": [{"document": 1, "quote": true}]}).json()
    assert stands["status"] == "verified"
    moved = {"document": 1, "quote": true, "start": 5, "end": 5 + len(true)}
    assert client.post("/v1/verify", json={"statement": true, "quotes": [moved]}).json()["quotes"][0]["status"] == "partial"
    problem(client.post("/v1/verify", json={"statement": true, "quotes": [{"document": 99_999, "quote": true}]}), 404)
    problem(client.post("/v1/verify", json={"statement": true, "quotes": [{"document": 1, "quote": true, "start": 1}]}), 422)


def test_a_conversation_goes_on_and_is_judged(writable: Served) -> None:
    client = writable.client(writable.key("portal", "viewer", None))
    first = client.post("/v1/ask", json={"question": COST, "conversation": "new"}).json()["conversation"]
    again = client.post("/v1/ask", json={"question": "Who bears it?", "conversation": first["id"]}).json()
    assert again["conversation"]["ordinal"] == 1
    opinion = {"conversation": first["id"], "ordinal": 0, "good": False, "reason": "incomplete"}
    assert client.post("/v1/feedback", json=opinion).status_code == 204
    problem(client.post("/v1/feedback", json={**opinion, "ordinal": 7}), 404)
    other = writable.client(writable.key("other", "viewer", None))
    problem(other.post("/v1/feedback", json=opinion), 404)
    problem(other.post("/v1/ask", json={"question": COST, "conversation": first["id"]}), 404)


def test_a_list_comes_in_parts_whole_and_once(served: Served) -> None:
    client = served.client()
    seen: list[int] = []
    cursor = ""
    while True:
        told = client.get(f"/v1/documents?limit=4{cursor}").json()
        seen += [one["id"] for one in told["documents"]]
        if told["next"] is None:
            break
        cursor = f"&cursor={told['next']}"
    assert seen == sorted(info.id for info in served.base.documents())
    begun = client.get("/v1/documents?limit=1").json()["next"]
    problem(client.get(f"/v1/documents?kind=news&cursor={begun}"), 422)


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/documents/1", "/v1/cards/1", "/v1/passages/1.1.0.20", "/openapi.json", "/docs"])
def test_what_has_not_changed_is_not_sent_again(served: Served, path: str) -> None:
    first = served.client().get(path)
    again = served.client().get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def uploaded(client: httpx.Client, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    """What became of a file that is sent."""
    answer = client.post("/v1/documents", files={"file": (name, content)}, **more)
    assert answer.status_code == 202, answer.text
    for _ in range(600):
        job: dict[str, Any] = client.get(answer.headers["location"]).json()
        if job["state"] in ("done", "failed", "cancelled"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def test_a_document_is_added_once_corrected_and_deleted(writable: Served) -> None:
    client = writable.client(writable.key("sync", "editor", ["water"], collections=[writable.ledger]))
    paper = b"The quay of Ottermouth opens at nine in the morning.\n"
    job = uploaded(client, "../../quay.txt", paper, headers={"Idempotency-Key": "one"}, data={"group": "water"})
    made = job["documents"][0]
    assert (made["groups"], made["collections"]) == (["water"], [writable.ledger])
    again = client.post(
        "/v1/documents", files={"file": ("../../quay.txt", paper)}, headers={"Idempotency-Key": "one"}, data={"group": "water"}
    )
    assert again.json()["id"] == job["id"]
    assert again.headers["idempotency-replayed"] == "true"
    other = client.post("/v1/documents", files={"file": ("quay.txt", b"Other words.")}, headers={"Idempotency-Key": "one"})
    problem(other, 422)
    stranger = writable.client(writable.key("stranger", "editor"))
    problem(stranger.get(f"/v1/jobs/{job['id']}"), 404)
    problem(stranger.get(f"/v1/documents/{made['id']}"), 404)
    path = f"/v1/documents/{made['id']}"
    assert client.patch(path, json={"field": "title", "value": "Hours of the quay"}).json()["title"] == "Hours of the quay"
    problem(client.patch(path, json={"field": "colour", "value": "blue"}), 422)
    assert client.patch(path, json={"field": "title", "value": None}).json()["title"] != "Hours of the quay"
    assert client.get(f"{path}/versions/1/file").content == paper
    assert client.delete(path).status_code == 204
    problem(client.get(path), 404)
    assert not list(writable.home.glob("uploads/**/quay.txt"))


def test_files_are_put_only_where_the_key_may(writable: Served) -> None:
    file = {"file": ("a.txt", b"text")}
    kept = writable.client(writable.key("kept", "editor", ["water"], collections=[writable.ledger]))
    problem(kept.post("/v1/documents", files=file, data={"collection": "0"}), 404)
    problem(kept.post("/v1/documents", files=file, data={"group": "finance"}), 403)
    problem(kept.post("/v1/documents", files=file, data={"colour": "blue"}), 422)
    problem(kept.post("/v1/documents", files=[("file", ("a", b"a")), ("file", ("b", b"b"))]), 400)
    problem(kept.post("/v1/documents", json={"file": "x"}), 422)


BAD: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("POST", "/v1/ask", {"json": {"question": COST, "colour": 1}}, 422),
    ("POST", "/v1/ask", {"json": {"question": 7}}, 422),
    ("POST", "/v1/ask", {"json": {"question": COST, "documents": ["1"]}}, 422),
    ("POST", "/v1/ask", {"json": {"question": COST, "documents": [2**70]}}, 422),
    ("POST", "/v1/ask", {"json": [1]}, 422),
    ("POST", "/v1/ask", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
    ("POST", "/v1/ask", {"content": b"\xff\xfe", "headers": {"Content-Type": "application/json"}}, 422),
    ("POST", "/v1/ask", {"content": b"P\xff", "headers": {"Content-Type": "application/json"}}, 400),
    ("POST", "/v1/documents", {"files": {"file": ("a.txt", b"text")}, "data": {"group": "{}"}}, 422),
    ("POST", "/v1/ask", {"content": b"question=1", "headers": {"Content-Type": "text/plain"}}, 422),
    ("POST", "/v1/ask", {"content": b" " * (2**20 + 1), "headers": {"Content-Type": "application/json"}}, 413),
    ("POST", "/v1/ask", {"content": iter([b" " * 2**19] * 4), "headers": {"Content-Type": "application/json"}}, 413),
    ("POST", "/v1/ask", {"json": {"question": COST, "after": [COST], "conversation": "new"}}, 422),
    ("POST", "/v1/ask", {"json": {"question": COST, "conversation": "../../x"}}, 404),
    ("POST", "/v1/search", {"json": {"query": " "}}, 422),
    ("POST", "/v1/search", {"json": {"query": "x" * 3000}}, 422),
    ("POST", "/v1/search", {"json": {"query": "tide", "k": 100_000}}, 422),
    ("POST", "/v1/search", {"json": {"query": "tide", "collections": [4711]}}, 404),
    ("POST", "/v1/verify", {"json": {"statement": "The tide rises at noon. " * 21}}, 422),
    ("GET", "/v1/documents?cursor=AAAA", {}, 422),
    ("GET", "/v1/documents?cursor=%ff%00", {}, 422),
    ("GET", "/v1/documents?limit=-1", {}, 422),
    ("GET", "/v1/documents/99999999999999999999", {}, 422),
    ("GET", "/v1/documents/x", {}, 422),
    ("GET", "/v1/passages/1.1.5.1", {}, 404),
    ("GET", "/v1/modules/%2e%2e", {}, 404),
    ("GET", "/nothing", {}, 404),
    ("DELETE", "/v1/ask", {}, 405),
)


@pytest.mark.parametrize(("method", "path", "sent", "status"), BAD, ids=[f"{at} {one[1]}" for at, one in enumerate(BAD)])
def test_bad_input_is_a_problem_document(served: Served, method: str, path: str, sent: dict[str, Any], status: int) -> None:
    problem(served.client().request(method, path, **sent), status)


def test_an_error_that_nobody_foresaw_is_a_problem_document_without_its_words(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("/secret/path")

    monkeypatch.setattr("kb.base.KnowledgeBase.documents", broken)
    told = problem(served.client(raise_server_exceptions=False).get("/v1/documents"), 500)
    assert "/secret" not in json.dumps(told)


def test_who_asks_too_often_is_told_when_to_come_again(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    have: Serving = served.app.state.setu
    settings = have.settings.model_copy(update={"questions_per_minute": 2})
    served.app.state.setu = replace(have, settings=settings, questions=Limiter())
    try:
        one, other = (served.client(served.key(f"often-{name}")) for name in ("a", "b"))
        answers = [one.post("/v1/search", json={"query": "tide"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        problem(answers[-1], 429)
        assert other.post("/v1/search", json={"query": "tide"}).status_code == 200
    finally:
        served.app.state.setu = have


def test_the_description_has_an_example_for_each_operation_and_the_page_needs_nothing_from_elsewhere(served: Served) -> None:
    told = served.client().get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            held = [media for answer in operation["responses"].values() for media in answer.get("content", {}).values()]
            assert any("example" in one for one in held), (method, path)
            if body := operation.get("requestBody"):
                kind = next(iter(body["content"].values()))
                named = kind["schema"].get("$ref", "").rpartition("/")[2]
                assert "example" in kind or told["components"]["schemas"][named]["examples"], (method, path)
    page = served.client().get("/docs")
    assert "http://" not in page.text.replace("http://127.0.0.1:8501", "")
    assert "https://" not in page.text
    assert "<script" not in page.text
    assert all(path in page.text for path in ("/v1/verify", "/v1/ask"))


@pytest.fixture
def address(served: Served):
    """The application behind a real server."""
    server = uvicorn.Server(uvicorn.Config(served.app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_fifty_askers_at_once_get_each_their_own_answer_past_slow_readers(served: Served, address: str) -> None:
    alone = {one: said(served.client().post("/v1/ask", json={"question": one}).json()) for one in QUESTIONS}
    slow = [httpx.Client(timeout=60) for _ in range(20)]
    held = []
    for client in slow:  # they read nothing of what comes
        request = client.build_request("POST", f"{address}/v1/ask", json={"question": COST}, headers={"Accept": "text/event-stream"})
        held.append(client.send(request, stream=True))

    def ask(at: int) -> tuple[str, Any]:
        question = QUESTIONS[at % len(QUESTIONS)]
        answer = httpx.post(f"{address}/v1/ask", json={"question": question}, timeout=60)
        return question, said(answer.json())

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert len(answers) == 50
    assert all(given == alone[question] for question, given in answers)
    for one, client in zip(held, slow, strict=True):
        one.close()
        client.close()


def test_who_hangs_up_stops_the_work(served: Served, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left = threading.Event()

    def endless(*_: object, **__: object):
        from kb.records import Searching

        try:
            while True:
                yield Searching("x", "en")
                time.sleep(0.02)
        finally:
            left.set()

    monkeypatch.setattr("kb.base.KnowledgeBase.ask", endless)

    def asked(headers: dict[str, str]) -> None:
        request = {"json": {"question": COST}, "headers": headers, "timeout": 0.5}
        with httpx.stream("POST", f"{address}/v1/ask", **request) as answer:  # type: ignore[arg-type]
            next(answer.iter_lines())
            raise httpx.ReadTimeout("enough was read")

    for headers in ({"Accept": "text/event-stream"}, {}):
        left.clear()
        with pytest.raises(httpx.TimeoutException):
            asked(headers)
        assert left.wait(10), headers
