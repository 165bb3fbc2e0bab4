"""The pipeline within whatever calibrates or searches it."""

from typing import Any

from sklearn.base import BaseEstimator


def unwrapped(estimator: Any) -> Any:
    """The pipeline inside whatever calibrates or searches it, the fitted one if there is one.

    Parameters
    ----------
    estimator : estimator
        From :func:`make_pipeline` or :func:`make_tuned_pipeline`, or one of scikit-learn's that holds a pipeline.

    Returns
    -------
    estimator
        The innermost one; itself, if it holds none.
    """
    while not hasattr(estimator, "steps"):
        inner = next(
            (
                own
                for name in ("best_estimator_", "estimator_", "estimator")
                if isinstance(own := getattr(estimator, name, None), BaseEstimator)
            ),
            None,
        )
        if inner is None:
            return estimator
        estimator = inner
    return estimator
