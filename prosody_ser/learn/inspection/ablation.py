"""Ablation of feature families: the loss when the pipeline is fitted without a family, on the same folds."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ...errors import ProtocolError
from ...parallel.ordered_map import step_counter
from ...results.jsonable import records
from ...tables.feature_table import FeatureTable
from ..evaluation.fitting import FittedFold, work_folds
from ..metrics.intervals import difference_interval
from ..metrics.scores import counts_by, scores_of
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from .feature_groups import families


def drop_family(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Compute the UAR that is lost when the pipeline is fitted without a family of features.

    The pipeline is fitted again on the same folds without each family in turn. The other families can replace the
    information that they share with it, so the loss is the contribution of the family alone. In contrast, permutation
    importance (:func:`importances_by`) is what the given model takes from the family.

    Parameters
    ----------
    table, pipeline, folds, seed, n_jobs
        As for :func:`evaluate`.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fit.

    Returns
    -------
    DataFrame
        Sorted by loss, with the columns `family`, `n_features`, `uar_without`, `uar_lost` (pooled UAR with all features
        minus that without the family; negative if the family does harm), `low` and `high` (95 % interval of the loss
        over speakers, see :func:`prosody_ser.learn.metrics.intervals.difference_interval`). ``attrs["uar"]`` is the UAR
        with all features.

    Raises
    ------
    ProtocolError
        If the table does not allow a speaker-independent score, or all features belong to one family.

    Examples
    --------
    >>> ser.drop_family(ser.load_emodb_features(), ser.make_pipeline("lda"), folds=2)["family"].sort_values().tolist()
    ['formants', 'intensity', 'pitch', 'spectrum', 'timing', 'voice quality']
    """
    plan = as_plan(table, folds, seed).for_pipeline(pipeline, enrols=False)
    by_family = check_families(plan.X.columns)
    kept = [plan.X] + [plan.X.drop(columns=members) for members in by_family.values()]
    done = step_counter(progress, len(kept) * len(plan.folds))
    counts = [_counts(plan, pipeline, X, n_jobs, done) for X in kept]
    uar = np.array([float(scores_of(by_speaker.sum(axis=0))["uar"]) for by_speaker in counts])
    ranges = [difference_interval(counts[0], without) or [np.nan, np.nan] for without in counts[1:]]
    low, high = np.transpose(ranges)
    losses = pd.DataFrame(
        {
            "family": list(by_family),
            "n_features": [len(members) for members in by_family.values()],
            "uar_without": uar[1:],
            "uar_lost": uar[0] - uar[1:],
            "low": low,
            "high": high,
        }
    ).sort_values("uar_lost", ascending=False, kind="stable", ignore_index=True)
    losses.attrs["uar"] = float(uar[0])
    return losses


def check_families(names: Iterable[str]) -> dict[str, list[str]]:
    """Features by family, after checking that there are at least two families."""
    by_family = families(names)
    if len(by_family) < 2:
        raise ProtocolError(
            f"all features belong to one family ({', '.join(by_family)}), so no feature is left without it: use a "
            "table with at least two families"
        )
    return by_family


def drop_family_block(losses: pd.DataFrame) -> dict[str, Any]:
    """The result of :func:`drop_family` as the block ``drop_family`` of a result."""
    plain = records(losses)
    for row in plain:
        low, high = row.pop("low"), row.pop("high")
        row["interval"] = None if low is None else [low, high]
    return {"uar": losses.attrs["uar"], "families": plain}


def _counts(
    plan: EvaluationPlan, pipeline: BaseEstimator, X: pd.DataFrame, n_jobs: int, done: Callable[[], None]
) -> np.ndarray:
    """Confusion counts of each tested speaker for the pipeline fitted on X."""
    of_folds = work_folds(X, plan.y, pipeline, plan.folds, _predict, copies=plan.copies, n_jobs=n_jobs, done=done)
    predicted = np.concatenate(list(of_folds))
    tested = np.concatenate([fold.test for fold in plan.folds])
    return counts_by(plan.speakers[tested], plan.y.to_numpy()[tested], predicted, plan.labels)


def _predict(fold: FittedFold, held_out: pd.DataFrame) -> np.ndarray:
    return fold.pipeline.predict(held_out)
