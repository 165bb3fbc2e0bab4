"""The wrong protocol that many student projects use, step by step, to show by how much its score is too high and why.

None of these numbers is the score of a model, which :func:`evaluate` gives.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from ...errors import ProtocolError
from ...parallel.ordered_map import step_counter
from ...results import Result
from ...tables.feature_table import FeatureTable
from ..classifiers.calibration import SpeakerCalibratedClassifier
from ..metrics.intervals import difference_interval, intervals
from ..metrics.scores import confusion_counts, counts_by, plain_scores
from ..preprocessing.estimators import check_pipeline
from ..preprocessing.sequences.reader import reader_of
from ..speakers.enrolment import DEFAULT_CLIPS, enrolment_of
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from ..splits.splitters import Fold
from ..tuning.unwrap import unwrapped
from .leaking_order import ALWAYS_TRAINS, N_PARTS, PreparedRows, parts_at_random, predicted_by_parts, prepared
from .predictions import predict_held_out

NOT_THE_SCORE = (
    "NOT THE SCORE: these numbers come from a wrong evaluation, in which the model has seen the test speakers or the "
    "test clips before. Never report them as the model's score, which is the UAR of held-out speakers."
)
PROTOCOL = (
    "Each line adds one mistake to those of the lines before it, and shows by how much the UAR rises. In all lines but "
    f"the first, the clips are divided at random into {N_PARTS} parts, and a model that was trained on {N_PARTS - 1} "
    "of them is tested on the remaining one, in turn. Every line counts the same recordings as the score, without "
    "synthetic rows and augmented copies."
)
_STEPS = {
    "speakers": (
        "speakers on both sides",
        "The clips are split at random, stratified by emotion but not by speaker, so every speaker is in both training "
        "and test. Nothing else is changed.",
    ),
    "search": ("no search", "The search for parameters is left out, because its inner folds keep speakers apart."),
    "preparation": (
        "scaling, SMOTE before split",
        "Every step before the model is fitted on all clips, including test clips. SMOTE, or the pipeline's own "
        "sampler, then adds clips that lie between training clips and test clips.",
    ),
    "preparation of frames": (
        "scaling before the split",
        "Every step before the model is fitted on all clips, including test clips. SMOTE is not used in this step, "
        "because it cannot make clips that are read frame by frame.",
    ),
    "copies": (
        "copies of test clips train",
        "Augmented copies are split at random like recordings, so copies of most test clips are in training.",
    ),
}


def with_naive(
    result: Result,
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    seed: int = 0,
    enrol_clips: int = DEFAULT_CLIPS,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Add to a result, under ``naive``, the numbers that the wrong protocol gives, step by step.

    Each step makes one more mistake than the step before, with the steps and the model of `pipeline`:

    1. ``speakers``: the clips are split at random into five parts, stratified by emotion but not by speaker. Four parts
       train, the fifth is tested, in turn; this is 80/20, as in ``train_test_split(test_size=0.2)``. The pipeline is
       still fitted only on training clips and their copies. If the pipeline searches its parameters, a step ``search``
       follows that leaves out the search.
    2. ``preparation``: all steps before the model are fitted on all rows (the imputer's medians, the scaler's means
       and, if the pipeline has them, the speaker normaliser and the selection of features). SMOTE, or the pipeline's
       own sampler, makes synthetic rows, each between two others, either of which may be tested. Clips that are read
       frame by frame have no synthetic rows. Recordings stay in the parts of step 1.
    3. ``copies``, if the table has augmented copies: they are assigned to the parts at random. Before this step a copy
       is in the same part as its original.

    Every step is scored on the same recordings as the result. Synthetic rows and copies are never scored.

    Parameters
    ----------
    result : Result
        From :func:`evaluate`, with the same table, pipeline, folds, seed and enrolment clips.
    table : FeatureTable or EvaluationPlan
        A plan has its own folds, seed and enrolment clips.
    pipeline : imblearn.pipeline.Pipeline
        From :func:`make_pipeline`; a calibrator is left out, because it changes no decision.
    folds : str or int or splitter
        The folds of the result, which determine the clips that are scored.
    seed : int
        Seed for the random parts, and for SMOTE if the pipeline has no sampler.
    enrol_clips : int
        Used only if the pipeline normalises by enrolment clips. These clips train in every part and are not scored.
    n_jobs : int
        Number of processes for the first step.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fit.

    Returns
    -------
    Result
        A copy; ``data["naive"]`` has the steps, each with its UAR, its accuracy, their interval and the difference
        from the step before, and a note that they are not the score. The scores of the result do not change.

    Raises
    ------
    ProtocolError
        If `pipeline` is not a pipeline of steps, its model needs speakers, which synthetic clips do not have, an
        emotion has fewer than five clips, or the result has other clips.
    """
    check_pipeline(pipeline)
    pipeline = pipeline.estimator if isinstance(pipeline, SpeakerCalibratedClassifier) else pipeline
    inner = unwrapped(pipeline)
    if not hasattr(inner, "steps"):
        raise ProtocolError(f"the naive protocol needs a pipeline of steps, not {type(inner).__name__}")
    plan = as_plan(table, folds, seed, enrol_clips).for_pipeline(pipeline)
    ladder = _Ladder.of(result, plan, pipeline, inner)
    done = step_counter(progress, N_PARTS * ladder.n_steps)
    steps, predictions = [], result.predictions
    counts = counts_by(predictions["speaker"], predictions["emotion"], predictions["predicted"], plan.labels)
    for name, counts_of_step in ladder.climb(n_jobs, done):
        steps.append(_step(name, counts, counts_of_step))
        counts = counts_of_step
    uar, accuracy = (steps[-1][f"claimed_{score}"] for score in ("uar", "accuracy"))
    naive: dict[str, Any] = {
        "not_the_score": NOT_THE_SCORE,
        "protocol": PROTOCOL,
        "steps_fitted_on_everything": ladder.ready.steps,
        "n_folds": N_PARTS,
        "n_rows": len(ladder.ready.labels),
        "n_synthetic": int((ladder.ready.origin < 0).sum()),
        **({"n_copies": len(plan.copies)} if len(plan.copies) else {}),
        "steps": steps,
        "inflated_uar": uar,
        "inflated_accuracy": accuracy,
        "inflation_of_uar": uar - result.uar,
        "inflation_of_accuracy": accuracy - result.accuracy,
    }
    return Result(result.data | {"naive": naive})


