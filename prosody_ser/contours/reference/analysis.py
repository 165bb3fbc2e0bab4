"""The analysis of a clip by Praat and librosa, and their contours by group."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import parselmouth

from ...catalogue import REFERENCE
from ..analysis import Analysis
from ..formants import Formants, track_formants
from ..grid import MARGIN, sound_on_grid, with_margin
from ..groups import GROUPS, over_voice, relative_levels
from ..harmonicity import within_range
from ..mel import loudness_contour, scaled_mfcc
from ..pitch import Pitch, track_pitch
from ..spectrum import where_sound, without_silence
from .formants import praat_tracker
from .pitch import praat_pitch
from .spectrum import (
    librosa_chroma,
    librosa_delta,
    librosa_flux,
    librosa_levels,
    librosa_mel,
    librosa_mfcc,
    librosa_power,
    librosa_rms,
    librosa_shape,
    librosa_zero_crossings,
)
from .voice import praat_hnr, praat_jitter, praat_pulses, praat_shimmer


class ReferenceAnalysis(Analysis):
    """The analysis of one clip's speech, computed by Praat and librosa.

    Parameters
    ----------
    audio : Audio
        A recording and its endpoints.
    pitch_range : PitchRange
        Floor and ceiling of the pitch search, if the user sets them.
    """

    engine = REFERENCE

    @cached_property
    def pitch(self) -> Pitch:
        """Two passes of Praat's To Pitch (ac)."""
        return track_pitch(self.audio, praat_pitch, self.pitch_range)

    @cached_property
    def sound(self) -> parselmouth.Sound:
        """The speech with its margin; its time axis is that of the pulses."""
        return parselmouth.Sound(self.audio.around(MARGIN), self.audio.sample_rate_hz)

    @cached_property
    def praat_pulses(self) -> parselmouth.Data:
        """The glottal pulses as Praat's PointProcess."""
        _, times_s = with_margin(self.audio, self.times_s)
        return praat_pulses(self.sound, self.pitch.f0_hz, times_s[0])

    @cached_property
    def pulses_s(self) -> np.ndarray:
        """Glottal pulses in s, shape (n_pulses,)."""
        n_pulses = parselmouth.praat.call(self.praat_pulses, "Get number of points")
        return parselmouth.praat.call(self.praat_pulses, "To Matrix").values.ravel() if n_pulses else np.empty(0)

    @cached_property
    def hnr_db(self) -> np.ndarray:
        """Praat's harmonicity on voiced frames."""
        floor_hz = self.pitch.floor_hz
        hnr_db = praat_hnr(sound_on_grid(self.audio, 2 / floor_hz, voice=True), floor_hz)
        return self.on_voiced(within_range(hnr_db[self.voiced]))

    @cached_property
    def voiced_formants(self) -> Formants:
        """Praat's To Formant (burg) on voiced frames."""
        return track_formants(self.audio, self.times_s[self.voiced], self.pitch.f0_hz[self.voiced], praat_tracker)

    @cached_property
    def power(self) -> np.ndarray:
        """Librosa's spectrogram."""
        return without_silence(librosa_power(self.audio), self.audio)

    @cached_property
    def mel_bands(self) -> np.ndarray:
        """Librosa's mel spectrogram."""
        return librosa_mel(self.power)

    @cached_property
    def mel_levels_db(self) -> np.ndarray:
        """Librosa's power_to_db of the mel bands."""
        return librosa_levels(self.mel_bands)


def _mel(clip: Analysis) -> np.ndarray:
    levels_db = clip.mel_levels_db
    mfcc, loudness_db = scaled_mfcc(librosa_mfcc(levels_db)), loudness_contour(clip.mel_bands)
    contours = [loudness_db, librosa_flux(levels_db), mfcc, librosa_delta(mfcc), levels_db]
    return np.vstack([*contours, *relative_levels(clip, loudness_db, mfcc, levels_db)])


def _spectrum(clip: Analysis) -> np.ndarray:
    shape = where_sound(clip.power, librosa_shape(clip.power))
    rms_db = librosa_rms(clip.audio)
    return np.vstack([rms_db, shape, librosa_zero_crossings(clip.audio), over_voice(clip, rms_db)])


#: Functions that compute each group of contours of a :class:`ReferenceAnalysis`. Groups without an own function use the
#: attributes of the analysis.
REFERENCE_GROUPS: dict[str, Callable[[Analysis], np.ndarray]] = GROUPS | {
    "mel": _mel,
    "spectrum": _spectrum,
    "chroma": lambda clip: where_sound(clip.power, librosa_chroma(clip.power)),
}


def reference_perturbation(clip: ReferenceAnalysis) -> dict[str, float]:
    """Compute jitter and shimmer of a clip by Praat, by feature name."""
    return praat_jitter(clip.praat_pulses) | praat_shimmer(clip.sound, clip.praat_pulses)
