"""The audit log as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kb.cells import no_formula
from kb.store.audit import Entry

HEAD = ("time (UTC)", "who", "action", "about", "id")


def audit_csv(entries: Iterable[Entry]) -> str:
    """The entries as CSV, times in UTC. What a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEAD)
    for entry in entries:
        cells = (entry.who, entry.action, entry.about, entry.person)
        rows.writerow([f"{entry.at:%Y-%m-%d %H:%M:%S}", *(no_formula(cell) for cell in cells)])
    return out.getvalue()
