"""Kept exchanges as a reader may have them: what a sight does not see is left out, as is what is there no more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from kb.store.catalogue import Catalogue
from kb.store.passages import STEP
from kb.store.schema import documents, versions
from kb.store.sight import seen, unseen
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
        hidden = unseen(conn, catalogue.sight) if any(one.answer is not None and one.answer.blocks for one in said) else frozenset[int]()
        titles = _titles(conn, hidden) if hidden else frozenset[str]()
    return tuple(withheld(one, there.__contains__, titles) for one in said)


def _titles(conn: Connection, hidden: frozenset[int]) -> frozenset[str]:
    """The titles of hidden documents that no other document has."""
    theirs = versions.c.document_id.in_(hidden)
    own, others = (frozenset(conn.scalars(select(versions.c.title).where(which).distinct())) for which in (theirs, ~theirs))
    return own - others - {""}
