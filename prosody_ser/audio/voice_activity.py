"""Find the segments of a long recording that contain sound, by energy alone, so that music and noise count, too.

1. The level is the mean square over 50 ms, every 10 ms, without DC, at the recording's own rate.
2. The noise floor at any time is the lowest of the 5 % quantiles of the levels in blocks of 10 s, from 30 s before to
   30 s after. It follows noise that comes and goes, and needs a pause only now and then. The loud level is the largest
   mean power over 1 s.
3. Sound is what is 6 dB above the noise floor and at most 30 dB below the loud level. If the noise floor and the loud
   level are nowhere 10 dB apart, they cannot be distinguished, and everything counts as sound.
4. Pauses of at least 0.5 s separate segments. Sound of less than 0.1 s between two pauses is a click and left out.
5. A segment shorter than 1 s is joined to the nearer neighbour if that is less than 2 s away; otherwise it is
   lengthened to 1 s.
6. Each segment gets 0.1 s more at both ends. A segment that is then longer than 30 s is cut at its quietest point
   between 10 and 30 s.
"""

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from ..units import db_to_power
from .frames import FRAME_STEP_S, frames_in
from .runs import runs

FRAMES_PER_S = round(1 / FRAME_STEP_S)
#: The shortest segment (unless the recording itself is shorter), and the longest.
MIN_SEGMENT_S, MAX_SEGMENT_S = 1.0, 30.0
MIN_PAUSE_S = 0.5
MIN_SOUND_S = 0.1
JOINED_ACROSS_S = 2.0
PADDING_S = 0.1
#: A long segment is cut no earlier than this after its start.
EARLIEST_CUT_S = 10.0
WINDOW_S = 0.05
FLOOR_BLOCK_S = 10.0
FLOOR_QUANTILE = 0.05
#: Number of blocks before and after a block that count for its noise floor.
FLOOR_REACH = 3
LOUD_S = 1.0
ABOVE_FLOOR_DB = 6.0
BELOW_LOUD_DB = 30.0
LEAST_RANGE_DB = 10.0
#: Increased by any change of the rules that moves a boundary.
VAD_VERSION = 1

Segment = tuple[int, int]


def frame_power(blocks: Iterable[np.ndarray], sample_rate_hz: int) -> np.ndarray:
    """Return the power of each 10 ms of a recording, without DC.

    Parameters
    ----------
    blocks : iterable of ndarray of float64, shape (n,)
        The recording; the result does not depend on how it is cut into blocks.
    sample_rate_hz : int

    Returns
    -------
    ndarray of float64, shape (n_frames,)
        Frame k begins at the sample nearest to k x 10 ms; a rest shorter than a frame is left out. NaN if samples are
        not finite.
    """
    frame = sample_rate_hz / FRAMES_PER_S
    means, variances = [np.zeros(0)], [np.zeros(0)]
    rest, n_before, n_frames = np.zeros(0), 0, 0
    for block in blocks:
        samples = np.concatenate([rest, block])
        last = max(n_frames, math.floor((n_before + samples.size) / frame))
        edges = np.rint(np.arange(n_frames, last + 1) * frame).astype(np.int64) - n_before
        edges = edges[edges <= samples.size]
        rest = samples[edges[-1] :]
        if edges.size > 1:
            counts = np.diff(edges)
            whole = samples[: edges[-1]]
            with np.errstate(all="ignore"):  # of NaN and infinity
                mean = np.add.reduceat(whole, edges[:-1]) / counts
                variances.append(np.add.reduceat((whole - np.repeat(mean, counts)) ** 2, edges[:-1]) / counts)
            means.append(mean)
        n_before += edges[-1]
        n_frames += edges.size - 1
    mean, variance = np.concatenate(means), np.concatenate(variances)
    finite = np.isfinite(variance)
    dc = np.average(mean[finite]) if finite.any() else 0.0
    return np.where(finite, variance + (np.where(finite, mean, 0.0) - dc) ** 2, np.nan)


