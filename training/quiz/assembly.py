"""The quiz of a module: as many questions as were asked for, of all kinds, over all its headings, each key proved.

The proof is mechanical: the item put together with its key is what the cited sentence says, word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kb.verify.citations import fold
from training.cited_lines import Scribe, flat
from training.compose import FRAME, content, relevant
from training.material.source_sentences import Sentence
from training.quiz.answer_candidates import roster
from training.quiz.items import Bench, choice, cloze, false, fit, true
from training.quiz.matching import match, order
from training.records import BLANK, QuizItem

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
    if item.prompt.count(BLANK) != 1:
        return "there is no gap"
    filled = fold(item.prompt.replace(BLANK, right[0].text))
    return PROVED if filled == said == fold(right[0].claim) else "the right option in the gap is not the cited sentence"


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


_MAKERS: Final = {"choice": choice, "cloze": cloze, "true": true, "false": false}
_TURNS: Final = ("choice", "false", "cloze", "true", "choice", "cloze")
"""The kinds that questions over one sentence take in turn. A duty turned round ("may" for "shall") is none: judges found 2 of 6 sound."""


def quiz(scribe: Scribe, count: int, tell: Callable[[int, int], None] = lambda _done, _total: None) -> tuple[QuizItem, ...]:
    """Up to ``count`` questions, each on another sentence, each with its key proved; ``tell`` hears how many there are, of how many.

    Fewer where the papers have too few facts that can be asked for without doubt.
    """
    if count <= 0:
        return ()
    bench = Bench.of(scribe, roster(scribe.kb, scribe.material.papers))
    found: list[QuizItem] = []
    used: set[tuple[int, int]] = set()
    turns = list(_in_turns(scribe))
    for item in _several(bench, scribe, turns):
        if len(found) < max(1, count // 5) and not flaw(item) and not _taken(item, used):
            found.append(item)
            used |= {(citation.document_id, citation.start) for citation in item.proof.citations}
            tell(len(found), count)
    turn = 0
    for one in turns:
        if len(found) >= count:
            break
        if one.key in used or not fit(one):
            continue
        for step in range(len(_TURNS)):
            kind = _TURNS[(turn + step) % len(_TURNS)]
            made = _MAKERS[kind](bench, one)
            if made is not None and not flaw(made):
                found.append(made)
                used.add(one.key)
                turn += step + 1
                tell(len(found), count)
                break
    return tuple(found)


def _several(bench: Bench, scribe: Scribe, turns: Sequence[Sentence]) -> Iterator[QuizItem]:
    """Questions over several sentences: one of each kind first."""
    papers = {group.info.id: group.info for group in relevant(scribe) if group.info.language == scribe.language}
    yield from list(order(bench, list(papers.values())))[:1]
    own = [one for one in turns if one.language == scribe.language]
    matching = match(bench, own, [one for one in own if fit(one)][:40])
    if matching is not None:
        yield matching


def _in_turns(scribe: Scribe) -> Iterator[Sentence]:
    """The best sentence of each heading, then the second best of each, in the languages of the module, its own first.

    Those that the slides show come before the others: nobody answers what was not taught. Where the papers have nothing in any of these
    languages, those in others: a question in another language is better than none.
    """
    groups = [sorted(group.sentences, key=lambda one: -one.score) for group in relevant(scribe)]
    turns = [one for rank in range(max(map(len, groups), default=0)) for group in groups for one in group[rank : rank + 1]]
    chosen = scribe.material.request.languages
    own = [one for one in turns if one.language in chosen]
    taught = [span for chosen in content(scribe, max(1, scribe.material.request.slides - FRAME)) for span in _spans(chosen.shown)]
    pictures = {(info.id, page.number) for info in scribe.material.papers for page in scribe.kb.pages(info.id) if page.method == "ocr"}

    def rank(one: Sentence) -> tuple[int, bool, bool]:
        # What was read from a picture may be misread ("झाळा" for "शाळा"): it is asked about last.
        spoken = chosen.index(one.language) if one.language in chosen else len(chosen)
        shown = any(document == one.info.id and start <= one.start < end for document, start, end in taught)
        return spoken, not shown, (one.info.id, one.page) in pictures

    yield from sorted(own or turns, key=rank)


def _spans(shown: Sequence[Sentence]) -> Iterator[tuple[int, int, int]]:
    yield from ((each.info.id, each.start, each.end) for one in shown for each in (one, *one.items))


def _taken(item: QuizItem, used: set[tuple[int, int]]) -> bool:
    return any((citation.document_id, citation.start) in used for citation in item.proof.citations)
