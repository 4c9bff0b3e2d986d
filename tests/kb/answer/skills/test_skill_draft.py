"""A draft has the form of an office, quotes the papers for every fact, and leaves open what nobody has said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import regex

from kb import KnowledgeBase
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import SkillResult
from kb.answer.skills.drafting.draft import draft
from kb.answer.skills.drafting.draft_request import framed, wanted
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import Answer, Place, Timings, Turn
from lang.languages import Language
from tests.kb.make import base, document
from tests.kb.pact import PACT, ports_of

QUOTED = regex.compile(r"[“「]([^”」]+)[”」]")
GAP = regex.compile(r"\[[^\]\d][^\]]*\]|［[^］]+］")


def question(text: str, language: Language, **more: object) -> Question:
    return Question(text, text, language, skill="draft", **more)  # type: ignore[arg-type]


def made(text: str, language: Language, ports: Ports, **more: object) -> SkillResult:
    found = draft(question(text, language, **more), ports)
    assert found is not None
    return found


def lines(found: SkillResult) -> list[str]:
    (letter,) = (block for block in found.blocks if block.kind == "letter")
    return [row[0].text for row in letter.rows]


@pytest.mark.parametrize(
    ("message", "language", "salutation", "close", "fact"),
    [
        ("Draft a letter about the cost of the tide gauges.", "en", "Dear Sir/Madam,", "Yours faithfully,", PACT["en"][2]),
        ("भरतीमापकांच्या खर्चाबाबत पत्र लिहा.", "mr", "महोदय/महोदया,", "आपला विश्वासू,", PACT["mr"][2]),
        ("नाव योजना के बारे में पत्र लिखिए।", "hi", "महोदय/महोदया", "भवदीय,", "9 मार्च 2027"),
        ("灯台の点検について手紙を書いてください。", "ja", "拝啓", "敬具", "灯台の点検は毎年五月に港湾局が実施する。"),
    ],
)
def test_a_letter_has_the_form_of_its_language_and_quotes_the_papers(
    message: str, language: Language, salutation: str, close: str, fact: str, ports: Ports
) -> None:
    found = made(message, language, ports)
    text = "\n".join(lines(found))
    assert salutation in text
    assert close in text
    assert fact in text
    assert len(GAP.findall(text)) >= 3
    cited = {quote.strip() for statement in found.statements for quote in [statement.text]}
    (letter,) = (block for block in found.blocks if block.kind == "letter")
    for (cell,) in letter.rows:
        for quote in QUOTED.findall(cell.text):
            assert cell.cited, cell.text
            named = {s.citations[0].document for s in found.statements}
            assert any(quote in held for held in cited) or quote in named, quote
    assert all(s.citations[0].status == "verified" for s in found.statements)


def test_contact_points_are_those_of_the_paper_each_on_its_side(ports: Ports) -> None:
    message = (
        "Draft a letter from our contact point to the Ministry's contact point proposing dates for the September meeting "
        "of the Harbour Council."
    )
    text = lines(made(message, "en", ports))
    assert "Ms. Ilse Brandvik, Director of Tides" in text
    assert "Mr. Naresh Kolhe, Harbour Master" in text
    assert text.index("Ms. Ilse Brandvik, Director of Tides") < text.index("Mr. Naresh Kolhe, Harbour Master")
    assert any("[Proposed date 1]" in line for line in text)
    marathi = lines(made("मंत्रालयाच्या संपर्क अधिकाऱ्यांना भरतीमापकांच्या खर्चाबाबत पत्र लिहा.", "mr", ports))
    assert "श्रीमती इल्सा ब्रँडविक, भरती विभागाच्या संचालक" in marathi


def test_the_day_that_is_proposed_stands_where_it_is_asked_for(ports: Ports) -> None:
    pact = tuple(paper for paper in ports.papers() if paper.title == "Pact on Tide Gauges")
    text = "\n".join(
        lines(
            made("Draft a letter to the Ministry proposing 9 September for the meeting of the Harbour Council.", "en", ports, papers=pact)
        )
    )
    assert "(1) 9 September" in text
    assert "[Proposed date 1]" not in text
    assert "[Proposed date 2]" in text


def test_a_reminder_names_the_circular_by_its_number_and_the_day(ports: Ports) -> None:
    text = "\n".join(lines(made("सर्व गोदाम अधिकाऱ्यांना अग्निशमन यंत्रांच्या तपासणीची आठवण करून देणारे पत्र तयार करा.", "mr", ports)))
    assert "परिपत्रक क्रमांक ५२" in text
    assert "१५ जून २०२७" in text
    assert "सर्व गोदाम अधिकारी" in text
    assert "विषय: स्मरणपत्र – अग्निशमन यंत्रांच्या तपासणीबाबत" in text


def test_a_letter_in_the_language_of_another_version_quotes_that_version(ports: Ports) -> None:
    pact = tuple(paper for paper in ports.papers() if paper.language == "en")
    found = made("Draft a letter about the cost of the tide gauges.", "en", ports, papers=pact, answer_in="mr")
    text = "\n".join(lines(found))
    assert PACT["mr"][2] in text
    assert {s.citations[0].language for s in found.statements} == {"mr"}


def test_a_letter_in_a_language_without_a_version_gives_the_values_in_its_words(ports: Ports) -> None:
    text = "\n".join(lines(made("潮位計の費用について手紙を書いてください。", "ja", ports, papers=tuple(ports.papers())[:1])))
    assert "Rs 2.5 crore" in text
    assert "2,500万ルピー" in text


def test_a_follow_up_makes_the_same_draft_anew_in_fewer_lines(ports: Ports) -> None:
    first = made("Draft a letter about the cost of the tide gauges.", "en", ports)
    turn = Turn("Draft a letter about the cost of the tide gauges.", answered(first, "en"))
    short = lines(made("Make it five lines, please", "en", ports, history=(turn,)))
    assert len(short) == 5
    assert any(PACT["en"][2] in line for line in short)
    assert "Yours faithfully," in short
    formal = lines(made("more formal please", "en", ports, history=(turn,)))
    assert "Respected Sir/Madam," in formal
    assert any(PACT["en"][2] in line for line in formal)


@pytest.mark.parametrize(
    ("question", "request_", "language"),
    [
        ("Who bears the cost of the tide gauges?", "ok write that to the Ministry as a letter. leave blank what you do not know", "en"),
        ("ज्वारमापकांचा खर्च कोण करणार?", "मंत्रालयाला तसे कळवणारे पत्र तयार करा. क्रमांक व दिनांक रिकामे ठेवा.", "mr"),
    ],
)
def test_a_letter_after_a_question_says_what_answered_it_under_the_name_of_its_paper(
    held: KnowledgeBase, ports: Ports, question: str, request_: str, language: Language
) -> None:
    answer = held.answer(question)
    said = answer.statements[0].text[slice(*answer.statements[0].answering[0])]
    text = lines(made(request_, language, ports, history=(Turn(question, answer),)))
    assert any(" ".join(said.split())[-40:] in line for line in text)
    (subject,) = (line for line in text if line.startswith(("Subject: ", "विषय: ")))
    assert answer.statements[0].citations[0].document in subject


def test_an_agenda_numbers_its_items_and_a_press_note_has_a_headline(ports: Ports) -> None:
    agenda = lines(made("Draft an agenda for the meeting of the Harbour Council.", "en", ports))
    items = [line for line in agenda if regex.match(r"\d+\. ", line)]
    assert len(items) >= 4
    assert any("September" in item for item in items)
    press = lines(made("Prepare a press note on the cost of the tide gauges.", "en", ports))
    assert press[:2] == ["PRESS NOTE", "The cost of the tide gauges"]
    assert any(line.startswith("[Place], [Date]") for line in press)


def test_what_is_to_be_added_is_looked_up_and_stands_after_what_the_draft_had(ports: Ports) -> None:
    message = "Draft a letter to the Ministry about the cost of the tide gauges."
    first = made(message, "en", ports)
    more = lines(made("Add to it that either side may end the pact", "en", ports, history=(Turn(message, answered(first, "en")),)))
    assert [line for line in more if line.startswith("Article 3")] == [line for line in lines(first) if line.startswith("Article 3")]
    assert any("six months" in line for line in more)
    assert more[2] == lines(first)[2]


@pytest.mark.parametrize(
    ("message", "language", "subject"),
    [
        ("The Ministry asked by letter for two more gauges. Write a polite reply that we agree, but after the monsoon.", "en", "Subject: "),
        ("मंत्रालय को पत्र लिखकर बताइए कि हम दो मापक देंगे, पर पत्र में लिखिए कि बरसात के बाद।", "hi", "विषय – "),
    ],
)
def test_a_message_in_clauses_gives_no_broken_subject_and_is_left_to_be_worded(
    ports: Ports, message: str, language: Language, subject: str
) -> None:
    told = lines(made(message, language, ports))
    (line,) = [line for line in told if line.startswith(subject)]
    said = line.removeprefix(subject).split(" – ")[-1]
    assert GAP.search(line) or said in {info.title for info in ports.papers()} or said in message
    (open_point,) = [line for line in told if message in line]
    assert GAP.fullmatch(open_point)


def test_a_title_before_a_name_ends_no_name(ports: Ports) -> None:
    letter = lines(made("Draft a short letter from Mr. Kolhe to Ms. Brandvik on ending the pact.", "en", ports))
    assert {"Ms. Brandvik", "Mr. Kolhe"} <= set(letter)


def test_where_the_papers_are_silent_the_facts_are_left_open(ports: Ports) -> None:
    nothing = replace(ports, search=lambda query, k, limits: replace(ports.search(query, k, limits), hits=()))
    found = made("Draft a letter about opera tickets.", "en", nothing)
    assert "[Facts from the papers]" in lines(found)
    assert "say nothing" in found.blocks[0].text
    assert found.statements == ()


def test_papers_that_went_meanwhile_make_no_error(ports: Ports) -> None:
    def gone(*_: object) -> str:
        raise UnknownDocumentError("There is no document 1.")

    def nowhere(*_: object) -> Place:
        raise UnknownDocumentError("There is no document 1.")

    found = made("Draft a letter from our contact point about tide gauges.", "en", replace(ports, text=gone, place=nowhere))
    assert found.statements == ()
    assert "[Facts from the papers]" in lines(found)


def answered(found: SkillResult, language: Language) -> Answer:
    return Answer("", language, "extractive", found.statements, None, Timings(0, 0, 0), skill="draft", blocks=found.blocks)


def test_the_addressee_tells_the_paper_and_each_part_of_the_message_is_looked_up(tmp_path: Path) -> None:
    lease = (
        "Lease of the kiosk to Marlo Teas",
        "Marlo Teas sells a cup of tea for Rs 12.",
        "The rent of Marlo Teas is Rs 4,000 a month.",
    )
    rules = ("Rules for tea stalls", "Tea is sold for a price that is shown, and rent is paid each month by every tea stall.")
    with base(tmp_path) as kb:
        kb.ingest_documents([document("Lease of a kiosk", "en", "other", lease), document("Rules for tea stalls", "en", "other", rules)])
        found = made("Write a letter to Marlo Teas: what a cup of tea may cost, and what the rent is.", "en", ports_of(kb))
        assert {statement.citations[0].document for statement in found.statements} == {"Lease of a kiosk"}
        letter = "\n".join(lines(found))
        assert "Marlo Teas" in letter
        assert "Rs 12" in letter
        assert "Rs 4,000" in letter


def test_a_japanese_addressee_keeps_the_honorific_it_has() -> None:
    asked = wanted("看板を出している株式会社海風堂 御中あてに、通知文を作ってください。", "ja")
    assert asked.addressee == "株式会社海風堂 御中"
    assert framed("addressed", "ja", name=asked.addressee) == "株式会社海風堂 御中"
    assert framed("addressed", "ja", name="橋本") == "橋本 様"


def test_a_notice_to_somebody_is_a_letter_and_a_circular_stays_one() -> None:
    assert wanted("दीपक संस्था को नोटिस का मसौदा बनाइए: लालटेन वापस करें।", "hi").kind == "letter"
    assert wanted("Write a circular to all lamp keepers on oil.", "en").kind == "circular"


def test_a_letter_to_one_of_a_register_quotes_that_row_and_no_other(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    rows = [("K-01", "Berit Moll", "tea"), ("K-02", "Anton Rask", "kites"), ("K-03", "Clara Venn", "lamps"), ("K-04", "Otto Lind", "fish")]
    register.write_text("Licence,Holder,Trade,Expires\n" + "".join(f"{a},{b},{c},1 May 2025\n" for a, b, c in rows), encoding="utf-8")
    with base(tmp_path / "home") as kb:
        kb.ingest([register])
        found = made("Write a letter to Anton Rask that his licence for kites has expired.", "en", ports_of(kb))
        (quoted,) = [line for line in lines(found) if line.startswith("“")]
        assert "K-02" in quoted
        assert not any(other in quoted for other in ("Berit Moll", "Clara Venn", "Otto Lind"))


MINUTES = """# Minutes of the Harbour Lights Committee

