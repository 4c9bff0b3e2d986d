"""A card on paper: fields and obligations with a footnote for each clause, as `ui.export` sets them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from kb import KnowledgeBase
from kb.agreements.card_records import FIELDS, Card, Entry, Obligation
from kb.records import Citation
from ui.components.answer_wording import doubted
from ui.components.i18n import Strings
from ui.components.markup import STATUS_ICON
from ui.components.permalinks import Passage
from ui.export.blocks import Block, Heading, Paragraph, Said, Sheet
from ui.export.citations import Sources
from ui.pages.agreements.card_wording import QUOTED, actor_words, deadline_words, force_words, value_language, value_words


def card_sheet(kb: KnowledgeBase, card: Card, words: Strings, *, today: date, address: str) -> Sheet:
    """The card as a sheet; every footnote links to the clause.

    Args:
        kb: where the agreement lies.
        card: the card.
        words: in which language the paper speaks.
        today: the date of the paper.
        address: under which the app is reached, for the links.
    """
    sources = Sources(kb, words, address)
    link = Said(words("cards.open_card"), link=card_url(address, card.document_id))
    blocks = (
        Heading(2, Said(card.title)), *_fields(card, sources, words), *_obligations(card, sources, words), Paragraph("small", link)
    )  # fmt: skip
    day = words.date(today)
    facts = [words("cards.dated", date=day), words("place.version", version=card.version)]
    if card.superseded_by is not None:
        facts.append(replaced_words(card, words))
    basis = words("note.basis", date=day)
    return Sheet(words("cards.sheet"), words.language, tuple(facts), blocks, sources.met(), words, basis, author=words("app.title"))


def card_url(address: str, document_id: int) -> str:
    """The address of the card."""
    return f"{address.rstrip('/')}/cards?{urlencode({'document': document_id})}"


def passage_url(address: str, cited: Citation) -> str:
    """The address under which the clause of a citation opens."""
    return Passage.of(cited).url(address)


def replaced_words(card: Card, words: Strings) -> str:
    """Which paper took the place of the agreement, or amended it."""
    by = card.superseded_by
    return "" if by is None else words(f"cards.{by.relation}", document=by.document)


def _fields(card: Card, sources: Sources, words: Strings) -> Iterator[Block]:
    for field in FIELDS:
        for at, entry in enumerate(card.of(field)):
            if at == 0:
                yield Heading(3, Said(words(f"cards.field.{field}")))
            quoted = entry.field in QUOTED and entry.changed is None
            citations = [entry.citation] if entry.citation is not None else []
            marks = sources.mark(citations, with_quotes=not quoted)
            said = Said(value_words(entry, words), value_language(entry, card.language, words), marks, quoted=quoted)
            yield Paragraph("line", said, under=standing_words(entry, words))


def standing_words(one: Entry | Obligation, words: Strings) -> str:
    """How sure a line is: whether its quote stands there, whether a person said it, whether the text says it less than outright."""
    parts = []
    if one.status is not None:
        parts.append(f"{STATUS_ICON[one.status]} {words(f'status.{one.status}')}")
    if one.changed is not None:
        day = words.date(one.changed.date())
        parts.append(words("cards.corrected", date=day, read=one.extracted) if one.extracted else words("cards.added", date=day))
    elif isinstance(one, Entry) and one.citation is None:
        parts.append(words("cards.from_file"))
    if isinstance(one, Entry) and not one.sure:
        parts.append(words("cards.likely"))
    if isinstance(one, Obligation) and one.unsure:
        parts.append(words("doubt.unsure"))
    if one.citation is not None and one.citation.doubtful and one.changed is None:
        parts.append(words("doubt.words", words=doubted(one.citation)))
    return " · ".join(parts)


def _obligations(card: Card, sources: Sources, words: Strings) -> Iterator[Block]:
    """By who owes them, in the order in which they are met first."""
    left = [one for one in card.obligations if not one.dropped]
    for actor in dict.fromkeys(one.actor for one in left):
        own = [one for one in left if one.actor == actor]
        yield Heading(3, Said(words("cards.obligations_of", actor=actor_words(own[0], words))))
        for one in own:
            when = deadline_words(one, words)
            said = f"{force_words(one, words)}: {one.action if one.changed is not None else one.citation.quote}"
            owed = Said(f"{said} ({when})" if when else said, one.citation.language, sources.mark([one.citation]))
            yield Paragraph("line", owed, under=standing_words(one, words))
