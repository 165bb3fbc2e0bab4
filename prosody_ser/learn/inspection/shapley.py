"""Why a held-out clip got its score: Shapley values by the fold that had not heard its speaker."""

import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

import numpy as np
import pandas as pd

from ...errors import ProsodySerError, ProtocolError
from ...tables.feature_table import FeatureTable
from ..evaluation.fitting import work_folds
from ..splits.plan import check_protocol, plan_folds
from .feature_groups import family_of, unit_of
from .fitted import linear_weights, model_of, reaching_model

#: Training clips that stand for "unknown" where the model is neither a tree nor linear.
N_BACKGROUND = 50
#: How each kind of model is explained, in words.
METHODS = {
    "tree": "tree SHAP, path-dependent: exact; the base is the model's mean over the rows it was fitted on",
    "linear": "linear SHAP: exact; the base is the score of the mean training clip",
    "permutation": "permutation SHAP, a permutation there and back; the base is the mean over training clips drawn",
}


@dataclass(frozen=True, eq=False)
class Explanation:
    """What pushed the scores of held-out clips.

    Attributes
    ----------
    clips : DataFrame
        One row a clip: `row` (position in the table's X), the columns of X's index, `emotion` (true), `predicted`,
        `fold`.
    features : list of str
    labels : list of str
        The emotions, in the order of the last axis below.
    values : ndarray of float, shape (n_clips, n_features, n_labels)
        Shapley values: by how much a feature's value moved the score of an emotion. 0 for a feature that a selection
        dropped.
    base : ndarray of float, shape (n_clips, n_labels)
        The score where nothing is known of the clip. ``base + values.sum(axis=1)`` is `output`.
    output : ndarray of float, shape (n_clips, n_labels)
        The model's score.
    inputs : ndarray of float, shape (n_clips, n_features)
        The values as the table has them.
    kind : str
        What a score is: ``probability``, ``log odds`` or ``margin``.
    method : str
        Of :data:`METHODS`, how the values were found.
    """

    clips: pd.DataFrame
    features: list[str]
    labels: list[str]
    values: np.ndarray
    base: np.ndarray
    output: np.ndarray
    inputs: np.ndarray
    kind: str
    method: str

    def of_emotion(self, emotion: str | None = None) -> pd.DataFrame:
        """Shapley values of the score of an emotion, or of that predicted for each clip.

        Returns
        -------
        DataFrame
            One row a clip: which it is, `explained` (the emotion), `base`, `output`, then a column for each feature.
        """
        explained = [emotion or str(label) for label in self.clips["predicted"]]
        at = [self.labels.index(label) for label in explained]
        rows = np.arange(len(at))
        found = pd.DataFrame(self.values[rows, :, at], columns=self.features)
        head = self.clips.drop(columns="row").assign(
            explained=explained, base=self.base[rows, at], output=self.output[rows, at]
        )
        return pd.concat([head.reset_index(drop=True), found], axis=1)

    def of_clip(self, number: int, emotion: str | None = None) -> pd.DataFrame:
        """What pushed one clip's score for an emotion (that predicted, if not given): the strongest first.

        Returns
        -------
        DataFrame
            `feature`, `family`, `unit`, `value` (as in the table), `shap`.
        """
        at = self.labels.index(emotion or self.clips["predicted"].iloc[number])
        shap = self.values[number, :, at]
        order = np.argsort(-np.abs(shap), kind="stable")
        names = [self.features[i] for i in order]
        return pd.DataFrame(
            {
                "feature": names,
                "family": [family_of(name) for name in names],
                "unit": [unit_of(name) for name in names],
                "value": self.inputs[number, order],
                "shap": shap[order],
            }
        )

    def summary(self) -> pd.DataFrame:
        """Mean absolute Shapley value of each feature over clips: for each emotion, and their mean (`mean_abs_shap`).

        Returns
        -------
        DataFrame
            `rank`, `feature`, `family`, `mean_abs_shap`, then a column for each emotion; sorted.
        """
        strength = np.abs(self.values).mean(axis=0)
        found = pd.DataFrame(strength, columns=self.labels)
        found.insert(0, "feature", self.features)
        found.insert(1, "family", [family_of(name) for name in self.features])
        found.insert(2, "mean_abs_shap", strength.mean(axis=1))
        found = found.sort_values("mean_abs_shap", ascending=False, kind="stable", ignore_index=True)
        found.insert(0, "rank", np.arange(1, len(found) + 1))
        return found

    def by_family(self, number: int | None = None, emotion: str | None = None) -> pd.Series:
        """Shapley values summed over each family, sorted by size.

        Of one clip, for an emotion (that predicted, if not given); or, without `number`, the mean absolute sum over
        all clips for the emotion that each is predicted as.
        """
        families = np.array([family_of(name) for name in self.features])
        numbers = range(len(self.clips)) if number is None else [number]
        sums = {}
        for family in dict.fromkeys(families):
            of_family = []
            for one in numbers:
                at = self.labels.index(emotion or self.clips["predicted"].iloc[one])
                of_family.append(self.values[one, families == family, at].sum())
            sums[family] = of_family[0] if number is not None else np.abs(of_family).mean()
        found = pd.Series(sums, dtype=float)
        return found.iloc[np.argsort(-found.abs().to_numpy(), kind="stable")]


