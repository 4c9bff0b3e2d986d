"""The questions and the glossary of a module as an Anki deck (``.apkg``): a zip with an SQLite collection.

Written by hand, in schema 11, which every Anki reads: the library for it has had no release since 2023. The tables are those of Anki's own
``schema11.sql``; the fields of ``models`` and ``decks`` are what its importer asks for. Ids and guids follow from those of the module, so
that a deck that is imported again replaces its cards and keeps what was learnt.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

import regex

from kb import KnowledgeBase
from kb.sanitize import visible
from training.records import Entry, Module
from ui import assets
from ui.components.i18n import NAMES, Strings
from ui.components.markup import html
from ui.export.blocks import Said
from ui.export.formats import ExportError
from ui.export.training_modules.module_content import Asked, Cited, asked, explained, instructed, pairs, place, statement

MODEL: Final = 1732540800000
"""Id of our kind of note; the same in every deck, so that they share it."""

_TABLES: Final = """
CREATE TABLE col (id integer primary key, crt integer not null, mod integer not null, scm integer not null, ver integer not null,
  dty integer not null, usn integer not null, ls integer not null, conf text not null, models text not null, decks text not null,
  dconf text not null, tags text not null);
CREATE TABLE notes (id integer primary key, guid text not null, mid integer not null, mod integer not null, usn integer not null,
  tags text not null, flds text not null, sfld integer not null, csum integer not null, flags integer not null, data text not null);
CREATE TABLE cards (id integer primary key, nid integer not null, did integer not null, ord integer not null, mod integer not null,
  usn integer not null, type integer not null, queue integer not null, due integer not null, ivl integer not null,
  factor integer not null, reps integer not null, lapses integer not null, left integer not null, odue integer not null,
  odid integer not null, flags integer not null, data text not null);
CREATE TABLE revlog (id integer primary key, cid integer not null, usn integer not null, ease integer not null, ivl integer not null,
  lastIvl integer not null, factor integer not null, time integer not null, type integer not null);
