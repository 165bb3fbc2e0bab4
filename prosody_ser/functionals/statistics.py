"""Statistics of contours: contours in, one number each out. Pure numpy, over all contours at a time.

A functional is registered once, by its decorator: how it reads in a definition and which unit its value has. Its
function takes :class:`Contours` and returns one value a contour. Fewer than three defined frames give NaN: two
points have a mean, but not one worth calling a measurement.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .contour_matrix import MIN_FRAMES, N_DCT, Contours

#: What unit a functional's value has, given the contour's, and which values are possible, given the contour's range.
#: The change within one frame of 10 ms bounds every rate.
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
}


@dataclass(frozen=True)
class Functional:
    """A statistic of a contour.

    Attributes
    ----------
    name : str
        As in feature names.
    text : str
        Definition, with ``{}`` for the contour's.
    unit : str
        A key of :data:`UNIT_RULES`.
    function : callable
        ``function(contours) -> ndarray of float64, shape (n_contours,)``.
    scale : str
        Which contours it makes sense for: ``any``, only ``ratio`` scales with a true zero (Hz, not semitones or
        decibels), or only ``level`` contours in dB.
    """

    name: str
    text: str
    unit: str
    function: Callable[["Contours"], np.ndarray]
    scale: str = "any"


#: Every functional by name.
FUNCTIONALS: dict[str, Functional] = {}


def _functional(text: str, unit: str, scale: str = "any") -> Callable:
    def register(function: Callable[[Contours], np.ndarray]) -> Callable[[Contours], np.ndarray]:
        FUNCTIONALS[function.__name__] = Functional(function.__name__, text, unit, function, scale)
        return function

    return register


def apply_functional(functional: Functional, contours: Contours) -> np.ndarray:
    """Apply a functional to each contour.

    Returns
    -------
    ndarray of float64, shape (n_contours,)
        NaN where a contour has fewer than three defined frames.
    """
    with np.errstate(invalid="ignore", divide="ignore"):  # an undefined contour is a case, not an accident
        result = functional.function(contours)
    return np.where(contours.count >= MIN_FRAMES, result, np.nan)


@_functional("mean of the {}", "value")
def mean(c: Contours) -> np.ndarray:
    """Arithmetic mean."""
    return c.mean


@_functional("level of the mean power of the {}", "value", scale="level")
def energy_mean(c: Contours) -> np.ndarray:
    """Mean of the power, as a level: ``10 log10 mean 10^(x / 10)``, as sound level meters average."""
    loudest = np.where(c.defined, c.values, -np.inf).max(axis=1, initial=-np.inf)
    power = np.where(c.defined, 10 ** ((c.values - loudest[:, np.newaxis]) / 10), 0.0)
    return loudest + 10 * np.log10(c.average(power))


@_functional("standard deviation of the {}", "spread")
def sd(c: Contours) -> np.ndarray:
    """Standard deviation over frames (population, divisor n)."""
    return np.sqrt(c.variance)


@_functional("coefficient of variation (sd over mean) of the {}", "number", scale="ratio")
def cv(c: Contours) -> np.ndarray:
    """Standard deviation over mean: spread free of size, for contours with a true zero."""
    return np.sqrt(c.variance) / c.mean


@_functional("skewness of the {}", "number")
def skewness(c: Contours) -> np.ndarray:
    """Third standardised moment."""
    return c.average(c.squares * c.centred) / _unless_flat(c) ** 1.5


@_functional("excess kurtosis of the {}", "number")
def kurtosis(c: Contours) -> np.ndarray:
    """Fourth standardised moment less 3."""
    return c.average(c.squares**2) / _unless_flat(c) ** 2 - 3


def _unless_flat(c: Contours) -> np.ndarray:
    """Variance, NaN where it is rounding error: a constant has no shape."""
    return np.where(c.variance > 1e-20 * c.mean**2, c.variance, np.nan)


@_functional("5th percentile of the {}", "value")
def p05(c: Contours) -> np.ndarray:
    """5th percentile: a minimum that one wrong frame cannot make."""
    return c.quantile(0.05)


@_functional("20th percentile of the {}", "value")
def p20(c: Contours) -> np.ndarray:
    """20th percentile."""
    return c.quantile(0.20)


@_functional("median of the {}", "value")
def p50(c: Contours) -> np.ndarray:
    """Median."""
    return c.quantile(0.50)


@_functional("80th percentile of the {}", "value")
def p80(c: Contours) -> np.ndarray:
    """80th percentile."""
    return c.quantile(0.80)


@_functional("95th percentile of the {}", "value")
def p95(c: Contours) -> np.ndarray:
    """95th percentile: a maximum that one wrong frame cannot make."""
    return c.quantile(0.95)


@_functional("distance from the 20th to the 80th percentile of the {}", "spread")
def range_p20_p80(c: Contours) -> np.ndarray:
    """Distance from the 20th to the 80th percentile: a range that one wrong frame cannot stretch."""
    return c.quantile(0.80) - c.quantile(0.20)


@_functional("distance from the 5th to the 95th percentile of the {}", "spread")
def range_p05_p95(c: Contours) -> np.ndarray:
    """Distance from the 5th to the 95th percentile."""
    return c.quantile(0.95) - c.quantile(0.05)


@_functional("slope over time (least squares) of the {}", "rate")
def slope(c: Contours) -> np.ndarray:
    """Slope of the least-squares line over time."""
    return c.slope


@_functional("standard deviation around its least-squares line of the {}", "spread")
def slope_residual(c: Contours) -> np.ndarray:
    """Standard deviation of what the least-squares line leaves."""
    left = c.centred - c.slope[:, np.newaxis] * c.centred_times
    return np.sqrt(c.average(left**2))


@_functional("curvature (second derivative of the least-squares parabola) of the {}", "acceleration")
def curvature(c: Contours) -> np.ndarray:
    """Second derivative of the least-squares parabola over time: negative for an arch, positive for a bowl."""
    t = c.centred_times
    squares = np.where(c.defined, t**2 - c.average(t**2)[:, np.newaxis], 0.0)
    line = (squares * t).sum(axis=1) / (t**2).sum(axis=1)
    square = squares - line[:, np.newaxis] * t  # orthogonal to the constant and to the line
    return 2 * (square * c.centred).sum(axis=1) / (square**2).sum(axis=1)


@_functional("median absolute change from frame to frame of the {}", "speed")
def change_p50(c: Contours) -> np.ndarray:
    """Median absolute change from frame to frame."""
    return c.speeds.quantile(0.50)


@_functional("mean absolute change from frame to frame of the {}", "speed")
def change_mean(c: Contours) -> np.ndarray:
    """Mean absolute change from frame to frame."""
    return c.speeds.mean


@_functional("standard deviation of the change from frame to frame of the {}", "speed")
def change_sd(c: Contours) -> np.ndarray:
    """Standard deviation of the change from frame to frame."""
    return np.sqrt(c.changes.variance)


@_functional("share of the changes from frame to frame that go up of the {}", "share")
def rise_share(c: Contours) -> np.ndarray:
    """Share of the changes from frame to frame that go up."""
    return (c.changes.values > 0).sum(axis=1) / c.changes.count


@_functional("mean rate of the changes upwards of the {}", "speed")
def rise_mean(c: Contours) -> np.ndarray:
    """Mean of the changes that go up; NaN where none does."""
    return _mean_of_positive(c.changes.values)


@_functional("mean rate of the changes downwards (as a positive number) of the {}", "speed")
def fall_mean(c: Contours) -> np.ndarray:
    """Mean of the changes that go down, its sign dropped; NaN where none does."""
    return _mean_of_positive(-c.changes.values)


def _mean_of_positive(values: np.ndarray) -> np.ndarray:
    positive = values > 0
    return np.where(positive, values, 0.0).sum(axis=1) / positive.sum(axis=1)


@_functional("relative time (0 first, 1 last frame) of the maximum of the {}", "share")
def max_position(c: Contours) -> np.ndarray:
    """Where the maximum lies between the first and the last defined frame, 0 to 1."""
    return _position(c, np.where(c.defined, c.values, -np.inf).argmax(axis=1))


@_functional("relative time (0 first, 1 last frame) of the minimum of the {}", "share")
def min_position(c: Contours) -> np.ndarray:
    """Where the minimum lies between the first and the last defined frame, 0 to 1."""
    return _position(c, np.where(c.defined, c.values, np.inf).argmin(axis=1))


def _position(c: Contours, index: np.ndarray) -> np.ndarray:
    first_s, last_s = (c.times_s[i] for i in c.ends)
    return (c.times_s[index] - first_s) / (last_s - first_s)


@_functional("mean over the last 0.3 s, less the mean of the whole, of the {}", "difference")
def final_drop(c: Contours) -> np.ndarray:
    """Mean over the last 0.3 s less the mean of the whole: negative where the contour ends low."""
    return c.final.mean - c.mean


@_functional("slope over the last 0.3 s of the {}", "rate")
def final_slope(c: Contours) -> np.ndarray:
    """Least-squares slope over the last 0.3 s."""
    return c.final.slope


def _shape(k: int) -> Callable[[Contours], np.ndarray]:
    def coefficient(c: Contours) -> np.ndarray:
        return c.shape_coefficients[:, k - 1]

    coefficient.__name__ = f"dct{k}"
    coefficient.__doc__ = f"DCT coefficient {k} of the contour's shape: half a cosine's amplitude, {k} half-waves."
    text = f"amplitude of {k} half-wave{'s' * (k > 1)} of a cosine (DCT coefficient {k}) in the shape of the {{}}"
    return _functional(text, "difference")(coefficient)


for _k in range(1, N_DCT + 1):
    _shape(_k)
