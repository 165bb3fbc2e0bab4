"""Explanation of the scores of held-out clips by Shapley values, from the fold that has not seen the speaker."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from ...errors import ProsodySerError, ProtocolError
from ...parallel.ordered_map import step_counter
from ...tables.feature_table import FeatureTable
from ..classifiers.family_ridge import FamilyRidgeClassifier
from ..evaluation.fitting import FittedFold, work_folds
from ..preprocessing.sequences.reader import reader_of
from ..splits.evaluation_plan import EvaluationPlan, as_plan
from .explanation import Explanation
from .family_paths import path_values
from .fitted import linear_weights, model_of, named_as_fitted, reaching_model

#: Default number of training clips that represent unknown values, if the model is neither a tree nor linear.
N_BACKGROUND = 50
#: Methods by kind of model, with their descriptions.
METHODS = {
    "tree": "tree SHAP, path-dependent: exact; the base is the model's mean over the rows it was fitted on",
    "linear": "linear SHAP: exact; the base is the score of the mean training clip",
    "path": "integrated gradients from the mean training clip, whose score is the base; exact for sums over families",
    "permutation": "permutation SHAP, one permutation in both directions; the base is the mean of drawn training clips",
}


def check_shap() -> None:
    """Raise a ProsodySerError that explains how to install the extra, if it is missing."""
    if find_spec("shap") is None:
        raise ProsodySerError("explaining predictions needs the extra [explain]: pip install 'prosody-ser[explain]'")


def explain(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    rows: ArrayLike | None = None,
    *,
    folds: Any = "auto",
    seed: int = 0,
    n_jobs: int = 1,
    n_background: int = N_BACKGROUND,
    progress: Callable[[int, int], None] | None = None,
) -> Explanation:
    """Explain the scores of held-out clips by their features, with the fold that has not seen the speaker.

    Shapley values (SHAP) divide ``score - base`` fairly among the features. They are computed by the package `shap`:
    for tree models (rf, hgb) with its TreeExplainer and for linear ones (linear-svm, logreg, lda) with its
    LinearExplainer, both exact. For `best`, integrated gradients are used, whose sums over families are exact. All
    other models use the PermutationExplainer, in which unknown values are those of training clips drawn at random. With
    any method, the values add up to the score. They explain what the model did, not speech itself, and for correlated
    features the division is one of many possible ones.

    Parameters
    ----------
    table, pipeline
        As for :func:`evaluate`. For a calibrator or a search, the pipeline inside is explained.
    rows : int, sequence of int, or mask, optional
        Positions in ``table.X`` of the clips to explain; by default all held-out clips. With repeated folds, a clip is
        explained by the first fold that holds it out.
    folds, seed, n_jobs
        As for :func:`evaluate`.
    n_background : int
        Number of training clips drawn for the permutation explainer.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    Explanation
        The values of a clip depend neither on the other clips that are explained nor on the number of jobs.

    Raises
    ------
    ProsodySerError
        If shap is not installed.
    ProtocolError
        If the table does not allow a speaker-independent score, a row does not exist or is never held out, or the
        model gives no scores.

    References
    ----------
    Lundberg, S. M. & Lee, S.-I. (2017). A unified approach to interpreting model predictions. NeurIPS 30, 4765-4774.
    Lundberg, S. M. et al. (2020). From local explanations to global understanding with explainable AI for trees.
        Nature Machine Intelligence 2, 56-67.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> explained = ser.explain(table, ser.make_pipeline("lda"), [0, 1, 2], folds=2)
    >>> explained.values.shape  # clips, features, emotions
    (3, 12, 7)
    """
    check_shap()
    if reader_of(pipeline) is not None:
        raise ProtocolError(
            "Shapley values explain features, but this model reads frames: use 'importances', which ranks its contours"
        )
    plan = as_plan(table, folds, seed).for_pipeline(pipeline, enrols=False)
    X, y = plan.X, plan.y
    fold_of, wanted = _explained(plan, rows)
    by_fold = [(number, wanted[fold_of[wanted] == number]) for number in np.unique(fold_of[wanted])]
    labels = [str(label) for label in np.unique(y.to_numpy(dtype=str))]
    work = partial(_explain_fold, X=X, by_fold=by_fold, labels=labels, n_background=n_background, seed=plan.seed)
    folds, done = [plan.folds[number] for number, _ in by_fold], step_counter(progress, len(by_fold))
    parts = list(work_folds(X, y, pipeline, folds, work, copies=plan.copies, n_jobs=n_jobs, done=done))
    order = np.argsort(np.concatenate([part["rows"] for part in parts]), kind="stable")
    row, predicted, values, base, output = (
        np.concatenate([part[name] for part in parts])[order]
        for name in ("rows", "predicted", "values", "base", "output")
    )
    clips = X.index[row].to_frame(index=False)
    clips.insert(0, "row", row)
    clips["emotion"], clips["predicted"], clips["fold"] = y.to_numpy(dtype=str)[row], predicted, fold_of[row]
    return Explanation(
        clips, list(X.columns), labels, values, base, output, X.to_numpy()[row], parts[0]["kind"], parts[0]["method"]
    )


def _explained(plan: EvaluationPlan, rows: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """The fold that explains each row, which is the first to hold it out (-1: none), and the rows to explain."""
    fold_of = np.full(len(plan.X), -1)
    for number, fold in reversed(list(enumerate(plan.folds))):
        fold_of[fold.test] = number
    wanted = np.flatnonzero(fold_of >= 0) if rows is None else _positions(rows, len(plan.X))
    if (fold_of[wanted] < 0).any():
        file = plan.X.index.get_level_values("file")[wanted[fold_of[wanted] < 0][0]]
        raise ProtocolError(f"{file}: no fold holds out this clip, so it cannot be explained: use other folds")
    return fold_of, wanted


def _positions(rows: ArrayLike, n_rows: int) -> np.ndarray:
    given = np.atleast_1d(np.asarray(rows))
    if given.dtype == bool and given.shape == (n_rows,):
        given = np.flatnonzero(given)
    in_range = given.size and np.issubdtype(given.dtype, np.integer) and 0 <= given.min() <= given.max() < n_rows
    if not in_range:
        raise ProtocolError(f"rows must be one or more positions from 0 to {n_rows - 1}, or a mask of {n_rows} rows")
    return np.unique(given)


def _explain_fold(
    fold: FittedFold,
    held_out: pd.DataFrame,
    X: pd.DataFrame,
    by_fold: list[tuple[int, np.ndarray]],
    labels: list[str],
    n_background: int,
    seed: int,
) -> dict[str, Any]:
    number, wanted = by_fold[fold.number]
    chosen = np.isin(fold.test, wanted)
    rows = fold.test[chosen]
    model = model_of(fold.pipeline)
    drawn = np.random.default_rng([seed, number]).permutation(fold.train)
    # All held-out clips are transformed, because speaker normalisation needs all clips of a speaker.
    inside = reaching_model(fold.pipeline, held_out)
    test = inside.to_numpy()[chosen]
    classes = [str(label) for label in model.classes_]
    kind, output = _scores(model, test)
    with warnings.catch_warnings(), _kept_random_state():
        warnings.simplefilter("ignore")  # shap raises warnings about future versions of other libraries
        method, values, base = _shapley(
            model, kind, test, partial(_background, fold, X, drawn), rows, n_background, seed
        )
    if values.ndim == 2 or values.shape[-1] == 1:  # with two classes there is one score; the other is its negative
        values = values.reshape(len(rows), -1)
        values, base = np.stack([-values, values], axis=-1), np.column_stack([-np.ravel(base), np.ravel(base)])
    at = [classes.index(label) for label in labels]
    whole = np.zeros((len(rows), X.shape[1], len(labels)))
    whole[:, X.columns.get_indexer(inside.columns)] = values[:, :, at]
    return {
        "rows": rows,
        "predicted": np.asarray(fold.pipeline.predict(held_out), dtype=str)[chosen],
        "values": whole,
        "base": base[:, at],
        "output": output[:, at],
        "kind": kind,
        "method": method,
    }


def _background(fold: FittedFold, X: pd.DataFrame, drawn: np.ndarray, n_clips: int | None = None) -> np.ndarray:
    return reaching_model(fold.pipeline, X.iloc[drawn[:n_clips]]).to_numpy()


def _shapley(
    model: Any,
    kind: str,
    test: np.ndarray,
    background: Callable[..., np.ndarray],
    rows: np.ndarray,
    n_background: int,
    seed: int,
) -> tuple[str, np.ndarray, np.ndarray]:
    """Method, Shapley values (n_rows, n_features[, n_classes]) and base values (n_rows[, n_classes])."""
    import shap

    if isinstance(model, FamilyRidgeClassifier):
        values, mean_score = path_values(model, test)
        return "path", values, np.broadcast_to(mean_score, (len(rows), mean_score.size))
    score = partial(_one_score, model, kind)
    tree = type(model).__name__ in _TREES
    if tree or linear_weights(model) is not None:
        if tree:
            explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
            values = np.asarray(explainer.shap_values(test, check_additivity=False))
        else:
            explainer = shap.LinearExplainer(model, shap.maskers.Independent(background(), max_samples=10**6))
            values = np.asarray(explainer.shap_values(test))
        base = np.broadcast_to(np.atleast_1d(explainer.expected_value), (len(rows), *(values.shape[2:] or (1,))))
        return "tree" if tree else "linear", values, base
    masker = shap.maskers.Independent(background(n_background), max_samples=n_background)
    of_clips, bases = [], []
    for row, clip in zip(rows, test, strict=True):
        # Each clip has its own seed, so its values do not depend on the other clips that are explained.
        clip_seed = int(np.random.SeedSequence([seed, int(row)]).generate_state(1)[0])
        explainer = shap.PermutationExplainer(score, masker, seed=clip_seed)
        explanation = explainer(clip[None], max_evals=2 * test.shape[1] + 1, silent=True)
        of_clips.append(explanation.values[0])
        bases.append(explanation.base_values[0])
    return "permutation", np.stack(of_clips), np.stack(bases)


_TREES = ("RandomForestClassifier", "ExtraTreesClassifier", "HistGradientBoostingClassifier", "DecisionTreeClassifier")


def _scores(model: Any, test: np.ndarray) -> tuple[str, np.ndarray]:
    """Kind of the scores, and the scores of all classes in the order of the model's classes."""
    kind = _kind(model)
    values = _one_score(model, kind, named_as_fitted(model, test))
    return kind, np.column_stack([-values, values]) if values.ndim == 1 else values


def _kind(model: Any) -> str:
    if hasattr(model, "decision_function"):
        linear = type(model).__name__ in ("LogisticRegression", "LinearDiscriminantAnalysis")
        return "log odds" if linear or type(model).__name__ in _TREES else "margin"
    if hasattr(model, "predict_proba"):
        return "probability"
    raise ProtocolError(
        f"{type(model).__name__} gives neither probabilities nor margins, so its scores cannot be explained"
    )


def _one_score(model: Any, kind: str, rows: np.ndarray) -> np.ndarray:
    return np.asarray(
        model.predict_proba(rows) if kind == "probability" else model.decision_function(rows), dtype=float
    )


@contextmanager
def _kept_random_state() -> Iterator[None]:
    """Restore numpy's global generator afterwards, which belongs to the caller but is seeded by shap."""
    state = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
