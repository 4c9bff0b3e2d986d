"""What one paper says to a question: the stretches that looking it up in this paper alone finds, for a reader who names the paper."""

from __future__ import annotations

import regex

from kb.answer.ranking import Stretch, rank_stretches
from kb.answer.scoring.abstention import margin
from kb.answer.scoring.candidates import Budget
from kb.answer.scoring.extract import rank_sentences
from kb.answer.skills.paper_selection.editions import Edition
from kb.ports import Ports
from kb.records import DocumentInfo, Filters
from kb.search.followup import content
from lang.codes import Language

FETCHED = 30
AMONG = 60
"""Hits that the margin takes for granted: with one paper there are few, but the others are held out by us, not missing."""
SILENT = -2.5
"""The margin below which a paper says nothing to a question; see `kb.answer.quoting.NEAR`."""
OF_MATTER = 0.6
"""The part of the words of a phrase from which it speaks of the matter, and not of the papers."""
LEAST_WORDS = 2
_PHRASES = regex.compile(
    r"[,;:?!、，；：？！。।]|\s(?:about|regarding|concerning|on|in terms of|as to)\s"
    r"|\s(?:के बारे में|के मामले में|में|विषयी|मध्ये)\s|(?<=बद्दल|बाबत|यांत)\s|について|に関して|では"
)
"""What parts the phrases of a message: those that name papers from those that say what is to be compared."""
READ = Budget(passages=5, tokens=280, tokens_across=360)


def answered(
    asked: str, language: Language, edition: Edition, reader: Language, ports: Ports, most: int
) -> tuple[DocumentInfo, list[Stretch]] | None:
    """The best stretches of the first version that says anything to it, those in the reader's language first; None where none does."""
    for paper in edition.readable(reader):
        result = ports.search(asked, FETCHED, Filters(documents=(paper.id,)))
        hits = [hit for hit in result.hits if hit.document_id == paper.id]
        if not hits:
            continue
        query = ports.embedder.query(asked)
        scored, _ = rank_sentences(asked, query, hits, ports, READ, result.terms)
        across = paper.language != language
        if not scored or margin(asked, language, query, ports.embedder.name, scored, hits, across=across, fetched=AMONG) < SILENT:
            continue
        found = rank_stretches(asked, hits, scored, ports)[:most]
        if found:
            return paper, found
    return None


def about_the_matter(message: str, matter: str, language: Language) -> str:
    """The phrases of a message, as they were typed, most of whose words are of its ``matter``, from the first to the last of them."""
    left = set(content(matter, language))
    found = []
    for phrase in _PHRASES.split(message):
        words = content(phrase, language)
        held = [word for word in words if word in left]
        if len(words) >= LEAST_WORDS and len(held) >= OF_MATTER * len(words):
            found.append(phrase[min(map(phrase.find, held)) : max(phrase.rfind(word) + len(word) for word in held)])
    return " ".join(found)
