"""The check that an object can be used as a pipeline."""

from typing import Any

from ...errors import ProtocolError


def check_pipeline(pipeline: Any) -> None:
    """Raise a ProtocolError for what is not an instance of a scikit-learn estimator, such as a model's name or None."""
    if isinstance(pipeline, type) or not (hasattr(pipeline, "get_params") and hasattr(pipeline, "fit")):
        raise ProtocolError(
            f"{pipeline!r} is not a pipeline: use one from make_pipeline, or an instance of your own scikit-learn "
            "classifier"
        )
