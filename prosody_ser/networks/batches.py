"""Clips to batches: read, padded to the longest of the batch, with a mask that says which frames there are."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

#: Batches are drawn from so many at a time, sorted by length, so that little is padded.
_POOL = 8
#: Batches are padded to a multiple of so many frames: of each shape of a batch PyTorch keeps compiled code.
_WIDTH = 16
#: Of clips that were read: whatever more there is, is read anew each time.
_KEPT_BYTES = 64 * 2**20


class ClipDataset(Dataset):
    """What a network trains on: rows (features, or clips to be read) and the positions of their labels.

    Parameters
    ----------
    rows : ndarray of shape (n_clips, n_features), or SequenceRows
    named : ndarray of int, shape (n_clips,), optional
        Positions of the labels; 0 for all where nothing is known.
    stretch : float
        Each time a clip is asked for, it is longer or shorter by a random share of its length of up to this.
    """

    def __init__(self, rows: Any, named: np.ndarray | None = None, stretch: float = 0.0):
        self.rows, self.stretch = rows, stretch
        #: Clips that were read before, as many as `_KEPT_BYTES` hold: a network reads each in every epoch.
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
    """A clip's frames at another tempo, by linear interpolation, shape (n_frames, n_contours)."""
    at = np.linspace(0, len(clip) - 1, n_frames)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(clip) - 1)
    share = (at - low)[:, None].astype(clip.dtype)
    return clip[low] * (1 - share) + clip[high] * share


def vectors(batch: list[tuple[np.ndarray, np.int64]]) -> tuple[Tensor, Tensor]:
    """A batch of feature vectors, float32."""
    rows, named = zip(*batch, strict=True)
    return torch.from_numpy(np.stack(rows).astype(np.float32)), torch.tensor(named)


def padded(batch: list[tuple[np.ndarray, np.int64]]) -> tuple[dict[str, Tensor], Tensor]:
    """A batch of clips, ``frames`` (n_clips, n_contours, n_frames) with 0 behind each clip's end, and its ``mask``."""
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

    Clips are shuffled, and every eight batches of them sorted by length; so which clips meet changes from epoch to
    epoch, and little of a batch is padding.
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
        if len(batches) > 1 and len(batches[-1]) == 1:  # a batch of one has no variance to normalise by
            last = batches.pop()
            batches[-1] += last
        for i in torch.randperm(len(batches)).tolist():
            yield batches[i]
