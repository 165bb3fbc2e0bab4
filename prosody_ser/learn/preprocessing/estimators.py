"""The check that an object can be used as a pipeline."""

from typing import Any

from sklearn.base import BaseEstimator, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags

from ...errors import ProtocolError

#: What scikit-learn calls estimators that predict no classes.
_NO_CLASSIFIERS = ("regressor", "clusterer", "outlier_detector")


def check_pipeline(pipeline: Any) -> None:
    """Raise a ProtocolError for what is no estimator, such as a model's name, or has a step that stays fitted."""
    if isinstance(pipeline, type) or not (hasattr(pipeline, "get_params") and hasattr(pipeline, "fit")):
        raise ProtocolError(
            f"{pipeline!r} is not a pipeline: use one from make_pipeline, or an instance of your own scikit-learn "
            "classifier"
        )
    if (kind := _kind_of(pipeline)) in _NO_CLASSIFIERS:
        raise ProtocolError(f"the pipeline ends with a {kind}, but emotions are predicted by a classifier")
    for part in (pipeline, *pipeline.get_params(deep=True).values()):
        if _keeps_its_fit(part):
            raise ProtocolError(
                f"the pipeline has a step that is fitted already and is never fitted again ({type(part).__name__}): it "
                "may have learned from clips that are to be held out; use the step unfitted, so that each fold fits it"
            )


def _kind_of(pipeline: Any) -> str | None:
    try:
        return get_tags(pipeline).estimator_type
    except Exception:  # an own classifier need not have scikit-learn's tags
        return None


def _keeps_its_fit(part: Any) -> bool:
    """Whether an estimator stays as it was fitted before, so that it can know the test clips of a fold."""
    if isinstance(part, FrozenEstimator):
        return True
    cloned = getattr(type(part), "__sklearn_clone__", BaseEstimator.__sklearn_clone__)
    if cloned is not BaseEstimator.__sklearn_clone__ and clone(part, safe=False) is part:
        return True  # each fold would go on from what the folds before it have learned
    return isinstance(part, BaseEstimator) and (
        getattr(part, "prefit", False) is True or (isinstance(cv := getattr(part, "cv", None), str) and cv == "prefit")
    )
