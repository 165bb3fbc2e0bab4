"""Text in a model file: JSON that is always the same, and nothing in it that a terminal would obey."""

import json
import re
from typing import Any

from ...errors import ModelError

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def as_json(value: Any) -> str:
    """JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def refuse_controls(value: Any) -> None:
    """Raise where a text, keys included, has control characters: printed, they could rewrite a terminal's lines."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str) and _CONTROLS.search(found):
            raise ModelError(f"it has a text with control characters ({found!r:.60})")
        if isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend([*found.keys(), *found.values()])
