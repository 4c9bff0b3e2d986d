"""The same story in several papers: which published news documents are one story, and which of them leads.

Every published news document has a row with its sketch, and a link to every other one that `is_same_story` says is the same. A story
is a star: its leader and the documents linked to that leader. So a digest that is alike two stories does not make them one. Leaders are
chosen in a fixed order, whatever the order of arrival: the oldest comes first, of one day the fullest, then the one that came in first.
Only news is compared: of two drafts of an agreement, what they have in common says nothing of the word in which they differ.

What is here is kept by the transaction that publishes, corrects or withdraws a document, and can be rebuilt from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection, or_, select

from ingest.near_duplicates import DAYS, LIKELY, SKETCH, Sketch, Story, estimates, is_same_story
from kb.document_records import Variant
from kb.store.access_control import plain
from kb.store.passages import STEP
from kb.store.schema import blocks, chunks, documents, stories, story_links, versions

_KIND = "news"
_BODY = ("paragraph", "list_item", "table_row")
"""Roles of the blocks that are compared: a headline is every paper's own."""

_SHARED = select(stories.c.leader).where(stories.c.leader != stories.c.document_id)
"""The leaders of stories that several papers tell, once for each of the others."""


@dataclass(frozen=True, slots=True)
class Group:
    """A story of two or more documents, its leader first."""

    members: tuple[Variant, ...]

    @property
    def leader(self) -> int:
        """The document that leads."""
        return self.members[0].document_id

    def beside(self, document_id: int) -> tuple[Variant, ...]:
        """The other documents of the story."""
        return tuple(member for member in self.members if member.document_id != document_id)


def put(conn: Connection, version: int) -> None:
    """Compare a version that has just been published, or corrected, with the other news; call it in that transaction."""
    row = conn.execute(select(versions.c.document_id, versions.c.kind).where(versions.c.id == version)).one()
    touched = _forget(conn, row.document_id)
    if row.kind == _KIND:
        touched |= _remember(conn, version) | {row.document_id}
    _lead(conn, touched)


def remove(conn: Connection, document_id: int) -> None:
    """Take a document that is published no longer out of its story; another one leads it then."""
    _lead(conn, _forget(conn, document_id))


def refresh(conn: Connection, document_id: int) -> None:
    """Compare a document anew after a correction, which may have changed its kind, language or day."""
    version = conn.scalar(select(versions.c.id).where(versions.c.document_id == document_id, versions.c.state == "published"))
    if version is not None:
        put(conn, version)


def rebuild(conn: Connection) -> None:
    """Make everything here anew from the published news."""
    conn.execute(story_links.delete())
    conn.execute(stories.delete())
    found = conn.scalars(select(versions.c.id).where(versions.c.state == "published", versions.c.kind == _KIND).order_by(versions.c.id))
    for version in found.all():
        _remember(conn, version)
    _lead(conn, set(conn.scalars(select(stories.c.document_id))))


def problems(conn: Connection) -> list[str]:
    """What is inconsistent, in sentences."""
    news = set(conn.scalars(select(versions.c.id).where(versions.c.state == "published", versions.c.kind == _KIND)))
    kept = conn.execute(select(stories.c.document_id, stories.c.version_id, stories.c.leader)).all()
    leader = {row.document_id: row.leader for row in kept}
    if {row.version_id for row in kept} == news and all(leader.get(one) == one for one in leader.values()):
        return []
    return ["What is known of stories in several papers does not match the news that is published. Run `setu reindex`."]


def groups(conn: Connection, wanted: Collection[int] | None = None, unseen: Collection[int] = ()) -> Mapping[int, Group]:
    """The stories of these documents (of all by default), by document; one that stands alone is not there.

    With ``unseen`` documents the stories are what they would be if those were not there.
    """
    query = (
        select(stories, documents.c.source, versions.c.title, versions.c.publisher)
        .join(documents, documents.c.id == stories.c.document_id)
        .join(versions, versions.c.id == stories.c.version_id)
    )
    if unseen:
        led = _led_without(conn, wanted, frozenset(unseen))
        rows = [r for part in _parts(led) for r in conn.execute(query.where(stories.c.document_id.in_(part)))]
    else:
        leaders: set[int] = set()
        if wanted is None:
            leaders.update(conn.scalars(_SHARED))
        elif conn.scalar(_SHARED.limit(1)) is not None:
            for part in _parts(wanted):
                leaders.update(conn.scalars(select(stories.c.leader).where(stories.c.document_id.in_(part))))
        rows = [r for part in _parts(leaders) for r in conn.execute(query.where(stories.c.leader.in_(part)))]
        led = {r.document_id: r.leader for r in rows}
    members: dict[int, list[tuple[bool, tuple[date, int, int], Variant]]] = {}
    for r in rows:
        one = Variant(r.document_id, r.title, plain(r.source), r.publisher, r.day)
        leader = led[r.document_id]
        members.setdefault(leader, []).append((leader != r.document_id, _order(r.day, r.letters, r.document_id), one))
    made = [Group(tuple(one for _, _, one in sorted(found, key=lambda m: m[:2]))) for found in members.values() if len(found) > 1]
    return {one.document_id: group for group in made for one in group.members}