def voice_activity(power: np.ndarray) -> list[Segment]:
    """Find segments with sound: first frame and the one after the last, in order, without overlap.

    Parameters
    ----------
    power : ndarray of float64, shape (n_frames,)
        From :func:`frame_power`. Frames that are NaN count as sound, so that reading them raises an error.

    Returns
    -------
    list of (int, int)
        Empty if no sound is 0.1 s or longer.
    """
    if not power.size:
        return []
    undefined = np.isnan(power)
    window = frames_in(WINDOW_S)
    level = np.convolve(np.where(undefined, 0.0, power), np.ones(window) / window)[window // 2 :][: power.size]
    sound = (level > _threshold(level)) | undefined
    segments = _without_clicks(_runs(sound), undefined)
    return _cut(_padded(_joined(segments, power.size), power.size), level)


def _threshold(level: np.ndarray) -> np.ndarray:
    """Return the level above which each frame is sound, shape (n_frames,)."""
    block = frames_in(FLOOR_BLOCK_S)
    # A last block shorter than half a block is too short for a quantile and is joined to the one before.
    firsts = np.arange(max(1, round(level.size / block))) * block
    ends = np.append(firsts[1:], level.size)
    floors = np.array([np.quantile(level[a:b], FLOOR_QUANTILE) for a, b in zip(firsts, ends, strict=True)])
    total = np.concatenate([[0.0], level.cumsum()])
    span = min(frames_in(LOUD_S), level.size)
    loud = (total[span:] - total[:-span]).max() / span
    if loud < floors.min() * db_to_power(LEAST_RANGE_DB):
        return np.zeros(level.size)
    reach = range(-FLOOR_REACH, FLOOR_REACH + 1)
    near = np.min([floors[np.clip(np.arange(floors.size) + shift, 0, floors.size - 1)] for shift in reach], axis=0)
    lowest = np.maximum(near * db_to_power(ABOVE_FLOOR_DB), loud / db_to_power(BELOW_LOUD_DB))
    return np.repeat(lowest, ends - firsts)


def _runs(sound: np.ndarray) -> list[Segment]:
    """Join frames of sound with pauses shorter than 0.5 s between them."""
    starts, ends = runs(sound).T
    if not starts.size:
        return []
    pauses = np.flatnonzero(starts[1:] - ends[:-1] >= frames_in(MIN_PAUSE_S))
    starts, ends = starts[np.append(0, pauses + 1)], ends[np.append(pauses, ends.size - 1)]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _without_clicks(segments: list[Segment], undefined: np.ndarray) -> list[Segment]:
    """Drop sounds shorter than 0.1 s, unless they contain samples that are not finite."""
    shortest = frames_in(MIN_SOUND_S)
    return [(start, end) for start, end in segments if end - start >= shortest or undefined[start:end].any()]


def _joined(segments: list[Segment], n_frames: int) -> list[Segment]:
    """Join or lengthen segments shorter than 1 s, as far as the recording is long enough."""
    segments, shortest = list(segments), min(frames_in(MIN_SEGMENT_S), n_frames)
    i = 0
    while i < len(segments):
        start, end = segments[i]
        if end - start >= shortest:
            i += 1
            continue
        before = start - segments[i - 1][1] if i else math.inf
        after = segments[i + 1][0] - end if i + 1 < len(segments) else math.inf
        if min(before, after) < frames_in(JOINED_ACROSS_S):
            i = i - 1 if before <= after else i
            segments[i : i + 2] = [(segments[i][0], segments[i + 1][1])]
        else:
            start = min(max(0, start - (shortest - (end - start)) // 2), n_frames - shortest)
            segments[i] = (start, start + shortest)
            i += 1
    return segments


def _padded(segments: list[Segment], n_frames: int) -> list[Segment]:
    """Lengthen every segment at both ends, at most to the middle of the pause."""
    padding = frames_in(PADDING_S)
    middles = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(segments)), n_frames]
    return [
        (max(start - padding, low), min(end + padding, high))
        for (start, end), low, high in zip(segments, middles, middles[1:], strict=False)
    ]


def _cut(segments: list[Segment], level: np.ndarray) -> list[Segment]:
    """Cut segments longer than 30 s."""
    longest, shortest, earliest = frames_in(MAX_SEGMENT_S), frames_in(MIN_SEGMENT_S), frames_in(EARLIEST_CUT_S)
    pieces = []
    for start, end in segments:
        while end - start > longest:
            first, last = start + earliest, min(start + longest, end - shortest)
            cut = first + int(level[first : last + 1].argmin())
            pieces.append((start, cut))
            start = cut
        pieces.append((start, end))
    return pieces
