"""A linear model that was read from a file: it predicts without importing scikit-learn."""

from functools import cached_property
from typing import Any

from .file_format.linear_pipeline import LinearPipeline
from .file_format.parts import Part
from .file_format.pipeline import decoded
from .trained_model import TrainedModel


class StoredLinearModel(TrainedModel):
    """A :class:`TrainedModel` whose scikit-learn pipeline is built when it is asked for."""

    _parts: list[Part]

    @classmethod
    def of(cls, parts: list[Part], predictor: LinearPipeline, fields: dict[str, Any]) -> "StoredLinearModel":
        """Make the model from checked parts.

        Parameters
        ----------
        parts : list of Part
            The pipeline as it is stored.
        predictor : LinearPipeline
            The pipeline that these parts were decoded to.
        fields : dict
            The fields of :class:`TrainedModel` except the pipeline.
        """
        model = cls(pipeline=None, **fields)
        del vars(model)["pipeline"]  # so that it is built below
        vars(model).update(predictor=predictor, _parts=parts)
        return model

    @cached_property
    def pipeline(self) -> Any:  # type: ignore[override]
        """The fitted scikit-learn pipeline."""
        return decoded(self._parts, self.features, self.labels)
