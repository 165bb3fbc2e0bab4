"""Calibration of probabilities: Brier score, expected calibration error, reliability curve.

References
----------
Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather Review 78(1), 1-3.
Guo, C., Pleiss, G., Sun, Y. & Weinberger, K. Q. (2017). On calibration of modern neural networks. ICML, 1321-1330.
"""

from typing import Any

import numpy as np

N_BINS = 10


def reliability(truth: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """Compute Brier score, expected calibration error (ECE) and its bins, as stored in a result's ``calibration``.

    The multi-class Brier score is ``mean over clips of sum over labels of (probability - is true)**2``, from 0 to 2.
    The confidence of a clip is its largest probability; a prediction is correct if the label with this probability is
    the true one. ``ECE = sum over bins of n / N * |accuracy - mean confidence|`` over ten bins of equal width,
    (low, high]. `truth` is the column of each clip's true label.
    """
    is_true = np.arange(probabilities.shape[1]) == truth[:, None]
    confidence = np.clip(probabilities.max(axis=1), 0.0, 1.0)  # rounding can make a mean of probabilities 1 + 1e-16
    right = probabilities.argmax(axis=1) == truth
    edges = np.linspace(0, 1, N_BINS + 1)
    bin_of = np.maximum(np.searchsorted(edges, confidence, side="left") - 1, 0)
    n, sum_confidence, sum_right = (np.bincount(bin_of, weights=w, minlength=N_BINS) for w in (None, confidence, right))
    bins = [
        {
            "low": float(edges[i]),
            "high": float(edges[i + 1]),
            "n": int(n[i]),
            "mean_confidence": float(min(sum_confidence[i] / n[i], 1.0)) if n[i] else None,
            "accuracy": float(sum_right[i] / n[i]) if n[i] else None,
        }
        for i in range(N_BINS)
    ]
    return {
        "brier": float(((probabilities - is_true) ** 2).sum(axis=1).mean()),
        "ece": float(np.abs(sum_right - sum_confidence).sum() / len(truth)),
        "n_bins": N_BINS,
        "bins": bins,
    }
