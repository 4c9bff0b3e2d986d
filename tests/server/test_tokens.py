"""Tokens of an OpenID provider: whose they are, what they open by every path, and which open nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from kb import KnowledgeBase, Settings
from kb.auth.accounts import Accounts
from kb.auth.api_keys import ApiKeys
from kb.auth.openid.bearer_tokens import AGAIN_S, BearerTokens, TokenError, fetched, providers_of
from kb.auth.sign_in import SignIn
from kb.errors import AccountsError
from server.app import create_app
from tests.kb.hidden import GROUP, SECRET
from tests.once import copied
from tests.server.conftest import Served, problem
from tests.server.papers_with_hidden import served as on_a_port
from tests.ui.provider import CLIENT, Provider, provider
from tests.ui.signed import CHEAP

ADDRESS = "https://setu.example"
MINA = {"email": "mina@example.org", "email_verified": True}


class House:
    """A served home whose people come by a provider."""

    def __init__(self, home: Path, base: KnowledgeBase, at: Provider) -> None:
        settings = base.settings
        self.at, self.base = at, base
        self.signin = SignIn(home, settings.session_hours, cost=CHEAP)
        auth = {"client_id": CLIENT, "server_metadata_url": f"{at.address}/.well-known/openid-configuration"}
        self.tokens = BearerTokens(providers_of(auth), settings, self.signin, (ADDRESS, f"{ADDRESS}/mcp"))
        app = create_app(base, settings, providers=lambda: True, tokens=self.tokens, address=ADDRESS)
        self.served = Served(home, base, app, ApiKeys(home))

    def token(self, **claims: Any) -> str:
        self.at.claims = MINA | claims
        return self.at.token()

    def client(self, **claims: Any) -> TestClient:
        return self.served.client(self.token(**claims))


@pytest.fixture
def house(server_home: Path, tmp_path: Path) -> Iterator[House]:
    home = copied(server_home, tmp_path / "home")
    settings = Settings.load(home=home, questions_per_minute=0, readers=1, oidc_role_claim="roles", oidc_groups_claim="groups")
    with KnowledgeBase.open(settings) as base, provider() as at:
        found = House(home, base, at)
        with TestClient(found.served.app):
            yield found
        found.signin.close()


def seen(client: httpx.Client) -> str:
    """What documents somebody is told of."""
    answer = client.get("/v1/documents?limit=500")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_token_has_the_role_and_groups_of_the_persons_account(house: House) -> None:
    Accounts(house.served.home, CHEAP).add("mina@example.org", "viewer", frozenset({GROUP}), "")
    client = house.client(roles=["admin"], groups=["*"])
    assert SECRET in seen(client)
    assert "editor" in problem(client.delete("/v1/documents/1"), 403)["detail"]
    assert SECRET not in seen(house.client(sub="2", email="olaf@example.org", roles=["admin"]))


def test_who_has_no_account_has_what_the_claims_say_as_on_the_page(house: House) -> None:
    assert SECRET in seen(house.client(roles=["viewer"], groups=[GROUP]))
    assert SECRET not in seen(house.client(roles=["admin"], groups=["water"]))
    problem(house.client(roles=[]).get("/v1/documents"), 403)
    problem(house.client(roles=["admin"], email_verified=False).get("/v1/documents"), 403)


def test_what_a_token_does_is_recorded_under_its_person(house: House) -> None:
    house.client(roles=["editor"], groups="*").patch("/v1/documents/1", json={"field": "title", "value": "Flood warning"})
    entry = house.base.audit.list()[0]
    assert (entry.who, entry.action) == ("mina@example.org", "corrected")


def test_the_openai_paths_and_mcp_take_the_same_tokens(house: House) -> None:
    outsider, insider = house.token(roles=["viewer"]), house.token(roles=["viewer"], groups=[GROUP])
    asked = {"query": f"{SECRET} quantum ledger"}
    found = {who: house.served.client(who).post("/v1/vector_stores/all/search", json=asked).text for who in (outsider, insider)}
    assert [SECRET in json.dumps(json.loads(found[who])["data"]) for who in (outsider, insider)] == [False, True]

    async def papers(at: str, token: str) -> Any:
        http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"})
        async with http, Client(streamable_http_client(f"{at}/mcp", http_client=http)) as client:
            return (await client.call_tool("list_documents", {"limit": 100})).structured_content

    with on_a_port(create_app(house.base, house.base.settings, providers=lambda: True, tokens=house.tokens, address=ADDRESS)) as at:
        assert SECRET not in json.dumps(anyio.run(papers, at, outsider))
        assert SECRET in json.dumps(anyio.run(papers, at, insider))


def test_a_client_of_mcp_is_told_where_to_get_a_token(house: House) -> None:
    refused = house.served.client().post("/mcp", json={})
    assert refused.status_code == 401
    where = f"{ADDRESS}/.well-known/oauth-protected-resource/mcp"
    assert f'resource_metadata="{where}"' in refused.headers["www-authenticate"]
    told = house.served.client().get("/.well-known/oauth-protected-resource/mcp").json()
    assert (told["resource"], [one.rstrip("/") for one in told["authorization_servers"]]) == (f"{ADDRESS}/mcp", [house.at.address])
    bad = house.served.client("no.such.token").post("/mcp", json={})
    assert (bad.status_code, 'error="invalid_token"' in bad.headers["www-authenticate"]) == (401, True)


@pytest.mark.parametrize("aud", [CLIENT, ADDRESS, f"{ADDRESS}/mcp", ["other", CLIENT]], ids=str)
def test_a_token_for_the_chat_or_for_this_server_counts(house: House, aud: Any) -> None:
    assert house.client(aud=aud, roles=["viewer"]).get("/v1/documents").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": []},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": 7},
        {"sub": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 1_600_000_000},
        {"nbf": 4_000_000_000},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
    ids=str,
)
def test_a_token_made_for_another_place_or_moment_is_none(house: House, claims: dict[str, Any]) -> None:
    answer = house.client(**{"roles": ["admin"], **claims}).get("/v1/documents")
    problem(answer, 401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def unsigned(house: House, algorithm: str) -> str:
    """A token that anybody can make who knows what the provider publishes."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    now = int(time.time())
    said = {"iss": house.at.address, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 600, "roles": ["admin"], **MINA}
    signed = f"{part(json.dumps({'alg': algorithm, 'kid': 'one'}).encode())}.{part(json.dumps(said).encode())}"
    key = json.dumps(house.at.keys()["keys"][0]).encode()
    return f"{signed}.{part(hmac.new(key, signed.encode(), hashlib.sha256).digest()) if algorithm != 'none' else ''}"


