"""What a search asks of the database costs the same however many documents there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from kb import Filters
from tests.kb.make import base, document, papers

_ALL = ("SCAN versions", "SCAN chunks", "SCAN documents", "SCAN pages", "SCAN embeddings", "SCAN pools", "versions_searched (state=?)")
"""Parts of a plan of SQLite that mean: every row, or every published version."""
_MANY = [
    document(f"minutes {n}", "en", "report", tuple(f"The Parties meet in room {n} on day {day} of the year." for day in range(4)))
    for n in range(30)
]
"""Fewer passages than a search looks at would be found in another order."""


@pytest.mark.parametrize("question", ["Who shall meet twice a year in Article 1?", "पूर इशारा प्रणाली कोणी बसवली?", "浸水センサーは何台か。"])
def test_no_statement_of_a_search_goes_through_all_documents(tmp_path: Path, question: str) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents([*papers(), *_MANY])
        opened.search(question)  # what is read once after a change is read now
        asked: list[tuple[str, Any]] = []
        engine = opened._catalogue.engine
        note = lambda conn, cursor, statement, parameters, context, many: asked.append((statement, parameters))  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        assert opened.search(question).hits
        event.remove(engine, "before_cursor_execute", note)
        with engine.connect() as conn:
            for statement, parameters in [one for one in asked if one[0].lstrip().upper().startswith("SELECT")]:
                plan = [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
                every = [step for step in plan for part in _ALL if part in step and "USING COVERING INDEX pools_by_revision" not in step]
                assert not every, (every, statement)
        assert len(asked) > 5


def test_a_passage_of_an_older_version_is_in_no_scan_file_and_no_list(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents([document("moc", "en", "agreement", ("The tram opens in March.", "The fare is ten rupees."))])
        opened.search("tram")
        opened.ingest_documents([document("moc", "en", "agreement", ("The tram opens in May.",))])
        assert [hit.text for hit in opened.search("When does the tram open?", filters=Filters(kinds=("agreement",))).hits] == [
            "The tram opens in May."
        ]
