"""One window of a stream to its features: the same numbers that the same stretch of a file has."""

import numpy as np
import pandas as pd

from ..audio.frames import FRAME_STEP_S
from ..audio.prepare import prepare_blocks
from ..catalogue import feature_set
from ..errors import LiveError, RecordingError
from ..features import RowPlan, engine_of
from ..model.engine import engine_for
from ..model.speakers import BLIND, norm_of
from ..model.trained_model import TrainedModel
from ..prediction.recordings import check_measurable

_LEAST_POWER = 1e-12


class WindowMeasurer:
    """Measures windows for a model.

    Raises
    ------
    ModelError
        If the model's features cannot be measured as they were for it.
    LiveError
        If it takes only clips of speakers whom it knows by several.
    """

    def __init__(self, model: TrainedModel):
        check_measurable(model)
        if norm_of(model) != BLIND:
            raise LiveError(
                "the model normalises each speaker by clips of their own, which nobody has who is only just heard; "
                "take one that was trained without --speaker-norm"
            )
        features = feature_set(model.feature_set)
        self._names = [feature.name for feature in features]
        engine, _ = engine_for(model, None)
        self._analyse = engine_of(engine).analyse
        self._plan = RowPlan(features, engine=engine)

    def measure(self, samples: np.ndarray, sample_rate_hz: int, newest_s: float) -> tuple[pd.DataFrame, float]:
        """A row of features, and the median pitch in Hz of the newest seconds, NaN where there is no voice.

        The samples, at the source's own rate, are resampled alone, as the stretch of a file is, and not as part of the
        stream.

        Raises
        ------
        RecordingError
            If nothing can be measured.
        """
        try:
            audio = prepare_blocks([samples], sample_rate_hz)
            analysis = self._analyse(audio)
            values = self._plan.compute(analysis)
        except RecordingError:
            raise
        except Exception as error:  # one window must not stop the rest, whatever a library finds wrong with it
            why = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
            raise RecordingError("unmeasurable", why) from error
        n_newest = round((newest_s - audio.trail_s) / FRAME_STEP_S)
        f0_hz = analysis.pitch.f0_hz[-n_newest:] if n_newest > 0 else np.zeros(0)
        f0_hz = f0_hz[np.isfinite(f0_hz)]
        row = pd.DataFrame(values[np.newaxis], columns=self._names)
        return row, float(np.median(f0_hz)) if f0_hz.size else float("nan")


def level_db(samples: np.ndarray) -> float:
    """Root mean square about the mean, in dB re full scale; -120 at the least."""
    with np.errstate(all="ignore"):
        power = float(np.var(samples))
    return 10 * float(np.log10(max(power, _LEAST_POWER))) if np.isfinite(power) else float("nan")
