"""What an evaluation takes for a pipeline."""

from typing import Any

from ...errors import ProtocolError


def check_pipeline(pipeline: Any) -> None:
    """Refuse what is no instance of a scikit-learn estimator: a model's name, a class, None."""
    if isinstance(pipeline, type) or not (hasattr(pipeline, "get_params") and hasattr(pipeline, "fit")):
        raise ProtocolError(
            f"{pipeline!r} is no pipeline: take one from make_pipeline, or a scikit-learn classifier of your own"
        )
