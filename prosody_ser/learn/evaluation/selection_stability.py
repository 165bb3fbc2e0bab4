"""Stability of a selection of features over the folds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

MEASURE = "Nogueira et al. (2018)"


def stability(masks: ArrayLike) -> float | None:
    """Stability of a selection over several fits (Nogueira, Sechidis & Brown 2018).

    ::

        stability = 1 - mean over f of [M / (M - 1) * p_f * (1 - p_f)] / [k / d * (1 - k / d)]

    with M fits, d features, p_f the share of the fits that chose feature f, and k the mean number of features chosen.
    This is 1 minus the variance of the choices divided by their variance if the same number of features were drawn at
    random.

    Parameters
    ----------
    masks : array-like of bool, shape (n_fits, n_features)
        The features that each fit chose.

    Returns
    -------
    float or None
        1 if every fit chose the same features, about 0 if they seem drawn at random, and negative (at least
        ``-1 / (n_fits - 1)``) if they agree less than that. The authors, following Fleiss, call values from 0.75
        excellent and values below 0.4 poor. None if it is undefined: for a single fit, or if every fit chose all
        features, or none.

    Notes
    -----
    Folds of one table share most of their training clips, which alone makes choices similar. Use the number to compare
    ways of selecting on the same folds; it does not show how stable the choice is for other recordings.

    References
    ----------
    Nogueira, S., Sechidis, K. & Brown, G. (2018). On the stability of feature selection algorithms. JMLR 18(174),
        1-54.
    """
    chosen_in = np.asarray(masks, dtype=bool)
    n_fits, n_features = chosen_in.shape
    share = chosen_in.mean(axis=0)
    chosen = chosen_in.sum() / (n_fits * n_features)
    if n_fits < 2 or chosen in (0.0, 1.0):
        return None
    variance = n_fits / (n_fits - 1) * (share * (1 - share)).mean()
    return float(1 - variance / (chosen * (1 - chosen)))


def selection_block(method: str, masks: ArrayLike, feature_names: Sequence[str]) -> dict[str, Any]:
    """Describe a selection for a result, from the masks of the folds, shape (n_folds, n_features).

    Its `features` are those chosen in any fold, with the share of folds, in descending order of this share and then in
    the order of the table.
    """
    chosen_in = np.asarray(masks, dtype=bool)
    share = chosen_in.mean(axis=0)
    order = [i for i in np.argsort(-share, kind="stable") if share[i] > 0]
    return {
        "method": method,
        "n_features_mean": float(chosen_in.sum(axis=1).mean()),
        "stability": stability(masks),
        "stability_measure": MEASURE,
        "features": [{"feature": feature_names[i], "share_of_folds": float(share[i])} for i in order],
    }
