"""Formants: Praat, "Sound: To Formant (burg)...", five formants in windows of 25 ms, pre-emphasis from 50 Hz."""

import numpy as np
import parselmouth

from ...audio.frames import FRAME_STEP_S
from ..formant_ceiling import Track

N_FORMANTS = 5


def praat_tracker(samples: np.ndarray, sample_rate_hz: int) -> Track:
    """Return a function that finds the formants of a sound at given times, below a ceiling.

    Praat's frames of 50 ms, from edge to edge, are on the grid of the clip: the margin of 64 ms around the speech
    (:data:`prosody_ser.contours.grid.MARGIN`) leaves room for four more frames on either side.
    """
    sound = parselmouth.Sound(samples, sample_rate_hz)

    def track(times_s: np.ndarray, ceiling_hz: float) -> tuple[np.ndarray, np.ndarray]:
        formants = sound.to_formant_burg(
            time_step=FRAME_STEP_S,
            max_number_of_formants=N_FORMANTS,
            maximum_formant=ceiling_hz,
            window_length=0.025,
            pre_emphasis_from=50.0,
        )
        numbers = range(1, N_FORMANTS + 1)
        frequency = [[formants.get_value_at_time(k, t) for t in times_s] for k in numbers]
        bandwidth = [[formants.get_bandwidth_at_time(k, t) for t in times_s] for k in numbers]
        return np.array(frequency), np.array(bandwidth)

    return track
