"""Parameters as JSON can hold them."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def plain(value: Any) -> Any:
    """What JSON holds, as it is; all else, also the imputer's NaN, by its name."""
    if isinstance(value, np.generic):  # drawn from a distribution
        value = value.item()
    if isinstance(value, tuple) and value and (value[-1] == "drop" or hasattr(value[-1], "get_params")):  # who votes
        return ": ".join(" ".join(str(part).split()) for part in value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    simple = isinstance(value, str | bool | int) or value is None or (isinstance(value, float) and np.isfinite(value))
    return value if simple else re.sub(r" at 0x[0-9a-f]+", "", str(value))  # an address is another in each run


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON can hold them: plain numbers, None for what is undefined."""
    rows = frame.astype(object).to_dict("records")
    return [{str(name): None if _undefined(value) else value for name, value in row.items()} for row in rows]


def _undefined(value: Any) -> bool:
    return value is pd.NA or (isinstance(value, float) and not np.isfinite(value))


def number(value: float) -> float | None:
    """A number as JSON can hold it: None for what is undefined."""
    return float(value) if np.isfinite(value) else None
