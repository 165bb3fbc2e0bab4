"""User-defined contours, measures and functionals: one decorated function each, in a module of the user (a plugin).

A plugin is an ordinary Python module. Its decorated functions become features beside those of the feature set::

    from prosody_ser.plugin import measure

    @measure(unit="ratio", family="voice quality", low=0, high=1)
    def low_voice_share_ratio(analysis):
        "share of the voiced frames below 100 Hz"
        f0_hz = analysis.pitch.f0_hz[analysis.voiced]
        return (f0_hz < 100).mean() if f0_hz.size else float("nan")

The name of the function is the name of the feature and ends with the unit; the first line of its docstring is the
definition. Only functions that the module itself defines are used, not imported ones. Rows are cached with a digest of
the plugin's files, which are described in :mod:`prosody_ser.plugin_files`.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from .catalogue import CONTOURS, Contour, Feature, all_features, feature_of, unit_in_name
from .contours import Analysis
from .errors import PluginError
from .functionals.contour_matrix import Contours
from .functionals.statistics import FUNCTIONALS, UNIT_RULES, Functional
from .plugin_files import PluginFiles
from .user_module import user_module

_MARK = "_prosody_ser"


def measure(*, unit: str, family: str, low: float, high: float, source: str = "") -> Callable:
    """Turn a function of an Analysis into a measure: one number for each clip, NaN if undefined.

    Parameters
    ----------
    unit : str
        Unit of the value; the name of the function ends with it (``_ratio``, ``_s``, ``_per_s``, ``_db`` ...).
    family : str
        ``pitch``, ``intensity``, ``formants``, ``voice quality``, ``timing``, ``spectrum``, or your own family.
    low, high : float
        Valid range, for documentation; values outside it are kept.
    source : str
        Source of the definition; by default the name of the module.
    """
    return _mark("measure", unit=unit, family=family, low=low, high=high, source=source)


def contour(
    *, unit: str, family: str, low: float, high: float, source: str = "", functionals: tuple[str, ...] = ("mean", "sd")
) -> Callable:
    """Turn a function of an Analysis into a contour: an array of shape (n_frames,) on ``analysis.times_s``.

    Parameters
    ----------
    unit, family, low, high, source
        As for :func:`measure`.
    functionals : tuple of str
        Statistics of the contour that become features: names in
        :data:`prosody_ser.functionals.statistics.FUNCTIONALS` or functionals of the module.
    """
    return _mark("contour", unit=unit, family=family, low=low, high=high, source=source, functionals=functionals)


def functional(*, unit: str, of: tuple[str, ...] = ("f0", "intensity")) -> Callable:
    """Turn a function of :class:`~prosody_ser.functionals.contour_matrix.Contours` into a functional.

    Parameters
    ----------
    unit : str
        Rule for the unit of its value, a key of :data:`prosody_ser.functionals.statistics.UNIT_RULES`: ``value``,
        ``spread``, ``rate`` (per second) ...
    of : tuple of str
        The package's contours of which this statistic becomes a feature. A contour of the module names its functionals
        itself.
    """
    return _mark("functional", unit=unit, of=of)


def _mark(kind: str, **facts: Any) -> Callable:
    def decorate(function: Callable) -> Callable:
        setattr(function, _MARK, (kind, facts))
        return function

    return decorate


@dataclass(frozen=True, eq=False)
class Plugin:
    """The features that a plugin adds."""

    features: tuple[Feature, ...] = ()  #: in the order of definition
    #: `contour_groups`, `measure_groups`: functions that compute the contours and measures of the module
    contour_groups: dict[str, Callable[[Analysis], np.ndarray]] = field(default_factory=dict)
    measure_groups: dict[str, Callable[[Analysis], dict[str, float]]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)  #: name of the module and digest of its files, for tables
    files: PluginFiles | None = None  #: files on which its values depend


NO_PLUGIN = Plugin()


@cache
def load_plugin(module: str | None) -> Plugin:
    """Import a plugin, also from the working directory, and collect its decorated functions.

    Parameters
    ----------
    module : str or None
        Name as in ``import module``; None for no plugin.

    Raises
    ------
    PluginError
        If it cannot be imported, has no decorated function, or has an invalid one.
    """
    if module is None:
        return NO_PLUGIN
    imported = user_module(module, f"plugin {module!r}", PluginError)
    # By identity: a function that the module binds to two names counts once.
    decorated = {id(value): value for value in vars(imported).values() if hasattr(value, _MARK)}
    declared = [
        (function, *getattr(function, _MARK))
        for function in decorated.values()
        if getattr(function, "__module__", None) == imported.__name__
    ]
    if not declared:
        raise PluginError(f"plugin {module!r} has no function decorated with @measure, @contour or @functional")
    return _collect(imported, declared)


def _collect(module: ModuleType, declared: list[tuple[Callable, str, dict[str, Any]]]) -> Plugin:
    functionals: dict[str, Functional] = dict(FUNCTIONALS)
    for function, kind, facts in declared:
        if kind == "functional":
            _check(facts["unit"] in UNIT_RULES, function, f"its unit must be one of {', '.join(UNIT_RULES)}")
            _check(function.__name__ not in FUNCTIONALS, function, "a functional of this name exists already")
            text = _definition(function).replace("{", "{{").replace("}", "}}") + " of the {}"
            functionals[function.__name__] = Functional(
                function.__name__, text, facts["unit"], _one_functional(function)
            )
    features: list[Feature] = []
    contour_groups: dict[str, Any] = {}
    measure_groups: dict[str, Any] = {}
    for function, kind, facts in declared:
        group = f"{module.__name__}.{function.__name__}"
        if kind == "measure":
            measure_groups[group] = _one_measure(function)
            features.append(_measure_feature(function, facts, group, module.__name__))
        elif kind == "contour":
            contour_groups[group] = _one_contour(function)
            new_contour = _own_contour(function, facts, group, module.__name__)
            is_new = new_contour.name not in {c.name for c in CONTOURS.values()}
            _check(is_new, function, f"a contour {new_contour.name} exists already")
            for name in dict.fromkeys(facts["functionals"]):
                _check(name in functionals, function, f"there is no functional {name!r}")
                features.append(feature_of(new_contour, functionals[name]))
        else:
            for name in facts["of"]:
                _check(name in CONTOURS, function, f"there is no contour {name!r}")
                features.append(feature_of(CONTOURS[name], functionals[function.__name__]))
    names = [f.name for f in features]
    taken = [name for name in names if name in all_features() or names.count(name) > 1]
    if taken:
        raise PluginError(f"plugin {module.__name__!r}: a feature {taken[0]} exists already; choose another name")
    files = PluginFiles(module)
    about = {"module": module.__name__, "sha256": files.sha256}
    return Plugin(tuple(features), contour_groups, measure_groups, about, files)


def _check(holds: bool, function: Callable, what: str) -> None:
    if not holds:
        raise PluginError(f"plugin function {function.__name__}: {what}")


def _definition(function: Callable) -> str:
    return ((function.__doc__ or "").strip() or function.__name__).splitlines()[0].rstrip(".")


def _stem(function: Callable, unit: str) -> str:
    """Return the name of the function without its unit."""
    end = "_" + unit_in_name(unit)
    _check(function.__name__.endswith(end), function, f"its unit is {unit}, so its name must end with {end}")
    _check("__" not in function.__name__, function, "its name must not contain __")
    return function.__name__.removesuffix(end)


def _measure_feature(function: Callable, facts: dict[str, Any], group: str, module: str) -> Feature:
    _stem(function, facts["unit"])
    return Feature(
        name=function.__name__,
        unit=facts["unit"],
        definition=_definition(function),
        source=facts["source"] or f"plugin {module}",
        family=facts["family"],
        minimum=facts["low"],
        maximum=facts["high"],
        group=group,
    )


def _own_contour(function: Callable, facts: dict[str, Any], group: str, module: str) -> Contour:
    return Contour(
        descriptor=_stem(function, facts["unit"]),
        unit=facts["unit"],
        text=_definition(function),
        source=facts["source"] or f"plugin {module}",
        family=facts["family"],
        low=facts["low"],
        high=facts["high"],
        group=group,
    )


def _one_measure(function: Callable) -> Callable[[Analysis], dict[str, float]]:
    return lambda analysis: {function.__name__: float(_array(function, analysis, ()))}


def _one_contour(function: Callable) -> Callable[[Analysis], np.ndarray]:
    return lambda analysis: _array(function, analysis, analysis.times_s.shape)[np.newaxis]


def _one_functional(function: Callable) -> Callable[[Contours], np.ndarray]:
    return lambda contours: _array(function, contours, contours.count.shape)


def _array(function: Callable, argument: Any, shape: tuple[int, ...]) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)  # contours that are all NaN are expected
        try:
            values = np.asarray(function(argument), dtype=float)
        except Exception as error:
            raise PluginError(
                f"plugin function {function.__name__} failed ({type(error).__name__}: {error})"
            ) from error
    if values.shape != shape:
        raise PluginError(f"plugin function {function.__name__} returned shape {values.shape} instead of {shape}")
    return np.where(np.isinf(values), np.nan, values)
