"""Fundamental frequency: Praat, "Sound: To Pitch (ac)...".

Autocorrelation of Hann windows of three periods of the floor, candidates in each frame, and the cheapest path through
them (Boersma 1993). All costs and thresholds are Praat's defaults.
"""

import math

import numpy as np
import parselmouth


def praat_pitch(
    samples: np.ndarray, sample_rate_hz: int, centres: np.ndarray, step_s: float, floor_hz: float, ceiling_hz: float
) -> tuple[np.ndarray, np.ndarray]:
    """Track pitch and its strength like :func:`prosody_ser.contours.kernels.autocorrelation.pitch_track`.

    Praat centres its frames in the sound, so it is given exactly the samples of the requested frames: from half a
    window and a quarter of a step before the first centre to as much after the last one.
    """
    if not centres.size:
        return np.empty(0), np.empty(0)
    reach = math.ceil((1.5 / floor_hz + step_s / 4) * sample_rate_hz)
    first, last = centres[0] - reach, centres[-1] + reach
    padding = max(-first, 0), max(last - samples.size, 0)
    sound = parselmouth.Sound(np.pad(samples[max(first, 0) : last], padding), sample_rate_hz)
    pitch = sound.to_pitch_ac(time_step=step_s, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)
    frames = pitch.selected_array
    voiced = frames["frequency"] > 0
    return np.where(voiced, frames["frequency"], np.nan), np.where(voiced, frames["strength"], np.nan)
