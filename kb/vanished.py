"""Files that were taken in from a folder and are no longer there: named, and on request withdrawn."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.store.catalogue import Catalogue
from kb.store.history import known_under, vanished
from kb.store.publish import Publisher

REASON = "The file is no longer where it was taken in from."
REMEDY = "Put it back and ingest it again, or delete the document (setu docs delete)."


@dataclass(frozen=True, slots=True)
class Missing:
    """Sources that vanished, those of them that were withdrawn, and what else to say."""

    vanished: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def missing(catalogue: Catalogue, publisher: Publisher, paths: Sequence[Path | str], *, prune: bool) -> Missing:
    """Look for files known from the folders among ``paths`` that have gone; call it inside `Publisher.writing`.

    With ``prune`` their documents leave every channel, while old answers still open. A folder in which nothing known is left is
    more likely a share that is not mounted than one that was emptied: there nothing is withdrawn. Only what the catalogue's sight sees is
    looked at.
    """
    gone: list[str] = []
    withdrawn: list[str] = []
    notes: list[str] = []
    for folder in dict.fromkeys(Path(os.path.abspath(p)) for p in paths if isinstance(p, Path) and p.is_dir()):
        with catalogue.read() as conn:
            known = known_under(conn, folder, catalogue.sight)
        lost = [k for k in vanished(known) if k.published and k.source not in gone]
        gone += [k.source for k in lost]
        if not prune:
            continue
        if lost and all(k in lost for k in known if k.published):
            notes.append(
                f"{folder}: not one of the {len(lost)} documents known from it is there; nothing was withdrawn. "
                "Check that the share is mounted, or delete them with setu docs delete."
            )
            continue
        for one in lost:
            publisher.withdraw(one.id, REASON, REMEDY)
            withdrawn.append(one.source)
        for one in vanished(known):
            if not one.read:
                publisher.delete(one.id)  # all that was known of it is why it could not be read
    return Missing(tuple(gone), tuple(withdrawn), tuple(notes))