def _step(name: str, before: np.ndarray, counts: np.ndarray) -> dict[str, Any]:
    """Describe a step for a result; `before` and `counts` have the shape (n_speakers, n_labels, n_labels)."""
    title, what = _STEPS[name]
    scores, last = (plain_scores(matrix.sum(axis=0), ("uar", "accuracy")) for matrix in (counts, before))
    of_scores = intervals(counts)
    return {
        "step": name.partition(" ")[0],
        "title": title,
        "what": what,
        "n_scored": int(counts.sum()),
        "claimed_uar": scores["uar"],
        "claimed_accuracy": scores["accuracy"],
        "interval_of_uar": None if of_scores is None else of_scores["uar"],
        "difference_of_uar": scores["uar"] - last["uar"],
        "difference_interval": difference_interval(counts, before),
        "difference_of_accuracy": scores["accuracy"] - last["accuracy"],
    }


@dataclass(frozen=True, eq=False)
class _Ladder:
    """The rows of all steps, and the clips that are scored."""

    plan: EvaluationPlan
    pipeline: Any
    inner: Any  #: the pipeline without the search
    scored: np.ndarray  #: ndarray of bool, shape (n_clips,): whether each clip is scored
    parts: np.ndarray  #: ndarray of int, shape (n_clips,): the random part of each recording
    rng: np.random.Generator
    ready: PreparedRows

    @classmethod
    def of(cls, result: Result, plan: EvaluationPlan, pipeline: Any, inner: Any) -> "_Ladder":
        labels = plan.y.to_numpy(dtype=object)
        least = min(np.unique(labels, return_counts=True)[1])
        if least < N_PARTS:
            raise ProtocolError(
                f"the naive protocol needs at least {N_PARTS} clips of each emotion, but one has {least}: add clips, "
                "or leave out the naive protocol"
            )
        scored = np.isin(np.arange(len(labels)), np.concatenate([fold.test for fold in plan.folds]))
        if result.data["protocol"].get("enrolment"):
            scored &= ~enrolment_of(plan.marked)
        if scored.sum() != result.data["n_clips"]:
            raise ProtocolError("the result has other clips than the table: evaluate the table again")
        rng = np.random.default_rng(plan.seed)
        X = plan.rows_for(pipeline)
        parts = np.full(len(labels), ALWAYS_TRAINS)
        divided = ~enrolment_of(X)
        parts[divided] = parts_at_random(labels[divided], rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ready = prepared(inner, *plan.copies.training(X, labels), plan.seed)
        return cls(plan, pipeline, inner, scored, parts, rng, ready)

    @property
    def n_steps(self) -> int:
        return 2 + (self.inner is not self.pipeline) + (len(self.plan.copies) > 0)

    def climb(self, n_jobs: int, done: Callable[[], None]) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the name of each step and its counts, shape (n_speakers, n_labels, n_labels)."""
        yield "speakers", self._with_speakers_on_both_sides(self.pipeline, n_jobs, done)
        if self.inner is not self.pipeline:
            yield "search", self._with_speakers_on_both_sides(self.inner, n_jobs, done)
        copies, made = self.plan.copies, self.ready.origin < 0
        synthetic = parts_at_random(self.ready.labels[made], self.rng)
        yield (
            "preparation" if reader_of(self.inner) is None else "preparation of frames",
            self._prepared_before(self.parts[copies.parent], synthetic, done),
        )
        if len(copies):
            labels = self.plan.y.to_numpy(dtype=object)[copies.parent]
            yield "copies", self._prepared_before(parts_at_random(labels, self.rng), synthetic, done)

    def _with_speakers_on_both_sides(self, pipeline: Any, n_jobs: int, done: Callable[[], None]) -> np.ndarray:
        folds = [Fold(np.flatnonzero(self.parts != i), np.flatnonzero(self.parts == i)) for i in range(N_PARTS)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the result already has the model's warnings
            held_out = predict_held_out(replace(self.plan, folds=folds), pipeline, n_jobs=n_jobs, done=done)
        return self._counts(held_out.row, held_out.predicted)

    def _prepared_before(self, of_copies: np.ndarray, of_synthetic: np.ndarray, done: Callable[[], None]) -> np.ndarray:
        origin = self.ready.origin
        parts = np.concatenate([self.parts, of_copies])[origin]
        parts[origin < 0] = of_synthetic
        predicted = predicted_by_parts(self.inner.steps[-1][1], self.ready, parts, done)
        recorded = (origin >= 0) & (origin < len(self.parts))
        return self._counts(origin[recorded], predicted[recorded])

    def _counts(self, rows: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Confusion counts by speaker for the predictions that are scored; `rows` are positions in the plan's X."""
        plan, kept = self.plan, self.scored[rows]
        rows, predicted = rows[kept], predicted[kept]
        names, speaker = np.unique(plan.speakers[self.scored], return_inverse=True)
        of_row = np.full(len(plan.speakers), -1)
        of_row[self.scored] = speaker
        truth = plan.y.to_numpy(dtype=object)[rows]
        true_at, predicted_at = (np.searchsorted(plan.labels, labels) for labels in (truth, predicted))
        return confusion_counts(of_row[rows], true_at, predicted_at, len(names), len(plan.labels))
