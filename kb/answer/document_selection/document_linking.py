"""How likely a request means each paper: a linear model over what a search finds for it, and what papers are called.

People call a paper by its matter, in their own language and seldom by a word of its title: "the dengue trap report" is मलेरिया व डेंग्यू. So
what the passages of a paper have to do with the request counts beside names and kinds. The weights lie in ``document_linking.json``, which
``python -m eval meant --write`` fitted on requests and papers that others wrote.

Beside it questions about two things that no paper has together: the boards of two towns, the leases of a hall and of a canteen.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import combinations, pairwise
from typing import Final, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from kb.answer.document_selection.document_mentions import Named, without
from kb.answer.query_understanding.query_parsing import CJK
from kb.answer.scoring.sentence_ranking import ACROSS
from kb.ports import Ports
from kb.records import DocumentInfo, Filters, Hit, SearchResult

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
    of_parts = [_shares(ports.search(part, OF_PART, filters)) for part in (request_parts(request) if parted else ())]
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


def request_parts(request: str) -> list[str]:
    """The parts of a request that may each mean something of its own."""
    ends = [0, *(found.start() for found in _PARTING.finditer(request)), len(request)]
    cut = (request[start:end].strip(" ,;:、") for start, end in pairwise(ends))
    return [part for part in cut if len(part) >= (_SHORT_CJK if CJK.search(part) else _SHORT)][:PARTS]


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
    file = resources.files("kb.answer.document_selection").joinpath("document_linking.json")
    if not file.is_file():
        return None
    stored = json.loads(file.read_text(encoding="utf-8"))
    return np.array([stored["weights"][name] for name in FEATURES], dtype=np.float64), float(stored["bias"])


Known: TypeAlias = Mapping[str, frozenset[Text]]
FETCHED: Final = 60
NEAR, FAR = 3, 16
"""Among how many texts that speak most of the matter one of them must be, and the other."""
ALIKE: Final = 3
"""How many places it is worth that both are known by another word of the question."""
LIKE: Final = 200.0
"""How many places in that order a cosine of 1 between the two texts is worth."""
OPENING: Final = 300
"""Characters of a text by which one like it is looked for."""
SHORT: Final = 2
"""Letters and digits of a word that tells no paper: *2 or worse*."""
PAIRS: Final = 4
"""Pairs of words for which is searched."""
BETWEEN, BETWEEN_CJK = 50, 14
"""Characters between two words that are joined."""
_JOINING = regex.compile(
    r"\b(?:and|or|vs\.?|versus|than|against|compared (?:to|with))\b"
    r"|(?<![\p{L}\p{M}])(?:और|व|तथा|या|बनाम|के मुकाबले|की तुलना में|आणि|किंवा|विरुद्ध|च्या तुलनेत|पेक्षा|aur|ani|va)(?![\p{L}\p{M}])"
    r"|(?<=[\p{Han}\p{Katakana}])(?:と|や|か)(?=[\p{Han}\p{Katakana}\p{Hiragana}])|対",
    regex.I,
)


def joined_words(question: str, named: Named) -> list[tuple[str, str]]:
    """The pairs of words that tell papers and that the question joins."""
    return [pair for pair in combinations((word for word in named.known if len(word) > SHORT), 2) if _joined(*pair, question)]


def two_sides(
    question: str, named: Named, papers: Sequence[DocumentInfo], texts: Collection[Text], filters: Filters, ports: Ports
) -> tuple[DocumentInfo, ...]:
    """The papers of two texts, each known by another of two words that are joined, and both by the matter; () where it is of one thing.

    Of the texts that are known by a word and not by the other it is the one that speaks most of the rest of the question and is most like
    the other side. A text that is known by both words and speaks more of it answers alone.
    """
    of = {paper.id: paper for paper in papers}
    kind = frozenset(paper.id for paper in named.of_kind) if len(named.genres) == 1 and named.of_kind else frozenset(of)
    known = {word: held for word, ids in named.known.items() if (held := frozenset(text for text in texts if text & ids & kind))}
    joined = [pair for pair in joined_words(question, named) if known.keys() >= set(pair) and _apart(*pair, known)][:PAIRS]
    found = [one for pair in joined for one in _chosen(pair, known, without(question, pair), of, filters, ports)]
    best = max(found, default=None, key=lambda one: one[0])
    return tuple(paper for text in best[1] for paper in papers if paper.id in text) if best is not None else ()


def most_like(
    paper: DocumentInfo, papers: Sequence[DocumentInfo], texts: Collection[Text], filters: Filters, ports: Ports
) -> tuple[DocumentInfo, ...]:
    """The papers of the text that is most like a paper, of those of some ``papers``."""
    of = {one.id: one for one in (paper, *papers)}
    others = {text for text in texts if text & {one.id for one in papers} and paper.id not in text}
    like = _likeness(frozenset((paper.id,)), others, of, filters, ports) if len(others) > 1 else dict.fromkeys(others, 1.0)
    best = max(like, key=lambda text: like[text], default=frozenset[int]())
    return tuple(one for one in papers if one.id in best)


def _joined(one: str, other: str, question: str) -> bool:
    """Whether what stands between two words joins them."""
    (start, first), (end, second) = sorted((question.find(word), word) for word in (one, other))
    between = question[start + len(first) : end]
    if start < 0 or len(between) > (BETWEEN_CJK if CJK.search(question) else BETWEEN):
        return False
    begins, ends = len(first), len(first) + len(between)
    return any(begins <= found.start() and found.end() <= ends for found in _JOINING.finditer(f"{first}{between}{second}"))


def _apart(one: str, other: str, known: Known) -> bool:
    return bool(known[one] - known[other]) and bool(known[other] - known[one])


def _chosen(
    pair: tuple[str, str], known: Known, matter: str, papers: Mapping[int, DocumentInfo], filters: Filters, ports: Ports
) -> Iterator[tuple[float, tuple[Text, Text]]]:
    """Two texts that may be the sides, and how well they suit each other and the matter."""
    sides = [known[pair[0]] - known[pair[1]], known[pair[1]] - known[pair[0]]]
    of = {at: text for side in (*sides, known[pair[0]] & known[pair[1]]) for text in side for at in text}
    places = {text: at for at, text in enumerate(_texts(ports.search(matter, FETCHED, filters).hits, of))}
    both = min((places[text] for text in known[pair[0]] & known[pair[1]] if text in places), default=FAR)
    near = [{text for text in side if places.get(text, FAR) < FAR} for side in sides]
    if not all(near) or min(places[text] for side in near for text in side) >= min(NEAR, both):
        return
    for one in near[0]:
        for other, cosine in _likeness(one, near[1], papers, filters, ports).items():
            shared = sum(one in held and other in held for word, held in known.items() if word not in pair)
            if min(places[one], places[other]) < min(NEAR, both):
                yield LIKE * cosine + ALIKE * shared - places[one] - places[other], (one, other)


def _likeness(one: Text, others: Collection[Text], papers: Mapping[int, DocumentInfo], filters: Filters, ports: Ports) -> dict[Text, float]:
    """How near the nearest passage of each of some texts is to the opening of one, languages made even."""
    paper = papers[min(one)]
    limited = replace(filters, documents=tuple(at for text in others for at in text))
    found: dict[Text, float] = {}
    for hit in ports.search(opening_of(paper, ports), FETCHED, limited).hits:
        text = next(text for text in others if hit.document_id in text)
        cosine = (hit.channels.get("dense") or 0.0) + ACROSS * (hit.language != paper.language)
        found[text] = max(found.get(text, 0.0), cosine)
    return found


def opening_of(paper: DocumentInfo, ports: Ports) -> str:
    """The title and the first lines of a paper, by which one on the same is looked for."""
    return f"{paper.title}\n{ports.text(paper.id, paper.version)[:OPENING]}"


def _texts(hits: Sequence[Hit], of: Mapping[int, Text]) -> list[Text]:
    """The texts whose passages were found, best first; those of no side are told apart by their papers."""
    return list(dict.fromkeys(of.get(hit.document_id, frozenset((hit.document_id,))) for hit in hits))


__all__ = ["FEATURES", "MEANT", "features", "likely", "most_like", "opening_of", "request_parts", "surely", "two_sides"]
