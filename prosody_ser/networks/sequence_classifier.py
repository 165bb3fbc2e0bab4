"""The base class of the networks over frames of clips."""

from typing import Any

import numpy as np

from ..errors import ProtocolError
from ..learn.preprocessing.sequences.rows import SequenceRows
from .batches import ClipDataset, SimilarLengths, padded
from .classifier import NetworkClassifier

#: Largest change of the length of a training clip, as a share; speaking rates of people vary by about as much.
STRETCH = 0.15


class SequenceClassifier(NetworkClassifier):
    """A network on clips as sequences of any length: :class:`SequenceRows`, scaled and without missing values."""

    collate = staticmethod(padded)

    def varied(self, clips: ClipDataset) -> ClipDataset:
        """Change the tempo of the clips at random, each time they are read."""
        return ClipDataset(clips.rows, clips.named, STRETCH)

    def batches(self, rows: SequenceRows) -> SimilarLengths:
        """Make the sampler that draws the batches of an epoch."""
        return SimilarLengths(np.array([rows.n_frames(i) for i in range(len(rows))]), self.batch_size)

    def _checked(self, X: Any, y: Any) -> tuple[Any, np.ndarray]:
        self.n_features_in_ = _sequences(X)[0].shape[1]
        return X, super()._checked(X, y)[1]

    def _rows(self, X: Any) -> SequenceRows:
        return _sequences(X)


def _sequences(X: Any) -> SequenceRows:
    if not isinstance(X, SequenceRows):
        raise ProtocolError("this network reads frames: make its pipeline with make_pipeline, which adds the reader")
    return X
