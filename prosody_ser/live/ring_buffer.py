"""A ring buffer for the newest seconds of a stream."""

from threading import Condition

import numpy as np


class Ring:
    """A buffer of the newest `n_samples` of a stream, which are addressed by their position in the whole stream.

    One thread writes, another reads. The condition `changed` is held while the ring is read or written, and notified
    after every write.
    """

    def __init__(self, n_samples: int):
        self._kept = np.zeros(n_samples)
        self._written = self._seen = self._lost = 0
        self.changed = Condition()

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes; it never changes."""
        return self._kept.nbytes

    @property
    def written(self) -> int:
        """Number of samples written so far, which is the position of the next one."""
        return self._written

    @property
    def oldest(self) -> int:
        """Position of the oldest sample in the buffer."""
        return max(0, self._written - self._kept.size)

    @property
    def lost(self) -> int:
        """Number of samples that were overwritten before :meth:`seen` released them."""
        return self._lost

    def seen(self, end: int) -> None:
        """Release all samples before a position: they may be overwritten."""
        with self.changed:
            self._seen = max(self._seen, end)

    def write(self, samples: np.ndarray) -> None:
        """Append any number of samples."""
        with self.changed:
            end = self._written + samples.size
            kept = samples[-self._kept.size :]
            indices = np.arange(end - kept.size, end) % self._kept.size
            self._kept[indices] = kept
            self._lost += max(0, end - self._kept.size - max(self.oldest, self._seen))
            self._written = end
            self.changed.notify_all()

    def read(self, start: int, end: int) -> np.ndarray | None:
        """Copy the samples between two positions; None if the first of them were overwritten.

        Raises
        ------
        ValueError
            If the last of them were not written yet.
        """
        with self.changed:
            if end > self._written:
                raise ValueError(f"the last {end - self._written} of these samples have not been written yet")
            if start < self.oldest:
                return None
            return self._kept[np.arange(start, end) % self._kept.size]
