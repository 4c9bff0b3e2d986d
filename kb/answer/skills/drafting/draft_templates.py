"""The forms of an office: what stands on each line of a letter, an office note, a press note, an agenda, a circular or an e-mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb.answer.presentation.rendering import joined, numeral
from kb.answer.skills.drafting.correspondents import Party
from kb.answer.skills.drafting.draft_request import Wanted, framed
from lang.languages import Language
from lang.values.dates import dates_in
from prompts.phrases import phrase

_LETTERED = ("letter", "reminder", "reply", "call")


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph. ``need`` tells how much a short draft needs it, 1 most; ``cited`` are statements."""

    text: str
    need: int = 1
    cited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What goes into a form: who, on what, and the lines that quote the papers or name them."""

    wanted: Wanted
    matter: str
    sender: Party
    addressee: Party
    facts: tuple[Line, ...]
    references: tuple[Line, ...]
    language: Language
    request: str = ""
    """The message, where it says in a clause what is to be written: whoever sends the draft puts that into words."""

    def gap(self, name: str, **values: object) -> str:
        """A place that is left open."""
        return phrase(f"draft.gap.{name}", self.language, **values)

    def said(self, key: str, **values: object) -> str:
        """A phrase of the forms."""
        return phrase(f"draft.{key}", self.language, **values)


def lines_of(parts: Parts) -> list[Line]:
    """The draft in its form; cut to the lines that are wanted."""
    kind = parts.wanted.kind
    form: Callable[[Parts], Iterator[Line]] = (
        _letter if kind in _LETTERED else {"email": _email, "note": _note, "press": _press, "agenda": _agenda, "circular": _circular}[kind]
    )
    return _cut(list(form(parts)), parts.wanted.lines, parts.language)


def _letter(parts: Parts) -> Iterator[Line]:
    said, gap = parts.said, parts.gap
    yield Line(joined([said("number", number=gap("number")), said("dated", date=gap("date"))], parts.language), 6)
    yield Line(said("to"), 6)
    yield _addressed(parts)
    yield _subject(parts)
    yield from parts.references
    yield from _body(parts)
    yield Line(gap("signature"), 5)
    yield Line(parts.sender.said or gap("sender"), 3, parts.sender.cited)


def _email(parts: Parts) -> Iterator[Line]:
    yield _addressed(parts)
    yield _subject(parts)
    yield from _body(parts)
    yield Line(parts.sender.said or parts.gap("sender"), 2, parts.sender.cited)


def _body(parts: Parts) -> Iterator[Line]:
    """From the salutation to the close, as the purpose of the letter wants it."""
    said, gap, purpose = parts.said, parts.gap, parts.wanted.purpose
    formal = "_formal" if parts.wanted.formal else ""
    yield Line(said(f"letter.salute{formal}"), 1)
    yield Line(said(f"letter.{purpose}", **({"letter": gap("their_letter")} if purpose == "reply" else {})), 3)
    yield from parts.facts
    if parts.request:
        yield Line(gap("wording", request=parts.request), 2)
    yield Line(said(f"letter.end_{purpose}", **_open(parts)), 2)
    yield Line(said(f"letter.close{formal}"), 1)


def _days(parts: Parts) -> dict[int, str]:
    """The days that the message names, as it writes them, from 1; not those by which the papers are referred to."""
    of_papers = {(date.when.month, date.when.day) for line in parts.references for date in dates_in(line.text)}
    asked = [date for date in dates_in(parts.matter) if date.when.day and (date.when.month, date.when.day) not in of_papers]
    return {at: date.text for at, date in enumerate(asked, 1)}


def _open(parts: Parts) -> dict[str, str]:
    """The open places of the last paragraph."""
    gap = parts.gap
    by = {"by": gap("reply_by")}
    when = {"time": gap("time"), "place": gap("place")}
    named = _days(parts)
    dates = {name: named.get(n) or gap("date_n", n=numeral(n, parts.language)) for n, name in ((1, "one"), (2, "two"))}
    return {
        "inform": by, "propose": by | when | dates, "invite": by | when | {"date": named.get(1) or gap("date")}, "thank": {},
        "request": by | {"action": gap("action")}, "remind": {"office": parts.sender.said or gap("office")},
        "call": {"address": gap("address"), "phone": gap("phone")}, "reply": {"office": gap("office")},
    }[parts.wanted.purpose]  # fmt: skip


def _note(parts: Parts) -> Iterator[Line]:
    said, gap = parts.said, parts.gap
    yield Line(said("kind.note"), 2)
    yield Line(joined([gap("file"), said("dated", date=gap("date"))], parts.language), 4)
    yield _subject(parts)
    yield from parts.references
    yield Line(said("note.background"), 3)
    yield from parts.facts
    yield Line(said("note.open", action=gap("action")), 4)
    yield Line(said("note.proposal", proposal=gap("proposal")), 2)
    yield Line(said("note.submitted", officer=parts.addressee.said or gap("officer")), 1, parts.addressee.cited)
    yield Line(parts.sender.said or gap("sender"), 3, parts.sender.cited)


def _press(parts: Parts) -> Iterator[Line]:
    said, gap = parts.said, parts.gap
    yield Line(said("kind.press"), 3)
    yield Line(parts.matter or gap("matter"), 1)
    yield Line(said("press.body", place=gap("place"), date=gap("date")), 2)
    yield from parts.facts
    yield Line(said("press.contact", name=parts.sender.said or gap("name"), phone=gap("phone")), 2, parts.sender.cited)


def _agenda(parts: Parts) -> Iterator[Line]:
    said, gap = parts.said, parts.gap
    yield Line(framed("regarding", parts.language, kind=said("kind.agenda"), matter=parts.matter or gap("matter")), 1)
    yield Line(said("agenda.head", date=gap("date"), time=gap("time"), place=gap("place")), 1)
    yield Line(said("agenda.chair", name=gap("chair")), 3)
    yield from parts.references
    items = [Line(said("agenda.minutes", date=gap("date")), 3), *parts.facts]
    items += [Line(said("agenda.other"), 2), Line(said("agenda.next", date=gap("date"), place=gap("place")), 4)]
    yield from (Line(f"{numeral(n, parts.language)}. {item.text}", item.need, item.cited) for n, item in enumerate(items, 1))
    yield Line(said("agenda.close"), 2)
    yield Line(parts.sender.said or gap("sender"), 4, parts.sender.cited)


def _circular(parts: Parts) -> Iterator[Line]:
    said, gap = parts.said, parts.gap
    yield Line(said("kind.circular"), 2)
    yield Line(joined([said("number", number=gap("number")), said("dated", date=gap("date"))], parts.language), 4)
    yield _subject(parts)
    yield from parts.references
    yield Line(said("circular.body", to=parts.addressee.said or gap("addressee")), 1, parts.addressee.cited)
    yield from parts.facts
    yield Line(said("circular.end", date=gap("date")), 1)
    yield Line(parts.sender.said or gap("sender"), 3, parts.sender.cited)


def _addressed(parts: Parts) -> Line:
    to = parts.addressee
    return Line(framed("addressed", parts.language, name=to.said or parts.gap("addressee")), 2, to.cited)


def _subject(parts: Parts) -> Line:
    matter = parts.matter or parts.gap("matter")
    purpose = parts.wanted.purpose
    if purpose != "inform":
        matter = framed("regarding", parts.language, kind=parts.said(f"kind.{purpose}"), matter=matter)
    return Line(parts.said("subject", matter=matter), 2)


def _cut(lines: Sequence[Line], most: int | None, language: Language) -> list[Line]:
    """The lines that are needed most, in their order, where there may be no more than ``most``."""
    kept = list(lines)
    while most is not None and len(kept) > max(most, 1):
        worst = max(range(len(kept)), key=lambda at: (kept[at].need, at))
        del kept[worst]
    return kept
