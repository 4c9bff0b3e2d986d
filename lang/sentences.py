"""Where sentences begin and end.

A line end is always a boundary. The danda and 。！？ end a sentence wherever they stand; a full stop only where it is not part of an
abbreviation, an initial, a number or a numbering. Nothing is cut inside a short bracket.
"""

from __future__ import annotations

from collections import deque
from functools import cache

import regex

from lang.languages import Language, words_of

_CLOSERS = r"[\"'”’»)\]】』」）〉》〕]*"
_STOP = regex.compile(rf"(?P<mark>[।॥。！？｡]+|[?!]+|[.．]+|(?<=\p{{Devanagari}} ?)\|(?=\s|$)){_CLOSERS}")
_BRACKETS = {"(": ")", "（": "）", "「": "」", "『": "』", "[": "]", "〔": "〕"}
_BRACKET = regex.compile(r"[(（「『\[〔)）」』\]〕]")
_MAX_BRACKET = 240
_BLANK = regex.compile(r"\s+")

_WORD_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}.&\u200C\u200D]+$")
_NUMBERING = regex.compile(r"[(（\[]?(?:\p{Nd}{1,3}(?:\.\p{Nd}{1,3})*|[A-Za-z]|[IVXLivxl]{1,5}|\p{Devanagari}{1,2})")
_AGAINST = regex.compile(r"(?<!\b(?:Article|Clause|Section|Paragraph|Part|Annex|Chapter))(?<=\p{Lu}[\p{L}\p{M}'’.&]*) v$", regex.VERSION1)
"""The *v.* between the two sides of a law case, which are capitalised (*Brown v. Board of Education*)."""
_INITIALS = regex.compile(r"(?:\p{L}\p{M}*\.)*\p{Lu}|(?:\p{L}[\p{M}\u200D]*\.)+\p{L}[\p{M}\u200D]*")
_MISSING_SPACE = regex.compile(r"[\p{Devanagari}]")


@cache
def _words(kind: str) -> frozenset[str]:
    """The words of a kind that any language has in its table ``sentences``.

    Sentences go on after ``titles`` and other words that are short for something; after those ``before_number`` where a number follows
    ("No. 4", but "No. We did not."); after what is ``maybe_final`` unless one of the ``starters`` follows.
    """
    return frozenset(words_of("sentences", kind))


_LONGEST = 60
_AHEAD = 200
"""Characters before and after a stop that are looked at: no word or number of ours is longer, and a line may have millions."""


def _bracketed(text: str) -> list[tuple[int, int]]:
    """Outermost bracket pairs on one line that are short enough to keep whole, as (open, close) offsets."""
    pairs: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    for match in _BRACKET.finditer(text):
        mark, at = match.group(), match.start()
        if mark in _BRACKETS:
            stack.append((_BRACKETS[mark], at))
        else:
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == mark:
                    opened = stack[depth][1]
                    del stack[depth:]
                    if at - opened <= _MAX_BRACKET:
                        while pairs and pairs[-1][0] > opened:
                            pairs.pop()
                        pairs.append((opened, at))
                    break
    return pairs


def _full_stop_ends(line: str, start: int, mark: int, end: int, language: Language) -> bool:
    """Whether the full stop at ``mark`` ends the sentence that began at ``start``; ``end`` is past its closing quotes."""
    rest = line[end : end + _AHEAD]
    found = _WORD_BEFORE.search(line, max(start, mark - _LONGEST), mark)
    word = found.group() if found else ""
    if rest and not rest[0].isspace():
        if line[mark] == "．":
            return language == "ja" and not (word[-1:].isdigit() and rest[0].isdigit())
        # Marathi news often leaves the space out after a verb: "करण्यात आले.या".
        return word in _words("closing_verbs") and _MISSING_SPACE.match(rest) is not None
    following = rest.lstrip()
    if not following:
        return True
    bare = line[max(start, mark - _LONGEST) : mark].strip()
    if _NUMBERING.fullmatch(bare) and end - mark <= 2:
        return False
    if following[0].islower():
        return False
    lowered = word.lower().rstrip(".")
    if lowered in _words("before_number") and (following[0].isnumeric() or following[0] in "(["):
        return False
    if word == "v" and following[0].isupper() and _AGAINST.search(line, max(start, mark - _LONGEST), mark):
        return False
    if lowered in _words("titles") or (word in _words("letter_names") and language != "hi"):
        return False
    if lowered in _words("maybe_final") or _INITIALS.fullmatch(word):
        opening = regex.match(r"[\p{L}]+", following)
        return len(lowered) > 1 and opening is not None and opening.group() in _words("starters")
    return True


def _line_spans(line: str, language: Language) -> list[tuple[int, int]]:
    kept_whole = deque(_bracketed(line))
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _STOP.finditer(line):
        mark, end = match.start(), match.end()
        while kept_whole and kept_whole[0][1] <= mark:
            kept_whole.popleft()
        if mark < start or (kept_whole and kept_whole[0][0] < mark and end <= kept_whole[0][1]):
            continue
        rest = line[end : end + _AHEAD]
        kind = match.group("mark")[0]
        closed = match.end("mark") < end
        if kind in "。！？｡":
            # 「…。」と述べた: the quotation is part of a longer sentence.
            ends = not (closed and rest and regex.match(r"[\p{Hiragana}、，]", rest))
        elif kind in "।॥|":
            ends = True
        elif kind in "?!":
            ends = not rest or rest[0].isspace() or regex.match(r"\p{Han}|\p{Hiragana}|\p{Katakana}", rest) is not None
            ends = ends and not rest.lstrip()[:1].islower()
        else:
            ends = _full_stop_ends(line, start, mark, end, language)
        if ends:
            spans.append((start, end))
            start = end
    spans.append((start, len(line)))
    return spans


def sentence_spans(text: str, language: Language) -> list[tuple[int, int]]:
    """Code-point spans of the sentences of ``text``, in order, disjoint, without outer white space.

    Together they cover every character that is not white space.
    """
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        for start, end in _line_spans(line, language) if line else ():
            piece = line[start:end]
            left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
            if left < right:
                spans.append((offset + start + left, offset + start + right))
        offset += len(line) + 1
    return spans
