"""What a spreadsheet would run is text in every table that Setu writes."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from io import StringIO

import pytest

from kb.sanitize import no_formula
from kb.store.user_data.audit_log import Entry
from tests.support import PROJECT
from ui.export.spreadsheets import audit_csv

SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "⁺", "⁻", "₌", "−"]
BEFORE = [
    "", " ", "\t", "\n", "\r", "\r\n", "\v", "\f", "\x00", "\x1b", "\x85", "\u00a0", "\u2003", "\u2028", "\u2029", "\u3000",
    "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u061c", "\u115f",
    "\u3164", "\uffa0", "\u2800", "\ufe0f", "\u0301", "\U000e0020",
    "\ud800", "\uffff", " \t\n\u200b\u3000",
]  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE, ids=ascii)
def test_a_formula_is_text_whatever_its_sign_and_whatever_stands_before_it(before: str, sign: str) -> None:
    assert no_formula(f'{before}{sign}HYPERLINK("http://harbour.invalid")').startswith("'")


@pytest.mark.parametrize("text", ["\tx", "\nx", "\rx", "\r\n", "\t"])
def test_a_cell_that_begins_with_a_break_is_text(text: str) -> None:
    assert no_formula(text).startswith("'")


@pytest.mark.parametrize(
    "text", ["", " ", "a=b", "第1条＝総則", "कलम १ - नाव", "1-2", "x@y", "· a", "ー長音", "“=1”", "’tis", "(-5)", " a", "①"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert no_formula(text) == text


def test_what_no_file_can_hold_is_replaced() -> None:
    assert no_formula("a\x00b\ud800c\uffff").encode().decode() == "a\ufffdb\ufffdc\ufffd"


@pytest.mark.parametrize("sign", SIGNS)
def test_names_and_what_they_did_are_text_in_the_audit_file(sign: str) -> None:
    evil = f"\n{sign}1+1"
    rows = list(csv.reader(StringIO(audit_csv([Entry(datetime(2026, 1, 1, tzinfo=UTC), evil, evil, evil, evil)]))))
    assert rows[1][1:] == [f"'{evil}"] * 4


def test_every_module_that_writes_tables_for_spreadsheets_has_the_guard() -> None:
    written = [
        file
        for folder in ("kb", "training", "ui", "eval")
        for file in sorted((PROJECT / folder).rglob("*.py"))
        if re.search(r"csv\.writer|DictWriter|\bWorkbook\(", file.read_text(encoding="utf-8"))
    ]
    assert len(written) == 2
    assert [file.name for file in written if "no_formula(" not in file.read_text(encoding="utf-8")] == []
