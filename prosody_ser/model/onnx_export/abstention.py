"""Reasons to abstain other than low confidence, and how confidence falls with distance, in ONNX."""

from collections.abc import Sequence

import numpy as np

from ..abstention.limits import HOTTEST, Limits
from ..abstention.novelty import Novelty, Shape
from ..abstention.speech_check import SIGNS, places_of
from .graph import Graph


def squared_distance(graph: Graph, x: str, gaps: str, shape: Shape) -> str:
    """Squared distance of each row, shape (n, 1), as in :mod:`prosody_ser.model.abstention.novelty`."""
    centred = graph.add("Sub", x, graph.constant(shape.centre))
    along = graph.add("MatMul", centred, graph.constant(shape.directions.T))
    along = graph.add("Mul", along, along)
    whole = graph.add("MatMul", graph.add("Mul", centred, centred), _ones(graph, shape.centre.size))
    beside = graph.add("Sub", whole, graph.add("MatMul", along, _ones(graph, len(shape.variances))))
    beside = graph.numbered("Max", beside, 0.0)
    weighted = graph.add("MatMul", along, graph.constant(1 / shape.variances[:, np.newaxis]))
    missing = graph.add("MatMul", graph.cast(gaps, np.float64), graph.constant(shape.present[:, np.newaxis]))
    far = graph.add("Add", weighted, graph.numbered("Div", beside, shape.rest))
    return graph.add("Add", far, graph.numbered("Mul", missing, shape.gap))


def temperature(graph: Graph, squared: str, limits: Limits, usual: float) -> str:
    """Temperature of each row, shape (n, 1), as in :meth:`prosody_ser.model.abstention.limits.Limits.temperature`."""
    relative = graph.numbered("Div", squared, usual**2)
    raw = graph.numbered("Div", graph.numbered("Add", relative, limits.tails), limits.tails + 1)
    return graph.numbered("Min", graph.numbered("Max", raw, 1.0), HOTTEST)


def farther(graph: Graph, squared: str, limits: Limits, novelty: Novelty) -> str:
    """Whether each row is more novel than the model's limit, shape (n,)."""
    limit = np.interp(limits.novelty, np.linspace(0, 1, novelty.quantiles.size), novelty.quantiles)
    return _flat(graph, graph.numbered("Greater", squared, limit**2))


def no_speech(graph: Graph, x: str, names: Sequence[str]) -> list[str]:
    """For each sign in :mod:`prosody_ser.model.abstention.speech_check`: is a row outside its range? Shape (n,)."""
    outside = []
    for sign in SIGNS:
        places = places_of(sign.features, tuple(names))
        if places is None:
            continue
        mean = graph.add(
            "ReduceMean", graph.add("Gather", x, graph.constant(places, np.int64), axis=1), axes=[1], keepdims=0
        )
        if np.isfinite(sign.least):
            outside.append(graph.numbered("Less", mean, sign.least))  # comparisons with NaN are false
        if np.isfinite(sign.most):
            outside.append(graph.numbered("Greater", mean, sign.most))
    return outside


def _ones(graph: Graph, n: int) -> str:
    return graph.constant(np.ones((n, 1)))


def _flat(graph: Graph, value: str) -> str:
    return graph.add("Squeeze", value, graph.constant([1], np.int64))
