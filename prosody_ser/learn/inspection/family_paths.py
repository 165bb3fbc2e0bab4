"""What each feature adds to a score of the ridge regression on kernels of families."""

import numpy as np

from ..classifiers.family_ridge import FamilyRidgeClassifier, unit_rows
from .fitted import named_as_fitted

#: Points on the way, each in the middle of its stretch.
N_POINTS = 16


def path_values(model: FamilyRidgeClassifier, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide the scores of clips among their features, on the way from the mean training clip to each of them.

    The linear kernel's part is a sum over features as it is. In a family's kernel each feature gets the integral of
    its own slope along the straight line from the mean training clip (0, as features are standardised) to the clip:
    what it did on the way (Aumann and Shapley's value; integrated gradients). What a family's features get adds up to
    what the family adds; the small rest that the finite number of points leaves is divided by size.

    Parameters
    ----------
    model : FamilyRidgeClassifier
        Fitted.
    rows : ndarray of float64, shape (n_clips, n_features)
        As the model sees them.

    Returns
    -------
    values : ndarray of float64, shape (n_clips, n_features, n_outputs)
    base : ndarray of float64, shape (n_outputs,)
        The score of the mean training clip.

    References
    ----------
    Sundararajan, M., Taly, A. & Yan, Q. (2017). Axiomatic attribution for deep networks. ICML, 3319-3328.
    """
    origin = np.zeros((1, rows.shape[1]))
    there, here = (model.family_scores(named_as_fitted(model, asked)) for asked in (rows, origin))
    linear = unit_rows(rows)[:, :, np.newaxis] * model.coef_.T
    values = np.zeros_like(linear)
    for number, bandwidth in enumerate(model.bandwidths_):
        if not bandwidth > 0:
            continue
        own = np.flatnonzero(model.family_of_ == number)
        known = model.rows_[:, own].astype(float)
        for row, got in zip(rows, values, strict=True):
            got[own] = (
                model.family_share * row[own, np.newaxis] * _mean_slope(row[own], known, model.dual_coef_, bandwidth)
            )
        wanted = there[number] - here[number] - linear[:, own].sum(axis=1)
        size = np.abs(values[:, own])
        total = size.sum(axis=1, keepdims=True)
        rest = (wanted - values[:, own].sum(axis=1))[:, np.newaxis]
        values[:, own] += rest * np.where(total > 0, size / np.where(total > 0, total, 1.0), 1 / own.size)
    return values + linear, here[:, 0].sum(axis=0) + model.intercept_


def _mean_slope(row: np.ndarray, known: np.ndarray, dual: np.ndarray, bandwidth: float) -> np.ndarray:
    """Mean over the way of a family's slope by each feature, shape (n_features, n_outputs)."""
    slope = np.zeros((row.size, dual.shape[1]))
    for share in (np.arange(N_POINTS) + 0.5) / N_POINTS:
        apart = share * row - known
        likeness = np.exp(-np.abs(apart).sum(axis=1) / bandwidth)
        slope -= np.sign(apart).T @ (likeness[:, np.newaxis] * dual)
    return slope / (N_POINTS * bandwidth)
