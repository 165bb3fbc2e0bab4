"""Impute and scale rows with the numbers of a stored pipeline, without scikit-learn's checks.

scikit-learn checks the type of every column of a frame at every step. With the thousands of features of `wide_v1` this
took longer than the rest of a prediction. The code here gives exactly the results of
:class:`sklearn.impute.SimpleImputer` and :class:`sklearn.preprocessing.StandardScaler`.
"""

from typing import Any

import numpy as np

IMPUTE, SCALE, SELECT = "impute", "scale", "select"


def scaled_rows(pipeline: Any, rows: np.ndarray) -> np.ndarray:
    """Fill missing values and scale the rows.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with the steps ``impute`` and ``scale`` of :func:`prosody_ser.make_pipeline`.
    rows : ndarray of float64, shape (n_rows, n_features)
        Input of the imputer: NaN where undefined.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_features)
    """
    steps = pipeline.named_steps
    filled = np.where(np.isnan(rows), steps[IMPUTE].statistics_, rows)
    return (filled - steps[SCALE].mean_) / steps[SCALE].scale_


def rows_of_classifier(pipeline: Any, rows: np.ndarray) -> Any:
    """Input of the classifier at the end of a pipeline; a DataFrame if the classifier was fitted with feature names.

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
