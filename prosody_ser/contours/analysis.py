"""The lazy analysis of one clip: each costly step is done once and shared by all that need it."""

from functools import cached_property

import numpy as np
import parselmouth

from ..audio import Audio
from ..units import hz_to_st
from .cepstral import mfcc_contours
from .formants import formant_contours
from .harmonicity import hnr_contour
from .intensity import intensity_contour, short_level_contour
from .pitch import Pitch, track_pitch
from .spectral import N_FFT, STEP, WINDOW, power_spectrogram, zero_crossing_contour


class Analysis:
    """Everything known of one clip's speech, computed when first asked for.

    Parameters
    ----------
    audio : Audio
        Speech between its endpoints.
    """

    def __init__(self, audio: Audio):
        self.audio = audio

    @property
    def duration_s(self) -> float:
        """Duration of the speech, from endpoint to endpoint."""
        return self.audio.samples.size / self.audio.sample_rate_hz

    @cached_property
    def sound(self) -> parselmouth.Sound:
        """The samples as Praat's Sound."""
        return parselmouth.Sound(self.audio.samples, self.audio.sample_rate_hz)

    @cached_property
    def pitch(self) -> Pitch:
        """Two-pass pitch; see :mod:`prosody_ser.contours.pitch`."""
        return track_pitch(self.sound)

    @cached_property
    def pulses(self) -> parselmouth.Data:
        """Glottal pulses, Praat's ``To PointProcess (cc)`` on sound and pitch."""
        return parselmouth.praat.call([self.sound, self.pitch.praat], "To PointProcess (cc)")

    @cached_property
    def intensity(self) -> tuple[np.ndarray, np.ndarray]:
        """Times in s and intensity in dB; see :mod:`prosody_ser.contours.intensity`."""
        return intensity_contour(self.sound)

    @cached_property
    def short_level(self) -> tuple[np.ndarray, np.ndarray]:
        """Times in s and level in dB re full scale, in frames of 20 ms."""
        return short_level_contour(self.audio.samples, self.audio.sample_rate_hz)

    @cached_property
    def formants(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Times in s, frequencies and bandwidths in Hz, NaN on unvoiced frames."""
        times_s, frequency, bandwidth = formant_contours(self.sound)
        unvoiced = ~self.voiced_at(times_s)
        frequency[:, unvoiced] = np.nan
        bandwidth[:, unvoiced] = np.nan
        return times_s, frequency, bandwidth

    @cached_property
    def power(self) -> np.ndarray:
        """Power spectrogram, shared by all spectral contours."""
        return power_spectrogram(self.audio.samples)

    def voiced_at(self, times_s: np.ndarray) -> np.ndarray:
        """Whether the pitch frame nearest to each time is voiced; False outside the pitch track."""
        pitch = self.pitch
        step = pitch.praat.time_step
        nearest = np.rint((times_s - pitch.times_s[0]) / step).astype(int)
        inside = (nearest >= 0) & (nearest < pitch.times_s.size)
        voiced = np.zeros(times_s.size, dtype=bool)
        voiced[inside] = np.isfinite(pitch.f0_hz[nearest[inside]])
        return voiced

    def contour_group(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """A group of contours that share their frames.

        Parameters
        ----------
        name : {"pitch", "intensity", "formants", "mfcc", "zcr"}

        Returns
        -------
        times_s : ndarray of float64, shape (n_frames,)
        values : ndarray of float64, shape (n_contours, n_frames)
            One row a contour, in the order of :data:`prosody_ser.catalogue.CONTOUR_GROUPS`.
        """
        return getattr(self, f"_{name}_group")()

    def _pitch_group(self):
        pitch = self.pitch
        return pitch.times_s, np.vstack([hz_to_st(pitch.f0_hz), hnr_contour(pitch.strength)])

    def _intensity_group(self):
        times_s, intensity_db = self.intensity
        return times_s, intensity_db[np.newaxis]

    def _formants_group(self):
        times_s, frequency, bandwidth = self.formants
        return times_s, np.vstack([frequency, bandwidth])

    def _mfcc_group(self):
        values = mfcc_contours(self.power, self.audio.sample_rate_hz)
        return self._frame_times(values.shape[1], N_FFT), values

    def _zcr_group(self):
        values = zero_crossing_contour(self.audio.samples, self.audio.sample_rate_hz)[np.newaxis]
        return self._frame_times(values.shape[1], WINDOW), values

    def _frame_times(self, n_frames, frame_length):
        return (np.arange(n_frames) * STEP + frame_length / 2) / self.audio.sample_rate_hz
