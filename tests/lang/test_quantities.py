"""Numbers, amounts and clause numbers as four languages write them; expected values worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.lines import kanji
from lang.values.numerals import read_kanji
from lang.values.quantities import quantities_in


def read(text: str) -> list[tuple[str, Fraction, str]]:
    return [(q.role, q.value, q.unit) for q in quantities_in(text)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.2 million", 1_200_000, ""),
        ("१२ लाख", 1_200_000, ""),
        ("12,00,000", 1_200_000, ""),
        ("120万", 1_200_000, ""),
        ("百二十万", 1_200_000, ""),
        ("twelve lakh", 1_200_000, ""),
        ("बारह लाख", 1_200_000, ""),
        ("बारा लाख", 1_200_000, ""),
        ("1億2千万円", 120_000_000, "JPY"),
        ("₹ 5.4 crore", 54_000_000, "INR"),
        ("५.४ कोटी रुपये", 54_000_000, "INR"),
        ("Rs. 3 crore 20 lakh", 32_000_000, "INR"),
        ("साडेतीन कोटी रुपये", 35_000_000, "INR"),
        ("US$ 3 billion", 3_000_000_000, "USD"),
        ("thirty days", 30, "day"),
        ("तीस दिन", 30, "day"),
        ("तीस दिवसांच्या", 30, "day"),
        ("30日以内", 30, "day"),
        ("1年を経過したときは廃棄する", 12, "month"),
        ("有効期間は5年とする", 60, "month"),
        ("三十日前", 30, "day"),
        ("two weeks", 14, "day"),
        ("three years", 36, "month"),
        ("तीन वर्षे", 36, "month"),
        ("तीन साल", 36, "month"),
        ("3年間", 36, "month"),
        ("1年6か月", 18, "month"),
        ("one year and six months", 18, "month"),
        ("एक वर्ष सहा महिने", 18, "month"),
        ("one and a half years", 18, "month"),
        ("90 per cent", 90, "percent"),
        ("९० टक्के", 90, "percent"),
        ("2割", 20, "percent"),
        ("18.5 km", 18_500, "m"),
        ("१८.५ किमी", 18_500, "m"),
        ("2 hectares", 20_000, "m2"),
        ("45 MLD", 45_000_000, "l"),
        ("सवा दो सौ", 225, ""),
        ("दोनशे पन्नास", 250, ""),
        ("two hundred and fifty thousand", 250_000, ""),
        ("二〇二五年", 2025, ""),
        ("एक हजार पाचशे", 1_500, ""),
        ("अडीच तास", 150, "minute"),
        ("५ कोटींच्या", 50_000_000, ""),
        ("पाच लाखांचा", 500_000, ""),
        ("१२ लाखाचा", 1_200_000, ""),
        ("२ हजारांहून", 2_000, ""),
        ("तिघांना", 3, ""),
        ("एका मिनिटात", 1, "minute"),
        ("a thousand", 1_000, ""),
        ("half a million", 500_000, ""),
        ("1時間半", 90, "minute"),
        ("2年半", 30, "month"),
        ("783 किमी वर्ग", 783_000_000, "m2"),
        ("12km2の", 12_000_000, "m2"),
        ("2 dozen", 24, ""),
        ("२ डझनाहून", 24, ""),
        ("दो दर्जन", 24, ""),
        ("a dozen", 12, ""),
        ("584 mln", 584_000_000, ""),
        ("90 seconds", Fraction(3, 2), "minute"),
        ("90秒間", Fraction(3, 2), "minute"),
        ("3 मिनट 30 सेकंड", Fraction(7, 2), "minute"),
        ("4:41.30", 4 + Fraction(4130, 6000), "minute"),
        ("4分41秒30", 4 + Fraction(4130, 6000), "minute"),
        ("2:11.60 hours", 131 + Fraction(3, 5), "minute"),
        ("8½", Fraction(17, 2), ""),
        ("8 ½", Fraction(17, 2), ""),
        ("8 1⁄2", Fraction(17, 2), ""),
        ("8 1/2", Fraction(17, 2), ""),
        ("½ kg", 500, "g"),
        ("802.11n", Fraction(80211, 100), ""),
    ],
)
def test_an_amount_is_one_value_however_it_is_written(text: str, value: int | Fraction, unit: str) -> None:
    assert read(text) == [("amount", Fraction(value), unit)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Article 4(2)(b)", "§a4.2.b"),
        ("ARTICLE IV", "§a4"),
        ("कलम ४(२)", "§a4.2"),
        ("कलम 4 (2)", "§a4.2"),
        ("अनुच्छेद 4", "§a4"),
        ("第4条第2項", "§a4.2"),
        ("第四条第二項", "§a4.2"),
        ("section 3.1", "§a3.1"),
    ],
)
def test_a_clause_number_is_read_in_any_script(text: str, code: str) -> None:
    assert [(q.role, q.code) for q in quantities_in(text)] == [("clause", code)]


@pytest.mark.parametrize(
    "text",
    [
        "一部の市民",
        "一般的な方針",
        "十分な説明",
        "千葉市",
        "the participants",
        "सातत्याने",
        "統一",
        "三菱",
        "अण्णा हजारे",
        "सौ. किर्लोस्कर",
        "scheduled taxis",
        "दर्जनों",
        "डझनाच्या वर",
    ],
)
def test_words_that_only_look_like_numbers_are_none(text: str) -> None:
    assert quantities_in(text) == ()


def test_numbers_side_by_side_stay_apart() -> None:
    assert [value for _, value, _ in read("60 sensors in 3 wards and 4 depots")] == [60, 3, 4]
    assert [value for _, value, _ in read("20-25 sensors")] == [20, 25]
    assert [value for _, value, _ in read("5 years and 3 years")] == [60, 36]
    assert [unit for _, _, unit in read("4:41.30, 2:11.60 minutes slower")] == ["minute", "minute"]
    assert [value for _, value, _ in read("1/2")] == [1, 2]


def test_ordinals_are_told_from_amounts() -> None:
    assert read("the third phase") == [("ordinal", 3, "")]
    assert read("तिसरा टप्पा") == [("ordinal", 3, "")]
    assert read("3rd phase") == [("ordinal", 3, "")]
    assert read("第3期") == [("ordinal", 3, "")]
    assert read("1,000枚目") == [("ordinal", 1000, "")]
    assert read("twenty-first century") == [("ordinal", 21, "")]
    assert read("the first phase") == []
    assert read("चोविसावा") == read("चोवीसावे") == [("ordinal", 24, "")]
    assert read("नववे") == [("ordinal", 9, "")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("H5N1の", "h5n1"), ("HJR-3は", "hjr3"), ("F1モーター", "f1"), ("११ः२९ वाजता", "11:29"), ("पहाटे ५ वाजण्याच्या", "5:00")],
)
def test_a_mixed_name_and_a_time_are_codes_in_any_script(text: str, code: str) -> None:
    assert [(q.role, q.code) for q in quantities_in(text)] == [("code", code)]


def test_a_quantity_knows_its_place_in_the_original_text() -> None:
    text = "हा करार तीस दिवसांच्या सूचनेने संपतो."
    [found] = quantities_in(text)
    assert text[found.start : found.end] == found.text
    assert found.text.startswith("तीस दिवस")


def test_nothing_is_read_inside_a_date() -> None:
    text = "Signed on 12 March 2025 for 3 years"
    assert [q.value for q in quantities_in(text, [(10, 23)])] == [36]


@given(st.integers(min_value=1, max_value=9999))
def test_kanji_numerals_are_read_back(number: int) -> None:
    assert read_kanji(kanji(number)) == number


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_spans_are_verbatim(text: str) -> None:
    for found in quantities_in(text):
        assert text[found.start : found.end] == found.text
