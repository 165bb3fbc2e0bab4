"""Fit a pipeline on each fold's training clips, and their copies, and hand it out with the clips it has never seen.

Everything that scores goes through here, so there is one place where train and test are kept apart.
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
    """One fold."""

    number: int  #: which fold, counted from 0
    pipeline: Any  #: fitted on the training clips alone
    #: `train`, `test`, `validation`: ndarray of int: positions in X. Validation clips are not scored, and nothing
    #: learns from them; a network stops by them. There are none but in a fixed split.
    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray
    #: enrolment clips of the test speakers that are not in the test part: to be predicted with it, so that they reach
    #: the speaker normaliser, and dropped. There are none but where X marks some and folds are sentence-disjoint.
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
    """Fit a clone of the pipeline on each fold's training clips and yield ``work(fold, held_out)``, done there.

    Parameters
    ----------
    X, y, pipeline, planned
        The clips, what is cloned, and the folds.
    work : callable
        Takes a :class:`FittedFold` and X of its test clips. A module's function, or a `functools.partial` of one, so
        that it can travel to another process.
    copies : Copies, optional
        Augmented copies of the clips: each fold trains on those of its training clips, too.
    arrays : bool
        Whether to fit plain arrays, which is faster where nothing in the pipeline looks at the index or at names.
    n_jobs, done
        As for :func:`prosody_ser.parallel.ordered_map.run_jobs`: the same to the bit with any number of processes.

    Yields
    ------
    object
        What `work` returned, in the order of the folds.
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
    """Whether a classifier can be given clips to stop by."""
    return hasattr(model, "fit") and "validation" in signature(model.fit).parameters


def _fitted(pipeline: Any, rows: Any, named: np.ndarray, validation: tuple[pd.DataFrame, np.ndarray]) -> Any:
    """Fit a pipeline; a network that stops by validation clips is given those of the fold, where it has some."""
    model: Any = pipeline.steps[-1][1] if type(pipeline) is Pipeline else None
    if not len(validation[1]) or not takes_validation(model):
        return pipeline.fit(rows, named)
    before = pipeline[:-1]  # the same steps, not copies: fitted here, they are fitted there
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
