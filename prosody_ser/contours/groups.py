"""Compute contours by group: from the analysis of a clip to a matrix of shape (n_contours, n_frames)."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..catalogue import Contour
from ..units import hz_to_st
from .analysis import Analysis
from .cepstral_peak import cpp_contour
from .grid import with_margin
from .harmonics import harmonic_contours
from .mel import delta_contours, flux_contour, loudness_contour, mfcc_contours, rasta_contours
from .spectral_balance import balance_contours
from .spectrum import chroma_contours, contrast_contours, rms_contour, spectral_shape, zero_crossing_contour

#: Quantile used as the low end of a voice, because a single wrong frame cannot change it like a minimum.
LOW_QUANTILE = 0.10


def _pitch(clip: Analysis) -> np.ndarray:
    f0_st = hz_to_st(clip.pitch.f0_hz)
    voiced_st = f0_st[clip.voiced]
    low_st = np.quantile(voiced_st, LOW_QUANTILE) if voiced_st.size else np.nan
    return np.stack([f0_st, f0_st - low_st, clip.hnr_db])


def over_voice(clip: Analysis, level_db: np.ndarray) -> np.ndarray:
    """Subtract the median over voiced frames from a level, to make it independent of gain and microphone distance."""
    return level_db - (np.median(level_db[clip.voiced]) if clip.voiced.any() else np.nan)


def _on_voiced_frames(clip: Analysis, kernel: Callable[..., np.ndarray], *others: np.ndarray) -> np.ndarray:
    """Apply a kernel of samples, their rate and times to the voiced frames only."""
    samples, times_s = with_margin(clip.audio, clip.times_s[clip.voiced])
    return clip.on_voiced(kernel(samples, clip.audio.sample_rate_hz, times_s, *others))


def _harmonics(clip: Analysis) -> np.ndarray:
    f0_hz = clip.pitch.f0_hz[clip.voiced]
    return _on_voiced_frames(clip, harmonic_contours, f0_hz, clip.voiced_formants.frequency_hz)


def _mel(clip: Analysis) -> np.ndarray:
    levels_db = clip.mel_levels_db
    mfcc, loudness_db = mfcc_contours(levels_db), loudness_contour(clip.mel_bands)
    contours = [loudness_db, flux_contour(levels_db), mfcc, delta_contours(mfcc), levels_db]
    return np.vstack([*contours, *relative_levels(clip, loudness_db, mfcc, levels_db)])


def relative_levels(clip: Analysis, loudness_db: np.ndarray, mfcc: np.ndarray, levels_db: np.ndarray) -> list:
    """Return loudness, MFCC 0 and mel bands relative to the median loudness of the voiced frames."""
    loudness_rel = over_voice(clip, loudness_db)
    median_db = loudness_db - loudness_rel
    return [loudness_rel, mfcc[0] - median_db, levels_db - median_db]


def _spectrum(clip: Analysis) -> np.ndarray:
    rms_db = rms_contour(clip.audio)
    shape = spectral_shape(clip.power)
    return np.vstack([rms_db, shape, zero_crossing_contour(clip.audio), over_voice(clip, rms_db)])


GROUPS: dict[str, Callable[[Analysis], np.ndarray]] = {
    "pitch": _pitch,
    "intensity": lambda clip: np.stack([clip.intensity_db, over_voice(clip, clip.intensity_db)]),
    "formants": lambda clip: np.concatenate(clip.formants),
    "cepstral_peak": lambda clip: _on_voiced_frames(clip, cpp_contour)[np.newaxis],
    "harmonics": _harmonics,
    "balance": lambda clip: balance_contours(clip.power),
    "mel": _mel,
    "rasta": lambda clip: rasta_contours(clip.mel_levels_db),
    "spectrum": _spectrum,
    "contrast": lambda clip: contrast_contours(clip.power),
    "chroma": lambda clip: chroma_contours(clip.power),
}


def contour_matrix(
    clip: Analysis, contours: Sequence[Contour], groups: Mapping[str, Callable[[Analysis], np.ndarray]] = GROUPS
) -> np.ndarray:
    """Compute contours of a clip, one row each, on ``clip.times_s``.

    Parameters
    ----------
    clip : Analysis
    contours : sequence of Contour
    groups : mapping of str to callable
        The functions that compute the groups.

    Returns
    -------
    ndarray of float64, shape (n_contours, n_frames)
        NaN if undefined: in frames that a contour leaves out, and in all frames of a contour that needs a wider band
        than the recording has.
    """
    computed = {group: groups[group](clip) for group in dict.fromkeys(c.group for c in contours)}
    matrix = np.empty((len(contours), clip.audio.n_frames))
    rate_hz = clip.audio.held_rate_hz
    for values, contour in zip(matrix, contours, strict=True):
        if rate_hz < contour.needs_rate_hz:
            values[:] = np.nan
            continue
        values[:] = computed[contour.group][contour.row]
        if contour.over != "all":
            values[clip.voiced != (contour.over == "voiced")] = np.nan
    return matrix
