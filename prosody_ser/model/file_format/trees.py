"""Storage of random forests and boosted trees: all nodes of all trees in a few long columns.

Compiled code follows the indices of a tree's children and features without checking them. Therefore they are checked
here, for all trees at once: each tree's root comes first, each other node comes after its only parent (so that the
nodes form a tree and every path ends), and each feature index is valid.
"""

from typing import Any

import numpy as np

from .classifiers import classes
from .parts import BYTE, FLOAT, WHOLE, Codec, Part, Taken, floats, stored, wholes

_LEAF, _UNDEFINED = -1, -2
#: Limits that no trained forest comes near; larger ones would only take time.
_MOST_TREES, _DEEPEST = 20_000, 5_000
_LARGE = 1e100


def _encode_forest(model: Any) -> Part:
    states = [tree.tree_.__getstate__() for tree in model.estimators_]
    nodes = np.concatenate([state["nodes"] for state in states])
    return Part(
        "RandomForestClassifier",
        {},
        {
            "n_nodes": wholes([state["node_count"] for state in states]),
            "left": wholes(nodes["left_child"]),
            "right": wholes(nodes["right_child"]),
            "feature": wholes(nodes["feature"]),
            "threshold": floats(nodes["threshold"]),
            "impurity": floats(nodes["impurity"]),
            "n_rows": wholes(nodes["n_node_samples"]),
            "weight": floats(nodes["weighted_n_node_samples"]),
            "shares": floats(np.concatenate([state["values"][:, 0, :] for state in states])),
        },
    )


