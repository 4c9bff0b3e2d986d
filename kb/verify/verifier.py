"""Everything a verdict needs, opened once for a knowledge base."""

from __future__ import annotations

from collections.abc import Sequence

from kb.records import Citation, Verdict
from kb.represent.embed import Embedder
from kb.verify.followed import Follower
from kb.verify.list_items import ItemChecker
from kb.verify.names import NameChecker
from kb.verify.nli import NliScorer
from kb.verify.support import AlignmentScorer, SupportScorer
from kb.verify.verdict import judge


class Verifier:
    """Judges statements. ``model`` is an NLI CrossEncoder that scores their support; without it the embedder's token states do.

    The embedder is asked for the same texts again and again: one that remembers (`kb.represent.cache`) is wanted.
    """

    def __init__(self, embedder: Embedder, model: str | None = None, allow_download: bool = False) -> None:
        self.scorer: SupportScorer = NliScorer(model, allow_download) if model else AlignmentScorer(embedder.tokens)
        self.names = NameChecker(embedder.tokens, embedder.name)
        self.items = ItemChecker(embedder.tokens, embedder.name)
        self.follower = Follower(embedder.tokens)

    def judge(self, statement: str, citations: Sequence[Citation]) -> Verdict:
        """See `kb.verify.verdict.judge`; title, headings and date of the cited documents may be relied on beside the quotes."""
        context = dict.fromkeys(text for citation in citations for text in context_of(citation))
        return judge(statement, citations, self.scorer, tuple(context), self.names, self.items, self.follower)


def context_of(citation: Citation) -> tuple[str, ...]:
    """What a reader of the quote sees beside it: title and headings, and the date its document speaks from."""
    day = (citation.date.isoformat(),) if citation.date is not None else ()
    return (citation.document, *citation.path, *day)
