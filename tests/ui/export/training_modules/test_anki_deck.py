"""The Anki deck: its collection opened with SQLite, every link of every card followed."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

import pytest
from lxml import html

from kb import KnowledgeBase
from lang.languages import Language
from tests.ui.export.training_modules.conftest import Made, stands, written
from tests.ui.links import folded
from training.records import Module
from ui.export import ExportError


@contextmanager
def opened(kb: KnowledgeBase, module: Module) -> Iterator[sqlite3.Connection]:
    """The collection of a deck."""
    with zipfile.ZipFile(BytesIO(written(kb, module, "anki"))) as package:
        assert sorted(package.namelist()) == ["collection.anki2", "media"]
        assert package.read("media") == b"{}"
        data = package.read("collection.anki2")
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(data)
        yield base
    finally:
        base.close()


def sides(base: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Front, back and tags of every note."""
    return [(*flds.split("\x1f"), tags) for flds, tags in base.execute("SELECT flds, tags FROM notes ORDER BY rowid")]


def test_every_card_quotes_its_sources_and_links_to_them(kb: KnowledgeBase, made: Made, language: Language) -> None:
    module = made(language)
    with opened(kb, module) as base:
        found = sides(base)
    assert len(found) == len(module.quiz) + len(module.glossary)
    for front, back, tags in found:
        assert front
        tree = html.fromstring(f"<div>{back}</div>")
        said = folded(tree.text_content())
        links = [stands(kb, link) for link in tree.xpath("//a/@href")]
        assert links
        if "quiz" in tags:
            assert all(folded(text) in said for text in links)
    quotes = {citation.quote for item in module.quiz for citation in item.proof.citations}
    backs = folded("".join(html.fromstring(f"<div>{back}</div>").text_content() for _, back, _ in found))
    assert all(folded(quote) in backs for quote in quotes)


def test_the_collection_is_whole(kb: KnowledgeBase, made: Made) -> None:
    with opened(kb, made("en")) as base:
        ((version, models, decks),) = base.execute("SELECT ver, models, decks FROM col")
        notes = base.execute("SELECT id, mid FROM notes").fetchall()
        cards = base.execute("SELECT nid, did FROM cards").fetchall()
    assert version == 11
    assert {str(mid) for _, mid in notes} == set(json.loads(models))
    assert sorted(nid for nid, _ in cards) == sorted(number for number, _ in notes)
    ((number, deck),) = [(key, one) for key, one in json.loads(decks).items() if key != "1"]
    assert deck["name"] == "Setu: flood warning"
    assert {str(did) for _, did in cards} == {number}


def test_a_deck_that_is_written_again_has_the_same_notes(kb: KnowledgeBase, made: Made) -> None:
    def guids(title: str) -> list[tuple[int, str]]:
        with opened(kb, replace(made("en"), title=title)) as base:
            return base.execute("SELECT id, guid FROM notes ORDER BY id").fetchall()

    assert guids("flood warning") == guids("flood warning, for ward 7")
    assert len(dict(guids("flood warning")).values()) == len(set(dict(guids("flood warning")).values())) > 0


def test_nothing_in_a_card_is_markup_a_sound_or_a_formula(kb: KnowledgeBase, hostile: Module) -> None:
    item = replace(hostile.quiz[0], prompt=rf"[sound:x.mp3] [$]x[/$] \(y\) \[z\] {hostile.quiz[0].prompt}")
    with opened(kb, replace(hostile, quiz=(item, *hostile.quiz[1:]))) as base:
        found = sides(base)
    for front, back, _ in found:
        assert not html.fromstring(f"<div>{front}{back}</div>").xpath("//img | //b | //code")
        assert not any(sign in front + back for sign in ("[", "\\(", "\\["))


def test_a_module_without_anything_to_learn_says_so(kb: KnowledgeBase, made: Made) -> None:
    with pytest.raises(ExportError, match="nothing to learn"), opened(kb, replace(made("en"), quiz=(), glossary=())):
        pass
