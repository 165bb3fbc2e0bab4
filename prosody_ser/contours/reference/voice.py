"""Voice quality by Praat: glottal pulses, jitter, shimmer and harmonicity.

Commands: "Sound & Pitch: To PointProcess (cc)", "PointProcess: Get jitter (...)...", "PointProcess & Sound: Get
shimmer (...)...", "Sound: To Harmonicity (cc)...". The limits of jitter and shimmer are Praat's standard ones.
"""

import numpy as np
import parselmouth
from parselmouth.praat import call

from ...audio.frames import FRAME_STEP_S

#: Periods last 0.1 to 20 ms, and neighbours differ by at most a factor of 1.3; their amplitudes by at most 1.6.
PERIOD_LIMITS = (0.0001, 0.02, 1.3)
AMPLITUDE_LIMITS = (*PERIOD_LIMITS, 1.6)
JITTER = {
    "jitter_local_ratio": "Get jitter (local)",
    "jitter_local_s": "Get jitter (local, absolute)",
    "jitter_rap_ratio": "Get jitter (rap)",
    "jitter_ppq5_ratio": "Get jitter (ppq5)",
    "jitter_ddp_ratio": "Get jitter (ddp)",
}
SHIMMER = {
    "shimmer_local_ratio": "Get shimmer (local)",
    "shimmer_local_db": "Get shimmer (local_dB)",
    "shimmer_apq3_ratio": "Get shimmer (apq3)",
    "shimmer_apq5_ratio": "Get shimmer (apq5)",
    "shimmer_apq11_ratio": "Get shimmer (apq11)",
    "shimmer_dda_ratio": "Get shimmer (dda)",
}


def praat_pulses(sound: parselmouth.Sound, f0_hz: np.ndarray, first_frame_s: float) -> parselmouth.Data:
    """Find the glottal pulses of a sound, as a PointProcess.

    Parameters
    ----------
    sound : parselmouth.Sound
    f0_hz : ndarray of float64, shape (n_frames,)
        Fundamental frequency every 10 ms, NaN where unvoiced.
    first_frame_s : float
        Centre of the first frame, in s from the start of the sound.
    """
    frames = ("f0", 0, sound.duration, f0_hz.size, FRAME_STEP_S, first_frame_s)
    matrix = call("Create Matrix", *frames, 1, 1, 1, 1, 1, "0")
    for frame in np.flatnonzero(np.isfinite(f0_hz)):
        call(matrix, "Set value", 1, int(frame) + 1, float(f0_hz[frame]))
    return call([sound, call(matrix, "To Pitch")], "To PointProcess (cc)")


def praat_jitter(pulses: parselmouth.Data) -> dict[str, float]:
    """Compute jitter by feature name; NaN if there are too few periods."""
    return {name: call(pulses, command, 0, 0, *PERIOD_LIMITS) for name, command in JITTER.items()}


def praat_shimmer(sound: parselmouth.Sound, pulses: parselmouth.Data) -> dict[str, float]:
    """Compute shimmer by feature name; NaN if there are too few periods."""
    return {name: call([sound, pulses], command, 0, 0, *AMPLITUDE_LIMITS) for name, command in SHIMMER.items()}


def praat_hnr(sound: parselmouth.Sound, floor_hz: float) -> np.ndarray:
    """Compute the harmonics-to-noise ratio in dB of all frames of a sound; NaN if nothing is periodic.

    Parameters
    ----------
    sound : parselmouth.Sound
        With margins that put Praat's frames on the grid of the clip (:func:`prosody_ser.contours.grid.sound_on_grid`).
    floor_hz : float
        The window is one period of it. No frame counts as silent, because only voiced frames are used.
    """
    harmonicity = sound.to_harmonicity_cc(
        time_step=FRAME_STEP_S, minimum_pitch=floor_hz, silence_threshold=0.0, periods_per_window=1.0
    )
    return np.where(harmonicity.values[0] == -200, np.nan, harmonicity.values[0])
