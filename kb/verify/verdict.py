"""One verdict on a statement: its quotes, its facts, its claims and its support, each of which can spoil it.

`Verifier` holds everything a verdict needs, opened once for a knowledge base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from kb.embed.embedder import Embedder
from kb.records import Check, Citation, Finding, Status, Verdict
from kb.verify.citations import fold
from kb.verify.entailment import TRAINED, AlignmentScorer, NliScorer, SupportScorer, TrainedScorer
from kb.verify.entailment_model import EntailmentModel, Layered, placed
from kb.verify.evidence_sentences import Followed, Follower, exchanged_words, says_the_same
from kb.verify.fact_check import check_facts, exchanged_facts, misplaced_facts
from kb.verify.list_check import ItemChecker
from kb.verify.name_check import NameChecker
from kb.verify.prompt_injection import Injections
from lang.languages import detect
from lang.modality import Claim, denials, denies_more, flips
from lang.sentences import sentence_spans

ENOUGH = 0.5
"""Support from which a statement may count as verified: the quotes say it rather than not."""
FEWEST = 2
"""Words, or Japanese characters, without which a statement says nothing."""
LITTLE = 0.15
"""Support below which the quotes are taken to say something else."""

_CHECK: Mapping[Claim, Check] = {
    "not": "negation", "must": "modality", "may": "modality", "planned": "modality", "draft": "modality", "done": "modality",
    "all": "scope", "only": "scope", "at_least": "scope", "at_most": "scope",
}  # fmt: skip
_MILD: frozenset[Check] = frozenset({"scope", "word", "counterpart", "denials", "support", "language", "doubtful"})
"""Findings that leave a statement partly supported: what they name may be there in other words."""
_REASONS: frozenset[Check] = frozenset({"name", "counterpart", "word", "modality", "denials", "scope", "negation"})
"""Findings that only say why, where the trained scorer was not convinced; where it was, they are right no more often than it."""

_EDGES = regex.compile(r"^\W+|\W+$")
_WORDS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{M}\p{N}]{2,}")
_RUNS_ON = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")


def judge(
    statement: str,
    citations: Sequence[Citation],
    scorer: SupportScorer,
    context: Sequence[str] = (),
    names: NameChecker | None = None,
    items: ItemChecker | None = None,
    follower: Follower | None = None,
) -> Verdict:
    """Compare a statement with what it cites.

    Args:
        statement: one sentence.
        citations: where it is said to stand, each already checked against the stored text.
        scorer: scores the sentence against the quotes.
        context: what may be relied on beside the quotes: heading path, title and date of the cited documents.
        names: looks the statement's names up in the quotes.
        items: looks the items of its lists up in the quotes.
        follower: finds the sentences of the quotes that it follows; without one, only shared words tell.

    Returns:
        ``verified`` when a verified quote bears out every fact and claim and the support is `ENOUGH`; ``unsupported`` when no quote
        stands in its source, a fact or a denial is not borne out, or the support is `LITTLE`; ``partial`` in between. Where the trained
        scorer gives `ENOUGH`, names, words, modality, scope and denials in sentences that say more or less are no findings, and names
        are not looked up.
    """
    quotes = [c.quote for c in citations if c.status == "verified"]
    if not quotes:
        said = citations[0].quote if citations else ""
        return Verdict("unsupported", 0.0, (Finding("quote", said),), scorer.name)
    doubted = tuple(_doubted(statement, citations))
    if any(_contains(quote, statement) for quote in quotes):
        return Verdict(status_of(1.0, doubted), 1.0, doubted, "verbatim")
    if _says_nothing(statement):
        return Verdict("unsupported", 0.0, (Finding("support", statement),), scorer.name)
    followed = (follower or Follower())(statement, citations)
    found = findings_of(statement, citations, context, followed)
    support = scorer.score(statement, quotes, placed(citations[0].document, citations[0].path), found)
    if scorer.name == TRAINED and support >= ENOUGH:
        outright = any(map(_denied_outright, followed))
        found = [finding for finding in found if finding.check not in _REASONS or (outright and finding.check == "negation")]
    else:
        if names is not None:
            found += names.check(statement, quotes, context)
        if items is not None and not found:
            found += items.check(statement, detect(statement), [*quotes, *context])
        if support < ENOUGH:
            found.append(Finding("support", statement))
    found += doubted
    return Verdict(status_of(support, found, scorer.name), support, tuple(found), scorer.name)


def findings_of(statement: str, citations: Sequence[Citation], context: Sequence[str], followed: Sequence[Followed]) -> list[Finding]:
    """Which facts and claims of a statement its verified quotes do not bear out, whatever its support is; arguments as of `judge`.

    ``followed`` are the sentences of the quotes that its own follow.
    """
    quotes = [c.quote for c in citations if c.status == "verified"]
    found = list(check_facts(statement, quotes, context))
    for one in followed:
        told = {(finding.check, finding.said) for finding in found}
        found += [finding for finding in _compared(one, quotes, context, bool(found)) if (finding.check, finding.said) not in told]
    return found


def status_of(support: float, findings: Sequence[Finding], scorer: str = "") -> Status:
    """The status that follows from the support by a scorer and what was found; see `judge`."""
    checks = {finding.check for finding in findings}
    if support < LITTLE or checks - _MILD - (_REASONS if scorer == TRAINED else frozenset()):
        return "unsupported"
    return "partial" if checks or support < ENOUGH else "verified"


def _doubted(statement: str, citations: Sequence[Citation]) -> Iterator[Finding]:
    """The words that a statement takes from its quotes and that may be misread there."""
    said = fold(statement).casefold()
    words = (citation.quote[start:end] for citation in citations if citation.status == "verified" for start, end in citation.doubtful)
    return (Finding("doubtful", word) for word in dict.fromkeys(words) if _says(said, _EDGES.sub("", fold(word).casefold())))


def _says_nothing(statement: str) -> bool:
    """Whether a statement has less than two words, or as much of Japanese: it says nothing, whatever the scorer thinks."""
    return len(set(_WORDS.findall(statement.casefold()))) < FEWEST


def _says(said: str, word: str) -> bool:
    """Whether a text has a word, or, of Japanese, which sets no spaces, its letters."""
    apart = "" if _RUNS_ON.search(word) else r"\b"
    return bool(word) and regex.search(f"{apart}{regex.escape(word)}{apart}", said) is not None


def _contains(quote: str, statement: str) -> bool:
    """Whether a statement is a quote's own words, whole sentences of them: half a sentence can say the opposite."""
    said = fold(statement)
    sentences = [fold(quote[start:end]) for start, end in sentence_spans(quote, "und")]
    return any(said == " ".join(sentences[i:j]) for i in range(len(sentences)) for j in range(i + 1, len(sentences) + 1))


