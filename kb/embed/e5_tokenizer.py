"""SentencePiece unigram tokens: the most probable split of a text into vocabulary pieces.

Kudo (2018), *Subword Regularization*: maximise the sum of the pieces' log probabilities, by Viterbi. Ours, because the
``tokenizers`` package spends more than half a second building its trie at every start, longer than a question takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import regex

SPACE = "▁"
_SPACES = regex.compile(" {2,}")
_WORDS = regex.compile(f"{SPACE}[^{SPACE}]*")
_CACHED_WORDS = 50_000


class Unigram:
    """Splits texts into the ids of a fixed vocabulary.

    ``pieces`` maps a piece to (id, log probability); ``folding`` maps code points to what the model's normaliser makes of them.
    No piece holds a space except as its first character, so that words can be split one by one.
    """

    def __init__(self, pieces: Mapping[str, tuple[int, float]], unknown: int, folding: Mapping[int, str]) -> None:
        self._pieces = pieces
        self._unknown = unknown
        self._folding = folding
        self._longest = max(map(len, pieces))
        self._unknown_score = min(score for _, score in pieces.values()) - 10.0
        self._lengths: dict[int, int] | None = None
        self._word = lru_cache(_CACHED_WORDS)(self._split)

    def ids(self, text: str) -> list[int]:
        """The token ids of a text, without begin and end marks."""
        spaced = _SPACES.sub(" ", text.translate(self._folding))
        marked = (spaced if spaced.startswith(" ") else " " + spaced).replace(" ", SPACE)
        found: list[int] = []
        for word in _WORDS.findall(marked):
            found.extend(self._word(word))
        return found

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each token of `ids` stands in the text as it is written, without the space before it."""
        shown: list[str] = []
        owners: list[int] = []
        for at, char in enumerate(text):
            for one in char.translate(self._folding):
                if one != " " or shown[-1:] != [" "]:
                    shown.append(one)
                    owners.append(at)
        if shown[:1] != [" "]:
            shown.insert(0, " ")
            owners.insert(0, 0)
        if self._lengths is None:
            self._lengths = {token: len(piece) for piece, (token, _) in self._pieces.items()}
        found: list[tuple[int, int]] = []
        start = 0
        for word in _WORDS.findall("".join(shown).replace(" ", SPACE)):
            for token in self._word(word):
                end = start + self._lengths.get(token, 1)
                first = start + (shown[start] == " ")
                found.append((owners[first], owners[end - 1] + 1) if first < end else (owners[start], owners[start]))
                start = end
        return found

    def _split(self, word: str) -> Sequence[int]:
        n = len(word)
        best = [0.0] + [float("-inf")] * n
        via: list[tuple[int, int]] = [(0, self._unknown)] * (n + 1)
        for start in range(n):
            for end in range(start + 1, min(n, start + self._longest) + 1):
                piece = self._pieces.get(word[start:end])
                if piece is not None and best[start] + piece[1] > best[end]:
                    best[end], via[end] = best[start] + piece[1], (start, piece[0])
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1], via[start + 1] = best[start] + self._unknown_score, (start, self._unknown)
        ids: list[int] = []
        end = n
        while end > 0:
            end, token = via[end]
            ids.append(token)
        return tuple(reversed(ids))
