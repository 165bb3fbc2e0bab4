"""Scores to probabilities by one number, the temperature: ``softmax(score / temperature)``.

References
----------
Guo, C., Pleiss, G., Sun, Y. & Weinberger, K. Q. (2017). On calibration of modern neural networks. ICML, 1321-1330.
"""

import numpy as np
from scipy.special import logsumexp

from ..errors import ProtocolError

MARGINS, PROBABILITIES = "margin", "probability"

#: A probability of 0 would have no logarithm: forests and neighbours say 0 often, and are wrong at times.
_LEAST = 1e-3
_LOG_RANGE = (-7.0, 7.0)


def logits_of(estimator, X) -> np.ndarray:
    """What a softmax makes probabilities of: margins, or logarithms of probabilities.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        In the order of ``estimator.classes_``.

    Raises
    ------
    ProtocolError
        If the model gives neither.
    """
    if hasattr(estimator, "decision_function"):
        margins = np.asarray(estimator.decision_function(X), dtype=float)
        return as_logits(np.column_stack([-margins, margins]) if margins.ndim == 1 else margins, MARGINS)
    if not hasattr(estimator, "predict_proba"):
        raise ProtocolError("the scores cannot be calibrated: the model gives neither probabilities nor margins")
    return as_logits(np.asarray(estimator.predict_proba(X), dtype=float), PROBABILITIES)


def class_scores(estimator, X) -> tuple[np.ndarray, str]:
    """Scores of each class and their kind, as a result holds them: probabilities where there are any, else margins."""
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X), dtype=float), PROBABILITIES
    margins = np.asarray(estimator.decision_function(X), dtype=float)
    return np.column_stack([-margins, margins]) if margins.ndim == 1 else margins, MARGINS


def as_logits(scores: np.ndarray, kind: str) -> np.ndarray:
    """Scores of each class, as a result holds them, as logits.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes)
        With two classes, margins are ``-m, m``: their difference is twice the margin.
    kind : {"margin", "probability"}
    """
    if kind == PROBABILITIES:
        return np.log(np.maximum(scores, _LEAST))
    return scores / 2 if scores.shape[1] == 2 else scores


def fit_temperature(logits: np.ndarray, named: np.ndarray) -> float:
    """The temperature that makes the true classes likeliest.

    Parameters
    ----------
    logits : ndarray of shape (n_rows, n_classes)
        Of rows that the model has not learned from.
    named : ndarray of int, shape (n_rows,)
        Position of each row's true class.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_scale):
        scaled = logits * np.exp(log_scale)
        return np.mean(logsumexp(scaled, axis=1) - scaled[np.arange(named.size), named])

    found = minimize_scalar(loss, bounds=_LOG_RANGE, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(-found.x))
