"""Conversion of parameters, rows and numbers to values that JSON can represent."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def plain(value: Any) -> Any:
    """Convert a parameter to JSON; values that JSON cannot represent, also the imputer's NaN, become text."""
    if isinstance(value, np.generic):  # such as a value drawn from a distribution
        value = value.item()
    if isinstance(value, tuple) and value and (value[-1] == "drop" or hasattr(value[-1], "get_params")):
        # A member of a VotingClassifier: name and estimator.
        return ": ".join(" ".join(str(part).split()) for part in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    simple = isinstance(value, str | bool | int) or value is None or (isinstance(value, float) and np.isfinite(value))
    return value if simple else re.sub(r" at 0x[0-9a-f]+", "", str(value))  # memory addresses differ between runs


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Convert rows to JSON: plain numbers, and None for undefined values."""
    rows = frame.astype(object).to_dict("records")
    return [{str(name): None if _undefined(value) else value for name, value in row.items()} for row in rows]


def _undefined(value: Any) -> bool:
    return value is pd.NA or (isinstance(value, float) and not np.isfinite(value))


def number(value: float) -> float | None:
    """Convert a number to JSON: None if it is undefined."""
    return float(value) if np.isfinite(value) else None
