"""Text in a model file: JSON in one canonical form, without characters that could control a terminal."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ...errors import ModelError

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def as_json(value: Any) -> str:
    """Write JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def refuse_controls(value: Any) -> None:
    """Raise a ModelError if a text or key has control characters, which could change what a terminal shows."""
    for inner in everything_in(value):
        for text in inner if isinstance(inner, dict) else [inner]:
            if isinstance(text, str) and _CONTROLS.search(text):
                raise ModelError(f"a text contains control characters ({text!r:.60})")


def everything_in(value: Any) -> Iterator[Any]:
    """Yield a JSON value and all values nested in it."""
    waiting = [value]
    while waiting:
        yield (inner := waiting.pop())
        if isinstance(inner, list | dict):
            waiting.extend(inner.values() if isinstance(inner, dict) else inner)
