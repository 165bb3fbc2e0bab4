"""The wrong protocol that student projects use, step by step, to show by how much its score is too high, and why.

Nothing here is a score of a model. :func:`evaluate` gives that.
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
    "NOT THE SCORE: what a wrong protocol with leaks gives. Never report it as the model's; "
    "the score is the UAR of unheard speakers."
)
PROTOCOL = (
    "The wrong protocol is built up from the right one, one step after another, and every step keeps what the steps "
    "before it did. Every step counts the same recordings as the score does: no synthetic row and no augmented copy. A "
    f"step trains on four of {N_PARTS} random parts of the clips and tests the fifth, in turn."
)
_STEPS = {
    "speakers": (
        "speakers on both sides",
        "The clips are split at random, stratified by emotion, whoever speaks, so that every speaker is in training "
        "and in test. Nothing else is changed.",
    ),
    "search": ("no search", "The search for parameters is left out, because its inner folds keep speakers apart."),
    "preparation": (
        "scaling, SMOTE before split",
        "Every step before the model is fitted on all clips, test clips included. SMOTE, or the pipeline's own "
        "sampler, then adds clips that lie between training clips and test clips.",
    ),
    "preparation of frames": (
        "scaling before the split",
        "Every step before the model is fitted on all clips, test clips included. There is no SMOTE in this step: it "
        "cannot make clips that are read frame by frame.",
    ),
    "copies": (
        "copies of test clips train",
        "Augmented copies are split at random like recordings, so that copies of most test clips are in training.",
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
    """A result with what the wrong protocol gives beside it, under ``naive``, step by step.

    Each step does one more thing wrong than the step before it, with the steps and the model of `pipeline`:

    1. ``speakers``: the clips are split at random into five parts, stratified by emotion, whoever speaks. Four train,
       the fifth is tested, in turn: 80/20, as ``train_test_split(test_size=0.2)``. The pipeline is still fitted on
       training clips and their copies only. Of a pipeline that searches its parameters, a step ``search`` follows
       that leaves the search out.
    2. ``preparation``: all steps before the model are fitted on all rows (the imputer's medians, the scaler's means,
       where the pipeline has them the speaker normaliser and a selection of features by label). SMOTE, or the
       pipeline's own sampler, makes synthetic rows, each between two others, either of which may be tested. Clips that
       are read frame by frame have no synthetic rows. Recordings stay in the parts of step 1.
    3. ``copies``, where the table has augmented copies: they are dealt to the parts at random. Until then a copy is
       where its original is.

    Every step is scored on the recordings that the result is scored on. Synthetic rows and copies are never counted.

    Parameters
    ----------
    result : Result
        From :func:`evaluate`, with the same table, pipeline, folds, seed and enrolment clips.
    table : FeatureTable or EvaluationPlan
        A plan brings its own folds, seed and enrolment clips.
    pipeline : imblearn.pipeline.Pipeline
        From :func:`make_pipeline`; what calibrates it is left out, since it changes no decision.
    folds : str or int or splitter
        They tell which clips the result is scored on.
    seed : int
        Seed of the random parts, and of SMOTE where the pipeline has none.
    enrol_clips : int
        For a pipeline that normalises by enrolment clips. Those clips train in every part and are not scored.
    n_jobs : int
        Processes of the first step.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fit.

    Returns
    -------
    Result
        A copy; ``data["naive"]`` has the steps, each with its UAR, its accuracy, their interval and the difference
        from the step before, and says what they are not. The scores stay as they were.

    Raises
    ------
    ProtocolError
        If `pipeline` is not a pipeline of steps, its model needs the speakers, which synthetic clips lack, an emotion
        has fewer than five clips, or the result is of other clips.
    """
    check_pipeline(pipeline)
    pipeline = pipeline.estimator if isinstance(pipeline, SpeakerCalibratedClassifier) else pipeline
    inner = unwrapped(pipeline)
    if not hasattr(inner, "steps"):
        raise ProtocolError(f"the naive protocol takes a pipeline of steps, not {type(inner).__name__}")
    plan = as_plan(table, folds, seed, enrol_clips).for_pipeline(pipeline)
    ladder = _Ladder.of(result, plan, pipeline, inner)
    done = step_counter(progress, N_PARTS * ladder.n_steps)
    steps, said = [], result.predictions
    counts = counts_by(said["speaker"], said["emotion"], said["predicted"], plan.labels)
    for name, found in ladder.climb(n_jobs, done):
        steps.append(_step(name, counts, found))
        counts = found
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
    """A step as a result holds it; `before` and `counts` of shape (n_speakers, n_labels, n_labels)."""
    title, what = _STEPS[name]
    scores, last = (plain_scores(one.sum(axis=0), ("uar", "accuracy")) for one in (counts, before))
    found = intervals(counts)
    return {
        "step": name.partition(" ")[0],
        "title": title,
        "what": what,
        "n_scored": int(counts.sum()),
        "claimed_uar": scores["uar"],
        "claimed_accuracy": scores["accuracy"],
        "interval_of_uar": None if found is None else found["uar"],
        "difference_of_uar": scores["uar"] - last["uar"],
        "difference_interval": difference_interval(counts, before),
        "difference_of_accuracy": scores["accuracy"] - last["accuracy"],
    }


@dataclass(frozen=True, eq=False)
class _Ladder:
    """The rows of all steps, and who is counted."""

    plan: EvaluationPlan
    pipeline: Any
    inner: Any  #: the pipeline without what searches
    scored: np.ndarray  #: ndarray of bool, shape (n_clips,)
    parts: np.ndarray  #: ndarray of int, shape (n_clips,): the random part of each recording
    rng: np.random.Generator
    ready: PreparedRows

    @classmethod
    def of(cls, result: Result, plan: EvaluationPlan, pipeline: Any, inner: Any) -> "_Ladder":
        labels = plan.y.to_numpy(dtype=object)
        least = min(np.unique(labels, return_counts=True)[1])
        if least < N_PARTS:
            raise ProtocolError(f"the naive protocol needs {N_PARTS} clips of each emotion; one has {least}")
        scored = np.isin(np.arange(len(labels)), np.concatenate([fold.test for fold in plan.folds]))
        if result.data["protocol"].get("enrolment"):
            scored &= ~enrolment_of(plan.marked)
        if scored.sum() != result.data["n_clips"]:
            raise ProtocolError("the result is of other clips than the table: evaluate the table again")
        rng = np.random.default_rng(plan.seed)
        X = plan.rows_for(pipeline)
        parts = np.full(len(labels), ALWAYS_TRAINS)
        dealt = ~enrolment_of(X)
        parts[dealt] = parts_at_random(labels[dealt], rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ready = prepared(inner, *plan.copies.training(X, labels), plan.seed)
        return cls(plan, pipeline, inner, scored, parts, rng, ready)

    @property
    def n_steps(self) -> int:
        return 2 + (self.inner is not self.pipeline) + (len(self.plan.copies) > 0)

    def climb(self, n_jobs: int, done: Callable[[], None]) -> Iterator[tuple[str, np.ndarray]]:
        """The name of each step and its counts, shape (n_speakers, n_labels, n_labels)."""
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
            warnings.simplefilter("ignore")  # what the model says of itself is in the result already
            said = predict_held_out(replace(self.plan, folds=folds), pipeline, n_jobs=n_jobs, done=done)
        return self._counts(said.row, said.predicted)

    def _prepared_before(self, of_copies: np.ndarray, of_synthetic: np.ndarray, done: Callable[[], None]) -> np.ndarray:
        origin = self.ready.origin
        parts = np.concatenate([self.parts, of_copies])[origin]
        parts[origin < 0] = of_synthetic
        predicted = predicted_by_parts(self.inner.steps[-1][1], self.ready, parts, done)
        recorded = (origin >= 0) & (origin < len(self.parts))
        return self._counts(origin[recorded], predicted[recorded])

    def _counts(self, rows: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Confusion counts by speaker of the predictions that are scored; `rows` are positions in the plan's X."""
        plan, kept = self.plan, self.scored[rows]
        rows, predicted = rows[kept], predicted[kept]
        names, speaker = np.unique(plan.speakers[self.scored], return_inverse=True)
        of_row = np.full(len(plan.speakers), -1)
        of_row[self.scored] = speaker
        truth = plan.y.to_numpy(dtype=object)[rows]
        label, said = (np.searchsorted(plan.labels, one) for one in (truth, predicted))
        return confusion_counts(of_row[rows], label, said, len(names), len(plan.labels))
