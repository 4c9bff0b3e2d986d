"""``python -m eval COMMAND``: what is measured and what is fitted; only the module of the command that is asked for is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "addressed": ("fit.verification.addressed", "lines of papers that speak to a program; fits"),
    "answers": ("tasks.answers", "answers: the quotes, citations, refusals, language, time"),
    "boxes": ("tasks.documents.quote_boxes", "whether the box drawn around a quote covers its words"),
    "cells": ("fit.map_cells", "what belongs into the cells of the exchange map; fits"),
    "cards": ("tasks.products.agreement_cards", "agreement cards against a gold marked by hand"),
    "compare": ("metrics.comparison", "two saved reports of retrieval, query by query"),
    "conflicts": ("tasks.conflicts", "whether an answer says where sources disagree"),
    "counterparts": ("tasks.cross_lingual:counterparts", "language versions of a document and their passages"),
    "doubt": ("fit.documents.misread_words", "which words of a bad page are misread; fits"),
    "extraction": ("tasks.documents.extraction", "extracted text, and which pages OCR should read"),
    "exchanges": ("tasks.products.exchanges", "a question and one that leans on it, beside two plain ways"),
    "facts": ("tasks.documents.facts", "facts of documents against a gold read by hand"),
    "followups": ("tasks.followups", "follow-up questions: raw, rewritten, and asked whole"),
    "gate": ("gate", "whether anything got worse: reports against their floors"),
    "intent": ("fit.questions.intent", "what a message wants; trains"),
    "kinds": ("fit.documents.document_kinds", "the kind of a paper; fits"),
    "judge": ("fit.verification.judge", "a verdict on a statement of what several checks say; weighs them"),
    "latency": ("speed.latency", "how long whole answers take in a base of many papers"),
    "leaning": ("fit.questions.leaning", "whether a message leans on the one before it; fits"),
    "lines": ("fit.documents.line_classifiers", "what lines of papers say; fits"),
    "map": ("tasks.products.exchange_map", "the passages in the cells of the exchange map"),
    "meant": ("fit.paper_linking", "which papers a request means; fits"),
    "mixed": ("tasks.cross_lingual:mixed", "one index of all languages beside one for each"),
    "mutations": ("tasks.mutations", "whether changed facts are noticed, and true ones left alone"),
    "overviews": ("tasks.products.overviews", "overviews of papers: their lines and questions"),
    "pages": ("tasks.documents.ocr", "bad pages of known text, by the way in which they are bad"),
    "parties": ("fit.documents.party_names:parties", "the parties of agreements; fits"),
    "questions": ("fit.questions.query_map", "how well questions find the passages that answer; fits"),
    "reader": ("fit.reader", "the order of the first passages of a search; trains"),
    "replies": ("tasks.replies", "whether written sentences are checked as people would"),
    "report": ("report.saved_runs", "saved runs as one HTML page"),
    "retrieval": ("tasks.retrieval", "search on sets in the format of BEIR"),
    "salience": ("fit.salience", "what a sentence is worth to a summary; fits"),
    "samples": ("tasks.samples", "the sample papers under the settings in force"),
    "scale": ("speed.scale", "a store that grows to a million passages"),
    "speaking": ("fit.paper_selection", "which papers speak of a matter; fits"),
    "stated": ("tasks.documents.stated_facts", "what papers of strangers say of themselves"),
    "stories": ("tasks.documents.near_duplicates", "near-duplicate stories: recall and false matches"),
    "structure": ("tasks.documents.structure", "articles, clauses and headings"),
    "tags": ("fit.documents.party_names:tags", "names in papers; fits"),
    "talks": ("tasks.products.judged_talks", "conversations of strangers, for people to judge beside a plain baseline"),
    "tasks": ("tasks.official_tasks", "tasks as officials put them, beside a plain baseline"),
    "standing": ("fit.standing", "which lines can stand on a slide of a topic; fits"),
    "topicality": ("fit.topicality", "which passages are about a topic; fits"),
    "training": ("tasks.products.training_material", "whether training material is right and whole"),
    "unseen": ("tasks.unseen_papers", "papers and questions of strangers, beside plain baselines"),
    "verification": ("tasks.verification", "whether verification tells what quotes support"),
    "verifier": ("fit.verification.verifier", "whether quotes bear out a statement; trains"),
}
"""Command → the module below this package, with the name that it has there where that is not ``command``, and what it measures."""


class Commands(click.Group):
    """The commands of the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of them, imported now."""
        if name not in COMMANDS:
            return None
        module, _, function = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(import_module(f"eval.{module}"), function or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What they measure, without an import."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


cli = Commands("eval", help="Does it work? Each command says more with --help.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names, and return its exit status."""
    try:
        cli.main(argv, prog_name="python -m eval")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
