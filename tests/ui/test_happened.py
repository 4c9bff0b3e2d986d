"""What the audit log records has a name on the page in four languages, and its file is one, wherever it is asked for."""

from __future__ import annotations

import ast
from datetime import datetime

import pytest

from ingest.records import LANGUAGES, Language
from kb.store.audit import Entry
from tests.support import PROJECT
from ui.admin.happened import ACTIONS, table_csv
from ui.auditfile import audit_csv
from ui.i18n import strings

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
