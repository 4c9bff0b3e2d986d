"""What a line is worth on a slide: the chance that it can stand there by itself and is about the topic.

A paper on the topic has a letterhead, thanks and matters of its own, so that each line is weighed, not only its passage. Lines of which
little is likely are no material: four good slides teach more than ten of which half have to be thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb import KnowledgeBase
from kb.verify.entailment import probability
from lang.words.search_tokens import content_words, script
from training.material.source_sentences import Sentence, addresses, joined
from training.material.standing import announces, frame, signs, weights

WORDS: Final = 40
"""Words of a slide, its title apart; of Japanese, `CHARACTERS` count for one."""
CHARACTERS: Final = 2.2
MOST: Final = 60
"""Lines that are read: the best by their passages."""
SHARE: Final = 0.8
"""Of the best line's worth, what another is worth that is shown where none is likely."""
FEWEST: Final = 3
"""Lines that are kept where the paper has them, however little each is worth: the topic is held."""
SEEN: Final = ("own", "chance", "title", "words")
"""What tells whether a line is about the topic: the log-odds of its own reading and of its passage's, and the share of the topic's words in
the title of its paper and in itself."""
_BEFORE: Final = 80
"""Characters of title and heading that a line is read with."""
_SURE: Final = 0.01

Floats = NDArray[np.float64]


def words(text: str) -> float:
    """How many words a text has."""
    return len(text) / CHARACTERS if script(text) == "japanese" else len(text.split())


def lines_of(kb: KnowledgeBase, found: Sequence[Sentence]) -> list[Sentence]:
    """Sentences of one heading as lines of a slide: those that follow one another in a paragraph are one, as far as there is room."""
    return joined(kb, found, lambda text: words(text) <= WORDS)


def kept(kb: KnowledgeBase, topic: str, under: Sequence[Sequence[Sentence]]) -> list[tuple[Sentence, ...]]:
    """Heading by heading, the sentences of the lines that are worth showing, each with the worth of its line; headings without are empty.

    Args:
        kb: whose papers they are of.
        topic: what the module is about.
        under: the sentences of each heading, in the order of the paper.
    """
    pieces = [(at, piece) for at, group in enumerate(under) for piece in lines_of(kb, group) if _teaches(piece)]
    pieces = sorted(pieces, key=lambda pair: -pair[1].score)[:MOST]
    values = worth(kb, topic, [piece for _, piece in pieces])
    order = sorted(range(len(pieces)), key=lambda i: -values[i])
    # A topic in other letters than the papers is read less surely, and so is each of its lines.
    least = min(weights()["least"], SHARE * max(values, default=0.0))
    chosen = [i for rank, i in enumerate(order) if values[i] >= least or rank < FEWEST]
    found: list[tuple[Sentence, ...]] = []
    for at, group in enumerate(under):
        inside = [(pieces[i][1], values[i]) for i in chosen if pieces[i][0] == at]
        mine = []
        for one in group:
            value = max((value for piece, value in inside if piece.start <= one.start < piece.end), default=None)
            if value is not None:
                mine.append(replace(one, worth=float(value)))
        found.append(tuple(mine))
    return found


def _teaches(one: Sentence) -> bool:
    """Whether a line has something of its own to say: what it announces stands below it, it says more than who reads the paper."""
    return not frame(said(one), one.language) and (bool(one.items) or not announces(one.text, one.language)) and not addresses(one.heading)


def worth(kb: KnowledgeBase, topic: str, found: Sequence[Sentence]) -> Floats:
    """The chance that each line can stand on a slide of the topic, shape ``(lines,)``."""
    if not found:
        return np.zeros(0)
    rule = weights()
    alone = [probability(rule["alone constant"] + float(np.dot(rule["alone"], signs(said(one), one.language)))) for one in found]
    about = seen(kb, topic, found) @ np.array(rule["about"]) + rule["about constant"]
    return np.array([stands * probability(float(odds)) for stands, odds in zip(alone, about, strict=True)])


def seen(kb: KnowledgeBase, topic: str, found: Sequence[Sentence]) -> Floats:
    """The values of `SEEN`, shape ``(lines, len(SEEN))``."""
    headed = [f"{one.info.title} {'' if one.heading.title else one.heading.text}".strip()[:_BEFORE] for one in found]
    read = kb.read(topic, [(head, said(one)) for head, one in zip(headed, found, strict=True)])
    usual = weights()["usual"]
    rows = []
    for one, reading in zip(found, read, strict=True):
        asked = set(content_words(topic, one.language))
        sure = min(max(one.chance, _SURE), 1 - _SURE)
        # A topic in another script shares no words with the papers, and that says nothing.
        shared = (_share(asked, one.info.title, one), _share(asked, said(one), one)) if script(topic) == script(one.text) else usual
        rows.append((reading.odds, float(np.log(sure / (1 - sure))), *shared))
    return np.array(rows, dtype=np.float64).reshape(-1, len(SEEN))


def said(one: Sentence) -> str:
    """A line with the items of the list that it leads in."""
    return " ".join((one.text, *(item.text for item in one.items)))


def _share(asked: set[str], text: str, one: Sentence) -> float:
    return len(asked & set(content_words(text, one.language))) / len(asked) if asked else 0.0
