"""The agreement card: what an agreement says of itself and who shall do what by when, each line with the clause it stands in.

`make_card` reads it and puts a person's corrections over it; `training.agreement.calendar_file` and `training.agreement.csv_table` write
it to files.
"""

from __future__ import annotations

from kb.agreements.card_records import Card, Deadline, Entry, Force, Obligation
from kb.agreements.cards import make_card

__all__ = ["Card", "Deadline", "Entry", "Force", "Obligation", "make_card"]
