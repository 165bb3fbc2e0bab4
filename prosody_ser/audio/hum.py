"""Remove mains hum: a steady tone at 50 or 60 Hz and its multiples, which a pitch tracker mistakes for a deep voice.

Nothing else in a recording is as steady. A tone counts as hum if

- it stands out of the spectrum around 50 or 60 Hz by 20 dB;
- it has about the same amplitude in each quarter of the recording (a long recording is processed in pieces of 4 s);
- it is soft compared to the whole recording, yet loud enough to matter;
- the quietest moments contain little else. A steady voice leaves no such moments, and in a recording whose pauses
  were muted they contain no hum.

The hum and its multiples are fitted by least squares, with the largest weights on quiet moments, and subtracted. All
other noise remains: nothing is denoised.
"""

import numpy as np
from scipy.fft import next_fast_len, rfft
from scipy.ndimage import uniform_filter1d

from ..units import db_to_power
from .filters import hann
from .frames import SAMPLE_RATE_HZ

MAINS_HZ = (50.0, 60.0)
N_MULTIPLES = 8
#: Largest deviation of the mains frequency, and the resolution of the search.
TOLERANCE_HZ, FINE_HZ = 0.4, 0.05
#: The surroundings of a tone with which it is compared: from this to this distance.
NEAR_HZ, FAR_HZ = 4.0, 15.0
STANDS_OUT_DB = 20.0
#: The same in a spectrum that is not padded, where a tone can lie between two bins.
COARSELY_DB = 16.0
#: Level of hum relative to the whole recording: softer hum is harmless, a louder tone is the recorded sound itself.
SOFTEST_DB, LOUDEST_DB = -30.0, -1.5
#: Range of the amplitude in a quarter, relative to that in the whole recording.
LEAST_STEADY, MOST_STEADY = 0.6, 1.6
#: In less sound than this, a steady voice could pass for hum.
MIN_S = 0.5
#: The mains frequency drifts; hum keeps its phase over this time.
PIECE_S = 4.0
#: Length of a moment over which power is averaged: at least one period of the hum.
MOMENT_S = 0.02
#: Share of moments that count as quiet, and how far their power may be from that of the hum.
QUIET_SHARE, QUIET_DB = 0.05, 6.0
#: Samples that are averaged into one, to reduce the rate to 1000 Hz.
_BLOCK = 16
_RATE_HZ = SAMPLE_RATE_HZ / _BLOCK


def without_hum(samples: np.ndarray) -> tuple[np.ndarray, float | None]:
    """Remove mains hum; return the samples and the frequency of the hum in Hz, or None if there is none.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        A whole recording at 16 kHz.
    """
    heard_at = np.flatnonzero(samples)  # digital silence at the ends was added later
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
    """Return the frequency in Hz of the hum in a few seconds of sound; None if there is none."""
    n_blocks = samples.size // _BLOCK
    power = np.mean(samples**2)
    if samples.size < MIN_S * SAMPLE_RATE_HZ or power == 0:
        return None
    slow = samples[: n_blocks * _BLOCK].reshape(n_blocks, _BLOCK).mean(axis=1)
    windowed = slow * hann(n_blocks)
    coarse, step_hz = _spectrum(windowed, n_blocks)
    if not any(_stands_out(coarse, step_hz, _peak(coarse, step_hz, hz), COARSELY_DB) for hz in MAINS_HZ):
        return None  # decides most recordings in a third of the time
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
    """Return the power around each sample."""
    return uniform_filter1d(samples**2, round(MOMENT_S * SAMPLE_RATE_HZ))


def _spectrum(windowed: np.ndarray, n: int) -> tuple[np.ndarray, float]:
    """Return the magnitude spectrum and the distance of its bins in Hz."""
    spectrum = np.abs(rfft(windowed, next_fast_len(n, real=True)))
    return spectrum, _RATE_HZ / 2 / (spectrum.size - 1)


def _peak(spectrum: np.ndarray, step_hz: float, mains_hz: float) -> int:
    """Return the bin of the largest magnitude near the mains frequency."""
    first, last = (round((mains_hz + sign * TOLERANCE_HZ) / step_hz) for sign in (-1, 1))
    return first + int(spectrum[first : last + 1].argmax())


def _stands_out(spectrum: np.ndarray, step_hz: float, at: int, by_db: float) -> bool:
    near, far = round(NEAR_HZ / step_hz), round(FAR_HZ / step_hz)
    around = np.concatenate([spectrum[max(at - far, 0) : at - near], spectrum[at + near : at + far]])
    return bool(spectrum[at] ** 2 > np.median(around**2) * db_to_power(by_db))


def _taken_off(samples: np.ndarray, hum_hz: float) -> np.ndarray:
    """Subtract a hum and its multiples, whose amplitude and phase may change linearly."""
    t = np.arange(samples.size) / SAMPLE_RATE_HZ
    angle = 2 * np.pi * np.outer(t, hum_hz * np.arange(1, N_MULTIPLES + 1))
    waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    waves = np.concatenate([waves, waves * (t - t.mean())[:, np.newaxis]], axis=1)
    moment = _moments(samples)
    heard = moment > 1e-9 * moment.mean()  # digital silence contains no hum and gets no weight
    quiet = np.quantile(moment[heard], QUIET_SHARE)
    weighted = (waves * np.where(heard, 1 / np.maximum(moment, quiet), 0.0)[:, np.newaxis]).T
    return samples - waves @ np.linalg.solve(weighted @ waves, weighted @ samples)
