"""The points of a paper that is built of clauses: spread over them, with what orders and limits, in four languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.records import Block
from kb import KnowledgeBase, Settings
from kb.answer.skills.summaries.clause_segmentation import parts_in
from kb.answer.skills.summaries.packing import pack
from kb.answer.skills.summaries.summary import summary
from kb.answer.skills.summaries.summary_sentences import said_in
from kb.ports import Ports
from tests.kb.make import base
from tests.kb.summary_papers import paper, ports_of, wanted
from tests.once import copied, once

TEXTS = {
    "keys.txt": """HARBOUR COLLEGE OF WESTERHOLM

Circular No. 14 of 2026

Subject: Keys of the laboratories

1. In May 2025 three laboratories stood open for a whole weekend and 41 microscopes were lost.

2. Meaning. "Key" means any key or card which opens a laboratory, a store or a locker of the College.

3. Key keeper. Every department shall name a key keeper by 20 February 2026.

4. Register. The key keeper shall enter each key in the register on the day on which it is lent.

5. Lending. No key may be lent for longer than 12 hours.

6. Loss. A lost key must be reported within 2 hours. The lock is changed at a cost of 90 euros.

7. Guests. Guests may not be given a key.

8. Enquiries. Questions may be put to the porter, extension 41, on working days.
""",
    "vasatigruha.md": """# वसतिगृह सुरक्षा परिपत्रक

## १. प्रवेश

रात्री १० नंतर वसतिगृहात प्रवेश दिला जाणार नाही.

## २. ओळखपत्र

प्रत्येक विद्यार्थ्याने ३१ जुलै २०२६ पर्यंत ओळखपत्र घ्यावे.

## ३. पाहुणे

पाहुण्यांना दोन तासांपेक्षा अधिक काळ थांबता येणार नाही.

## ४. अनामत

अनामत रक्कम २,५०० रुपये राहील.

## ५. आग

दर महिन्याला अग्निशमन यंत्रांची तपासणी करणे बंधनकारक राहील.

## ६. दंड

नियम मोडल्यास ५०० रुपये दंड आकारला जाईल.
""",
    "pustakalay.md": """# पुस्तकालय परिपत्र

## 1. सदस्यता

सदस्यता शुल्क 150 रुपये प्रतिवर्ष होगा।

## 2. पुस्तकें

एक सदस्य को अधिकतम चार पुस्तकें दी जाएँगी।

## 3. वापसी

पुस्तक 21 दिन के भीतर लौटाना अनिवार्य होगा।

## 4. विलंब

विलंब होने पर प्रतिदिन 5 रुपये दंड लिया जाएगा।

## 5. वाचनालय

वाचनालय में भोजन ले जाना प्रतिबंधित है।

## 6. मिलान

पुस्तकों का मिलान 31 मार्च, 2027 तक पूर्ण किया जाए।
""",
    "jitensha.md": """# 市営駐輪場の利用について（通知）

## 1 登録

利用者は、4月20日までに登録を申請してください。

## 2 利用時間

利用時間は、午前5時から午後11時までとします。

## 3 利用料

利用料は、1か月につき1,800円とします。

## 4 放置

7日を超えて置かれた自転車は、撤去しなければならない。

## 5 引取り

撤去した自転車は、30日以内に引き取ってください。

## 6 返金

