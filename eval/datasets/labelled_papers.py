"""Papers in which people who had not seen the code marked names, dates, terms and duties; and the same laid out otherwise.

`eval/data/tags` holds stretches of papers (signatures, openings, actors) with the names in them. `eval/data/stated.jsonl` holds a paper in
a line: ``id`` (the number of its set first), ``language, kind``, its ``margins`` and ``blocks`` of ``[role, text, language, path]``, and
the facts as in ``python -m eval stated``; names as they stand in the text, ``said`` the places ``[what, start, end]`` of dates and lengths
of time, and of lines that say that a paper is renewed (``automatic``, ``agreed``) or takes effect with its ``signature``.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from itertools import groupby
from typing import Any, Final, TypeAlias

from ingest.extract.signatories import as_cells, stretches
from ingest.extract.title_tagger import stretch_of
from ingest.records import Block
from lang.languages import Language

Spans: TypeAlias = tuple[tuple[str, int, int], ...]
"""Names as ``(label, start, end)``."""
_BESIDE = 300
"""Letters from a name within which its office and its party stand."""
_RENAMED = 0.85
_LOCALES: Final[dict[Language, Sequence[str]]] = {
    "mr": ("mr_IN",), "hi": ("hi_IN",), "ja": ("ja_JP",),
    "en": ("en_IN", "en_GB", "en_KE", "en_NG", "en_PK", "nl_NL", "de_DE", "fr_FR", "es_ES", "pl_PL", "sv_SE", "zu_ZA"),
}  # fmt: skip
"""Whose names a language's papers hold."""
_JOINED = 0.35
"""The share of line breaks that are lost where lines run on."""
_OPENING, _BODY = 0.35, 0.7
"""The parts of a paper from its beginning within which it says what it is, and within which nobody signs."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A stretch and its names as ``(label, start, end)``."""

    id: str
    language: Language
    kind: str
    text: str
    spans: Spans
    whole: bool = False
    """Whether it stands between the other lines of its paper already."""


def signatures() -> list[Labelled]:
    """Ends of papers with the names, offices and parties of those who signed."""
    rows = read("tags/signatures")
    return [Labelled(row["id"], row["language"], row["kind"], row["text"], signed(row["text"], row["signatories"])) for row in rows]


def openings() -> list[Labelled]:
    """Beginnings of papers with their title, publisher and parties."""
    rows = read("tags/openings")
    return [Labelled(row["id"], row["language"], row["kind"], row["text"], headed(row["text"], row)) for row in rows]


def signed(text: str, signatories: Sequence[Mapping[str, str | None]]) -> Spans:
    """Where the names of those who signed stand last, each with the nearest place of its office and party."""
    spans: list[tuple[str, int, int]] = []
    for signer in signatories:
        name = signer["name"]
        if not name or (at := _place(text, name, spans)) is None:
            continue
        spans.append(("name", at, at + len(name)))
        for label in ("office", "party"):
            if (value := signer[label]) and (near := _nearest(text, value, at, spans)) is not None:
                spans.append((label, near, near + len(value)))
    return tuple(sorted(spans, key=lambda s: s[1]))


def headed(text: str, stated: Mapping[str, Any]) -> Spans:
    """Where the title, the publisher and the parties stand first."""
    spans: list[tuple[str, int, int]] = []
    said = [("title", stated["title"]), ("publisher", stated["publisher"]), *(("party", one) for one in stated["parties"])]
    for label, value in said:
        if value and (at := _free(text, value, spans)) is not None:
            spans.append((label, at, at + len(value)))
    return tuple(sorted(spans, key=lambda s: s[1]))


def actors() -> list[Labelled]:
    """Lines that lay a duty on somebody, and lead-ins of such lists, with whom they name."""
    out = []
    for paper, lines in papers_by_line():
        lead: dict[str, Any] | None = None
        for at, row in enumerate(lines):
            lead = row if row.get("lead") else lead
            where = row["text"].find(row["who"]) if row["duty"] and row["who"] else -1
            if row["duty"]:
                spans = (("who", where, where + len(row["who"])),) if where >= 0 else ()
                out.append(Labelled(f"{paper}-{at}", row["language"], row["kind"], row["text"], spans))
            if lead is not None and row["duty"] and where < 0 and row["who"] and (place := lead["text"].find(row["who"])) >= 0:
                spans = (("who", place, place + len(row["who"])),)
                out.append(Labelled(f"{paper}-lead", row["language"], row["kind"], lead["text"], spans))
                lead = None
    return out


