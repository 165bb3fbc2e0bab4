"""One clip's row: the catalogue says what is wanted, contours, functionals and measures compute it."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ..audio import ENDPOINT_RANGE_DB, SAMPLE_RATE_HZ
from ..catalogue import Feature
from ..contours import Analysis, formants, intensity, pitch, spectral
from ..functionals import apply_functional
from ..measures import MEASURES
from ..measures.timing import MIN_PAUSE_S


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
        "sample_rate_hz": SAMPLE_RATE_HZ,
        "endpoint_range_db": ENDPOINT_RANGE_DB,
        "frame_step_s": pitch.TIME_STEP_S,
        "pitch_coarse_floor_hz": pitch.COARSE_FLOOR_HZ,
        "pitch_coarse_ceiling_hz": pitch.COARSE_CEILING_HZ,
        "pitch_floor_factor": pitch.FLOOR_FACTOR,
        "pitch_ceiling_factor": pitch.CEILING_FACTOR,
        "intensity_minimum_pitch_hz": intensity.MINIMUM_PITCH_HZ,
        "formant_ceiling_hz": formants.CEILING_HZ,
        "n_formants": formants.N_FORMANTS,
        "spectral_window_s": spectral.WINDOW / SAMPLE_RATE_HZ,
        "min_pause_s": MIN_PAUSE_S,
    }
