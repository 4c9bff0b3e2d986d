"""What one paper says to a question: the stretches that looking it up in this paper alone finds, for a reader who names the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import regex

from kb.answer.ranking import Stretch, rank_stretches
from kb.answer.scoring.abstention import margin
from kb.answer.scoring.candidates import Budget
from kb.answer.scoring.extract import rank_sentences
from kb.answer.scoring.reading import read_first
from kb.answer.skills.paper_selection.editions import Edition
from kb.answer.understand.question_kinds import asking_words
from kb.ports import Ports
from kb.records import DocumentInfo, Filters
from kb.search.followup import content
from lang.codes import Language
from lang.sentences import sentence_spans

FETCHED = 30
OF_MATTER = 0.6
"""The part of the words of a phrase from which it speaks of the matter, and not of the papers."""
LEAST_WORDS = 2
AT_MOST = 16
"""Characters between what asks and the first or last word of the matter."""
_PHRASES = regex.compile(
    r"[,;:?!、，；：？！。।]|\s(?:about|regarding|concerning|on|in terms of|as to)\s"
    r"|\s(?:के बारे में|के मामले में|में|विषयी|मध्ये)\s|(?<=बद्दल|बाबत|यांत)\s|について|に関して|では"
)
"""What parts the phrases of a message: those that name papers from those that say what is to be compared."""
READ = 5
"""Passages of a paper that are read."""
COMPARED = Budget(passages=5, tokens=280, tokens_across=360)
"""Of which passages the sentences say whether the paper speaks of the matter at all; two words of a matter are little to read by."""
AMONG = 60
"""Hits that the margin takes for granted: with one paper there are few, but the others are held out by us, not missing."""
SILENT = -2.5
"""The margin below which a paper says nothing to a question."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one paper says to a question: the best stretches, best first, and how clearly they speak (`kb.answer.scoring.abstention`)."""

    paper: DocumentInfo
    stretches: Sequence[Stretch]
    clear: float


def answered(asked: str, language: Language, edition: Edition, reader: Language, ports: Ports, most: int) -> Side | None:
    """The best stretches of the version that speaks most clearly to it, of those in the reader's language first."""
    found: list[Side] = []
    for paper in edition.readable(reader):
        result = ports.search(asked, FETCHED, Filters(documents=(paper.id,)))
        hits = [hit for hit in result.hits if hit.document_id == paper.id]
        if not hits:
            continue
        read = read_first(asked, hits, ports, READ)
        stretches = rank_stretches(asked, read, ports, result.terms)[:most]
        if not stretches:
            continue
        query = ports.embedder.query(asked)
        scored, _ = rank_sentences(asked, query, hits, ports, COMPARED, result.terms)
        across = paper.language != language
        clear = margin(asked, language, query, ports.embedder.name, scored, hits, across=across, fetched=AMONG) if scored else -inf
        found.append(Side(paper, stretches, clear))
        if clear >= SILENT:
            break
    return max(found, key=lambda side: side.clear >= SILENT, default=None)


def asking_sentence(message: str, language: Language) -> str:
    """The sentence of a message that asks, where it says on what; else the message."""
    asking = [message[start:end] for start, end in sentence_spans(message, language) if asking_words(message[start:end])]
    return next((one for one in reversed(asking) if len(content(one, language)) >= LEAST_WORDS), message)


def about_the_matter(message: str, matter: str, language: Language) -> str:
    """The phrases of a message, as they were typed, most of whose words are of its ``matter``, from the first to the last of them.

    What asks (*how often*) belongs to it.
    """
    left = set(content(matter, language))
    found = []
    for phrase in _PHRASES.split(message):
        words = content(phrase, language)
        held = [word for word in words if word in left]
        if len(words) >= LEAST_WORDS and len(held) >= OF_MATTER * len(words):
            first, last = min(map(phrase.find, held)), max(phrase.rfind(word) + len(word) for word in held)
            near = [at for at in asking_words(phrase) if first - AT_MOST <= at[0] and at[1] <= last + AT_MOST]
            found.append(phrase[min([first, *(start for start, _ in near)]) : max([last, *(end for _, end in near)])])
    return " ".join(found)
