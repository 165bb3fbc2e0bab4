"""A speech gate for live sound. It uses the level alone, so music and intermittent noise open it, too.

1. The level is the mean square over 50 ms, every 10 ms, at the source's own sampling rate; the mean of each 10 ms is
   subtracted first.
2. The noise floor is the 5 % quantile of the levels of the last 30 s, at most -36 dB re full scale.
3. A frame is sound if its level is more than 6 dB above the floor and above -70 dB.
4. The gate is open for a window with at least 0.5 s of sound (half of a window shorter than 1 s), of which at least
   0.1 s are in its last second.

Unlike :mod:`prosody_ser.audio.voice_activity`, it does not see the sound that follows, and only the last 30 s of the
sound before.
"""

import math

import numpy as np

from ..audio.frames import FRAME_STEP_S
from ..audio.voice_activity import ABOVE_FLOOR_DB, FLOOR_QUANTILE, WINDOW_S
from ..units import db_to_power

FLOOR_S = 30.0
HIGHEST_FLOOR_DB = -36.0
LEAST_DB = -70.0
MIN_SOUND_S, MIN_RECENT_SOUND_S, RECENT_S = 0.5, 0.1, 1.0
_FRAMES_PER_S = round(1 / FRAME_STEP_S)


class Gate:
    """Follows a stream and decides whether its newest window contains sound."""

    def __init__(self, sample_rate_hz: int):
        self._frame = sample_rate_hz / _FRAMES_PER_S
        self._span = round(WINDOW_S * _FRAMES_PER_S)
        self._kept = round(FLOOR_S * _FRAMES_PER_S)
        #: Power of each frame of 10 ms; NaN where sound was lost, infinite where samples are not finite.
        self._powers = np.zeros(0)
        self._rest = np.zeros(0)
        self._rest_at = self._n_frames = 0

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes; it is bounded."""
        return self._powers.nbytes + self._rest.nbytes

    def add(self, samples: np.ndarray) -> None:
        """Add the next samples, float64 of shape (n,). The result does not depend on how a stream is cut into calls."""
        samples = np.concatenate([self._rest, samples])
        last = math.floor((self._rest_at + samples.size) / self._frame) + 1
        edges = np.rint(np.arange(self._n_frames, last + 1) * self._frame).astype(np.int64) - self._rest_at
        edges = edges[edges <= samples.size]
        if edges.size > 1:
            counts, whole = np.diff(edges), samples[: edges[-1]]
            with np.errstate(all="ignore"):  # of NaN and infinity
                mean = np.add.reduceat(whole, edges[:-1]) / counts
                power = np.add.reduceat((whole - np.repeat(mean, counts)) ** 2, edges[:-1]) / counts
            self._add(np.where(np.isfinite(power), power, np.inf))
        self._n_frames += edges.size - 1
        self._rest = samples[edges[-1] :].copy()
        self._rest_at += int(edges[-1])

    def lose(self, n_samples: int) -> None:
        """Skip samples that were lost: they count as time, but neither as sound nor as silence."""
        n_lost = round((self._rest.size + n_samples) / self._frame)
        self._add(np.full(min(n_lost, self._kept), np.nan))
        self._rest = np.zeros(0)
        self._rest_at = self._n_frames = 0

    def _add(self, powers: np.ndarray) -> None:
        self._powers = np.concatenate([self._powers, powers])[-self._kept :]

    def sound_s(self, window_s: float) -> tuple[float, float]:
        """Seconds of sound in the last `window_s`, and in the last second."""
        lost = np.isnan(self._powers)
        if lost.all():
            return 0.0, 0.0
        level = np.convolve(np.where(lost, 0.0, self._powers), np.ones(self._span) / self._span, mode="same")
        floor = min(np.quantile(level[~lost], FLOOR_QUANTILE, method="lower"), db_to_power(HIGHEST_FLOOR_DB))
        sound = (level > max(floor * db_to_power(ABOVE_FLOOR_DB), db_to_power(LEAST_DB))) & ~lost
        window, recent = (sound[-round(s * _FRAMES_PER_S) :].sum() / _FRAMES_PER_S for s in (window_s, RECENT_S))
        return float(window), float(recent)

    def is_open(self, window_s: float) -> bool:
        """Whether the last `window_s` contain enough sound to be measured."""
        if np.isinf(self._powers[-round(window_s * _FRAMES_PER_S) :]).any():  # measuring them reports the error
            return True
        sound_s, recent_s = self.sound_s(window_s)
        return sound_s >= min(MIN_SOUND_S, window_s / 2) and recent_s >= MIN_RECENT_SOUND_S
