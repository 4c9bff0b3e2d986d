"""Verdicts on statements, with the bundled model as the scorer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from kb.embed.e5_model import BundledEmbedder
from kb.errors import SettingsError
from kb.records import Citation, Finding, Status
from kb.verify.entailment import TRAINED, AlignmentScorer, NliScorer
from kb.verify.verdict import judge
from tests.kb.cross import cross_encoder


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> AlignmentScorer:
    return AlignmentScorer(BundledEmbedder(Path(tmp_path_factory.mktemp("e5"))).tokens)


def cite(quote: str, language: str = "en", status: Status = "verified") -> Citation:
    return Citation(
        document_id=1,
        document="Memorandum",
        source="memorandum.pdf",
        version=1,
        kind="agreement",
        date=date(2025, 3, 12),
        page=2,
        page_label="2",
        path=("Article 6",),
        start=0,
        end=len(quote),
        language=language,  # type: ignore[arg-type]
        quote=quote,
        status=status,
    )


TERMINATION = "Either side may end this memorandum by giving the other ninety days' written notice."


def test_the_words_of_the_quote_itself_are_verified(scorer: AlignmentScorer) -> None:
    assert judge(TERMINATION, [cite(TERMINATION)], scorer).status == "verified"


def test_half_a_sentence_of_the_quote_is_not_taken_for_the_quote(scorer: AlignmentScorer) -> None:
    quote = "The data shall not be shared with third parties without consent."
    assert judge("The data shall", [cite(quote)], scorer).scorer != "verbatim"


@pytest.mark.parametrize("statement", ["x. x. x. x.", "ok", "A?", "हो.", "は"])
def test_what_says_nothing_is_borne_out_by_nothing_whatever_the_scorer_thinks(statement: str, scorer: AlignmentScorer) -> None:
    verdict = judge(statement, [cite(TERMINATION)], scorer)
    assert (verdict.status, verdict.support) == ("unsupported", 0.0)


@pytest.mark.parametrize(
    ("statement", "language"),
    [
        ("Either side can end the memorandum with ninety days of written notice.", "en"),
        ("कोई भी पक्ष नब्बे दिन की लिखित सूचना देकर यह ज्ञापन समाप्त कर सकता है।", "hi"),
    ],
)
def test_a_true_sentence_in_other_words_is_verified(statement: str, language: str, scorer: AlignmentScorer) -> None:
    verdict = judge(statement, [cite(TERMINATION)], scorer)
    assert (verdict.status, verdict.findings) == ("verified", ())


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("Either side can end the memorandum with sixty days of written notice.", "number"),
        ("Either side shall end the memorandum with ninety days of written notice.", "modality"),
        ("Neither side can end the memorandum with ninety days of written notice.", "negation"),
        ("कोणताही पक्ष ६० दिवसांची लेखी सूचना देऊन हा करार संपवू शकतो.", "number"),
        ("いずれの当事者も、90か月前に書面で通知することにより本覚書を終了させることができる。", "number"),
    ],
)
def test_a_changed_sentence_is_unsupported_and_says_why(statement: str, check: str, scorer: AlignmentScorer) -> None:
    verdict = judge(statement, [cite(TERMINATION)], scorer)
    assert verdict.status == "unsupported"
    assert check in {finding.check for finding in verdict.findings}


def test_a_sentence_about_something_else_is_not_verified(scorer: AlignmentScorer) -> None:
    verdict = judge("The depot was painted green by the residents of the ward.", [cite(TERMINATION)], scorer)
    assert verdict.status == "unsupported"
    assert "support" in {finding.check for finding in verdict.findings}


def test_a_quote_that_does_not_stand_in_its_source_supports_nothing(scorer: AlignmentScorer) -> None:
    assert judge(TERMINATION, [cite(TERMINATION, status="unsupported")], scorer).status == "unsupported"
    assert judge(TERMINATION, [], scorer).status == "unsupported"


def test_a_cross_encoder_can_score_the_support(tmp_path: Path) -> None:
    model = cross_encoder(tmp_path)
    scorer = NliScorer(str(model))
    near, far = scorer.score("siren", ["siren siren siren"]), scorer.score("siren", ["a b c d e f g"])
    assert 0 < far < near < 1
    assert scorer.score("siren", ["a b c", "siren siren"]) >= scorer.score("siren", ["a b c"])
    assert scorer.score("siren", []) == 0


def test_a_verifier_without_a_label_for_entailment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="none of which is entailment"):
        NliScorer(str(cross_encoder(tmp_path, outputs=3))).score("siren", ["siren"])


def test_a_verifier_that_is_not_on_this_machine_is_not_fetched(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
    with pytest.raises(SettingsError, match="SETU_VERIFIER"):
        NliScorer(str(tmp_path / "absent")).score("siren", ["siren"])


class Convinced:
    """A trained scorer that is convinced of everything."""

    name = TRAINED

    def score(self, statement: str, quotes: Sequence[str], place: str = "", findings: Sequence[Finding] = ()) -> float:
        return 0.9


class NoNames:
    """A check of names that nobody is to ask."""

    def check(self, statement: str, quotes: Sequence[str], context: Sequence[str]) -> list[Finding]:
        raise AssertionError("the names were looked up")


@pytest.mark.parametrize(
    ("quote", "statement", "language"),
    [
        ("The Board shall repair the pier before the rains begin.", "The Board shall not repair the pier before the rains begin.", "en"),
        ("मंडळ पावसाळ्यापूर्वी उत्तर धक्का दुरुस्त करील.", "मंडळ पावसाळ्यापूर्वी उत्तर धक्का दुरुस्त करणार नाही.", "mr"),
        ("市は雨季の前に北桟橋を修理する。", "市は雨季の前に北桟橋を修理しない。", "ja"),
    ],
)  # fmt: skip
def test_a_denial_put_into_the_quotes_own_words_is_seen_however_sure_the_model_is(quote: str, statement: str, language: str) -> None:
    verdict = judge(statement, [cite(quote, language)], Convinced())
    assert verdict.status != "verified"
    assert "negation" in {finding.check for finding in verdict.findings}


def test_where_the_model_is_convinced_names_are_not_looked_up_and_are_no_finding() -> None:
    quote = "The Board shall repair the north pier before the rains begin."
    verdict = judge("The Harbour Board is to mend the pier before the rains.", [cite(quote)], Convinced(), names=NoNames())  # type: ignore[arg-type]
    assert (verdict.status, verdict.findings) == ("verified", ())


def test_a_wrong_number_is_seen_however_sure_the_model_is() -> None:
    verdict = judge(TERMINATION.replace("ninety", "thirty"), [cite(TERMINATION)], Convinced())
    assert verdict.status == "unsupported"
