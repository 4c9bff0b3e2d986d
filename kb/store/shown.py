"""Kept exchanges as a reader may have them: what a sight does not see is left out, as is what is there no more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from kb.store.catalogue import Catalogue
from kb.store.passages import STEP
from kb.store.schema import documents
from kb.store.sight import seen
from kb.talk import Exchange
from kb.withheld import sources, withheld


def shown(catalogue: Catalogue, said: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Exchanges as the catalogue's sight has them; one that sees every document has them as they are.

    For any other, a document that was deleted is one that is not seen: whether it was would have to be remembered.
    """
    if catalogue.sight is None:
        return tuple(said)
    named = sorted(frozenset[int]().union(*map(sources, said)))
    query = select(documents.c.id).where(seen(catalogue.sight, documents.c.id))
    with catalogue.read() as conn:
        parts = (named[start : start + STEP] for start in range(0, len(named), STEP))
        there = {document for part in parts for document in conn.scalars(query.where(documents.c.id.in_(part)))}
    return tuple(withheld(one, there.__contains__) for one in said)
