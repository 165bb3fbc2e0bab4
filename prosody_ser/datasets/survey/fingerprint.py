"""Which clips could be the same sound, cheaply; and whether two are, for certain.

A fingerprint is a coarse spectrogram, counted from the clip's centre of energy: neither gain nor polarity, container,
bit depth, sample rate nor silence at the ends move it much. Clips whose fingerprints are alike are then compared sample
by sample, so that no fingerprint alone ever claims anything.
"""

import numpy as np
from scipy import fft

from ...audio.frames import SAMPLE_RATE_HZ

#: Cells in time, of 100 ms each, and bands in frequency.
_CELLS, _FRAMES_A_CELL, _STEP = 32, 10, SAMPLE_RATE_HZ // 100
_WINDOW = 512
_EDGES_HZ = np.geomspace(120, 4000, 17)
_EDGES = np.searchsorted(np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE_HZ), _EDGES_HZ)
#: Cells more than 30 dB below the loudest are as good as silent: noise of recording and coding lies there.
_FLOOR = 1e-3
FINGERPRINT_SIZE = _CELLS * (_EDGES.size - 1)
#: Least likeness of two fingerprints to look closer. Copies in other formats have 0.94 and more; of the 259,000 pairs
#: of clips of EMO-DB, RAVDESS and TESS that are not copies, 20 have 0.9.
ALIKE = 0.9
#: Speech has a few pairs for every clip; a folder of beeps has nearly all.
MOST_PAIRS = 200_000
#: Memory for one block of likenesses.
_BLOCK_VALUES = 8_000_000
#: Correlation is looked for at every quarter of a sample: lossy coders and resamplers shift by fractions.
_FINER = 4


def fingerprint(samples: np.ndarray) -> np.ndarray | None:
    """A vector of length 1, shape (FINGERPRINT_SIZE,), that copies of a sound (mono at 16 kHz) share.

    None for silence and for what never changes.
    """
    x = samples - samples.mean()
    power = x * x
    if power.sum() <= 1e-12:
        return None
    centre = round(float(np.arange(x.size) @ power / power.sum()))
    half = (_CELLS * _FRAMES_A_CELL * _STEP + _WINDOW - _STEP) // 2
    inside = slice(max(centre - half, 0), min(centre + half, x.size))
    around = np.zeros(2 * half)
    around[inside.start - (centre - half) : inside.stop - (centre - half)] = x[inside]
    frames = np.lib.stride_tricks.sliding_window_view(around, _WINDOW)[::_STEP]
    spectrum = np.abs(fft.rfft(frames * np.hanning(_WINDOW), axis=1)) ** 2
    bands = np.add.reduceat(spectrum, _EDGES, axis=1)[:, :-1]
    cells = bands.reshape(_CELLS, _FRAMES_A_CELL, -1).sum(axis=1)
    if not cells.max() > 0:
        return None
    logs = np.log10(cells / cells.max() + _FLOOR)
    logs -= logs.mean(axis=0)  # what a voice and a microphone always have
    length = np.linalg.norm(logs)
    return (logs.ravel() / length).astype(np.float32) if length > 0 else None


def alike_pairs(fingerprints: np.ndarray) -> tuple[np.ndarray, int]:
    """Pairs of rows whose fingerprints are alike, shape (k, 2), and how many more there are than fit into memory.

    The likest come first, in each pair the smaller row.
    """
    n = len(fingerprints)
    pairs, likenesses, n_alike = np.empty((0, 2), int), np.empty(0, np.float32), 0
    height = max(1, _BLOCK_VALUES // max(n, 1))
    for top in range(0, n, height):
        likeness = np.triu(fingerprints[top : top + height] @ fingerprints[top:].T, 1)
        rows, columns = np.nonzero(likeness >= ALIKE)
        n_alike += rows.size
        pairs = np.concatenate([pairs, np.stack([rows, columns], axis=1) + top])
        likenesses = np.concatenate([likenesses, likeness[rows, columns]])
        likest = np.argsort(-likenesses, kind="stable")[:MOST_PAIRS]
        pairs, likenesses = pairs[likest], likenesses[likest]
    return pairs, n_alike - len(pairs)


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Largest correlation of two signals of one rate over all shifts, 0 to 1; of one with its copy at any gain 1."""
    x, y = first - first.mean(), second - second.mean()
    norm = np.sqrt((x @ x) * (y @ y))
    if not norm > 0:
        return 0.0
    n = fft.next_fast_len(x.size + y.size, real=True)
    cross = fft.rfft(x, n) * np.conj(fft.rfft(y, n))
    return float(min(1.0, np.abs(fft.irfft(cross, _FINER * n)).max() * _FINER / norm))
