from __future__ import annotations

import hashlib

import pytest

from ingest.pipeline import read_document
from ingest.records import Source
from tests.support import shared

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(("language", "cells"), [("mr", 12), ("hi", 12), ("ja", 12), ("en", 12)])
def test_each_cell_of_a_table_stands_in_a_row_that_carries_the_column_headings(language: str, cells: int) -> None:
    truth = shared("corpus", "extraction", f"{language}_policy.txt").read_text(encoding="utf-8")
    headings, *rows = [line.split("\t") for line in truth.splitlines() if "\t" in line]
    path = shared("corpus", "extraction", f"{language}_policy.lo.pdf")
    data = path.read_bytes()
    document = read_document(Source(str(path), hashlib.sha256(data).hexdigest(), "pdf", len(data)))
    found = 0
    for row in rows:
        (block,) = [block for block in document.blocks if block.role == "table_row" and block.text.split("\t") == row]
        # The column that only counts the rows has a heading that says nothing; it is left out.
        assert all(heading in block.path[-1] for heading in headings[1:]), block.path
        found += len(row) - 1
    assert found >= cells