CREATE TABLE graves (usn integer not null, oid integer not null, type integer not null);
CREATE INDEX ix_notes_usn on notes (usn);
CREATE INDEX ix_cards_usn on cards (usn);
CREATE INDEX ix_cards_nid on cards (nid);
CREATE INDEX ix_cards_sched on cards (did, queue, due);
CREATE INDEX ix_revlog_usn on revlog (usn);
CREATE INDEX ix_revlog_cid on revlog (cid);
CREATE INDEX ix_notes_csum on notes (csum);
"""


@dataclass(frozen=True, slots=True)
class Card:
    """The two sides of a card in HTML; ``id`` is that of the question or entry."""

    id: str
    front: str
    back: str
    tag: str


def deck(kb: KnowledgeBase, module: Module, words: Strings, *, address: str) -> bytes:
    """The file. A card's back quotes what proves it and links to it.

    Raises:
        ExportError: there is neither a question nor a glossary.
    """
    cited = Cited.over(kb, words, address)
    cards = [*(_asked(one, words) for one in asked(module, cited)), *(_term(entry, module, cited) for entry in module.glossary)]
    if not cards:
        raise ExportError("This module has neither questions nor a glossary, so there is nothing to learn. Make one of them again.")
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("collection.anki2", _collection(module, cards))
        package.writestr("media", "{}")
    return out.getvalue()


def _asked(one: Asked, words: Strings) -> Card:
    said = statement(one.item)
    front = instructed(one) + (f'<p lang="{one.item.language}">{html(said)}</p>' if said else "")
    listed = [option.text for option in one.item.options] if one.item.kind != "true_false" else []
    if one.item.kind in ("match", "order"):
        together = pairs(one.item)
        listed = sorted(left for left, _ in together)
        if one.item.kind == "match":
            listed.append(" · ".join(sorted({right for _, right in together})))
    front += f"<ul>{''.join(f'<li>{html(each)}</li>' for each in listed)}</ul>" if listed else ""
    return Card(one.item.id, front, explained(one, words), "quiz")


def _term(entry: Entry, module: Module, cited: Cited) -> Card:
    """A term; on its back what it is called in the other languages, and what the papers say it is."""
    words = cited.words
    own = entry.named(module.language) or entry.names[0]
    bad = cited.warning(entry.status)
    warning = f"<p><strong>{html(bad)}</strong></p>" if bad else ""
    front = f'{warning}<p lang="{own.language}"><strong>{html(own.text)}</strong></p>'
    names = []
    for name in entry.names:
        places = "".join(place(mark, words) for mark in cited.marks(name.citations))
        listed = html(words(f"module.listed.{name.listed}"))
        names.append(f'<p>{html(NAMES[name.language])}: <strong lang="{name.language}">{html(name.text)}</strong> ({listed})</p>{places}')
    meaning = _meaning(cited.said(entry.meaning), words) if entry.meaning is not None else ""
    return Card(entry.id, front, meaning + "".join(names), "glossary")


def _meaning(said: Said, words: Strings) -> str:
    warning = f"<strong>{html(said.warning)}:</strong> " if said.warning else ""
    places = "".join(place(mark, words) for mark in said.marks)
    return f'<p lang="{said.language}">{warning}{html(said.text)}</p>{places}'


def _collection(module: Module, cards: list[Card]) -> bytes:
    now = int(datetime.now(UTC).timestamp())
    number = _number("deck", module.id)
    # Two colons would make a deck within a deck.
    name = f"Setu: {' '.join(visible(module.title).replace('::', ':').split())}"
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(_TABLES)
        base.execute("INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, '{}')", _settings(now, number, name))
        for at, card in enumerate(cards):
            flds = "\x1f".join((_safe(card.front), _safe(card.back)))
            note = (_number("note", module.id, card.id), f"setu-{module.id[:8]}-{card.id}", MODEL, now, -1, f" setu {card.tag} ", flds)
            base.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')", (*note, plain := _plain(card.front), _sum(plain)))
            row = (_number("card", module.id, card.id), note[0], number, now, at + 1)
            base.execute("INSERT INTO cards VALUES (?, ?, ?, 0, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')", row)
        base.commit()
        return base.serialize()
    finally:
        base.close()


def _settings(now: int, number: int, name: str) -> tuple[Any, ...]:
    conf = {"nextPos": 1, "activeDecks": [number], "curDeck": number, "sortType": "noteFld", "collapseTime": 1200, "curModel": MODEL}
    field = {"font": "Noto Sans", "media": [], "rtl": False, "size": 20, "sticky": False}
    back = "{{FrontSide}}<hr id=answer>{{Back}}"
    template = {"name": "Card 1", "ord": 0, "qfmt": "{{Front}}", "afmt": back, "bqfmt": "", "bafmt": "", "did": None}
    model = {
        "id": MODEL, "name": "Setu", "type": 0, "mod": now, "usn": -1, "sortf": 0, "did": number, "tags": [], "vers": [],
        "css": assets.text("anki_card.css"), "latexPre": "", "latexPost": "", "req": [[0, "any", [0]]], "tmpls": [template],
        "flds": [{**field, "name": "Front", "ord": 0}, {**field, "name": "Back", "ord": 1}],
    }  # fmt: skip
    today = {"newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0]}
    plain = {"conf": 1, "collapsed": False, "desc": "", "dyn": 0, "extendNew": 0, "extendRev": 50, "mod": now, "usn": -1, **today}
    decks = {"1": {**plain, "id": 1, "name": "Default"}, str(number): {**plain, "id": number, "name": name}}
    pace = {
        "id": 1, "name": "Default", "mod": 0, "usn": 0, "autoplay": True, "replayq": True, "timer": 0, "maxTaken": 60,
        "new": {"bury": True, "delays": [1, 10], "initialFactor": 2500, "ints": [1, 4, 7], "order": 1, "perDay": 20},
        "rev": {"bury": True, "ease4": 1.3, "ivlFct": 1, "maxIvl": 36500, "perDay": 100},
        "lapse": {"delays": [10], "leechAction": 0, "leechFails": 8, "minInt": 1, "mult": 0},
    }  # fmt: skip
    return (now, now * 1000, now * 1000, *map(json.dumps, (conf, {str(MODEL): model}, decks, {"1": pace})))


def _safe(text: str) -> str:
    r"""HTML in which Anki finds neither sounds nor LaTeX (``[sound:…]``, ``[$]…``) nor MathJax (``\(…\)``)."""
    return text.replace("[", "&#91;").replace("\\", "\\\N{WORD JOINER}")


def _number(*marks: str) -> int:
    """An id for Anki, which takes them for milliseconds since 1970: always the same for the same thing."""
    return MODEL - int.from_bytes(hashlib.blake2b("\x1f".join(marks).encode(), digest_size=5).digest(), "big") // 8


def _plain(text: str) -> str:
    """HTML without its tags, by which Anki sorts."""
    return " ".join(regex.sub(r"<[^>]*>", " ", text).split())


def _sum(plain: str) -> int:
    """By which Anki finds notes that are twice there: the first 32 bits of the SHA-1 of their first field."""
    return int(hashlib.sha1(plain.encode(), usedforsecurity=False).hexdigest()[:8], 16)
