"""Predictions of a pipeline for every held-out clip: fitted fold by fold, pooled, in a fixed order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from imblearn.pipeline import Pipeline
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline as PlainPipeline

from ..classifiers.evidence import class_scores
from ..classifiers.svm import is_svc
from ..preprocessing.arrays import takes_arrays
from ..splits.evaluation_plan import EvaluationPlan
from .choices import choices_of_fold
from .fitting import FittedFold, work_folds


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions for held-out clips, in the order of the table, one repeat of the folds after the other."""

    row: np.ndarray  #: ndarray of int, shape (n_predictions,): position of each prediction's clip in X
    fold: np.ndarray  #: ndarray of int, shape (n_predictions,)
    repeat: np.ndarray  #: ndarray of int, shape (n_predictions,)
    predicted: np.ndarray  #: ndarray of object, shape (n_predictions,): predicted labels
    scores: np.ndarray  #: ndarray of float64, shape (n_predictions, n_labels): NaN if the model gives none
    kind: str  #: {"probability", "margin", "none"}: kind of the scores
    choices: list[dict[str, Any]]  #: the choices of each fold, see :mod:`prosody_ser.learn.evaluation.choices`


def predict_held_out(
    plan: EvaluationPlan, pipeline: BaseEstimator, *, n_jobs: int = 1, done: Callable[[], None] | None = None
) -> HeldOut:
    """Fit each fold and predict its test clips; `done` is called after each fold."""
    arrays, planned = takes_arrays(pipeline), plan.folds
    work = partial(_predict_fold, labels=plan.labels, arrays=arrays)
    # Enrolment clips are marked only for pipelines that use them, because they add clips from outside a test part.
    X = plan.rows_for(pipeline)
    of_folds = work_folds(
        X, plan.y, pipeline, planned, work, copies=plan.copies, arrays=arrays, n_jobs=n_jobs, done=done
    )
    row = np.concatenate([fold.test for fold in planned])
    fold_of = np.repeat(np.arange(len(planned)), [len(fold.test) for fold in planned])
    repeat = pd.Series(row).groupby(row).cumcount().to_numpy()
    order = np.lexsort([row, repeat])
    (*_, kind), choices, *of_rows = zip(*of_folds, strict=True)
    predicted, scores = (np.concatenate(parts)[order] for parts in of_rows)
    return HeldOut(row[order], fold_of[order], repeat[order], predicted, scores, kind, list(choices))


def _predict_fold(
    fold: FittedFold, held_out: pd.DataFrame, labels: list[str], arrays: bool
) -> tuple[str, dict[str, Any], np.ndarray, np.ndarray]:
    """Kind of the scores, choices of the fold, and predicted labels and scores of its test clips."""
    n_test = len(held_out)
    if len(fold.enrolment):
        held_out = pd.concat([held_out, fold.enrolment])
    classes = np.asarray(fold.pipeline.classes_, dtype=object)
    model, rows = _ready(fold.pipeline, held_out.to_numpy() if arrays else held_out)
    scores, kind = class_scores(model, rows)
    scores = scores[:, [list(classes).index(label) for label in labels]]
    if _takes_the_largest(model, len(classes)):
        predicted = np.asarray(labels, dtype=object)[scores.argmax(axis=1)]
    else:
        predicted = np.asarray(model.predict(rows), dtype=object)
    return kind, choices_of_fold(fold.pipeline), predicted[:n_test], scores[:n_test]


def _takes_the_largest(model: Any, n_classes: int) -> bool:
    """Whether `predict` returns the class with the largest margin, so that SVC need not compute the margins twice."""
    return is_svc(model) and model.break_ties and model.decision_function_shape == "ovr" and n_classes > 2


def _ready(pipeline: Any, X: Any) -> tuple[Any, Any]:
    """The last step of a fitted pipeline and its input, so that the other steps run only once."""
    if type(pipeline) not in (Pipeline, PlainPipeline):
        return pipeline, X
    rows = X
    for _, step in pipeline.steps[:-1]:
        if step not in (None, "passthrough") and not hasattr(step, "fit_resample"):
            rows = step.transform(rows)
    return pipeline.steps[-1][1], rows
