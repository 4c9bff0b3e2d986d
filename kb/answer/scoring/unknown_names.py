"""Names in a question that the found passages hold nowhere: who asks for the mayor of Osaka is not answered with another mayor."""

from __future__ import annotations

from collections.abc import Sequence

from kb.ports import SentenceEmbedder
from kb.records import Hit
from kb.verify.names import NameChecker

LOOKED_IN = 20
"""Hits in which a name is looked for."""
SURE = 0.5
"""Probability of being a name from which a word counts as one."""


def strangers(question: str, hits: Sequence[Hit], embedder: SentenceEmbedder) -> tuple[str, ...]:
    """The names of a question that stand in none of the hits, their titles and headings, in whatever script or spelling."""
    texts = list(dict.fromkeys(text for hit in hits[:LOOKED_IN] for text in (hit.text, hit.document, *hit.path) if text))
    return NameChecker(embedder.tokens, embedder.name).strangers(question, texts, SURE) if texts else ()
