"""Probabilities that mean what they say, learned on speakers that the model had not heard."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.utils import _safe_indexing, column_or_1d, get_tags, indexable
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..speakers.enrolment import enrolment_of, has_enrolment
from ..splits.inner import inner_folds
from .evidence import evidence_of, fit_weights, probabilities


class SpeakerCalibratedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Temperature scaling on held-out speakers: ``softmax(weight * score)``, the weight being 1 / temperature.

    The whole pipeline is fitted on all training clips, and on all but some of their speakers in turn. What the
    latter say of the speakers left out is what the former will say of new ones, so the one number that makes those
    scores the likeliest probabilities (the weight) is learned from them. scikit-learn's own calibration would put a
    speaker on both sides, or, where a class is rarer than its folds are many, refuse. Of an SVC the votes and the
    margins have a weight each (:mod:`prosody_ser.learn.classifiers.evidence`).

    The predicted class stays that of the pipeline, and with it UAR, accuracy and F1: only the scores change.

    Parameters
    ----------
    estimator : estimator
        The pipeline, with all that learns in it, speaker normaliser and sampler included.
    n_folds : int
        Speaker-grouped inner folds, at most.
    seed : int
        Seed of the assignment of speakers to inner folds.
    without_speakers : {"error", "pool"}
        What to do with X that carries no speakers: refuse it, or take each row as a speaker. ``"pool"`` is for plain
        arrays, on purpose only.

    Attributes
    ----------
    estimator_ : estimator
        Fitted on all rows.
    weights_ : ndarray of float64, shape (n_kinds,)
    n_calibrated_ : int
        Held-out clips that the weights were learned from; enrolment clips are none. Inner folds whose training part
        lacks a class give none.
    classes_ : ndarray of shape (n_classes,)

    References
    ----------
    Guo, C., Pleiss, G., Sun, Y. & Weinberger, K. Q. (2017). On calibration of modern neural networks. ICML,
        1321-1330.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> calibrated = ser.SpeakerCalibratedClassifier(ser.make_pipeline("lda"), n_folds=2)
    >>> calibrated.fit(table.X, table.y).predict_proba(table.X).shape
    (535, 7)
    """

    def __init__(self, estimator: Any, n_folds: int = 5, seed: int = 0, without_speakers: str = "error") -> None:
        self.estimator = estimator
        self.n_folds = n_folds
        self.seed = seed
        self.without_speakers = without_speakers

    def fit(self, X: Any, y: Any) -> "SpeakerCalibratedClassifier":
        """Fit the pipeline and learn the weights.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_features)
            With a ``speaker`` level in its index.
        y : array-like of shape (n_clips,)

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If X carries no speakers, one only, or every inner fold lacks a class.
        """
        X, y = indexable(X, y)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        self.estimator_ = clone(self.estimator).fit(X, y)
        self.classes_ = np.asarray(self.estimator_.classes_)
        if hasattr(self.estimator_, "n_features_in_"):
            self.n_features_in_ = self.estimator_.n_features_in_
        evidence, truth = [], []
        what = "the scores cannot be calibrated"
        folds, _ = inner_folds(X, y, self.n_folds, self.seed, without_speakers=self.without_speakers, what=what)
        for train, test in folds:
            inner = clone(self.estimator).fit(_safe_indexing(X, train), y[train])
            held_out = _safe_indexing(X, test)
            scored = ~enrolment_of(held_out) if has_enrolment(held_out) else slice(None)
            evidence.append(evidence_of(inner, held_out)[:, scored])
            truth.append(y[test][scored])
        named = np.searchsorted(self.classes_, np.concatenate(truth))
        self.n_calibrated_ = named.size
        self.weights_ = fit_weights(np.concatenate(evidence, axis=1), named)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The pipeline's own prediction."""
        check_is_fitted(self)
        return self.estimator_.predict(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Calibrated probabilities, shape (n_clips, n_classes)."""
        check_is_fitted(self)
        return probabilities(evidence_of(self.estimator_, X), self.weights_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        return tags


def is_calibrated(pipeline: Any) -> bool:
    """Whether a pipeline's scores are calibrated, also inside a grid search."""
    parts = [pipeline, *pipeline.get_params(deep=True).values()]
    return any(isinstance(part, SpeakerCalibratedClassifier | CalibratedClassifierCV) for part in parts)
