"""The check that an object can be used as a pipeline."""

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator

from ...errors import ProtocolError


def check_pipeline(pipeline: Any) -> None:
    """Raise a ProtocolError for what is no estimator, such as a model's name, or has a step that stays fitted."""
    if isinstance(pipeline, type) or not (hasattr(pipeline, "get_params") and hasattr(pipeline, "fit")):
        raise ProtocolError(
            f"{pipeline!r} is not a pipeline: use one from make_pipeline, or an instance of your own scikit-learn "
            "classifier"
        )
    for part in (pipeline, *pipeline.get_params(deep=True).values()):
        if _keeps_its_fit(part):
            raise ProtocolError(
                f"the pipeline has a step that is fitted already and is never fitted again ({type(part).__name__}): it "
                "may have learned from clips that are to be held out; use the step unfitted, so that each fold fits it"
            )


def _keeps_its_fit(part: Any) -> bool:
    """Whether an estimator stays as it was fitted before, so that it can know the test clips of a fold."""
    if isinstance(part, FrozenEstimator):
        return True
    return isinstance(part, BaseEstimator) and (
        getattr(part, "prefit", False) is True or (isinstance(cv := getattr(part, "cv", None), str) and cv == "prefit")
    )
