"""Access to the pipeline inside an estimator that calibrates or searches it."""

from typing import Any

from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection._search import BaseSearchCV

from ..classifiers.calibration import SpeakerCalibratedClassifier
from .classifier import SpeakerTunedClassifier


def unwrapped(estimator: Any) -> Any:
    """The pipeline inside an estimator that calibrates or searches it, also scikit-learn's; fitted if possible.

    Returns the estimator itself if it contains no pipeline, or several, as a fitted CalibratedClassifierCV can.
    """
    while (inner := _inside(estimator)) is not None:
        estimator = inner
    return estimator


def _inside(estimator: Any) -> Any:
    """The estimator that an estimator wraps, or None."""
    if isinstance(estimator, SpeakerCalibratedClassifier):
        return getattr(estimator, "estimator_", estimator.estimator)
    if isinstance(estimator, SpeakerTunedClassifier | BaseSearchCV):
        return getattr(estimator, "best_estimator_", estimator.estimator)
    if isinstance(estimator, CalibratedClassifierCV):
        fitted = getattr(estimator, "calibrated_classifiers_", None)
        if fitted is None:
            return estimator.estimator
        return fitted[0].estimator if len(fitted) == 1 else None
    return None
