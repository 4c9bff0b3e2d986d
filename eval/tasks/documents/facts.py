"""``python -m eval facts``: are the facts that are read from a document the ones that a person reads there?

`eval/data/facts_gold.jsonl` holds, for each document, what a person read in it before looking at any output. A field is right when
both say the same or both say nothing; *missed* when the text states it and we do not; *wrong* when we state what the text does not.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click
import regex

from eval import DATA, PROJECT, options
from eval.report.tables import markdown
from ingest.errors import IngestError
from ingest.pipeline import read_documents
from ingest.records import Document, Facts, Found, Kind, Relation, Signatory

GOLD = DATA / "facts_gold.jsonl"
FIELDS = (
    "kind", "form", "title", "publisher", "date", "signed", "in_force", "published", "parties", "signatories", "place", "term", "renewal",
    "notice", "relations",
)  # fmt: skip
DATES = ("date", "signed", "in_force", "published")
Outcome: TypeAlias = Literal["right", "missed", "wrong"]
_GOVERNMENT = regex.compile(r"^(?:the )?government of (?:the )?", regex.I)
_SAME = {"us": "unitedstates", "unitedstatesofamerica": "unitedstates", "uk": "unitedkingdom"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One field of one document. ``stated``: the gold has a value; ``sure``: we gave one and did not mark it as likely only."""

    document: str
    split: str
    language: str
    field: str
    outcome: Outcome
    stated: bool
    sure: bool
    gold: str
    ours: str


