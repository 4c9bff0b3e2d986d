"""What reads a passage together with the question: which of several answers, and with which words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb import Settings, SettingsError
from kb.embed.cache import CachedReader
from kb.embed.cross_encoders import PassageReader
from kb.embed.e5_model import BundledEmbedder
from kb.embed.e5_weights import open_reader_file, packed
from kb.embed.embedder import open_embedder, open_reader
from lang.languages import Language

TITLE: dict[Language, str] = {"en": "Ferry Rules of Marshport", "hi": "मार्शपोर्ट नाव नियम", "mr": "मार्शपोर्ट नाव नियम", "ja": "渡船利用規程"}
ANSWERS: dict[Language, str] = {
    "en": "A passenger who cancels at least two days before the crossing gets ninety per cent of the fare back.",
    "hi": "जो यात्री यात्रा से कम से कम दो दिन पहले टिकट रद्द करता है, उसे किराए का नब्बे प्रतिशत वापस मिलेगा।",
    "mr": "जो प्रवासी प्रवासाच्या किमान दोन दिवस आधी तिकीट रद्द करतो, त्याला भाड्याच्या नव्वद टक्के रक्कम परत मिळेल.",
    "ja": "乗船の二日前までに取り消した乗客には、運賃の九割を払い戻す。",
}
BESIDE: dict[Language, str] = {
    "en": "The ferry leaves every forty minutes; bicycles are carried on the lower deck and dogs are kept on a lead.",
    "hi": "नाव हर चालीस मिनट पर छूटती है; साइकिलें निचले तल पर रखी जाती हैं और कुत्तों को पट्टे में रखा जाता है।",
    "mr": "नाव दर चाळीस मिनिटांनी सुटते; सायकली खालच्या मजल्यावर ठेवल्या जातात आणि कुत्र्यांना पट्टा बांधला जातो.",
    "ja": "渡船は四十分ごとに出航し、自転車は下の甲板に載せ、犬には引き綱を付ける。",
}
ASKED: dict[Language, str] = {
    "en": "How much money do I get back if I cancel my ticket?",
    "hi": "टिकट रद्द करने पर कितना पैसा वापस मिलता है?",
    "mr": "तिकीट रद्द केल्यास किती पैसे परत मिळतात?",
    "ja": "切符をキャンセルしたらいくら戻りますか。",
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PassageReader:
    cache = tmp_path_factory.mktemp("reader")
    return PassageReader(BundledEmbedder(cache), cache)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("told", ANSWERS)
def test_what_answers_is_read_above_what_stands_beside_it(reader: PassageReader, asked: Language, told: Language) -> None:
    answers, beside = reader.read(ASKED[asked], [(TITLE[told], ANSWERS[told]), (TITLE[told], BESIDE[told])])
    assert answers.odds > beside.odds + 1


def test_a_long_passage_is_read_to_its_end(reader: PassageReader) -> None:
    long = f"{BESIDE['en']} " * 20
    without, at_its_end = reader.read(ASKED["en"], [(TITLE["en"], long), (TITLE["en"], long + ANSWERS["en"])])
    assert at_its_end.odds > without.odds + 1
    assert at_its_end.start > 0
    assert at_its_end.end == len(long + ANSWERS["en"])


def test_a_reading_does_not_depend_on_what_is_read_beside_it(reader: PassageReader) -> None:
    (alone,) = reader.read(ASKED["mr"], [(TITLE["mr"], ANSWERS["mr"])])
    among = reader.read(ASKED["mr"], [(TITLE["en"], BESIDE["en"] * 3), (TITLE["mr"], ANSWERS["mr"]), ("", "")])[1]
    assert among.odds == pytest.approx(alone.odds, abs=1e-3)


def test_an_empty_question_and_an_empty_passage_are_read_without_harm(reader: PassageReader) -> None:
    assert reader.read("", []) == []
    (read,) = reader.read("", [("", "")])
    assert np.isfinite(read.odds)
    assert (read.start, read.end) == (0, 0)


def test_a_passage_is_read_once_for_a_question(reader: PassageReader) -> None:
    opened: list[int] = []

    def open_one() -> PassageReader:
        opened.append(1)
        return reader

    kept = CachedReader(open_one)
    assert opened == []
    first = kept.read(ASKED["en"], [(TITLE["en"], ANSWERS["en"])])
    assert kept.read(ASKED["en"], [(TITLE["en"], ANSWERS["en"])]) == first
    assert opened == [1]


def test_a_process_has_one_reader(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path)
    open_embedder(settings)
    assert open_reader(settings) is open_reader(settings)


def test_weights_are_kept_in_eight_bits_a_number(tmp_path: Path) -> None:
    drawn = np.random.default_rng(3)
    made = {"l7.q.w": drawn.normal(size=(4, 6)).astype(np.float32), "l7.q.b": drawn.normal(size=4).astype(np.float32)}
    (tmp_path / "reader.npz").write_bytes(packed(7, made))
    kept = open_reader_file(tmp_path / "reader.npz")
    numbers, scales = kept.rows("l7.q.w")
    assert kept.first == 7
    assert np.allclose(numbers * scales[:, None], made["l7.q.w"], atol=float(np.abs(made["l7.q.w"]).max()) / 127)
    assert np.array_equal(kept.floats("l7.q.b"), made["l7.q.b"])


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_weights_that_cannot_be_read_are_a_clear_error(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "reader.npz"
    file.write_bytes(data)
    with pytest.raises(SettingsError, match=r"reader\.npz.*Reinstall"):
        open_reader_file(file)
