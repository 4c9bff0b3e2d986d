"""Slides, pictures and questions of a trainer's own: kept, pinned, told apart from what the papers say, and bounded."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kb import KnowledgeBase
from tests.training.test_edit import opened
from training import module_store
from training.edit import add_question, add_slide, drop, move, own_picture, reword, reword_item
from training.errors import BadRequestError
from training.make import make, remake
from training.quiz.two_tests import two_tests
from training.records import Module, Request


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with opened(tmp_path_factory.mktemp("own"), tmp_path_factory) as base:
        yield base


@pytest.fixture(scope="module")
def module(kb: KnowledgeBase) -> Module:
    return make(kb, Request("tide gauges", ("en",), slides=8, items=4))


def photo(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200), **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **more)
    return out.getvalue()


def test_an_own_slide_stands_where_it_was_added_and_is_never_verified(kb: KnowledgeBase, module: Module) -> None:
    changed = add_slide(module, "Our harbour", ["The gauge at pier 4 is ours.", " "], after=module.slides[1].id)
    slide = changed.slides[2]
    assert [line.text for line in (slide.title, *slide.bullets)] == ["Our harbour", "The gauge at pier 4 is ours."]
    assert {(line.origin, line.status, line.doubted) for line in (slide.title, *slide.bullets)} == {("own", "unsupported", False)}
    module_store.save(kb, changed)
    assert module_store.load(kb, changed.id).slides[2] == slide


def test_what_was_added_can_be_reworded_moved_and_dropped_and_stays_the_trainers(kb: KnowledgeBase, module: Module) -> None:
    changed = add_slide(module, "Our harbour", ["The gauge at pier 4 is ours."])
    slide = changed.slides[-1]
    reworded = reword(kb, changed, slide.bullets[0].id, "The gauge at pier 5 is ours.").slides[-1].bullets[0]
    assert (reworded.text, reworded.origin, reworded.verdict) == ("The gauge at pier 5 is ours.", "own", None)
    assert move(changed, slide.id, -1).slides[-2].id == slide.id
    assert drop(changed, slide.id).slides[-1].dropped


def test_what_was_added_stays_when_its_part_is_made_again(kb: KnowledgeBase, module: Module) -> None:
    changed = add_question(add_slide(module, "Our harbour", ["It is ours."]), "Which pier is ours?", "Pier 4", ["Pier 2"])
    assert changed.slides[-1] in remake(kb, changed, "slides").slides
    assert changed.quiz[-1] in remake(kb, changed, "quiz").quiz


def test_an_own_question_is_a_choice_or_is_answered_in_words_and_stands_in_both_tests(kb: KnowledgeBase, module: Module) -> None:
    changed = add_question(module, "Which pier is ours?", "Pier 4", ["Pier 2", "", "Pier 9"])
    item = changed.quiz[-1]
    assert (item.kind, [option.text for option in item.options if option.correct]) == ("choice", ["Pier 4"])
    assert len(item.options) == 3
    for items in two_tests(changed).values():
        assert [one.prompt for one in items if one.proof.origin == "own"] == ["Which pier is ours?"]
    short = add_question(module, "Which pier is ours?", "Pier 4").quiz[-1]
    assert (short.kind, short.answers) == ("cloze", ("Pier 4",))
    assert reword_item(kb, changed, item.id, "And which is ours?").quiz[-1].prompt == "And which is ours?"


def test_a_picture_is_made_small_and_loses_what_the_camera_wrote(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Pune, 18.52 N"
    picture = own_picture(photo(exif=exif), "pier.jpg", "The pier at low tide")
    data = base64.b64decode(picture.data)
    with Image.open(BytesIO(data)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1600, 800))
        assert not kept.getexif()
    assert b"Pune" not in data
    assert picture.alt == "The pier at low tide"


def test_a_picture_without_text_is_a_slide_and_one_module_holds_a_dozen(module: Module) -> None:
    picture = own_picture(photo("PNG", (40, 20)), "a.png", "A gauge")
    changed = module
    for number in range(12):
        changed = add_slide(changed, f"Picture {number}", [], picture)
    with pytest.raises(BadRequestError, match="12 pictures"):
        add_slide(changed, "One more", [], picture)


def test_what_makes_no_sense_is_refused_with_a_reason(module: Module) -> None:
    with pytest.raises(BadRequestError, match="neither text nor a picture"):
        add_slide(module, "Empty", ["  "])
    with pytest.raises(BadRequestError, match="9 lines; 8 are the most"):
        add_slide(module, "Long", list("abcdefghi"))
    with pytest.raises(BadRequestError, match="The text is empty"):
        add_question(module, " ", "Pier 4")
    with pytest.raises(BadRequestError, match="Two answers are the same"):
        add_question(module, "Which?", "Pier 4", ["pier 4"])
    for data in (b"no picture", photo("GIF", (4, 4)), photo()[:200]):
        with pytest.raises(BadRequestError, match=r"x\.png: this cannot be read as a picture"):
            own_picture(data, "x.png", "A gauge")
