"""Mains hum: a steady tone at 50 or 60 Hz and at multiples of that, which a pitch tracker takes for a deep voice.

Nothing else of a recording is as steady. Hum is what stands out of the spectrum around 50 or 60 Hz by 20 dB, with about
the same amplitude in each quarter of the recording (of its pieces of some seconds, where it is longer), soft beside the
recording as a whole, yet loud enough to matter, and in the quietest moments there is little else: a steady voice leaves
no such moments, and a recording whose pauses were silenced has none with hum. It is fitted there with its multiples, by
least squares in which quiet moments count most; and taken off. Noise of any other kind stays: nothing is denoised.
"""

import numpy as np
from scipy.fft import next_fast_len, rfft
from scipy.ndimage import uniform_filter1d
from scipy.signal.windows import hann

from ..units import db_to_power
from .frames import SAMPLE_RATE_HZ

MAINS_HZ = (50.0, 60.0)
N_MULTIPLES = 8
#: How far the frequency of mains is off, and how finely it is looked for.
TOLERANCE_HZ, FINE_HZ = 0.4, 0.05
#: Around a tone, where the spectrum tells what it stands out of.
NEAR_HZ, FAR_HZ = 4.0, 15.0
STANDS_OUT_DB = 20.0
#: By so much less where the spectrum is looked at no finer than it is: a tone between two of its lines.
COARSELY_DB = 16.0
#: Power of the hum less that of the whole recording: softer hum harms nothing, a louder tone is what was recorded.
SOFTEST_DB, LOUDEST_DB = -30.0, -1.5
#: Amplitude in each quarter of the recording, over that in all of it.
LEAST_STEADY, MOST_STEADY = 0.6, 1.6
#: With less of it, a steady voice would pass for hum.
MIN_S = 0.5
#: Mains drifts; over so long it keeps its phase.
PIECE_S = 4.0
#: A moment, whose power says how much it tells of the hum: a period of it at least.
MOMENT_S = 0.02
#: The share of moments that are quiet, and how far above the hum's own power these may lie, or below it.
QUIET_SHARE, QUIET_DB = 0.05, 6.0
#: Samples averaged into one, so that 1000 values a second are left to look at.
_BLOCK = 16
_RATE_HZ = SAMPLE_RATE_HZ / _BLOCK


def without_hum(samples: np.ndarray) -> tuple[np.ndarray, float | None]:
    """Samples without mains hum, and its frequency in Hz; the samples as they are, and None, where there is none.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        A whole recording at 16 kHz.
    """
    heard_at = np.flatnonzero(samples)  # what was put before or after a recording is no part of it
    if not heard_at.size:
        return samples, None
    first, last = heard_at[0], heard_at[-1] + 1
    n_pieces = max(1, round((last - first) / SAMPLE_RATE_HZ / PIECE_S))
    pieces = np.array_split(samples[first:last], n_pieces)
    hum_hz = [_hum_of(piece) for piece in pieces]
    present_hz = [hz for hz in hum_hz if hz is not None]
    if not present_hz:
        return samples, None
    cleared = [piece if hz is None else _taken_off(piece, hz) for piece, hz in zip(pieces, hum_hz, strict=True)]
    return np.concatenate([samples[:first], *cleared, samples[last:]]), float(np.median(present_hz))


def _hum_of(samples: np.ndarray) -> float | None:
    """Frequency in Hz of the hum in some seconds of sound; None where there is none."""
    n_blocks = samples.size // _BLOCK
    power = np.mean(samples**2)
    if samples.size < MIN_S * SAMPLE_RATE_HZ or power == 0:
        return None
    slow = samples[: n_blocks * _BLOCK].reshape(n_blocks, _BLOCK).mean(axis=1)
    windowed = slow * hann(n_blocks)
    coarse, step_hz = _spectrum(windowed, n_blocks)
    if not any(_stands_out(coarse, step_hz, _peak(coarse, step_hz, hz), COARSELY_DB) for hz in MAINS_HZ):
        return None  # most recordings, in a third of the time
    spectrum, step_hz = _spectrum(windowed, max(n_blocks, round(_RATE_HZ / FINE_HZ)))
    for mains_hz in MAINS_HZ:
        at = _peak(spectrum, step_hz, mains_hz)
        if not _stands_out(spectrum, step_hz, at, STANDS_OUT_DB):
            continue
        wave = slow * np.exp(-2j * np.pi * at * step_hz / _RATE_HZ * np.arange(slow.size))
        amplitude = 2 * abs(wave.mean())
        quarters = [2 * abs(part.mean()) for part in np.array_split(wave, 4)]
        steady = LEAST_STEADY * amplitude <= min(quarters) and max(quarters) <= MOST_STEADY * amplitude
        share = amplitude**2 / 2 / power
        if not steady or not db_to_power(SOFTEST_DB) <= share <= db_to_power(LOUDEST_DB):
            continue
        moments = _moments(samples)
        quiet = np.quantile(moments[moments > 1e-9 * power], QUIET_SHARE) / (amplitude**2 / 2)
        if db_to_power(-QUIET_DB) <= quiet <= db_to_power(QUIET_DB):
            return at * step_hz
    return None


def _moments(samples: np.ndarray) -> np.ndarray:
    """Power around each sample."""
    return uniform_filter1d(samples**2, round(MOMENT_S * SAMPLE_RATE_HZ))


def _spectrum(windowed: np.ndarray, n: int) -> tuple[np.ndarray, float]:
    """Magnitudes, and how many Hz lie between two."""
    spectrum = np.abs(rfft(windowed, next_fast_len(n, real=True)))
    return spectrum, _RATE_HZ / 2 / (spectrum.size - 1)


def _peak(spectrum: np.ndarray, step_hz: float, mains_hz: float) -> int:
    """Where the spectrum is largest near the frequency of mains."""
    first, last = (round((mains_hz + sign * TOLERANCE_HZ) / step_hz) for sign in (-1, 1))
    return first + int(spectrum[first : last + 1].argmax())


def _stands_out(spectrum: np.ndarray, step_hz: float, at: int, by_db: float) -> bool:
    near, far = round(NEAR_HZ / step_hz), round(FAR_HZ / step_hz)
    around = np.concatenate([spectrum[max(at - far, 0) : at - near], spectrum[at + near : at + far]])
    return bool(spectrum[at] ** 2 > np.median(around**2) * db_to_power(by_db))


def _taken_off(samples: np.ndarray, hum_hz: float) -> np.ndarray:
    """Samples less a hum and its multiples, whose amplitude and phase may change evenly."""
    t = np.arange(samples.size) / SAMPLE_RATE_HZ
    angle = 2 * np.pi * np.outer(t, hum_hz * np.arange(1, N_MULTIPLES + 1))
    waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    waves = np.concatenate([waves, waves * (t - t.mean())[:, np.newaxis]], axis=1)
    moment = _moments(samples)
    heard = moment > 1e-9 * moment.mean()  # digital silence has no hum and must not count
    quiet = np.quantile(moment[heard], QUIET_SHARE)
    weighted = (waves * np.where(heard, 1 / np.maximum(moment, quiet), 0.0)[:, np.newaxis]).T
    return samples - waves @ np.linalg.solve(weighted @ waves, weighted @ samples)
