"""What whoever runs the server sees of it: live, ready, and its requests by template and status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from kb import KnowledgeBase
from kb.telemetry import watching
from server.app import create_app
from tests.kb.telemetry.collector import collector
from tests.kb.telemetry.test_watching import figures
from tests.server.conftest import LOCAL, Served, problem
from tests.test_deploy import free_port

STRANGER = ("198.51.100.7", 4711)


def test_anybody_may_ask_whether_it_runs_and_is_ready_and_is_told_no_more(served: Served) -> None:
    for client in (served.client(), served.client(client=STRANGER, host="setu.example.org"), served.client("setu_wrong")):
        assert (client.get("/live").json(), client.get("/ready").json()) == ({"live": True}, {"ready": True})
    assert served.client().get("/ready").headers["cache-control"] == "no-store"
    assert served.client().post("/ready").status_code == 405


def test_why_it_is_not_ready_is_a_problem_in_a_sentence(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    why = "The database cannot be used: the disk of its server is full. Make room there."
    monkeypatch.setattr(KnowledgeBase, "fault", lambda _kb: why)
    app = create_app(served.base, served.base.settings)
    with TestClient(app, "http://127.0.0.1:8600", client=LOCAL) as client:
        assert problem(client.get("/ready"), 503)["detail"] == why
        assert client.get("/live").status_code == 200


@pytest.fixture
def watched(served: Served) -> Iterator[tuple[TestClient, str, object]]:
    address = f"127.0.0.1:{free_port()}"
    with collector() as found:
        stop = watching.start(served.base.settings.model_copy(update={"metrics": address, "traces": found.address}))
        try:
            app = create_app(served.base, served.base.settings)
            with TestClient(app, "http://127.0.0.1:8600", client=LOCAL, raise_server_exceptions=False) as client:
                yield client, address, lambda: (stop(), found)[1]
        finally:
            stop()


def test_requests_are_counted_by_the_template_of_their_path(watched: tuple[TestClient, str, object], served: Served) -> None:
    client, address, stopped = watched
    number = client.get("/v1/documents").json()["documents"][0]["id"]
    asked = {"question": "Who audits the harbour ledger of Zanzibar?"}
    assert client.post("/v1/ask", json=asked).status_code == 200
    with client.stream("POST", "/v1/ask", json=asked, headers={"Accept": "text/event-stream"}) as answer:
        answer.read()
    statuses = [client.get(f"/v1/documents/{one}").status_code for one in (number, number, 9_999)]
    assert statuses == [200, 200, 404]
    client.get("/v1/nowhere/zanzibar?q=zanzibar")
    client.request("BREW", "/v1/ask")
    client.get("/ready")
    shown, raw = figures(address), httpx.get(f"http://{address}/metrics").text
    counted = {key[1:]: value for key, value in shown.items() if key[0] == "setu_requests_total"}
    assert counted == {
        ("GET", "/v1/documents", "200"): 1,
        ("POST", "/v1/ask", "200"): 2,
        ("GET", "/v1/documents/{document}", "200"): 2,
        ("GET", "/v1/documents/{document}", "404"): 1,
        ("GET", "none", "404"): 1,
        ("other", "/v1/ask", "405"): 1,
        ("GET", "/ready", "200"): 1,
    }
    assert shown[("setu_request_seconds_count", "POST", "/v1/ask")] == 2
    assert shown[("setu_at_work", "request")] == 0
    spans = stopped().spans  # type: ignore[operator]
    for answer in (span for span in spans if span.name == "answer"):
        request = next(span for span in spans if span.span_id == answer.parent_span_id)
        assert {pair.key: pair.value.string_value for pair in request.attributes}["setu.path"] == "/v1/ask"
    assert sum(span.name == "answer" for span in spans) == 2
    told = raw + repr(spans)
    assert not any(word in told for word in ("Zanzibar", "zanzibar", "audits", "harbour"))


def test_figures_are_at_no_path_of_the_api(served: Served) -> None:
    assert served.client().get("/metrics").status_code == 404


def test_a_home_is_not_opened_for_a_look(served: Served, tmp_path: Path) -> None:
    def files() -> list[Path]:
        """Without those of the scan, which is made in the background by whoever asked a question before."""
        return sorted(path for path in served.home.rglob("*") if "scan" not in path.relative_to(served.home).parts)

    before = files()
    served.client().get("/ready")
    assert files() == before
