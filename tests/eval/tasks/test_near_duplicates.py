"""The measure of near-duplicate news, and the floors it holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.tasks.documents import near_duplicates
from ingest.near_duplicates import Story, is_same_story, likeness
from lang.languages import LANGUAGES, Language
from tests.kb.stories import DAY, OWN, STORY
from tests.support import shared


@pytest.mark.shared
@pytest.mark.parametrize("language", ["mr", "ja", "hi", "en"])
def test_copies_of_a_story_are_recognised_and_other_stories_are_not(language: str) -> None:
    found = near_duplicates.run(shared("benchmarks").parent, (language,), most=10)
    assert near_duplicates.rate(found, same=True) >= 0.95
    assert near_duplicates.rate(found, same=False) <= 0.03
    assert {rate.form: rate.pairs for rate in found[language]}["headline and byline"] == 10


@pytest.mark.shared
def test_the_rates_are_written_as_they_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        near_duplicates,
        "run",
        lambda directory: {"mr": [near_duplicates.Rate("cut", True, 4, 3), near_duplicates.Rate("other", False, 5, 1)]},
    )
    assert main(["stories", str(tmp_path), "--json", str(tmp_path / "out.json")]) == 0
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (written["recall"], written["false"]) == (0.75, 0.2)
    assert written["sets"]["mr"][0] == {"form": "cut", "same": True, "pairs": 4, "taken": 3}


def told(passages: tuple[str, ...]) -> Story:
    return Story.of("\n".join(passages), DAY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cut_an_addition_and_another_setting_leave_a_story_the_same(language: Language) -> None:
    whole = STORY[language]
    assert is_same_story(told(whole), told((whole[0], whole[1], whole[3])))
    assert is_same_story(told(whole), told((*whole, OWN[language])))
    assert is_same_story(told(whole), told(tuple(p.replace(" ", "  ").replace(",", " ,").upper() for p in whole)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lone_common_paragraph_is_not_the_same_story(language: Language) -> None:
    others = [x for x in LANGUAGES if x != language]
    one = (STORY[language][0], *STORY[others[0]])
    two = (STORY[language][0], *STORY[others[1]])
    assert not is_same_story(told(one), told(two))


def test_digits_of_any_script_are_one_number_with_or_without_separators() -> None:
    one = Story.of("१२,३४,५६७ रुपये, ४० संवेदक, ५ मिनिटे")
    other = Story.of("1234567 रुपये, 40 संवेदक, 5 मिनिटे")
    assert one.numbers == other.numbers == {"1234567", "40", "5"}
    assert likeness(one, other).numbers == 1.0
