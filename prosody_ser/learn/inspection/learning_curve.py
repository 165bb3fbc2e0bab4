"""Learning curve: the score by number of training speakers, compared with the score on the training clips."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ...errors import ProtocolError
from ...parallel.ordered_map import step_counter
from ...results import Result
from ...results.jsonable import records
from ...tables.feature_table import FeatureTable
from ..evaluation.fitting import FittedFold, work_folds
from ..metrics.intervals import intervals
from ..metrics.scores import counts_by, scores_of
from ..preprocessing.speaker_norm import speaker_norm_of
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from ..splits.splitters import Fold

#: Largest number of points.
MOST_POINTS = 6
NOTE = (
    "For each point, the model is trained on some of the training speakers of each fold, drawn by seed so that every "
    "larger set contains the smaller ones, and scored on the same held-out speakers. The training UAR is that on the "
    "clips that the model was trained on: it shows how much the model has memorised, not how good it is."
)


def learning_curve(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """UAR of held-out speakers by the number of training speakers, and the UAR on the training clips.

    Parameters
    ----------
    table, pipeline, folds, seed, n_jobs
        As for :func:`evaluate`. The seed is also used to draw the speakers.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fit.

    Returns
    -------
    DataFrame
        One row for each number of speakers, the last with all speakers. The columns are `n_speakers`, `n_clips` (mean
        over folds), `uar`, `low`, `high` (95 % interval over held-out speakers) and `training_uar` (mean over folds).

    Raises
    ------
    ProtocolError
        If the table does not allow a speaker-independent score, a fold trains on fewer than 3 speakers, or the pipeline
        uses enrolment clips.

    Examples
    --------
    >>> curve = ser.learning_curve(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> curve["n_speakers"].tolist()
    [2, 3, 4]
    """
    plan = as_plan(table, folds, seed).for_pipeline(pipeline)
    if speaker_norm_of(pipeline) == "enrol":
        raise ProtocolError(
            "a learning curve is not available with enrolment clips: use the speaker normalisation 'none' or 'speaker'"
        )
    sizes = _sizes(plan)
    planned = [[_with_speakers(plan, fold, number, n) for number, fold in enumerate(plan.folds)] for n in sizes]
    done, work = step_counter(progress, len(sizes) * len(plan.folds)), partial(_predict, X=plan.X)
    truth = plan.y.to_numpy(dtype=object)
    rows = []
    for n, folds_of_size in zip(sizes, planned, strict=True):
        predictions = list(
            work_folds(plan.X, plan.y, pipeline, folds_of_size, work, copies=plan.copies, n_jobs=n_jobs, done=done)
        )
        tested = np.concatenate([fold.test for fold in folds_of_size])
        predicted = np.concatenate([of_test for of_test, _ in predictions])
        counts = counts_by(plan.speakers[tested], truth[tested], predicted, plan.labels)
        of_scores = intervals(counts)
        low, high = of_scores["uar"] if of_scores else (np.nan, np.nan)
        training_uars = [
            _uar(truth[fold.train], of_training, plan.labels)
            for fold, (_, of_training) in zip(folds_of_size, predictions, strict=True)
        ]
        rows.append(
            {
                "n_speakers": n,
                "n_clips": round(float(np.mean([len(fold.train) for fold in folds_of_size]))),
                "uar": float(scores_of(counts.sum(axis=0))["uar"]),
                "low": low,
                "high": high,
                "training_uar": float(np.mean(training_uars)),
            }
        )
    return pd.DataFrame(rows)


def with_learning_curve(
    result: Result, table: FeatureTable | EvaluationPlan, pipeline: BaseEstimator, **how: Any
) -> Result:
    """Return a copy of a result with :func:`learning_curve` of the same table and pipeline under ``learning``."""
    points = records(learning_curve(table, pipeline, **how))
    for point in points:
        low, high = point.pop("low"), point.pop("high")
        point["interval"] = None if low is None else [low, high]
    return Result(result.data | {"learning": {"note": NOTE, "points": points}})


def _sizes(plan: EvaluationPlan) -> list[int]:
    """Numbers of speakers, from few to all, for which every fold has enough speakers and all emotions in training."""
    most = min(np.unique(plan.speakers[fold.train]).size for fold in plan.folds)
    if most < 3:
        raise ProtocolError(
            f"a fold trains on {most} speaker{'s' * (most > 1)}, but a learning curve needs at least 3: add speakers, "
            "or use more folds"
        )
    least = max(_needed(plan, fold, number) for number, fold in enumerate(plan.folds))
    wanted = np.unique(np.round(np.geomspace(min(2, most), most, MOST_POINTS)).astype(int))
    return sorted({max(int(n), least) for n in wanted})


def _order(plan: EvaluationPlan, fold: Fold, number: int) -> np.ndarray:
    """The fold's training speakers, in the order in which they are added."""
    return np.random.default_rng([plan.seed, number]).permutation(np.unique(plan.speakers[fold.train]))


def _needed(plan: EvaluationPlan, fold: Fold, number: int) -> int:
    """Smallest number of speakers, at least two, whose clips have every emotion."""
    y, speakers = plan.y.to_numpy(dtype=object)[fold.train], plan.speakers[fold.train]
    order = _order(plan, fold, number)
    for n in range(2, len(order)):
        if set(y[np.isin(speakers, order[:n])]) == set(plan.labels):
            return n
    return len(order)


def _with_speakers(plan: EvaluationPlan, fold: Fold, number: int, n: int) -> Fold:
    kept = np.isin(plan.speakers[fold.train], _order(plan, fold, number)[:n])
    return replace(fold, train=fold.train[kept])


def _predict(fold: FittedFold, held_out: pd.DataFrame, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Predictions of a fold for its test clips, and for its training clips."""
    return fold.pipeline.predict(held_out), fold.pipeline.predict(X.iloc[fold.train])


def _uar(truth: np.ndarray, predicted: np.ndarray, labels: list[str]) -> float:
    """UAR over the emotions that occur."""
    counts = counts_by(np.zeros(len(truth), dtype=int), truth, predicted, labels)
    return float(scores_of(counts.sum(axis=0))["uar"])
