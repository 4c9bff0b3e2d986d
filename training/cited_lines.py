"""Lines out of sentences and headings of the papers, each with the citation of its place; and what slides and objectives are called.

That is the paper's own heading, and where there is none the topic with what a line tells of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, Literal, TypeAlias

import regex

from kb import KnowledgeBase
from kb.records import Citation
from kb.verify.fact_check import facts_in
from lang.languages import Language
from lang.modality import claims
from lang.values.quantities import CURRENCIES
from lang.words.search_tokens import script
from training.material.gather import Material
from training.material.source_sentences import Heading, Sentence, citation
from training.phrases import phrase
from training.records import PRACTISED, Line, Part, Rendering


def line_id(part: Part, *marks: object) -> str:
    """The id of a line: the same for the same place in the same part, so that a part that is made again keeps the ids of what stays."""
    digest = hashlib.blake2b("\x1f".join(map(str, (part, *marks))).encode(), digest_size=6).hexdigest()
    return f"{part[:2]}{digest}"


def flat(text: str) -> str:
    """A heading on one line."""
    return " ".join(text.split())


class Scribe:
    """Makes the lines of one module."""

    def __init__(self, kb: KnowledgeBase, material: Material) -> None:
        self.kb = kb
        self.material = material
        self._cited: dict[tuple[int, int, int], Citation] = {}
        self._infos = {info.id: info for info in material.papers}

    @property
    def language(self) -> Language:
        """The language of the module."""
        return self.material.request.languages[0]

    def cite(self, one: Sentence | Heading) -> Citation:
        """The citation of a sentence or heading."""
        document = one.info.id if isinstance(one, Sentence) else one.document_id
        key = (document, one.start, one.end)
        if key not in self._cited:
            self._cited[key] = citation(self.kb, one, self._infos.get(document))
        return self._cited[key]

    def quote(self, part: Part, one: Sentence) -> Line:
        """A sentence in its own words, with its versions in the other languages of the module."""
        cited = self.cite(one)
        beside = tuple(self._beside(one))
        return Line(line_id(part, one.info.id, one.start), one.text, (cited,), "quote", one.language, beside=beside)

    def quotes(self, part: Part, found: Iterable[Sentence]) -> tuple[Line, ...]:
        """Sentences, each followed by the items of the list that it leads in."""
        return tuple(self.quote(part, one) for led in found for one in (led, *led.items))

    def heading(self, part: Part, heading: Heading) -> Line:
        """A heading in its own words."""
        cited = self.cite(heading)
        return Line(line_id(part, "h", heading.document_id, heading.start), flat(heading.text), (cited,), "quote", cited.language)

    def phrase(self, part: Part, key: str, *, mark: str = "", plain: dict[str, str] | None = None, **headings: Heading) -> Line:
        """A phrase of ours around headings; ``plain`` are variables that are no heading."""
        values = {name: flat(heading.text) for name, heading in headings.items()}
        text = phrase(key, self.language, **values, **(plain or {}))
        cited = tuple(self.cite(heading) for heading in headings.values())
        marks = [f"{h.document_id}:{h.start}" for h in headings.values()]
        return Line(line_id(part, key, mark, *marks), text, cited, "phrase", self.language)

    def _beside(self, one: Sentence) -> Iterator[Rendering]:
        for language in self.material.request.languages:
            if language != one.language:
                version = next((v for v in self.material.versions.get(one.key, ()) if v.language == language), None)
                if version is not None:
                    yield Rendering(language, version.text, (self.cite(version),))


LONGEST: Final = 64
"""Latin characters of a topic that is part of a title; a Japanese one counts for two."""
SHORTEST: Final = 7
"""Characters of a title that are kept, whatever mark stands among them."""
FIGURES: Final = 2
"""Dates and measures from which a line tells figures."""
_MARK: Final = regex.compile(r"\s*(?:[:：;；(（、,।]| [–—―-] |\s[–—―])")
Aspect: TypeAlias = Literal["cost", "duty", "figures", "practice", "general"]
_OPENING: Final = regex.compile(
    r"(?:introduct\p{L}*|background|preamble|preface|foreword|purpose|summary|conclusions?|general|other (?:news|matters))"
    r"|(?:प्रस्तावना|पार्श्वभूमी|पृष्ठभूमि|भूमिका|उद्देश(?:्य)?|इतर|अन्य(?: समाचार)?|समारोप|निष्कर्ष)"
    r"|(?:はじめに|まえがき|序文|背景|目的|趣旨|概要|おわりに|まとめ|その他)",
    regex.I,
)


def title(scribe: Scribe, heading: Heading, line: Sentence) -> Line:
    """The title of a slide with a line under a heading."""
    topic = topic_of(scribe)
    if not heading.title or not topic:
        return scribe.heading("slides", heading.named)
    return scribe.phrase("slides", f"slide.{aspect(line)}", mark=str(line.start), plain={"topic": topic}, paper=short(heading))


def called(scribe: Scribe, part: Part, key: str, heading: Heading, plain: dict[str, str]) -> Line:
    """A phrase of ours around a ``heading``; where that is but the name of a paper, around the topic, with the paper as its place."""
    topic = topic_of(scribe)
    if heading.title and topic:
        return scribe.phrase(part, key, plain={"heading": topic, **plain}, paper=heading.named)
    return scribe.phrase(part, key, plain=plain, heading=heading.named)


def short(heading: Heading) -> Heading:
    """The beginning of a long title, up to its first mark: what the paper is called in passing."""
    named = heading.named
    text = beginning(named.text)
    return replace(named, text=text, end=named.start + len(text))


def beginning(title: str) -> str:
    """A title up to its first mark."""
    cut = _MARK.search(title, SHORTEST)
    return title if cut is None else title[: cut.start()]


def topic_of(scribe: Scribe, longest: int = LONGEST) -> str:
    """The topic as it is said in a title; "" where it is longer than one, or in another script than the module."""
    topic = scribe.material.request.topic
    written = script(topic)
    size = len(topic) * (2 if written == "japanese" else 1)
    fits = written == {"ja": "japanese", "en": "latin"}.get(scribe.language, "devanagari")
    return topic if fits and size <= longest else ""


def aspect(line: Sentence) -> Aspect:
    """What a line tells of its matter."""
    facts = facts_in(line.text)
    units = {quantity.unit for quantity in facts.quantities}
    if units & CURRENCIES:
        return "cost"
    if "must" in claims(line.text):
        return "duty"
    if line.info.kind in PRACTISED:
        return "practice"
    return "figures" if len(facts.dates) + len([unit for unit in units if unit]) >= FIGURES else "general"


def opens(heading: Heading) -> bool:
    """Whether a heading names a place of its paper and no matter: “Background” of what?"""
    return _OPENING.fullmatch(heading.named.text.strip(" .:：।")) is not None
