"""The recipe for a language: Esperanto, in one file of a few words, is read, searched and answered from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.recipes.changed_project import followed, run

ESPERANTO = (Path(__file__).parent / "files" / "eo.toml").read_text(encoding="utf-8")
PAPER = """Interkonsento pri akvo

Artikolo 1. Komitato

La komuna komitato de la urboj kunvenas dufoje en ĉiu jaro. D-ro Lumo gvidas la kunvenojn de la komitato.

Artikolo 2. Subskribo

Tiu interkonsento estis subskribita en Verdurbo la 12-a de marto 2025. Ĝi validas dum tri jaroj.

Artikolo 3. Kostoj

Ĉiu urbo pagas siajn proprajn kostojn. La projekto havas kvardek sensilojn sur la pontoj de la rivero.
"""
pytestmark = pytest.mark.slow
SCRIPT = """
import json, pathlib
from kb import Filters, KnowledgeBase, Settings
from kb.records import Turn
from lang.labels import read_label
from lang.languages import detect
from lang.references import references
from lang.sentences import sentence_spans
from lang.values.dates import dates_in, durations_in
from lang.values.quantities import quantities_in
from lang.words.search_tokens import content_words

paper = pathlib.Path("interkonsento.txt")
text = paper.read_text(encoding="utf-8")
ENGLISH = "The committee of the towns meets twice a year."
found = {
    "languages": [detect(line) for line in (text, ENGLISH, "आज की बैठक में निर्णय लिया गया", "委員会は年に二回開かれる。")],
    "headings": [detect("Komitato", "eo"), detect("Komitato")],
    "sentences": [text[start:end] for start, end in sentence_spans(text, "eo") if not text[start:end].startswith("Artikolo")],
    "dates": [str(date.when) for date in dates_in(text)],
    "durations": [str(one.value) for one in durations_in(text)],
    "numbers": [[int(one.value), one.unit] for one in quantities_in("Kvardek sensiloj, du milionoj da homoj, tri jaroj")],
    "words": content_words("Kiom da sensiloj staras sur la pontoj?", "eo"),
    "label": [read_label("Artikolo 2. Subskribo").family, read_label("Artikolo 2. Subskribo").value],
    "reference": references("Kion diras artikolo 3?")[0].keys,
}
with KnowledgeBase.open(Settings.load(home=pathlib.Path("home"))) as base:
    base.ingest([paper])
    (document,) = base.documents()
    found["document"] = document.language
    hit = base.search("sensiloj sur pontoj", filters=Filters(languages=("eo",))).hits[0]
    found["hit"] = [hit.language, hit.text]
    asked = "Kiam estis subskribita tiu interkonsento?"
    answers = [base.answer(asked), base.answer("Kiom da sensiloj havas la projekto?"), base.answer("How many sensors are on the bridges?")]
    answers.append(base.answer("Kaj kiu gvidas ĝin?", history=[Turn(asked, answers[0])]))
    found["answers"] = [[one.language, one.refusal is None, [c.quote for s in one.statements for c in s.citations]] for one in answers]
    found["spans"] = all(
        c.status == "verified" and text.replace("\\n\\n", "\\n").find(c.quote) >= 0
        for one in answers for s in one.statements for c in s.citations
    )
    found["overview"] = [bool(base.overview(document.id, language).lines.rows) for language in ("en", "mr")]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    literal = 'Language: TypeAlias = Literal["mr", "hi", "en", "ja", "und"]'
    edits = {
        "lang/data/eo.toml": ESPERANTO,
        "lang/languages.py": [(literal, literal.replace('"ja"', '"ja", "eo"'))],
        "interkonsento.txt": PAPER,
    }
    told: dict[str, Any] = json.loads(run(followed(tmp_path_factory.mktemp("language"), edits), "-c", SCRIPT))
    return told


def test_a_text_in_it_is_told_from_the_other_languages(found: dict[str, Any]):
    assert found["languages"] == ["eo", "en", "hi", "ja"]
    assert found["headings"] == ["eo", "en"]
    assert found["document"] == "eo"


def test_its_sentences_end_where_they_do(found: dict[str, Any]):
    assert found["sentences"] == [
        "Interkonsento pri akvo",
        "Komitato",
        "La komuna komitato de la urboj kunvenas dufoje en ĉiu jaro.",
        "D-ro Lumo gvidas la kunvenojn de la komitato.",
        "Subskribo",
        "Tiu interkonsento estis subskribita en Verdurbo la 12-a de marto 2025.",
        "Ĝi validas dum tri jaroj.",
        "Kostoj",
        "Ĉiu urbo pagas siajn proprajn kostojn.",
        "La projekto havas kvardek sensilojn sur la pontoj de la rivero.",
    ]


def test_its_dates_lengths_of_time_and_numbers_are_read(found: dict[str, Any]):
    assert found["dates"] == ["2025-03-12"]
    assert found["durations"] == ["3 years"]
    assert found["numbers"] == [[40, ""], [2_000_000, ""], [36, "month"]]


def test_its_labels_and_references_name_the_articles(found: dict[str, Any]):
    assert found["label"] == ["article", 2]
    assert found["reference"] == ["§a3"]


def test_its_words_are_compared_without_endings(found: dict[str, Any]):
    assert found["words"] == ["da", "sensil", "star", "pont"]
    assert found["hit"][0] == "eo"
    assert "kvardek sensilojn" in found["hit"][1]


def test_questions_in_it_and_in_others_are_answered_with_quotes_of_its_papers(found: dict[str, Any]):
    signed, sensors, english, following = found["answers"]
    assert [signed[0], sensors[0], english[0], following[0]] == ["eo", "eo", "en", "eo"]
    assert any("subskribita en Verdurbo la 12-a de marto 2025." in quote for quote in signed[2][:1])
    assert "La projekto havas kvardek sensilojn sur la pontoj de la rivero." in sensors[2]
    assert all(answered and quotes for _, answered, quotes in found["answers"])
    assert found["spans"]


def test_a_paper_in_it_has_an_overview_for_readers_of_others(found: dict[str, Any]):
    assert found["overview"] == [True, True]
