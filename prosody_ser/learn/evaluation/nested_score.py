"""The outer score of a tuned pipeline, and the same pipeline fitted on all clips."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import clone

from ...errors import ProtocolError
from ...parallel.one_thread import one_thread
from ...parallel.ordered_map import step_counter
from ...results import Result
from ...tables.feature_table import FeatureTable
from ..speakers.enrolment import DEFAULT_CLIPS
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from ..tuning.classifier import SpeakerTunedClassifier
from .choices import choices_of_fold
from .evaluate import evaluate


def tune(
    table: FeatureTable | EvaluationPlan,
    pipeline: SpeakerTunedClassifier,
    *,
    folds: Any = "auto",
    seed: int = 0,
    enrol_clips: int = DEFAULT_CLIPS,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Result, SpeakerTunedClassifier]:
    """Score a tuned pipeline on speakers that neither its fits nor its search have used; then fit it on all clips.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
    pipeline : SpeakerTunedClassifier
        From :func:`make_tuned_pipeline`. It is not modified; clones are fitted.
    folds, seed, enrol_clips, n_jobs
        As for :func:`evaluate`; `folds` are the outer folds, and `n_jobs` is the number of folds fitted in parallel.
    progress : callable, optional
        Called as ``progress(done, total)`` after each outer fold and after the final fit.

    Returns
    -------
    result : Result
        The result of :func:`evaluate`, with the parameters of the final fit under ``tuning``.
    final : SpeakerTunedClassifier
        The model to use, fitted on all usable clips. `result` estimates its score on new speakers.

    Raises
    ------
    ProtocolError
        If the pipeline does not search its parameters, or as for :func:`evaluate`.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> result, final = ser.tune(table, ser.make_tuned_pipeline("lda", inner_folds=2), folds=2)
    >>> final.best_params_
    {'model__shrinkage': 0.6}
    """
    if not isinstance(pipeline, SpeakerTunedClassifier):
        raise ProtocolError(
            f"{type(pipeline).__name__} does not search its parameters: use a pipeline from make_tuned_pipeline"
        )
    plan = as_plan(table, folds, seed, enrol_clips).for_pipeline(pipeline)
    done = step_counter(progress, len(plan.folds) + 1)
    result = evaluate(plan, pipeline, n_jobs=n_jobs, progress=done)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the result already has the model's warnings
        rows, labels = plan.copies.training(plan.rows_for(pipeline), np.asarray(plan.y, dtype=object))
        final = clone(pipeline).fit(rows, labels)
    done()
    tuning = result.data["tuning"] | {"final": choices_of_fold(final)["tuned"]}
    return Result(result.data | {"tuning": tuning}), final
