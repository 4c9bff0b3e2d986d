"""What the tools do, each a function of the asker's view and its arguments that gives plain JSON and the passages it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kb.agreements.cards import make_card
from kb.agreements.obligation_register import Sift, overview
from kb.document_records import DocumentInfo
from kb.records import Done, EvidenceFound, Searching, StatementReady, Waiting, Writing
from kb.sanitize import visible
from server.evidence.answer_text import write_answer
from server.evidence.askers import Seen
from server.evidence.earlier_turns import EarlierTurns
from server.evidence.passage_texts import SCHEME, BadIdError, chosen, document_url, linked, linked_shape, read_stretch
from server.evidence.statement_check import check_statement, checked_shape
from server.mcp.tool_inputs import (
    AskInput,
    CardInput,
    FetchInput,
    Limited,
    ListDocumentsInput,
    ObligationsInput,
    SearchInput,
    VerifyInput,
)
from ui.cli.agreement_json import card_shape, register_shape
from ui.components.answer_wording import place_of
from ui.components.i18n import strings
from ui.components.permalinks import Passage

Tell = Callable[[str], None]
"""Is told of each step, and stops the work where the client does not want it any more."""
MOST_LINKS: Final = 20


@dataclass(frozen=True, slots=True)
class Link:
    """A resource that a result rests on."""

    uri: str
    title: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gives: JSON, and the resources beside it."""

    value: dict[str, Any]
    links: tuple[Link, ...] = ()


def search(seen: Seen, args: SearchInput, tell: Tell) -> Result:
    """The best passages."""
    seen.count_question()
    tell("Searching the papers")
    found = seen.kb.search(args.query, k=args.k, filters=_filters(seen, args))
    words = strings("en")
    results = []
    for hit in found.hits:
        told = linked_shape(hit, seen.address)
        results.append({**told, "title": _title(place_of(hit, words)), "resource": f"{SCHEME}passage/{told['id']}"})
    return Result({"results": results, "query": found.query, "language": found.language, "notes": list(found.notes)})


def fetch(seen: Seen, args: FetchInput, tell: Tell) -> Result:
    """A passage or a paper."""
    tell("Opening the paper")
    kb, got = seen.kb, read_stretch(seen.kb, args.id)
    passage, info = got.passage, got.info
    place = kb.place(passage.document, passage.version, passage.start)
    around = kb.context(passage.document, passage.version, passage.start, passage.end)
    metadata = {
        "document_id": info.id, "document": got.title, "source": info.source, "version": passage.version, "state": got.state,
        "kind": got.version.kind, "language": got.version.language, "publisher": info.publisher,
        "date": got.version.date.isoformat() if got.version.date else None, "page": place.page, "page_label": place.page_label,
        "path": list(place.path), "start": passage.start, "end": passage.end, "characters": got.version.characters,
        "before": around.before if around else "", "after": around.after if around else "",
        "resource": f"{SCHEME}passage/{passage}", "next_id": got.next_id,
    }  # fmt: skip
    value = {"id": str(passage), "title": _title(got.title), "text": got.text, "url": passage.url(seen.address), "metadata": metadata}
    return Result(value)


def ask(seen: Seen, args: AskInput, tell: Tell, turns: EarlierTurns) -> Result:
    """An answer with its sources."""
    seen.count_question()
    kb, filters = seen.kb, _filters(seen, args)
    if args.earlier_questions:
        tell("Reading the conversation")
    history = turns.of(kb, args.earlier_questions, filters, seen.identity)
    answer = None
    statements = 0
    events = kb.ask(args.question, history=history, filters=filters, engine=args.engine)
    try:
        for event in events:
            match event:
                case Searching():
                    tell("Searching the papers")
                case EvidenceFound(hits):
                    tell(f"Reading {len(hits)} passages")
                case Waiting(place):
                    tell(f"Waiting for the language model, place {place} in the queue")
                case Writing(model=model):
                    tell(f"{model} writes, and what it writes is checked")
                case StatementReady():
                    statements += 1
                    tell(f"{statements} statements are ready")
                case Done(answer=made):
                    answer = made
                case _:
                    tell("Working")
    finally:
        events.close()
    if answer is None:
        raise RuntimeError("an answer without an end")
    turns.keep(kb, (*args.earlier_questions, args.question), filters, answer, seen.identity)
    text = write_answer(answer, seen.address)
    value = linked_shape(answer, seen.address)
    value = {"text": text.whole, "sources": [{"number": one.number, **one.record} for one in text.sources], **value}
    return Result(value, _links((one.record["id"], one.title) for one in text.sources))


