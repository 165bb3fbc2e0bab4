"""Access to the parts of a fitted pipeline: the model, and the features that reach it."""

from typing import Any

import numpy as np
import pandas as pd

from ..tuning.unwrap import unwrapped


def model_of(fitted: Any) -> Any:
    """The classifier at the end of a pipeline, also inside a calibrator or a search."""
    inner = unwrapped(fitted)
    return inner.steps[-1][1] if hasattr(inner, "steps") else inner


def reaching_model(fitted: Any, X: pd.DataFrame) -> pd.DataFrame:
    """Apply all steps before the model to X, except samplers.

    The result has the index of X, and the columns of X that no selection has removed.
    """
    inner = unwrapped(fitted)
    names = np.asarray(X.columns, dtype=object)
    values: Any = X
    for _, step in inner.steps[:-1] if hasattr(inner, "steps") else []:
        if hasattr(step, "transform"):  # samplers and "passthrough" have no such method
            values = step.transform(values)
            names = step.get_feature_names_out(names)
    return pd.DataFrame(np.asarray(values, dtype=float), index=X.index, columns=names)


def named_as_fitted(model: Any, rows: np.ndarray) -> Any:
    """Rows in the form in which a model was fitted: a DataFrame if the model has feature names."""
    names = getattr(model, "feature_names_in_", None)
    return rows if names is None else pd.DataFrame(rows, columns=names)


def linear_weights(model: Any) -> np.ndarray | None:
    """Coefficients by class, shape (n_classes, n_features), or None if the scores are not a linear function.

    With two classes, the coefficients of the first are the negative of those of the second. Having ``coef_`` is not
    enough: an SVC with a linear kernel has coefficients for pairs of classes.
    """
    weights = np.asarray(getattr(model, "coef_", 0.0))
    if weights.ndim != 2 or not hasattr(model, "decision_function"):
        return None
    probe = np.random.default_rng(0).normal(size=(5, weights.shape[1]))
    linear = probe @ weights.T + model.intercept_
    scores = np.asarray(model.decision_function(named_as_fitted(model, probe))).reshape(len(probe), -1)
    if linear.shape != scores.shape or not np.allclose(linear, scores):
        return None
    return weights if len(weights) > 1 else np.vstack([-weights, weights])
