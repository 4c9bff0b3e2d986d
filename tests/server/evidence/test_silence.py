"""A statement of which no paper speaks is unsupported, and says why; one that the papers bear out, or are near to, is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.records import Filters
from server.evidence.statement_check import check_statement, checked_shape
from tests.once import copied, once
from tests.support import PROJECT
from ui.components.i18n import strings

UNRELATED = (
    "The violin has four strings tuned in fifths.",
    "Chocolate melts at body temperature.",
    "पेंगुइन उड़ नहीं सकते, पर तैरते बहुत अच्छा हैं।",
    "चॉकलेट शरीर के तापमान पर पिघल जाती है।",
    "पेंग्विन उडू शकत नाहीत, पण छान पोहतात.",
    "आंबा हा फळांचा राजा आहे.",
    "ペンギンは空を飛べないが、泳ぎが得意である。",
    "バイオリンには四本の弦がある。",
)
TRUE = (
    "The Joint Committee convenes two times each year, in April and October.",
    "Every dataset has to be approved by the Chief Data Officer before publication.",
    "संयुक्त समिति वर्ष में दो बार मिलती है।",
    "मंच पर 42 विभागों के 318 डेटासेट हैं।",
    "संयुक्त समिती वर्षातून दोनदा भेटते.",
    "दरवर्षी महानगरपालिकेच्या बारा अधिकाऱ्यांना प्रशिक्षण दिले जाते.",
    "風浜市は人口41万人の沿岸都市である。",
    "合同委員会は年に二回開かれる。",
)


def made(folder: Path) -> None:
    with KnowledgeBase.open(Settings.load(home=folder, readers=1)) as kb:
        kb.ingest([PROJECT / "samples" / "documents"])


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home = copied(once(tmp_path_factory, "samples-for-statements", made), tmp_path_factory.mktemp("samples") / "home")
    with KnowledgeBase.open(Settings.load(home=home, readers=1)) as kb:
        yield kb


@pytest.mark.parametrize("statement", UNRELATED)
def test_a_statement_of_which_no_paper_speaks_is_unsupported_and_says_so(samples: KnowledgeBase, statement: str) -> None:
    checked = check_statement(samples, statement, Filters())
    (one,) = checked.sentences
    assert one.verdict.status == "unsupported"
    if one.verdict.findings[0].check != "silent":  # a fact in it that is not borne out tells more
        return
    told = checked_shape(checked, "http://127.0.0.1:8501")
    assert strings(checked.language if checked.language != "und" else "en")("why.silent") in told["reasons"][0]


def test_most_of_them_say_that_no_paper_speaks_of_it(samples: KnowledgeBase) -> None:
    first = [check_statement(samples, statement, Filters()).sentences[0].verdict.findings[0].check for statement in UNRELATED]
    assert first.count("silent") >= len(UNRELATED) - 2


@pytest.mark.parametrize("statement", TRUE)
def test_a_statement_that_the_papers_hold_is_not_said_to_be_spoken_of_nowhere(samples: KnowledgeBase, statement: str) -> None:
    assert not samples.silent_on(statement)
    assert check_statement(samples, statement, Filters()).sentences[0].verdict.status != "unsupported"