def read_gold(path: Path = GOLD) -> list[dict[str, Any]]:
    """The gold, one dict per document."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def locate(name: str, shared: Path | None) -> Path | None:
    """The file of a gold line; None where it is one of the reference corpora and they are not here."""
    if not name.startswith("shared/"):
        return PROJECT / name
    found = shared / name.removeprefix("shared/") if shared is not None else None
    return found if found is not None and found.exists() else None


def norm(value: str) -> str:
    """How two readings are compared: NFKC, lower case, without spaces, punctuation and a leading "the"."""
    folded = regex.sub(r"[^\p{L}\p{M}\p{N}]", "", regex.sub(r"^the ", "", unicodedata.normalize("NFKC", value).casefold()))
    return _SAME.get(folded, folded)


def judge(gold: dict[str, Any], document: Document) -> Iterator[Judgement]:
    """Every field of the gold line against what was read."""
    for name in FIELDS:
        if name not in gold:
            continue
        wanted, ours, sure = gold[name], _ours(document.facts, name), _sure(document.facts, name)
        stated = wanted not in (None, [])
        outcome: Outcome = "right" if _same(name, wanted, ours) else "missed" if ours in (None, []) else "wrong"
        if name == "renewal" and wanted is not None and ours is not None:
            outcome = "right" if wanted == ours else "wrong"
        yield Judgement(
            gold["path"], gold["split"], gold["language"], name, outcome, stated, sure and ours not in (None, []), str(wanted), str(ours)
        )


def _ours(facts: Facts, name: str) -> Any:
    found = facts.found
    if name in ("kind", "title", "publisher"):
        return getattr(facts, name)
    if name == "date":
        return facts.date.isoformat() if facts.date else None
    if name == "parties":
        return list(facts.parties)
    if name in ("signed", "published"):
        value: Found[Any] | None = getattr(found, name)
        return str(value.value) if value else None
    if name == "in_force":
        return str(found.in_force.value.when) if found.in_force and found.in_force.value.when else None
    if name == "renewal":
        return None if found.renewal is None else "automatic" if found.renewal.value.automatic else "by agreement"
    if name == "notice":
        return str(found.notice.value.period) if found.notice and found.notice.value.period else None
    if name in ("signatories", "relations"):
        return [one.value for one in getattr(found, name)]
    one = getattr(found, name)
    return str(one.value) if one else None


def _sure(facts: Facts, name: str) -> bool:
    if name == "date":
        return True
    value = getattr(facts.found, name)
    every = value if isinstance(value, tuple) else (value,)
    return all(one is not None and one.confidence == "sure" for one in every)


def _same(name: str, wanted: Any, ours: Any) -> bool:
    if name == "parties":
        left = list(ours)
        return len(wanted) == len(left) and all(any(_text_same(party, one) for one in left) for party in wanted)
    if name == "signatories":
        return len(wanted) == len(ours) and all(_signatory_same(w, o) for w, o in zip(wanted, ours, strict=True))
    if name == "relations":
        return len(wanted) == len(ours) and all(any(_relation_same(w, o) for o in ours) for w in wanted)
    if wanted is None or ours is None:
        return wanted is None and ours is None
    return _text_same(wanted, ours) if name in ("title", "publisher", "place") else bool(wanted == ours)


def _text_same(wanted: str | list[str], ours: str) -> bool:
    return norm(ours) in {norm(w) for w in ([wanted] if isinstance(wanted, str) else wanted)}


def _signatory_same(wanted: Sequence[str | None], ours: Signatory) -> bool:
    sides = zip(wanted, (ours.name, ours.office, ours.party), strict=True)
    return all(norm(_GOVERNMENT.sub("", w or "")) == norm(_GOVERNMENT.sub("", o or "")) for w, o in sides)


def _relation_same(wanted: Sequence[str | None], ours: Relation) -> bool:
    dated = str(ours.dated) if ours.dated else None
    return wanted[0] == ours.kind and wanted[2] == dated and norm(wanted[1] or "") in norm(ours.title)


def run(shared: Path | None, gold: Path = GOLD) -> tuple[list[Judgement], list[str]]:
    """Judge every document that is here; also the names of those that are not."""
    here, absent = documents_of(read_gold(gold), shared)
    return [one for line, document in here for one in judge(line, document)], absent


def documents_of(
    gold: Iterable[dict[str, Any]], shared: Path | None, kind: Kind | None = None
) -> tuple[Iterator[tuple[dict[str, Any], Document]], list[str]]:
    """Each gold line with its document as it is read while one goes through them, and the names of those that are not here.

    Raises:
        IngestError: a file that is here cannot be read.
    """
    found = [(line, locate(line["path"], shared)) for line in gold]
    return _read(((line, path) for line, path in found if path is not None), kind), [line["path"] for line, path in found if path is None]


def _read(files: Iterable[tuple[dict[str, Any], Path]], kind: Kind | None) -> Iterator[tuple[dict[str, Any], Document]]:
    for line, path in files:
        for found in read_documents([path], kind=kind):
            if isinstance(found, IngestError):
                raise found
            if isinstance(found, Document):
                yield line, found


def summarise(judged: Sequence[Judgement]) -> dict[str, Any]:
    """Counts and rates per split, field and language."""

    def rates(part: Sequence[Judgement]) -> dict[str, Any]:
        stated = [j for j in part if j.stated]
        return {
            "fields": len(part),
            "right": _rate(part),
            "stated": len(stated),
            "right_of_stated": _rate(stated),
            "missed": sum(j.outcome == "missed" for j in part),
            "wrong": sum(j.outcome == "wrong" for j in part),
            "confidently_wrong": sum(j.outcome == "wrong" and j.sure for j in part),
        }

    out: dict[str, Any] = {}
    for split in sorted({j.split for j in judged}):
        part = [j for j in judged if j.split == split]
        groups: dict[str, list[Judgement]] = defaultdict(list)
        for j in part:
            groups[j.field].append(j)
            if j.field in DATES:
                groups["dates"].append(j)
        languages = {language: [j for j in part if j.language == language] for language in sorted({j.language for j in part})}
        out[split] = {
            "documents": len({j.document for j in part}),
            "fields": {name: rates(groups[name]) for name in (*FIELDS, "dates") if groups[name]},
            "languages": {
                language: {
                    name: rates([j for j in own if j.field == name or (name == "dates" and j.field in DATES)])
                    for name in ("kind", "dates", "parties", "title")
                }
                for language, own in languages.items()
            },
        }
    return out


def _rate(part: Sequence[Judgement]) -> float | None:
    return round(sum(j.outcome == "right" for j in part) / len(part), 4) if part else None


def table(summary: dict[str, Any]) -> str:
    """A row per field: right of all, right of those that the text states, missed, wrong; development beside held-out."""
    head = ["field"]
    for split, part in summary.items():
        head += [f"{split} ({part['documents']} documents): right", "of stated", "missed / wrong / sure"]
    rows = []
    for name in (*FIELDS, "dates"):
        cells = [name]
        for part in summary.values():
            row = part["fields"].get(name)
            stated = f"{row['right_of_stated']:.3f} of {row['stated']}" if row and row["stated"] else "-"
            cells += [f"{row['right']:.3f}", stated, f"{row['missed']} / {row['wrong']} / {row['confidently_wrong']}"] if row else ["-"] * 3
        rows.append(cells)
    return markdown(head, rows, "Facts against the gold")


@click.command()
@options.shared()
@options.save_json(help="write the summary and every error here")
@options.held()
def command(shared: Path, out: Path | None, held: bool) -> None:
    """Measure facts of documents against a gold read by hand."""
    judged, absent = run(shared)
    summary = summarise(judged)
    errors = [asdict(j) for j in judged if j.outcome != "right" and (held or j.split == "dev")]
    click.echo(table(summary))
    for j in errors:
        click.echo(f"{j['outcome']:6} {j['field']:11} {Path(j['document']).name[:48]:48} gold {j['gold'][:90]} | ours {j['ours'][:160]}")
    if absent:
        click.echo(f"{len(absent)} documents of the gold are not here: {', '.join(absent[:3])} …")
    options.save(out, {"splits": summary, "absent": absent, "errors": errors}, indent=1)
