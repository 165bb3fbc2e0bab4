"""Contribution of each feature to a score of the ridge regression on kernels of families."""

import numpy as np

from ..classifiers.family_ridge import FamilyRidgeClassifier, unit_rows
from .fitted import named_as_fitted

#: Number of points on the path, each in the middle of its section.
N_POINTS = 16


def path_values(model: FamilyRidgeClassifier, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divide the scores of clips among their features, along the path from the mean training clip to each clip.

    The part of the linear kernel is already a sum over features. For a family's kernel, the contribution of a feature
    is the integral of its partial derivative along the straight line from the mean training clip (0, because features
    are standardised) to the clip (Aumann-Shapley value; integrated gradients). The contributions of a family's features
    add up to the contribution of the family; the small remainder due to the finite number of points is divided in
    proportion to their size.

    Parameters
    ----------
    model : FamilyRidgeClassifier
        The fitted model.
    rows : ndarray of float64, shape (n_clips, n_features)
        Input of the model.

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
    scores, scores_of_origin = (model.family_scores(named_as_fitted(model, points)) for points in (rows, origin))
    linear = unit_rows(rows)[:, :, np.newaxis] * model.coef_.T
    values = np.zeros_like(linear)
    for number, bandwidth in enumerate(model.bandwidths_):
        if not bandwidth > 0:
            continue
        members = np.flatnonzero(model.family_of_ == number)
        training = model.rows_[:, members].astype(float)
        for row, contribution in zip(rows, values, strict=True):
            slope = _mean_slope(row[members], training, model.dual_coef_, bandwidth)
            contribution[members] = model.family_share * row[members, np.newaxis] * slope
        wanted = scores[number] - scores_of_origin[number] - linear[:, members].sum(axis=1)
        size = np.abs(values[:, members])
        total = size.sum(axis=1, keepdims=True)
        rest = (wanted - values[:, members].sum(axis=1))[:, np.newaxis]
        values[:, members] += rest * np.where(total > 0, size / np.where(total > 0, total, 1.0), 1 / members.size)
    return values + linear, scores_of_origin[:, 0].sum(axis=0) + model.intercept_


def _mean_slope(row: np.ndarray, training: np.ndarray, dual: np.ndarray, bandwidth: float) -> np.ndarray:
    """Mean over the path of the partial derivative with respect to each feature, shape (n_features, n_outputs)."""
    slope = np.zeros((row.size, dual.shape[1]))
    for share in (np.arange(N_POINTS) + 0.5) / N_POINTS:
        difference = share * row - training
        likeness = np.exp(-np.abs(difference).sum(axis=1) / bandwidth)
        slope -= np.sign(difference).T @ (likeness[:, np.newaxis] * dual)
    return slope / (N_POINTS * bandwidth)
