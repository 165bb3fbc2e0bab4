"""The wrong order of steps: everything before the model is fitted on all rows, and only then rows are split."""

import warnings
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from ...errors import ProtocolError
from ..classifiers.registry import BALANCES, build
from ..preprocessing.sequences.reader import reader_of
from ..preprocessing.sequences.rows import SequenceRows, taken

N_PARTS = 5
#: Number of the part whose rows are trained on in every fold.
ALWAYS_TRAINS = -1


@dataclass(frozen=True, eq=False)
class PreparedRows:
    """All rows after the steps before the model, including synthetic rows."""

    rows: Any  #: ndarray of shape (n_rows, n_features), or SequenceRows
    labels: np.ndarray  #: ndarray of object, shape (n_rows,)
    origin: np.ndarray  #: ndarray of int, shape (n_rows,): position of each row in the input; -1 for synthetic rows
    steps: list[str]  #: class names of the steps, in order


def parts_at_random(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Assign each row to one of :data:`N_PARTS` parts, stratified by label but not by speaker."""
    code = np.unique(labels, return_inverse=True)[1]
    parts = np.empty(len(labels), dtype=int)
    parts[np.lexsort([rng.random(len(labels)), code])] = np.arange(len(labels)) % N_PARTS
    return parts


def prepared(pipeline: Any, X: pd.DataFrame, labels: np.ndarray, seed: int) -> PreparedRows:
    """Fit every step before the model on all rows, with SMOTE if the pipeline has no sampler.

    Clips that are read frame by frame are not resampled, because they cannot be interpolated.
    """
    steps = [clone(step) for _, step in pipeline.steps[:-1] if step not in (None, "passthrough")]
    if not any(hasattr(step, "fit_resample") for step in steps) and reader_of(pipeline) is None:
        steps.append(build(BALANCES["smote"]["sampler"], random_state=seed))
    rows: Any = X
    origin = np.arange(len(labels))
    for step in steps:
        if hasattr(step, "fit_resample"):
            before, named = np.asarray(rows, dtype=float), labels
            rows, labels = step.fit_resample(rows, labels)
            position = _positions_before(before, named, np.asarray(rows, dtype=float), labels)
            origin = np.where(position >= 0, origin[position], -1)
        else:
            rows = step.fit_transform(rows, labels)
    rows = rows if isinstance(rows, SequenceRows) else np.asarray(rows)
    return PreparedRows(rows, np.asarray(labels, dtype=object), origin, [type(step).__name__ for step in steps])


def _positions_before(before: np.ndarray, labels: np.ndarray, after: np.ndarray, named: np.ndarray) -> np.ndarray:
    """Position in a sampler's input of each row of its output; -1 for new rows and for repetitions."""
    places: dict[tuple[bytes, Any], deque[int]] = defaultdict(deque)
    for place, (row, label) in enumerate(zip(before, labels, strict=True)):
        places[row.tobytes(), label].append(place)
    left = (places.get((row.tobytes(), label)) for row, label in zip(after, named, strict=True))
    return np.array([waiting.popleft() if waiting else -1 for waiting in left], dtype=int)


def predicted_by_parts(
    model: BaseEstimator, ready: PreparedRows, parts: np.ndarray, done: Callable[[], None]
) -> np.ndarray:
    """Label of each row predicted by a model that was trained on all other parts; None for rows that always train."""
    predicted = np.full(len(parts), None, dtype=object)
    if "without_speakers" in model.get_params():
        model = clone(model).set_params(without_speakers="pool")  # networks then draw validation clips at random
    for part in range(N_PARTS):
        train, test = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the result already has the model's warnings
                fitted = clone(model).fit(taken(ready.rows, train), ready.labels[train])
                predicted[test] = fitted.predict(taken(ready.rows, test))
        except ProtocolError as error:  # raised by a model that groups its inner folds by speaker
            raise ProtocolError(f"the naive protocol cannot be run with this model: {error}") from error
        done()
    return predicted
