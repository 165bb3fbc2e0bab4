"""What a pipeline says of every held-out clip: fitted fold by fold, pooled, in one order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from .folds import work_folds


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions of held-out clips, each clip in the order of the table; all again for each repeat of the folds.

    Attributes
    ----------
    row, fold, repeat : ndarray of int, shape (n_predictions,)
        Position in X, fold and repeat of each prediction.
    predicted : ndarray of object, shape (n_predictions,)
    scores : ndarray of float64, shape (n_predictions, n_labels)
        NaN where the model gives none.
    kind : {"predict_proba", "decision_function", "none"}
        What the scores are.
    """

    row: np.ndarray
    fold: np.ndarray
    repeat: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray
    kind: str


def predict_held_out(
    X: pd.DataFrame,
    y: pd.Series,
    pipeline,
    planned,
    labels: list[str],
    *,
    n_jobs: int = 1,
    done: Callable[[], None] | None = None,
) -> HeldOut:
    """Fit each fold and predict its test clips.

    Parameters
    ----------
    X, y, pipeline, planned, n_jobs
        As for :func:`prosody_ser.learn.folds.work_folds`.
    labels : list of str
        The order of the scores' columns.
    done : callable, optional
        Called after each fold.
    """
    said = []
    for of_fold in work_folds(X, y, pipeline, planned, partial(_said_of_held_out, labels=labels), n_jobs=n_jobs):
        said.append(of_fold)
        if done is not None:
            done()
    row = np.concatenate([fold.test for fold in planned])
    fold_of = np.repeat(np.arange(len(planned)), [len(fold.test) for fold in planned])
    repeat = pd.Series(row).groupby(row).cumcount().to_numpy()
    order = np.lexsort([row, repeat])
    (*_, kind), *of_rows = zip(*said, strict=True)
    predicted, scores = (np.concatenate(parts)[order] for parts in of_rows)
    return HeldOut(row[order], fold_of[order], repeat[order], predicted, scores, kind)


def _said_of_held_out(fold, held_out, labels):
    """Kind of the scores, predicted labels and scores of a fold's test clips."""
    n_test = len(held_out)
    if len(fold.enrolment):
        held_out = pd.concat([held_out, fold.enrolment])
    model, rows = _ready(fold.pipeline, held_out)
    predicted = np.asarray(model.predict(rows), dtype=object)[:n_test]
    kind, scores = _class_scores(model, rows, fold.pipeline.classes_, labels)
    return kind, predicted, scores[:n_test]


def _ready(pipeline, X):
    """The last step of a fitted pipeline and the rows that it takes, so that the others run once and not twice."""
    if type(pipeline).__module__ not in ("imblearn.pipeline", "sklearn.pipeline"):
        return pipeline, X
    rows = X
    for _, step in pipeline.steps[:-1]:
        if step not in (None, "passthrough") and not hasattr(step, "fit_resample"):
            rows = step.transform(rows)
    return pipeline.steps[-1][1], rows


def _class_scores(model, rows, classes, labels):
    """What the model says of each class, in the order of `labels`: margins or probabilities."""
    for kind in ("predict_proba", "decision_function"):
        if hasattr(model, kind):
            values = np.asarray(getattr(model, kind)(rows), dtype=float)
            if values.ndim == 1:  # two classes: one margin, positive for the second
                values = np.column_stack([-values, values])
            position = [list(classes).index(label) for label in labels]
            return kind, values[:, position]
    return "none", np.full((len(rows), len(labels)), np.nan)
