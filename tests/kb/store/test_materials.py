"""Materials are kept whole, by kind, and seen by those whose they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError
from tests.kb.make import base

MAYA, NOOR, CHIEF = Reader("maya", "trainer"), Reader("noor", "trainer"), Reader("chief", "admin")


def test_a_material_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.materials.save("m1", "module", "  The\nmemorandum ", '{"a": "सेतु"}')
    with base(tmp_path) as kb:
        kept = kb.materials.load("m1", "module")
        assert kept is not None
        assert (kept.info.title, kept.body, kept.info.owner) == ("The memorandum", '{"a": "सेतु"}', "")
        assert kb.materials.load("m1", "card") is None
        assert kb.materials.load("m2", "module") is None


def test_saving_again_replaces_the_body_and_moves_it_to_the_front(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        for name in ("one", "two"):
            kb.materials.save(name, "module", name, "{}")
        kb.materials.save("one", "module", "one again", '{"n": 2}')
        assert [(info.id, info.title) for info in kb.materials.list("module")] == [("one", "one again"), ("two", "two")]
        first = kb.materials.list("module")[0]
        assert first.created < first.changed


def test_a_deleted_material_is_gone_and_deleting_it_again_says_so(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.materials.save("m1", "module", "t", "{}")
        assert kb.materials.delete("m1", "card") is False
        assert kb.materials.delete("m1", "module") is True
        assert kb.materials.delete("m1", "module") is False
        assert kb.materials.list("module") == ()


def test_a_trainer_uses_their_own_and_the_shared_ones_and_an_admin_all(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        mine, theirs, chief = (kb.materials.seen_by(reader) for reader in (MAYA, NOOR, CHIEF))
        mine.save("m1", "module", "Maya's", "{}")
        theirs.save("m2", "module", "everybody's", "{}", shared=True)
        assert {info.id for info in mine.list("module")} == {"m1", "m2"}
        assert {info.id for info in theirs.list("module")} == {"m2"}
        assert theirs.load("m1", "module") is None
        assert theirs.delete("m1", "module") is False
        assert {info.id for info in chief.list("module")} == {"m1", "m2"}


def test_what_one_shares_is_everybodys_and_nobody_shares_what_is_somebody_elses(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        mine, theirs = (kb.materials.seen_by(reader) for reader in (MAYA, NOOR))
        mine.save("m1", "module", "Maya's", "{}")
        assert theirs.share("m1", "module") is False
        assert theirs.list("module") == ()
        assert mine.share("m1", "card") is False
        assert mine.share("m1", "module") is True
        assert [(info.id, info.owner) for info in theirs.list("module")] == [("m1", "")]
        theirs.save("m1", "module", "everybody's", "{}")
        assert [info.title for info in mine.list("module")] == ["everybody's"]


def test_who_shared_a_material_takes_it_back_as_it_is_by_then_and_nobody_else_does(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        mine, theirs, chief = (kb.materials.seen_by(reader) for reader in (MAYA, NOOR, CHIEF))
        mine.save("m1", "module", "Maya's", "{}")
        assert mine.unshare("m1", "module") is False
        mine.share("m1", "module")
        theirs.save("m1", "module", "as Noor has it", "[]")
        theirs.share("m1", "module")
        assert [info.sharer for info in theirs.list("module")] == ["maya"]
        assert (theirs.unshare("m1", "module"), chief.unshare("m1", "module"), mine.unshare("m1", "card")) == (False, False, False)
        assert mine.unshare("m1", "module") is True
        assert theirs.list("module") == ()
        assert [(info.owner, info.title, info.sharer) for info in mine.list("module")] == [("maya", "as Noor has it", "")]
        kb.materials.save("m2", "module", "nobody's", "{}")
        assert kb.materials.unshare("m2", "module") is False


def test_nobody_writes_over_what_is_somebody_elses_or_of_another_kind(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.materials.seen_by(MAYA).save("m1", "module", "Maya's", "{}")
        with pytest.raises(KnowledgeBaseError, match="taken"):
            kb.materials.seen_by(NOOR).save("m1", "module", "Noor's", "[]")
        with pytest.raises(KnowledgeBaseError, match="taken"):
            kb.materials.save("m1", "card", "a card", "[]")
        kb.materials.seen_by(CHIEF).save("m1", "module", "reviewed", "[1]")
        kept = kb.materials.seen_by(MAYA).load("m1", "module")
        assert kept is not None
        assert (kept.info.owner, kept.body) == ("maya", "[1]")
