"""A fitted estimator as plain data, and that data checked field by field while an estimator is made of it again."""

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
    """One estimator."""

    type: str  #: name of its class; which module that is in is never in a file
    settings: dict[str, Any] = field(default_factory=dict)  #: text, numbers, true, false
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)  #: the members of an ensemble


@dataclass(frozen=True)
class Codec:
    """How one type of estimator is stored."""

    path: str  #: ``module:Class``
    encode: Callable[[Any], Part]  #: a fitted estimator to its :class:`Part`
    #: ``decode(cls, taken, n_features, labels)``, with :class:`Taken`, gives the estimator; every field is checked
    #: before compiled code can see it
    decode: Callable[..., Any]
    #: an unfitted estimator to the reason why it could not be stored, or None
    check: Callable[[Any], str | None] = lambda estimator: None
    stored_as: str = ""  #: name in files, where that is not the class's

    @property
    def name(self) -> str:
        """Name in files."""
        return self.stored_as or self.path.rpartition(":")[2]

    @property
    def cls(self) -> Any:
        """The class, imported."""
        from ...learn.classifiers.registry import imported

        return imported(self.path)

    def takes(self, estimator: Any) -> bool:
        """Whether an estimator is of this type; scikit-learn's own class is as good as a subclass of ours."""
        return type(estimator) in (self.cls, *self.cls.__bases__)


class Taken:
    """The fields of a part, each checked as it is taken; at the end none may be left."""

    def __init__(self, part: Part):
        self.type = part.type
        self.parts = part.parts
        self._settings = dict(part.settings)
        self._arrays = dict(part.arrays)

    def refuse(self, why: str) -> NoReturn:
        """Raise, naming the part."""
        raise ModelError(f"its {self.type} cannot be one: {why}")

    def number(self, name: str, low: float, high: float) -> float:
        """A finite number from `low` to `high`."""
        return float(self._in_range(name, (int, float), low, high))

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return self._in_range(name, (int,), low, high)

    def flag(self, name: str) -> bool:
        """True or false."""
        return self.choice(name, (True, False))

    def choice(self, name: str, values: tuple) -> Any:
        """One of `values`, of its type too."""
        found = self._setting(name)
        if not any(type(found) is type(value) and found == value for value in values):
            self.refuse(f"{name} is {found!r:.40}")
        return found

    def words(self, name: str, most: int) -> tuple[str, ...]:
        """Words in lower case, from one to `most` different ones, which stand in a text with commas between them."""
        found = self._setting(name)
        words = found.split(",") if isinstance(found, str) else []
        if not 1 <= len(words) <= most or len(set(words)) < len(words) or not all(map(_WORDS.fullmatch, words)):
            self.refuse(f"{name} is {found!r:.40}")
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
        """An array of a kind and shape (None: any length), its values finite and from `low` to `high`.

        `undefined`: NaN is let pass.
        """
        if name not in self._arrays:
            self.refuse(f"it lacks {name}")
        found = self._arrays.pop(name)
        if kind_of(found) != kind:
            self.refuse(f"{name} is of kind {kind_of(found)}, not {kind}")
        if found.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, found.shape, strict=True)):
            wanted = " x ".join("any" if n is None else str(n) for n in shape)
            self.refuse(f"{name} has the shape {' x '.join(map(str, found.shape))}, not {wanted}")
        values = found[~np.isnan(found)] if undefined and kind == FLOAT else found
        if values.size and not (np.isfinite(values).all() and values.min() >= low and values.max() <= high):
            self.refuse(f"{name} has values that are not finite or not from {low:g} to {high:g}")
        return found

    def has(self, array: str) -> bool:
        """Whether there is an array of this name."""
        return array in self._arrays

    def done(self) -> None:
        """Raise if a field was not taken."""
        left = [*self._settings, *self._arrays]
        if left:
            self.refuse(f"it has {left[0]!r:.60}, which none has")

    def _setting(self, name: str) -> Any:
        if name not in self._settings:
            self.refuse(f"it lacks {name}")
        return self._settings.pop(name)

    def _in_range(self, name: str, types: tuple[type, ...], low: float, high: float) -> Any:
        found = self._setting(name)
        if type(found) not in types or not low <= found <= high:
            self.refuse(f"{name} is {found!r:.40}")
        return found


def as_plain(part: Part, arrays: list[np.ndarray]) -> dict[str, Any]:
    """A part as JSON; its arrays are added to `arrays` and named by their place there."""
    places = {}
    for name, array in part.arrays.items():
        places[name] = len(arrays)
        arrays.append(array)
    parts = [as_plain(inner, arrays) for inner in part.parts]
    return {"type": part.type, "settings": part.settings, "arrays": places, "parts": parts}


def part_from(plain: Any, arrays: list[np.ndarray | None], depth: int = 0) -> Part:
    """The part that :func:`as_plain` made JSON of; what is taken of `arrays` is None there afterwards.

    A ModelError if it is no part, or an array is used twice.
    """
    fields = {"type": str, "settings": dict, "arrays": dict, "parts": list}
    if not isinstance(plain, dict) or {name: type(value) for name, value in plain.items()} != fields or depth > 1:
        raise ModelError("its model has a part that is none")
    if not all(map(_NAME.fullmatch, (plain["type"], *plain["settings"], *plain["arrays"]))):
        raise ModelError("its model has a name that no part has")
    own = {}
    for name, place in plain["arrays"].items():
        found = arrays[place] if type(place) is int and 0 <= place < len(arrays) else None
        if found is None:
            raise ModelError(f"its {plain['type']} has no array for {name}")
        own[name], arrays[place] = found, None
    parts = [part_from(inner, arrays, depth + 1) for inner in plain["parts"]]
    return Part(plain["type"], plain["settings"], own, parts)


def stored(array: Any, kind: str = FLOAT) -> np.ndarray:
    """An array as it is stored: contiguous, of a plain kind, its values unchanged."""
    found = np.ascontiguousarray(array)
    made = found.astype(kind)
    if not np.array_equal(found, made, equal_nan=found.dtype.kind == "f"):
        raise ModelError(f"values of {found.dtype} cannot be stored as {kind}")
    return made


floats, wholes = partial(stored, kind=FLOAT), partial(stored, kind=WHOLE)
