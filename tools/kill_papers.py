"""A folder of papers that changes: what `kill_test.py` ingests. Every passage says which part of which edition it is."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import regex
from reportlab.pdfgen.canvas import Canvas

ENDINGS = ("txt", "txt", "txt", "md", "html", "pdf")
BOX = "box.zip"
STAMP = regex.compile(r"part (\d+) of (\d+), edition (\d+)")
_WORK = ("flood gauges", "tram lines", "river walls", "fire drills", "water meters", "street lamps", "bus shelters", "rain gardens")


def parts(edition: int) -> int:
    """How many parts an edition has: editions differ in length, so that a mixture of two is seen."""
    return 3 + edition % 3


def paper(name: str, edition: int) -> bytes:
    """The file of a document in an edition."""
    lines = [f"The office of {name} tends the {_WORK[(edition + n) % len(_WORK)]}" for n in range(parts(edition))]
    said = [f"{line}: part {n} of {len(lines)}, edition {edition}." for n, line in enumerate(lines, 1)]
    ending = name.rpartition(".")[2]
    if ending == "pdf":
        out = io.BytesIO()
        canvas = Canvas(out, invariant=True)
        for n, line in enumerate(said, 1):
            canvas.drawString(72, 780, f"Article {n}")
            canvas.drawString(72, 750, line)
            canvas.showPage()
        canvas.save()
        return out.getvalue()
    if ending == "html":
        body = "".join(f"<h2>Article {n}</h2><p>{line}</p>" for n, line in enumerate(said, 1))
        return f"<!doctype html><html lang=en><head><title>{name}</title></head><body><h1>Paper {name}</h1>{body}</body></html>".encode()
    mark = "## " if ending == "md" else ""
    return "\n\n".join(f"{mark}Article {n}\n\n{line}" for n, line in enumerate(said, 1)).encode()


def half(passages: Sequence[tuple[int, str]]) -> str:
    """Why these passages of one document, each with its version, are not one whole edition; "" when they are."""
    stamps = [tuple(map(int, stamp)) for _, text in passages for stamp in STAMP.findall(text)]
    if len({version for version, _ in passages}) > 1 or len({edition for _, _, edition in stamps}) > 1:
        return f"two versions at once: {sorted(stamps)}"
    if sorted(part for part, _, _ in stamps) != list(range(1, parts(stamps[0][2]) + 1) if stamps else [0]):
        return f"not all parts, or some twice: {sorted(stamps)}"
    return ""


@dataclass
class Papers:
    """A folder and the edition of each document in it, by source as Setu names it; one of the files is a ZIP archive of four."""

    folder: Path
    size: int
    chance: random.Random
    editions: dict[str, int] = field(default_factory=dict)
    _made: int = 0

    def fill(self) -> None:
        """Make the folder with its first papers."""
        self.folder.mkdir(parents=True)
        boxed = 4 if self.size > 10 else 0
        for _ in range(self.size - boxed):
            self._add()
        for n in range(boxed):
            self.editions[f"{self.folder / BOX} › {self.folder.name}-m{n}.txt"] = 1
        self._box()

    def change(self) -> list[str]:
        """Change a third of the papers, remove a tenth and add as many; the sources of those removed."""
        loose = [uri for uri in self.editions if " › " not in uri]
        few = max(1, self.size // 10)
        removed = self.chance.sample(loose, few)
        for uri in removed:
            Path(uri).unlink()
            del self.editions[uri]
        for uri in self.chance.sample([u for u in loose if u not in removed], self.size // 3):
            self._write(uri, self.editions[uri] + 1)
        for _ in range(few):
            self._add()
        boxed = [uri for uri in self.editions if " › " in uri]
        if boxed and self.chance.random() < 0.5:
            self.editions[self.chance.choice(boxed)] += 1
            self._box()
        return removed

    def _add(self) -> None:
        self._made += 1
        self._write(str(self.folder / f"{self.folder.name}{self._made:04}.{ENDINGS[self._made % len(ENDINGS)]}"), 1)

    def _write(self, uri: str, edition: int) -> None:
        self.editions[uri] = edition
        file = Path(uri)
        draft = file.with_name(f".{file.name}.new")
        draft.write_bytes(paper(file.name, edition))
        draft.replace(file)

    def _box(self) -> None:
        members = {uri.partition(" › ")[2]: e for uri, e in self.editions.items() if " › " in uri}
        if members:
            with zipfile.ZipFile(self.folder / BOX, "w") as archive:
                for name, edition in members.items():
                    archive.writestr(name, paper(name, edition))
