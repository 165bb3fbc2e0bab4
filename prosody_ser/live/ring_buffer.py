"""The last seconds of what was heard, in a fixed piece of memory."""

from threading import Condition

import numpy as np


class Ring:
    """A ring of `n_samples`, each known by its place in the whole stream; the oldest make room for new ones.

    One thread writes, another reads. The condition `changed` is held while the ring is read or written, and told of
    every write.
    """

    def __init__(self, n_samples: int):
        self._kept = np.zeros(n_samples)
        self._written = self._seen = self._lost = 0
        self.changed = Condition()

    @property
    def nbytes(self) -> int:
        """Memory taken; it never changes."""
        return self._kept.nbytes

    @property
    def written(self) -> int:
        """Samples that came so far: the place of the next one."""
        return self._written

    @property
    def oldest(self) -> int:
        """Place of the oldest sample that is still there."""
        return max(0, self._written - self._kept.size)

    @property
    def lost(self) -> int:
        """Samples that made room before :meth:`seen` said that they are done with."""
        return self._lost

    def seen(self, end: int) -> None:
        """Say that all samples before a place are done with."""
        with self.changed:
            self._seen = max(self._seen, end)

    def write(self, samples: np.ndarray) -> None:
        """Add samples of any number."""
        with self.changed:
            end = self._written + samples.size
            kept = samples[-self._kept.size :]
            places = np.arange(end - kept.size, end) % self._kept.size
            self._kept[places] = kept
            self._lost += max(0, end - self._kept.size - max(self.oldest, self._seen))
            self._written = end
            self.changed.notify_all()

    def read(self, start: int, end: int) -> np.ndarray | None:
        """A copy of the samples from one place to another; None if the first of them are gone.

        Raises
        ------
        ValueError
            If the last of them have not come yet.
        """
        with self.changed:
            if end > self._written:
                raise ValueError(f"{end - self._written} samples of these have not come yet")
            if start < self.oldest:
                return None
            return self._kept[np.arange(start, end) % self._kept.size]
