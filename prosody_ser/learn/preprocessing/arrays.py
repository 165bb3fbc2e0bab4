"""The check for pipelines that accept arrays in place of DataFrames, which is faster."""

from typing import Any

from imblearn.pipeline import Pipeline
from sklearn import get_config, impute

from .imputer import SimpleImputer


def takes_arrays(pipeline: Any) -> bool:
    """Whether a pipeline's first step converts DataFrames to arrays anyway.

    Arrays are faster, because scikit-learn checks every column of a DataFrame.
    """
    if type(pipeline) is not Pipeline or get_config()["transform_output"] != "default":
        return False
    first = pipeline.steps[0][1]
    return type(first) in (SimpleImputer, impute.SimpleImputer) and not hasattr(first, "_sklearn_output_config")
