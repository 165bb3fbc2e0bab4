"""The p-value of a score, from the same evaluation on labels permuted within speakers."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from ...errors import whole_number
from ...results import Result
from ...tables.feature_table import FeatureTable
from ..audit.material import Material
from ..audit.permuted_labels import permuted_runs
from ..metrics.scores import confusion_counts, mean_recall
from ..speakers.enrolment import DEFAULT_CLIPS
from ..splits.evaluation_plan import EvaluationPlan, as_plan

METHOD = "labels permuted within speaker"


def with_permutation_test(
    result: Result,
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    n_permutations: int = 100,
    seed: int = 0,
    enrol_clips: int = DEFAULT_CLIPS,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Add the p-value of the UAR to a result, under ``permutation``.

    Under the null hypothesis the labels of a speaker's clips are exchangeable. Therefore they are permuted within each
    speaker (copies of a recording have the same label), and everything is fitted and scored again `n_permutations`
    times. ``p = (1 + permutations with at least this UAR) / (1 + n_permutations)`` is valid for any number of
    permutations, and never 0.

    Parameters
    ----------
    result : Result
        From :func:`evaluate`, with the same table, pipeline, folds, seed and enrolment clips.
    table : FeatureTable or EvaluationPlan
        A plan has its own folds, seed and enrolment clips.
    pipeline : estimator
    folds : str or int or splitter
    n_permutations : int
    seed : int
        Seed for the permutations and for the assignment to folds.
    enrol_clips : int
    n_jobs : int
        Number of processes; it does not change the p-value.
    progress : callable, optional
        Called as ``progress(done, total)`` after each permutation.

    Returns
    -------
    Result
        A copy with ``data["permutation"]`` as in ``result.schema.json``; the scores do not change.

    Raises
    ------
    ProtocolError
        If `n_permutations` is less than 1, or as for :func:`evaluate`.

    References
    ----------
    Ojala, M. & Garriga, G. C. (2010). Permutation tests for studying classifier performance. Journal of Machine
        Learning Research 11, 1833-1863.
    Phipson, B. & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in Genetics
        and Molecular Biology 9(1), 39.
    """
    whole_number("the number of permutations", n_permutations, 1)
    plan = as_plan(table, folds, seed, enrol_clips).for_pipeline(pipeline)
    material = Material(plan)
    n_labels = len(material.labels)
    uars = []
    for _, truth, predicted in permuted_runs(
        material, pipeline, n_permutations, plan.seed, enrol_clips=plan.enrol_clips, n_jobs=n_jobs, progress=progress
    ):
        uars.append(float(mean_recall(confusion_counts(np.zeros_like(truth), truth, predicted, 1, n_labels)[0])))
    as_high = int((np.array(uars) >= result.uar - 1e-12).sum())
    permutation = {
        "p_value": (1 + as_high) / (1 + n_permutations),
        "n_permutations": n_permutations,
        "null_mean": float(np.mean(uars)),
        "null_sd": float(np.std(uars, ddof=1)) if n_permutations > 1 else None,
        "statistic": "uar",
        "method": METHOD,
    }
    return Result(result.data | {"permutation": permutation})
