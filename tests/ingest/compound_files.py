"""Compound files (OLE) and Outlook messages that tests make."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

Tree: TypeAlias = "Mapping[str, bytes | Tree]"

FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
SECTOR, MINI, CUTOFF = 512, 64, 4096


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    kids: list[int] = field(default_factory=list)
    left: int = NONE
    right: int = NONE
    child: int = NONE
    start: int = END
    size: int = 0


def compound(tree: Tree) -> bytes:
    """A compound file of version 3 ([MS-CFB]) with these folders and streams."""
    entries = [_Entry("Root Entry", 5)]
    _add(entries, 0, tree)
    mini = bytearray()
    mini_fat: list[int] = []
    sectors: list[bytes] = []
    fat: list[int] = []

    def place(data: bytes) -> int:
        if not data:
            return END
        first, count = len(fat), -(-len(data) // SECTOR)
        sectors.extend(data[at : at + SECTOR].ljust(SECTOR, b"\x00") for at in range(0, len(data), SECTOR))
        fat.extend([*range(first + 1, first + count), END])
        return first

    for entry in entries[1:]:
        entry.size = len(entry.data)
        if len(entry.data) >= CUTOFF:
            entry.start = place(entry.data)
        elif entry.data:
            entry.start, count = len(mini_fat), -(-len(entry.data) // MINI)
            mini.extend(entry.data.ljust(count * MINI, b"\x00"))
            mini_fat.extend([*range(entry.start + 1, entry.start + count), END])
    entries[0].start, entries[0].size = place(bytes(mini)), len(mini)
    mini_fat_data = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_fat_data += b"\xff" * (-len(mini_fat_data) % SECTOR)
    mini_fat_start = place(mini_fat_data)
    directory = b"".join(_packed(entry) for entry in entries)
    directory_start = place(directory + _packed(_Entry("", 0)) * (-len(entries) % 4))
    count = 1
    while count * (SECTOR // 4) < len(fat) + count:
        count += 1
    assert count <= 109, "no DIFAT here"
    first = len(fat)
    fat.extend([FAT] * count)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(count * SECTOR, b"\xff")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, count, directory_start, 0, CUTOFF, mini_fat_start, len(mini_fat_data) // SECTOR, END, 0)
    header += struct.pack("<109I", *range(first, first + count), *[FREE] * (109 - count))
    return header + b"".join(sectors) + table


def _add(entries: list[_Entry], parent: int, tree: Tree) -> None:
    kids = []
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        value = tree[name]
        kids.append(len(entries))
        entries.append(_Entry(name, 2, value) if isinstance(value, bytes) else _Entry(name, 1))
        if not isinstance(value, bytes):
            _add(entries, kids[-1], value)
    entries[parent].child = _balanced(entries, kids)


def _balanced(entries: list[_Entry], kids: Sequence[int]) -> int:
    if not kids:
        return NONE
    middle = len(kids) // 2
    entries[kids[middle]].left = _balanced(entries, kids[:middle])
    entries[kids[middle]].right = _balanced(entries, kids[middle + 1 :])
    return kids[middle]


def _packed(entry: _Entry) -> bytes:
    name = (entry.name + "\x00").encode("utf-16-le") if entry.name else b""
    start = 0 if entry.kind == 1 else entry.start
    return name.ljust(64, b"\x00") + struct.pack(
        "<HBBIII16xI16xIQ", len(name), entry.kind, 1, entry.left, entry.right, entry.child, 0, start if entry.kind else 0, entry.size
    )


@dataclass
class Attached:
    """An attachment; ``message`` is one that is a message itself."""

    name: str = ""
    data: bytes | None = None
    mime: str = ""
    content_id: str = ""
    message: Tree | None = None
    hidden: bool = False


def message(
    subject: str = "Gauges",
    body: str | None = "The gauges arrive on Monday.\r\n",
    *,
    html: str | bytes | None = None,
    rtf: bytes | None = None,
    sender: tuple[str, str] = ("Aparna Desai", "aparna@lahargad.example"),
    to: Sequence[tuple[str, str]] = (("Kazehama", "kazehama@example.jp"),),
    cc: Sequence[tuple[str, str]] = (),
    bcc: Sequence[tuple[str, str]] = (),
    sent: datetime | None = datetime(2025, 3, 12, 18, 0, tzinfo=UTC),
    attached: Sequence[Attached] = (),
    kind: str = "IPM.Note",
    headers: str = "",
    page: int = 0,
    inner: bool = False,
) -> Tree:
    """The folders and streams of an Outlook message; with ``page`` its text is in that code page instead of Unicode."""
    tree: dict[str, bytes | Tree] = {}
    fixed: list[tuple[int, int, bytes]] = []

    def say(tag: int, text: str) -> None:
        if text and page:
            tree[f"__substg1.0_{tag:04X}001E"] = text.encode({65001: "utf-8"}.get(page, f"cp{page}"))
        elif text:
            tree[f"__substg1.0_{tag:04X}001F"] = text.encode("utf-16-le")

    if page:
        fixed.append((0x3FFD, 3, struct.pack("<Q", page)))
    for tag, text in (
        (0x001A, kind), (0x0037, subject), (0x1000, body or ""), (0x0C1A, sender[0]), (0x5D01, sender[1]), (0x007D, headers),
        (0x1013, html if isinstance(html, str) else ""), (0x0E02, "; ".join(name for name, _ in bcc)),
    ):  # fmt: skip
        say(tag, text)
    if isinstance(html, bytes):
        tree["__substg1.0_10130102"] = html
    if rtf is not None:
        tree["__substg1.0_10090102"] = rtf
    if sent is not None:
        ticks = int((sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
        fixed.append((0x0039, 0x40, struct.pack("<Q", ticks)))
    people = [(1, one) for one in to] + [(2, one) for one in cc] + [(3, one) for one in bcc]
    for at, (role, (name, address)) in enumerate(people):
        tree[f"__recip_version1.0_#{at:08X}"] = {
            "__substg1.0_3001001F": name.encode("utf-16-le"),
            "__substg1.0_39FE001F": address.encode("utf-16-le"),
            "__properties_version1.0": _properties(8, [(0x0C15, 3, struct.pack("<Q", role))]),
        }
    for at, one in enumerate(attached):
        tree[f"__attach_version1.0_#{at:08X}"] = _attachment(one)
    tree["__properties_version1.0"] = _properties(24 if inner else 32, fixed)
    return tree


def _attachment(one: Attached) -> Tree:
    fixed = [(0x3705, 3, struct.pack("<Q", 1 if one.message is None else 5)), (0x7FFE, 0xB, struct.pack("<Q", one.hidden))]
    tree: dict[str, bytes | Tree] = {"__properties_version1.0": _properties(8, fixed)}
    for tag, text in ((0x3707, one.name), (0x370E, one.mime), (0x3712, one.content_id)):
        if text:
            tree[f"__substg1.0_{tag:04X}001F"] = text.encode("utf-16-le")
    if one.data is not None:
        tree["__substg1.0_37010102"] = one.data
    if one.message is not None:
        tree["__substg1.0_3701000D"] = one.message
    return tree


def _properties(header: int, fixed: Sequence[tuple[int, int, bytes]]) -> bytes:
    return bytes(header) + b"".join(struct.pack("<HHI", kind, tag, 6) + value for tag, kind, value in fixed)


def rtf(text: bytes) -> bytes:
    """Rich text as Outlook stores it, not compressed."""
    return struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text
