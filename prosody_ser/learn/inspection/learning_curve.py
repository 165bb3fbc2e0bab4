"""How the score grows with the number of speakers to train on, and how far it lies below that on the training clips."""

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

#: Numbers of speakers that are tried, at the most.
MOST_POINTS = 6
NOTE = (
    "Each point trains on some of the speakers of each fold, drawn by seed, every larger set with the smaller ones in "
    "it, and is scored on the same held-out speakers. The training UAR is that on the clips that the model learned "
    "from: it says how much was learned by heart, never how good the model is."
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
    """UAR of unheard speakers by the number of speakers trained on, and the UAR on the training clips.

    Parameters
    ----------
    table, pipeline, folds, seed, n_jobs
        As for :func:`evaluate`. The seed also draws the speakers.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fit.

    Returns
    -------
    DataFrame
        A row for each number of speakers, the last with all: `n_speakers`, `n_clips` (mean over folds), `uar`, `low`,
        `high` (95 % interval over held-out speakers), `training_uar` (mean over folds).

    Raises
    ------
    ProtocolError
        If a speaker-independent score of this table cannot exist, a fold trains on fewer than 3 speakers, or the
        pipeline takes enrolment clips.

    Examples
    --------
    >>> curve = ser.learning_curve(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> curve["n_speakers"].tolist()
    [2, 3, 4]
    """
    plan = as_plan(table, folds, seed).for_pipeline(pipeline)
    if speaker_norm_of(pipeline) == "enrol":
        raise ProtocolError("a learning curve takes the blind or the speaker-normalised track")
    sizes = _sizes(plan)
    planned = [[_with_speakers(plan, fold, number, n) for number, fold in enumerate(plan.folds)] for n in sizes]
    done, work = step_counter(progress, len(sizes) * len(plan.folds)), partial(_said, X=plan.X)
    rows = []
    for n, some in zip(sizes, planned, strict=True):
        said = list(work_folds(plan.X, plan.y, pipeline, some, work, copies=plan.copies, n_jobs=n_jobs, done=done))
        tested = np.concatenate([fold.test for fold in some])
        predicted = np.concatenate([held_out for held_out, _ in said])
        truth = plan.y.to_numpy(dtype=object)
        counts = counts_by(plan.speakers[tested], truth[tested], predicted, plan.labels)
        found = intervals(counts)
        low, high = found["uar"] if found else (np.nan, np.nan)
        learned = [_uar(truth[fold.train], own, plan.labels) for fold, (_, own) in zip(some, said, strict=True)]
        rows.append(
            {
                "n_speakers": n,
                "n_clips": round(float(np.mean([len(fold.train) for fold in some]))),
                "uar": float(scores_of(counts.sum(axis=0))["uar"]),
                "low": low,
                "high": high,
                "training_uar": float(np.mean(learned)),
            }
        )
    return pd.DataFrame(rows)


def with_learning_curve(
    result: Result, table: FeatureTable | EvaluationPlan, pipeline: BaseEstimator, **how: Any
) -> Result:
    """A result with :func:`learning_curve` of the same table and pipeline under ``learning``; a copy."""
    points = records(learning_curve(table, pipeline, **how))
    for point in points:
        low, high = point.pop("low"), point.pop("high")
        point["interval"] = None if low is None else [low, high]
    return Result(result.data | {"learning": {"note": NOTE, "points": points}})


def _sizes(plan: EvaluationPlan) -> list[int]:
    """Numbers of speakers that every fold has and that teach every emotion, from few to all."""
    most = min(np.unique(plan.speakers[fold.train]).size for fold in plan.folds)
    if most < 3:
        raise ProtocolError(
            f"a fold trains on {most} speaker{'s' * (most > 1)}: a curve over the number of speakers takes 3 or more"
        )
    least = max(_needed(plan, fold, number) for number, fold in enumerate(plan.folds))
    wanted = np.unique(np.round(np.geomspace(min(2, most), most, MOST_POINTS)).astype(int))
    return sorted({max(int(n), least) for n in wanted})


def _order(plan: EvaluationPlan, fold: Fold, number: int) -> np.ndarray:
    """The fold's training speakers in the order in which they are taken."""
    return np.random.default_rng([plan.seed, number]).permutation(np.unique(plan.speakers[fold.train]))


def _needed(plan: EvaluationPlan, fold: Fold, number: int) -> int:
    """How many of them it takes until two teach, and every emotion is among their clips."""
    y, speakers = plan.y.to_numpy(dtype=object)[fold.train], plan.speakers[fold.train]
    order = _order(plan, fold, number)
    for n in range(2, len(order)):
        if set(y[np.isin(speakers, order[:n])]) == set(plan.labels):
            return n
    return len(order)


def _with_speakers(plan: EvaluationPlan, fold: Fold, number: int, n: int) -> Fold:
    kept = np.isin(plan.speakers[fold.train], _order(plan, fold, number)[:n])
    return replace(fold, train=fold.train[kept])


def _said(fold: FittedFold, held_out: pd.DataFrame, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What a fold says of its test clips, and of its training clips."""
    return fold.pipeline.predict(held_out), fold.pipeline.predict(X.iloc[fold.train])


def _uar(truth: np.ndarray, predicted: np.ndarray, labels: list[str]) -> float:
    """UAR over the emotions that are there."""
    counts = counts_by(np.zeros(len(truth), dtype=int), truth, predicted, labels)
    return float(scores_of(counts.sum(axis=0))["uar"])
