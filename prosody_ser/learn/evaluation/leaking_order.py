"""The wrong order of work: what comes before the model is fitted on all rows, which are split at random after that."""

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
#: The part of rows that train in every fold.
ALWAYS_TRAINS = -1


@dataclass(frozen=True, eq=False)
class PreparedRows:
    """All rows after every step before the model, synthetic ones among them."""

    rows: Any  #: ndarray of shape (n_rows, n_features), or SequenceRows
    labels: np.ndarray  #: ndarray of object, shape (n_rows,)
    #: ndarray of int, shape (n_rows,): which row given each of them is; -1 of one that a sampler made
    origin: np.ndarray
    steps: list[str]  #: classes of the steps, in their order


def parts_at_random(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of :data:`N_PARTS` parts for each row, stratified by label, whoever speaks."""
    code = np.unique(labels, return_inverse=True)[1]
    parts = np.empty(len(labels), dtype=int)
    parts[np.lexsort([rng.random(len(labels)), code])] = np.arange(len(labels)) % N_PARTS
    return parts


def prepared(pipeline: Any, X: pd.DataFrame, labels: np.ndarray, seed: int) -> PreparedRows:
    """Fit every step before the model on all rows, and SMOTE where the pipeline has no sampler of its own.

    Clips that are read frame by frame are not sampled: nothing lies between two of them.
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
            found = _found_again(before, named, np.asarray(rows, dtype=float), labels)
            origin = np.where(found >= 0, origin[found], -1)
        else:
            rows = step.fit_transform(rows, labels)
    rows = rows if isinstance(rows, SequenceRows) else np.asarray(rows)
    return PreparedRows(rows, np.asarray(labels, dtype=object), origin, [type(step).__name__ for step in steps])


def _found_again(before: np.ndarray, labels: np.ndarray, after: np.ndarray, named: np.ndarray) -> np.ndarray:
    """Where each row of a sampler's output stood in its input; -1 where nowhere, or where it is a repetition."""
    places: dict[tuple[bytes, Any], deque[int]] = defaultdict(deque)
    for place, (row, label) in enumerate(zip(before, labels, strict=True)):
        places[row.tobytes(), label].append(place)
    left = (places.get((row.tobytes(), label)) for row, label in zip(after, named, strict=True))
    return np.array([waiting.popleft() if waiting else -1 for waiting in left], dtype=int)


def predicted_by_parts(
    model: BaseEstimator, ready: PreparedRows, parts: np.ndarray, done: Callable[[], None]
) -> np.ndarray:
    """What a model that was trained on all other parts says of each row; None of rows that always train."""
    predicted = np.full(len(parts), None, dtype=object)
    if "without_speakers" in model.get_params():
        model = clone(model).set_params(without_speakers="pool")  # a network stops by clips drawn at random, too
    for part in range(N_PARTS):
        train, test = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what the model says of itself is in the result already
                fitted = clone(model).fit(taken(ready.rows, train), ready.labels[train])
                predicted[test] = fitted.predict(taken(ready.rows, test))
        except ProtocolError as error:  # a model that groups its inner folds by speaker
            raise ProtocolError(f"the naive protocol cannot be run with this model: {error}") from error
        done()
    return predicted
