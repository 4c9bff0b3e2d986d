"""``python -m eval stated DIR``: what a folder of papers says of itself, against what somebody read there who had not seen the code.

``DIR/corpus`` holds the papers, ``DIR/meta.jsonl`` a line for each: ``file, language, kind, title, publisher, parties, signatories [{name,
office, party}], dates {signed, in_force, effective, published}, term, renewal, notice, obligations [{sentence}]``; lengths of time and
days in ISO 8601, what a paper does not state null or empty.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

import click
import regex

from eval import options
from eval.fit.documents.document_kinds import OF
from kb import KnowledgeBase, Settings
from kb.agreements.cards import card_of
from kb.classify.document_lines import days_of
from kb.records import DocumentInfo
from lang.values.calendars import Duration, Unit

SAME: Final = 0.88
"""How alike two names are that are the same; a name of six letters or more may also be part of the other."""
ALIKE: Final = 0.8
_UNITS: Final[tuple[Unit, ...]] = ("year", "month", "week", "day")
_SLACK = 4.0
"""Days by which two lengths of time may differ: 12 months and a year are the same."""


def norm(text: str | None) -> str:
    """A text as it is compared: its letters and digits."""
    return regex.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text or "").casefold())


def same(one: str | None, other: str | None) -> bool:
    """Whether two names are the same but for honorifics, articles and marks."""
    a, b = norm(one), norm(other)
    if not a or not b:
        return False
    return a == b or (min(len(a), len(b)) >= 6 and (a in b or b in a)) or SequenceMatcher(None, a, b, autojunk=False).ratio() >= SAME


def parts_of(length: str | None) -> tuple[int, int, int, int] | None:
    """The years, months, weeks and days of an ISO 8601 length of time; None for anything else."""
    match = regex.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", length or "")
    if match is None:
        return None
    years, months, weeks, rest = (int(part or 0) for part in match.groups())
    return years, months, weeks, rest


def days(length: str | None) -> float | None:
    """An ISO 8601 length of time in days."""
    parts = parts_of(length)
    return sum(days_of(Duration(count, unit)) for count, unit in zip(parts, _UNITS, strict=True)) if parts is not None else None


class Tally:
    """Counts of fields that have one value (``right``, ``missed``, ``wrong``) and of those that have several."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def one(self, name: str, gold: object, ours: object, right: bool) -> None:
        """A field with one value; None on both sides is right."""
        outcome = "right" if right or (gold is None and ours is None) else "missed" if ours is None else "wrong"
        self.counts[name][outcome] += 1

    def many(self, name: str, gold: Sequence[str], ours: Sequence[str], alike: Any = same) -> None:
        """A field with several values."""
        self.counts[name].update(
            gold=len(gold),
            ours=len(ours),
            found=sum(any(alike(one, other) for other in ours) for one in gold),
            true=sum(any(alike(one, other) for one in gold) for other in ours),
        )

    def lines(self) -> Iterable[str]:
        """A line for each field."""
        for name, c in self.counts.items():
            if "gold" in c:
                recall, precision = c["found"] / max(1, c["gold"]), c["true"] / max(1, c["ours"])
                yield f"{name}: recall {recall:.2f} of {c['gold']}, precision {precision:.2f} of {c['ours']}"
            else:
                yield f"{name}: right {c['right'] / c.total():.2f} of {c.total()}, missed {c['missed']}, wrong {c['wrong']}"


def judge(kb: KnowledgeBase, paper: DocumentInfo, gold: Mapping[str, Any], tally: Tally) -> None:
    """Count one paper."""
    found = kb.facts(paper.id)["found"]
    told = {
        name: one["value"] for name in ("publisher", "signed", "in_force", "published", "term", "renewal", "notice") if (one := found[name])
    }
    tally.one("kind", gold["kind"], paper.kind, paper.kind in OF.get(gold["kind"], ("other",)))
    tally.one("title", gold["title"], paper.title, same(paper.title, gold["title"]))
    tally.one("publisher", gold["publisher"], told.get("publisher"), same(told.get("publisher"), gold["publisher"]))
    tally.many("parties", gold["parties"], [one["value"] for one in found["parties"]])
    tally.many("signatories", [one["name"] for one in gold["signatories"]], [one["value"]["name"] for one in found["signatories"]])
    stated = gold["dates"]
    for name, day in (
        ("signed", stated["signed"]),
        ("in_force", stated["in_force"] or stated["effective"]),
        ("published", stated["published"]),
    ):
        ours = _day(name, told.get(name), stated["signed"])
        tally.one(name, day, ours, day is not None and day == ours)
    for name in ("term", "notice"):
        value = told.get(name)
        length = value if name == "term" else value.get("period") if value else None
        wanted = days(gold[name])
        tally.one(name, gold[name], value, wanted is not None and length is not None and abs(_length(length) - wanted) < _SLACK)
    tally.one("renewal", gold["renewal"], told.get("renewal"), _renews(gold["renewal"], told.get("renewal")))
    card = card_of(kb, paper)
    quotes = [one.citation.quote for one in card.obligations if one.force != "may" and one.citation is not None] if card is not None else []
    name = "duties of agreements" if gold["kind"] == "agreement" else "duties of others"
    tally.many(name, [one["sentence"] for one in gold["obligations"]], quotes, says)


def says(stated: str, quote: str) -> bool:
    """Whether a quote is a sentence, part of it, or has it as part; a row of a table may repeat the headings of its columns in it."""
    one, other = norm(stated), norm(quote)
    if not one or not other:
        return False
    if one in other or other in one or SequenceMatcher(None, one, other, autojunk=False).ratio() > ALIKE:
        return True
    cells = [norm(cell) for cell in stated.split(" | ")]
    return len(cells) > 1 and all(cell in other for cell in cells)


def _day(name: str, value: Mapping[str, Any] | None, signed: str | None) -> str | None:
    if value is None:
        return None
    if name == "in_force":
        when = value.get("when")
        return when["date"] if when else signed if value["on"] == "signature" else None
    return str(value["date"])


def _length(value: Mapping[str, Any]) -> float:
    return days_of(Duration(value["count"], value["unit"]))


def _renews(gold: str | None, ours: Mapping[str, Any] | None) -> bool:
    if gold is None or ours is None:
        return False
    wanted = days(gold)
    if wanted is not None:
        return bool(ours.get("period")) and abs(_length(ours["period"]) - wanted) < _SLACK
    return bool(ours["automatic"]) == (gold == "automatic")


@click.command()
@click.argument("folder", metavar="DIR", type=options.PATH)
def command(folder: Path) -> None:
    """Compare what papers of strangers say of themselves with what was read there. DIR holds corpus/ and meta.jsonl."""
    rows = [json.loads(line) for line in (folder / "meta.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]
    tally = Tally()
    with tempfile.TemporaryDirectory() as home, KnowledgeBase.open(Settings.load(home=Path(home))) as kb:
        kb.ingest([folder / "corpus"])
        papers = {Path(one.source).name: one for one in kb.documents() if one.state != "rejected"}
        for row in rows:
            if (paper := papers.get(row["file"])) is None:
                click.echo(f"{row['file']}: not read")
            else:
                judge(kb, paper, row, tally)
    click.echo("\n".join(tally.lines()))


__all__ = ["Tally", "command", "days", "judge", "norm", "parts_of", "same", "says"]
