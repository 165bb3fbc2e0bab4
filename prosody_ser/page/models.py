"""The models of the page, opened or trained once for all visitors, with the usual values of each emotion."""

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
    """A model with its name and the usual values of each emotion in its training clips."""

    model: TrainedModel
    name: str
    ranges: UsualRanges | None

    @property
    def takes_enrolment(self) -> bool:
        """Whether the model normalises speakers, and so needs further clips of the same voice."""
        return norm_of(self.model) != BLIND

    @property
    def source(self) -> str:
        """Description of the clips from which the usual values were taken; empty if there are none."""
        return self.ranges.source if self.ranges else ""


@lru_cache(maxsize=1)
def given_model() -> InUse:
    """The model given to the command."""
    model = load_model(settings.model or default_model_path())
    return InUse(model, settings.model.name if settings.model else "the default model", known_ranges(model))


@lru_cache(maxsize=1)
def enrolling_model() -> InUse:
    """Train an ``lda`` with enrolment on the built-in EMO-DB table, once for all visitors; this takes some seconds."""
    model = train(load_emodb_features(), make_pipeline("lda", speaker_norm="enrol"), risk=0.1)
    return InUse(model, "the enrolling model", known_ranges(model))
