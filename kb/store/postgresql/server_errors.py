"""What PostgreSQL says, as sentences that say what to do: by the codes of appendix A of its manual, "Error Codes"."""

from __future__ import annotations

from typing import Final

SETTING: Final = "SETU_DATABASE_URL"
OLDEST: Final = 14
"""The oldest PostgreSQL that Setu works with."""
_WHOLE: Final = "Nothing is kept in half; once it is back, begin again what was refused."
BUSY: Final = ("55P03", "40001", "40P01")
"""Somebody else writes for longer than one waits; or two wait for each other."""

_REMEDIES: Final = {
    "28": f"it does not let Setu in. Check the user and the password in {SETTING}, and pg_hba.conf on the server.",
    "3D000": f"there is no such database. Make it (createdb --encoding=UTF8 NAME), or correct {SETTING}.",
    "42501": "its user may not do that. Let the user own the database, or the schema that Setu is to use.",
    "25006": f"it takes no changes: it is a standby, or read-only. Point {SETTING} at the one that takes them; what is there can be read.",
    "53100": f"the disk of its server is full. Make room there. {_WHOLE}",
    "53200": f"its server has no memory left. {_WHOLE}",
    "53300": "it has no connection left. Raise max_connections on the server, or run fewer processes of Setu.",
    "57P": f"its server was stopped or is starting. Wait until it is up, or start it. {_WHOLE}",
    "58": f"its server cannot use its files. Look into the log of the server. {_WHOLE}",
    "XX001": "it is damaged. Restore a backup of the database, and look after the disk of its server.",
    "XX002": "an index of it is damaged. Run REINDEX DATABASE there, and look after the disk of its server.",
}
"""How a code begins → what follows the name of the database."""
_GONE: Final = f"it cannot be reached. Start its server, or correct {SETTING}. {_WHOLE}"


def meaning(error: BaseException | None, *, lost: bool) -> str | None:
    """What an error of the driver says of the database itself, and what to do; None where it is about a statement.

    Args:
        error: of the driver.
        lost: the connection is gone, or there never was one.
    """
    code = getattr(error, "sqlstate", None) or ""
    found = next((said for begins, said in _REMEDIES.items() if code.startswith(begins)), None)
    if found is None and not code:
        found = next((_REMEDIES[code] for words, code in _UNCODED if words in str(error)), None)
    return found or (_GONE if lost else None)


_UNCODED: Final = (
    ("authentication failed", "28"),
    ("no pg_hba.conf entry", "28"),
    ("no password supplied", "28"),
    ('role "', "28"),
    ("does not exist", "3D000"),
    ("too many clients", "53300"),
    ("remaining connection slots", "53300"),
    ("starting up", "57P"),
    ("shutting down", "57P"),
)
"""What is said while a connection is made, where the driver passes on no code."""


def too_old(version: int) -> str:
    """That a server is older than Setu knows; ``version`` as the protocol has it, 130004 for 13.4."""
    return f"it is PostgreSQL {version // 10_000}, and Setu needs {OLDEST} or newer. Upgrade the server."


def wrong_encoding(encoding: str) -> str:
    """That a database cannot hold every text."""
    return f"it keeps texts as {encoding}. Make another for Setu: createdb --encoding=UTF8 --template=template0 NAME."


def of_others(names: list[str]) -> str:
    """That tables of another program are in the way."""
    return f"it holds tables of another program ({', '.join(names)}). Make a database for Setu alone and name it in {SETTING}."
