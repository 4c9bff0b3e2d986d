"""One index of every text in four languages: what is asked, what is missing, and what is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.__main__ import main
from eval.tasks import cross_lingual
from lang.languages import Language

_TEXTS: dict[Language, tuple[str, ...]] = {
    "mr": (
        "नगरपालिकेने पूर इशारा देणारे चाळीस संवेदक नदीकाठी बसवले.",
        "ट्राम दर दहा मिनिटांनी स्थानकावरून सुटते.",
        "शाळेच्या छतावर सौर ऊर्जेचे पटल आहेत.",
    ),
    "hi": (
        "नगरपालिका ने बाढ़ की चेतावनी देने वाले चालीस संवेदक नदी किनारे लगाए।",
        "ट्राम हर दस मिनट में स्टेशन से निकलती है।",
        "विद्यालय की छत पर सौर ऊर्जा के पटल हैं।",
    ),
    "en": (
        "The city put forty sensors along the river that warn of floods.",
        "The tram leaves the station every ten minutes.",
        "There are solar panels on the roof of the school.",
    ),
    "ja": (
        "市は洪水を警告するセンサーを川沿いに四十台設置した。",
        "路面電車は十分ごとに駅を出発する。",
        "学校の屋根には太陽光パネルがある。",
    ),
}
TEXTS = {language: {str(number): text for number, text in enumerate(found)} for language, found in _TEXTS.items()}


def test_an_opening_is_a_third_of_the_words_and_in_japanese_of_the_characters() -> None:
    assert cross_lingual.opening(" ".join("abcdefghijklmnopqrst"), "en") == "a b c d e f g"
    assert cross_lingual.opening("あ" * 100, "ja") == "あ" * 35


def test_a_text_that_is_asked_for_is_missing_in_the_language_of_its_question() -> None:
    data = cross_lingual.corpus(TEXTS)
    assert len(data.corpus) == len(data.queries) == 12
    assert data.qrels["en/1"] == {"mr/1": 1, "hi/1": 1, "en/1": 2, "ja/1": 1}
    fewer, missing = cross_lingual.without_own(data)
    assert missing == ("mr/0", "hi/1", "en/2")
    assert not {passage.id for passage in fewer.corpus} & set(missing)
    assert fewer.qrels["hi/1"] == {"mr/1": 1, "en/1": 1, "ja/1": 1}


def test_recall_is_of_the_other_languages_and_the_place_of_the_own_is_counted_apart() -> None:
    data = cross_lingual.corpus({language: {"0": text["0"]} for language, text in TEXTS.items()})
    run = {"en/0": {"ja/0": 3.0, "en/0": 2.0, "mr/0": 1.0}, "mr/0": {"mr/0": 1.0}, "hi/0": {}, "ja/0": {"x": 1.0}}
    found = {row.language: row for row in cross_lingual.rows(data, {"system": run})}
    assert found["en"].others == pytest.approx(2 / 3)
    assert found["en"].own == pytest.approx(0.6309, abs=1e-4)  # second place: 1 / log2(3)
    assert (found["mr"].others, found["mr"].own) == (0.0, 1.0)
    assert found["hi"].others == found["ja"].others == found["hi"].own == 0.0


def test_the_versions_in_other_languages_are_found_in_one_index(tmp_path: Path) -> None:
    rows = cross_lingual.measure(TEXTS, tmp_path)
    fused = {(row.corpus, row.language): row for row in rows if row.system == "fused"}
    assert {language for corpus, language in fused if corpus == "mixed"} == set(cross_lingual.LANGUAGES)
    assert min(row.others for (corpus, _), row in fused.items() if corpus == "mixed") >= 0.6
    assert {row.own for (corpus, _), row in fused.items() if corpus == "mixed"} == {1.0}
    assert all(row.own is None for (corpus, _), row in fused.items() if corpus == "own missing")
    assert {"dense", "rrf", "z-fusion", "langchain"} <= {row.system for row in rows}


def test_a_folder_without_the_sets_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = tmp_path / ("[a] folder whose name is longer than a line " * 3)
    assert main(["mixed", str(absent), "--udhr", str(tmp_path)]) == 2
    assert f"{absent}/sib200-en-mr/corpus.jsonl cannot be read" in capsys.readouterr().err


def test_articles_are_read_by_their_number_without_headings(tmp_path: Path) -> None:
    page = '<article data-number="3"><h4>Article 3</h4><p>Everyone has the\n right to life.</p></article>'
    (tmp_path / "eng.html").write_text(page, encoding="utf-8")
    assert cross_lingual.articles(tmp_path, "en") == {"article3": "Everyone has the right to life."}
