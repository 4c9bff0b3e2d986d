"""Originals brought from one place to another: with a base that is moved, and into the place that the settings name now.

Each is held against its hash before it is kept, so what was altered is not carried on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from kb.errors import SettingsError
from kb.settings import Settings
from kb.store.catalogue import Catalogue
from kb.store.integrity import contents
from kb.store.originals.object_store import object_place
from kb.store.originals.original_files import Originals, home_place
from kb.store.originals.places import DatabasePlace, Place

Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of originals: ``kept`` were in their place, ``brought`` came there; ``lacking`` are nowhere, by title and source.

    ``unclaimed`` were removed, which no document has any more.
    """

    kept: int
    brought: int
    lacking: tuple[str, ...]
    unclaimed: int = 0


def carry(wanted: dict[str, tuple[str, str]], places: Sequence[Place], into: Originals, progress: Tell) -> Gathered:
    """Bring those originals that are not in their place from the first of others that has them sound.

    Args:
        wanted: the title and source of a document of each, by name.
        places: where they are looked for, in order.
        into: where they are to be.
        progress: told how many are done.

    Raises:
        OriginalsError: a place cannot be used.
    """
    into.place.check()
    for place in places:
        place.check()
    kept = brought = 0
    lacking = []
    for done, (name, (title, source)) in enumerate(wanted.items(), 1):
        if into.digest(name) == name.partition(".")[0]:
            kept += 1
        elif (data := _sound(name, places)) is not None:
            into.put(name, data)
            brought += 1
        else:
            lacking.append(f"“{title}” ({source})")
        progress("originals", done)
    return Gathered(kept, brought, tuple(lacking))


def gather(settings: Settings, source: str | None = None, progress: Tell = lambda what, done: None) -> Gathered:
    """Bring the originals of a base on a server into the place that its settings name: from the home of this machine, or the database.

    What lay in the database beside that place is removed from it, and so is what no document has any more.

    Args:
        settings: of the base.
        source: a further place to look in, by its URL as of `SETU_OBJECTS_URL`.
        progress: told how many are done.

    Raises:
        SettingsError: the base is in files, or a URL is wrong.
        OriginalsError: a place cannot be used.
        KnowledgeBaseError: somebody has been writing for ten minutes.
    """
    if settings.server_url is None:
        raise SettingsError(
            "The base is in files of SETU_HOME, and so are its originals. This is for a base on a server (SETU_DATABASE_URL)."
        )
    with closing(Catalogue(settings)) as catalogue:
        beside: list[Place] = [home_place(settings.home)]
        database = DatabasePlace(catalogue.engine)
        if settings.objects_url:
            beside.append(database)
        if source:
            beside.append(object_place(source))
        with catalogue.writers_lock(settings.home / "write.lock").held():
            with catalogue.read() as conn:
                wanted = contents(conn)
            found = carry(wanted, beside, catalogue.originals, progress)
            removed = _clear(catalogue.originals.place, frozenset(wanted))
            if settings.objects_url:
                _clear(database, frozenset())
        return Gathered(found.kept, found.brought, found.lacking, removed)


def _sound(name: str, places: Sequence[Place]) -> bytes | None:
    for place in places:
        try:
            data = b"".join(place.pieces(name))
        except FileNotFoundError:
            continue
        if hashlib.sha256(data).hexdigest() == name.partition(".")[0]:
            return data
    return None


def _clear(place: Place, claimed: frozenset[str]) -> int:
    """Remove what nobody claims; only what has the name of an original is looked at."""
    left = [name for name in place.names() if name not in claimed and _is_original(name)]
    for name in left:
        place.remove(name)
    return len(left)


def _is_original(name: str) -> bool:
    stem = name.partition(".")[0]
    return len(stem) == 64 and set(stem) <= set("0123456789abcdef")
