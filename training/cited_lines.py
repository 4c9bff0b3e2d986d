"""Lines out of sentences and headings of the papers, each with the citation of its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from kb import KnowledgeBase
from kb.records import Citation
from lang.languages import Language
from training.material.gather import Material
from training.material.source_sentences import Heading, Sentence, citation
from training.phrases import phrase
from training.records import Line, Part, Rendering


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
