"""multilingual-e5-small as an ONNX graph for onnxruntime: weights kept in 4 bits, computed with in float32.

The packaged weights stay as they are in the file and are unpacked once, when the graph is loaded (constant folding). All arithmetic is
float32, so that a text's vector depends neither on what it is embedded beside nor on the processor by more than rounding: kernels
that take activations in 8 bits differ by processor and by the size of a batch, up to 2e-4 of cosine on those we had and more on others
(docs/scale.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kb.represent.e5_file import E5File

_MS = "com.microsoft"


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
        """The nodes for x · Wᵀ + b, where W is the named parts one below the other."""
        nibbles, scales = (
            np.concatenate(of) for of in zip(*(self.weights.blocks(f"{p}.w", out // len(parts)) for p in parts), strict=True)
        )
        packed = self.constant(f"{name}.q", nibbles)
        low = self.node("BitwiseAnd", [packed, "fifteen"], [f"{name}.low"])
        high = self.node("BitShift", [packed, "four"], [f"{name}.high"], direction="RIGHT")
        whole = self.node("Concat", [low, high], [f"{name}.nibbles"], axis=2)
        whole = self.node("Cast", [whole], [f"{name}.floats"], to=TensorProto.FLOAT)
        whole = self.node("Sub", [whole, "eight"], [f"{name}.signed"])
        scale = self.constant(f"{name}.s", scales.astype(np.float32)[:, :, None])
        whole = self.node("Mul", [whole, scale], [f"{name}.scaled"])
        whole = self.node("Reshape", [whole, self.constant(f"{name}.shape", np.array([out, inner], np.int64))], [f"{name}.rows"])
        whole = self.node("Transpose", [whole], [f"{name}.weights"], perm=[1, 0])
        bias = self.constant(f"{name}.bias", np.concatenate([self.weights.floats(f"{p}.b") for p in parts]))
        product = self.node("MatMul", [x, whole], [f"{name}.product"])
        return self.node("Add", [product, bias], [f"{name}.out"])

    def add_and_normalise(self, x: str, y: str, name: str) -> str:
        inputs = [x, y, self.floats(f"{name}.w"), self.floats(f"{name}.b")]
        return self.node("SkipLayerNormalization", inputs, [f"{name}.out"], _MS, epsilon=self.weights.shape.epsilon)


def build(weights: E5File, layers: range) -> bytes:
    """The serialised graph of some successive layers.

    Inputs: ``embeddings`` float32 ``(batch, tokens, hidden)``, before layer 0 the sums of word, position and type embeddings, before
    another what the layer below puts out; ``mask`` int32 ``(batch, tokens)``, 1 for a token and 0 for padding. Output: ``states``
    float32 ``(batch, tokens, hidden)``.
    """
    shape = weights.shape
    g = _Graph(weights)
    g.constant("fifteen", np.array(15, np.uint8))
    g.constant("four", np.array(4, np.uint8))
    g.constant("eight", np.array(8, np.float32))
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