def verify(seen: Seen, args: VerifyInput, tell: Tell) -> Result:
    """Whether a statement is borne out."""
    seen.count_question()
    tell("Looking for what speaks to the statement")
    checked = check_statement(seen.kb, args.statement, chosen(seen.kb, documents=args.documents))
    value = checked_shape(checked, seen.address)
    words = strings("en")
    cited = (citation for sentence in checked.sentences for citation in sentence.citations)
    return Result(value, _links((str(Passage.of(citation)), place_of(citation, words)) for citation in cited))


def list_documents(seen: Seen, args: ListDocumentsInput, tell: Tell) -> Result:
    """The papers in use."""
    tell("Listing the papers")
    inside = chosen(seen.kb, collections=args.collections)
    title = args.title.casefold().strip()
    papers = [
        info
        for info in in_use(seen)
        if (not args.kinds or info.kind in args.kinds)
        and (not args.languages or info.language in args.languages)
        and inside.collected(info.collections)
        and title in info.title.casefold()
    ]
    shown, following = part_of(papers, args.cursor, args.limit)
    value = {"documents": [paper_shape(info, seen.address) for info in shown], "total": len(papers), "next_cursor": following}
    return Result(value, tuple(Link(f"{SCHEME}document/{info.id}", info.title) for info in shown[:MOST_LINKS]))


def agreement_card(seen: Seen, args: CardInput, tell: Tell) -> Result:
    """The card of an agreement."""
    tell("Reading the agreement")
    made = make_card(seen.kb, args.document)
    value = linked(card_shape(made, seen.address), seen.address)
    title = f"{made.title}"
    return Result(value, (Link(f"{SCHEME}document/{made.document_id}", title),))


def obligations(seen: Seen, args: ObligationsInput, tell: Tell) -> Result:
    """What is owed under all papers."""
    for number in args.documents:
        seen.kb.document(number)
    found = overview(
        seen.kb, args.today or date.today(), args.language, progress=lambda done, of: tell(f"Reading paper {done + 1} of {of}")
    )
    sift = Sift(args.due, args.states, args.party, args.owner, args.documents)
    rows = [row for row in found.rows if sift.lets(row) and (args.due or args.states or row.due != "closed")]
    value = {"total": len(rows), **linked(register_shape(found, rows[: args.limit], seen.address), seen.address)}
    return Result(value, _links((one["citation"]["id"], one["document"]) for one in value["obligations"]))


def in_use(seen: Seen) -> list[DocumentInfo]:
    """The papers that the asker sees and that are in use, by number."""
    return sorted((info for info in seen.kb.documents() if info.in_use), key=lambda info: info.id)


def paper_shape(info: DocumentInfo, address: str) -> dict[str, Any]:
    """A paper as JSON, with link and resource."""
    return {**linked_shape(info, address), "url": document_url(info, address), "resource": f"{SCHEME}document/{info.id}"}


def _filters(seen: Seen, args: Limited) -> Any:
    return chosen(
        seen.kb, kinds=args.kinds, languages=args.languages, documents=args.documents, collections=args.collections,
        date_from=args.date_from, date_to=args.date_to,
    )  # fmt: skip


def part_of(papers: Sequence[DocumentInfo], cursor: str | None, most: int) -> tuple[Sequence[DocumentInfo], str | None]:
    """So many of the papers after a cursor, and the cursor of the next part, None at the end.

    Raises:
        BadIdError: the cursor is none that a part gave.
    """
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 12):
        raise BadIdError("The cursor is none that this list gave. Leave it out to begin at the start.")
    rest = [info for info in papers if info.id > int(cursor or 0)]
    shown = rest[:most]
    return shown, str(shown[-1].id) if len(rest) > most else None


def _links(found: Iterable[tuple[str, str]]) -> tuple[Link, ...]:
    uris = {f"{SCHEME}passage/{at}": title for at, title in found}
    return tuple(Link(uri, title) for uri, title in list(uris.items())[:MOST_LINKS])


def _title(text: str) -> str:
    return " ".join(visible(text).split())
