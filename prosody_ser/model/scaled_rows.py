"""Rows as a stored pipeline fills and scales them, by its own numbers and without its checks.

scikit-learn looks at the type of every column of a frame, at every step: with the thousands of features of `wide_v1`
that took longer than all else that is asked of a model. What is done here is what
:class:`sklearn.impute.SimpleImputer` and :class:`sklearn.preprocessing.StandardScaler` do, to the bit.
"""

from typing import Any

import numpy as np

IMPUTE, SCALE, SELECT = "impute", "scale", "select"


def scaled_rows(pipeline: Any, rows: np.ndarray) -> np.ndarray:
    """Rows without gaps, scaled.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with the steps ``impute`` and ``scale`` of :func:`prosody_ser.make_pipeline`.
    rows : ndarray of float64, shape (n_rows, n_features)
        What the imputer takes: NaN where undefined.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_features)
    """
    steps = pipeline.named_steps
    filled = np.where(np.isnan(rows), steps[IMPUTE].statistics_, rows)
    return (filled - steps[SCALE].mean_) / steps[SCALE].scale_


def rows_of_classifier(pipeline: Any, rows: np.ndarray) -> Any:
    """What the classifier at the end of a pipeline is given for these rows; a frame where it knows names.

    `pipeline` and `rows` are as for :func:`scaled_rows`.
    """
    scaled = scaled_rows(pipeline, rows)
    if SELECT in pipeline.named_steps:
        scaled = scaled[:, pipeline.named_steps[SELECT].get_support()]
    names = getattr(pipeline.steps[-1][1], "feature_names_in_", None)
    if names is None:
        return scaled
    import pandas as pd

    return pd.DataFrame(scaled, columns=names)
