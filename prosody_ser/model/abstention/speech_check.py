"""Check, from a few features, whether a recording sounds like voiced speech at all.

==========================================  ===============================================  ====================
mean of the features                        interpretation                                   EMO-DB's 535 clips
==========================================  ===============================================  ====================
share of frames with a pitch                below .05: no voice (noise or whispering)        .27 to .90
median change of the pitch                  below 4 st/s: a tone, beeps, an engine           11 to 70 st/s
median change of 13 MFCC                    below 100 dB/s: a tone, a siren; below 200       243 to 500 dB/s
                                            dB/s: music, unlike the training speech
share of frames in which pitch, level and   above .508: sound played backwards, because      .38 to .52
low bands rise                              speech rises fast and decays slowly
==========================================  ===============================================  ====================

The limits leave a margin: EMO-DB's clips in a room with a reverberation time of 0.6 s, with noise at 15 dB, or with
another voice are at least at .10, 6.8 st/s and 243 dB/s; .508 is the 99.5th percentile. A feature that is undefined, or
that the model does not have, is ignored.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...audio.frames import FRAME_STEP_S
from ...learn.preprocessing.sequences.rows import SequenceRows, holds_sequences
from .doubts import NO_SPEECH, NO_VOICE, UNLIKE


class Sign(NamedTuple):
    """The range in which the mean of some features lies for speech."""

    features: tuple[str, ...]
    least: float
    most: float
    reason: str  #: the reason to abstain if the mean is outside the range


_MFCC_CHANGES = tuple(f"mfcc{i}_change_p50_db_per_s" for i in range(1, 14))
_RISING = ("f0", "intensity_rel", "loudness_rel", "rms_rel", "rasta2", "rasta3", "centroid")
#: If several apply, the first one gives the reason.
SIGNS = (
    Sign(("voiced_share_ratio",), 0.05, np.inf, NO_VOICE),
    Sign(("f0_change_p50_st_per_s",), 4.0, np.inf, NO_SPEECH),
    Sign(_MFCC_CHANGES, 100.0, np.inf, NO_SPEECH),
    Sign(_MFCC_CHANGES, 200.0, np.inf, UNLIKE),
    Sign(tuple(f"{contour}_rise_share_ratio" for contour in _RISING), -np.inf, 0.508, UNLIKE),
)


@lru_cache(maxsize=32)
def places_of(wanted: tuple[str, ...], names: tuple[str, ...]) -> list[int] | None:
    """Positions of the wanted features among all names; None if one is missing."""
    positions = {name: i for i, name in enumerate(names)}
    return [positions[name] for name in wanted] if set(wanted) <= positions.keys() else None


def signs_of_frames(frames: np.ndarray, contours: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Compute the features that the signs use from a clip's contours, where those contours are available.

    Parameters
    ----------
    frames : ndarray of float64, shape (n_frames, n_contours)
        Contours of one clip, one frame every 10 ms; the pitch in semitones, NaN in unvoiced frames.
    contours : sequence of str, length n_contours

    Returns
    -------
    values : ndarray of float64, shape (1, n_features)
    names : list of str, length n_features
    """
    columns = {name: frames[:, i] for i, name in enumerate(contours)}
    values: dict[str, float] = {}
    if "f0_st" in columns:
        values["voiced_share_ratio"] = float(np.isfinite(columns["f0_st"]).mean())
    changing = {"f0_st": "f0_change_p50_st_per_s"}
    changing |= {f"mfcc{i}_db": name for i, name in enumerate(_MFCC_CHANGES, start=1)}
    for contour, name in changing.items():
        if contour in columns:
            steps = np.abs(np.diff(columns[contour]))
            steps = steps[np.isfinite(steps)]
            values[name] = float(np.median(steps)) / FRAME_STEP_S if steps.size else np.nan
    return np.array([list(values.values())]), list(values)


def speech_faults(values: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Reason why each row does not sound like speech; empty where it may be speech.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows, n_features)
        As measured: not normalised, missing values not filled.
    names : sequence of str, length n_features

    Returns
    -------
    ndarray of str, shape (n_rows,)
    """
    faults = np.full(len(values), "", dtype=object)
    for sign in reversed(SIGNS):
        places = places_of(sign.features, tuple(names))
        if places is not None:
            mean = values[:, places].mean(axis=1)
            faults[(mean < sign.least) | (mean > sign.most)] = sign.reason  # comparisons with NaN are false
    return faults


def faults_of_clips(X: pd.DataFrame, features: Sequence[str]) -> np.ndarray:
    """Apply :func:`speech_faults` to the input of a model: rows of features, or rows that refer to frames.

    Parameters
    ----------
    X : DataFrame of shape (n_clips, n_features)
    features : sequence of str, length n_features
        Its columns.

    Returns
    -------
    ndarray of str, shape (n_clips,)
    """
    if not holds_sequences(X):
        return speech_faults(X.to_numpy(dtype=float), features)
    clips = SequenceRows.of(X)
    known = (signs_of_frames(clips[row].astype(float), clips.names) for row in range(len(clips)))
    return np.array([speech_faults(*one)[0] for one in known], dtype=object)
