"""Batches of clips: padded to the longest clip of the batch, with a mask of the frames that are not padding."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

#: Number of batches whose clips are sorted by length together, so that there is little padding.
_POOL = 8
#: Batches are padded to a multiple of this number of frames, since PyTorch keeps compiled code for each shape.
_WIDTH = 16
#: Largest size of the clips that are kept in memory; all others are read again each time.
_KEPT_BYTES = 64 * 2**20


class ClipDataset(Dataset):
    """The training data of a network: rows (features, or clips to be read) and the positions of their labels.

    Parameters
    ----------
    rows : ndarray of shape (n_clips, n_features), or SequenceRows
    named : ndarray of int, shape (n_clips,), optional
        Positions of the labels; 0 for all if not given.
    stretch : float
        Each time a clip is read, its length is changed at random by up to this share.
    """

    def __init__(self, rows: Any, named: np.ndarray | None = None, stretch: float = 0.0):
        self.rows, self.stretch = rows, stretch
        #: Clips that were read before, up to `_KEPT_BYTES`; a network reads each clip in every epoch.
        self._kept: dict[int, np.ndarray] = {}
        self._n_bytes = 0
        self.named = np.zeros(len(rows), dtype=np.int64) if named is None else named.astype(np.int64)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> tuple[np.ndarray, np.int64]:
        clip = self._read(row)
        if self.stretch:
            share = 1 + self.stretch * (2 * torch.rand(1).item() - 1)
            clip = stretched(clip, max(1, round(share * len(clip))))
        return clip, self.named[row]

    def _read(self, row: int) -> np.ndarray:
        clip = self._kept.get(row)
        if clip is None:
            clip = self.rows[row]
            if self._n_bytes + clip.nbytes <= _KEPT_BYTES:
                self._kept[row] = clip
                self._n_bytes += clip.nbytes
        return clip


def stretched(clip: np.ndarray, n_frames: int) -> np.ndarray:
    """Change the tempo of a clip by linear interpolation of its frames; shape (n_frames, n_contours)."""
    positions = np.linspace(0, len(clip) - 1, n_frames)
    low = np.floor(positions).astype(int)
    high = np.minimum(low + 1, len(clip) - 1)
    share = (positions - low)[:, None].astype(clip.dtype)
    return clip[low] * (1 - share) + clip[high] * share


def vectors(batch: list[tuple[np.ndarray, np.int64]]) -> tuple[Tensor, Tensor]:
    """Make a batch of feature vectors, float32."""
    rows, named = zip(*batch, strict=True)
    return torch.from_numpy(np.stack(rows).astype(np.float32)), torch.tensor(named)


def padded(batch: list[tuple[np.ndarray, np.int64]]) -> tuple[dict[str, Tensor], Tensor]:
    """Make a batch of clips: ``frames`` (n_clips, n_contours, n_frames), padded with 0, and their ``mask``."""
    clips, named = zip(*batch, strict=True)
    n_frames = -(-max(len(clip) for clip in clips) // _WIDTH) * _WIDTH
    frames = np.zeros((len(clips), n_frames, clips[0].shape[1]), dtype=np.float32)
    mask = np.zeros((len(clips), n_frames), dtype=np.float32)
    for i, clip in enumerate(clips):
        frames[i, : len(clip)] = clip
        mask[i, : len(clip)] = 1
    return {"frames": torch.from_numpy(frames).transpose(1, 2).contiguous(), "mask": torch.from_numpy(mask)}, (
        torch.tensor(named)
    )


class SimilarLengths(Sampler):
    """Batches of clips of similar length, drawn anew each epoch by PyTorch's seed.

    Clips are shuffled, and then sorted by length within every eight batches. So the batches differ between epochs, but
    there is little padding.
    """

    def __init__(self, lengths: np.ndarray, batch_size: int):
        self._lengths, self._size = lengths, batch_size

    def __len__(self) -> int:
        n = len(self._lengths)
        return max(1, -(-n // self._size) - (n % self._size == 1))

    def __iter__(self) -> Iterator[list[int]]:
        order = torch.randperm(len(self._lengths)).numpy()
        batches = []
        for first in range(0, len(order), self._size * _POOL):
            pool = order[first : first + self._size * _POOL]
            pool = pool[np.argsort(self._lengths[pool], kind="stable")]
            batches += [pool[i : i + self._size].tolist() for i in range(0, len(pool), self._size)]
        if len(batches) > 1 and len(batches[-1]) == 1:  # batch normalisation needs more than one clip
            last = batches.pop()
            batches[-1] += last
        for i in torch.randperm(len(batches)).tolist():
            yield batches[i]
