"""Who is let in, and where they go."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import Settings
from kb.auth.accounts import provider_identity
from kb.auth.loopback import from_elsewhere
from kb.auth.openid.provider_claims import vouched
from kb.auth.roles import Reader
from kb.auth.sign_in import SignIn
from tests.ui.signed import CHEAP
from ui.auth.authentication import Door, goal

HERE = "127.0.0.1"


@pytest.mark.parametrize(
    ("listens", "host", "forwarded", "client"),
    [
        ("127.0.0.1", "127.0.0.1:8501", (), "127.0.0.1"),
        ("localhost", "localhost:8501", (), ""),
        ("::1", "[::1]:8501", (), "::1"),
        ("127.0.0.1", None, (), None),
        ("127.0.0.2", "LOCALHOST.", ("127.0.0.1",), "::ffff:127.0.0.1"),
    ],
)
def test_a_browser_on_this_machine_is_here(listens: str, host: str | None, forwarded: tuple[str, ...], client: str | None) -> None:
    assert not from_elsewhere(listens, host, forwarded, client)


@pytest.mark.parametrize(
    ("listens", "host", "forwarded", "client"),
    [
        (None, "127.0.0.1:8501", (), HERE),  # the server listens on every address
        ("", "127.0.0.1:8501", (), HERE),
        ("0.0.0.0", "127.0.0.1:8501", (), HERE),
        ("192.0.2.1", "127.0.0.1:8501", (), HERE),
        (HERE, "setu.example.org", (), HERE),  # a proxy, or a name that another site had point here
        (HERE, "127.0.0.1.example.org", (), HERE),
        (HERE, "127.0.0.1:8501", ("192.0.2.9",), HERE),
        (HERE, "127.0.0.1:8501", ("127.0.0.1, 192.0.2.9",), HERE),
        (HERE, "127.0.0.1:8501", ("unknown",), HERE),
        (HERE, "127.0.0.1:8501", (), "192.0.2.9"),
        (HERE, "[", (), HERE),
    ],
)
def test_every_sign_of_another_machine_counts(listens: str | None, host: str, forwarded: tuple[str, ...], client: str) -> None:
    assert from_elsewhere(listens, host, forwarded, client)


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/", "/"),
        (None, "/"),
        ("/library?kind=news&kind=report", "/library?kind=news&kind=report"),
        ("/?answer=abc-0", "/?answer=abc-0"),
        ("/?q=%E0%A4%AE%26x", "/?q=%E0%A4%AE%26x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("/signin?next=/signin", "/"),
        ("library", "/"),
    ],
)
def test_signing_in_leads_on_within_this_site_only(asked: str | None, reached: str) -> None:
    assert goal(asked) == reached


@given(st.text())
def test_no_address_leads_to_another_site(asked: str) -> None:
    parts = urlsplit(goal(asked))
    assert (parts.scheme, parts.netloc) == ("", "")
    assert goal(asked).startswith("/")
    assert not goal(asked).startswith(("//", "/\\"))


def test_the_language_that_was_chosen_goes_along() -> None:
    assert goal("/?lang=en&c=abc", "mr") == "/?c=abc&lang=mr"


MINA = provider_identity("https://login.example.org", "1")


class Vouching:
    def __init__(self, home: Path, **settings: object) -> None:
        self.door = Door(Settings(home=home, **settings), SignIn(home, 12, cost=CHEAP))

    def __call__(self, **claims: object) -> Reader | str:
        said = {"email": "mina@example.org", "iss": "https://login.example.org", "sub": "1", "iat": int(time.time())} | claims
        return vouched(said, self.door.settings, self.door.signin)


def test_a_person_with_an_account_has_its_role_whatever_the_provider_claims(tmp_path: Path) -> None:
    come = Vouching(tmp_path, oidc_role_claim="roles", oidc_groups_claim="groups")
    come.door.accounts.add("Mina@example.org", "trainer", frozenset({"ports"}))
    mina = come.door.accounts.get("mina@example.org")
    assert come(roles=["admin"], groups=["*"]) == Reader("Mina@example.org", "trainer", frozenset({"ports"}), id=mina.id)
    come.door.accounts.change("mina@example.org", disabled=True)
    assert come(roles=["admin"]) == "disabled"


def test_a_person_without_account_is_refused_unless_a_claim_or_a_default_gives_a_role(tmp_path: Path) -> None:
    assert Vouching(tmp_path)() == "unknown"
    assert Vouching(tmp_path)(roles=["admin"]) == "unknown"
    assert Vouching(tmp_path, oidc_default_role="viewer")() == Reader("mina@example.org", "viewer", frozenset(), id=MINA)
    come = Vouching(tmp_path, oidc_role_claim="roles", oidc_groups_claim="groups")
    assert come() == "unknown"
    assert come(roles="king") == "unknown"
    assert come(roles=["viewer", "Editor", "king"], groups=["ports", "a/b", 7]) == Reader(
        "mina@example.org", "editor", frozenset({"ports", "7"}), id=MINA
    )
    assert come(roles="admin", groups="*") == Reader("mina@example.org", "admin", None, id=MINA)


def test_claims_that_are_missing_unverified_or_old_let_nobody_in(tmp_path: Path) -> None:
    come = Vouching(tmp_path, oidc_default_role="viewer")
    assert come(email=None) == "unknown"
    assert come(email=" ") == "unknown"
    assert come(email_verified=False) == "unverified"
    assert come(iat=None) == "signed_out"
    assert come(iat=int(time.time()) - 12 * 3600 - 5) == "signed_out"
    by_subject = Vouching(tmp_path, oidc_default_role="viewer", oidc_name_claim="sub")
    found = by_subject(sub="Mina", email_verified=False)
    assert isinstance(found, Reader)
    assert (found.name, found.role, found.groups) == ("mina", "viewer", frozenset())
    for claim in ("iss", "sub"):
        assert come(**{claim: None}) == come(**{claim: ""}) == "unknown"


def test_a_person_is_known_by_issuer_and_subject_whatever_they_are_called(tmp_path: Path) -> None:
    come = Vouching(tmp_path, oidc_default_role="viewer")

    def person(**claims: object) -> str:
        found = come(**claims)
        assert isinstance(found, Reader)
        return found.id

    assert person() == person(email="mina.sato@example.org") == MINA
    others = {person(sub="2"), person(iss="https://elsewhere.example.org"), person(sub="2", email="ravi@example.org", iss="https://x.org")}
    assert len(others | {MINA}) == 4


def test_an_account_is_the_first_ones_who_comes_with_its_name_and_theirs_from_then_on(tmp_path: Path) -> None:
    come = Vouching(tmp_path)
    made = come.door.accounts.add("mina@example.org", "editor", frozenset({"ports"}))
    assert isinstance(come(), Reader)
    moved = come(email="mina.sato@example.org")
    assert isinstance(moved, Reader)
    assert (moved.id, moved.role) == (made.id, "editor")
    assert come(sub="2") == "unknown"  # the address was given to somebody else
    assert come(iss="https://elsewhere.example.org") == "unknown"
    come.door.accounts.change("mina@example.org", disabled=True)
    assert come(email="mina.sato@example.org") == "disabled"
    come.door.accounts.change("mina@example.org", disabled=False)
    come.door.accounts.bind("mina@example.org", "")  # as the provider was replaced
    released = come(sub="2", iat=int(time.time()) + 2)
    assert isinstance(released, Reader)
    assert released.id == made.id


def test_a_person_who_was_there_without_an_account_does_not_get_what_an_account_of_their_address_has(tmp_path: Path) -> None:
    come = Vouching(tmp_path, oidc_default_role="viewer")
    come.door.accounts.add("mina@example.org", "admin", None)
    first, second = come(sub="1"), come(sub="2")
    assert isinstance(first, Reader)
    assert isinstance(second, Reader)
    assert (first.role, second.role) == ("admin", "viewer")
    assert first.id != second.id
