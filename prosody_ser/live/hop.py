"""What is said at each hop."""

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from ..model.trained_model import TrainedModel
from ..results.jsonable import number

#: The status of a window in which nobody speaks.
SILENCE = "silence"


@dataclass(frozen=True)
class Said:
    """A label and how sure it is."""

    label: str  #: the likeliest, also where the model abstains
    confidence: float  #: its probability
    abstain: bool  #: whether the model does not claim the label: then it should not be relied on
    abstain_reason: str  #: why not, as :meth:`prosody_ser.TrainedModel.predict` says; empty where it does
    probabilities: dict[str, float]  #: by label

    @classmethod
    def of(cls, model: TrainedModel, probabilities: np.ndarray, doubt: str) -> "Said":
        """What a model says by these probabilities, and why it does not claim it."""
        best = int(probabilities.argmax())
        by_label = dict(zip(model.labels, probabilities.tolist(), strict=True))
        return cls(model.labels[best], float(probabilities[best]), doubt != "", doubt, by_label)


@dataclass(frozen=True, eq=False)
class Moment:
    """One hop: what the window that ends there holds."""

    #: `start_s`, `end_s`: the window, from the start of the stream. Of a file, the stretch that
    #: :func:`prosody_ser.audio.prepare.read_audio` reads between these times, of the mean of its channels, is the same
    #: sound to the bit.
    start_s: float
    end_s: float
    status: str  #: ``ok``; ``silence`` where nobody speaks; else what is wrong, as in a table
    error: str = ""  #: a sentence, as in a table
    sound_s: float = 0.0  #: seconds of the window in which there is sound
    level_db: float = math.nan  #: of the newest hop, in dB re full scale
    pitch_hz: float = math.nan  #: of the newest hop, NaN where there is no voice or nothing was measured
    said: Said | None = None  #: of this window alone: what predicting the same stretch of the file says
    #: with the windows before it (:mod:`prosody_ser.live.smoothing`); the threshold was chosen for single clips
    smoothed: Said | None = None
    novelty: float = math.nan  #: how far it lies from the training speech, 0 to 1; NaN where nothing was measured
    dropped_s: float = 0.0  #: sound that was lost since the start, because it was not analysed in time
    features: pd.DataFrame | None = None  #: what was measured

    @property
    def data(self) -> dict[str, Any]:
        """As JSON: an object of one hop, see ``live.schema.json``."""
        said = asdict(self.said) if self.said else dict.fromkeys(field.name for field in fields(Said))
        return {
            "start": self.start_s,
            "end": self.end_s,
            "status": self.status,
            "error": self.error,
            "sound_s": self.sound_s,
            "level_db": number(self.level_db),
            "pitch_hz": number(self.pitch_hz),
            **said,
            "novelty": number(self.novelty),
            "smoothed": asdict(self.smoothed) if self.smoothed else None,
            "dropped_s": self.dropped_s,
        }

    def json_line(self) -> str:
        """One line, without its end."""
        return json.dumps(self.data, ensure_ascii=False, allow_nan=False)
