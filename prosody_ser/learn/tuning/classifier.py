"""Nested tuning: a classifier that chooses its parameters on held-out speakers among its training clips."""

import math
import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils import Tags, column_or_1d, get_tags, indexable
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ...parallel.one_thread import one_thread
from ..classifiers.calibration import SpeakerCalibratedClassifier
from ..speakers.enrolment import enrolment_of
from ..splits.inner import inner_folds
from .candidates import candidates_of
from .fits import configured, held_out_predictions


def _gives(method: str) -> Callable[[Any], bool]:
    """Condition for scikit-learn's `available_if`: the tuned estimator has this method."""

    def check(self: Any) -> bool:
        return hasattr(getattr(self, "best_estimator_", self.estimator), method)

    return check


class SpeakerTunedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Search parameters on speaker-grouped inner folds, then fit the best candidate on all rows.

    The rows given to `fit` are assigned to stratified inner folds, with no speaker on both sides of any fold. The score
    of a candidate is the UAR over all of its inner held-out predictions pooled; a mean over folds would be undefined if
    a speaker lacks an emotion. In an evaluation, the rows of the outer held-out speakers are never used here, so the
    outer score is that of the whole procedure including the search. Fitted on all clips, the same object is the final
    model. `best_score_` is the maximum over many candidates and therefore tends to be too high; do not report it as the
    model's score.

    Candidates that differ only in later steps of a pipeline share the earlier steps, which are fitted once for each
    inner fold (:mod:`prosody_ser.learn.tuning.fits`).

    Parameters
    ----------
    estimator : estimator
        A pipeline with all steps that learn, or such a pipeline in a
        :class:`~prosody_ser.learn.classifiers.calibration.SpeakerCalibratedClassifier`. Calibration changes neither
        decisions nor UAR, so the search runs on the pipeline inside, and only the best candidate is calibrated. With
        the other order, a calibrator around this object, the search is repeated for each fold of the calibration, which
        takes six times as long and gives no better probabilities.
    space : dict, or sequence of dict
        Values to try by name of parameter. The names are those of the pipeline (``model__C``), calibrated or not.
        Several dicts define several grids.
    search : {"grid", "random", "halving"}
        ``grid`` tries all candidates, ``random`` tries `n_candidates` of them. ``halving`` is sequential halving over
        the inner folds, that is, with more and more held-out speakers: all candidates are fitted on the first fold;
        after each fold the better half, by the UAR pooled over the folds so far, goes on to the next, but at least two.
        No speaker is ever split, candidates are always compared on the same clips, and the best has been fitted on all
        folds.
    n_folds : int
        Largest number of inner folds; it cannot exceed the number of speakers.
    n_candidates : int, optional
        Number of candidates to draw; see :func:`prosody_ser.learn.tuning.candidates.candidates_of`.
    seed : int
        Seed for the inner folds and for drawing candidates.
    space_name : str
        Name of the space in a result.
    without_speakers : {"error", "pool"}
        What to do if X carries no speakers: raise an error, or treat each row as a speaker. Use ``"pool"`` only for
        plain arrays, and deliberately.

    Attributes
    ----------
    best_estimator_ : estimator
        The best candidate, fitted on all rows.
    best_params_ : dict
        Parameters of the best candidate; the first one if several are equally good.
    best_score_ : float
        Pooled inner UAR of the best candidate.
    candidates_ : list of dict
        `parameters`, `inner_uar` (None if the candidate cannot be fitted) and `n_folds`, the number of inner folds on
        which it was fitted.
    n_folds_ : int
        Number of inner folds used.
    n_folds_lacking_ : int
        Number of inner folds left out because their training part lacks an emotion.
    classes_ : ndarray of shape (n_classes,)

    References
    ----------
    Cawley, G. C. & Talbot, N. L. C. (2010). On over-fitting in model selection and subsequent selection bias in
        performance evaluation. JMLR 11, 2079-2107.
    Karnin, Z., Koren, T. & Somekh, O. (2013). Almost optimal exploration in multi-armed bandits. ICML, 1238-1246.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> space = {"model__shrinkage": [0.1, 0.9]}
    >>> tuned = ser.SpeakerTunedClassifier(ser.make_pipeline("lda"), space, n_folds=2)
    >>> tuned.fit(table.X, table.y).best_params_
    {'model__shrinkage': 0.9}
    """

    def __init__(
        self,
        estimator: BaseEstimator,
        space: Any,
        search: str = "grid",
        n_folds: int = 5,
        n_candidates: int | None = None,
        seed: int = 0,
        space_name: str = "own",
        without_speakers: str = "error",
    ) -> None:
        self.estimator = estimator
        self.space = space
        self.search = search
        self.n_folds = n_folds
        self.n_candidates = n_candidates
        self.seed = seed
        self.space_name = space_name
        self.without_speakers = without_speakers

    def fit(self, X: pd.DataFrame | np.ndarray, y: np.ndarray) -> Self:
        """Search, and fit the best candidate.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_features)
            Its index must have a level named ``speaker``.
        y : array-like of shape (n_clips,)

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If X carries no speakers or only one, every inner fold lacks a class, or the space does not fit the
            pipeline.

        Warns
        -----
        UserWarning
            If a candidate cannot be fitted; it is then left out.
        """
        X, y = indexable(X, y)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        candidates = candidates_of(self.space, self.search, self.n_candidates, self.seed)
        calibrated = isinstance(self.estimator, SpeakerCalibratedClassifier)
        searched = self.estimator.estimator if calibrated else self.estimator
        for candidate in candidates:
            configured(searched, candidate)  # refuses a wrong name before anything is fitted
        folds, self.n_folds_lacking_ = inner_folds(
            X, y, self.n_folds, self.seed, without_speakers=self.without_speakers, what="nothing can be tuned"
        )
        self.n_folds_ = len(folds)
        with one_thread():  # BLAS rounds differently on several threads, and could choose another candidate
            scores, n_fitted = self._searched(searched, candidates, folds, X, y)
        best = int(np.nanargmax(np.where(n_fitted == len(folds), scores, np.nan)))
        self.candidates_ = [
            {"parameters": candidate, "inner_uar": None if np.isnan(score) else float(score), "n_folds": int(n)}
            for candidate, score, n in zip(candidates, scores, n_fitted, strict=True)
        ]
        self.best_params_, self.best_score_ = candidates[best], float(scores[best])
        prefix = "estimator__" * calibrated
        named = {prefix + name: value for name, value in self.best_params_.items()}
        self.best_estimator_ = configured(self.estimator, named).fit(X, y)
        self.classes_ = np.asarray(self.best_estimator_.classes_)
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.best_estimator_, name):
                setattr(self, name, getattr(self.best_estimator_, name))
        return self

    def _searched(
        self,
        searched: BaseEstimator,
        candidates: list[dict[str, Any]],
        folds: list,
        X: pd.DataFrame | np.ndarray,
        y: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pooled UAR of every candidate (NaN if it cannot be fitted), and the number of folds of each."""
        classes, code = np.unique(y, return_inverse=True)
        hits = np.zeros((len(candidates), classes.size), dtype=int)
        support = np.zeros_like(hits)
        scores = np.full(len(candidates), np.nan)
        n_fitted = np.zeros(len(candidates), dtype=int)
        alive = list(range(len(candidates)))
        for train, test in folds:
            predictions = held_out_predictions(searched, [candidates[i] for i in alive], X, y, train, test)
            failed = {i: error for i, error in zip(alive, predictions, strict=True) if isinstance(error, ValueError)}
            if len(failed) == len(alive):
                raise next(iter(failed.values()))  # if all fail, the cause is not the candidates' parameters
            scored = ~enrolment_of(X)[test]
            held_out = test[scored]
            for i, predicted in zip(alive, predictions, strict=True):
                if i in failed:
                    scores[i] = np.nan
                    continue
                right = predicted[scored] == y[held_out]
                hits[i] += np.bincount(code[held_out], weights=right, minlength=classes.size).astype(int)
                support[i] += np.bincount(code[held_out], minlength=classes.size)
                met = support[i] > 0
                scores[i] = np.mean(hits[i, met] / support[i, met])
                n_fitted[i] += 1
            for i, error in failed.items():
                reason = " ".join(str(error).split())
                warnings.warn(
                    f"the candidate {candidates[i]} is left out because it cannot be fitted: {reason}", stacklevel=3
                )
            alive = [i for i in alive if i not in failed]
            if self.search == "halving" and len(alive) > 2:
                order = sorted(alive, key=lambda i: (-scores[i], i))
                alive = sorted(order[: max(2, math.ceil(len(alive) / 2))])
        return scores, n_fitted

    def predict(self, X: pd.DataFrame | np.ndarray) -> np.ndarray:
        """Predict with the best candidate."""
        check_is_fitted(self)
        return self.best_estimator_.predict(X)

    @available_if(_gives("predict_proba"))
    def predict_proba(self, X: pd.DataFrame | np.ndarray) -> np.ndarray:
        """Probabilities of the best candidate, shape (n_clips, n_classes)."""
        check_is_fitted(self)
        return self.best_estimator_.predict_proba(X)

    @available_if(_gives("decision_function"))
    def decision_function(self, X: pd.DataFrame | np.ndarray) -> np.ndarray:
        """Margins of the best candidate."""
        check_is_fitted(self)
        return self.best_estimator_.decision_function(X)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.classifier_tags = inner.classifier_tags
        return tags