def renamed(found: Sequence[Labelled], seed: int) -> list[Labelled]:
    """These with other names of people in the place of most."""
    from faker import Faker

    people = {language: Faker(list(locales)) for language, locales in _LOCALES.items()}
    out = []
    for one in found:
        dice = random.Random(f"{seed}{one.text}")
        people[one.language].seed_instance(dice.random())
        text, spans, at = "", [], 0
        for label, start, end in one.spans:
            text += one.text[at:start]
            said = one.text[start:end]
            if label == "name" and dice.random() < _RENAMED:
                name = people[one.language].name()
                said = "\u3000".join(name.split()) if "\u3000" in said else name
            spans.append((label, len(text), len(text) + len(said)))
            text += said
            at = end
        out.append(replace(one, text=text + one.text[at:], spans=tuple(spans)))
    return out


def otherwise_laid_out(found: Sequence[Labelled], seed: int) -> list[Labelled]:
    """These as other readers give them: some lines run on in one, and without the blanks inside names in Japanese."""
    out = []
    for one in found:
        dice = random.Random(f"{seed}{one.text}")
        closed = one.language == "ja" and dice.random() < 0.6
        kept: list[str] = []
        places: list[int] = []
        for at, letter in enumerate(one.text):
            places.append(len(kept))
            if closed and letter in " \u3000" and _between_cjk(one.text, at):
                continue
            kept.append(" " if letter == "\n" and dice.random() < _JOINED else letter)
        places.append(len(kept))
        spans = tuple((label, places[a], places[b]) for label, a, b in one.spans)
        out.append(replace(one, text="".join(kept), spans=spans))
    return out


def _between_cjk(text: str, at: int) -> bool:
    left, right = text[:at].rstrip(" \u3000")[-1:], text[at:].lstrip(" \u3000")[:1]
    return bool(left and right and ord(left) > 0x2E80 and ord(right) > 0x2E80)


