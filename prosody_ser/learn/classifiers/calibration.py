"""Calibrated probabilities, learned on held-out training speakers."""

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
    """Temperature scaling on held-out speakers: ``softmax(weight * score)``, where the weight is 1 / temperature.

    The pipeline is fitted on all training clips. In addition it is fitted several times without some of the speakers,
    and its scores for the left-out speakers stand for the scores of new speakers. The weight is the number that makes
    the true classes of these clips most likely. scikit-learn's own calibration would have a speaker on both sides, or
    fail if a class has fewer clips than there are folds. For an SVC, votes and margins have one weight each
    (:mod:`prosody_ser.learn.classifiers.evidence`).

    The predicted class is that of the pipeline, so UAR, accuracy and F1 do not change; only the scores do.

    Parameters
    ----------
    estimator : estimator
        The pipeline with all steps that learn, including speaker normaliser and sampler.
    n_folds : int
        Largest number of speaker-grouped inner folds.
    seed : int
        Seed for the assignment of speakers to inner folds.
    without_speakers : {"error", "pool"}
        What to do if X carries no speakers: raise an error, or treat each row as a speaker. Use ``"pool"`` only for
        plain arrays, and deliberately.

    Attributes
    ----------
    estimator_ : estimator
        The pipeline fitted on all rows.
    weights_ : ndarray of float64, shape (n_kinds,)
    n_calibrated_ : int
        Number of held-out clips from which the weights were learned. Enrolment clips, and inner folds whose training
        part lacks a class, do not count.
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
            Its index must have a level named ``speaker``.
        y : array-like of shape (n_clips,)

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If X carries no speakers or only one, or every inner fold lacks a class.
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
        """Predict with the pipeline, shape (n_clips,)."""
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
