"""Fits of a search's candidates on one fold; steps that several candidates have in common are fitted only once.

A search tries a few values of a few parameters, most of them parameters of the last step. Imputation, scaling, feature
selection and SMOTE give the same rows for all candidates that do not differ in these steps, so they are run once. The
predictions equal those of candidates that are fitted separately from their first step. Support vector machines that get
the same rows share their distances, too.
"""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

import cloudpickle
import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils import _safe_indexing

from ...errors import ProtocolError
from ..classifiers.row_pairs import RowPairs
from ..classifiers.svm import SVC
from ..preprocessing.arrays import takes_arrays


def configured(estimator: BaseEstimator, parameters: dict[str, Any]) -> BaseEstimator:
    """Clone an estimator and set parameters; a ProtocolError if it does not have one of them."""
    made = clone(estimator)
    try:
        return made.set_params(**{name: clone(value, safe=False) for name, value in parameters.items()})
    except ValueError as error:
        unknown = sorted(set(parameters) - set(made.get_params()))
        raise ProtocolError(
            f"the search space has {', '.join(unknown)}, but the pipeline has no parameter of this name"
        ) from error


def held_out_predictions(
    estimator: BaseEstimator,
    candidates: Sequence[dict[str, Any]],
    X: Any,
    y: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> list:
    """Fit each candidate on the training rows, and predict the test rows.

    Returns
    -------
    list of ndarray or ValueError
        In the order of the candidates: predicted labels of the test rows, or the error of a candidate that cannot be
        fitted on these rows (such as more neighbours than clips).
    """
    ready = [configured(estimator, candidate) for candidate in candidates]
    predictions: list[Any] = [None] * len(ready)
    steps = [_steps(made) for made in ready]
    names = [name for name, _ in steps[0]]
    by_step = [_by_step(candidate, names) for candidate in candidates]
    if hasattr(X, "to_numpy") and all(map(takes_arrays, ready)):
        X = X.to_numpy()

    def descend(depth: int, members: Iterable[int], seen: Any, labels: np.ndarray, unseen: Any) -> None:
        """Fit the step at this depth once for each group of candidates with the same parameters; then the next ones."""
        groups: dict[bytes, list[int]] = {}
        for member in members:
            groups.setdefault(cloudpickle.dumps(by_step[member][depth]), []).append(member)
        pairs = RowPairs()
        for group in groups.values():
            step = steps[group[0]][depth][1]
            rows, new = seen, unseen
            if type(step) is SVC and len(groups) > 1:
                step.share(pairs)
            elif len(groups) > 1:  # a step that works in place must not change the input of the next group
                rows, new = deepcopy(seen), deepcopy(unseen)
            try:
                if depth == len(names) - 1:
                    predicted = step.fit(rows, labels).predict(new)
                    for member in group:
                        predictions[member] = predicted
                else:
                    descend(depth + 1, group, *_passed(step, rows, labels, new))
            except ProtocolError:
                raise
            except ValueError as error:
                for member in group:
                    predictions[member] = error

    descend(0, range(len(ready)), _safe_indexing(X, train), y[train], _safe_indexing(X, test))
    return predictions


def _steps(estimator: BaseEstimator) -> list[tuple[str, Any]]:
    return estimator.steps if hasattr(estimator, "steps") else [("", estimator)]


def _by_step(candidate: dict[str, Any], names: list[str]) -> list[list[tuple[str, Any]]]:
    """The candidate's parameters for each step; parameters that name no step belong to the first."""
    parameters: list[list] = [[] for _ in names]
    for name in sorted(candidate):
        step = name.partition("__")[0]
        parameters[names.index(step) if step in names else 0].append((name, candidate[name]))
    return parameters


def _passed(step: Any, rows: Any, labels: np.ndarray, new: Any) -> tuple[Any, np.ndarray, Any]:
    """Fit a step and pass training rows, labels and new rows through it, as a Pipeline does."""
    if step is None or step == "passthrough":
        return rows, labels, new
    if hasattr(step, "fit_resample"):
        return *step.fit_resample(rows, labels), new
    if hasattr(step, "fit_transform"):
        return step.fit_transform(rows, labels), labels, step.transform(new)
    return step.fit(rows, labels).transform(rows), labels, step.transform(new)
