"""Text in a model file: JSON that is always the same, and nothing in it that a terminal would obey."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ...errors import ModelError

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def as_json(value: Any) -> str:
    """JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def refuse_controls(value: Any) -> None:
    """Raise where a text, keys included, has control characters: printed, they could rewrite a terminal's lines."""
    for found in everything_in(value):
        for text in found if isinstance(found, dict) else [found]:
            if isinstance(text, str) and _CONTROLS.search(text):
                raise ModelError(f"it has a text with control characters ({text!r:.60})")


def everything_in(value: Any) -> Iterator[Any]:
    """A JSON value and all values within it, however deep they lie."""
    waiting = [value]
    while waiting:
        yield (found := waiting.pop())
        if isinstance(found, list | dict):
            waiting.extend(found.values() if isinstance(found, dict) else found)
