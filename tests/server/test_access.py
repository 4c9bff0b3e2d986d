"""Role × group × collection × key × every path: what a key may not see is in no answer; and who is let in at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.auth.accounts import Accounts
from kb.auth.api_keys import PREFIX, ApiKeys
from kb.auth.roles import ROLES
from kb.errors import AccountsError
from server.app import create_app
from tests.kb.hidden import GROUP, SECRET, number
from tests.server.conftest import INSIDER, Served, problem

LEDGER = "Who audits the quantum ledger?"
ASKED: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("POST", "/v1/ask", {"question": LEDGER}),
    ("POST", "/v1/ask", {"question": "What does the flood-warning pilot cost?", "documents": "HIDDEN"}),
    ("POST", "/v1/search", {"query": f"{SECRET} quantum ledger", "k": 50}),
    ("POST", "/v1/search", {"query": f"{SECRET} ledger", "k": 50, "documents": "HIDDEN"}),
    ("POST", "/v1/verify", {"statement": "The quantum ledger of the port is audited."}),
    ("POST", "/v1/verify", {"statement": "The gauges are read.", "quotes": [{"document": "NUMBER", "quote": "memorandum on tides"}]}),
    ("GET", "/v1/documents?limit=500", None),
    ("GET", "/v1/documents/NUMBER", None),
    ("GET", "/v1/documents/NUMBER/versions/1/file", None),
    ("GET", "/v1/documents/NUMBER/versions/1/pages/1", None),
    ("GET", "/v1/documents/NUMBER/versions/1/pages/1/image", None),
    ("GET", "/v1/passages/NUMBER.1.0.40", None),
    ("GET", "/v1/cards", None),
    ("GET", "/v1/cards/NUMBER?any_kind=true", None),
    ("GET", "/v1/obligations?replaced=true", None),
    ("GET", "/v1/map", None),
    ("GET", "/v1/modules", None),
    ("GET", "/v1/jobs", None),
    ("PATCH", "/v1/documents/NUMBER", {"field": "title", "value": "Taken"}),
    ("DELETE", "/v1/documents/NUMBER", None),
)
"""Every path that could tell of a document, asked for a hidden one."""
SHOWN = [at for at, (method, path, _) in enumerate(ASKED) if method in ("GET", "POST") and "image" not in path and "file" not in path]
"""Those in which whoever sees the hidden papers finds them; there are no modules, jobs or areas of cooperation."""


def filled(text: str, number_: int) -> str:
    return text.replace('"HIDDEN"', f"[{number_}]").replace('"NUMBER"', str(number_)).replace("NUMBER", str(number_))


def told(client: TestClient, at: int, hidden: int) -> str:
    import json

    method, path, body = ASKED[at]
    sent = json.loads(filled(json.dumps(body), hidden)) if body is not None else None
    answer = client.request(method, filled(path, hidden), json=sent)
    assert answer.status_code < 500, answer.text
    asked = json.dumps(sent, ensure_ascii=False) if sent else ""
    text = answer.text + str(answer.headers)
    return text.replace(sent.get("query", "\0"), "").replace(asked, "") if sent else text


def outsiders(served: Served) -> Iterator[tuple[str, str]]:
    """Keys of every role, without the group, and kept to a collection with and without it: what is seen does not go by role."""
    for role, groups in zip(ROLES, ((), ("water",), (), ("water",)), strict=True):
        name = f"{role}-{len(groups)}"
        yield name, served.key(name, role, groups)
    for role, groups in (("viewer", None), ("trainer", ()), ("editor", (GROUP,))):
        name = f"kept-{role}-{'all' if groups is None else len(groups)}"
        yield name, served.key(name, role, groups, collections=[served.ledger])


@pytest.fixture(scope="module")
def hidden(served: Served) -> int:
    return number(served.base, f"test:{SECRET} tides")


@pytest.mark.parametrize("at", range(len(ASKED)), ids=lambda at: f"{ASKED[at][0]} {ASKED[at][1]} {at}")
def test_what_a_key_may_not_see_is_in_no_answer(served: Served, hidden: int, at: int) -> None:
    leaking = [name for name, key in outsiders(served) if SECRET in told(served.client(key), at, hidden)]
    assert leaking == []


@pytest.mark.parametrize("at", [at for at in SHOWN if ASKED[at][1] not in ("/v1/map", "/v1/modules", "/v1/jobs")])
def test_a_key_that_may_see_it_is_told(served: Served, hidden: int, at: int) -> None:
    """Else the test above would pass of paths that tell nothing."""
    client = served.client(served.key("insider", **INSIDER))
    assert SECRET in told(client, at, hidden)


def test_a_hidden_document_is_answered_as_one_that_there_is_not(served: Served, hidden: int) -> None:
    for name, key in outsiders(served):
        client = served.client(key)
        for method, path, _ in ASKED:
            if "NUMBER" not in path or method == "PATCH":
                continue
            there, none = (client.request(method, path.replace("NUMBER", str(one))) for one in (hidden, 987_654))
            assert there.status_code == none.status_code, (name, path)
            assert there.text.replace(str(hidden), "N") == none.text.replace("987654", "N"), (name, path)


def test_a_key_that_is_kept_to_a_collection_sees_its_open_papers_alone(served: Served) -> None:
    client = served.client(served.key("ledger", "viewer", None, collections=[served.ledger]))
    mine = set(served.base.collections.documents(served.ledger))
    assert mine
    assert {one["id"] for one in client.get("/v1/documents").json()["documents"]} == mine
    other = next(info.id for info in served.base.documents() if info.id not in mine)
    problem(client.get(f"/v1/documents/{other}"), 404)
    problem(client.get(f"/v1/passages/{other}.1.0.5"), 404)
    problem(client.post("/v1/search", json={"query": "tide", "collections": [0]}), 404)
    found = client.post("/v1/search", json={"query": "flood-warning pilot cost", "documents": [other], "k": 50}).json()
    assert found["hits"] == []


def test_a_paper_that_leaves_the_collection_is_seen_no_more(writable: Served) -> None:
    client = writable.client(writable.key("ledger", "viewer", None, collections=[writable.ledger]))
    asked = {"query": "harbour memorandum", "k": 50}
    before = {hit["document_id"] for hit in client.post("/v1/search", json=asked).json()["hits"]}
    gone = min(before)
    writable.base.collections.put([gone], [0])
    after = {hit["document_id"] for hit in client.post("/v1/search", json=asked).json()["hits"]}
    assert gone not in after


def test_without_accounts_this_machine_alone_is_served_without_a_key(served: Served) -> None:
    assert served.client().get("/v1/documents").status_code == 200
    problem(served.client(client=("192.0.2.7", 4)).get("/v1/documents"), 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "setu.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"X-Forwarded-Host": "setu.example"},
        {"X-Real-Ip": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_forged_headers_are_refused_without_a_key(served: Served, headers: dict[str, str]) -> None:
    problem(served.client().get("/v1/documents", headers=headers), 403)


def test_where_people_sign_in_nobody_is_served_without_a_key(writable: Served) -> None:
    Accounts(writable.home).add("asha", "admin", None, "a long enough phrase")
    told_ = problem_of(writable, None)
    assert "Bearer" in told_
    assert writable.client(writable.key("portal")).get("/v1/documents").status_code == 200


def problem_of(served: Served, key: str | None) -> str:
    answer = served.client(key).get("/v1/documents")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    return str(problem(answer, 401)["detail"])


def test_a_provider_of_the_chat_closes_the_server_too(served: Served) -> None:
    app = create_app(served.base, served.base.settings, providers=lambda: True)
    assert TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 1)).get("/v1/documents").status_code == 401


@pytest.mark.parametrize("sent", ["Bearer setu_wrong", "Bearer ", "Basic YTpi", "setu_wrong", "Bearer \u00e9".encode("latin-1")], ids=str)
def test_what_is_no_key_is_refused_also_on_this_machine(served: Served, sent: str) -> None:
    problem(served.client().get("/v1/documents", headers={"Authorization": sent}), 401)


def test_a_key_counts_until_it_expires_or_is_revoked(writable: Served) -> None:
    now = datetime.now(UTC)
    soon = ApiKeys(writable.home, lambda: now - timedelta(hours=2)).create("brief", until=now - timedelta(hours=1))[1]
    problem_of(writable, soon)
    key = writable.key("portal")
    assert writable.client(key).get("/v1/documents").status_code == 200
    writable.keys.revoke("portal")
    problem_of(writable, key)


def test_a_role_that_does_not_suffice_is_told_so(served: Served) -> None:
    client = served.client(served.key("reader", "trainer", None))
    for answer in (
        client.post("/v1/documents", files={"file": ("a.txt", b"text")}),
        client.delete("/v1/documents/1"),
        client.patch("/v1/documents/1", json={"field": "title", "value": "Taken"}),
    ):
        assert "editor" in problem(answer, 403)["detail"]


def test_keys_are_kept_as_digests_and_noted_when_used(writable: Served) -> None:
    key = writable.key("portal")
    assert key.startswith(PREFIX)
    assert writable.keys.all()[0].used is None
    writable.client(key).get("/v1/documents")
    assert writable.keys.all()[0].used is not None
    assert all(key.encode() not in file.read_bytes() for file in writable.home.glob("accounts.sqlite3*"))


def test_keys_that_make_no_sense_are_refused(writable: Served) -> None:
    for options in (
        {"role": "admin", "collections": [1]},
        {"collections": []},
        {"until": datetime(2020, 1, 1, tzinfo=UTC)},
        {"groups": ["%"]},
    ):
        with pytest.raises(AccountsError):
            writable.keys.create("one", **options)  # type: ignore[arg-type]
    writable.keys.create("one")
    with pytest.raises(AccountsError, match="already"):
        writable.keys.create("ONE")


def test_what_a_key_does_is_recorded_under_it(writable: Served) -> None:
    writable.client(writable.key("fixer", "editor", None)).patch("/v1/documents/1", json={"field": "title", "value": "Flood warning"})
    entry = writable.base.audit.list()[0]
    assert (entry.who, entry.action) == ("fixer", "corrected")
