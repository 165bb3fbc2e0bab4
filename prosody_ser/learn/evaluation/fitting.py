"""Fit a pipeline on each fold's training clips and hand it out with the clips it has never seen.

Everything that scores goes through here, so there is one place where train and test are kept apart.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from ...parallel.ordered_map import run_jobs
from ..speakers.enrolment import enrolment_elsewhere
from ..splits.plan import plan_folds
from ..splits.splitters import Fold


@dataclass(frozen=True, eq=False)
class FittedFold:
    """One fold."""

    #: `number`, `total`: which fold, counted from 0, of how many
    number: int
    total: int
    pipeline: Any  #: fitted on the training clips alone
    #: `train`, `test`, `validation`: ndarray of int: positions in X. Validation clips are neither trained on nor
    #: scored; there are none but in a fixed split.
    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray
    #: enrolment clips of the test speakers that are not in the test part: to be predicted with it, so that they reach
    #: the speaker normaliser, and dropped. There are none but where X marks some and folds are sentence-disjoint.
    enrolment: pd.DataFrame


def fit_folds(
    X: pd.DataFrame, y: pd.Series, pipeline: BaseEstimator, folds: Any = "auto", seed: int = 0, *, n_jobs: int = 1
) -> Iterator[FittedFold]:
    """Fit a clone of the pipeline on each fold's training clips.

    Parameters
    ----------
    X : DataFrame of shape (n_clips, n_features)
        With a ``speaker`` level in its index.
    y : Series of shape (n_clips,)
    pipeline : estimator
        Left as it is; clones are fitted.
    folds : str or int or splitter
        See :func:`prosody_ser.learn.splits.named.make_splitter`.
    seed : int
        Seed of the assignment to folds.
    n_jobs : int
        Processes; the folds come in the same order, and to the same bit, with any number.

    Yields
    ------
    FittedFold

    Raises
    ------
    ProtocolError
        As :func:`plan_folds`, before anything is fitted.
    """
    yield from work_folds(X, y, pipeline, plan_folds(X, y, pipeline, folds, seed), _as_it_is, n_jobs=n_jobs)


def work_folds(
    X: pd.DataFrame,
    y: pd.Series,
    pipeline: BaseEstimator,
    planned: list[Fold],
    work: Callable[[FittedFold, pd.DataFrame], Any],
    *,
    arrays: bool = False,
    n_jobs: int = 1,
) -> Iterator[Any]:
    """Fit each fold and yield ``work(fold, held_out)``, done where the fold was fitted.

    Parameters
    ----------
    X, y, pipeline, planned
        As for :func:`fit_folds`.
    work : callable
        Takes a :class:`FittedFold` and X of its test clips. A module's function, or a `functools.partial` of one, so
        that it can travel to another process.
    arrays : bool
        Whether to fit plain arrays, which is faster where nothing in the pipeline looks at the index or at names.
    n_jobs : int
        As for :func:`fit_folds`.

    Yields
    ------
    object
        What `work` returned, in the order of the folds. Warnings given in another process are given again here.
    """
    labels = np.asarray(y, dtype=object)
    numbered = [(number, len(planned), fold) for number, fold in enumerate(planned)]
    yield from run_jobs(_one_fold, numbered, data=(X, labels), given=(pipeline, work, arrays), n_jobs=n_jobs)


def _as_it_is(fold: FittedFold, held_out: pd.DataFrame) -> FittedFold:
    return fold


def _one_fold(
    X: pd.DataFrame,
    labels: np.ndarray,
    pipeline: BaseEstimator,
    work: Callable[[FittedFold, pd.DataFrame], Any],
    arrays: bool,
    numbered: tuple[int, int, Fold],
) -> Any:
    number, total, fold = numbered
    rows = X.iloc[fold.train]
    fitted = clone(pipeline).fit(rows.to_numpy() if arrays else rows, labels[fold.train])
    enrolment = X.iloc[enrolment_elsewhere(X, fold.test)]
    done = FittedFold(number, total, fitted, fold.train, fold.test, fold.validation, enrolment)
    return work(done, X.iloc[fold.test])
