"""Compute the row of a clip: the catalogue defines the features; contours, functionals and measures compute them."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from ..catalogue import FAST, Contour, Feature
from ..contours import Analysis, contour_matrix
from ..functionals.contour_matrix import Contours
from ..functionals.statistics import apply_functional
from ..plugin import NO_PLUGIN, Plugin
from .engine import engine_of


def frame_contours(features: Sequence[Feature]) -> tuple[Contour, ...]:
    """Return the contours of some features, each once and over all frames: the columns of a table of frames."""
    return tuple(c for c in _distinct(f.contour for f in features if f.contour is not None) if c.over == "all")


#: Contours with up to so many functionals share one block.
_FEW = 15


class RowPlan:
    """The plan for computing features, prepared once for all clips.

    Parameters
    ----------
    features : sequence of Feature
        From :func:`prosody_ser.catalogue.feature_set`, and those of `plugin`.
    plugin : Plugin
        Computes the features that the user defines.
    engine : str
        Engine of the analyses, one of :data:`prosody_ser.catalogue.ENGINES`.
    """

    def __init__(self, features: Sequence[Feature], plugin: Plugin = NO_PLUGIN, engine: str = FAST) -> None:
        self._n_features = len(features)
        chosen = engine_of(engine)
        self._contour_groups = {**chosen.contour_groups, **plugin.contour_groups}
        self._measure_groups = {**chosen.measure_groups, **plugin.measure_groups}
        places = [i for i, f in enumerate(features) if f.contour is not None]
        counts = Counter(feature.contour for feature in features if feature.contour is not None)
        self._contours = list(counts)
        self._blocks = [
            _Block(rows, self._contours, [(i, features[i]) for i in places])
            for rows in _alike([counts[contour] for contour in self._contours])
        ]
        self._measures = [(i, f) for i, f in enumerate(features) if f.contour is None]

    def compute(self, analysis: Analysis) -> np.ndarray:
        """Compute the features of one clip in order, float64, shape (n_features,).

        A feature that is undefined for the clip is NaN.
        """
        values = np.empty(self._n_features)
        if self._contours:
            matrix = contour_matrix(analysis, self._contours, self._contour_groups)
            for block in self._blocks:
                values[block.places] = block.compute(matrix, analysis.times_s)
        measured: dict[str, float] = {}
        for group in _distinct(f.group for _, f in self._measures):
            measured |= self._measure_groups[group](analysis)
        rate_hz = analysis.audio.held_rate_hz
        for i, f in self._measures:
            values[i] = measured[f.name] if rate_hz >= f.needs_rate_hz else np.nan
        return values


class _Block:
    """Contours with similar numbers of functionals, and their features.

    Parameters
    ----------
    rows : list of int
        Rows of these contours in the matrix of all contours.
    contours : list of Contour
    features : list of (int, Feature)
        Features of all contours, each with its position in a row of features.
    """

    def __init__(self, rows: list[int], contours: list[Contour], features: list[tuple[int, Feature]]):
        self._rows = rows
        row = {contours[i]: number for number, i in enumerate(rows)}
        members = [(place, f) for place, f in features if f.contour in row]
        self._functionals = _distinct(f.functional for _, f in members)
        column = {functional: number for number, functional in enumerate(self._functionals)}
        self.places = np.array([place for place, _ in members], dtype=int)
        #: Cell of each feature in a matrix of functionals by contours.
        self._cells = (
            np.array([column[f.functional] for _, f in members], dtype=int),
            np.array([row[f.contour] for _, f in members if f.contour is not None], dtype=int),
        )

    def compute(self, matrix: np.ndarray, times_s: np.ndarray) -> np.ndarray:
        """Compute the features of the block, in the order of `places`."""
        frames = Contours(matrix[self._rows], times_s)
        return np.stack([apply_functional(functional, frames) for functional in self._functionals])[self._cells]


def _alike(counts: list[int]) -> list[list[int]]:
    """Group positions by similar counts, because a functional is computed for all contours of a block."""
    blocks: list[list[int]] = []
    most = 0.0
    for position in sorted(range(len(counts)), key=counts.__getitem__):
        if counts[position] > most:
            blocks.append([])
            most = max(_FEW, 1.7 * counts[position])
        blocks[-1].append(position)
    return blocks


def _distinct(items: Iterable) -> list:
    """Return each item once, in the order of first occurrence."""
    return list(dict.fromkeys(items))
