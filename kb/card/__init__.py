"""The agreement card: what an agreement says of itself and who shall do what by when, each line with the clause it stands in.

`make_card` reads it and puts a person's corrections over it; `training.card.calendar` and `training.card.table` write it to files.
"""

from __future__ import annotations

from kb.card.card import make_card
from kb.card.records import Card, Deadline, Entry, Force, Obligation

__all__ = ["Card", "Deadline", "Entry", "Force", "Obligation", "make_card"]
