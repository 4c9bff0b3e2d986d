"""What the audit log records has a name on the page in four languages, and its file is one, wherever it is asked for."""

from __future__ import annotations

import ast
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kb.store.user_data.audit_log import Entry
from lang.languages import LANGUAGES, Language
from tests.support import PROJECT
from tests.ui.apps import alone
from ui.components.i18n import strings
from ui.export.spreadsheets import audit_csv
from ui.pages.admin.audit_log import ACTIONS, _utc, table_csv

ROOMS = ("kb", "training", "ui")


def recorded() -> dict[str, str]:
    """Every action that a call in our code records, and where: the first word in quotes of what is handed to the log."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for file in (PROJECT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _called(node.func) in {"recorded", "record", "_told"}:
                    said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value]
                    if said:
                        found.setdefault(said[0], f"{file.relative_to(PROJECT)}:{node.lineno}")
    return found


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def test_every_action_that_is_recorded_can_be_chosen_and_named() -> None:
    found = recorded()
    assert {"asked", "uploaded", "deleted", "exported", "signed_in", "sign_in_failed", "password_changed", "person_added"} <= set(found)
    assert {action: where for action, where in found.items() if action not in ACTIONS} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_a_name_of_its_own_in_each_language(language: Language) -> None:
    words = strings(language)
    named = {action: words(f"admin.action_{action}") for action in ACTIONS}
    assert len(set(named.values())) == len(ACTIONS)
    assert not any("_" in name for name in named.values())


def test_the_file_of_the_page_is_that_of_the_command_with_the_mark_that_excel_needs() -> None:
    entries = [Entry(datetime(2026, 3, 12, 9, 5), "=1+1", "deleted", "@sum(a)")]
    assert table_csv(entries) == "\ufeff" + audit_csv(entries)
    assert "'=1+1" in table_csv(entries)


EAST, WEST = timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 12), EAST, datetime(2026, 3, 11, 18, 30)),
        (date(1, 1, 1), EAST, datetime.min),
        (date(1, 1, 1), WEST, datetime(1, 1, 1, 8)),
        (date(9999, 12, 31), WEST, datetime(9999, 12, 31, 8)),
        (date(9999, 12, 31), EAST, datetime(9999, 12, 30, 18, 30)),
    ],
)
def test_a_day_begins_where_the_reader_is_also_on_the_first_and_last_days_there_are(day: date, at: timezone, expected: datetime) -> None:
    assert _utc(day, at) == expected


@pytest.mark.parametrize("day", ["0001-01-01", "0009-02-28", "9999-12-31", "2020-02-29", "1899-01-01", "nonsense"])
def test_any_day_in_the_address_draws_the_page(home: Path, day: str) -> None:
    app = alone(drawn, since=day, until=day)
    assert not app.exception, app.exception
    assert [one.label for one in app.date_input] == [strings("en")("admin.since"), strings("en")("admin.until")]
    found = [one.value for one in app.date_input]
    assert found == [None if day == "nonsense" else date.fromisoformat(day)] * 2


def drawn() -> None:
    from unittest.mock import patch

    from ui.auth.authentication import knowledge_base
    from ui.components.i18n import strings
    from ui.pages.admin.audit_log import happened

    with patch("ui.pages.admin.audit_log.zone", lambda _: __import__("zoneinfo").ZoneInfo("Asia/Kolkata")):
        happened(knowledge_base(), strings("en"))
