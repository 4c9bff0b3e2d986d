"""What has changed at a place since it was last synced: a pure function of what is kept and what was listed.

Whether a paper has changed is told by its etag, else by its size and time, and a time that is earlier than before is another one: no clock
is believed to run only forward. What seems to have changed is read, and only another content makes a new version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.sources.entries import EVERYBODY, Entry, Listing
from kb.sync.sync_records import Kept, Plan, SyncSource


def plan(
    source: SyncSource,
    kept: Mapping[str, Kept],
    listing: Listing,
    *,
    step_s: float = 0.0,
    lost: Collection[str] = (),
    thorough: bool = False,
    emptied: bool = False,
) -> Plan:
    """What would change.

    Args:
        source: whose grace and rights count.
        kept: what is known of each paper, by key.
        listing: all that the place has.
        step_s: by how much longer than before has what is missing been missing; see `counted`.
        lost: keys whose copy here is not there any more.
        thorough: read everything again, whatever the listing says.
        emptied: whether a place that has nothing of what is known is to be believed.
    """
    there = {entry.key: entry for entry in listing.entries}
    held = [entry for entry in there.values() if not entry.empty and groups_of(source, entry) is None]
    shut = {entry.key for entry in held}
    new, changed, unchanged, regrouped, moved = [], [], [], [], []
    for key, entry in there.items():
        before = kept.get(key)
        if key in shut:
            continue
        if before is None:
            new.append(entry)
        elif thorough or key in lost or not is_same(before.entry, entry):
            changed.append((before, entry))
        elif before.entry.path != entry.path:
            moved.append((before, entry))
        else:
            unchanged.append((before, entry))
        if before is not None and before.file and groups_of(source, before.entry) != groups_of(source, entry):
            regrouped.append((before, entry))
    missing = [one for key, one in kept.items() if key not in there and not _below(one.entry.path, listing.unseen)]
    is_emptied = not emptied and not there and any(one.file for one in missing)
    gone = [] if is_emptied else [replace(one, missing_s=0.0 if one.missing_s is None else one.missing_s + step_s) for one in missing]
    found, new = _moves(gone, new)
    elsewhere = {one.key for one, _ in found}
    gone = [one for one in gone if one.key not in elsewhere]
    return Plan(
        new=tuple(new),
        changed=tuple(changed),
        moved=(*moved, *found),
        gone=tuple(gone),
        expired=tuple(one for one in gone if (one.missing_s or 0.0) >= source.grace_hours * 3600),
        back=tuple(kept[key] for key in there if key in kept and kept[key].missing_s is not None),
        regrouped=tuple(regrouped),
        held=tuple(held),
        closed=tuple(kept[key] for key in shut if key in kept and kept[key].file),
        unchanged=tuple(unchanged),
        emptied=is_emptied,
        notes=listing.notes,
    )


def sorts(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """What a plan would do, by sort, with the papers as the source calls them."""
    expired = {one.key for one in plan.expired}
    yield "new", [one.path for one in plan.new if not one.empty]
    yield "changed", [now.path for _, now in plan.changed]
    yield "moved", [f"{before.entry.path} → {now.path}" for before, now in plan.moved]
    yield "waiting", [one.entry.path for one in plan.gone if one.key not in expired and one.file]
    yield "withdrawn", [one.entry.path for one in (*plan.expired, *plan.closed) if one.file]
    yield "back", [one.entry.path for one in plan.back]
    yield "regrouped", [now.path for _, now in plan.regrouped]
    yield "held", [one.path for one in plan.held]


def is_same(before: Entry, now: Entry) -> bool:
    """Whether the listing says that the content is as it was."""
    if before.etag and now.etag:
        return before.etag == now.etag and before.size == now.size
    if now.modified is None or now.size is None:
        return False
    return (before.size, before.modified) == (now.size, now.modified)


def groups_of(source: SyncSource, entry: Entry) -> tuple[str, ...] | None:
    """The access groups that a paper is for here, () for everybody; None: nobody here, so that it is not taken in."""
    if source.rights is None:
        return source.groups
    if entry.rights is None:
        return None
    if EVERYBODY in entry.rights:
        return source.groups
    named = {source.rights.get(name, "") if source.rights else name for name in entry.rights} - {""}
    return tuple(sorted(named)) or None


def counted(source: SyncSource, elapsed_s: float) -> float:
    """How much of the time since the last listing counts towards the grace: at most half of it, and never less than nothing.

    So a clock that jumps ahead withdraws nothing by itself: what is gone must be missing in three complete listings. One that is set back
    takes nothing away.
    """
    return min(max(0.0, elapsed_s), source.grace_hours * 3600 / 2)


def _below(path: str, unseen: Sequence[str]) -> bool:
    return any(path == one or one in ("", ".") or path.startswith(f"{one.rstrip('/')}/") for one in unseen)


def _moves(gone: Sequence[Kept], new: Sequence[Entry]) -> tuple[list[tuple[Kept, Entry]], list[Entry]]:
    """Pairs of what is gone and what is new that are one file, as far as the traces tell; and the others that are new."""
    traces: dict[tuple[str, int | None], list[Kept]] = defaultdict(list)
    for one in gone:
        if one.entry.trace:
            traces[one.entry.trace, one.entry.size].append(one)
    pairs, left = [], []
    for entry in new:
        found = traces.get((entry.trace, entry.size), []) if entry.trace else []
        if found:
            pairs.append((found.pop(0), entry))
        else:
            left.append(entry)
    return pairs, left
