"""Candidates of a search fitted on one fold, each step once for all candidates that agree up to it.

A search tries a few values of a few parameters, most of them of the last step. Imputing, scaling, choosing features and
SMOTE give the same rows for all candidates that do not differ in them: they are done once, and the predictions are
those that each candidate, fitted from its first step on, would give. Support vector machines that get the same rows
share their distances, too.
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
    """A clone of an estimator with parameters set; refused if it has no such parameter."""
    made = clone(estimator)
    try:
        return made.set_params(**{name: clone(value, safe=False) for name, value in parameters.items()})
    except ValueError as error:
        unknown = sorted(set(parameters) - set(made.get_params()))
        raise ProtocolError(f"the search tries {', '.join(unknown)}, which is no parameter of the pipeline") from error


def held_out_predictions(
    estimator: BaseEstimator,
    candidates: Sequence[dict[str, Any]],
    X: Any,
    y: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> list:
    """What each candidate, fitted on the training rows, says of the test rows.

    Returns
    -------
    list of ndarray or ValueError
        In the order of the candidates: labels of the test rows, or, where a candidate cannot be fitted on these rows
        (more neighbours than clips), what it says.
    """
    ready = [configured(estimator, candidate) for candidate in candidates]
    found: list[Any] = [None] * len(ready)
    steps = [_steps(made) for made in ready]
    names = [name for name, _ in steps[0]]
    own = [_by_step(candidate, names) for candidate in candidates]
    if hasattr(X, "to_numpy") and all(map(takes_arrays, ready)):
        X = X.to_numpy()

    def descend(depth: int, members: Iterable[int], seen: Any, labels: np.ndarray, unseen: Any) -> None:
        groups: dict[bytes, list[int]] = {}
        for member in members:
            groups.setdefault(cloudpickle.dumps(own[member][depth]), []).append(member)
        pairs = RowPairs()  # of these rows alone
        for group in groups.values():
            step = steps[group[0]][depth][1]
            rows, new = seen, unseen
            if type(step) is SVC and len(groups) > 1:
                step.share(pairs)
            elif len(groups) > 1:  # a step that works in place must not change what the next group gets
                rows, new = deepcopy(seen), deepcopy(unseen)
            try:
                if depth == len(names) - 1:
                    said = step.fit(rows, labels).predict(new)
                    for member in group:
                        found[member] = said
                else:
                    descend(depth + 1, group, *_passed(step, rows, labels, new))
            except ProtocolError:
                raise
            except ValueError as error:
                for member in group:
                    found[member] = error

    descend(0, range(len(ready)), _safe_indexing(X, train), y[train], _safe_indexing(X, test))
    return found


def _steps(estimator: BaseEstimator) -> list[tuple[str, Any]]:
    return estimator.steps if hasattr(estimator, "steps") else [("", estimator)]


def _by_step(candidate: dict[str, Any], names: list[str]) -> list[list[tuple[str, Any]]]:
    """For each step the parameters that concern it; what names no step concerns the first."""
    own: list[list] = [[] for _ in names]
    for name in sorted(candidate):
        step = name.partition("__")[0]
        own[names.index(step) if step in names else 0].append((name, candidate[name]))
    return own


def _passed(step: Any, rows: Any, labels: np.ndarray, new: Any) -> tuple[Any, np.ndarray, Any]:
    """Training rows, their labels and new rows behind a step, as a Pipeline hands them on."""
    if step is None or step == "passthrough":
        return rows, labels, new
    if hasattr(step, "fit_resample"):
        return *step.fit_resample(rows, labels), new
    if hasattr(step, "fit_transform"):
        return step.fit_transform(rows, labels), labels, step.transform(new)
    return step.fit(rows, labels).transform(rows), labels, step.transform(new)
