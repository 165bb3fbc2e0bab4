"""Find clips that may have the same sound by fingerprints, and compute the correlation of two sounds.

A fingerprint is a coarse spectrogram relative to the energy centre of the clip. Gain, polarity, container, bit depth,
sampling rate and silence at the ends hardly change it. Clips with similar fingerprints are then compared sample by
sample, so that no decision depends on fingerprints alone.
"""

import numpy as np
from scipy import fft

from ...audio.frames import SAMPLE_RATE_HZ

#: Number of cells in time, frames in each cell (100 ms), and hop in samples.
_CELLS, _FRAMES_A_CELL, _STEP = 32, 10, SAMPLE_RATE_HZ // 100
_WINDOW = 512
_EDGES_HZ = np.geomspace(120, 4000, 17)
_EDGES = np.searchsorted(np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE_HZ), _EDGES_HZ)
#: Cells more than 30 dB below the loudest count as silent, because they contain noise of recording and coding.
_FLOOR = 1e-3
#: Least similarity of fingerprints for a comparison. Copies in other formats have at least 0.94; of 259,000 pairs of
#: different clips of EMO-DB, RAVDESS and TESS, 20 have at least 0.9.
ALIKE = 0.9
#: Largest number of pairs that are compared; speech has a few for every clip, but beeps are all similar.
MOST_PAIRS = 200_000
#: Number of similarities in one block, to limit memory.
_BLOCK_VALUES = 8_000_000
#: Steps per sample in the search for the largest correlation, because coders and resamplers shift by fractions.
_FINER = 4


def fingerprint(samples: np.ndarray) -> np.ndarray | None:
    """Compute the fingerprint of mono samples at 16 kHz: a vector of length 1, shape (n_cells * n_bands,).

    None for silence and for constant sound.
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
    logs -= logs.mean(axis=0)  # remove constant properties of voice and microphone
    length = np.linalg.norm(logs)
    return (logs.ravel() / length).astype(np.float32) if length > 0 else None


def alike_pairs(fingerprints: np.ndarray) -> tuple[np.ndarray, int]:
    """Return pairs of rows with similar fingerprints, shape (k, 2), and the number of pairs that were dropped.

    The most similar pairs come first; each pair starts with the smaller row.
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
    """Compute the largest correlation of two signals over all shifts, 0 to 1; independent of gain."""
    x, y = first - first.mean(), second - second.mean()
    norm = np.sqrt((x @ x) * (y @ y))
    if not norm > 0:
        return 0.0
    n = fft.next_fast_len(x.size + y.size, real=True)
    cross = fft.rfft(x, n) * np.conj(fft.rfft(y, n))
    return float(min(1.0, np.abs(fft.irfft(cross, _FINER * n)).max() * _FINER / norm))
