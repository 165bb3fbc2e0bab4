"""Classifiers in ONNX: each function adds the nodes for the evidence of one type of classifier.

Evidence is defined in :mod:`prosody_ser.learn.classifiers.evidence`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import numpy_helper

from ...learn.classifiers.evidence import LEAST_EXACT, LEAST_PROBABILITY
from ...learn.classifiers.svm import machines_of
from .graph import Graph

#: ONNX's codes for the node mode "less than or equal" and for the aggregation "sum".
_AT_MOST, _SUM = 0, 1


def margins_of_linear(graph: Graph, x: str, model: Any) -> list[str]:
    """Evidence of a LinearSVC."""
    return [_margins(graph, _decision(graph, x, model), len(model.classes_))]


def logs_of_linear(graph: Graph, x: str, model: Any) -> list[str]:
    """Evidence of logistic regression and linear discriminant analysis, whose probabilities are a softmax."""
    return [_log(graph, _shares(graph, _decision(graph, x, model), model), LEAST_EXACT)]


def logs_of_mlp(graph: Graph, x: str, model: Any) -> list[str]:
    """Evidence of a multilayer perceptron with rectified linear units."""
    layers = list(zip(model.coefs_, model.intercepts_, strict=True))
    for coef, intercept in layers[:-1]:
        x = graph.add("Relu", graph.affine(x, coef, intercept))
    return [_log(graph, _shares(graph, graph.affine(x, *layers[-1]), model))]


def logs_of_forest(graph: Graph, x: str, model: Any) -> list[str]:
    """Evidence of a random forest; its features are rounded to single precision, as in scikit-learn.

    Each tree is one target of a single operator, which returns the number of the leaf; the class shares of that leaf
    are then looked up.
    """
    columns: dict[str, list[np.ndarray]] = {}
    shares, leaf_targets, roots = [], [], []
    n_inner = n_leaves = 0
    for number, member in enumerate(model.estimators_):
        tree = member.tree_
        left, right = tree.children_left, tree.children_right
        leaf = left == -1
        # Inner nodes and leaves are numbered separately, across all trees.
        place = np.where(leaf, n_leaves + np.cumsum(leaf) - 1, n_inner + np.cumsum(~leaf) - 1)
        leaf_weights = tree.value[leaf, 0, :]
        shares.append(leaf_weights / leaf_weights.sum(axis=1, keepdims=True))
        leaf_targets.append(np.full(leaf.sum(), number))
        roots.append(n_inner)
        inner = ~leaf
        nodes = {
            "featureids": tree.feature[inner],
            "splits": tree.threshold[inner],
            "truenodeids": place[left[inner]],
            "trueleafs": leaf[left[inner]],
            "falsenodeids": place[right[inner]],
            "falseleafs": leaf[right[inner]],
        }
        if leaf.all():  # ONNX trees need an inner node: add one whose branches lead to the same leaf
            nodes = {"featureids": [0], "splits": [0.0], "trueleafs": [1], "falseleafs": [1]}
            nodes |= {"truenodeids": place, "falsenodeids": place}
        for name, values in nodes.items():
            columns.setdefault(name, []).append(np.asarray(values))
        n_inner += len(nodes["splits"])
        n_leaves += int(leaf.sum())
    joined = {f"nodes_{name}": np.concatenate(values) for name, values in columns.items()}
    splits = numpy_helper.from_array(joined.pop("nodes_splits").astype(np.float64))
    reached = graph.add(
        "TreeEnsemble",
        graph.cast(graph.cast(x, np.float32), np.float64),
        domain="ai.onnx.ml",
        n_targets=len(roots),
        aggregate_function=_SUM,
        tree_roots=roots,
        nodes_modes=numpy_helper.from_array(np.full(n_inner, _AT_MOST, dtype=np.uint8)),
        nodes_splits=splits,
        leaf_targetids=np.concatenate(leaf_targets).tolist(),
        leaf_weights=numpy_helper.from_array(np.arange(n_leaves, dtype=np.float64)),
        **{name: values.astype(int).tolist() for name, values in joined.items()},
    )
    of_trees = graph.add("Gather", graph.constant(np.concatenate(shares)), graph.cast(reached, np.int64), axis=0)
    total = graph.add("ReduceSum", of_trees, graph.constant([1], np.int64), keepdims=0)
    return [_log(graph, graph.numbered("Div", total, len(roots)))]


def votes_and_margins_of_svc(graph: Graph, x: str, model: Any) -> list[str]:
    """Evidence of a support vector machine: votes and margins of one binary machine for each pair of emotions."""
    vectors = model.support_vectors_
    if model.kernel == "rbf":
        cross_terms = graph.add("MatMul", x, graph.constant(-2 * vectors.T))
        norms = graph.add("ReduceSum", graph.add("Mul", x, x), graph.constant([1], np.int64), keepdims=1)
        distance = graph.add("Add", graph.add("Add", cross_terms, norms), graph.constant((vectors**2).sum(axis=1)))
        kernel = graph.add("Exp", graph.numbered("Mul", graph.add("Relu", distance), -model._gamma))
    else:
        kernel = graph.add("MatMul", x, graph.constant(vectors.T))
    weights, first, second = machines_of(model)
    decision = graph.affine(kernel, weights, model._intercept_)  # positive for the first class of each pair
    n_classes = len(model.classes_)
    if n_classes == 2:
        return [_margins(graph, graph.add("Neg", decision), 2)]
    of_first = np.eye(n_classes)[first]
    of_second = np.eye(n_classes)[second]
    is_second = graph.cast(graph.add("Less", decision, graph.constant(0.0)), np.float64)
    # Each machine votes for its first class, unless the decision is negative.
    votes = graph.affine(is_second, of_second - of_first, of_first.sum(axis=0))
    margins = graph.add("MatMul", decision, graph.constant(of_first - of_second))
    return [votes, margins]


def values_of_family_ridge(graph: Graph, x: str, model: Any) -> list[str]:
    """Evidence of the ridge regression on kernels of families; distances are in single precision, as in the model."""
    single = graph.cast(x, np.float32)
    roots = graph.add("Mul", graph.add("Sign", x), graph.add("Sqrt", graph.add("Abs", x)))
    length = graph.numbered("Max", graph.add("ReduceL2", roots, axes=[1], keepdims=1), np.finfo(float).tiny)
    values = graph.affine(graph.add("Div", roots, length), model.coef_.T, model.intercept_)
    for number, bandwidth in enumerate(model.bandwidths_):
        if bandwidth > 0:
            members = np.flatnonzero(model.family_of_ == number)
            rows = graph.add("Gather", single, graph.constant(members, np.int64), axis=1)
            rows = graph.add("Unsqueeze", rows, graph.constant([1], np.int64))
            difference = graph.add("Sub", rows, graph.constant(model.rows_[None, :, members], np.float32))
            distance = graph.cast(graph.add("ReduceL1", difference, axes=[2], keepdims=0), np.float64)
            kernel = graph.add("Exp", graph.numbered("Div", distance, -bandwidth))
            values = graph.add(
                "Add", values, graph.add("MatMul", kernel, graph.constant(model.family_share * model.dual_coef_))
            )
    return [_margins(graph, values, len(model.classes_))]


#: Writers by type of model; other types cannot be exported.
WRITERS: dict[str, Callable[[Graph, str, Any], list[str]]] = {
    "FamilyRidgeClassifier": values_of_family_ridge,
    "SVC": votes_and_margins_of_svc,
    "LinearSVC": margins_of_linear,
    "RandomForestClassifier": logs_of_forest,
    "WeightedMLPClassifier": logs_of_mlp,
    "LinearDiscriminantAnalysis": logs_of_linear,
    "LogisticRegression": logs_of_linear,
}


def _decision(graph: Graph, x: str, model: Any) -> str:
    return graph.affine(x, model.coef_.T, model.intercept_)


def _shares(graph: Graph, decision: str, model: Any) -> str:
    """Softmax of the decision values; those of two classes are -m/2 and m/2, as onnxruntime's Sigmoid rounds to 0."""
    return graph.add("Softmax", _margins(graph, decision, len(model.classes_)), axis=1)


def _margins(graph: Graph, decision: str, n_classes: int) -> str:
    """Evidence from margins; for two classes with the margin m, these are -m/2 and m/2."""
    if n_classes > 2:
        return decision
    # Not a MatMul, because onnxruntime would merge it with the weight that follows, in single precision.
    half = graph.numbered("Div", decision, 2.0)
    return graph.add("Concat", graph.add("Neg", half), half, axis=1)


def _log(graph: Graph, shares: str, least: float = LEAST_PROBABILITY) -> str:
    return graph.add("Log", graph.numbered("Max", shares, least))
