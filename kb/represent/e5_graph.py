"""multilingual-e5-small as an ONNX graph that keeps its weights in 4 bits (``MatMulNBits``), for onnxruntime.

The same weights, hence the same vectors, as the engine they come with; 2.5 to 3 times its speed (docs/search.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kb.represent.e5_file import BLOCK, E5File

_MS = "com.microsoft"
_INT8_ACTIVATIONS = 4
"""``accuracy_level`` of MatMulNBits: activations in int8 per block, as the bundled engine does it."""


class _Graph:
    def __init__(self, weights: E5File) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def floats(self, name: str) -> str:
        return self.constant(name, self.weights.floats(name))

    def node(self, op: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def linear(self, x: str, name: str, parts: list[str], out: int, inner: int) -> str:
        """The node for x · Wᵀ + b, where W is the named parts one below the other."""
        packed, scales = zip(*(self._repacked(f"{part}.w", out // len(parts)) for part in parts), strict=True)
        bias = np.concatenate([self.weights.floats(f"{part}.b") for part in parts])
        inputs = [
            x,
            self.constant(f"{name}.q", np.concatenate(packed)),
            self.constant(f"{name}.s", np.concatenate(scales).reshape(-1)),
            "",
            "",
            self.constant(f"{name}.bias", bias),
        ]
        return self.node(
            "MatMulNBits", inputs, [f"{name}.out"], _MS, K=inner, N=out, bits=4, block_size=BLOCK, accuracy_level=_INT8_ACTIVATIONS
        )

    def add_and_normalise(self, x: str, y: str, name: str) -> str:
        inputs = [x, y, self.floats(f"{name}.w"), self.floats(f"{name}.b")]
        return self.node("SkipLayerNormalization", inputs, [f"{name}.out"], _MS, epsilon=self.weights.shape.epsilon)

    def _repacked(self, name: str, rows: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        # The file pairs weights j and j + 16 in a byte, MatMulNBits 2j and 2j + 1. Both count from 8.
        nibbles, scales = self.weights.blocks(name, rows)
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=2)
        return values[:, :, 0::2] | (values[:, :, 1::2] << 4), scales.astype(np.float32)


def build(weights: E5File, layers: range) -> bytes:
    """The serialised graph of some successive layers.

    Inputs: ``embeddings`` float32 ``(batch, tokens, hidden)``, before layer 0 the sums of word, position and type embeddings, before
    another what the layer below puts out; ``mask`` int32 ``(batch, tokens)``, 1 for a token and 0 for padding. Output: ``states``
    float32 ``(batch, tokens, hidden)``.
    """
    shape = weights.shape
    g = _Graph(weights)
    x = "embeddings"
    if layers.start == 0:
        x = g.node("LayerNormalization", [x, g.floats("emb.ln.w"), g.floats("emb.ln.b")], ["embedded"], axis=-1, epsilon=shape.epsilon)
    for i in layers:
        layer = f"l{i}"
        joint = g.linear(x, f"{layer}.qkv", [f"{layer}.{p}" for p in "qkv"], 3 * shape.hidden, shape.hidden)
        heads = [f"{layer}.{p}.out" for p in "qkv"]
        g.node("Split", [joint], heads, axis=-1, num_outputs=3)
        attended = g.node("MultiHeadAttention", [*heads, "", "mask"], [f"{layer}.attended"], _MS, num_heads=shape.heads)
        mixed = g.linear(attended, f"{layer}.ao", [f"{layer}.ao"], shape.hidden, shape.hidden)
        x = g.add_and_normalise(x, mixed, f"{layer}.aln")
        wide = g.linear(x, f"{layer}.fi", [f"{layer}.fi"], shape.inner, shape.hidden)
        active = g.node("Gelu", [wide], [f"{layer}.gelu"])
        narrow = g.linear(active, f"{layer}.fo", [f"{layer}.fo"], shape.hidden, shape.inner)
        x = g.add_and_normalise(x, narrow, f"{layer}.oln")
    g.node("Identity", [x], ["states"])
    graph = helper.make_graph(
        g.nodes,
        "multilingual-e5-small",
        [
            helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["batch", "tokens", shape.hidden]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "tokens"]),
        ],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, ["batch", "tokens", shape.hidden])],
        g.constants,
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(_MS, 1)]
    serialised: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()
    return serialised
