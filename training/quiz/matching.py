"""Questions over several sentences: what belongs together, and in which order steps are numbered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from ingest.records import Block
from kb.records import Citation, DocumentInfo
from kb.verify.citations import fold
from lang.languages import Language
from training.cited_lines import flat, line_id
from training.material.source_sentences import Heading, Sentence, headings
from training.quiz.answer_candidates import Slot
from training.quiz.distractors import differ, limit
from training.quiz.items import Bench
from training.records import BLANK, Asks, Line, Pair, QuizItem

PAIRS: Final = 4
FEWEST, MOST = 3, 6
"""Steps of a question."""

_DEFINITION: Final = regex.compile(
    r"[“\"「](?P<term>[^”\"」]{2,60})[”\"」] (?:means|refers to|shall mean) (?P<meaning>[^.;]{15,240})"
    r"|「(?P<term>[^」]{2,30})」とは、?(?P<meaning>.{8,140}?)(?:をいう|を指す)"
    r"|[“\"](?P<term>[^”\"]{2,60})[”\"] (?:म्हणजे|का अर्थ|से तात्पर्य|से अभिप्रेत)(?: है)? (?P<meaning>[^।.;]{12,240})"
)
_STEPS: Final = regex.compile(
    r"\b(?:steps?|stages?|phases?|procedure|sequence)\b|टप्प|पायऱ्या|क्रमाने|चरण|प्रक्रिया|手順|段階|フェーズ|次の順", regex.I
)
_ORDINALS: Final = (
    (r"(?:First|Firstly),? ", r"(?:Second|Secondly),? ", r"(?:Third|Thirdly),? ", r"(?:Fourth|Fourthly),? ", r"(?:Fifth|Fifthly),? "),
    ("第一に、?", "第二に、?", "第三に、?", "第四に、?", "第五に、?"),
    ("पहिल्या टप्प्यात ", "दुसऱ्या टप्प्यात ", "तिसऱ्या टप्प्यात ", "चौथ्या टप्प्यात "),
    ("पहले चरण में ", "दूसरे चरण में ", "तीसरे चरण में ", "चौथे चरण में "),
)
_NUMBERED_ROW: Final = regex.compile(
    r"(?:Phase|Step|Stage|टप्पा|चरण|段階|手順|フェーズ)[^:：\n]{0,12}[:：]\s*(?P<number>\p{Nd}{1,2})[.)．]?\s*(?P<what>[^·\n\t]{3,80})"
)


def match(bench: Bench, everything: Sequence[Sentence], found: Sequence[Sentence]) -> QuizItem | None:
    """Terms and their meanings where the papers define three; else sentences with a gap and the values that fill them.

    Meanings are looked for in ``everything``, also in lists; gaps are made in ``found``.
    """
    defined = _defined(everything)
    if len(defined) >= FEWEST:
        chosen = defined[:PAIRS]
        pairs = tuple(Pair(term, meaning) for _, term, meaning in chosen)
        return _matching(bench, "term", [one for one, _, _ in chosen], pairs)
    for group in _alike(bench, found):
        pairs = tuple(Pair(f"{one.text[: slot.start]}{BLANK}{one.text[slot.end :]}", slot.text) for one, slot in group)
        return _matching(bench, group[0][1].asks, [one for one, _ in group], pairs)
    return None


def order(bench: Bench, papers: Sequence[DocumentInfo]) -> Iterator[QuizItem]:
    """Steps that a paper numbers, in its order."""
    for info in papers:
        blocks = bench.scribe.kb.outline(info.id, info.version)
        for heading, steps in (*_rows(blocks), *_ordinals(blocks)):
            if FEWEST <= len(steps) <= MOST and len({fold(text) for text, _, _ in steps}) == len(steps):
                yield _ordering(bench, info, heading, steps)


_Step = tuple[str, int, int]
"""What a step is, and where the place that numbers it begins and ends in the paper's text."""


def _rows(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], list[_Step]]]:
    """Rows of a table that are numbered 1, 2, 3, and list items so numbered under words that speak of steps."""
    run: list[_Step] = []
    path: tuple[str, ...] = ()
    led = ""
    for block in (*blocks, None):
        step = _numbered(block, led) if block is not None else None
        if block is not None and step is not None and step[0] == len(run) + 1 and (not run or block.path[:1] == path):
            run.append(step[1])
            path = block.path[:1]
            continue
        if len(run) >= FEWEST:
            yield path, run
        run = [step[1]] if step is not None and step[0] == 1 else []
        path = block.path[:1] if block is not None else ()
        if block is not None and block.role != "list_item":
            led = block.text
    return


