"""Features of one window of a stream; they are identical to those of the same segment of a file."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ..audio.frames import FRAME_STEP_S
from ..audio.prepare import prepare_blocks
from ..catalogue import Contour, feature_set
from ..contours import Analysis, contour_matrix
from ..errors import LiveError, RecordingError
from ..features import RowPlan, engine_of, frame_contours
from ..model.engine import engine_for
from ..model.speakers import BLIND, norm_of
from ..model.trained_model import TrainedModel
from ..prediction.recordings import check_measurable
from ..tables.feature_table import sequence_rows
from ..tables.sequences import frames_in_memory

_LEAST_POWER = 1e-12


class WindowMeasurer:
    """Measures the features of windows for a model.

    Raises
    ------
    ModelError
        If features cannot be measured as those of the training recordings were.
    LiveError
        If the model normalises speakers, and so needs several clips of each speaker.
    """

    def __init__(self, model: TrainedModel):
        check_measurable(model)
        if norm_of(model) != BLIND:
            raise LiveError(
                "this model normalises each speaker over several clips, which live sound does not have; use a model "
                "trained without --speaker-norm"
            )
        features = feature_set(model.feature_set)
        engine, _ = engine_for(model, None)
        self._analyse = engine_of(engine).analyse
        self._row: Callable[[Analysis], pd.DataFrame]
        if model.reads_frames:
            self._row = partial(_clip_row, frame_contours(features), engine_of(engine).contour_groups)
        else:
            names = [feature.name for feature in features]
            self._row = partial(_feature_row, RowPlan(features, engine=engine), names)

    def measure(self, samples: np.ndarray, sample_rate_hz: int, newest_s: float) -> tuple[pd.DataFrame, float, float]:
        """Measure one window.

        Parameters
        ----------
        samples : ndarray of float64, shape (n_samples,)
            The window alone, which is resampled like a segment of a file.
        sample_rate_hz : int
        newest_s : float
            Length of the last part of the window, over which pitch is given.

        Returns
        -------
        row : DataFrame of one row
            Features, or frames of contours for a model that reads those.
        pitch_hz : float
            Median pitch of the last `newest_s`; NaN without voice.
        speech_s : float
            Seconds of speech in the window.

        Raises
        ------
        RecordingError
            If the window cannot be measured.
        """
        try:
            audio = prepare_blocks([samples], sample_rate_hz)
            analysis = self._analyse(audio)
            row = self._row(analysis)
        except RecordingError:
            raise
        except Exception as error:  # an error of a library in one window must not end the stream
            reason = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
            raise RecordingError("unmeasurable", reason) from error
        n_newest = round((newest_s - audio.trail_s) / FRAME_STEP_S)
        f0_hz = analysis.pitch.f0_hz[-n_newest:] if n_newest > 0 else np.zeros(0)
        f0_hz = f0_hz[np.isfinite(f0_hz)]
        return row, float(np.median(f0_hz)) if f0_hz.size else float("nan"), audio.speech_s


def _feature_row(plan: RowPlan, names: list[str], analysis: Analysis) -> pd.DataFrame:
    return pd.DataFrame(plan.compute(analysis)[np.newaxis], columns=names)


def _clip_row(contours: Sequence[Contour], groups: Mapping[str, Any], analysis: Analysis) -> pd.DataFrame:
    names = [contour.name for contour in contours]
    frames = pd.DataFrame(contour_matrix(analysis, contours, groups).T, columns=names)
    return sequence_rows(pd.Series([frames_in_memory(frames)]), names)


def level_db(samples: np.ndarray) -> float:
    """Root mean square about the mean, in dB re full scale, at least -120 dB."""
    with np.errstate(all="ignore"):
        power = float(np.var(samples))
    return 10 * float(np.log10(max(power, _LEAST_POWER))) if np.isfinite(power) else float("nan")
