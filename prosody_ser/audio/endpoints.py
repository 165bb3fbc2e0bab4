"""Find the endpoints of the speech in a recording, in spite of clicks, hum and steady noise.

1. The level is measured above 120 Hz, without mains hum and rumble, in frames of 10 ms. A frame that is far louder
   than the median of the five frames around it is a click; its power is limited to four times that median. Levels are
   means over 50 ms.
2. The loud level is the highest level that lasts 30 ms or more.
3. Steady noise is the lowest level that stays within 2 dB for 0.12 s, if hardly any frame is lower. Speech rises and
   falls, so if nothing is steady, or if something is lower still, the noise level is unknown.
4. Sound is what is within 35 dB of the loud level and, if the noise level is known, 4 dB above it.
5. Sounds with gaps shorter than 0.2 s are joined, so that the burst of a stop stays with its vowel. A sound that is
   shorter than 0.1 s after that is not speech. The speech extends from the first to the last of the others.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d

from ..errors import RecordingError
from ..units import db_to_power
from .filters import sosfilt
from .frames import FRAME_STEP, frames_in
from .high_pass import SECTIONS
from .runs import runs

ENDPOINT_RANGE_DB = 35.0
ENDPOINT_WINDOW_S = 0.050
HIGH_PASS_HZ = 120.0
#: The power of a click is limited to so many times the median around it.
CLICK_FACTOR = 4.0
LOUD_S = 0.030
STEADY_S, STEADY_DB = 0.12, 2.0
#: Share of the frames that may be 3 dB below the noise, because its level varies.
LOWER_SHARE, LOWER_DB = 0.03, 3.0
#: The noise level is unknown unless the loud level is so much higher; otherwise all may be noise, or a steady tone.
LOUDER_DB = 8.0
ABOVE_NOISE_DB = 4.0
#: Sound that is so near to the loud level counts as sound, however loud the noise is.
NEAR_LOUD_DB = 6.0
JOINED_ACROSS_S, MIN_SOUND_S = 0.2, 0.1
_SILENCE = 1e-20


@dataclass(frozen=True, eq=False)
class Endpoints:
    """Where the speech is, and the levels that were measured to find it."""

    #: `start`, `end`: first sample of the speech and the one after its last, whole frames apart
    start: int
    end: int
    #: ndarray of float64, shape (n_frames,): power of each 10 ms of the speech above 120 Hz, mean over 50 ms
    power: np.ndarray
    noise_power: float  #: power of the steady noise, on the same scale; 0 if unknown


def find_endpoints(samples: np.ndarray) -> Endpoints:
    """Find the first and last sample of the speech, without silence and noise at either end.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        At 16 kHz. Digital silence is 0, as :func:`prosody_ser.audio.high_pass.high_passed` leaves it.

    Raises
    ------
    RecordingError
        With status ``silent`` if every sample has the same value.
    """
    heard = np.flatnonzero(samples)
    if not heard.size or np.abs(samples).max() ** 2 <= _SILENCE:
        raise RecordingError(
            "silent", "the recording is silent: all samples have the same value (after mixing to one channel)"
        )
    n_frames = samples.size // FRAME_STEP
    window = frames_in(ENDPOINT_WINDOW_S)
    # Digital silence at the ends was added later and does not show the noise of the recording.
    first, last = heard[0] // FRAME_STEP, min(heard[-1] // FRAME_STEP + 1, n_frames)
    if last - first < window:
        power = (samples[: n_frames * FRAME_STEP] ** 2).reshape(n_frames, FRAME_STEP).mean(axis=1)
        return Endpoints(0, n_frames * FRAME_STEP, power, 0.0)
    filtered = sosfilt(SECTIONS[HIGH_PASS_HZ], samples[first * FRAME_STEP : last * FRAME_STEP])
    frame_power = (filtered**2).reshape(-1, FRAME_STEP).mean(axis=1)
    usual = median_filter(frame_power, window, mode="nearest")
    mean = np.ones(window) / window
    power = np.convolve(np.minimum(frame_power, CLICK_FACTOR * usual), mean, mode="same")
    loud = median_filter(power, 2 * frames_in(LOUD_S) - 1, mode="nearest").max()
    noise = _steady_noise(power, loud)
    least = loud * db_to_power(-ENDPOINT_RANGE_DB)
    if noise * db_to_power(ABOVE_NOISE_DB) > least:
        least = min(noise * db_to_power(ABOVE_NOISE_DB), loud * db_to_power(-NEAR_LOUD_DB))
    start, end = _longest(power >= least)
    return Endpoints(int(first + start) * FRAME_STEP, int(first + end) * FRAME_STEP, power[start:end], float(noise))


def _steady_noise(power: np.ndarray, loud: float) -> float:
    """Return the power of the steady noise below the speech; 0 if there is none."""
    width = frames_in(STEADY_S)
    if power.size < width:
        return 0.0
    floored = np.maximum(power, loud * 1e-7)
    level_db = 10 * np.log10(floored)
    spread = maximum_filter1d(level_db, width) - minimum_filter1d(level_db, width)
    inside = slice(width // 2, level_db.size - width // 2 + 1)
    lowest = median_filter(level_db, width)[inside][spread[inside] < STEADY_DB]
    if not lowest.size or (level_db < lowest.min() - LOWER_DB).mean() > LOWER_SHARE:
        return 0.0
    noise = db_to_power(lowest.min())
    return noise if noise < loud * db_to_power(-LOUDER_DB) else 0.0


def _longest(sound: np.ndarray) -> tuple[int, int]:
    """Return the first frame, and the one after the last, of the sounds that are long enough; of all if none is."""
    starts, ends = runs(sound).T
    apart = np.flatnonzero(starts[1:] - ends[:-1] > frames_in(JOINED_ACROSS_S))
    firsts, lasts = starts[np.append(0, apart + 1)], ends[np.append(apart, ends.size - 1)]
    amount = np.add.reduceat(ends - starts, np.append(0, apart + 1))
    long = np.flatnonzero(amount >= frames_in(MIN_SOUND_S))
    if not long.size:
        return int(firsts[0]), int(lasts[-1])
    return int(firsts[long[0]]), int(lasts[long[-1]])