def _decode_forest(cls: type, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    from sklearn.tree import DecisionTreeClassifier
    from sklearn.tree._tree import NODE_DTYPE, Tree

    n_nodes, n = _sizes(taken)
    left = taken.array("left", WHOLE, (n,), _LEAF)
    right = taken.array("right", WHOLE, (n,), _LEAF)
    inner = left != _LEAF
    if not np.array_equal(inner, right != _LEAF):
        taken.refuse("a node has only one child")
    depths = _checked_depths(taken, n_nodes, left, right, inner)
    feature = taken.array("feature", WHOLE, (n,), _UNDEFINED, n_features - 1)
    if (feature[inner] < 0).any():
        taken.refuse("a node splits on no feature")
    nodes = np.zeros(n, dtype=NODE_DTYPE)
    nodes["left_child"], nodes["right_child"], nodes["feature"] = left, right, feature
    nodes["threshold"] = taken.array("threshold", FLOAT, (n,), -_LARGE, _LARGE)
    nodes["impurity"] = taken.array("impurity", FLOAT, (n,), -1.0, 1e6)
    nodes["n_node_samples"] = taken.array("n_rows", WHOLE, (n,), 0)
    nodes["weighted_n_node_samples"] = taken.array("weight", FLOAT, (n,), 0.0, _LARGE)
    shares = taken.array("shares", FLOAT, (n, len(labels)), 0.0, 1.0 + 1e-6)
    taken.done()
    model = cls(n_estimators=len(n_nodes))
    model.classes_, model.n_classes_ = classes(labels), len(labels)
    model.n_outputs_, model.n_features_in_ = 1, n_features
    model.estimator_ = DecisionTreeClassifier()
    model.estimators_ = []
    for start, size, depth in zip(np.cumsum(n_nodes) - n_nodes, n_nodes, depths, strict=True):
        of_tree = slice(start, start + size)
        tree = Tree(n_features, np.array([len(labels)], dtype=np.intp), 1)
        values = np.ascontiguousarray(shares[of_tree, None, :])
        tree.__setstate__(
            {"max_depth": int(depth), "node_count": int(size), "nodes": nodes[of_tree].copy(), "values": values}
        )
        member = DecisionTreeClassifier()
        member.tree_, member.n_features_in_, member.n_outputs_ = tree, n_features, 1
        member.classes_, member.n_classes_ = np.arange(len(labels), dtype=float), np.int64(len(labels))
        member.max_features_ = n_features
        model.estimators_.append(member)
    return model


def _check_forest(model: Any) -> str | None:
    return None if model.criterion in ("gini", "entropy", "log_loss") else "its criterion cannot be stored"


def _encode_boosted(model: Any) -> Part:
    trees = [tree for step in model._predictors for tree in step]
    nodes = np.concatenate([tree.nodes for tree in trees])
    return Part(
        "HistGradientBoostingClassifier",
        {},
        {
            "baseline": floats(model._baseline_prediction),
            "n_nodes": wholes([len(tree.nodes) for tree in trees]),
            "left": wholes(nodes["left"]),
            "right": wholes(nodes["right"]),
            "feature": wholes(nodes["feature_idx"]),
            "threshold": floats(nodes["num_threshold"]),
            "missing_left": stored(nodes["missing_go_to_left"], BYTE),
            "leaf": stored(nodes["is_leaf"], BYTE),
            "value": floats(nodes["value"]),
            "n_rows": wholes(nodes["count"]),
        },
    )


def _decode_boosted(cls: type, taken: Taken, n_features: int, labels: tuple[str, ...]) -> Any:
    from sklearn._loss import HalfBinomialLoss, HalfMultinomialLoss
    from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

    each = 1 if len(labels) == 2 else len(labels)
    n_nodes, n = _sizes(taken)
    if len(n_nodes) % each:
        taken.refuse(f"the number of trees ({len(n_nodes)}) is not a multiple of {each}, the trees per step")
    leaf = taken.array("leaf", BYTE, (n,), 0, 1)
    left, right = (taken.array(name, WHOLE, (n,), 0) for name in ("left", "right"))
    inner = leaf == 0
    _checked_depths(taken, n_nodes, left, right, inner)
    nodes = np.zeros(n, dtype=PREDICTOR_RECORD_DTYPE)
    nodes["left"], nodes["right"], nodes["is_leaf"] = left, right, leaf
    nodes["feature_idx"] = taken.array("feature", WHOLE, (n,), 0, n_features - 1)
    nodes["num_threshold"] = taken.array("threshold", FLOAT, (n,), -_LARGE, _LARGE)
    nodes["missing_go_to_left"] = taken.array("missing_left", BYTE, (n,), 0, 1)
    nodes["value"] = taken.array("value", FLOAT, (n,), -_LARGE, _LARGE)
    nodes["count"] = taken.array("n_rows", WHOLE, (n,), 0, 2**32 - 1)
    baseline = taken.array("baseline", FLOAT, (1, each), -_LARGE, _LARGE)
    taken.done()
    no_categories = np.zeros((0, 8), dtype=np.uint32)
    starts = np.cumsum(n_nodes) - n_nodes
    trees = [
        TreePredictor(nodes[start : start + size].copy(), no_categories, no_categories)
        for start, size in zip(starts, n_nodes, strict=True)
    ]
    model = cls(early_stopping=False, max_iter=len(trees) // each)
    model.classes_, model.n_features_in_, model._n_features = classes(labels), n_features, n_features
    model.is_categorical_ = model._preprocessor = model._is_categorical_remapped = None
    model.n_trees_per_iteration_, model._baseline_prediction = each, baseline
    model._loss = HalfBinomialLoss() if each == 1 else HalfMultinomialLoss(n_classes=each)
    model._predictors = [trees[i : i + each] for i in range(0, len(trees), each)]
    model._bin_mapper = _BinMapper()
    model._bin_mapper.is_categorical_ = np.zeros(n_features, dtype=np.uint8)
    model._bin_mapper.bin_thresholds_ = []
    model._bin_mapper.missing_values_bin_idx_ = 255
    model.do_early_stopping_, model._use_validation_data = False, False
    model.train_score_ = model.validation_score_ = np.empty(0)
    return model


def _check_boosted(model: Any) -> str | None:
    if model.categorical_features not in (None, "from_dtype"):
        return "categorical features cannot be stored"
    return None if model.loss == "log_loss" else "its loss cannot be stored"


def _sizes(taken: Taken) -> tuple[np.ndarray, int]:
    """Number of nodes in each tree, and in all trees together."""
    n_nodes = taken.array("n_nodes", WHOLE, (None,), 1, 2**40)
    if not 1 <= len(n_nodes) <= _MOST_TREES:
        taken.refuse(f"it has {len(n_nodes)} trees")
    if n_nodes.max() > 2**40 // len(n_nodes):
        taken.refuse("its trees have too many nodes")
    return n_nodes, int(n_nodes.sum())


def _checked_depths(
    taken: Taken, n_nodes: np.ndarray, left: np.ndarray, right: np.ndarray, inner: np.ndarray
) -> np.ndarray:
    """Check that the nodes form trees, and return the depth of each tree (0 for a root without children).

    The columns hold the nodes of one tree after the other, `n_nodes` of each. Children are numbered within their tree,
    and `inner` marks the nodes that have children.
    """
    starts = np.cumsum(n_nodes) - n_nodes
    tree = np.repeat(np.arange(len(n_nodes)), n_nodes)
    start, size = starts[tree], n_nodes[tree]
    number_in_tree = np.arange(len(tree)) - start
    for child in (left, right):
        if (inner & ((child <= number_in_tree) | (child >= size))).any():
            taken.refuse("the child of a node is not a later node of the same tree")
    children = np.concatenate([(start + child)[inner] for child in (left, right)])
    n_parents = np.bincount(children, minlength=len(tree))
    if not np.array_equal(n_parents, number_in_tree != 0):
        taken.refuse("a node does not have exactly one parent")
    depths = np.zeros(len(n_nodes), dtype=np.int64)
    level, depth = starts, 0
    while level.size:
        if depth > _DEEPEST:
            taken.refuse(f"a tree is deeper than {_DEEPEST}")
        depths[tree[level]] = depth
        level = level[inner[level]]
        level = np.concatenate([start[level] + left[level], start[level] + right[level]])
        depth += 1
    return depths


CODECS = (
    Codec("sklearn.ensemble:RandomForestClassifier", _encode_forest, _decode_forest, _check_forest),
    Codec("sklearn.ensemble:HistGradientBoostingClassifier", _encode_boosted, _decode_boosted, _check_boosted),
)
