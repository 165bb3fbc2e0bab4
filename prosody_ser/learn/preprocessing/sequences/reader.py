"""The first step of a pipeline for sequences, which selects the contours to read."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ....catalogue import all_contours
from ....errors import ProtocolError
from ..estimators import check_pipeline
from .rows import NEEDS_FRAMES, SequenceRows


class SequenceReader(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Select the contours that a model reads from each clip's frames.

    Parameters
    ----------
    contours : sequence of str, optional
        Descriptors, such as ``f0`` or ``mfcc3``, or a whole series (``mel``, ``mfcc``). By default all contours.

    Attributes
    ----------
    names_ : tuple of str
        The columns of X that are read, in order.
    """

    def __init__(self, contours: Sequence[str] | None = None):
        self.contours = contours

    def fit(self, X: Any, y: Any = None) -> "SequenceReader":
        """Find the columns to read.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_contours)
            X of a table of sequences.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ProtocolError
            If X holds no sequences, or none of the contours.
        """
        self.names_ = tuple(contours_read(SequenceRows.of(X).names, self.contours))
        return self

    def transform(self, X: Any) -> SequenceRows:
        """Return the clips with the selected contours; no frames are read yet."""
        check_is_fitted(self)
        missing = [name for name in self.names_ if name not in X.columns]
        if missing:
            raise ProtocolError(f"the table of frames lacks the contour {missing[0]!r}, which the model needs")
        return SequenceRows.of(X[list(self.names_)])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the contours."""
        check_is_fitted(self)
        return np.asarray(self.names_, dtype=object)


def reader_of(pipeline: Any) -> SequenceReader | None:
    """The step that reads frames, also inside a search or a calibrator; None if the pipeline uses features."""
    check_pipeline(pipeline)
    parts = [pipeline, *pipeline.get_params(deep=True).values()]
    return next((part for part in parts if isinstance(part, SequenceReader)), None)


def check_reads(pipeline: Any, sequences: bool) -> None:
    """Raise a ProtocolError if a pipeline reads frames and the table holds features, or the other way round."""
    reads = reader_of(pipeline) is not None
    if sequences and not reads:
        raise ProtocolError(
            "this model needs one row of features per clip, but the table holds frames: measure the recordings without "
            "'--level frames', or use a model that reads frames (cnn, lstm)"
        )
    if reads and not sequences:
        raise ProtocolError(NEEDS_FRAMES)


def contours_read(names: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """The contours of a table that are wanted, in the order of the table.

    Raises
    ------
    ProtocolError
        If the table has none of them.
    """
    if wanted is None:
        return list(names)
    known = all_contours()
    described = {name: known[name].descriptor if name in known else name for name in names}
    read = [name for name in names if {described[name], described[name].rstrip("0123456789")} & {*wanted}]
    if not read:
        raise ProtocolError(
            f"the model reads {', '.join(wanted)}, but the table of frames has none of them: measure the recordings "
            "again with 'extract --level frames'"
        )
    return read