def check_shap() -> None:
    """Refuse where the extra is not installed.

    Raises
    ------
    ProsodySerError
        That says how to install it.
    """
    if find_spec("shap") is None:
        raise ProsodySerError("explaining predictions needs shap: pip install 'prosody-ser[explain]'")


def explain(
    table: FeatureTable,
    pipeline,
    rows: Sequence[int] | None = None,
    *,
    folds="auto",
    n_background: int = N_BACKGROUND,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Explanation:
    """Which features pushed the scores of held-out clips, by the fold that had not heard the speaker.

    Shapley values (SHAP): a fair division of ``score - base`` among the features, computed by the package `shap`. Of
    tree models (rf, hgb) with its TreeExplainer, of linear ones (linear-svm, logreg, lda) with its LinearExplainer,
    both exact; of all others with its PermutationExplainer, where "unknown" means the values of training clips drawn
    at random. Whatever the method, they add up to the score. They say what the model did, not what is so in speech,
    and they divide what correlated features share in one of many possible ways.

    Parameters
    ----------
    table, pipeline, folds, seed, n_jobs
        As for :func:`evaluate`. Of a calibrator or a search the pipeline within is explained.
    rows : sequence of int, optional
        Positions in ``table.X`` of the clips to explain; all held-out ones if not given. With repeated folds, the
        first that holds out a clip explains it.
    n_background : int
        Training clips drawn for the permutation explainer.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    Explanation
        The same whichever other clips are explained with one, and for any number of jobs.

    Raises
    ------
    ProsodySerError
        If shap is not installed.
    ProtocolError
        If a speaker-independent score of this table cannot exist, a row is held out by no fold, or the model gives
        no scores.

    References
    ----------
    Lundberg, S. M. & Lee, S.-I. (2017). A unified approach to interpreting model predictions. NeurIPS 30, 4765-4774.
    Lundberg, S. M. et al. (2020). From local explanations to global understanding with explainable AI for trees.
        Nature Machine Intelligence 2, 56-67.
    """
    check_shap()
    X, y = check_protocol(table)
    planned = plan_folds(X, y, pipeline, folds, seed)
    fold_of = np.full(len(X), -1)
    for number, fold in reversed(list(enumerate(planned))):
        fold_of[fold.test] = number
    wanted = np.flatnonzero(fold_of >= 0) if rows is None else np.unique(np.asarray(rows, dtype=int))
    if (fold_of[wanted] < 0).any():
        file = X.index.get_level_values("file")[wanted[fold_of[wanted] < 0][0]]
        raise ProtocolError(f"{file} is held out by none of the folds, so that no fold can explain it")
    numbers = np.unique(fold_of[wanted])
    labels = [str(label) for label in np.unique(y.to_numpy(dtype=str))]
    work = partial(_explain_fold, X=X, wanted=wanted, fold_of=fold_of, numbers=numbers, labels=labels,
                   n_background=n_background, seed=seed)  # fmt: skip
    parts = []
    for found in work_folds(X, y, pipeline, [planned[number] for number in numbers], work, n_jobs=n_jobs):
        parts.append(found)
        if progress is not None:
            progress(len(parts), len(numbers))
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


def _explain_fold(fold, held_out, X, wanted, fold_of, numbers, labels, n_background, seed):
    number = numbers[fold.number]
    chosen = np.isin(fold.test, wanted[fold_of[wanted] == number])
    rows = fold.test[chosen]
    model = model_of(fold.pipeline)
    drawn = np.random.default_rng([seed, number]).permutation(fold.train)
    # All held-out clips go through: a speaker's normalisation takes all of theirs.
    inside = reaching_model(fold.pipeline, held_out)
    test = inside.to_numpy()[chosen]
    classes = [str(label) for label in model.classes_]
    kind, output = _scores(model, test)
    with warnings.catch_warnings(), _kept_random_state():
        warnings.simplefilter("ignore")  # shap's own, of other libraries' future
        method, values, base = _shapley(
            model, kind, test, partial(_background, fold, X, drawn), rows, n_background, seed
        )
    if values.ndim == 2 or values.shape[-1] == 1:  # two classes, one score: the other's is its negative
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


def _background(fold, X, drawn, n_clips=None):
    return reaching_model(fold.pipeline, X.iloc[drawn[:n_clips]]).to_numpy()


def _shapley(model, kind, test, background, rows, n_background, seed):
    """Method, Shapley values (n_rows, n_features[, n_classes]) and base values (n_rows[, n_classes])."""
    import shap

    score = partial(_one_score, model, kind)
    if type(model).__name__ in _TREES:
        explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
        values = np.asarray(explainer.shap_values(test, check_additivity=False))
        return "tree", values, np.broadcast_to(np.atleast_1d(explainer.expected_value), (len(rows), *_last(values)))
    if linear_weights(model) is not None:
        masker = shap.maskers.Independent(background(), max_samples=10**6)
        explainer = shap.LinearExplainer(model, masker)
        values = np.asarray(explainer.shap_values(test))
        return "linear", values, np.broadcast_to(np.atleast_1d(explainer.expected_value), (len(rows), *_last(values)))
    masker = shap.maskers.Independent(background(n_background), max_samples=n_background)
    values, base = [], []
    for row, one in zip(rows, test, strict=True):
        # A seed for each clip: its values do not depend on which others are explained.
        of_clip = int(np.random.SeedSequence([seed, int(row)]).generate_state(1)[0])
        explainer = shap.PermutationExplainer(score, masker, seed=of_clip)
        found = explainer(one[None], max_evals=2 * test.shape[1] + 1, silent=True)
        values.append(found.values[0])
        base.append(found.base_values[0])
    return "permutation", np.stack(values), np.stack(base)


_TREES = ("RandomForestClassifier", "ExtraTreesClassifier", "HistGradientBoostingClassifier", "DecisionTreeClassifier")


def _last(values):
    return values.shape[2:] or (1,)


def _scores(model, test):
    """What a score is, and the scores of all classes, in the order of the model's."""
    kind = _kind(model)
    values = _one_score(model, kind, test)
    return kind, np.column_stack([-values, values]) if values.ndim == 1 else values


def _kind(model):
    if hasattr(model, "decision_function"):
        linear = type(model).__name__ in ("LogisticRegression", "LinearDiscriminantAnalysis")
        return "log odds" if linear or type(model).__name__ in _TREES else "margin"
    if hasattr(model, "predict_proba"):
        return "probability"
    raise ProtocolError(f"{type(model).__name__} gives neither probabilities nor margins: nothing to explain")


def _one_score(model, kind, rows):
    return np.asarray(
        model.predict_proba(rows) if kind == "probability" else model.decision_function(rows), dtype=float
    )


@contextmanager
def _kept_random_state():
    """Shap seeds numpy's global generator, which is the caller's."""
    state = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
