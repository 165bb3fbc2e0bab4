"""Which pipelines may be given arrays in place of frames."""

from typing import Any

from imblearn.pipeline import Pipeline
from sklearn import get_config, impute

from .imputer import SimpleImputer


def takes_arrays(pipeline: Any) -> bool:
    """Whether the first step makes arrays of frames anyway: scikit-learn looks at every column of a frame it checks."""
    if type(pipeline) is not Pipeline or get_config()["transform_output"] != "default":
        return False
    first = pipeline.steps[0][1]
    return type(first) in (SimpleImputer, impute.SimpleImputer) and not hasattr(first, "_sklearn_output_config")
