"""Speaker-independent evaluation: fit per fold, pool all held-out predictions, score once."""

import warnings
from collections.abc import Callable
from typing import Any

from sklearn.base import BaseEstimator

from ...parallel.ordered_map import step_counter
from ...results import Result
from ...tables.feature_table import FeatureTable
from ..audit import audit
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.enrolment import DEFAULT_CLIPS
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from .choices import choice_blocks
from .predictions import predict_held_out
from .protocol import describe_folds, describe_protocol
from .scoring import Scored, described_clips


def evaluate(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    seed: int = 0,
    alongside: Any = (),
    enrol_clips: int = DEFAULT_CLIPS,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Score a pipeline on held-out speakers.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
        Rows that are not ``ok``, or lack speaker or emotion, are left out and counted. A plan has its own folds, seed
        and enrolment clips.
    pipeline : estimator
        From :func:`make_pipeline`, or any scikit-learn classifier that accepts or imputes NaN. Clones of it are fitted
        on training clips only.
    folds : str, int, splitter, sequence of (train, test), or sequence of int
        ``"auto"`` is leave-one-speaker-out for up to 24 speakers, and grouped stratified 10-fold for more; ``5`` and
        ``"5x3"`` are 5 folds, once or repeated 3 times; ``"split"`` uses the table's column `split`. For other names
        see :func:`prosody_ser.learn.splits.named.make_splitter`. A splitter of scikit-learn gets the speakers as its
        `groups`. Pairs are positions in ``table.X`` or masks of its rows, as scikit-learn's `split` yields them; whole
        numbers are the fold that tests each row. Read folds from a file with
        :func:`prosody_ser.learn.splits.split_file.read_split`. Folds that share a speaker are refused.
    seed : int
        Seed for the assignment to folds and for the enrolment clips; the model's own seed is set in the pipeline.
    alongside : estimator or sequence of estimator
        The pipeline with other speaker normalisations; they are scored on the same folds and clips, and reported
        separately.
    enrol_clips : int
        Number of enrolment clips of each speaker, if one of the pipelines uses them
        (:func:`prosody_ser.learn.speakers.enrolment.mark_enrolment`). They are excluded from the scores of all
        pipelines.
    n_jobs : int
        Number of processes; it does not change the result.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    Result
        UAR (unweighted average recall), accuracy, macro F1 and weighted F1, pooled over all held-out predictions,
        because a mean over folds would be undefined if a speaker lacks a class. Intervals over speakers
        (:func:`prosody_ser.learn.metrics.intervals.intervals`), scores by emotion, speaker and group of speakers, and
        the calibration of probabilities. Findings of the leak audit of the table and the folds under ``audit``
        (:func:`prosody_ser.learn.audit.audit`). ``result.schema.json`` describes every field.

    Raises
    ------
    ProtocolError
        If the table does not allow a speaker-independent score.

    Examples
    --------
    >>> ser.evaluate(ser.load_emodb_features(), ser.make_pipeline("lda"))
    <Result uar=0.78... accuracy=0.78... macro_f1=0.78... (blind)>
    """
    plan = as_plan(table, folds, seed, enrol_clips)
    alongside = [alongside] if hasattr(alongside, "fit") else list(alongside)
    pipelines = [pipeline, *alongside]
    enrolled = any(speaker_norm_of(variant) == "enrol" for variant in pipelines)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for variant in pipelines:
            plan = plan.for_pipeline(variant)
        fold_facts = describe_folds(plan, enrolled)
        done = step_counter(progress, len(plan.folds) * len(pipelines))
        held_out = [predict_held_out(plan, variant, n_jobs=n_jobs, done=done) for variant in pipelines]
    scored = Scored.of(plan, held_out, enrolled)
    protocol = describe_protocol(plan, pipeline, held_out[0], fold_facts, [*plan.warned, *caught], enrolled)
    data = {
        "schema": Result.schema,
        "schema_version": Result.schema_version,
        **scored.main(protocol, plan.table.notice),
        **scored.alongside(alongside),
        "audit": [finding.data for finding in audit(plan)],
        **choice_blocks(pipeline, held_out[0].choices, list(plan.X.columns)),
        "clips": described_clips(plan, held_out[0], scored.kept),
    }
    return Result(data)
