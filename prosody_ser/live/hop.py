"""The prediction at each hop of the window over a stream."""

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from ..model.trained_model import TrainedModel
from ..results.jsonable import number

#: Status of a window in which nobody speaks.
SILENCE = "silence"


@dataclass(frozen=True)
class Prediction:
    """A predicted label with its probability."""

    label: str  #: the most probable label, also where the model abstains
    confidence: float  #: probability of the label
    abstain: bool  #: whether the model abstains; the label should then not be relied on
    abstain_reason: str  #: why the model abstains, see :meth:`prosody_ser.TrainedModel.predict`; empty if it does not
    probabilities: dict[str, float]  #: by label

    @classmethod
    def of(cls, model: TrainedModel, probabilities: np.ndarray, abstain_reason: str) -> "Prediction":
        """Make the prediction of a model from the probabilities of its labels."""
        best = int(probabilities.argmax())
        by_label = dict(zip(model.labels, probabilities.tolist(), strict=True))
        return cls(model.labels[best], float(probabilities[best]), abstain_reason != "", abstain_reason, by_label)


@dataclass(frozen=True, eq=False)
class Hop:
    """The results for the window that ends at one hop."""

    #: `start_s`, `end_s`: bounds of the window, from the start of the stream. In a file, the samples that
    #: :func:`prosody_ser.audio.prepare.read_audio` reads between these times, as the mean of the channels, are exactly
    #: the same.
    start_s: float
    end_s: float
    status: str  #: ``ok``, ``silence`` where nobody speaks, or the cause of a failure as in a feature table
    error: str = ""  #: the failure in a sentence, as in a feature table
    sound_s: float = 0.0  #: seconds of the window that contain sound
    level_db: float = math.nan  #: level of the newest hop, in dB re full scale
    pitch_hz: float = math.nan  #: median pitch of the newest hop; NaN without voice, or if nothing was measured
    prediction: Prediction | None = None  #: from this window alone, as for the same segment of a file
    #: from this window and those before it, see :mod:`prosody_ser.live.smoothing`; the threshold for abstaining is that
    #: of single clips
    smoothed: Prediction | None = None
    novelty: float = math.nan  #: distance from the training speech, 0 to 1; NaN if nothing was measured
    dropped_s: float = 0.0  #: seconds of sound dropped since the start, because they were not analysed in time
    features: pd.DataFrame | None = None  #: features of the window

    @property
    def data(self) -> dict[str, Any]:
        """The hop as a JSON object, as described by ``live.schema.json``."""
        prediction = (
            asdict(self.prediction) if self.prediction else dict.fromkeys(field.name for field in fields(Prediction))
        )
        return {
            "start": self.start_s,
            "end": self.end_s,
            "status": self.status,
            "error": self.error,
            "sound_s": self.sound_s,
            "level_db": number(self.level_db),
            "pitch_hz": number(self.pitch_hz),
            **prediction,
            "novelty": number(self.novelty),
            "smoothed": asdict(self.smoothed) if self.smoothed else None,
            "dropped_s": self.dropped_s,
        }

    def json_line(self) -> str:
        """The hop as one line of JSON, without a line break at its end."""
        return json.dumps(self.data, ensure_ascii=False, allow_nan=False)
