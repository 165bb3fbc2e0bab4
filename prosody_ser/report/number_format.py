"""Figures as the report's formats write them: shares, intervals, differences; undefined is a dash, never 0."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import FEATURE_SETS, feature_set
from ..errors import counted
from ..terminal_view import one_line

UNDEFINED = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


def share(value: float | None, digits: int = 3) -> str:
    """A score from 0 to 1: ``0.785``."""
    return UNDEFINED if value is None else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """A share as a whole percentage, never broken over lines: ``78 %``."""
    return UNDEFINED if value is None else f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def number(value: float | None, digits: int = 3) -> str:
    """A number that may be negative: ``−0.012``."""
    return UNDEFINED if value is None else f"{value:z.{digits}f}".replace("-", MINUS)


def signed(value: float | None, digits: int = 3) -> str:
    """A difference, its sign always said: ``+0.138``, ``−0.012``."""
    return UNDEFINED if value is None else f"{value:+.{digits}f}".replace("-", MINUS)


def interval(ends: Sequence[float] | None, digits: int = 3) -> str:
    """Both ends of an interval: ``0.732 to 0.834``."""
    return UNDEFINED if ends is None else f"{number(ends[0], digits)} to {number(ends[1], digits)}"


def p_value(value: float | None) -> str:
    """With its sign: ``= 0.012``, ``< 0.001``."""
    if value is None:
        return UNDEFINED
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def features_said(name: str | None, n_features: int, engine: str | None = None, *, frames: bool = False) -> str:
    """``prosody_v1, 132 features``; ``26 features of full_v1`` where only some of the set were taken; the engine.

    Of a model that reads frames ``40 contours of full_v1, frame by frame``.
    """
    if engine:
        return f"{features_said(name, n_features, frames=frames)}, measured by the {engine} engine"
    if frames:
        return f"{counted(n_features, 'contour')}{f' of {name}' if name else ''}, frame by frame"
    if not name:
        return counted(n_features, "feature")
    whole = len(feature_set(name)) if name in FEATURE_SETS else n_features
    count = counted(n_features, "feature")
    return f"{count} of {name}" if n_features < whole else f"{name}, {count}"


def reads_frames(steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the steps of a pipeline, as a result or a card holds them, read clips frame by frame."""
    return any(step["estimator"] == "SequenceReader" for step in steps)


def said(value: Any) -> str:
    """Any JSON value in a line: settings of a model, a search space."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {said(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(said(inner) for inner in value) + "]"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def sentence(text: Any) -> str:
    """Text as a sentence: a capital at its start, one full stop at its end."""
    line = one_line(text).strip()
    return line[:1].upper() + line[1:] + ("" if line.endswith((".", "!", "?", ":")) else ".")
