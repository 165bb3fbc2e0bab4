"""Speaker-independent evaluation: fit per fold, pool all held-out predictions, score once."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from sklearn.base import BaseEstimator

from ...parallel.ordered_map import step_counter
from ...results import Result
from ...tables.feature_table import FeatureTable
from ..audit import audit
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.enrolment import DEFAULT_CLIPS
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from .choices import said_of_choices
from .predictions import predict_held_out
from .protocol import describe_folds, describe_protocol
from .scoring import Scored, described_clips


def evaluate(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    seed: int = 0,
    alongside: Sequence[Any] = (),
    enrol_clips: int = DEFAULT_CLIPS,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Score a pipeline on speakers it has not heard.

    Parameters
    ----------
    table : FeatureTable or EvaluationPlan
        Rows that are not ``ok``, or lack speaker or emotion, are left out and counted. A plan brings its own folds,
        seed and enrolment clips.
    pipeline : estimator
        From :func:`make_pipeline`, or any scikit-learn classifier that takes NaN or imputes it. Clones of it are
        fitted on training clips only.
    folds : str or int or splitter
        ``"auto"``: leave one speaker out up to 24 speakers, else grouped stratified 10-fold. More in
        :func:`prosody_ser.learn.splits.named.make_splitter`; folds of a file come from
        :func:`prosody_ser.learn.splits.split_file.read_split`.
    seed : int
        Seed of the assignment to folds and of the enrolment clips (the model's own seed is set in
        the pipeline).
    alongside : sequence of estimator
        The pipeline with other speaker normalisations: scored on the same folds and the same clips, and told apart.
    enrol_clips : int
        Enrolment clips of each speaker, where one of the pipelines takes such
        (:func:`prosody_ser.learn.speakers.enrolment.mark_enrolment`). They are left out of the scoring of all of them.
    n_jobs : int
        Processes. The result is the same to the byte with any number.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    Result
        With UAR (unweighted average recall), accuracy, macro and weighted F1 pooled over all held-out predictions: the
        mean over folds would break where a speaker lacks a class. With intervals over speakers
        (:func:`prosody_ser.learn.metrics.intervals.intervals`), scores by emotion, speaker and group of speakers, and
        how far probabilities are to be believed. Under ``audit`` what the leak audit of the table and the folds found
        (:func:`prosody_ser.learn.audit.audit`). Every field is described in ``result.schema.json``.

    Raises
    ------
    ProtocolError
        If a speaker-independent score of this table cannot exist.

    Examples
    --------
    >>> ser.evaluate(ser.load_emodb_features(), ser.make_pipeline("lda"))
    <Result uar=0.78... accuracy=0.78... macro_f1=0.78... (blind)>
    """
    plan = as_plan(table, folds, seed, enrol_clips)
    pipelines = [pipeline, *alongside]
    enrolled = any(speaker_norm_of(one) == "enrol" for one in pipelines)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for one in pipelines:
            plan = plan.for_pipeline(one)
        fold_facts = describe_folds(plan, enrolled)
        done = step_counter(progress, len(plan.folds) * len(pipelines))
        held_out = [predict_held_out(plan, one, n_jobs=n_jobs, done=done) for one in pipelines]
    scored = Scored.of(plan, held_out, enrolled)
    protocol = describe_protocol(plan, pipeline, held_out[0], fold_facts, [*plan.warned, *caught], enrolled)
    data = {
        "schema": Result.schema,
        "schema_version": Result.schema_version,
        **scored.main(protocol, plan.table.notice),
        **scored.alongside(alongside),
        "audit": [finding.data for finding in audit(plan)],
        **said_of_choices(pipeline, held_out[0].choices, list(plan.X.columns)),
        "clips": described_clips(plan, held_out[0], scored.kept),
    }
    return Result(data)
