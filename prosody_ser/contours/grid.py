"""The common grid of frames, and how to make Praat place its frames on it."""

import math

import numpy as np
import parselmouth

from ..audio.frames import FRAME_STEP_S
from ..audio.prepare import Audio

#: Samples before and after the speech, enough for the windows of all own kernels: 64 ms, a power of two.
MARGIN = 1024


def with_margin(audio: Audio, times_s: np.ndarray, *, voice: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the speech with the margin that own kernels need, and the times on the time axis of these samples."""
    return audio.around(MARGIN, voice=voice), times_s + MARGIN / audio.sample_rate_hz


def sound_on_grid(audio: Audio, window_s: float, *, voice: bool = False) -> parselmouth.Sound:
    """Return the speech with exactly the margin with which Praat's frames match the frames of the clip.

    Praat fits ``floor((duration - window) / step) + 1`` frames into a sound and centres them. With a margin of
    ``window / 2 - step / 4`` at either end, there is one frame for each 10 ms of the speech, centred on
    :attr:`Audio.times_s` plus the margin.

    Parameters
    ----------
    audio : Audio
    window_s : float
        Physical length of the window of the Praat command that follows, in s.
    voice : bool
        Whether to use the samples without the frequencies below any voice.
    """
    margin = math.ceil((window_s / 2 - FRAME_STEP_S / 4) * audio.sample_rate_hz)
    return parselmouth.Sound(audio.around(margin, voice=voice), audio.sample_rate_hz)
