"""What pages remember in the address: bookmarks of every kind keep working, and what is not of our making is passed over."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ui.pages
from tests.ui.apps import alone
from ui.components import query_params
from ui.components.permalinks import Passage
from ui.components.query_params import Opened, Param, counted

BOOKMARKED: dict[str, dict[str, tuple[str, Any]]] = {
    "ui.components.query_params": {
        "lang": ("mr", "mr"),
        "c": ("k3Jx", "k3Jx"),
        "collection": ("1 2", (1, 2)),
        "src": ("3.1.120.180.4", Opened(3, 1, 120, 180, 4)),
        "answer": ("9fc1", "9fc1"),
        "passage": ("3.1.120.180", Passage(3, 1, 120, 180)),
        "kind": ("agreement news", ("agreement", "news")),
        "language": ("mr ja", ("mr", "ja")),
        "document": ("3 12", (3, 12)),
        "from": ("2025-03-05", date(2025, 3, 5)),
        "to": ("2025-12-31", date(2025, 12, 31)),
    },
    "ui.pages.chat.history": {"q": ("gauges", "gauges"), "n": ("60", 60)},
    "ui.pages.chat.feedback": {"show": ("bad", "bad"), "n": ("60", 60)},
    "ui.pages.library.library_params": {
        "q": ("बंदर", "बंदर"),
        "state": ("in_use withdrawn", ("in_use", "withdrawn")),
        "sort": ("-date", ("date", True)),
        "p": ("2", 2),
        "job": ("Xw-3", "Xw-3"),
        "document": ("3", 3),
        "version": ("2", 2),
        "view": ("facts", "facts"),
        "page": ("7", 7),
        "at": ("120.180", (120, 180)),
        "fix": ("signed", "signed"),
        "compare": ("1.2", (1, 2)),
    },
    "ui.pages.studio.studio_params": {
        "module": ("m1", "m1"),
        "part": ("changed", "changed"),
        "slide": ("s3", "s3"),
        "edit": ("s3", "s3"),
        "making": ("Xw-3", "Xw-3"),
        "n": ("20", 20),
    },
    "ui.pages.exchange_map.exchange_map_page": {"gap": ("no_pilot", ("no_pilot",)), "find": ("water", "water")},
    "ui.pages.exchange_map.matrix": {"cell": ("floods~practice", "floods~practice"), "view": ("quotes", "quotes")},
    "ui.pages.agreements.card_forms": {
        "document": ("3", 3),
        "beside": ("4", 4),
        "view": ("due", "due"),
        "actor": ("Ministry", "Ministry"),
        "fix": ("+costs", "+costs"),
        "set": ("3.obligation-01", "3.obligation-01"),
    },
    "ui.pages.agreements.deadlines": {
        "old": ("1", "1"),
        "n": ("50", 50),
        "when": ("overdue", "overdue"),
        "state": ("open", "open"),
        "party": ("-", "-"),
        "owner": ("Asha", "Asha"),
        "paper": ("3", "3"),
    },
    "ui.pages.evaluation.evaluation_page": {"run": ("first", "first"), "against": ("before", "before")},
    "ui.pages.admin.admin_page": {"part": ("health", "health")},
    "ui.pages.admin.audit_log": {
        "who": ("-", "-"),
        "act": ("deleted", "deleted"),
        "since": ("2026-01-01", date(2026, 1, 1)),
        "until": ("2026-02-18", date(2026, 2, 18)),
        "n": ("3", 3),
    },
}
"""Module → what its addresses may hold, each with a value (several, where there are spaces) and what a page takes it for."""


@cache
def declared(module: str) -> dict[str, Param[Any]]:
    """The parameters that a module declares, by name; not those that it has from another."""
    loaded = import_module(module)
    assigned = [node for node in ast.parse(inspect.getsource(loaded)).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    targets = [target for node in assigned for target in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
    return {one.name: one for name in names if isinstance(one := getattr(loaded, name, None), Param)}


EACH = [(module, name) for module, names in BOOKMARKED.items() for name in names]


@pytest.mark.parametrize(("module", "name"), EACH, ids=[f"{module.rpartition('.')[2]}-{name}" for module, name in EACH])
def test_an_address_that_was_bookmarked_is_understood_and_written_again_as_it_was(module: str, name: str) -> None:
    said, meant = BOOKMARKED[module][name]
    param = declared(module)[name]
    assert param.read(said.split()) == meant
    assert list(param.write(meant)) == said.split()
    assert param.link(param.default) == {}


def test_every_parameter_that_a_page_declares_is_among_the_bookmarks() -> None:
    pages = [one.name for one in pkgutil.walk_packages(ui.pages.__path__, "ui.pages.") if not one.ispkg]
    assert {module for module in pages if declared(module)} <= BOOKMARKED.keys()
    for module, names in BOOKMARKED.items():
        assert declared(module).keys() == names.keys(), module


@given(st.lists(st.text(max_size=12) | st.from_regex(r"-?[0-9]{0,13}(\.[0-9]{1,3}){0,5}"), max_size=3))
def test_what_is_not_of_our_making_is_passed_over(said: list[str]) -> None:
    for module, names in BOOKMARKED.items():
        for name in names:
            param = declared(module)[name]
            found = param.read(said)
            if found is not None and found != param.default:
                assert param.read(list(param.write(found))) == found, (module, name)


@pytest.mark.parametrize(
    ("said", "meant"), [("", 30), ("0", 30), ("-1", 30), ("x", 30), ("٣", 30), ("31", 31), ("9999", 300), ("999999", 30), ("9" * 13, 30)]
)
def test_a_count_is_between_one_and_the_most(said: str, meant: int) -> None:
    assert (counted("n", 30, 300).read([said]) or 30) == meant


def test_of_a_value_that_stands_twice_the_last_is_meant() -> None:
    assert query_params.CONVERSATION.read(["one", "two"]) == "two"


def drawn() -> None:
    import streamlit as st

    from ui.components import query_params

    st.text(str((query_params.CONVERSATION.get(), query_params.KIND.get(), query_params.FROM.get(), query_params.KIND.stands())))
    st.button("put", on_click=lambda: (query_params.CONVERSATION.put("new"), query_params.KIND.put(("news", "report"))))
    st.button("clear", on_click=lambda: query_params.clear(query_params.CONVERSATION, query_params.KIND))
    st.button("default", on_click=lambda: query_params.KIND.put(()))


def test_a_page_reads_and_writes_its_address() -> None:
    app = alone(drawn, c="old", **{"from": "yesterday"})
    assert app.text[0].value == "('old', (), None, False)"
    app.button[0].click().run()
    assert app.text[0].value == "('new', ('news', 'report'), None, True)"
    app.button[2].click().run()
    assert app.text[0].value == "('new', (), None, False)"
    app.button[1].click().run()
    assert app.text[0].value == "(None, (), None, False)"
    assert "c" not in app.query_params
