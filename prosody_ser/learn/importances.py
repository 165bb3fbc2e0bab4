"""Held-out permutation importance over speaker-disjoint folds."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from sklearn.metrics import recall_score

from ..catalogue import all_features
from ..table import FeatureTable
from .folds import check_protocol, plan_folds, work_folds
from .speakers import speakers_of

#: Rows predicted at once: bounds memory at some 100 MB for 1,500 features.
ROWS_AT_ONCE = 8192


def importances(
    table: FeatureTable,
    pipeline,
    *,
    folds="auto",
    n_repeats: int = 10,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """How much UAR is lost when one feature of unheard speakers is shuffled.

    Each feature in turn is shuffled among the held-out clips of the same speaker, so that its tie with emotion
    is cut and the speaker's level kept. Predictions are pooled over folds before scoring, as in :func:`evaluate`.

    Parameters
    ----------
    table : FeatureTable
    pipeline : estimator
        From :func:`make_pipeline`.
    folds : str or int or splitter
        As for :func:`evaluate`.
    n_repeats : int
        Shuffles per feature.
    seed : int
        Seed of the shuffles and of the assignment to folds.
    n_jobs : int
        Processes. The ranking is the same to the bit with any number.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    DataFrame
        Sorted by importance, columns `rank`, `feature`, `importance` (UAR lost, mean over shuffles), `sd` (over
        shuffles) and `family`. Correlated features share their importance: each alone can look dispensable.

    Raises
    ------
    ProtocolError
        If a speaker-independent score of this table cannot exist.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45(1), 5-32.
    """
    X, y = check_protocol(table)
    n_features = X.shape[1]
    planned = plan_folds(X, y, pipeline, folds, seed)
    work = partial(_said_of_shuffled, n_repeats=n_repeats, seed=seed)
    said = []
    for found in work_folds(X, y, pipeline, planned, work, n_jobs=n_jobs):
        said.append(found)
        if progress is not None:
            progress(len(said), len(planned))
    plain, shuffled = (np.concatenate(parts, axis=-1) for parts in zip(*said, strict=True))
    truth = y.to_numpy(dtype=object)[np.concatenate([fold.test for fold in planned])]

    def uar(predicted):
        return recall_score(truth, predicted, average="macro", zero_division=0.0)

    lost = uar(plain) - np.array([[uar(predicted) for predicted in repeats] for repeats in shuffled])
    found = pd.DataFrame({"feature": X.columns, "importance": lost.mean(axis=1), "sd": lost.std(axis=1)})
    known = all_features()
    found["family"] = [known[name].family if name in known else "" for name in found["feature"]]
    found = found.sort_values("importance", ascending=False, kind="stable", ignore_index=True)
    found.insert(0, "rank", np.arange(1, n_features + 1))
    return found


def _said_of_shuffled(fold, held_out, n_repeats, seed):
    """Predictions of a fold's test clips as they are, and with each feature shuffled."""
    plain = np.asarray(fold.pipeline.predict(held_out), dtype=object)
    rng = np.random.default_rng([seed, fold.number])
    speakers = speakers_of(held_out)
    orders = [_order_within_speaker(speakers, rng) for _ in range(n_repeats)]
    return plain, _predict_shuffled(fold.pipeline, held_out, orders)


def _order_within_speaker(speakers, rng):
    """A random order of rows in which each row stays with its speaker."""
    order = np.arange(speakers.size)
    for speaker in np.unique(speakers):
        own = np.flatnonzero(speakers == speaker)
        order[own] = rng.permutation(own)
    return order


def _predict_shuffled(pipeline, X, orders):
    """Predictions with each feature shuffled in each order, shape (n_features, n_orders, n_rows).

    Many copies of X are predicted in one call. A speaker keeps the same values in every copy, only in another
    order, so statistics taken over the call (speaker normalisation) are those of a single copy.
    """
    values = X.to_numpy()
    n_rows, n_features = values.shape
    predicted = np.empty((n_features, len(orders), n_rows), dtype=object)
    features_at_once = max(1, ROWS_AT_ONCE // (n_rows * len(orders)))
    for first in range(0, n_features, features_at_once):
        chosen = range(first, min(first + features_at_once, n_features))
        copies = np.tile(values, (len(chosen), len(orders), 1, 1))
        for i, feature in enumerate(chosen):
            for j, order in enumerate(orders):
                copies[i, j, :, feature] = values[order, feature]
        index = X.index.take(np.tile(np.arange(n_rows), len(chosen) * len(orders)))
        frame = pd.DataFrame(copies.reshape(-1, n_features), index=index, columns=X.columns)
        predicted[list(chosen)] = pipeline.predict(frame).reshape(len(chosen), len(orders), n_rows)
    return predicted
