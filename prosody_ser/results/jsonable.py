"""Parameters as JSON can hold them."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Text, numbers, true, false, null and lists as they are; all else, also the imputer's NaN, by its name."""
    return {name: _plain(value) for name, value in parameters.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):  # drawn from a distribution
        value = value.item()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    simple = isinstance(value, str | bool | int) or value is None or (isinstance(value, float) and np.isfinite(value))
    return value if simple else re.sub(r" at 0x[0-9a-f]+", "", str(value))  # an address is another in each run


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON can hold them: plain numbers, None for NaN."""
    rows = frame.astype(object).to_dict("records")
    return [{key: None if isinstance(v, float) and not np.isfinite(v) else v for key, v in row.items()} for row in rows]