納付された利用料は、返金しません。
""",
}


def make(folder: Path) -> None:
    (folder / "papers").mkdir()
    for name, text in TEXTS.items():
        (folder / "papers" / name).write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=folder / "home")) as kb:
        assert not kb.ingest([folder / "papers"]).rejected


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    home = once(tmp_path_factory, "summary-clauses", make) / "home"
    with base(copied(home, tmp_path_factory.mktemp("clauses") / "home")) as kb:
        yield ports_of(kb)


def rows(ports: Ports, name: str, language: str, points: int) -> list[tuple[str, str]]:
    made = summary(wanted("summary", language, paper(ports, name), points=points), ports)
    assert made is not None
    return [(row[0].text, row[1].text) for block in made.blocks if block.kind == "points" for row in block.rows]


@pytest.mark.parametrize(
    ("name", "language", "told"),
    [
        ("keys.txt", "en", ("20 February 2026", "12 hours", "within 2 hours")),
        ("vasatigruha.md", "mr", ("३१ जुलै २०२६", "दोन तासांपेक्षा", "५०० रुपये")),
        ("pustakalay.md", "hi", ("21 दिन", "31 मार्च, 2027", "अधिकतम चार")),
        ("jitensha.md", "ja", ("4月20日", "1,800円", "30日以内")),
    ],
)
def test_three_points_hold_the_days_and_limits_of_more_clauses_than_three(
    name: str, language: str, told: tuple[str, ...], ports: Ports
) -> None:
    found = rows(ports, name, language, 3)
    said = " ".join(text for _, text in found)
    assert len(found) == 3
    assert all(words in said for words in told)


def test_what_is_asked_of_whom_and_what_a_word_means_give_way(ports: Ports) -> None:
    assert "extension 41" not in " ".join(text for _, text in rows(ports, "keys.txt", "en", 1))
    assert "means any key" not in " ".join(text for _, text in rows(ports, "keys.txt", "en", 5))


def test_labels_are_those_of_the_clauses_and_stand_in_the_order_of_the_paper(ports: Ports) -> None:
    found = rows(ports, "keys.txt", "en", 5)
    labels = [label for row, _ in found for label in row.split(" · ")]
    order = ["Key keeper", "Register", "Lending", "Loss", "Guests"]
    assert [label for label in labels if label in order] == [label for label in order if label in labels]
    assert {"Key keeper", "Lending"} <= set(labels)
    assert all(not text.startswith(("Key keeper.", "Lending.")) for _, text in found)


def test_a_reader_of_another_language_gets_labels_of_their_own(ports: Ports) -> None:
    assert not any("Key keeper" in label for label, _ in rows(ports, "keys.txt", "hi", 3))


def test_each_quote_of_a_joined_point_is_cited(ports: Ports) -> None:
    made = summary(wanted("summary", "en", paper(ports, "keys.txt"), points=3), ports)
    assert made is not None
    for block in made.blocks:
        for row in block.rows:
            quotes = [" ".join(made.statements[at].text.split()) for at in row[1].cited]
            assert " · ".join(quotes) == row[1].text


def test_a_point_has_room_for_no_more_than_can_be_read() -> None:
    worth, sizes, clauses = np.array([0.5, 0.9, 0.1, 0.8, 0.0], dtype=np.float32), [100, 100, 100, 300, 50], [0, 0, 1, 1, 2]
    assert pack(worth, sizes, clauses, 1, 210) == [[0, 1]]
    assert pack(worth, sizes, clauses, 2, 210) == [[0, 1], [3]]  # a long sentence is a point by itself
    assert pack(worth, sizes, clauses, 9, 210) == [[0], [1], [2], [3]]  # what is worth nothing is not told
    for most in (1, 2, 3):
        packed = pack(worth, sizes, clauses, most, 210)
        assert len(packed) == most
        assert all(sum(sizes[at] for at in point) <= 210 * 1.2 for point in packed if len(point) > 1)
    assert pack(worth, sizes, clauses, 0, 210) == []
    assert pack(np.zeros(0, dtype=np.float32), [], [], 3, 210) == []


def test_a_table_is_told_by_its_rows_with_the_names_of_their_columns() -> None:
    text = "Limits\n\nArea | Day | Night\nHomes | 55 | 45\nSilence | 50 | 40\n"
    rows = [line for line in text.splitlines() if "|" in line]
    outline = [Block(1, "heading", ("Limits",), "", 0, 6, "en")]
    outline += [Block(1, "table_row", ("Limits",), "", text.index(row), text.index(row) + len(row), "en") for row in rows]
    told = [sentence.shown for clause in parts_in(text, outline, "en") for sentence in clause.sentences]
    assert told == ["Area: Homes · Day: 55 · Night: 45", "Area: Silence · Day: 50 · Night: 40"]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("This Pact is in force for four years from the day of signature.", False),
        ("यह समझौता 7 फ़रवरी 2024 को हस्ताक्षर के दिन से सात वर्ष तक लागू रहेगा।", False),
        ("この協定の有効期間は、締結の日から3年間とする。", False),
        ("Signed in two originals at Westerholm on 14 November 2023.", True),
    ],
)
def test_for_how_long_an_agreement_is_in_force_is_no_signing_line(text: str, signs: bool) -> None:
    lines = ["Opening words of the paper that are long enough to stand before it. " * 20, text]
    body = "\n".join(lines)
    blocks = [
        Block(1, "paragraph", ("Term",), "", 0, len(lines[0]), "en"),
        Block(1, "paragraph", ("Term",), "", len(lines[0]) + 1, len(body), "en"),
    ]
    assert any(text in one.text for one in said_in(body, blocks[1], "Term")) is not signs
