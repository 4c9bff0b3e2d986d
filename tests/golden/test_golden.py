"""Golden tables: a text, a question or the lines of a paper, and what is read out of it; each row is one case.

A table is a file of JSON lines. A row with ``about`` is a heading: it says what the rows below it show, and its other fields hold
for each of them. ``read`` names the function of the readers beside this module that is called with the fields of the row (without
it, the one called like the table); what it gives is compared with one or more of:

- ``want``: all of it;
- ``has``, ``lacks``: what is, and what is not, among it;
- ``as``, ``unlike``: another text, of which the same, and of which something else, is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from tests.golden import ingest, kb, lang, skills, training

FOLDER = Path(__file__).parent
ROOMS = {"ingest": ingest, "kb": kb, "lang": lang, "skills": skills, "training": training}
CHECKS = ("want", "has", "lacks", "as", "unlike")


def table_rows() -> Iterator[Any]:
    for table in sorted(FOLDER.glob("*/*.jsonl")):
        heading: dict[str, Any] = {}
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), start=1):
            row = json.loads(line)
            if "about" in row:
                heading = {"read": table.stem} | row
            else:
                place = f"{table.parent.name}/{table.name}:{number}"
                yield pytest.param(table.parent.name, heading | row, id=f"{place} {heading['about']}")


def difference(wanted: object, got: object) -> str:
    one, other = (json.dumps(value, ensure_ascii=False, indent=1).splitlines() for value in (wanted, got))
    return "\n".join(unified_diff(one, other, "wanted", "read", lineterm="", n=9))


def wrongs(room: str, row: dict[str, Any]) -> Iterator[str]:
    """What the reader of a row gives otherwise than the row says."""
    fields = {name: value for name, value in row.items() if name not in (*CHECKS, "about", "read")}

    def read(**changed: object) -> Any:
        found = getattr(ROOMS[room], row["read"])(**fields | changed)
        return json.loads(json.dumps(found, ensure_ascii=False, default=str))

    got = read()
    if "want" in row and got != row["want"]:
        yield difference(row["want"], got)
    yield from (f"{one!r} is not in {got}" for one in row.get("has", ()) if one not in got)
    yield from (f"{one!r} is in {got}" for one in row.get("lacks", ()) if one in got)
    if "as" in row and got != (other := read(text=row["as"])):
        yield difference(other, got)
    if "unlike" in row and got == read(text=row["unlike"]):
        yield f"both are {got}"
    if not any(check in row for check in CHECKS):
        yield "the row does not say what is wanted"


@pytest.mark.parametrize(("room", "row"), list(table_rows()))
def test_golden(room: str, row: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if found := list(wrongs(room, row)):
        pytest.fail("\n".join([request.node.callspec.id, json.dumps(row, ensure_ascii=False), *found]), pytrace=False)
