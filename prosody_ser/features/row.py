"""One clip's row: the catalogue says what is wanted, contours, functionals and measures compute it."""

from collections.abc import Sequence

import numpy as np

from ..catalogue import Contour, Feature
from ..contours import Analysis, contour_matrix
from ..functionals import Contours, apply_functional
from ..measures import MEASURE_GROUPS
from ..plugin import NO_PLUGIN, Plugin


def compute_row(analysis: Analysis, features: Sequence[Feature], plugin: Plugin = NO_PLUGIN) -> np.ndarray:
    """Values of the wanted features.

    Parameters
    ----------
    analysis : Analysis
        Of one clip.
    features : sequence of Feature
        From :func:`prosody_ser.catalogue.feature_set`, and of `plugin`.
    plugin : Plugin
        What computes features that are not the package's own.

    Returns
    -------
    ndarray of float64, shape (n_features,)
        In the order of `features`. NaN where the clip leaves a feature undefined.
    """
    by_contour = _of_contours(analysis, features, plugin)
    by_measure = _of_measures(analysis, features, plugin)
    return np.array([by_measure[f.name] if f.contour is None else by_contour[f.name] for f in features])


def frame_contours(features: Sequence[Feature]) -> tuple[Contour, ...]:
    """The contours behind some features, each once and over all frames: the columns of a table of frames."""
    contours = dict.fromkeys(f.contour for f in features if f.contour is not None)
    return tuple(c for c in contours if c.over == "all")


def compute_frames(analysis: Analysis, contours: Sequence[Contour], plugin: Plugin = NO_PLUGIN) -> np.ndarray:
    """Contours of a clip, shape (n_contours, n_frames), NaN where undefined."""
    return contour_matrix(analysis, contours, plugin.contour_groups)


def _of_contours(analysis, features, plugin):
    wanted = [f for f in features if f.contour is not None]
    contours = list(dict.fromkeys(f.contour for f in wanted))
    if not contours:
        return {}
    frames = Contours(contour_matrix(analysis, contours, plugin.contour_groups), analysis.times_s)
    row = {contour: i for i, contour in enumerate(contours)}
    statistics = {f: apply_functional(f, frames) for f in dict.fromkeys(f.functional for f in wanted)}
    return {f.name: statistics[f.functional][row[f.contour]] for f in wanted}


def _of_measures(analysis, features, plugin):
    groups = MEASURE_GROUPS | plugin.measure_groups
    measured = {}
    for group in dict.fromkeys(f.group for f in features if f.contour is None):
        measured |= groups[group](analysis)
    rate_hz = analysis.audio.native_rate_hz
    return {f.name: measured[f.name] if rate_hz >= f.needs_rate_hz else np.nan for f in features if f.contour is None}
