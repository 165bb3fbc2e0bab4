"""Number formats of the reports: shares, intervals, differences. An undefined value is a dash, never 0."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import FEATURE_SETS, feature_set
from ..errors import counted
from ..terminal_view import one_line

UNDEFINED = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


def share(value: float | None, digits: int = 3) -> str:
    """Format a score from 0 to 1: ``0.785``."""
    return UNDEFINED if value is None else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """Format a share as a whole percentage with a no-break space: ``78 %``."""
    return UNDEFINED if value is None else f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def number(value: float | None, digits: int = 3) -> str:
    """Format a number that may be negative: ``−0.012``."""
    return UNDEFINED if value is None else f"{value:z.{digits}f}".replace("-", MINUS)


def signed(value: float | None, digits: int = 3) -> str:
    """Format a difference, always with its sign: ``+0.138``, ``−0.012``."""
    return UNDEFINED if value is None else f"{value:+z.{digits}f}".replace("-", MINUS)


def interval(ends: Sequence[float] | None, digits: int = 3) -> str:
    """Format an interval: ``0.732 to 0.834``."""
    return UNDEFINED if ends is None else f"{number(ends[0], digits)} to {number(ends[1], digits)}"


def p_value(value: float | None) -> str:
    """Format a p-value with its relation: ``= 0.012``, ``< 0.001``."""
    if value is None:
        return UNDEFINED
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def features_text(name: str | None, n_features: int, engine: str | None = None, *, frames: bool = False) -> str:
    """Describe features: ``prosody_v1, 132 features``, or ``26 features of full_v1`` if only some of the set were used.

    For a model that reads frames, ``40 contours of full_v1, frame by frame``; with `engine`, the engine is named.
    """
    if engine:
        return f"{features_text(name, n_features, frames=frames)}, measured by the {engine} engine"
    if frames:
        return f"{counted(n_features, 'contour')}{f' of {name}' if name else ''}, frame by frame"
    if not name:
        return counted(n_features, "feature")
    whole = len(feature_set(name)) if name in FEATURE_SETS else n_features
    count = counted(n_features, "feature")
    return f"{count} of {name}" if n_features < whole else f"{name}, {count}"


def reads_frames(steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a pipeline, given by its steps in a result or a card, reads clips frame by frame."""
    return any(step["estimator"] == "SequenceReader" for step in steps)


def value_text(value: Any) -> str:
    """Format any JSON value, such as the settings of a model or a search space, in one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {value_text(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(value_text(inner) for inner in value) + "]"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def sentence(text: Any) -> str:
    """Format text as a sentence, with a capital letter at its start and one full stop at its end."""
    line = one_line(text).strip()
    return line[:1].upper() + line[1:] + ("" if line.endswith((".", "!", "?", ":")) else ".")
