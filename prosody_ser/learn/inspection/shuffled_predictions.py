"""Predictions of a fitted pipeline for clips whose features are shuffled, for many groups of features in many orders.

Predicting every shuffled copy with the whole pipeline is correct for any pipeline but slow: 2,306 features in 10 orders
are 23,000 copies. Two shortcuts are used where they are possible, after a check:

- Steps that treat each column separately and all rows of a speaker in the same way (speaker normaliser, imputer,
  scaler, selection) can be applied before shuffling, so that only the model sees the copies.
- In a linear model, a shuffled group changes only the score terms of its columns; in an SVM with an RBF kernel, the
  squared distances to the support vectors; in `best`, the distances within its families. In a forest, it affects only
  trees that split on one of its columns, and only clips whose path passes such a split.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist
from sklearn import impute
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectorMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import _ovr_decision_function

from ..classifiers.family_ridge import FamilyRidgeClassifier, signed_roots
from ..classifiers.svm import is_svc, machines_of
from ..preprocessing.imputer import SimpleImputer
from ..preprocessing.speaker_norm import SpeakerNormalizer
from ..tuning.unwrap import unwrapped
from .fitted import linear_weights, model_of, named_as_fitted, reaching_model

#: Number of rows predicted at once, which limits memory to about 100 MB for 1,500 features.
ROWS_AT_ONCE = 8192
_COLUMN_BY_COLUMN = (SpeakerNormalizer, SimpleImputer, impute.SimpleImputer, StandardScaler)


def predict_shuffled(
    fitted: Any, X: pd.DataFrame, groups: Sequence[np.ndarray], orders: Sequence[np.ndarray]
) -> Iterator[np.ndarray]:
    """Yield predictions with each group of columns shuffled jointly, in each order of rows (within speakers).

    Yields
    ------
    ndarray of object, shape (some groups, n_orders, n_rows)
    """
    if not _column_by_column(fitted):

        def predict(copies: np.ndarray) -> np.ndarray:
            # A speaker has the same values in every copy, only in another order. Therefore statistics over the whole
            # call (speaker normalisation) equal those of a single copy.
            index = X.index.take(np.tile(np.arange(len(X)), len(copies) // len(X)))
            return fitted.predict(pd.DataFrame(copies, index=index, columns=X.columns))

        yield from _predicted_copies(predict, X.to_numpy(), groups, orders)
        return
    inside = reaching_model(fitted, X)
    # Positions of a group's columns in the model's input; -1 for those that a selection has removed.
    inner_groups = [inside.columns.get_indexer(X.columns[group]) for group in groups]
    inner_groups = [columns[columns >= 0] for columns in inner_groups]
    model, rows = model_of(fitted), inside.to_numpy()
    shuffled = _linear(model, rows) or _kernel(model, rows) or _families(model, rows) or _forest(model, rows)
    if shuffled is None:
        yield from _predicted_copies(
            lambda copies: model.predict(named_as_fitted(model, copies)), rows, inner_groups, orders
        )
        return
    for columns in inner_groups:
        yield model.classes_[shuffled(columns, orders)][None]


def _column_by_column(fitted: Any) -> bool:
    inner = unwrapped(fitted)
    steps = [step for _, step in inner.steps[:-1]] if hasattr(inner, "steps") else []
    return all(
        type(step) in _COLUMN_BY_COLUMN or isinstance(step, SelectorMixin) or not hasattr(step, "transform")
        for step in steps
    )


def _predicted_copies(
    predict: Callable, values: np.ndarray, groups: Sequence[np.ndarray], orders: Sequence[np.ndarray]
) -> Iterator[np.ndarray]:
    """Predictions for copies of the values with each group shuffled; one call predicts many copies."""
    at_once = max(1, ROWS_AT_ONCE // (len(values) * len(orders)))
    for first in range(0, len(groups), at_once):
        chosen = groups[first : first + at_once]
        copies = np.tile(values, (len(chosen), len(orders), 1, 1))
        for copy, columns in zip(copies, chosen, strict=True):
            for in_order, order in zip(copy, orders, strict=True):
                in_order[:, columns] = values[np.ix_(order, columns)]
        predicted = predict(copies.reshape(-1, values.shape[1]))
        yield np.asarray(predicted, dtype=object).reshape(copies.shape[:3])


def _linear(model: Any, rows: np.ndarray) -> Callable | None:
    """For a linear model, a function of columns and orders that returns codes of classes, shape (n_orders, n_rows)."""
    weights = linear_weights(model)
    if weights is None:
        return None
    scores = rows @ weights.T + (model.intercept_ if len(model.intercept_) > 1 else [-1, 1] * model.intercept_)

    def shuffled(columns: np.ndarray, orders: Sequence[np.ndarray]) -> np.ndarray:
        part = rows[:, columns] @ weights[:, columns].T
        return np.stack([np.argmax(scores - part + part[order], axis=1) for order in orders])

    return _if_it_agrees(shuffled, model, rows)


def _kernel(model: Any, rows: np.ndarray) -> Callable | None:
    """The same for a support vector machine with an RBF kernel."""
    if not is_svc(model) or model.kernel != "rbf":
        return None
    vectors, n_classes = np.asarray(model.support_vectors_), len(model.classes_)
    if n_classes > 2 and not (model.break_ties and model.decision_function_shape == "ovr"):
        return None
    distance = _squared(rows, vectors)
    weights, _, _ = machines_of(model)

    def shuffled(columns: np.ndarray, orders: Sequence[np.ndarray]) -> np.ndarray:
        part = _squared(rows[:, columns], vectors[:, columns])
        kernel = np.stack([distance - part + part[order] for order in orders])
        margins = np.exp(-model._gamma * kernel).reshape(-1, len(vectors)) @ weights + model._intercept_
        if n_classes == 2:
            code = (margins[:, 0] <= 0).astype(int)
        else:
            code = np.argmax(_ovr_decision_function(margins < 0, -margins, n_classes), axis=1)
        return code.reshape(len(orders), len(rows))

    return _if_it_agrees(shuffled, model, rows)


def _families(model: Any, rows: np.ndarray) -> Callable | None:
    """The same for the ridge regression on kernels of families."""
    if not isinstance(model, FamilyRidgeClassifier):
        return None
    known = np.asarray(model.rows_, dtype=float)
    by_family = [np.flatnonzero(model.family_of_ == number) for number in range(len(model.families_))]
    distances = [cdist(rows[:, members], known[:, members], "cityblock") for members in by_family]
    dual = model.family_share * model.dual_coef_
    kernels = [np.exp(-d / m) if m > 0 else None for d, m in zip(distances, model.bandwidths_, strict=True)]
    alike = sum((kernel @ dual for kernel in kernels if kernel is not None), model.intercept_)
    sizes = np.abs(rows)
    roots = signed_roots(rows)
    size, linear = sizes.sum(axis=1), roots @ model.coef_.T

    def shuffled(columns: np.ndarray, orders: Sequence[np.ndarray]) -> np.ndarray:
        part_size, part_linear = sizes[:, columns].sum(axis=1), roots[:, columns] @ model.coef_[:, columns].T
        parts = []
        for number, kernel in enumerate(kernels):
            members = columns[model.family_of_[columns] == number]
            if members.size and kernel is not None:
                parts.append((number, kernel, cdist(rows[:, members], known[:, members], "cityblock")))
        codes = []
        for order in orders:
            length = np.sqrt(np.maximum(size - part_size + part_size[order], np.finfo(float).tiny))
            values = alike + (linear - part_linear + part_linear[order]) / length[:, np.newaxis]
            for number, kernel, apart in parts:
                new = np.exp(-(distances[number] - apart + apart[order]) / model.bandwidths_[number])
                values = values + (new - kernel) @ dual
            codes.append((values[:, 0] > 0).astype(int) if values.shape[1] == 1 else values.argmax(axis=1))
        return np.stack(codes)

    return _if_it_agrees(shuffled, model, rows)


def _forest(model: Any, rows: np.ndarray) -> Callable | None:
    """The same for a random forest."""
    if type(model) is not RandomForestClassifier:
        return None
    narrow = np.ascontiguousarray(rows, dtype=np.float32)  # trees compare single-precision values
    trees = model.estimators_
    shares = [tree.tree_.predict(narrow) for tree in trees]
    total = np.sum(shares, axis=0)
    splits_on = []
    for tree in trees:
        node, column = np.flatnonzero(tree.tree_.feature >= 0), tree.tree_.feature[tree.tree_.feature >= 0]
        shape = (tree.tree_.node_count, rows.shape[1])
        column_of_node = csr_array((np.ones(node.size, dtype=np.int32), (node, column)), shape=shape)
        paths = csr_array(tree.decision_path(narrow, check_input=False), dtype=np.int32)
        splits_on.append((paths @ column_of_node).toarray() > 0)

    def shuffled(columns: np.ndarray, orders: Sequence[np.ndarray]) -> np.ndarray:
        order, totals = np.stack(orders), np.repeat(total[None], len(orders), axis=0)
        for tree, old, on_path in zip(trees, shares, splits_on, strict=True):
            touched = np.flatnonzero(on_path[:, columns].any(axis=1))
            if touched.size:
                copies = np.repeat(narrow[touched][None], len(orders), axis=0)
                copies[:, :, columns] = narrow[order[:, touched][..., None], columns]
                new = tree.tree_.predict(copies.reshape(-1, rows.shape[1]))
                totals[:, touched] += new.reshape(len(orders), touched.size, -1) - old[touched]
        return np.argmax(np.round(totals, 9), axis=-1)

    return _if_it_agrees(shuffled, model, rows)


def _squared(rows: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Squared distances of all rows to all vectors."""
    products = rows @ vectors.T
    return (rows**2).sum(axis=1)[:, None] - 2 * products + (vectors**2).sum(axis=1)


def _if_it_agrees(shuffled: Callable, model: Any, rows: np.ndarray) -> Callable | None:
    """`shuffled`, if it gives the model's predictions for unshuffled rows; otherwise None."""
    everything, unshuffled = np.arange(rows.shape[1]), np.arange(len(rows))
    predicted = model.predict(named_as_fitted(model, rows))
    agrees = np.array_equal(model.classes_[shuffled(everything, [unshuffled])[0]], predicted)
    return shuffled if agrees else None