def _compared(one: Followed, quotes: Sequence[str], context: Sequence[str], found: bool) -> list[Finding]:
    """What a sentence says otherwise than the sentences it follows. ``found`` tells that the statement has a finding already."""
    differs = _claims(one.part, one.sentences)
    own = " ".join(one.sentences)
    denied = any(finding.check == "negation" for finding in differs)
    if one.how == "meaning":
        differs += misplaced_facts(one.part, own, context)
        if not denied and denies_more(one.part, own):
            differs.append(Finding("denials", one.part, own))
    elif one.how == "words":
        if says_the_same(one.part, own):
            differs += exchanged_facts(one.part, own)
            if _denied_outright(one) and not denied:
                differs.append(Finding("negation", one.part, own))
        new, left_out = exchanged_words(one.part, own, (*quotes, *context), detect(one.part))
        if new and not differs and not found:
            differs.append(Finding("word", " ".join(new), " ".join(left_out)))
    return differs


def _denied_outright(one: Followed) -> bool:
    """Whether a sentence says the same as the one it follows, word for word, but for a denial."""
    own = " ".join(one.sentences)
    return one.how == "words" and says_the_same(one.part, own) and denials(one.part) != denials(own)


def _claims(statement: str, sentences: Sequence[str]) -> list[Finding]:
    return [Finding(_CHECK[flip.claim], flip.said, flip.shown) for flip in flips(statement, sentences)]


class Verifier:
    """Judges statements.

    Their support is scored by ``model``, an NLI CrossEncoder; without one by the trained model over ``layered``, the states of the bundled
    model; without these by the alignment of the embedder's token states. The embedder is asked for the same texts again and again: one that
    remembers (`kb.embed.cache`) is wanted.
    """

    def __init__(self, embedder: Embedder, model: str | None = None, allow_download: bool = False, layered: Layered | None = None) -> None:
        self.scorer: SupportScorer = AlignmentScorer(embedder.tokens)
        if model:
            self.scorer = NliScorer(model, allow_download)
        elif layered is not None:
            self.scorer = TrainedScorer(EntailmentModel(layered))
        self.names = NameChecker(embedder.tokens, embedder.name)
        self.items = ItemChecker(embedder.tokens, embedder.name)
        self.follower = Follower(embedder.tokens)
        self.injections = Injections(embedder)

    def judge(self, statement: str, citations: Sequence[Citation]) -> Verdict:
        """See `kb.verify.verdict.judge`; title, headings and date of the cited documents may be relied on beside the quotes."""
        return judge(statement, citations, self.scorer, _context(citations), self.names, self.items, self.follower)

    def findings(self, statement: str, citations: Sequence[Citation]) -> list[Finding]:
        """See `findings_of`."""
        return findings_of(statement, citations, _context(citations), self.follower(statement, citations))


def _context(citations: Sequence[Citation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for citation in citations for text in context_of(citation)))


def context_of(citation: Citation) -> tuple[str, ...]:
    """What a reader of the quote sees beside it: title and headings, and the date its document speaks from."""
    day = (citation.date.isoformat(),) if citation.date is not None else ()
    return (citation.document, *citation.path, *day)
