"""The wrong protocol that student projects use, to show by how much its score is too high.

Nothing here is a score of a model. :func:`evaluate` gives that.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import accuracy_score, recall_score
from sklearn.model_selection import StratifiedKFold

from ...errors import ProtocolError
from ...parallel.ordered_map import step_counter
from ...results import Result
from ...tables.feature_table import FeatureTable
from ..classifiers.registry import BALANCES, build
from ..preprocessing.estimators import check_pipeline
from ..preprocessing.sequences.reader import reader_of
from ..preprocessing.sequences.rows import SequenceRows, taken
from ..splits.evaluation_plan import EvaluationPlan, rows_of
from ..tuning.unwrap import unwrapped

NOT_THE_SCORE = (
    "NOT THE SCORE: what a wrong protocol with leaks gives. Never report it as the model's; "
    "the score is the UAR of unheard speakers."
)
PROTOCOL = (
    "Every step before the model (imputer, scaler, SMOTE) is fitted on all clips, test clips included; then all rows, "
    "synthetic ones and augmented copies too, are split at random, stratified by emotion, whoever speaks: 80 % to "
    "train and 20 % to test, five times, so that each row is tested once."
)
N_FOLDS = 5


def with_naive(
    result: Result,
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """A result with what the wrong protocol gives beside it, under ``naive``.

    The wrong protocol, with the steps and the model of `pipeline`:

    1. Augmented copies are clips like any other. Every step before the model is fitted on, and applied to, all of
       them: the imputer's medians, the scaler's means and deviations, where it has them the speaker normaliser and a
       selection of features by label.
    2. SMOTE (the pipeline's own sampler if it has one) makes all emotions as frequent as the most frequent one, from
       all clips: a synthetic clip lies between two real ones, either of which may be tested. Clips that are read frame
       by frame have none between them: there this step is left out.
    3. All rows, real, copied and synthetic, are shuffled and split in five parts stratified by emotion. A speaker is
       in all of them. Four train the model, the fifth tests it, in turn: 80/20, as
       ``train_test_split(test_size=0.2)``.
    4. UAR and accuracy over the predictions of all rows, synthetic ones included.

    Parameters
    ----------
    result : Result
        From :func:`evaluate`, with the same table and pipeline.
    table : FeatureTable or EvaluationPlan
    pipeline : imblearn.pipeline.Pipeline
        From :func:`make_pipeline`; of a calibrator or a search the pipeline inside, as it stands.
    seed : int
        Seed of the split, and of SMOTE where the pipeline has none; a plan brings its own.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    Result
        A copy; ``data["naive"]`` has ``inflated_uar``, ``inflated_accuracy``, ``inflation_of_uar`` and
        ``inflation_of_accuracy`` (inflated less right), and says what they are not. The scores stay as they were.

    Raises
    ------
    ProtocolError
        If `pipeline` is not a pipeline of steps, or its model needs the speakers, which synthetic clips lack.
    """
    check_pipeline(pipeline)
    pipeline = unwrapped(pipeline)  # what calibrates or searches is left out
    if not hasattr(pipeline, "steps"):
        raise ProtocolError(f"the naive protocol takes a pipeline of steps, not {type(pipeline).__name__}")
    if isinstance(table, EvaluationPlan):
        table = table.for_pipeline(pipeline, enrols=False)
    X, y, copies = rows_of(table)
    X, labels = copies.training(X, y.to_numpy(dtype=object))
    n_real = len(labels)
    seed = table.seed if isinstance(table, EvaluationPlan) else seed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the model says of itself is in the result already
        rows, labels, names = _prepared(pipeline, X, labels, seed)
        predicted = _cross_validated(pipeline.steps[-1][1], rows, labels, seed, step_counter(progress, N_FOLDS))
    uar = float(recall_score(labels, predicted, average="macro", zero_division=0.0))
    accuracy = float(accuracy_score(labels, predicted))
    naive: dict[str, Any] = {
        "not_the_score": NOT_THE_SCORE,
        "protocol": PROTOCOL,
        "steps_fitted_on_everything": names,
        "n_folds": N_FOLDS,
        "n_rows": len(labels),
        "n_synthetic": len(labels) - n_real,
        **({"n_copies": len(copies)} if len(copies) else {}),
        "inflated_uar": uar,
        "inflated_accuracy": accuracy,
        "inflation_of_uar": uar - result.uar,
        "inflation_of_accuracy": accuracy - result.accuracy,
    }
    return Result(result.data | {"naive": naive})


def _prepared(pipeline: Any, X: pd.DataFrame, labels: np.ndarray, seed: int) -> tuple[Any, np.ndarray, list[str]]:
    """All rows after all steps before the model, SMOTE among them; their labels; the steps' names."""
    steps = [clone(step) for _, step in pipeline.steps[:-1] if step not in (None, "passthrough")]
    if not any(hasattr(step, "fit_resample") for step in steps) and reader_of(pipeline) is None:
        steps.append(build(BALANCES["smote"]["sampler"], random_state=seed))
    rows = X
    for step in steps:
        if hasattr(step, "fit_resample"):
            rows, labels = step.fit_resample(rows, labels)
        else:
            rows = step.fit_transform(rows, labels)
    rows = rows if isinstance(rows, SequenceRows) else np.asarray(rows)
    return rows, np.asarray(labels, dtype=object), [type(step).__name__ for step in steps]


def _cross_validated(
    model: BaseEstimator, rows: Any, labels: np.ndarray, seed: int, done: Callable[[], None]
) -> np.ndarray:
    least = min(np.unique(labels, return_counts=True)[1])
    if least < N_FOLDS:
        raise ProtocolError(f"the naive protocol needs {N_FOLDS} clips of each emotion; one has {least}")
    predicted = np.empty(len(labels), dtype=object)
    if "without_speakers" in model.get_params():
        model = clone(model).set_params(without_speakers="pool")  # a network stops by clips drawn at random, too
    for train, test in StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed).split(labels, labels):
        try:
            predicted[test] = clone(model).fit(taken(rows, train), labels[train]).predict(taken(rows, test))
        except ProtocolError as error:  # a model that groups its inner folds by speaker
            raise ProtocolError(f"the naive protocol cannot be run with this model: {error}") from error
        done()
    return predicted
