"""Where the speech of a recording begins and ends."""

import numpy as np

from ..errors import RecordingError
from .frames import FRAME_STEP_S

ENDPOINT_RANGE_DB = 35.0
ENDPOINT_WINDOW_S = 0.050


def find_endpoints(samples: np.ndarray, sample_rate_hz: int) -> tuple[int, int]:
    """First and last sample of the speech, silence at either end left out.

    The level is the mean square over 50 ms (its mean, so DC, removed from the whole), every 10 ms. Speech
    lasts from the first to the last frame within 35 dB of the loudest one; the reference is a maximum, not a
    quantile, so that longer silence at the ends moves nothing.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
    sample_rate_hz : int

    Returns
    -------
    start, end : int
        Sample indices, ``end`` exclusive, whole frames apart.

    Raises
    ------
    RecordingError
        With status ``silent`` if every sample has the same value.
    """
    step = round(FRAME_STEP_S * sample_rate_hz)
    frames_per_window = round(ENDPOINT_WINDOW_S / FRAME_STEP_S)
    power = samples - samples.mean()
    power *= power
    if power.max() <= 1e-20:
        raise RecordingError("silent", "the recording is silent: all samples are equal once channels are averaged")
    n_frames = power.size // step
    if n_frames < frames_per_window:
        return 0, n_frames * step
    frame_power = power[: n_frames * step].reshape(n_frames, step).sum(axis=1)
    smooth = np.convolve(frame_power, np.ones(frames_per_window), mode="same")
    loud = np.flatnonzero(smooth >= smooth.max() * 10 ** (-ENDPOINT_RANGE_DB / 10))
    return int(loud[0] * step), int((loud[-1] + 1) * step)
