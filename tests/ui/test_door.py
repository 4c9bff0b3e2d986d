"""Who is let in, and where they go."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import Settings
from kb.access import Reader
from kb.signin import SignIn
from tests.ui.signed import CHEAP
from ui.door import Door, from_elsewhere, goal, vouched

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


class Vouching:
    def __init__(self, home: Path, **settings: object) -> None:
        self.door = Door(Settings(home=home, **settings), SignIn(home, 12, cost=CHEAP))

    def __call__(self, **claims: object) -> Reader | str:
        return vouched({"email": "mina@example.org", "iat": int(time.time())} | claims, self.door)


def test_a_person_with_an_account_has_its_role_whatever_the_provider_claims(tmp_path: Path) -> None:
    come = Vouching(tmp_path, oidc_role_claim="roles", oidc_groups_claim="groups")
    come.door.accounts.add("Mina@example.org", "trainer", frozenset({"ports"}))
    assert come(roles=["admin"], groups=["*"]) == Reader("Mina@example.org", "trainer", frozenset({"ports"}))
    come.door.accounts.change("mina@example.org", disabled=True)
    assert come(roles=["admin"]) == "disabled"


def test_a_person_without_account_is_refused_unless_a_claim_or_a_default_gives_a_role(tmp_path: Path) -> None:
    assert Vouching(tmp_path)() == "unknown"
    assert Vouching(tmp_path)(roles=["admin"]) == "unknown"
    assert Vouching(tmp_path, oidc_default_role="viewer")() == Reader("mina@example.org", "viewer", frozenset())
    come = Vouching(tmp_path, oidc_role_claim="roles", oidc_groups_claim="groups")
    assert come() == "unknown"
    assert come(roles="king") == "unknown"
    assert come(roles=["viewer", "Editor", "king"], groups=["ports", "a/b", 7]) == Reader(
        "mina@example.org", "editor", frozenset({"ports", "7"})
    )
    assert come(roles="admin", groups="*") == Reader("mina@example.org", "admin", None)


def test_claims_that_are_missing_unverified_or_old_let_nobody_in(tmp_path: Path) -> None:
    come = Vouching(tmp_path, oidc_default_role="viewer")
    assert come(email=None) == "unknown"
    assert come(email=" ") == "unknown"
    assert come(email_verified=False) == "unverified"
    assert come(iat=None) == "signed_out"
    assert come(iat=int(time.time()) - 12 * 3600 - 5) == "signed_out"
    by_subject = Vouching(tmp_path, oidc_default_role="viewer", oidc_name_claim="sub")
    assert by_subject(sub="Mina", email_verified=False) == Reader("mina", "viewer", frozenset())