def test_a_token_that_the_provider_did_not_sign_is_none(house: House) -> None:
    house.at.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = [house.token(roles=["admin"]), unsigned(house, "none"), unsigned(house, "HS256"), "a.b.c", "x" * 20_000, ".."]
    for token in forged:
        problem(house.served.client(token).get("/v1/documents"), 401)


def test_an_account_that_is_disabled_is_let_in_no_more(house: House) -> None:
    people = Accounts(house.served.home, CHEAP)
    people.add("mina@example.org", "viewer", None, "")
    client = house.client()
    seen(client)
    people.change("mina@example.org", disabled=True)
    problem(client.get("/v1/documents"), 403)
    reader = house.signin.accounts.get("mina@example.org")
    assert reader.disabled


def test_a_write_asks_again_whether_the_person_still_may(house: House) -> None:
    people = Accounts(house.served.home, CHEAP)
    people.add("mina@example.org", "editor", None, "")
    reader = house.tokens.reader(house.token())
    reader.still("editor")
    people.change("mina@example.org", role="viewer")
    with pytest.raises(Exception, match="editor"):
        reader.still("editor")


def test_a_named_audience_is_the_only_one(house: House) -> None:
    settings = house.base.settings.model_copy(update={"oidc_audience": "api://setu"})
    tokens = BearerTokens(house.tokens.providers, settings, house.signin, (ADDRESS,))
    assert tokens.reader(house.token(aud="api://setu", roles=["viewer"])).role == "viewer"
    with pytest.raises(TokenError, match="another server"):
        tokens.reader(house.token(aud=CLIENT, roles=["viewer"]))


def test_keys_that_the_provider_changed_are_asked_for_and_not_too_often(house: House) -> None:
    now, asked = [0.0], list[str]()

    def fetch(address: str) -> dict[str, Any]:
        asked.append(address)
        return fetched(address)

    tokens = BearerTokens(house.tokens.providers, house.base.settings, house.signin, (), fetch, lambda: now[0])
    tokens.reader(house.token(roles=["viewer"]))
    assert len(asked) == 2
    elsewhere = house.token(roles=["viewer"], iss="https://elsewhere.example")
    for _ in range(5):
        with pytest.raises(TokenError):
            tokens.reader(elsewhere)
    assert len(asked) == 2
    now[0] = AGAIN_S
    for _ in range(5):
        with pytest.raises(TokenError):
            tokens.reader(elsewhere)
    assert len(asked) == 4


def test_a_provider_that_does_not_answer_is_told_so_and_its_keys_hold_meanwhile(house: House) -> None:
    now, down = [0.0], [True]

    def fetch(address: str) -> dict[str, Any]:
        if down[0]:
            raise httpx.ConnectError("down")
        return fetched(address)

    tokens = BearerTokens(house.tokens.providers, house.base.settings, house.signin, (), fetch, lambda: now[0])
    with pytest.raises(AccountsError, match="does not answer"):
        tokens.reader(house.token(roles=["viewer"]))
    down[0], now[0] = False, AGAIN_S
    tokens.reader(house.token(roles=["viewer"]))
    down[0], now[0] = True, AGAIN_S + 7200
    assert tokens.reader(house.token(roles=["viewer"])).role == "viewer"
