"""Scaling of contours to mean 0 and standard deviation 1 over the training clips, with undefined frames filled."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ....errors import ProtocolError
from .rows import SequenceRows

#: The contour that is undefined in unvoiced frames, and the contour of voicing that is derived from it.
PITCH, VOICED = "f0_st", "voiced"


class Affine:
    """The change ``(frames - mean) / scale``, with a mean and a scale for each clip or for all clips."""

    def __init__(self, mean: np.ndarray, scale: np.ndarray, of_row: np.ndarray | None = None):
        self._mean, self._scale, self._of_row = mean, scale, of_row

    def of_rows(self, rows: np.ndarray) -> "Affine":
        """Return the same change for some of the clips."""
        return self if self._of_row is None else Affine(self._mean, self._scale, self._of_row[rows])

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """Return the changed frames; a constant contour, whose scale is 0, becomes 0."""
        at = 0 if self._of_row is None else self._of_row[row]
        scale = self._scale[at]
        constant = scale == 0
        changed = (frames - self._mean[at]) / np.where(constant, 1.0, scale)
        return np.where(constant & np.isfinite(changed), 0.0, changed).astype(np.float32)


class Defined:
    """The change that sets undefined values to 0, the mean, and adds a contour of voicing if there is a pitch."""

    def __init__(self, pitch: int | None):
        self._pitch = pitch

    def of_rows(self, rows: np.ndarray) -> "Defined":
        """Return this change, which is the same for all clips."""
        return self

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """Return the changed frames."""
        defined = np.isfinite(frames)
        filled = np.where(defined, frames, np.float32(0.0))
        if self._pitch is None:
            return filled
        return np.column_stack([filled, defined[:, self._pitch].astype(np.float32)])


class SequenceScaler(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Standardise each contour by the frames of the training clips, with equal weight for each clip.

    The result is ``(x - m) / s``, where `m` is the mean of the clips' means, and `s²` the variance of these means plus
    the mean variance within a clip. Undefined values (the pitch in unvoiced frames) then become 0. If the pitch is
    among the contours, the contour ``voiced`` is added: 1 in voiced frames, otherwise 0.

    Attributes
    ----------
    mean_, scale_ : ndarray of float64, shape (n_contours,)
    names_ : tuple of str
        Names of the resulting contours.
    """

    def fit(self, X: SequenceRows, y: Any = None) -> "SequenceScaler":
        """Learn mean and standard deviation of each contour.

        Parameters
        ----------
        X : SequenceRows
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If all contours are undefined in every frame of every clip.
        """
        means, variances = X.moments()
        empty = np.flatnonzero(~np.isfinite(means).any(axis=0))
        if len(empty) == len(X.names):
            raise ProtocolError("no contour is defined in any frame of the training clips")
        means[:, empty] = variances[:, empty] = 0.0
        self.mean_ = np.nanmean(means, axis=0)
        scale = np.sqrt(np.nanvar(means, axis=0) + np.nanmean(variances, axis=0))
        # The deviation of a constant contour is only a rounding error; dividing by it would magnify the error.
        self.scale_ = np.where(scale <= 1e-6 * np.maximum(np.abs(self.mean_), 1e-6), 0.0, scale)
        self.names_ = names_scaled(X.names)
        return self

    def transform(self, X: SequenceRows) -> SequenceRows:
        """Return the clips with scaled contours."""
        check_is_fitted(self)
        pitch = X.names.index(PITCH) if PITCH in X.names else None
        return X.changed(Affine(self.mean_[None], self.scale_[None])).changed(Defined(pitch))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the resulting contours."""
        check_is_fitted(self)
        return np.asarray(self.names_, dtype=object)


def names_scaled(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the scaled contours for the names of the given ones."""
    return (*names, VOICED) if PITCH in names else tuple(names)
