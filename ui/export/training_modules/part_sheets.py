"""Parts of a module as sheets of their own: the handout, a test, and the source pack."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from ingest.records import Kind
from kb import KnowledgeBase
from kb.agreements.card_records import FIELDS, Card, Obligation
from kb.agreements.cards import card_of
from kb.agreements.obligation_register import KINDS
from lang.languages import Language
from training.quiz.two_tests import Test, two_tests
from training.records import Module
from ui.components.i18n import Strings
from ui.export.blocks import Block, Paragraph, Said, Sheet, Table
from ui.export.citations import one_line, quoted
from ui.export.training_modules.module_blocks import ModuleBlocks, sources_table
from ui.export.training_modules.module_content import Cited, facts
from ui.pages.agreements.card_wording import actor_words, deadline_words, value_language, value_words

DUTIES: Final = (0.22, 0.58, 0.2)
FACTS: Final = (0.34, 0.2, 0.46)
"""Shares of the width: who, what, by when; the paper, the field, what it says."""
_AGREEMENTS: Final[tuple[Kind, ...]] = ("agreement",)
MOST: Final = 24
"""Duties, and facts, that a pack names at most; of duties those with a day or a time limit first."""


def as_test(module: Module, test: Test, words: Strings, seed: int = 0) -> Module:
    """The module as one of its two tests: its questions and its title."""
    title = f"{words(f'module.contents.{test}')}: {module.title}"
    return replace(module, title=title, quiz=two_tests(module, seed)[test])


def sheet_of_test(kb: KnowledgeBase, module: Module, words: Strings, *, address: str) -> Sheet:
    """The questions of a test with places for a name and a day, and on pages of their own the answers with what proves them."""
    cited = Cited.over(kb, words, address)
    make = ModuleBlocks(module, cited, None)
    line = "_" * 24
    filled = " · ".join(f"{words(f'module.{name}')}: {line}" for name in ("person", "date"))
    blocks = (Paragraph("text", Said(filled, words.language)), *make.quiz(new_page=False), *_papers(kb, module, make, words, address))
    return Sheet(module.title, module.language, (words("module.test_use", n=len(module.quiz)),), blocks, cited.sources.met(), words)


def handout_sheet(kb: KnowledgeBase, module: Module, words: Strings, *, today: date, address: str, beside: Language | None) -> Sheet:
    """What is taken home: the lines of the handout, and the papers."""
    cited = Cited.over(kb, words, address)
    make = ModuleBlocks(module, cited, beside)
    blocks = (*make.sections("handout", module.handout), *_papers(kb, module, make, words, address, new_page=False))
    under = facts(module, words, words.date(today))
    return Sheet(module.title, module.language, under, blocks, cited.sources.met(), words, beside=beside)


def source_pack(kb: KnowledgeBase, module: Module, words: Strings, *, today: date, address: str) -> Sheet:
    """What the papers say of the topic, and no more: no plan, no slides, no objectives, and nothing that the papers do not say."""
    module = replace(module, quiz=tuple(item for item in module.quiz if item.proof.origin != "own"))
    cited = Cited.over(kb, words, address)
    make = ModuleBlocks(module, cited, None)
    blocks = (
        *make.sections("briefing", module.briefing, "module.pack.summary"),
        *make.sections("handout", module.handout, "module.pack.stretches"),
        *_duties(kb, module, cited, make, words),
        *_facts(kb, module, cited, make, words),
        *make.quiz(new_page=True),
        *make.glossary(new_page=True),
        *_papers(kb, module, make, words, address),
    )
    about = words("module.pack.about_model" if module.model else "module.pack.about")
    under = (about, *facts(module, words, words.date(today))[1:])
    title = f"{words('module.contents.pack')}: {module.title}"
    return Sheet(title, module.language, under, blocks, cited.sources.met(), words)


def _papers(
    kb: KnowledgeBase, module: Module, make: ModuleBlocks, words: Strings, address: str, *, new_page: bool = True
) -> Iterator[Block]:
    yield make.heading(2, "module.sources", new_page=new_page)
    yield sources_table(kb, module, words, address)


def _duties(kb: KnowledgeBase, module: Module, cited: Cited, make: ModuleBlocks, words: Strings) -> Iterator[Block]:
    """Who shall do what by when, of the clauses that the module quotes; those with a day or a limit first."""
    found = list(_owed(kb, module))
    found.sort(key=lambda one: (one.due is None, one.due or date.max, one.deadline is None))
    rows = tuple(
        (
            (Said(one_line(actor_words(one, words)), words.language),),
            (Said(one_line(quoted(one.citation.quote, one.citation.language)), one.citation.language, cited.marks([one.citation]),
                  cited.warning(one.citation.shown)),),
            (Said(deadline_words(one, words) or words("module.no_date"), words.language),),
        )
        for one in found[:MOST]
    )  # fmt: skip
    if rows:
        yield make.heading(2, "module.pack.duties")
        yield Table((words("cards.who"), words("cards.what"), words("cards.due")), rows, DUTIES)


def _facts(kb: KnowledgeBase, module: Module, cited: Cited, make: ModuleBlocks, words: Strings) -> Iterator[Block]:
    """What the agreements among the papers say of themselves: parties, days, term, money."""
    rows = []
    for card in _cards(kb, module, _AGREEMENTS):
        for field in FIELDS:
            for entry in card.of(field):
                marks = cited.marks([entry.citation]) if entry.citation is not None else ()
                said = Said(one_line(value_words(entry, words)), value_language(entry, card.language, words), marks)
                rows.append(((Said(one_line(card.title), card.language),), (Said(words(f"cards.field.{field}"), words.language),), (said,)))
    if rows:
        yield make.heading(2, "module.pack.facts")
        yield Table((words("module.document"), words("module.field"), words("module.content")), tuple(rows[:MOST]), FACTS)


def _cards(kb: KnowledgeBase, module: Module, kinds: Collection[Kind]) -> Iterator[Card]:
    """The cards of the papers that are quoted, in the versions that are quoted."""
    quoted_from = sorted({(cited.document_id, cited.version) for cited in module.citations()})
    infos = {(info.id, info.version): info for info in kb.documents() if info.kind in kinds}
    for key in quoted_from:
        card = card_of(kb, infos[key]) if key in infos else None
        if card is not None:
            yield card


def _owed(kb: KnowledgeBase, module: Module) -> Iterator[Obligation]:
    """The obligations of the clauses from which the module quotes."""
    spans: dict[int, list[tuple[int, int, tuple[str, ...]]]] = {}
    for _, line in module.lines():
        for one in line.citations if line.origin == "quote" else ():
            spans.setdefault(one.document_id, []).append((one.start, one.end, one.path))
    for card in _cards(kb, module, KINDS):
        for owed in card.obligations:
            at = owed.citation
            cited = spans.get(card.document_id, ())
            if owed.binds and any((at.start < end and start < at.end) or (path and path == at.path) for start, end, path in cited):
                yield owed