def _numbered(block: Block, led: str) -> tuple[int, _Step] | None:
    row = _NUMBERED_ROW.search(block.text) if block.role == "table_row" else None
    if row is not None:
        return int(row["number"]), (row["what"].strip(), block.start, block.end)
    if block.role == "list_item" and _STEPS.search(f"{' '.join(block.path[:1])} {led}"):
        label = regex.match(r"[(（]?(\p{Nd}{1,2})[.)）．]\s*(?P<what>\S.{5,200})", block.text, regex.S)
        if label is not None and "\n" not in label["what"]:
            return int(label[1]), (label["what"].strip(), block.start + label.start("what"), block.end)
    return None


def _ordinals(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], list[_Step]]]:
    """Sentences that begin with first, second, third under one heading; without that word, which would tell the order."""
    under: dict[tuple[str, ...], list[Block]] = defaultdict(list)
    for block in blocks:
        if block.role in ("paragraph", "list_item"):
            under[block.path[:1]].append(block)
    for path, group in under.items():
        for words in _ORDINALS:
            run: list[_Step] = []
            for block in group:
                found = regex.match(words[len(run)], block.text) if len(run) < len(words) else None
                if found is not None and len(block.text) <= 260 and "\n" not in block.text:
                    run.append((block.text[found.end() :], block.start, block.end))
            if len(run) >= FEWEST:
                yield path, run


def _ordering(bench: Bench, info: DocumentInfo, path: tuple[str, ...], steps: Sequence[_Step]) -> QuizItem:
    heading = next((each for each in headings(bench.scribe.kb, info) if path and each.path[:1] == path), headings(bench.scribe.kb, info)[0])
    text = bench.scribe.kb.text(info.id, info.version)
    cited = tuple(_cited(bench, info, heading, text, start, end) for _, start, end in steps)
    line = Line(line_id("quiz", "order", info.id, steps[0][1]), cited[0].quote, cited, "quote", info.language)
    return QuizItem(
        line_id("quiz", "order", info.id, steps[0][1], "item"), "order", "steps", info.language, flat(heading.text), line,
        steps=tuple(step for step, _, _ in steps),
    )  # fmt: skip


def _cited(bench: Bench, info: DocumentInfo, heading: Heading, text: str, start: int, end: int) -> Citation:
    one = Sentence(info, heading, start, end, text[start:end], info.language, heading.path, 1)
    return bench.scribe.cite(one)


def _defined(found: Sequence[Sentence]) -> list[tuple[Sentence, str, str]]:
    defined: dict[str, tuple[Sentence, str, str]] = {}
    for one in (each for led in found for each in (led, *led.items)):
        hit = _DEFINITION.search(one.text)
        if hit is not None:
            defined.setdefault(hit["term"].casefold(), (one, hit["term"].strip(), hit["meaning"].strip()))
    return list(defined.values())


def _alike(bench: Bench, found: Sequence[Sentence]) -> Iterator[list[tuple[Sentence, Slot]]]:
    """Sentences with values of one kind and shape, each of which fits its own sentence only."""
    by_shape: dict[tuple[str, str, Language], list[tuple[Sentence, Slot]]] = defaultdict(list)
    for one in found:
        for slot in bench.asked(one):
            if slot.asks == "number" and slot.shape.startswith(" "):
                continue  # bare counts of different things
            if limit(one.text, slot, one.language) is not None:
                continue
            by_shape[slot.asks, slot.shape, one.language].append((one, slot))
    for group in sorted(by_shape.values(), key=lambda each: -len(each)):
        chosen: list[tuple[Sentence, Slot]] = []
        for one, slot in group:
            if len(chosen) < PAIRS and _fits(bench, one, slot, chosen):
                chosen.append((one, slot))
        if len(chosen) >= FEWEST:
            yield chosen


def _fits(bench: Bench, one: Sentence, slot: Slot, chosen: Sequence[tuple[Sentence, Slot]]) -> bool:
    for other, value in chosen:
        if other.key == one.key or not differ(slot, value) or value.text in one.text or slot.text in other.text:
            return False
        crossed = (
            (f"{one.text[: slot.start]}{value.text}{one.text[slot.end :]}", one, value.text),
            (f"{other.text[: value.start]}{slot.text}{other.text[value.end :]}", other, slot.text),
        )
        if any(bench.doubts.may_be_true(claim, about, wrong) for claim, about, wrong in crossed):
            return False
    return True


def _matching(bench: Bench, asks: Asks, found: Sequence[Sentence], pairs: tuple[Pair, ...]) -> QuizItem:
    cited = tuple(bench.scribe.cite(one) for one in found)
    first = found[0]
    marks = [f"{one.info.id}:{one.start}" for one in found]
    line = replace(bench.scribe.quote("quiz", first), id=line_id("quiz", "match", *marks), citations=cited)
    return QuizItem(line_id("quiz", "match", *marks, "item"), "match", asks, first.language, "", line, pairs=pairs)
