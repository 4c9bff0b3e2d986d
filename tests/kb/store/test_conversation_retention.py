"""What a person did is kept whole, or the person is told that it was not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.records import Filters
from kb.user_records import Exchange, Opinion
from tests.kb.make import base, document

KEPT: dict[str, tuple[str, Callable[[KnowledgeBase, str], object]]] = {
    "feedback": ("The feedback", lambda kb, talk: kb.feedback.give(talk, 0, Opinion(True))),
    "exchanges": ("The conversation", lambda kb, _: kb.conversations.save(kb.conversations.new().with_new(Exchange("Why?", Filters())))),
    "materials": ("The material", lambda kb, _: kb.materials.save("m1", "module", "Tides", "{}")),
}


@pytest.mark.parametrize("table", KEPT)
def test_where_the_database_refuses_one_is_told_what_was_not_kept_and_nothing_is_half_there(table: str, tmp_path: Path) -> None:
    what, keep = KEPT[table]
    with base(tmp_path) as kb:
        kb.ingest_documents([document("tides.txt", "en", "other", ("The tide gauge at the pier costs nine rupees.",))])
        talk = kb.conversations.new().with_new(
            Exchange("What does the gauge cost?", Filters(), kb.answer("What does the gauge cost?"), True)
        )
        kb.conversations.save(talk)
        with kb._catalogue.write() as conn:
            conn.exec_driver_sql(f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
        with pytest.raises(
            KnowledgeBaseError, match=rf"^{what} could not be kept: database or disk is full\. Check that the disk is not full"
        ):
            keep(kb, talk.id)
        assert [info.id for info in kb.conversations.list()] == [talk.id]
        assert (kb.feedback.list(), kb.materials.list("module")) == ((), ())
