"""What a person does to a module: reword, drop, pin, reorder, and add slides, pictures and questions of their own.

A sentence that was reworded is held against its citations again; what is added has none, and is told apart wherever it stands.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Final, TypeVar

from PIL import Image, ImageOps

from kb import KnowledgeBase
from kb.verify.citations import fold
from lang.languages import detect
from training.errors import BadRequestError, UnknownLineError
from training.freshness import judged, mapped, verdict_of
from training.records import BLANK, Entry, Line, Module, Option, Picture, QuizItem, Section, Slide, Step

MOST_CHARS: Final = 600
MOST_OWN: Final = 8
"""Lines of a slide, and wrong answers of a question, that a trainer adds."""
MOST_PICTURES: Final = 12
MOST_PICTURE_MB: Final = 20
MOST_PIXELS: Final = 60_000_000
WIDEST: Final = 1600
"""Points that a picture is wide or high at most."""

_One = TypeVar("_One", Line, Slide, QuizItem, Entry, Step)
_Flagged = TypeVar("_Flagged", Line, Slide, QuizItem, Entry)


def reword(kb: KnowledgeBase, module: Module, line_id: str, text: str) -> Module:
    """The module with a line in other words, judged against what the line cites. The paper's own words make it a quote again.

    Raises:
        UnknownLineError: there is no such line.
        BadRequestError: the text is empty or too long.
    """
    said = _sound(text)

    def change(line: Line) -> Line:
        if line.id != line_id:
            return line
        if line.origin == "own":
            return replace(line, text=said, language=detect(said, line.language))
        if any(fold(said) == fold(citation.quote) for citation in line.citations):
            return replace(line, text=said, origin="quote", verdict=None, beside=line.beside)
        # What stands beside it said the old words in another language.
        edited = replace(line, text=said, origin="edited", language=detect(said, line.language), beside=())
        return judged(kb, edited)

    return _changed(module, line_id, mapped(module, line=change))


def reword_item(kb: KnowledgeBase, module: Module, item_id: str, prompt: str) -> Module:
    """The module with a question put otherwise; what it says with its key in the gap is judged against the proof.

    Raises:
        UnknownLineError: there is no such question, or it is one of those that have no prompt.
        BadRequestError: the text is empty or too long, or has not exactly one gap where one is needed.
    """
    said = _sound(prompt)

    def change(item: QuizItem) -> QuizItem:
        if item.id != item_id:
            return item
        if item.proof.origin == "own":
            return replace(item, prompt=said)
        gap = item.kind in ("cloze", "choice")
        if item.kind in ("match", "order"):
            raise UnknownLineError("This question has no wording of its own to change. Drop it, or make the quiz again.")
        if gap and said.count(BLANK) != 1:
            raise BadRequestError(f"The question needs exactly one gap, written {BLANK}.")
        claim = _claim(item, said)
        verdict = verdict_of(kb, claim, item.proof.citations)
        return replace(item, prompt=said, proof=replace(item.proof, text=claim, origin="edited", verdict=verdict))

    return _changed(module, item_id, replace(module, quiz=tuple(map(change, module.quiz))))


def pin(module: Module, one_id: str, pinned: bool = True) -> Module:
    """The module with a line, slide, question or entry pinned, or no longer."""
    return _flagged(module, one_id, pinned=pinned)


def drop(module: Module, one_id: str, dropped: bool = True) -> Module:
    """The module with a line, slide, question or entry dropped from what is shown and exported, or taken back."""
    return _flagged(module, one_id, dropped=dropped)


def move(module: Module, one_id: str, by: int) -> Module:
    """The module with a line, slide, question, entry, step or section (by its heading) moved among its like; negative is up.

    Raises:
        UnknownLineError: there is no such thing.
    """

    def among(found: tuple[_One, ...]) -> tuple[_One, ...]:
        return _moved(found, lambda one: one.id == one_id, by)

    def sections(found: tuple[Section, ...]) -> tuple[Section, ...]:
        inside = tuple(replace(one, lines=among(one.lines)) for one in found)
        return _moved(inside, lambda one: one.heading.id == one_id, by)

    if not _holds(module, one_id):
        raise UnknownLineError(_NOTHING.format(one_id))
    case = module.case
    return replace(
        module,
        objectives=among(module.objectives),
        briefing=sections(module.briefing),
        plan=_moved(module.plan, lambda one: one_id in (one.id, one.line.id), by),
        slides=among(tuple(replace(one, bullets=among(one.bullets), notes=among(one.notes)) for one in module.slides)),
        handout=sections(module.handout),
        quiz=among(module.quiz),
        case=replace(case, situation=among(case.situation), tasks=among(case.tasks)) if case is not None else None,
        glossary=among(module.glossary),
        reading=among(module.reading),
    )


def add_slide(module: Module, title: str, lines: Sequence[str], picture: Picture | None = None, *, after: str = "") -> Module:
    """The module with a slide of the trainer's own, pinned, after the slide of an id or at the end.

    Raises:
        BadRequestError: the title or a line is empty or too long, there are too many, or neither lines nor a picture.
    """
    said = [_sound(line) for line in lines if line.strip()]
    if not said and picture is None:
        raise BadRequestError("The slide has neither text nor a picture. Write at least one line, or choose a picture.")
    if len(said) > MOST_OWN:
        raise BadRequestError(f"The slide has {len(said)} lines; {MOST_OWN} are the most. Make two slides of it.")
    if picture is not None and sum(slide.picture is not None for slide in module.slides) >= MOST_PICTURES:
        raise BadRequestError(f"The module has {MOST_PICTURES} pictures, the most that it may have. Make a second module for more.")
    mark = f"own{secrets.token_hex(6)}"
    made = [_own(module, f"{mark}{at}", text) for at, text in enumerate((_sound(title), *said))]
    slide = Slide(mark, "content", made[0], tuple(made[1:]), pinned=True, picture=picture)
    at = next((number for number, one in enumerate(module.slides, start=1) if one.id == after), len(module.slides))
    return replace(module, slides=(*module.slides[:at], slide, *module.slides[at:]))


def add_question(module: Module, prompt: str, right: str, wrong: Sequence[str] = ()) -> Module:
    """The module with a question of the trainer's own, pinned: a choice, or without wrong answers one to be answered in words.

    Raises:
        BadRequestError: the question or an answer is empty, too long or stands there twice, or there are too many.
    """
    said, key = _sound(prompt), _sound(right)
    others = [_sound(one) for one in wrong if one.strip()]
    if len({fold(one).casefold() for one in (key, *others)}) != len(others) + 1:
        raise BadRequestError("Two answers are the same. Each must be another one.")
    if len(others) > MOST_OWN:
        raise BadRequestError(f"There are {len(others)} wrong answers; {MOST_OWN} are the most.")
    mark = f"own{secrets.token_hex(6)}"
    options = tuple(sorted((Option(text, text == key, text) for text in (key, *others)), key=lambda one: fold(one.text)))
    item = QuizItem(
        mark, "choice" if others else "cloze", "term", detect(said, module.language), said, _own(module, f"{mark}0", key),
        options if others else (), () if others else (key,), pinned=True,
    )  # fmt: skip
    return replace(module, quiz=(*module.quiz, item))


def _own(module: Module, one_id: str, text: str) -> Line:
    return Line(one_id, text, (), "own", detect(text, module.language), pinned=True)


def own_picture(data: bytes, name: str, alt: str) -> Picture:
    """A picture as a slide holds it: at most `WIDEST` points wide, and without what a camera wrote into it, such as the place.

    Raises:
        BadRequestError: it is no PNG or JPEG, damaged or too large, or it is not said what is on it. It names the file.
    """
    told = _sound(alt)
    if len(data) > MOST_PICTURE_MB * 2**20:
        raise BadRequestError(f"{name}: the picture has over {MOST_PICTURE_MB} MB. Save it smaller.")
    out = BytesIO()
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadRequestError(f"{name}: the picture has {opened.width} × {opened.height} points. Save it smaller.")
            plain = ImageOps.exif_transpose(opened).convert("RGBA")
        plain.thumbnail((WIDEST, WIDEST))
        page = Image.new("RGB", plain.size, "white")
        page.paste(plain, mask=plain.getchannel("A"))
        page.save(out, "JPEG", quality=85, optimize=True)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadRequestError(f"{name}: this cannot be read as a picture. Save it as PNG or JPEG.") from error
    return Picture(base64.b64encode(out.getvalue()).decode(), told)


def rename(module: Module, title: str) -> Module:
    """The module under another title."""
    return replace(module, title=_sound(title)[:200])


_NOTHING: Final = "There is nothing with the id {} in this module. It may have been made anew: open the module again."


def _flagged(module: Module, one_id: str, *, pinned: bool | None = None, dropped: bool | None = None) -> Module:
    def flag(one: _Flagged) -> _Flagged:
        if one.id != one_id:
            return one
        return replace(
            one, pinned=one.pinned if pinned is None else pinned, dropped=one.dropped if dropped is None else dropped
        )  # fmt: skip

    if not _holds(module, one_id):
        raise UnknownLineError(_NOTHING.format(one_id))
    changed = mapped(module, line=flag)
    return replace(
        changed,
        slides=tuple(map(flag, changed.slides)),
        quiz=tuple(map(flag, changed.quiz)),
        glossary=tuple(map(flag, changed.glossary)),
    )


def _changed(module: Module, one_id: str, changed: Module) -> Module:
    if not _holds(module, one_id):
        raise UnknownLineError(_NOTHING.format(one_id))
    return changed


def _holds(module: Module, one_id: str) -> bool:
    ids = {line.id for _, line in module.lines()}
    ids |= {slide.id for slide in module.slides} | {item.id for item in module.quiz}
    ids |= {entry.id for entry in module.glossary} | {step.id for step in module.plan}
    return one_id in ids


_Moved = TypeVar("_Moved")


def _moved(found: tuple[_Moved, ...], named: Callable[[_Moved], bool], by: int) -> tuple[_Moved, ...]:
    at = next((i for i, one in enumerate(found) if named(one)), None)
    if at is None:
        return found
    left = [*found[:at], *found[at + 1 :]]
    left.insert(max(0, min(len(left), at + by)), found[at])
    return tuple(left)


def _sound(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise BadRequestError("The text is empty. To take a line out, drop it.")
    if len(said) > MOST_CHARS:
        raise BadRequestError(f"The text has {len(said)} characters; a line holds {MOST_CHARS}. Say it shorter, or in two lines.")
    return said


def _claim(item: QuizItem, prompt: str) -> str:
    """What one says who answers rightly."""
    if item.kind == "cloze":
        return prompt.replace(BLANK, item.answers[0])
    right = next(option for option in item.options if option.correct)
    if item.kind == "choice":
        return prompt.replace(BLANK, right.text)
    return prompt if item.options[0].correct else prompt.replace(item.changed, item.answers[0]) if item.answers else prompt
