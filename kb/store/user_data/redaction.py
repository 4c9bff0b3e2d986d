"""What is left of a kept exchange for somebody who may not, or no longer, see all of its sources.

A paper may come into an access group after it was quoted. Then nothing of it may be read in the conversation either: no quote, no title,
no sentence that rested on it; nor what is there no more. What is kept stays as it is: who may see the sources again has the whole answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from kb.document_records import Hit
from kb.records import Answer, Block, Citation, Conflict, Refusal, Statement
from kb.store.access_control import seen, unseen
from kb.store.catalogue import Catalogue
from kb.store.passages import STEP
from kb.store.schema import documents, versions
from kb.user_records import Exchange
from prompts.phrases import phrase


def sources(exchange: Exchange) -> frozenset[int]:
    """Every document that an exchange names: those quoted, their counterparts and what replaced them, and the nearest of a refusal."""
    answer = exchange.answer
    if answer is None:
        return frozenset()
    told: list[Citation | Hit] = [c for s in (*answer.statements, *answer.left_out) for c in s.citations]
    told += [c for conflict in answer.conflicts for c in (conflict.one, conflict.other)]
    told += answer.refusal.nearest if answer.refusal is not None else ()
    return frozenset(document for one in told for document in _named(one))


def withheld(exchange: Exchange, seen: Callable[[int], bool], titles: Collection[str] = ()) -> Exchange:
    """The exchange without anything of documents that are not ``seen``; the same one where it names none.

    ``titles`` are theirs: blocks may name a paper that the answer does not cite.
    """
    answer = exchange.answer
    if answer is None:
        return exchange
    named = any(_names(block, title) for block in answer.blocks for title in titles)
    if not named and all(seen(document) for document in sources(exchange)):
        return exchange
    statements = tuple(_statement(s, seen) for s in answer.statements if all(seen(c.document_id) for c in s.citations))
    conflicts = tuple(_conflict(c, seen) for c in answer.conflicts if seen(c.one.document_id) and seen(c.other.document_id))
    refusal = answer.refusal and _refusal(answer.refusal, answer, seen)
    lost = named or len(statements) < len(answer.statements)
    notes = answer.notes
    if refusal is None and not statements:
        refusal = Refusal("not_in_documents", phrase("refusal.withheld", answer.language))
    elif lost or len(conflicts) < len(answer.conflicts):
        notes = (*notes, phrase("refusal.withheld_part", answer.language))
    blocks = () if lost else answer.blocks  # they hold words of the papers, and name statements by their place
    conflicts = conflicts if statements else ()
    left_out = tuple(_statement(s, seen) for s in answer.left_out if all(seen(c.document_id) for c in s.citations))
    shown = replace(answer, statements=statements, conflicts=conflicts, refusal=refusal, notes=notes, blocks=blocks, left_out=left_out)
    return replace(exchange, answer=shown)


def _names(block: Block, title: str) -> bool:
    said = (block.text, *block.items, *block.columns, *(cell.text for row in block.rows for cell in row))
    return any(title in text for text in said)


def _named(one: Citation | Hit) -> Iterator[int]:
    yield one.document_id
    yield from (other.document_id for other in one.counterparts)
    yield from (other.document_id for other in one.variants)
    if isinstance(one, Citation) and one.superseded_by is not None:
        yield one.superseded_by.document_id


def _statement(statement: Statement, seen: Callable[[int], bool]) -> Statement:
    return replace(statement, citations=tuple(_citation(c, seen) for c in statement.citations))


def _conflict(conflict: Conflict, seen: Callable[[int], bool]) -> Conflict:
    return replace(conflict, one=_citation(conflict.one, seen), other=_citation(conflict.other, seen))


def _citation(citation: Citation, seen: Callable[[int], bool]) -> Citation:
    by = citation.superseded_by
    return replace(
        citation,
        variants=tuple(v for v in citation.variants if seen(v.document_id)),
        counterparts=tuple(c for c in citation.counterparts if seen(c.document_id)),
        superseded_by=by if by is not None and seen(by.document_id) else None,
    )


def _refusal(refusal: Refusal, answer: Answer, seen: Callable[[int], bool]) -> Refusal:
    """The refusal with the nearest passages that are seen; the sentence may name papers, so it goes with any of them."""
    left = tuple(hit for hit in refusal.nearest if seen(hit.document_id))
    if len(left) < len(refusal.nearest) and refusal.reason in ("ambiguous", "only_in_other_language"):
        return Refusal("not_in_documents", phrase("refusal.withheld", answer.language))
    shown = (
        replace(
            hit,
            counterparts=tuple(c for c in hit.counterparts if seen(c.document_id)),
            variants=tuple(v for v in hit.variants if seen(v.document_id)),
        )
        for hit in left
    )
    return replace(refusal, nearest=tuple(shown))


def shown_exchanges(catalogue: Catalogue, said: Sequence[Exchange]) -> tuple[Exchange, ...]:
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
