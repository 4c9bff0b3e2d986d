"""A language model words the lines of a module in its language; the quote stays beside each, and what it does not bear out is not taken.

Where the model is down, slow or garbled the lines stay quotes, and a note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from kb import KnowledgeBase
from kb.generate.paraphrase import Rewritten, Wanted, Wording
from lang.languages import Language
from prompts.phrases import phrase
from training.freshness import OF_WRITING, mapped
from training.records import Line, Module, Note, Part, Rendering

WORDED: Final[frozenset[Part]] = frozenset({"briefing", "slides", "handout", "case", "glossary", "reading"})
"""Parts whose quotes are put into fluent text. A quiz is asked in the papers' own words, or its keys would not be proved."""


def fluent(
    kb: KnowledgeBase, module: Module, tell: Callable[[int, int], None] = lambda _done, _total: None, parts: Sequence[Part] = tuple(WORDED)
) -> Module:
    """The module with its quotes worded in its language, and in its other languages where no version of a paper has them.

    Each sentence is asked for once, however often it stands in the module. Pinned and dropped lines, and a person's, stay as they are.

    Raises:
        SettingsError: ``SETU_LLM`` names no model, or its key cannot be read.
        MissingExtraError: the package that reaches the model is not installed.
    """
    lines = [line for part, line in module.lines() if part in parts and part in WORDED and _open(line)]
    done: list[Rewritten] = []
    total = len(module.request.languages)
    for at, language in enumerate(module.request.languages):
        wanted = list({_key(line): Wanted(_key(line), line.text, line.citations) for line in lines if _lacks(line, language, at)}.values())
        if not wanted:
            continue
        outcome = kb.rewrite(wanted, language, _stop(tell, at, total, len(wanted)))
        done.append(outcome)
        module = _worded(module, parts, language, outcome.wordings, own=at == 0)
        if outcome.fault not in (None, "in_house"):
            break
    return _noted(module, done, [_key(line) for line in lines], parts)


def _open(line: Line) -> bool:
    return line.origin == "quote" and not line.pinned and not line.dropped and bool(line.citations)


def _lacks(line: Line, language: Language, at: int) -> bool:
    """Whether a line is to be worded in a language: always in the module's own, in others where it has no version."""
    if at == 0:
        return True
    return line.language != language and not any(one.language == language for one in line.beside)


def _key(line: Line) -> str:
    first = line.citations[0]
    return f"{first.document_id}:{first.version}:{first.start}:{first.end}"


def _stop(tell: Callable[[int, int], None], at: int, total: int, wanted: int) -> Callable[[int], bool]:
    """Tells how far it is; what ``tell`` raises, such as a person's wish to stop, ends the making."""

    def stopped(done: int) -> bool:
        tell(at * wanted + done, total * wanted)
        return False

    return stopped


def _worded(module: Module, parts: Sequence[Part], language: Language, wordings: Mapping[str, Wording], *, own: bool) -> Module:
    ids = {line.id for part, line in module.lines() if part in parts and part in WORDED}

    def line(one: Line) -> Line:
        wording = wordings.get(_key(one)) if one.id in ids and one.citations and not one.pinned and not one.dropped else None
        if wording is None:
            return one
        if own and one.origin == "quote":
            same = one.language == language
            beside = one.beside if same else tuple(each for each in one.beside if each.language != language)
            return replace(one, text=wording.text, origin="written", language=language, verdict=wording.verdict, beside=beside)
        if not own and not any(each.language == language for each in one.beside):
            made = Rendering(language, wording.text, one.citations, "written", wording.verdict)
            return replace(one, beside=(*one.beside, made))
        return one

    return mapped(module, line=line)


def _noted(module: Module, done: Sequence[Rewritten], wanted: Sequence[str], parts: Sequence[Part]) -> Module:
    """The module with the model and prompt that wrote, and a note where it did not write all; what was said of other parts still counts."""
    if not done:
        return module
    notes = tuple(note for note in module.notes if note.code not in OF_WRITING)
    others = [line for part, line in module.lines() if part in WORDED and part not in parts]
    lacking_before = len(notes) < len(module.notes) and any(map(_open, others))
    written_before = any(line.origin == "written" for line in others)
    written = {key for one in done for key, wording in one.wordings.items() if wording.verdict.status != "unsupported"}
    if not written and not written_before:
        fault = done[0].fault or "unverified"
        said = phrase(f"note.{fault}", module.language, **({"when": done[0].again} if fault == "spent" else {}))
        return replace(module, notes=(*notes, Note("not_written", said)))
    if any(one.withheld for one in done):
        notes = (*notes, Note("kept_in_house"))
    if lacking_before or not set(wanted) <= written or any(one.fault for one in done):
        notes = (*notes, Note("partly_written"))
    return replace(module, notes=notes, model=done[0].model, prompt=done[0].prompt) if written else replace(module, notes=notes)
