"""The lazy analysis of one clip: each costly step runs once, and all measures share its result."""

from functools import cached_property

import numpy as np

from ..audio.frames import FRAME_STEP_S
from ..audio.prepare import Audio
from ..catalogue import FAST
from .formants import Formants, track_formants
from .grid import with_margin
from .harmonicity import hnr_of_periodicity
from .intensity import intensity_contour, short_level_contour
from .kernels.cross_correlation import periodicity
from .kernels.pulses import glottal_pulses
from .mel import mel_levels, mel_power
from .pitch import ANY_PITCH, Pitch, PitchRange, track_pitch
from .spectrum import power_spectrogram


class Analysis:
    """The analysis of one clip's speech by the package's own kernels; each attribute is computed when first used.

    :class:`prosody_ser.contours.reference.ReferenceAnalysis` has the same attributes, computed by Praat and librosa.
    All contours are on one grid, with a frame every 10 ms from the start of the speech to its end.

    Parameters
    ----------
    audio : Audio
        A recording and its endpoints.
    pitch_range : PitchRange
        Floor and ceiling of the pitch search, if the user sets them.
    """

    #: the engine, one of :data:`prosody_ser.catalogue.ENGINES`
    engine = FAST

    def __init__(self, audio: Audio, pitch_range: PitchRange = ANY_PITCH):
        self.audio = audio
        self.pitch_range = pitch_range

    @property
    def duration_s(self) -> float:
        """Duration of the speech, from endpoint to endpoint."""
        return self.audio.speech_s

    @cached_property
    def times_s(self) -> np.ndarray:
        """Centres of the frames in s from the start of the speech, shape (n_frames,)."""
        return self.audio.times_s

    @cached_property
    def pitch(self) -> Pitch:
        """Two-pass pitch; see :mod:`prosody_ser.contours.pitch`."""
        return track_pitch(self.audio, within=self.pitch_range)

    @cached_property
    def voiced(self) -> np.ndarray:
        """Mask of the voiced frames, shape (n_frames,)."""
        return np.isfinite(self.pitch.f0_hz)

    @cached_property
    def hnr_db(self) -> np.ndarray:
        """Harmonics-to-noise ratio in dB, shape (n_frames,), NaN on unvoiced frames."""
        samples, times_s = with_margin(self.audio, self.times_s[self.voiced], voice=True)
        r = periodicity(samples, self.audio.sample_rate_hz, times_s, self.pitch.floor_hz)
        return self.on_voiced(hnr_of_periodicity(r))

    @cached_property
    def pulses_s(self) -> np.ndarray:
        """Glottal pulses in s from the start of ``audio.around(MARGIN)``, shape (n_pulses,)."""
        samples, times_s = with_margin(self.audio, self.times_s)
        return glottal_pulses(samples, self.audio.sample_rate_hz, self.pitch.f0_hz, times_s[0], FRAME_STEP_S)

    @cached_property
    def intensity_db(self) -> np.ndarray:
        """Intensity in dB, shape (n_frames,); see :mod:`prosody_ser.contours.intensity`."""
        return intensity_contour(self.audio)

    @cached_property
    def short_level(self) -> tuple[np.ndarray, np.ndarray]:
        """Times in s and levels in dB re full scale of frames of 20 ms."""
        return short_level_contour(self.audio)

    @cached_property
    def power(self) -> np.ndarray:
        """Power spectrogram, shape (n_frames, 257), shared by all spectral contours."""
        return power_spectrogram(self.audio)

    @cached_property
    def mel_bands(self) -> np.ndarray:
        """Power of the mel bands, shape (n_frames, 40)."""
        return mel_power(self.power)

    @cached_property
    def mel_levels_db(self) -> np.ndarray:
        """Level of the mel bands in dB, shape (40, n_frames)."""
        return mel_levels(self.mel_bands)

    @cached_property
    def voiced_formants(self) -> Formants:
        """Formants of the voiced frames; see :mod:`prosody_ser.contours.formants`."""
        return track_formants(self.audio, self.times_s[self.voiced], self.pitch.f0_hz[self.voiced])

    @property
    def formant_ceiling_hz(self) -> float:
        """Ceiling in Hz below which this clip's five formants were searched for."""
        return self.voiced_formants.ceiling_hz

    @cached_property
    def formants(self) -> tuple[np.ndarray, np.ndarray]:
        """Frequencies and bandwidths of F1 to F4 in Hz, each of shape (4, n_frames), NaN on unvoiced frames."""
        formants = self.voiced_formants
        return self.on_voiced(formants.frequency_hz), self.on_voiced(formants.bandwidth_hz)

    def on_voiced(self, values: np.ndarray) -> np.ndarray:
        """Put values of the voiced frames (last axis) in their places on the grid, with NaN elsewhere."""
        whole = np.full((*values.shape[:-1], self.voiced.size), np.nan)
        whole[..., self.voiced] = values
        return whole
