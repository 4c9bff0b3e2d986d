"""How likely a request means each paper: a linear model over what a search finds for it, and what papers are called.

People call a paper by its matter, in their own language and seldom by a word of its title: "the dengue trap report" is मलेरिया व डेंग्यू. So
what the passages of a paper have to do with the request counts beside names and kinds. The weights lie in ``paper_linking.json``, which
``python -m eval meant --write`` fitted on requests and papers that others wrote.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from kb.answer.understand.paper_mentions import Named
from kb.ports import Ports
from kb.records import DocumentInfo, Filters, SearchResult

Floats: TypeAlias = NDArray[np.float64]
Text: TypeAlias = frozenset[int]
"""The ids of papers that are one text in several languages; of most papers, one id."""

FEATURES: Final = (
    "found", "found_by_matter", "ahead", "ahead_by_matter", "called", "named", "alone_named", "of_kind", "not_of_kind", "alone_of_kind",
    "in_language", "part",
)  # fmt: skip
PASSAGES: Final = 40
"""Passages of which each gives its paper one over its rank."""
OF_PART: Final = 20
PARTS: Final = 6
MEANT: Final = 0.2
"""How likely a paper must be to be taken for the one that is meant: at it, most were right of requests for papers of others."""
SURELY_MEANT, SURELY_MEANT_ALONE = 0.75, 0.6
"""How likely a paper must be that is meant whatever kinds and names seem to say; the second where none is half as likely."""
_MOST_CALLED: Final = 4.0
_COSINE: Final = 20.0
_SHARE: Final = 4.0
_SHORT, _SHORT_CJK = 8, 4
_PARTING = regex.compile(
    r"\b(?:and|with|vs\.?|versus|against|from|than|or)\b|[,;:、，。?？]"
    r"|(?<=\s)(?:और|व|तथा|आणि|विरुद्ध|बनाम|की तुलना|किंवा|या|से|aur|ani|va)(?=\s)"
    r"|(?<=[\p{Han}\p{Katakana}])(?:と|や|で)(?=[\p{Han}\p{Katakana}\p{Hiragana}])|対",
    regex.I,
)
"""What parts the two things that are compared."""
_CJK = regex.compile(r"[\p{Han}\p{Katakana}]")


def likely(
    request: str,
    matter: str,
    named: Named,
    papers: Sequence[DocumentInfo],
    texts: Collection[Text],
    filters: Filters,
    ports: Ports,
    *,
    parted: bool,
) -> dict[Text, float]:
    """How likely each text is meant, likeliest first; those of which nothing was found are left out.

    Args:
        request: the message.
        matter: what it is about, without the words that say what is to be done; "" where nothing is left.
        named: what it says of papers by name and kind.
        papers: those that may be meant: what ``filters`` let through.
        texts: the same, with the language versions of one text taken together.
        filters: in what is searched.
        ports: what answering stands on.
        parted: whether things are compared, so that each part of the message may mean a paper of its own.
    """
    model = _model()
    if model is None:
        return {}
    weights, bias = model
    seen = features(request, matter, named, papers, texts, filters, ports, parted=parted)
    chances = {text: float(1 / (1 + np.exp(-(row @ weights + bias)))) for text, row in seen.items()}
    return dict(sorted(chances.items(), key=lambda one: -one[1]))


def surely(chances: Mapping[Text, float]) -> Text | None:
    """The text that is surely meant, of those of `likely`; None where there is none."""
    first, second, *_ = (*chances.values(), 0.0, 0.0)
    return next(iter(chances)) if first >= SURELY_MEANT or (first >= SURELY_MEANT_ALONE and second < first / 2) else None


def features(
    request: str,
    matter: str,
    named: Named,
    papers: Sequence[DocumentInfo],
    texts: Collection[Text],
    filters: Filters,
    ports: Ports,
    *,
    parted: bool,
) -> Mapping[Text, Floats]:
    """What the model sees of each text that was found or called, of its versions the most; each of shape ``(len(FEATURES),)``."""
    whole = ports.search(request, PASSAGES, filters)
    about = ports.search(matter, PASSAGES, filters) if matter and matter != request else whole
    shares, shares_by_matter = _shares(whole), _shares(about)
    ahead, ahead_by_matter = _ahead(whole), _ahead(about)
    of_parts = [_shares(ports.search(part, OF_PART, filters)) for part in (parts(request) if parted else ())]
    kinds = {paper.id for paper in named.of_kind}
    alone = sum(1 for text in texts if any(paper.id in text for paper in named.papers)) == 1
    rows: dict[int, Floats] = {}
    for paper in papers:
        at = paper.id
        called, of_kind = named.evidence.get(at, 0.0), at in kinds
        if at not in shares and at not in shares_by_matter and not called and not of_kind:
            continue
        rows[at] = np.array(
            [
                _SHARE * shares.get(at, 0.0),
                _SHARE * shares_by_matter.get(at, 0.0),
                ahead.get(at, 0.0),
                ahead_by_matter.get(at, 0.0),
                min(called, _MOST_CALLED),
                min(named.names.get(at, 0.0), _MOST_CALLED),
                of_kind and alone and paper in named.papers,
                of_kind,
                bool(named.genres) and not of_kind and not parted,
                of_kind and len(kinds) == 1,
                paper.language in named.languages,
                _SHARE * max((part.get(at, 0.0) for part in of_parts), default=0.0),
            ],
            dtype=np.float64,
        )
    held = {text: [rows[at] for at in sorted(text) if at in rows] for text in texts}
    return {text: np.max(np.stack(versions), axis=0) for text, versions in held.items() if versions}


def parts(request: str) -> list[str]:
    """The parts of a request that may each mean something of its own."""
    ends = [0, *(found.start() for found in _PARTING.finditer(request)), len(request)]
    cut = (request[start:end].strip(" ,;:、") for start, end in pairwise(ends))
    return [part for part in cut if len(part) >= (_SHORT_CJK if _CJK.search(part) else _SHORT)][:PARTS]


def _shares(found: SearchResult) -> dict[int, float]:
    """What each paper has of all that was found, each passage counted as one over its rank."""
    total = sum(1 / rank for rank in range(1, len(found.hits) + 1))
    shares: dict[int, float] = {}
    for rank, hit in enumerate(found.hits, 1):
        shares[hit.document_id] = shares.get(hit.document_id, 0.0) + 1 / rank / total
    return shares


def _ahead(found: SearchResult) -> dict[int, float]:
    """Of the paper whose passage is nearest: by how much it is nearer than any other paper's."""
    nearest: dict[int, float] = {}
    for hit in found.hits:
        nearest[hit.document_id] = max(nearest.get(hit.document_id, 0.0), hit.channels.get("dense") or 0.0)
    order = sorted(nearest, key=lambda at: -nearest[at])
    if not order:
        return {}
    second = nearest[order[1]] if len(order) > 1 else min(hit.channels.get("dense") or 0.0 for hit in found.hits)
    return {order[0]: _COSINE * (nearest[order[0]] - second)}


@cache
def _model() -> tuple[Floats, float] | None:
    """The weights of the features and the bias; None where nothing was fitted."""
    file = resources.files("kb.answer.understand").joinpath("paper_linking.json")
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    return np.array([stored["weights"][name] for name in FEATURES], dtype=np.float64), float(stored["bias"])


__all__ = ["FEATURES", "MEANT", "features", "likely", "parts", "surely"]
