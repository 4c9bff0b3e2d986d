"""How the pages of a document were read, in one line: which share by which method, and how much of it is thought to be right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.records import PageView
from ui.i18n import Strings


@dataclass(frozen=True, slots=True)
class Quality:
    """Pages by method, the most used first; ``mean`` in [0, 1] over the pages whose text was read off them, None where none was."""

    methods: tuple[tuple[str, int], ...]
    mean: float | None

    @classmethod
    def of(cls, pages: Sequence[PageView]) -> Quality:
        """That of the pages of a version."""
        measured = [page.quality for page in pages if page.method in ("text_layer", "ocr")]
        return cls(tuple(Counter(page.method for page in pages).most_common()), sum(measured) / len(measured) if measured else None)


def worded(quality: Quality, words: Strings) -> str:
    """``OCR 25 %, text layer 75 % · quality 97 %``; one method alone needs no share."""
    total = sum(count for _, count in quality.methods)
    if not total:
        return ""
    shares = [(words(f"library.method.{method}"), count) for method, count in quality.methods]
    said = shares[0][0] if len(shares) == 1 else ", ".join(f"{name} {_percent(count / total)}" for name, count in shares)
    return said if quality.mean is None else f"{said} · {words('library.quality_mean', percent=_percent(quality.mean))}"


def _percent(share: float) -> str:
    """A share that is neither nothing nor all is not rounded to either."""
    return f"{min(max(round(100 * share), 1), 99) if 0 < share < 1 else round(100 * share)}\N{NO-BREAK SPACE}%"