def between_others(found: Sequence[Labelled]) -> list[Labelled]:
    """These between lines of the bodies of other papers of their language, as they stand in a paper or before its annexes."""
    papers: dict[Language, list[list[str]]] = {}
    for _paper, lines in papers_by_line():
        papers.setdefault(lines[0]["language"], []).append([row["text"] for row in lines[: int(_BODY * len(lines))]])
    out = []
    for one in found:
        if one.whole:
            out.append(one)
            continue
        pick = int(hashlib.sha256(one.text.encode()).hexdigest(), 16)
        count = (0, 6, 18)[pick % 3]
        others = papers[one.language]
        body = others[pick // 3 % len(others)][-count:] if count else []
        below = others[pick // 7 % len(others)][: (0, 0, 4, 10)[pick // 11 % 4]]
        shift = sum(len(line) + 1 for line in body)
        text = "\n".join([*body, one.text, *below])
        out.append(replace(one, text=text, spans=tuple((label, a + shift, b + shift) for label, a, b in one.spans)))
    return out


def as_in_papers(found: Sequence[Labelled]) -> list[Labelled]:
    """Ends of papers between lines of others, beginnings above lines of others."""
    if is_signing(found):
        return between_others(found)
    return above_others(found) if any(label == "title" for one in found for label, _start, _end in one.spans) else list(found)


def above_others(found: Sequence[Labelled]) -> list[Labelled]:
    """Most of these above lines from the middle of other papers of their language."""
    papers: dict[Language, list[list[str]]] = {}
    for _paper, lines in papers_by_line():
        inner = lines[int(_OPENING * len(lines)) : int(_BODY * len(lines))]
        papers.setdefault(lines[0]["language"], []).append([row["text"] for row in inner])
    out = []
    for one in found:
        if one.whole:
            out.append(one)
            continue
        pick = int(hashlib.sha256(one.text.encode()).hexdigest(), 16)
        others = papers[one.language]
        below = others[pick // 3 % len(others)][: (0, 8, 20)[pick % 3]]
        out.append(replace(one, text="\n".join([one.text, *below])))
    return out


def is_signing(found: Sequence[Labelled]) -> bool:
    """Whether these are ends of papers, in which people sign."""
    return any(label == "name" for one in found for label, _start, _end in one.spans)


def bodies() -> list[Labelled]:
    """The bodies of papers, in which nobody signs."""
    out = []
    for paper, lines in papers_by_line():
        text = "\n".join(row["text"] for row in lines[: int(_BODY * len(lines))])
        out.append(Labelled(paper, lines[0]["language"], lines[0]["kind"], text, ()))
    return out


def papers_by_line() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The papers of `eval/data/lines.jsonl`, each with its rows."""
    for paper, group in groupby(read("lines"), key=lambda row: str(row["paper"])):
        yield paper, list(group)


def read(name: str) -> list[dict[str, Any]]:
    """The rows of a file of `eval/data`, which is called so without its ending."""
    text = (resources.files("eval") / "data" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _taken(at: int, end: int, spans: Sequence[tuple[str, int, int]]) -> bool:
    return any(at < stop and start < end for _label, start, stop in spans)


def _places(text: str, value: str) -> list[int]:
    found, at = [], text.find(value)
    while at >= 0:
        found.append(at)
        at = text.find(value, at + 1)
    return found


def _free(text: str, value: str, spans: Sequence[tuple[str, int, int]]) -> int | None:
    return next((at for at in _places(text, value) if not _taken(at, at + len(value), spans)), None)


def _place(text: str, value: str, spans: Sequence[tuple[str, int, int]]) -> int | None:
    """The last place of a name that is not taken: who signs stands at the end, and is told of before."""
    places = _places(text, value)
    free = [at for at in places if not _taken(at, at + len(value), spans)]
    return free[-1] if free else places[-1] if places else None


def _nearest(text: str, value: str, to: int, spans: Sequence[tuple[str, int, int]]) -> int | None:
    free = [at for at in _places(text, value) if not _taken(at, at + len(value), spans) and abs(at - to) <= _BESIDE]
    return min(free, key=lambda at: abs(at - to), default=None)


DOUBTFUL: Final = "?"
"""The label of a date or a length of time that may be the one that a paper states, or be another of the same size."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with its row of the file."""

    row: dict[str, Any]
    text: str
    blocks: tuple[Block, ...]

    @property
    def id(self) -> str:
        """Its name in its file."""
        name: str = self.row["id"]
        return name

    @property
    def group(self) -> str:
        """The set it is of: the number of it, and a letter where several writers made it."""
        return self.id.split("-")[0] if "-" in self.id else self.id[0]

    @property
    def language(self) -> Language:
        """Its language."""
        language: Language = self.row["language"]
        return language


def papers() -> Iterator[Paper]:
    """The papers in order."""
    for row in read("stated"):
        yield paper_of(row)


def more_papers() -> Iterator[Paper]:
    """Papers of the sets after those (`eval/data/stated_more.jsonl`), whose dates and lengths of time nobody marked."""
    for row in read("stated_more"):
        yield paper_of(row)


def paper_of(row: dict[str, Any]) -> Paper:
    """The paper of a row with blocks."""
    blocks: list[Block] = []
    at = 0
    for role, text, language, path in row["blocks"]:
        blocks.append(Block(1, role, tuple(path), text, at, at + len(text), language))
        at += len(text) + 1
    return Paper(row, "\n".join(block.text for block in blocks), tuple(blocks))


def openings_of_papers() -> list[Labelled]:
    """The beginnings of papers under their margins, with their title, publisher and parties."""
    out = []
    for paper in papers():
        row = paper.row
        text = stretch_of(paper.text, paper.blocks, row["margins"])
        out.append(Labelled(row["id"], paper.language, row["kind"], text, headed(text, row), whole=True))
    return out


def signatures_of_papers() -> list[Labelled]:
    """The parts of papers in which people may sign, with the names, offices and sides of those who did."""
    out = []
    for paper in papers():
        signers = paper.row["signatories"]
        for at, (start, end) in enumerate(stretches(paper.blocks)):
            text = as_cells(paper.text, paper.blocks, start, end)
            spans = signed(text, signers)
            out.append(Labelled(f"{paper.row['id']}-{at}", paper.language, paper.row["kind"], text, spans, whole=True))
    return out
