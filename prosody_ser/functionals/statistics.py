"""Statistics of contours, computed for all contours at once: one number for each contour.

Each functional is defined once, in a table, with the text for definitions and the unit of its value. Its function takes
:class:`Contours` and returns one value for each contour. With fewer than three defined frames the value is NaN, because
so few frames are not a reliable measurement.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .contour_matrix import MIN_FRAMES, N_DCT, Contours
from .sequence import LEAST_GAIN_DB, SEQUENCE

#: Rules that give the unit and the range of a functional from those of its contour. The largest change within one frame
#: of 10 ms limits the rates.
_FRAMES_PER_S = 100.0
UNIT_RULES: dict[str, Callable[[str, float, float], tuple[str, float, float]]] = {
    "value": lambda unit, low, high: (unit, low, high),
    "spread": lambda unit, low, high: (unit, 0.0, high - low),
    "difference": lambda unit, low, high: (unit, low - high, high - low),
    "rate": lambda unit, low, high: (f"{unit}/s", (low - high) * _FRAMES_PER_S, (high - low) * _FRAMES_PER_S),
    "speed": lambda unit, low, high: (f"{unit}/s", 0.0, (high - low) * _FRAMES_PER_S),
    "acceleration": lambda unit, low, high: (
        f"{unit}/s2",
        (low - high) * 8 * _FRAMES_PER_S**2,
        (high - low) * 8 * _FRAMES_PER_S**2,
    ),
    "share": lambda unit, low, high: ("ratio", 0.0, 1.0),
    "number": lambda unit, low, high: ("ratio", -1e6, 1e6),
    "level_ratio": lambda unit, low, high: ("dB", LEAST_GAIN_DB, 0.0),
    "events": lambda unit, low, high: ("1/s", 0.0, _FRAMES_PER_S / 2),
    "duration": lambda unit, low, high: ("s", 0.0, 3600.0),
}


@dataclass(frozen=True)
class Functional:
    """A statistic of a contour."""

    name: str  #: as used in feature names
    text: str  #: definition, with ``{}`` for that of the contour
    unit: str  #: a key of :data:`UNIT_RULES`
    function: Callable[["Contours"], np.ndarray]  #: ``function(contours) -> ndarray of float64, shape (n_contours,)``
    #: contours for which it is meaningful: ``any``, only ``ratio`` scales with a true zero (Hz, not semitones or
    #: decibels), or only ``level`` contours in dB
    scale: str = "any"


def apply_functional(functional: Functional, contours: Contours) -> np.ndarray:
    """Apply a functional to each contour; NaN if a contour has fewer than three defined frames."""
    with np.errstate(invalid="ignore", divide="ignore"):  # undefined contours are expected
        result = functional.function(contours)
    return np.where(contours.count >= MIN_FRAMES, result, np.nan)


def _energy_mean(c: Contours) -> np.ndarray:
    """Level of the mean power, like in sound level meters: ``10 log10 mean 10^(x / 10)``."""
    loudest = np.where(c.defined, c.values, -np.inf).max(axis=1, initial=-np.inf)
    power = np.where(c.defined, 10 ** ((c.values - loudest[:, np.newaxis]) / 10), 0.0)
    return loudest + 10 * np.log10(c.average(power))


def _unless_flat(c: Contours) -> np.ndarray:
    """Variance; NaN for a constant contour, whose variance is only rounding error."""
    return np.where(c.variance > 1e-20 * c.mean**2, c.variance, np.nan)


def _slope_residual(c: Contours) -> np.ndarray:
    """Standard deviation of the residuals of the least-squares line."""
    left = c.centred - c.slope[:, np.newaxis] * c.centred_times
    return np.sqrt(c.average(left**2))


def _mean_of_positive(values: np.ndarray) -> np.ndarray:
    """Mean of the values above 0; NaN if there are none."""
    positive = values > 0
    return np.where(positive, values, 0.0).sum(axis=1) / positive.sum(axis=1)


def _rise_share(c: Contours) -> np.ndarray:
    return (c.changes.values > 0).sum(axis=1) / c.changes.count


def _position(c: Contours, sign: int) -> np.ndarray:
    """Position of the maximum (1) or minimum (-1) between the first and the last defined frame, 0 to 1."""
    index = np.where(c.defined, sign * c.values, -np.inf).argmax(axis=1)
    first_s, last_s = (c.times_s[i] for i in c.ends)
    return (c.times_s[index] - first_s) / (last_s - first_s)


#: Name to definition, unit rule, function and, unless ``any``, the scale of contours for which it is meaningful.
#: Percentiles replace minimum, maximum and range, because they are robust to single wrong frames. The standard
#: deviation is that of the population (divisor n).
_ALL: dict[str, tuple] = {
    "mean": ("mean", "value", lambda c: c.mean),
    "energy_mean": ("level of the mean power", "value", _energy_mean, "level"),
    "sd": ("standard deviation", "spread", lambda c: np.sqrt(c.variance)),
    "cv": ("coefficient of variation (sd over mean)", "number", lambda c: np.sqrt(c.variance) / c.mean, "ratio"),
    "skewness": ("skewness", "number", lambda c: c.average(c.squares * c.centred) / _unless_flat(c) ** 1.5),
    "kurtosis": ("excess kurtosis", "number", lambda c: c.average(c.squares**2) / _unless_flat(c) ** 2 - 3),
    "p05": ("5th percentile", "value", lambda c: c.quantile(0.05)),
    "p20": ("20th percentile", "value", lambda c: c.quantile(0.20)),
    "p50": ("median", "value", lambda c: c.quantile(0.50)),
    "p80": ("80th percentile", "value", lambda c: c.quantile(0.80)),
    "p95": ("95th percentile", "value", lambda c: c.quantile(0.95)),
    "range_p20_p80": ("distance from the 20th to the 80th percentile", "spread", lambda c: c.distance(0.20, 0.80)),
    "range_p05_p95": ("distance from the 5th to the 95th percentile", "spread", lambda c: c.distance(0.05, 0.95)),
    "slope": ("slope over time (least squares)", "rate", lambda c: c.slope),
    "slope_residual": ("standard deviation around its least-squares line", "spread", _slope_residual),
    "curvature": (
        "curvature (second derivative of the least-squares parabola)",
        "acceleration",
        lambda c: 2 * c.bend[0],
    ),
    "change_p50": ("median absolute change from frame to frame", "speed", lambda c: c.speeds.quantile(0.50)),
    "change_mean": ("mean absolute change from frame to frame", "speed", lambda c: c.speeds.mean),
    "change_sd": (
        "standard deviation of the change from frame to frame",
        "speed",
        lambda c: np.sqrt(c.changes.variance),
    ),
    "rise_share": ("share of the changes from frame to frame that go up", "share", _rise_share),
    "rise_mean": ("mean rate of the changes upwards", "speed", lambda c: _mean_of_positive(c.changes.values)),
    "fall_mean": (
        "mean rate of the changes downwards (as a positive number)",
        "speed",
        lambda c: _mean_of_positive(-c.changes.values),
    ),
    "max_position": ("relative time (0 first, 1 last frame) of the maximum", "share", lambda c: _position(c, 1)),
    "min_position": ("relative time (0 first, 1 last frame) of the minimum", "share", lambda c: _position(c, -1)),
    "final_drop": (
        "mean over the last 0.3 s, less the mean of the whole,",
        "difference",
        lambda c: c.final.mean - c.mean,
    ),
    "final_slope": ("slope over the last 0.3 s", "rate", lambda c: c.final.slope),
} | {
    f"dct{k}": (
        f"amplitude of {k} half-wave{'s' * (k > 1)} of a cosine (DCT coefficient {k}) in the shape",
        "difference",
        lambda c, k=k: c.shape_coefficients[:, k - 1],
    )
    for k in range(1, N_DCT + 1)
}

#: Every functional by name.
FUNCTIONALS = {
    name: Functional(name, f"{text} of the {{}}", *rest) for name, (text, *rest) in (_ALL | SEQUENCE).items()
}
