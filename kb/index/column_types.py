"""Types of columns that mean the same in SQLite and PostgreSQL; tables are defined with these, never with SQLAlchemy's own.

SQLite keeps whole numbers of 64 bits and texts of any length, and compares texts byte by byte. PostgreSQL would have 32 bits, would
refuse a text that is longer than its column, and would sort by the language of the server. Here it does as SQLite does.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger
from sqlalchemy import Integer as _Integer
from sqlalchemy import String as _String
from sqlalchemy import Text as _Text

_ANY_TEXT = _Text(collation="C")

Integer: Final = _Integer().with_variant(BigInteger(), "postgresql")
"""A whole number, such as an id."""
Offset: Final = _Integer()
"""A place in a text: PostgreSQL cuts texts by numbers of 32 bits."""
Text: Final = _Text().with_variant(_ANY_TEXT, "postgresql")
"""A text of any length."""


def String(length: int) -> _String:  # noqa: N802 - it is written where a type is
    """A text that has ``length`` characters at most by what it is for; no database cuts or refuses it."""
    return _String(length).with_variant(_ANY_TEXT, "postgresql")
