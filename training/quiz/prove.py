"""The mechanical proof of a key: the item put together with its key is what the cited sentence says, word for word."""

from __future__ import annotations

from typing import Final

from kb.verify.quotes import fold
from training.phrases import phrase
from training.records import BLANK, QuizItem
from training.sources import flat

PROVED: Final = ""


def flaw(item: QuizItem) -> str:
    """Why the cited text does not prove an item's key; "" where it does."""
    if not item.proof.citations:
        return "nothing is cited"
    if any(citation.status != "verified" for citation in item.proof.citations):
        return "a quote does not stand in its paper"
    if any(citation.doubtful for citation in (*item.proof.citations, *(one for option in item.options for one in option.citations))):
        return "it rests on words that were read from a picture and may be misread"
    said = fold(item.proof.text)
    if said not in {fold(citation.quote) for citation in item.proof.citations}:
        return "the proof is not what is cited"
    return _CHECKS[item.kind](item, said)


def _cloze(item: QuizItem, said: str) -> str:
    if item.prompt.count(BLANK) != 1 or not item.answers:
        return "there is no gap, or no answer"
    return PROVED if fold(item.prompt.replace(BLANK, item.answers[0])) == said else "the answer in the gap is not the cited sentence"


def _choice(item: QuizItem, said: str) -> str:
    right = [option for option in item.options if option.correct]
    if len(right) != 1 or len({fold(option.text).casefold() for option in item.options}) != len(item.options):
        return "not exactly one option is right, or two are the same"
    if item.asks == "clause":
        return _clause(item, right[0].text)
    if item.prompt.count(BLANK) != 1:
        return "there is no gap"
    filled = fold(item.prompt.replace(BLANK, right[0].text))
    return PROVED if filled == said == fold(right[0].claim) else "the right option in the gap is not the cited sentence"


def _clause(item: QuizItem, heading: str) -> str:
    sentence, *rest = item.proof.citations
    if item.prompt != phrase("clause", item.language, paper=sentence.document, sentence=sentence.quote, blank=BLANK):
        return "the question is not on the cited sentence"
    if not any(fold(other.quote) == fold(heading) and other.document_id == sentence.document_id for other in rest):
        return "the heading is not cited"
    return PROVED if any(fold(entry) == fold(heading) for entry in sentence.path) else "the sentence stands under another heading"


def _true_false(item: QuizItem, said: str) -> str:
    if [option.correct for option in item.options].count(True) != 1 or len(item.options) != 2:
        return "not exactly one of two options is right"
    if item.options[0].correct:
        return PROVED if fold(item.prompt) == said else "the true statement is not the cited sentence"
    if not item.answers or not item.changed or item.changed == item.answers[0]:
        return "it is not said what was changed"
    places = range(len(item.prompt) - len(item.changed) + 1)
    mended = (
        f"{item.prompt[:at]}{item.answers[0]}{item.prompt[at + len(item.changed) :]}"
        for at in places
        if item.prompt.startswith(item.changed, at)
    )
    return PROVED if any(fold(each) == said for each in mended) else "the false statement with its change undone is not the cited sentence"


def _match(item: QuizItem, _said: str) -> str:
    if len(item.pairs) < 3 or len(item.pairs) != len(item.proof.citations):
        return "a pair has no citation of its own"
    for sides in ([fold(pair.left) for pair in item.pairs], [fold(pair.right) for pair in item.pairs]):
        if len(set(sides)) != len(sides):
            return "two pairs have the same side"
    for pair, citation in zip(item.pairs, item.proof.citations, strict=True):
        quote = fold(citation.quote)
        whole = fold(pair.left.replace(BLANK, pair.right)) if BLANK in pair.left else ""
        defined = fold(pair.left) in quote and fold(pair.right) in quote
        if whole != quote and not (BLANK not in pair.left and defined):
            return f"“{pair.right}” and its other half are not together in the cited sentence"
    return PROVED


def _order(item: QuizItem, _said: str) -> str:
    if not 3 <= len(item.steps) == len(item.proof.citations) or len({fold(step) for step in item.steps}) != len(item.steps):
        return "there are too few steps, or two are the same"
    places = [(citation.document_id, citation.version, citation.start) for citation in item.proof.citations]
    if places != sorted(places) or len({place[:2] for place in places}) != 1:
        return "the steps do not follow each other in one paper"
    for step, citation in zip(item.steps, item.proof.citations, strict=True):
        if fold(step) not in fold(citation.quote):
            return f"“{flat(step)}” is not what is cited"
    return PROVED


_CHECKS: Final = {"cloze": _cloze, "choice": _choice, "true_false": _true_false, "match": _match, "order": _order}
