"""A fitted estimator as plain data, which is checked field by field when the estimator is rebuilt."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

import numpy as np

from ...errors import ModelError
from .arrays import kind_of

FLOAT, SINGLE, WHOLE, INT32, BYTE = "<f8", "<f4", "<i8", "<i4", "|u1"
_WORDS = re.compile(r"[a-z][a-z ]{0,39}", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)


@dataclass(eq=False)
class Part:
    """One estimator as plain data."""

    type: str  #: name of its class; the module of the class is never stored in a file
    settings: dict[str, Any] = field(default_factory=dict)  #: texts, numbers and booleans
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)  #: the members of an ensemble


@dataclass(frozen=True)
class Codec:
    """How one type of estimator is stored."""

    path: str  #: ``module:Class``
    encode: Callable[[Any], Part]  #: converts a fitted estimator to its :class:`Part`
    #: ``decode(cls, taken, n_features, labels)``, with a :class:`Taken`, returns the estimator; it checks every field
    #: before compiled code uses it
    decode: Callable[..., Any]
    #: returns the reason why an unfitted estimator could not be stored, or None
    check: Callable[[Any], str | None] = lambda estimator: None
    stored_as: str = ""  #: name in files, if it differs from the name of the class

    @property
    def name(self) -> str:
        """Name of the type in files."""
        return self.stored_as or self.path.rpartition(":")[2]

    @property
    def cls(self) -> Any:
        """The class, imported."""
        from ...learn.classifiers.registry import imported

        return imported(self.path)

    def takes(self, estimator: Any) -> bool:
        """Whether an estimator has this type, which is ours or the scikit-learn class that ours is derived from."""
        return type(estimator) in (self.cls, *self.cls.__bases__)


class Taken:
    """The fields of a part: each is checked when it is taken, and at the end none may be left."""

    def __init__(self, part: Part):
        self.type = part.type
        self.parts = part.parts
        self._settings = dict(part.settings)
        self._arrays = dict(part.arrays)

    def refuse(self, why: str) -> NoReturn:
        """Raise a ModelError that names the part and the reason."""
        raise ModelError(f"the stored {self.type} is not valid: {why}")

    def number(self, name: str, low: float, high: float) -> float:
        """Take a finite number from `low` to `high`."""
        return float(self._in_range(name, (int, float), low, high))

    def whole(self, name: str, low: int, high: int) -> int:
        """Take an integer from `low` to `high`."""
        return self._in_range(name, (int,), low, high)

    def flag(self, name: str) -> bool:
        """Take a boolean."""
        return self.choice(name, (True, False))

    def choice(self, name: str, values: tuple) -> Any:
        """Take one of `values`; its type must match, too."""
        setting = self._setting(name)
        if not any(type(setting) is type(value) and setting == value for value in values):
            self.refuse(f"{name} has the value {setting!r:.40}")
        return setting

    def words(self, name: str, most: int) -> tuple[str, ...]:
        """Take a comma-separated text of one to `most` different words in lower case."""
        setting = self._setting(name)
        words = setting.split(",") if isinstance(setting, str) else []
        if not 1 <= len(words) <= most or len(set(words)) < len(words) or not all(map(_WORDS.fullmatch, words)):
            self.refuse(f"{name} has the value {setting!r:.40}")
        return tuple(words)

    def array(
        self,
        name: str,
        kind: str,
        shape: tuple[int | None, ...],
        low: float = -np.inf,
        high: float = np.inf,
        *,
        undefined: bool = False,
    ) -> np.ndarray:
        """Take an array of a data type and shape (None: any length), with finite values from `low` to `high`.

        If `undefined` is true, NaN is allowed.
        """
        if name not in self._arrays:
            self.refuse(f"the array {name} is missing")
        array = self._arrays.pop(name)
        if kind_of(array) != kind:
            self.refuse(f"{name} has the data type {kind_of(array)}, not {kind}")
        if array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
            wanted = " x ".join("any" if n is None else str(n) for n in shape)
            self.refuse(f"{name} has the shape {' x '.join(map(str, array.shape))}, not {wanted}")
        values = array[~np.isnan(array)] if undefined and kind == FLOAT else array
        if values.size and not (np.isfinite(values).all() and values.min() >= low and values.max() <= high):
            self.refuse(f"{name} has values that are not finite or not from {low:g} to {high:g}")
        return array

    def has(self, array: str) -> bool:
        """Whether there is an array of this name."""
        return array in self._arrays

    def done(self) -> None:
        """Raise a ModelError if a field was not taken."""
        left = [*self._settings, *self._arrays]
        if left:
            self.refuse(f"it has the unknown field {left[0]!r:.60}")

    def _setting(self, name: str) -> Any:
        if name not in self._settings:
            self.refuse(f"the setting {name} is missing")
        return self._settings.pop(name)

    def _in_range(self, name: str, types: tuple[type, ...], low: float, high: float) -> Any:
        setting = self._setting(name)
        if type(setting) not in types or not low <= setting <= high:
            self.refuse(f"{name} has the value {setting!r:.40}, expected a number from {low:g} to {high:g}")
        return setting


def as_plain(part: Part, arrays: list[np.ndarray]) -> dict[str, Any]:
    """Convert a part to JSON; its arrays are appended to `arrays`, and the JSON refers to their positions there."""
    places = {}
    for name, array in part.arrays.items():
        places[name] = len(arrays)
        arrays.append(array)
    parts = [as_plain(inner, arrays) for inner in part.parts]
    return {"type": part.type, "settings": part.settings, "arrays": places, "parts": parts}


def part_from(plain: Any, arrays: list[np.ndarray | None], depth: int = 0) -> Part:
    """Convert the JSON of :func:`as_plain` back to a part; arrays that it uses are replaced by None in `arrays`.

    Raises
    ------
    ModelError
        If the JSON is not that of a part, or refers to an array twice.
    """
    fields = {"type": str, "settings": dict, "arrays": dict, "parts": list}
    if not isinstance(plain, dict) or {name: type(value) for name, value in plain.items()} != fields or depth > 1:
        raise ModelError("a part of the stored model does not have the expected fields")
    if not all(map(_NAME.fullmatch, (plain["type"], *plain["settings"], *plain["arrays"]))):
        raise ModelError("a part of the stored model has a type, setting or array with an invalid name")
    taken_arrays = {}
    for name, place in plain["arrays"].items():
        array = arrays[place] if type(place) is int and 0 <= place < len(arrays) else None
        if array is None:
            raise ModelError(f"the stored {plain['type']} has no array for {name}")
        taken_arrays[name], arrays[place] = array, None
    parts = [part_from(inner, arrays, depth + 1) for inner in plain["parts"]]
    return Part(plain["type"], plain["settings"], taken_arrays, parts)


def stored(array: Any, kind: str = FLOAT) -> np.ndarray:
    """Convert an array to the contiguous form in which it is stored; its values must not change."""
    contiguous = np.ascontiguousarray(array)
    converted = contiguous.astype(kind)
    if not np.array_equal(contiguous, converted, equal_nan=contiguous.dtype.kind == "f"):
        raise ModelError(f"values of type {contiguous.dtype} cannot be stored as {kind} without a change")
    return converted


floats, wholes = partial(stored, kind=FLOAT), partial(stored, kind=WHOLE)
