"""What a model writes to keep the reader busy is read in time proportional to its length, and no longer than the answer has."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence

import pytest

from eval.datasets.written_sentences import verified_citation
from kb.generate.chat_model import Message, Piece
from kb.generate.draft_parser import MOST_CHARS, MOST_DEPTH, Draft, Reader
from kb.generate.paraphrase import Wanted, rewrite
from kb.generate.writer import Pen, Written, write
from kb.records import Citation, Filters, Statement, Verdict, Writing
from kb.sanitize import addresses, plain
from tests.kb.answer_fakes import Shelf

GOOD = '{"text": "One.", "quotes": [{"key": "E1", "quote": "a b"}]}'
LONG = 360_000
ENOUGH_S = 20.0
"""Ten times what the slowest takes on a busy machine; what grows with the square of the length takes minutes."""

REPLIES = {
    "opened for ever": '{"a":',
    "braces": "{",
    "lists in objects": '{"a":[',
    "an object beside each": '{"a":{}',
    "closed at once": "{}",
    "strings left open": '{"a":"\n{',
    "quotation marks": '"{"',
    "backslashes": '{"a":"\\',
    "nothing but a string": '{"text":"xxxxx',
}


@pytest.mark.parametrize("part", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("size", [LONG, 7])
def test_a_reply_is_read_in_time_proportional_to_its_length(part: str, size: int) -> None:
    text = part * (LONG // len(part)) + "\n" + GOOD
    reader, started = Reader(), time.monotonic()
    for start in range(0, len(text), size):
        list(reader.feed(text[start : start + size]))
    assert time.monotonic() - started < ENOUGH_S


def test_what_is_opened_and_closed_again_is_read_in_time_proportional_to_its_length() -> None:
    started = time.monotonic()
    assert list(Reader().feed('{"a":' * 60_000 + "1" + "}" * 60_000)) == []
    assert time.monotonic() - started < ENOUGH_S


@pytest.mark.parametrize("depth", [1, MOST_DEPTH - 2, MOST_DEPTH, 40])
def test_a_statement_is_found_however_deep_it_lies(depth: int) -> None:
    assert list(Reader().feed('{"a":' * depth + GOOD + "}" * depth)) == [Draft("One.", (("E1", "a b"),))]


def test_a_number_that_python_does_not_read_is_garble() -> None:
    reader = Reader()
    assert list(reader.feed('{"text": ' + "1" * (MOST_CHARS // 2) + "}" + GOOD)) == [Draft("One.", (("E1", "a b"),))]
    assert reader.garbled == 1


@pytest.mark.parametrize(
    "part", ["*a *", "_a ", "\n", "<!--", "[a]: b\n", "[a](", "<a", "[E1,", "a-", "-", "a.", "a@", "1", "१", "a.com", "www."]
)
def test_plain_text_and_addresses_are_found_in_time_proportional_to_the_length(part: str) -> None:
    text = part * (MOST_CHARS // len(part))
    started = time.monotonic()
    for _ in range(3):
        plain(text)
        addresses(text)
    assert time.monotonic() - started < ENOUGH_S / 2


class Writes:
    """A model that has the whole reply ready at once."""

    name = "writes"

    def __init__(self, text: str) -> None:
        self.text = text

    def stream(self, _messages: Sequence[Message], _most: int, _seconds_left: Callable[[], float]) -> Iterator[Piece]:
        yield Piece(self.text)


class Slow:
    """A check that takes its time."""

    injections = None
    judged = 0

    def judge(self, _statement: str, _citations: Sequence[Citation]) -> Verdict:
        self.judged += 1
        time.sleep(0.1)
        return Verdict("unsupported", 0.0)


def becomes(writing: Generator[Statement | Writing, None, Written]) -> Written:
    while True:
        try:
            next(writing)
        except StopIteration as ended:
            return ended.value


def test_the_time_of_an_answer_ends_the_checking_of_a_reply_that_came_at_once() -> None:
    shelf, check = Shelf([("a b c", "en", "agreement")]), Slow()
    statement = {"text": "A b c d. " * 600, "quotes": [{"key": "E1", "quote": "a b c"}]}
    pen = Pen(Writes(json.dumps(statement)), check, seconds=1.0)  # type: ignore[arg-type]
    writing = write("a?", "en", shelf.search("a", 1, Filters()).hits, (), shelf.ports(), pen)
    assert becomes(writing).fault == "slow"
    assert check.judged < 100


def test_the_time_of_a_request_ends_the_checking_of_wordings_that_came_at_once() -> None:
    check = Slow()
    cited = (verified_citation("A line."),)
    lines = [{"text": f"Line {n} says so.", "quotes": [{"key": f"E{n}"}]} for n in range(1, 9)]
    pen = Pen(Writes("\n".join(json.dumps(line) for line in lines)), check, seconds=0.35)  # type: ignore[arg-type]
    wanted = [Wanted(str(n), f"Line {n}.", cited) for n in range(1, 9)]
    assert rewrite(wanted, "en", pen).fault == "slow"
    assert check.judged < 8
