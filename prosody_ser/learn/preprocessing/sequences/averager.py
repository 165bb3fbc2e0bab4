"""Averages of neighbouring frames, which give fewer and longer frames."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from ....errors import ProtocolError
from ....tables.feature_table import STEP_S
from .rows import SequenceRows


class Averaged:
    """The change that replaces each group of n neighbouring frames by its mean."""

    def __init__(self, n: int):
        self._n = n

    def of_rows(self, rows: np.ndarray) -> "Averaged":
        """Return this change, which is the same for all clips."""
        return self

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """Average the frames; an incomplete group at the end is dropped, unless it is the only one."""
        whole = len(frames) // self._n
        if not whole:
            return frames.mean(axis=0, keepdims=True, dtype=np.float32)
        return frames[: whole * self._n].reshape(whole, self._n, -1).mean(axis=1, dtype=np.float32)


class FrameAverager(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Average neighbouring frames, which halves their number and loses hardly any information.

    Parameters
    ----------
    frame_s : float
        Duration in s that one averaged frame covers; a multiple of the 0.01 s of stored frames.
    """

    def __init__(self, frame_s: float = 0.02):
        self.frame_s = frame_s

    def fit(self, X: Any, y: Any = None) -> "FrameAverager":
        """Check the length of a frame.

        Raises
        ------
        ProtocolError
            If it is not a multiple of 0.01 s.
        """
        n = round(self.frame_s / STEP_S)
        if n < 1 or abs(n * STEP_S - self.frame_s) > 1e-9:
            raise ProtocolError(f"`frame_s` must be a multiple of {STEP_S:g} s (got {self.frame_s:g} s)")
        self.n_ = n
        return self

    def transform(self, X: SequenceRows) -> SequenceRows:
        """Return the clips with averaged frames."""
        return X if self.n_ == 1 else X.changed(Averaged(self.n_))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Return the names of the contours, which do not change."""
        return input_features