def owners(conn: Connection, passages: Collection[int]) -> dict[int, int]:
    """The document of each of these passages that belongs to a story of several papers."""
    if conn.scalar(_SHARED.limit(1)) is None:
        return {}
    query = select(chunks.c.id, stories.c.document_id, stories.c.leader).join(stories, stories.c.version_id == chunks.c.version_id)
    found = [r for part in _parts(passages) for r in conn.execute(query.where(chunks.c.id.in_(part)))]
    several: set[int] = set()
    for part in _parts({r.leader for r in found}):
        several.update(conn.scalars(_SHARED.where(stories.c.leader.in_(part))))
    return {r.id: r.document_id for r in found if r.leader in several}


def _order(day: date | None, letters: int, document_id: int) -> tuple[date, int, int]:
    """Who leads comes first: the oldest, the fullest, the first to come in; a document without a date after those that have one."""
    return day or date.max, -letters, document_id


def _forget(conn: Connection, document_id: int) -> set[int]:
    """Drop a document's row and links; the documents whose story may have changed by it."""
    near = _component(conn, {document_id}) - {document_id}
    conn.execute(story_links.delete().where(or_(story_links.c.one == document_id, story_links.c.other == document_id)))
    conn.execute(stories.delete().where(stories.c.document_id == document_id))
    return near


def _remember(conn: Connection, version: int) -> set[int]:
    """Write a version's row and links; the documents it is linked to."""
    owner, story, language = _story(conn, version)
    made = story.sketch
    linked = [one for one in _likely(conn, owner, language, story.day, made) if is_same_story(story, _story(conn, one)[1])]
    own = {"document_id": owner, "version_id": version, "language": language, "day": story.day, "letters": story.letters}
    conn.execute(stories.insert().values(**own, sketch=made.astype("<u4").tobytes(), leader=owner))
    others = set(conn.scalars(select(versions.c.document_id).where(versions.c.id.in_(linked)))) if linked else set()
    if others:
        conn.execute(story_links.insert(), [{"one": min(owner, other), "other": max(owner, other)} for other in sorted(others)])
    return others


def _likely(conn: Connection, owner: int, language: str, day: date | None, made: Sketch) -> list[int]:
    """The versions whose sketch is near enough for a full comparison."""
    query = select(stories.c.version_id, stories.c.sketch).where(stories.c.language == language, stories.c.document_id != owner)
    if day is not None:
        near = stories.c.day.between(day - timedelta(days=DAYS), day + timedelta(days=DAYS))
        query = query.where(or_(stories.c.day.is_(None), near))
    rows = conn.execute(query.order_by(stories.c.version_id)).all()
    if not rows:
        return []
    kept = np.frombuffer(b"".join(row.sketch for row in rows), dtype="<u4").reshape(len(rows), SKETCH)
    return [rows[at].version_id for at in np.flatnonzero(estimates(made, kept) >= LIKELY).tolist()]


def _story(conn: Connection, version: int) -> tuple[int, Story, str]:
    """The document of a version, its body prepared for comparison, and its language."""
    columns = (versions.c.document_id, versions.c.text, versions.c.language, versions.c.date)
    row = conn.execute(select(*columns).where(versions.c.id == version)).one()
    own = select(blocks.c.start, blocks.c.end).where(blocks.c.version_id == version, blocks.c.role.in_(_BODY)).order_by(blocks.c.ordinal)
    body = "\n".join(row.text[start:end] for start, end in conn.execute(own).all())
    return row.document_id, Story.of(body or row.text, row.date), row.language


def _component(conn: Connection, of: Iterable[int]) -> set[int]:
    """These documents and all that links lead to from them."""
    found: set[int] = set()
    todo = set(of)
    while todo:
        found |= todo
        near: set[int] = set()
        for part in _parts(todo):
            near.update(conn.scalars(select(story_links.c.other).where(story_links.c.one.in_(part))))
            near.update(conn.scalars(select(story_links.c.one).where(story_links.c.other.in_(part))))
        todo = near - found
    return found


def _lead(conn: Connection, touched: Collection[int]) -> None:
    """Choose the leaders anew among the documents that links connect with ``touched``."""
    for document_id, leader in _stars(conn, _component(conn, touched)).items():
        conn.execute(stories.update().where(stories.c.document_id == document_id).values(leader=leader))


def _led_without(conn: Connection, wanted: Collection[int] | None, unseen: frozenset[int]) -> dict[int, int]:
    """Who would lead each document that is near the wanted ones, if some were not there; documents without any link may be missing."""
    if wanted is None:
        ends = conn.execute(select(story_links)).all()
        near = {end for link in ends for end in (link.one, link.other)}
    else:
        near = _component(conn, wanted)
    return _stars(conn, near - unseen)


def _stars(conn: Connection, near: Collection[int]) -> dict[int, int]:
    """The leader of each of these documents, by the links between them."""
    columns = (stories.c.document_id, stories.c.day, stories.c.letters)
    rows = [r for part in _parts(near) for r in conn.execute(select(*columns).where(stories.c.document_id.in_(part)))]
    links: dict[int, set[int]] = {}
    for part in _parts(near):
        for link in conn.execute(select(story_links).where(story_links.c.one.in_(part))):
            if link.other in near:
                links.setdefault(link.one, set()).add(link.other)
                links.setdefault(link.other, set()).add(link.one)
    led: dict[int, int] = {}
    for row in sorted(rows, key=lambda r: _order(r.day, r.letters, r.document_id)):
        if row.document_id not in led:
            led |= {other: row.document_id for other in links.get(row.document_id, ()) if other not in led}
            led[row.document_id] = row.document_id
    return led


def _parts(ids: Iterable[int]) -> list[Sequence[int]]:
    every = sorted(ids)
    return [every[at : at + STEP] for at in range(0, len(every), STEP)]
