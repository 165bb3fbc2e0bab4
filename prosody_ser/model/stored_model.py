"""A model that was read from a file: its pipeline is built when somebody asks for it."""

from functools import cached_property
from typing import Any

from .file_format.linear_pipeline import LinearPipeline
from .file_format.parts import Part
from .file_format.pipeline import decoded
from .trained_model import TrainedModel


class StoredModel(TrainedModel):
    """A :class:`TrainedModel` of a file; a linear one predicts without importing scikit-learn."""

    _parts: list[Part]

    @classmethod
    def of(cls, parts: list[Part], predictor: Any, **fields: Any) -> "StoredModel":
        """Make the model of checked parts.

        Parameters
        ----------
        parts : list of Part
            The pipeline as it is stored.
        predictor : LinearPipeline or Pipeline
            What they were decoded to.
        **fields
            Those of :class:`TrainedModel`, without the pipeline.
        """
        model = cls(pipeline=predictor, **fields)
        vars(model)["predictor"] = predictor
        if isinstance(predictor, LinearPipeline):
            del vars(model)["pipeline"]
            vars(model)["_parts"] = parts
        return model

    @cached_property
    def pipeline(self) -> Any:  # type: ignore[override]
        """The fitted pipeline, for whoever wants more than predictions."""
        return decoded(self._parts, self.features, self.labels)
