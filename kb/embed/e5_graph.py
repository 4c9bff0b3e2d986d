"""multilingual-e5-small as an ONNX graph for onnxruntime: weights kept in 4 bits, computed with in float32.

The packaged weights stay as they are in the file and are unpacked once, when the graph is loaded (constant folding). All arithmetic is
float32, so that a text's vector depends neither on what it is embedded beside nor on the processor by more than rounding: kernels
that take activations in 8 bits differ by processor and by the size of a batch, up to 2e-4 of cosine on those we had and more on others
(docs/measurements/scale.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kb.embed.e5_weights import E5File, ReaderFile, Shape

_MS = "com.microsoft"


class _Graph:
    """A graph as it is made; of ``weights`` in 4 bits, or in 8 bits."""

    def __init__(self, weights: E5File | ReaderFile, shape: Shape) -> None:
        self.weights = weights
        self.shape = shape
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
        if isinstance(self.weights, ReaderFile):
            whole = self._of_bytes(self.weights, name, parts)
        else:
            whole = self._of_nibbles(self.weights, name, parts, out, inner)
        whole = self.node("Transpose", [whole], [f"{name}.weights"], perm=[1, 0])
        bias = self.constant(f"{name}.bias", np.concatenate([self.weights.floats(f"{p}.b") for p in parts]))
        product = self.node("MatMul", [x, whole], [f"{name}.product"])
        return self.node("Add", [product, bias], [f"{name}.out"])

    def _of_bytes(self, weights: ReaderFile, name: str, parts: list[str]) -> str:
        numbers, scales = (np.concatenate(of) for of in zip(*(weights.rows(f"{p}.w") for p in parts), strict=True))
        whole = self.node("Cast", [self.constant(f"{name}.q", numbers)], [f"{name}.floats"], to=TensorProto.FLOAT)
        return self.node("Mul", [whole, self.constant(f"{name}.s", scales[:, None])], [f"{name}.rows"])

    def _of_nibbles(self, weights: E5File, name: str, parts: list[str], out: int, inner: int) -> str:
        nibbles, scales = (np.concatenate(of) for of in zip(*(weights.blocks(f"{p}.w", out // len(parts)) for p in parts), strict=True))
        packed = self.constant(f"{name}.q", nibbles)
        low = self.node("BitwiseAnd", [packed, "fifteen"], [f"{name}.low"])
        high = self.node("BitShift", [packed, "four"], [f"{name}.high"], direction="RIGHT")
        whole = self.node("Concat", [low, high], [f"{name}.nibbles"], axis=2)
        whole = self.node("Cast", [whole], [f"{name}.floats"], to=TensorProto.FLOAT)
        whole = self.node("Sub", [whole, "eight"], [f"{name}.signed"])
        scale = self.constant(f"{name}.s", scales.astype(np.float32)[:, :, None])
        whole = self.node("Mul", [whole, scale], [f"{name}.scaled"])
        return self.node("Reshape", [whole, self.constant(f"{name}.shape", np.array([out, inner], np.int64))], [f"{name}.rows"])

    def add_and_normalise(self, x: str, y: str, name: str) -> str:
        inputs = [x, y, self.floats(f"{name}.w"), self.floats(f"{name}.b")]
        return self.node("SkipLayerNormalization", inputs, [f"{name}.out"], _MS, epsilon=self.shape.epsilon)

    def layer(self, x: str, i: int) -> str:
        """The nodes of a layer of the network over ``x``."""
        layer, hidden, inner = f"l{i}", self.shape.hidden, self.shape.inner
        joint = self.linear(x, f"{layer}.qkv", [f"{layer}.{p}" for p in "qkv"], 3 * hidden, hidden)
        heads = [f"{layer}.{p}.out" for p in "qkv"]
        self.node("Split", [joint], heads, axis=-1, num_outputs=3)
        attended = self.node("MultiHeadAttention", [*heads, "", "mask"], [f"{layer}.attended"], _MS, num_heads=self.shape.heads)
        mixed = self.linear(attended, f"{layer}.ao", [f"{layer}.ao"], hidden, hidden)
        x = self.add_and_normalise(x, mixed, f"{layer}.aln")
        wide = self.linear(x, f"{layer}.fi", [f"{layer}.fi"], inner, hidden)
        active = self.node("Gelu", [wide], [f"{layer}.gelu"])
        narrow = self.linear(active, f"{layer}.fo", [f"{layer}.fo"], hidden, inner)
        return self.add_and_normalise(x, narrow, f"{layer}.oln")

    def serialised(self, outputs: dict[str, list[str | int]]) -> bytes:
        """The graph from ``embeddings`` and ``mask`` to outputs of these shapes."""
        graph = helper.make_graph(
            self.nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["batch", "tokens", self.shape.hidden]),
                helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "tokens"]),
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
            self.constants,
        )
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid(_MS, 1)]
        made: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()
        return made


def build(weights: E5File, layers: range, early: int | None = None) -> bytes:
    """The serialised graph of some successive layers.

    Inputs: ``embeddings`` float32 ``(batch, tokens, hidden)``, before layer 0 the sums of word, position and type embeddings, before
    another what the layer below puts out; ``mask`` int32 ``(batch, tokens)``, 1 for a token and 0 for padding. Outputs: ``states``
    float32 ``(batch, tokens, hidden)``, and, of the same shape, ``early``, what so many layers put out.
    """
    shape = weights.shape
    g = _Graph(weights, shape)
    g.constant("fifteen", np.array(15, np.uint8))
    g.constant("four", np.array(4, np.uint8))
    g.constant("eight", np.array(8, np.float32))
    x = "embeddings"
    if layers.start == 0:
        x = g.node("LayerNormalization", [x, g.floats("emb.ln.w"), g.floats("emb.ln.b")], ["embedded"], axis=-1, epsilon=shape.epsilon)
    outputs = ["states"]
    for i in layers:
        x = g.layer(x, i)
        if i + 1 == early:
            outputs.append(g.node("Identity", [x], ["early"]))
    g.node("Identity", [x], ["states"])
    return g.serialised({name: ["batch", "tokens", shape.hidden] for name in outputs})


def build_reader(weights: ReaderFile, shape: Shape) -> bytes:
    """The serialised graph of the reader's own layers and its head.

    Inputs as of `build`: what layer ``weights.first - 1`` of the bundled model puts out, and the mask. Output: ``scores`` float32
    ``(batch,)``, the log-odds that the first token tells.
    """
    g, x = _upper(weights, shape)
    first = g.node("Gather", [x, g.constant("zero", np.array([0], np.int64))], ["first"], axis=1)
    both = g.constant("both", np.array([1, 2], np.int64))
    g.node("Squeeze", [g.linear(first, "score", ["score"], 1, shape.hidden), both], ["scores"])
    return g.serialised({"scores": ["batch"]})


def build_request_reader(weights: ReaderFile, shape: Shape) -> bytes:
    """The serialised graph of the layers that tell what a message wants, and their head.

    Inputs as of `build_reader`, of messages without padding. Output: ``totals`` float32 ``(batch, classes)``, what the mean of the tokens
    tells for each class.
    """
    g, x = _upper(weights, shape)
    mean = g.node("ReduceMean", [x, g.constant("tokens", np.array([1], np.int64))], ["mean"], keepdims=0)
    total = g.linear(mean, "want", ["want"], weights.tensors["want.w"].shape[0], shape.hidden)
    g.node("Identity", [total], ["totals"])
    return g.serialised({"totals": ["batch", "classes"]})


def _upper(weights: ReaderFile, shape: Shape) -> tuple[_Graph, str]:
    """The layers of a file over what the bundled model's put out below them."""
    g = _Graph(weights, shape)
    x = "embeddings"
    for i in range(weights.first, shape.layers):
        x = g.layer(x, i)
    return g, x
