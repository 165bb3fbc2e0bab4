"""One clip's row: the catalogue says what is wanted, contours, functionals and measures compute it."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..catalogue import FAST, Contour, Feature
from ..contours import Analysis, contour_matrix
from ..functionals.contour_matrix import Contours
from ..functionals.statistics import apply_functional
from ..plugin import NO_PLUGIN, Plugin
from .engine import engine_of


def frame_contours(features: Sequence[Feature]) -> tuple[Contour, ...]:
    """The contours behind some features, each once and over all frames: the columns of a table of frames."""
    return tuple(c for c in _distinct(f.contour for f in features if f.contour is not None) if c.over == "all")


class RowPlan:
    """How the wanted features are computed, worked out once for all clips.

    Parameters
    ----------
    features : sequence of Feature
        From :func:`prosody_ser.catalogue.feature_set`, and of `plugin`.
    plugin : Plugin
        What computes features that are not the package's own.
    engine : str
        What the analyses will be of, one of :data:`prosody_ser.catalogue.ENGINES`.
    """

    def __init__(self, features: Sequence[Feature], plugin: Plugin = NO_PLUGIN, engine: str = FAST) -> None:
        self._n_features = len(features)
        chosen = engine_of(engine)
        self._contour_groups = {**chosen.contour_groups, **plugin.contour_groups}
        self._measure_groups = {**chosen.measure_groups, **plugin.measure_groups}
        places = [i for i, f in enumerate(features) if f.contour is not None]
        self._contours = _distinct(features[i].contour for i in places)
        self._functionals = _distinct(features[i].functional for i in places)
        row = {contour: i for i, contour in enumerate(self._contours)}
        column = {functional: i for i, functional in enumerate(self._functionals)}
        self._places = np.array(places, dtype=int)
        #: Of each of those features, its cell in a matrix of functionals by contours.
        self._cells = (
            np.array([column[features[i].functional] for i in places], dtype=int),
            np.array([row[features[i].contour] for i in places], dtype=int),
        )
        self._measures = [(i, f) for i, f in enumerate(features) if f.contour is None]

    def compute(self, analysis: Analysis) -> np.ndarray:
        """Values of the features of one clip, float64, shape (n_features,), in their order.

        NaN where the clip leaves a feature undefined.
        """
        values = np.empty(self._n_features)
        if self._contours:
            matrix = contour_matrix(analysis, self._contours, self._contour_groups)
            frames = Contours(matrix, analysis.times_s)
            statistics = np.stack([apply_functional(functional, frames) for functional in self._functionals])
            values[self._places] = statistics[self._cells]
        measured: dict[str, float] = {}
        for group in _distinct(f.group for _, f in self._measures):
            measured |= self._measure_groups[group](analysis)
        rate_hz = analysis.audio.held_rate_hz
        for i, f in self._measures:
            values[i] = measured[f.name] if rate_hz >= f.needs_rate_hz else np.nan
        return values


def _distinct(items: Iterable) -> list:
    """Each once, in the order in which they come first."""
    return list(dict.fromkeys(items))
