from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang.languages import LANGUAGES, Language
from lang.sentences import sentence_spans


def split(text: str, language: Language) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Dr. Rao met Mr. K. Ito in the U.S. Department of Energy.", "They agreed."]),
        ("en", ["See Art. 5 and No. 4 (e.g. data).", "No. 7 is void."]),
        ("en", ["It cost Rs. 3.75 crore, i.e. less.", "“It works.”", "Really?", "Yes!"]),
        ("en", ["4. The Parties shall meet.", "They decide by consensus."]),
        ("en", ["He moved to the U.S. in 2020.", "It was cold in the U.S.", "The winter passed."]),
        ("en", ["Acme Co., Ltd. was chosen, and so was Beta Inc.", "This surprised many."]),
        ("en", ["The name (he said so. Twice.) is new."]),
        ("en", ["In Rao v. State of Bihar it was held so.", "See Article v.", "The fee is due."]),
        ("mr", ["डॉ. शिंदे यांनी क्र. ५ ची पाहणी केली.", "रु. ५०० कोटी मंजूर झाले."]),
        ("mr", ["मे. पलाडियम व श्री. एस. पाटील उपस्थित होते.", "मा. आयुक्तांनी आभार मानले."]),
        ("mr", ["१. हा करार २०२६ रोजी अमलात येईल.", "कलम ३.२ पाहा."]),
        ("hi", ["समझौता हुआ।", "डॉ. सिंह ने कहा, “यह अच्छा है।”", "क्या यह सच है?", "हाँ॥"]),
        ("ja", ["本規程は、市長（以下「市長」という。）が定める。", "「行きます。」と述べた。", "終わり？", "そう！"]),
        ("ja", ["人口は41.5万人である。", "（注）別表を見よ。"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(language: Language, sentences: list[str]) -> None:
    joint = "" if language == "ja" else " "
    assert split(joint.join(sentences), language) == sentences


def test_a_line_end_is_a_boundary_even_without_a_full_stop() -> None:
    assert split("Areas of Cooperation\nThe Parties agree", "en") == ["Areas of Cooperation", "The Parties agree"]


def test_a_missing_space_after_a_marathi_verb_still_ends_the_sentence() -> None:
    assert split("करार करण्यात आले.या कराराने गती मिळेल.", "mr") == ["करार करण्यात आले.", "या कराराने गती मिळेल."]
    assert split("ता.हवेली, जि.पुणे येथील रस्ता", "mr") == ["ता.हवेली, जि.पुणे येथील रस्ता"]


TEXT = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from('.।。!?！？()（）「」"” \n\taA1१कあ漢．|')), max_size=80)


@given(TEXT, st.sampled_from(LANGUAGES))
def test_spans_are_in_order_trimmed_and_cover_all_that_is_not_blank(text: str, language: Language) -> None:
    spans = sentence_spans(text, language)
    covered = [False] * len(text)
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        covered[start:end] = [True] * (end - start)
        last = end
    assert all(done or text[i].isspace() for i, done in enumerate(covered))
