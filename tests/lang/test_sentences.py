from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lang.languages import LANGUAGES, Language
from lang.sentences import sentence_spans

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
