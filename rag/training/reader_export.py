"""Write a trained reader for onnxruntime: the graph by hand, weights in int8.

The graph is built from a dozen operators, so that nothing depends on a tracer; attention is
onnxruntime's own fused operator. Weights have one scale for each output (with one for a whole matrix
the vectors of such a body keep a cosine of 0.956 only), inputs are quantised as they come. Scales for
blocks of 128 inputs (``MatMulNBits``) were a little nearer to float and took 1.6 times as long.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from rag.answering.reader.adapter import quantised_columns
from rag.answering.reader.inputs import FEATURES
from rag.training.reader_model import POSITIONS, Layer, Network

OPSET = 20


class _Graph:
    """Nodes and weights in the making; every method returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = f"n{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(operator, list(inputs), [name], name=name, domain=domain, **attributes)
        )
        return name

    def weight(self, value: np.ndarray) -> str:
        from onnx import numpy_helper

        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def linear(self, value: str, layer: nn.Linear) -> str:
        bias = None if layer.bias is None else _array(layer.bias)
        return self.product(value, _array(layer.weight), bias)

    def product(self, value: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """``value @ weight.T + bias``."""
        product = self.add("MatMul", value, self.weight(weight.T))
        return product if bias is None else self.add("Add", product, self.weight(bias))

    def norm(self, value: str, layer: nn.LayerNorm) -> str:
        return self.add(
            "LayerNormalization",
            value,
            self.weight(_array(layer.weight)),
            self.weight(_array(layer.bias)),
            axis=-1,
            epsilon=1e-12,
        )

    def average(self, value: str, weights: str, *, least: float = 1.0) -> str:
        """Weighted mean over the pieces: (batch, pieces, width), (batch, pieces) to (batch, width)."""
        axis = self.weight(np.array([1]))
        row = self.add("Unsqueeze", weights, axis)
        total = self.add("Squeeze", self.add("MatMul", row, value), axis)
        count = self.add("ReduceSum", weights, axis, keepdims=1)
        return self.add(
            "Div", total, self.add("Max", count, self.weight(np.array([least], np.float32)))
        )


def _array(tensor: Any) -> np.ndarray:
    return tensor.detach().float().numpy()  # type: ignore[no-any-return]


def export(network: Network, path: Path, *, quantise: bool = True) -> None:
    """Write ``network`` to ``path``; both ends are those of :class:`rag.answering.reader.model.Reader`."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    if not quantise:
        onnx.save(_model(network), path)
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(_model(network), whole)
        quantize_dynamic(
            whole,
            path,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={
                "MatMulConstBOnly": True,
                "DefaultTensorType": onnx.TensorProto.FLOAT,
            },
        )


def export_adapter(network: Network, path: Path, adapter: Path) -> None:
    """Write what ``network`` has beyond the finished reader of ``path`` (:mod:`rag.answering.reader.adapter`).

    Of an int8 matrix it writes two narrow ones whose product is the difference, where these are smaller;
    else the matrix as it is now. Weights that are the same are left out.
    """
    stored: dict[str, np.ndarray] = {}
    for name, value, matrix in _beyond(network, path):
        if matrix is None:
            stored[name] = value
            continue
        factors = _factors(value - matrix.whole * matrix.scale)
        if not factors["widths"].size:
            continue
        if factors["left"].size + factors["right"].size < value.size:
            stored |= {f"{name}/{part}": factor for part, factor in factors.items()}
            stored |= matrix.place_of(name)
        else:
            stored[f"{name}_quantized"], stored[f"{name}_scale"] = quantised_columns(value)
    np.savez_compressed(adapter, **stored)  # type: ignore[arg-type]


def export_encoder(network: Network, path: Path, encoder: Path, rank: int) -> None:
    """Write what a network of single texts has beyond the finished reader of ``path``, in few octets.

    Matrices as two of this rank in int8, what else differs in half precision; the heads are left out.
    """
    stored: dict[str, np.ndarray] = {}
    for name, value, matrix in _beyond(network, path):
        if matrix is None:
            stored[name] = value.astype(np.float16)
            continue
        factors = _factors(value - matrix.whole * matrix.scale, rank)
        if factors["widths"].size:
            stored |= {f"{name}/{part}": factor for part, factor in factors.items()}
            stored |= matrix.place_of(name)
    np.savez_compressed(encoder, **stored)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class _Finished:
    """An int8 matrix of a finished reader: ``whole * scale``, beginning at an octet of its file."""

    whole: np.ndarray
    scale: np.ndarray
    octet: int

    def place_of(self, name: str) -> dict[str, np.ndarray]:
        """What says where a product is added."""
        return {f"{name}/scale": self.scale, f"{name}/place": np.array(self.octet)}


def _beyond(network: Network, path: Path) -> Iterator[tuple[str, np.ndarray, _Finished | None]]:
    """Each weight that differs from a finished reader's, and each that is an int8 matrix there, with that."""
    import onnx
    from onnx import numpy_helper

    octets = path.read_bytes()
    finished = {
        weight.name: numpy_helper.to_array(weight) for weight in onnx.load(path).graph.initializer
    }
    for weight in _model(network).graph.initializer:
        name, value = weight.name, numpy_helper.to_array(weight)
        own = finished.get(name)
        if own is None:
            whole = finished[f"{name}_quantized"]
            place = octets.index(whole.tobytes())
            yield name, value, _Finished(whole, finished[f"{name}_scale"], place)
        elif own.shape == value.shape and not np.array_equal(own, value):
            yield name, value, None


#: A matrix that differs no more than this is the same; nor do parts of it count that are so much smaller.
_NOTHING, _SMALL = 1e-6, 1e-4


def _factors(matrix: np.ndarray, rank: int | None = None) -> dict[str, np.ndarray]:
    """``left * widths @ right``, in int8 but for the widths: a matrix, as narrow as can be or of a rank.

    *Shapes:* (inputs, rank), (rank,) and (rank, outputs).
    """
    left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
    counted = int((sizes > max(_NOTHING, _SMALL * sizes[0])).sum())
    rank = counted if rank is None else min(rank, counted)
    root = np.sqrt(sizes[:rank])
    narrow, widths = quantised_columns(left[:, :rank] * root)
    wide, heights = quantised_columns((root[:, None] * right[:rank]).T)
    return {"left": narrow, "right": np.ascontiguousarray(wide.T), "widths": widths * heights}


def restore(path: Path, dimension: int) -> Network:
    """The network of a finished ``reader.onnx``, to train on from; int8 weights come back as floats.

    Which weight of the file is which parameter is found by drawing a network whose parameters are all
    filled with their own number: the drawing numbers its weights in the same order every time.
    """
    import onnx
    from onnx import numpy_helper

    found = {
        weight.name: numpy_helper.to_array(weight) for weight in onnx.load(path).graph.initializer
    }
    network, template = Network(dimension), Network(dimension)
    parameters = list(network.parameters())
    with torch.no_grad():
        for number, parameter in enumerate(template.parameters()):
            parameter.fill_(_FIRST_NUMBER + number)
        filled: dict[int, int] = {}
        drawing = _model(template).graph
        turned = {node.input[1] for node in drawing.node if node.op_type == "MatMul"}
        for weight in drawing.initializer:
            drawn = numpy_helper.to_array(weight)
            number = int(drawn.flat[0]) - _FIRST_NUMBER
            if drawn.dtype != np.float32 or not 0 <= number < len(parameters):
                continue
            value = torch.from_numpy(_matrix(found, weight.name).copy())
            if value.shape != drawn.shape:
                break
            value = value.T if weight.name in turned else value
            place = filled.get(number, 0)  # query, key and value are drawn one by one
            whole = parameters[number]
            into = whole if value.shape == whole.shape else whole[place : place + len(value)]
            into.copy_(value)
            filled[number] = place + len(value)
    missing = [i for i, p in enumerate(parameters) if filled.get(i, 0) != len(p)]
    if missing:
        raise ValueError(
            f"{path} is no reader of this shape; train one with: python -m rag.training reader"
        )
    return network


_FIRST_NUMBER = 1000


def _matrix(weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A weight by name, from its int8 form if it was quantised."""
    if name in weights:
        return weights[name]
    scale, zero = weights[f"{name}_scale"], weights[f"{name}_zero_point"]
    whole: np.ndarray = (weights[f"{name}_quantized"].astype(np.float32) - zero) * scale
    return whole


def _model(network: Network) -> Any:
    from onnx import TensorProto, helper

    graph = _Graph()
    length = graph.add(
        "Slice", graph.add("Shape", "mask"), *(graph.weight(np.array([i])) for i in (1, 2))
    )
    positions = graph.add(
        "Slice", graph.weight(_array(network.position.weight)), graph.weight(np.array([0])), length
    )
    hidden = graph.add("Add", graph.linear("rows", network.projection), positions)
    hidden = graph.add(
        "Add", hidden, graph.add("Gather", graph.weight(_array(network.segment.weight)), "segments")
    )
    hidden = graph.norm(
        graph.add("Add", hidden, graph.linear("features", network.match)), network.norm
    )
    padding = graph.add("Cast", "mask", to=TensorProto.INT32)
    for layer in network.layers:
        assert isinstance(layer, Layer)
        hidden = _layer(graph, layer, hidden, padding)
    first = graph.add("Gather", hidden, graph.weight(np.array(0)), axis=1)
    told = graph.add("Mul", _equal(graph, "segments", 2), "mask")
    asked = graph.add("Mul", _equal(graph, "segments", 0), "mask")
    about = graph.average(hidden, asked)
    mean = graph.average(hidden, told)
    pooled = graph.add("Concat", first, about, mean, axis=-1)
    inner = graph.add("Gelu", graph.linear(pooled, network.verdict_inner))
    verdict = graph.add(
        "Add",
        graph.linear(inner, network.verdict),
        graph.linear(_coverage(graph, asked, told), network.coverage),
    )
    spans = graph.linear(hidden, network.span)
    for name, inside in (("verdict", verdict), ("spans", spans), ("mean", mean)):
        graph.nodes.append(helper.make_node("Identity", [inside], [name]))

    def tensor(name: str, kind: int, *shape: Any) -> Any:
        return helper.make_tensor_value_info(name, kind, ["batch", *shape])

    real, whole = TensorProto.FLOAT, TensorProto.INT64
    dimension = network.projection.in_features
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "reader",
            [
                tensor("rows", real, "pieces", dimension),
                tensor("segments", whole, "pieces"),
                tensor("features", real, "pieces", FEATURES),
                tensor("mask", real, "pieces"),
            ],
            [
                tensor("verdict", real, 2),
                tensor("spans", real, "pieces", 2),
                tensor("mean", real, network.verdict.in_features),
            ],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
        ir_version=10,
        producer_name="rag.training",
        doc_string=f"reader of question and sentence, at most {POSITIONS} pieces",
    )


def _coverage(graph: _Graph, asked: str, told: str) -> str:
    """What :func:`rag.training.reader_model.coverage` gives."""

    def columns(start: int, end: int) -> str:
        ends = (graph.weight(np.array([i])) for i in (start, end, 2))
        return graph.add("Slice", "features", *ends)

    rarity = graph.add("Squeeze", columns(6, 7), graph.weight(np.array([2])))
    rare = graph.add("Mul", asked, rarity)
    parts = (
        graph.average(columns(0, 6), rare, least=1e-3),
        graph.average(columns(0, 6), asked),
        graph.average(columns(0, 3), told),
    )
    return graph.add("Concat", *parts, axis=-1)


def _equal(graph: _Graph, name: str, value: int) -> str:
    from onnx import TensorProto

    same = graph.add("Equal", name, graph.weight(np.array(value)))
    return graph.add("Cast", same, to=TensorProto.FLOAT)


def _layer(graph: _Graph, layer: Layer, hidden: str, padding: str) -> str:
    weight, bias = _array(layer.query_key_value.weight), _array(layer.query_key_value.bias)
    width = weight.shape[1]
    parts = []
    for i in range(3):
        rows = slice(i * width, (i + 1) * width)
        parts.append(graph.product(hidden, weight[rows], bias[rows]))
    mixed = graph.add(
        "MultiHeadAttention", *parts, "", padding, domain="com.microsoft", num_heads=layer.heads
    )
    hidden = graph.norm(
        graph.add("Add", hidden, graph.linear(mixed, layer.attended)), layer.attended_norm
    )
    inner = graph.add("Gelu", graph.linear(hidden, layer.inner))
    return graph.norm(graph.add("Add", hidden, graph.linear(inner, layer.outer)), layer.outer_norm)
