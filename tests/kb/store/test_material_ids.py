"""An id can be given to a command as it is."""

from __future__ import annotations

import secrets

import pytest

from kb.store.user_data.materials import new_id


def test_an_id_does_not_begin_like_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["-bgeldYXuzpeo1n1", "--geldYXuzpeo1n1", "b-eldYXuzpeo1n1_"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(drawn) if size == 12 else "")
    assert new_id(12) == "b-eldYXuzpeo1n1_"


def test_ids_differ_and_have_the_length_of_their_bytes() -> None:
    made = {new_id(12) for _ in range(500)}
    assert len(made) == 500
    assert {len(one) for one in made} == {16}
    assert not any(one.startswith("-") for one in made)
