"""Export a trained model to an ONNX file (extra ``[onnx]``): from features to calibrated probabilities without Python.

Input ``features``: double, shape (n, n_features), columns in the order of the metadata's `features`, NaN where
undefined. Outputs: ``label`` (string, n), ``probabilities`` (double, (n, n_labels)) and ``abstain`` (bool, n), which is
true if confidence is too low, or the clip is too unlike the training speech or contains no speech. The duration of a
clip is not an input, so the caller must check it against the limits in the metadata's `card` (``abstain``, ``limits``,
``shortest_s``, ``longest_s``). Input and output are in double precision; single-precision input has to be cast. Only
what the model itself computes in single precision remains so: the features of forests, and the distances of `best`,
whose sums depend on their order (probabilities differ by up to about 1e-6). The checks that refuse impossible values
are not exported.
"""

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import __version__
from ...atomic_write import check_suffix, whole_file
from ...errors import ModelError
from ...paths import OnePath
from ..file import as_model
from ..trained_model import TrainedModel

if TYPE_CHECKING:  # onnx is an extra
    from .graph import Graph

SUFFIX = ".onnx"
#: IR 10 came with ONNX 1.16 (March 2024).
_IR_VERSION = 10


def check_onnx_suffix(path: OnePath) -> None:
    """Raise a ModelError if the name does not end in the suffix of ONNX files."""
    check_suffix(path, "an ONNX file", SUFFIX, error=ModelError)


def export_onnx(model: TrainedModel | OnePath, path: OnePath) -> None:
    """Export a model from imputer to threshold: imputer, scaler, selection, classifier, calibration, threshold.

    Parameters
    ----------
    model : TrainedModel or path_like
    path : path_like
        An existing file is replaced only once the new one is complete. The same model gives the same bytes.

    Raises
    ------
    ModelError
        If this type of model cannot be exported, the model normalises speakers, the file has another suffix, or the
        extra is not installed.

    Examples
    --------
    >>> ser.export_onnx(ser.default_model_path(), "emodb.onnx")
    """
    check_onnx_suffix(path)
    content = onnx_model(as_model(model)).SerializeToString(deterministic=True)
    with whole_file(path) as partial:
        partial.write_bytes(content)


def refuse_unexportable(model: TrainedModel) -> None:
    """Raise a ModelError if a model cannot be exported."""
    try:
        from .classifiers import WRITERS
    except ImportError as error:
        raise ModelError("exporting needs the extra [onnx]: pip install 'prosody-ser[onnx]'") from error
    if "speaker_norm" in model.pipeline.named_steps:
        raise ModelError(
            "a model that normalises speakers cannot be exported to ONNX, because it needs all clips of a speaker at "
            "once"
        )
    name = type(model.pipeline.steps[-1][1]).__name__
    if name not in WRITERS:
        raise ModelError(
            f"a {name} cannot be exported to ONNX; these models can: best, svm, linear-svm, rf, mlp, lda, logreg"
        )


def onnx_model(model: TrainedModel) -> Any:
    """Convert a model to a checked :class:`onnx.ModelProto`; raises the same errors as :func:`export_onnx`."""
    refuse_unexportable(model)
    from onnx import TensorProto, checker, helper

    from .abstention import farther, no_speech, squared_distance, temperature
    from .classifiers import WRITERS
    from .graph import ML_OPSET, OPSET, Graph

    graph = Graph()
    gaps = graph.add("IsNaN", "features")
    scaled = _scaled(graph, "features", gaps, model.pipeline)
    classifier = model.pipeline.steps[-1][1]
    evidence = WRITERS[type(classifier).__name__](graph, _selected(graph, scaled, model.pipeline), classifier)
    logits, beyond = _logits(graph, evidence, model.weights), []
    if model.limits is not None:
        squared = squared_distance(graph, scaled, gaps, model.novelty.shape)
        logits = graph.add("Div", logits, temperature(graph, squared, model.limits, model.novelty.usual))
        beyond.append(farther(graph, squared, model.limits, model.novelty))
    beyond += no_speech(graph, "features", model.features)
    shares = graph.add("Softmax", logits, axis=1, name="probabilities")
    best = graph.add("ArgMax", shares, axis=1, keepdims=0)
    graph.add("Gather", graph.constant(model.labels), best, axis=0, name="label")
    confidence = graph.add("ReduceMax", shares, axes=[1], keepdims=0)
    unsure = graph.add("Less", confidence, graph.constant(np.float64(model.threshold)))
    for reason in beyond:
        unsure = graph.add("Or", unsure, reason)
    graph.add("Identity", unsure, name="abstain")
    made = helper.make_graph(
        graph.nodes,
        "prosody-ser",
        [helper.make_tensor_value_info("features", TensorProto.DOUBLE, ["n", len(model.features)])],
        [
            helper.make_tensor_value_info("label", TensorProto.STRING, ["n"]),
            helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, ["n", len(model.labels)]),
            helper.make_tensor_value_info("abstain", TensorProto.BOOL, ["n"]),
        ],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    whole = helper.make_model(
        made, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="prosody-ser", producer_version=__version__
    )
    helper.set_model_props(whole, _metadata(model))
    checker.check_model(whole, full_check=True)
    return whole


def _metadata(model: TrainedModel) -> dict[str, str]:
    facts = {
        "features": list(model.features),
        "labels": list(model.labels),
        "feature_set": model.feature_set,
        "engine": model.engine or "",
        "parameters": model.parameters,
        "threshold": model.threshold,
        "card": model.card,
    }
    return {
        name: fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False, sort_keys=True)
        for name, fact in facts.items()
    }


def _scaled(graph: "Graph", x: str, gaps: str, pipeline: Any) -> str:
    """Fill missing features and scale them."""
    steps = pipeline.named_steps
    x = graph.add("Where", gaps, graph.constant(steps["impute"].statistics_), x)
    scale = steps["scale"]
    return graph.add("Div", graph.add("Sub", x, graph.constant(scale.mean_)), graph.constant(scale.scale_))


def _selected(graph: "Graph", x: str, pipeline: Any) -> str:
    """Keep only the features that the classifier uses."""
    steps = pipeline.named_steps
    if "select" in steps:
        kept = np.flatnonzero(steps["select"].get_support())
        x = graph.add("Gather", x, graph.constant(kept, np.int64), axis=1)
    return x


def _logits(graph: "Graph", evidence: list[str], weights: tuple[float, ...]) -> str:
    """Logits as in :func:`prosody_ser.learn.classifiers.evidence.probabilities`; the label with most votes leads."""
    from ...learn.classifiers.evidence import AHEAD

    weighted = [graph.numbered("Mul", kind, weight) for kind, weight in zip(evidence, weights, strict=True)]
    if len(weighted) == 1:
        return weighted[0]
    logits = graph.add("Add", *weighted)
    votes, margins = evidence
    below = graph.numbered("Mul", graph.numbered("Add", graph.add("Abs", margins), 1.0), 3.0)
    decision = graph.add("Add", votes, graph.add("Div", margins, below))
    best = graph.add("ReduceMax", decision, axes=[1], keepdims=1)
    decided = graph.add("Equal", decision, best)
    others = graph.add("Where", decided, graph.constant(np.float64(-np.inf)), logits)
    ahead = graph.numbered("Add", graph.add("ReduceMax", others, axes=[1], keepdims=1), AHEAD)
    return graph.add("Where", decided, graph.add("Max", logits, ahead), logits)
