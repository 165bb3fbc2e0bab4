"""One clip's row: the catalogue says what is wanted, contours, functionals and measures compute it."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from .. import audio
from ..catalogue import Feature
from ..contours import Analysis, cepstral, formants, intensity, pitch, spectral
from ..functionals import MIN_FRAMES, apply_functional
from ..measures import MEASURES, syllables, timing, voice


def compute_row(analysis: Analysis, features: Sequence[Feature]) -> dict[str, float]:
    """Values of the wanted features.

    Parameters
    ----------
    analysis : Analysis
        Of one clip.
    features : sequence of Feature
        From :func:`prosody_ser.catalogue.feature_set`.

    Returns
    -------
    dict of str to float
        By feature name, in the order of `features`. NaN where the clip leaves a feature undefined.
    """
    wanted: dict[str, dict[str | None, list[Feature]]] = defaultdict(lambda: defaultdict(list))
    for feature in features:
        wanted[feature.group][feature.functional].append(feature)

    values: dict[str, float] = {}
    for group, by_functional in wanted.items():
        if group in MEASURES:
            values |= MEASURES[group](analysis)
            continue
        times_s, matrix = analysis.contour_group(group)
        for functional, members in by_functional.items():
            assert functional is not None  # only measures have none
            rows = np.array([feature.row for feature in members])
            results = apply_functional(functional, matrix[rows], times_s)
            values |= {feature.name: result for feature, result in zip(members, results, strict=True)}
    return {feature.name: float(values[feature.name]) for feature in features}


def feature_parameters() -> dict[str, float]:
    """The settings that the values depend on, kept beside every table."""
    return {
        "sample_rate_hz": audio.SAMPLE_RATE_HZ,
        "endpoint_range_db": audio.ENDPOINT_RANGE_DB,
        "endpoint_window_s": audio.ENDPOINT_WINDOW_S,
        "frame_step_s": pitch.TIME_STEP_S,
        "pitch_coarse_floor_hz": pitch.COARSE_FLOOR_HZ,
        "pitch_coarse_ceiling_hz": pitch.COARSE_CEILING_HZ,
        "pitch_floor_factor": pitch.FLOOR_FACTOR,
        "pitch_ceiling_factor": pitch.CEILING_FACTOR,
        "intensity_minimum_pitch_hz": intensity.MINIMUM_PITCH_HZ,
        "intensity_range_db": intensity.RANGE_DB,
        "formant_ceiling_hz": formants.CEILING_HZ,
        "n_formants": formants.N_FORMANTS,
        "spectral_window_s": spectral.WINDOW / audio.SAMPLE_RATE_HZ,
        "n_fft": spectral.N_FFT,
        "n_mels": cepstral.N_MELS,
        "mel_range_db": cepstral.RANGE_DB,
        "max_period_factor": voice.MAX_PERIOD_FACTOR,
        "max_amplitude_factor": voice.MAX_AMPLITUDE_FACTOR,
        "silence_db": timing.SILENCE_DB,
        "min_pause_s": timing.MIN_PAUSE_S,
        "min_dip_db": syllables.MIN_DIP_DB,
        "min_frames": MIN_FRAMES,
    }