Present: Ms. Ottoline Marsh, Mr. Bram Fenwick

## 1. Lamps of the quay

Eleven of the forty lamps are out since the storm of 3 March. Mr. Fenwick will ask for quotations by 30 April.

## 2. Night ferry

The night ferry carried 212 passengers a week. The committee resolved to keep it until October.

## 3. Any other business

There was none.

(recorded by: B. Fenwick)
"""


def test_the_agenda_of_the_next_meeting_has_what_the_minutes_tell_and_nothing_of_their_form(tmp_path: Path) -> None:
    (tmp_path / "minutes.md").write_text(MINUTES, encoding="utf-8")
    with base(tmp_path / "home") as kb:
        kb.ingest([tmp_path / "minutes.md"])
        of = tuple(kb.documents())
        seen = replace(ports_of(kb), known_by=kb._ports().known_by)
        agenda = lines(made("Draft the agenda of the next Harbour Lights Committee meeting.", "en", seen, papers=of, named=of))
    said = " ".join(agenda)
    assert "lamps" in said
    assert "night ferry" in said
    assert "recorded by" not in said
    assert "Present" not in said


def test_whom_a_letter_is_to_ends_where_what_it_says_begins() -> None:
    asked = wanted("Draft a reply from the Harbour Council to Commissioner Hale: we will send one observer.", "en")
    assert asked.addressee == "Commissioner Hale"
    assert asked.sender == "the Harbour Council"


def test_a_note_on_what_must_be_done_by_when_quotes_the_duties(ports: Ports) -> None:
    circular = tuple(paper for paper in ports.papers() if paper.title == "अग्निसुरक्षा परिपत्रक")
    found = made("Draft a note for the commissioner: what must the warehouse officers do and by when", "en", ports, papers=circular)
    text = "\n".join(lines(found))
    assert "१५ जून २०२७" in text
    pact = tuple(paper for paper in ports.papers() if paper.title == "Pact on Tide Gauges" and paper.language == "en")
    text = "\n".join(lines(made("Draft an office note: what must be done and by when under the Pact", "en", ports, papers=pact)))
    assert "shall inspect the lighthouse" in text
    assert "is to keep the tide gauges" not in text  # the purpose is no duty
