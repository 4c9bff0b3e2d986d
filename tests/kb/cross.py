"""A small CrossEncoder whose scores are known."""

from __future__ import annotations

from pathlib import Path

import pytest

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "siren",
    *"abcdefghijklmnopqrstuvwxyz",
    *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
]


def cross_encoder(folder: Path, outputs: int = 1) -> Path:
    """A real BERT cross-encoder, weights by hand: the more of the pair's tokens are "siren", the higher its score.

    Queries and keys are 0, so that every token attends to all alike; values and output are the identity, so that [CLS] holds the mean of
    all tokens, of which only "siren" has a direction; the classifier looks along it. A large epsilon keeps the layer norms from
    making the length of that mean 1.
    """
    torch = pytest.importorskip("torch", reason="the extra 'models' is not installed")
    transformers = pytest.importorskip("transformers", reason="the extra 'models' is not installed")
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4, num_labels=outputs,
        layer_norm_eps=1.0, max_position_embeddings=128,
    )  # fmt: skip
    model = transformers.BertForSequenceClassification(config)
    direction = torch.tensor([1.0, -1.0, 0.0, 0.0])
    layer = model.bert.encoder.layer[0]
    with torch.no_grad():
        for name, weights in model.named_parameters():
            weights.fill_(1.0 if "LayerNorm.weight" in name else 0.0)
        model.bert.embeddings.word_embeddings.weight[WORDS.index("siren")] = 4 * direction
        for linear in (layer.attention.self.value, layer.attention.output.dense, model.bert.pooler.dense):
            linear.weight.copy_(torch.eye(4))
        model.classifier.weight[0] = direction
    model.save_pretrained(folder)
    return folder
