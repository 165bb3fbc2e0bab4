"""Fit a pipeline on the training clips of each fold and their copies, and pass it on with the held-out clips.

All code that computes scores uses this module, so train and test are separated in one place only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
from imblearn.pipeline import Pipeline
from sklearn.base import BaseEstimator, clone

from ...parallel.ordered_map import run_jobs
from ..speakers.enrolment import enrolment_elsewhere
from ..splits.copies import Copies
from ..splits.splitters import Fold


@dataclass(frozen=True, eq=False)
class FittedFold:
    """A fold with a fitted pipeline."""

    number: int  #: number of the fold, counted from 0
    pipeline: Any  #: fitted on the training clips only
    train: np.ndarray  #: ndarray of int: positions in X
    test: np.ndarray  #: ndarray of int: positions in X
    #: ndarray of int: positions in X of clips that are neither trained on nor scored; a network uses them for early
    #: stopping. Only a fixed split has any.
    validation: np.ndarray
    #: enrolment clips of the test speakers that are not in the test part. They are predicted together with it, so that
    #: the speaker normaliser gets them, and then dropped. Only sentence-disjoint folds have any, if X marks some.
    enrolment: pd.DataFrame


def work_folds(
    X: pd.DataFrame,
    y: pd.Series,
    pipeline: BaseEstimator,
    planned: list[Fold],
    work: Callable[[FittedFold, pd.DataFrame], Any],
    *,
    copies: Copies | None = None,
    arrays: bool = False,
    n_jobs: int = 1,
    done: Callable[[], None] | None = None,
) -> Iterator[Any]:
    """Fit a clone of the pipeline on each fold's training clips, and yield the result of ``work(fold, held_out)``.

    Parameters
    ----------
    X, y, pipeline, planned
        The clips, the pipeline to be cloned, and the folds.
    work : callable
        Called with a :class:`FittedFold` and X of its test clips, in the process that has fitted the fold. It must be a
        module-level function, or a `functools.partial` of one, so that it can be sent to another process.
    copies : Copies, optional
        Augmented copies of the clips; each fold also trains on the copies of its training clips.
    arrays : bool
        Whether to fit plain arrays, which is faster if no step of the pipeline uses the index or names.
    n_jobs, done
        As for :func:`prosody_ser.parallel.ordered_map.run_jobs`; the number of processes does not change the results.

    Yields
    ------
    object
        The results of `work`, in the order of the folds.
    """
    labels = np.asarray(y, dtype=object)
    yield from run_jobs(
        _one_fold,
        list(enumerate(planned)),
        data=(X, labels, copies),
        given=(pipeline, work, arrays),
        n_jobs=n_jobs,
        done=done,
    )


def takes_validation(model: Any) -> bool:
    """Whether a classifier accepts validation clips for early stopping."""
    return hasattr(model, "fit") and "validation" in signature(model.fit).parameters


def _fitted(pipeline: Any, rows: Any, named: np.ndarray, validation: tuple[pd.DataFrame, np.ndarray]) -> Any:
    """Fit a pipeline; a network gets the validation clips of the fold for early stopping, if there are any."""
    model: Any = pipeline.steps[-1][1] if type(pipeline) is Pipeline else None
    if not len(validation[1]) or not takes_validation(model):
        return pipeline.fit(rows, named)
    before = pipeline[:-1]  # these are the pipeline's steps themselves, so fitting them fits the pipeline
    ready = before.fit_transform(rows, named)
    model.fit(ready, named, validation=(before.transform(validation[0]), validation[1]))
    return pipeline


def _one_fold(
    X: pd.DataFrame,
    labels: np.ndarray,
    copies: Copies | None,
    pipeline: BaseEstimator,
    work: Callable[[FittedFold, pd.DataFrame], Any],
    arrays: bool,
    numbered: tuple[int, Fold],
) -> Any:
    number, fold = numbered
    if copies is None:
        rows, named = X.iloc[fold.train], labels[fold.train]
    else:
        rows, named = copies.training(X, labels, fold.train)
    validation = X.iloc[fold.validation], labels[fold.validation]
    fitted = _fitted(clone(pipeline), rows.to_numpy() if arrays else rows, named, validation)
    enrolment = X.iloc[enrolment_elsewhere(X, fold.test)]
    done = FittedFold(number, fitted, fold.train, fold.test, fold.validation, enrolment)
    return work(done, X.iloc[fold.test])
