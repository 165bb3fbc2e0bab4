"""What networks over the frames of clips have in common."""

from typing import Any

import numpy as np

from ..errors import ProtocolError
from ..learn.preprocessing.sequences.rows import SequenceRows
from .batches import ClipDataset, SimilarLengths, padded
from .classifier import NetworkClassifier

#: By how much a training clip is longer or shorter, at the most: what readers and moods do.
STRETCH = 0.15


class SequenceClassifier(NetworkClassifier):
    """A network that takes clips as sequences, of any length: :class:`SequenceRows`, scaled and without gaps."""

    collate = staticmethod(padded)

    def varied(self, clips: ClipDataset) -> ClipDataset:
        """The clips at a random tempo, a little slower or faster each time."""
        return ClipDataset(clips.rows, clips.named, STRETCH)

    def batches(self, rows: SequenceRows) -> SimilarLengths:
        """What draws the batches of an epoch."""
        return SimilarLengths(np.array([rows.n_frames(i) for i in range(len(rows))]), self.batch_size)

    def _checked(self, X: Any, y: Any) -> tuple[Any, np.ndarray]:
        self.n_features_in_ = _sequences(X)[0].shape[1]
        return X, super()._checked(X, y)[1]

    def _rows(self, X: Any) -> SequenceRows:
        return _sequences(X)


def _sequences(X: Any) -> SequenceRows:
    if not isinstance(X, SequenceRows):
        raise ProtocolError("this network reads frames: put it behind the steps that make_pipeline gives it")
    return X
