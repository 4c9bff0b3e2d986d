"""Japanese words: SudachiPy's normalised forms, which unify 取扱い/取り扱い and サーバ/サーバー."""

from __future__ import annotations

import threading
from typing import Any

_state = threading.local()

_PIECE = 8_000
"""Characters per call: SudachiPy refuses more than 49,149 bytes at once."""


def _tokenizer() -> Any:
    # One per thread: a tokenizer keeps its lattice between calls and may not be shared.
    if not hasattr(_state, "tokenizer"):
        from sudachipy import Dictionary, SplitMode

        _state.tokenizer = Dictionary(dict="core").tokenizer(mode=SplitMode.A)
    return _state.tokenizer


def normal_forms(text: str) -> list[str]:
    """The dictionary's normalised form of each short unit of ``text``, in order, punctuation included."""
    tokenizer = _tokenizer()
    return [
        morpheme.normalized_form() for start in range(0, len(text), _PIECE) for morpheme in tokenizer.tokenize(text[start : start + _PIECE])
    ]
