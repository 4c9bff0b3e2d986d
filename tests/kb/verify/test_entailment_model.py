"""The trained model that tells whether quotes bear out a statement: its arithmetic, and what it is given to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.embed.e5_model import BundledEmbedder
from kb.verify.entailment_model import EntailmentModel, read_digits

DUTY = "市は、毎月、報告書を県に提出しなければならない。"
QUOTE = "The Board shall read the meters on the first working day of each month."


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> BundledEmbedder:
    return BundledEmbedder(tmp_path_factory.mktemp("e5"))


@pytest.fixture(scope="module")
def model(bundled: BundledEmbedder) -> EntailmentModel:
    return EntailmentModel(bundled.layered)


def test_the_last_and_the_middle_layer_are_the_states_that_texts_are_compared_by(bundled: BundledEmbedder) -> None:
    layered = bundled.layered(f"query: {QUOTE}", 100)
    (told,) = bundled.tokens([QUOTE])
    inside = layered[1 + len(bundled.encoded("query:")[0]) : -1]
    unit = inside / np.linalg.norm(inside, axis=2, keepdims=True)
    assert inside.shape[1] == 4
    np.testing.assert_allclose(unit[:, 3], told.states, atol=1e-5)
    np.testing.assert_allclose(unit[:, 2], told.middle, atol=1e-5)


def test_no_more_tokens_are_read_than_are_wanted(bundled: BundledEmbedder) -> None:
    assert len(bundled.layered("one two three four five six seven eight nine ten", 4)) == 4 + 2


@pytest.mark.parametrize(
    ("true", "false", "quote"),
    [
        ("The Board must read the meters every month.", "The Board may read the meters every month.", QUOTE),
        ("The meters are to be read by the Board each month.", "The meters are to be read by the tenants each month.", QUOTE),
        ("संस्था दर महिन्याला अहवाल सादर करील.", "संस्था दर महिन्याला अहवाल सादर करणार नाही.", "संस्था दर महिन्याला महापालिकेला अहवाल सादर करील."),
        ("市は毎月報告書を提出しなければならない。", "市は毎月報告書を提出することができる。", DUTY),
        ("The city must hand in a report every month.", "The city may hand in a report every month.", DUTY),
        ("परिषद हर वर्ष दो बैठकें करेगी।", "परिषद ने इस वर्ष दो बैठकें कीं।", "The Council will meet twice a year."),
    ],
)  # fmt: skip
def test_a_true_sentence_has_more_for_it_than_a_false_one(model: EntailmentModel, true: str, false: str, quote: str) -> None:
    assert model.log_odds(true, "", [quote]) > model.log_odds(false, "", [quote])


def test_the_same_sentence_has_the_same_odds_whatever_was_read_before(model: EntailmentModel, bundled: BundledEmbedder) -> None:
    first = model.log_odds("The Board reads the meters.", "Rules", [QUOTE])
    model.log_odds("Dogs travel on the lower deck.", "Ferry", ["Dogs travel on the lower deck."])
    assert model.log_odds("The Board reads the meters.", "Rules", [QUOTE]) == first
    assert EntailmentModel(bundled.layered).log_odds("The Board reads the meters.", "Rules", [QUOTE]) == first


def test_digits_of_all_scripts_are_read_as_one() -> None:
    assert read_digits("१२, १２ and 12") == "12, 12 and 12"


@pytest.mark.slow
def test_what_is_trained_is_what_is_computed(bundled: BundledEmbedder, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from eval.fit.verification.comparer import States, Training
    from kb.embed.e5_weights import open_reader_file, packed
    from kb.verify.entailment_model import compared, reduced

    torch.set_num_threads(1)
    states = States.of(bundled.layered, [(QUOTE, 50), ("市は、毎月、報告書を提出する。", 50), ("अहवाल दर महिन्याला सादर करावा.", 50)] * 4)
    training = Training(states)
    said, held = states.row("The Board reads the meters.", 50), states.row(QUOTE, 50)
    path = tmp_path / "model.npz"
    path.write_bytes(packed(0, training.tensors()))
    weights = open_reader_file(path).dense()
    mine = [reduced(bundled.layered(text, 50), weights) for text in ("The Board reads the meters.", QUOTE)]
    network = training._network.eval()
    with torch.no_grad():
        rows = [torch.from_numpy(states.kept[row]).float()[None] for row in (said, held)]
        masks = [torch.ones(row.shape[:2], dtype=torch.bool) for row in rows]
        score, _ = network(rows[0], masks[0], rows[1], masks[1], torch.tensor([0]))
    assert compared(*mine, weights) == pytest.approx(float(score), abs=0.03)
