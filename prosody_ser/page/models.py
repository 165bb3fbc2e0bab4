"""The models that the page asks, opened or trained once for all visitors, with what is usual of each emotion."""

from dataclasses import dataclass
from functools import lru_cache

from ..datasets.emodb_features import load_emodb_features
from ..learn.inspection.usual_ranges import UsualRanges
from ..learn.pipeline import make_pipeline
from ..model import load_model, train
from ..model.speakers import BLIND, norm_of
from ..model.trained_model import TrainedModel
from ..prediction import default_model_path
from ..prediction.reasons import known_ranges
from .settings import settings


@dataclass(frozen=True, eq=False)
class InUse:
    """A model, what it is called, and what is usual of each emotion in the clips that it was trained on."""

    model: TrainedModel
    name: str
    ranges: UsualRanges | None

    @property
    def takes_enrolment(self) -> bool:
        """Whether clips of the same voice change what it says; without any it says nothing."""
        return norm_of(self.model) != BLIND

    @property
    def source(self) -> str:
        """Whose clips the ranges are of; empty where there are none."""
        return self.ranges.source if self.ranges else ""


@lru_cache(maxsize=1)
def given_model() -> InUse:
    """The model that the command was told."""
    model = load_model(settings.model or default_model_path())
    return InUse(model, settings.model.name if settings.model else "the default model", known_ranges(model))


@lru_cache(maxsize=1)
def enrolling_model() -> InUse:
    """An ``lda`` trained on EMO-DB's built-in table that sets each speaker's zero by their clips: seconds, once."""
    model = train(load_emodb_features(), make_pipeline("lda", speaker_norm="enrol"), risk=0.1)
    return InUse(model, "the enrolling model", known_ranges(model))
