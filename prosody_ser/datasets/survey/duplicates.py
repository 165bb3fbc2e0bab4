"""Which files hold the same sound, byte by byte or to the ear."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import DisjointSet

from ...errors import RecordingError
from ...parallel.worker_pool import Lost, in_processes
from .fingerprint import alike_pairs, correlation
from .reading import KEPT_S, read_start
from .sound import Sound

#: Least correlation of two copies. MP3, Vorbis and Opus keep 0.98, copies without loss 0.999; no two recordings of
#: EMO-DB, RAVDESS or TESS have more than 0.4.
SAME = 0.95
LOSSLESS = 0.999
#: Longer recordings are compared over their first two minutes, so they must be of one length.
SAME_LENGTH_S = 0.1
TIMEOUT_S = 60
#: Comparisons handed out before their results are looked at: of a sound's many copies not every pair is compared.
_ROUND = 256


@dataclass(frozen=True)
class Copies:
    """Files that hold the same sound."""

    indices: tuple[int, ...]  #: of the files, ascending; two or more
    identical: bool  #: whether all are the same byte by byte
    correlation: float  #: the lowest by which one was found to be a copy of another: 1 if identical


def same_size(paths: Sequence[str]) -> list[bool]:
    """Whether another file has the same number of bytes; only such files can be identical."""
    sizes = [os.path.getsize(path) if os.path.exists(path) else 0 for path in paths]
    counts = Counter(sizes)
    return [counts[size] > 1 for size in sizes]


def find_copies(
    paths: Sequence[str], sounds: Sequence[Sound], jobs: int, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Copies], int]:
    """Which of different files are copies of one another, sorted; and how many pairs were too many to compare.

    `sounds` is what they hold, with digests (see :func:`same_size`) and fingerprints; `progress` is called as
    ``progress(done, total)`` after each comparison.
    """
    groups = DisjointSet(range(len(paths)))
    first_of: dict[str, int] = {}
    for i, sound in enumerate(sounds):
        if sound.digest and sound.size_bytes:
            groups.merge(first_of.setdefault(sound.digest, i), i)
    # One of several identical files stands for all.
    heard = [i for i, s in enumerate(sounds) if s.fingerprint is not None and first_of.get(s.digest, i) == i]
    lowest: dict[int, float] = {}
    left_out = 0
    if len(heard) > 1:
        prints = [mark for i in heard if (mark := sounds[i].fingerprint) is not None]
        rows, left_out = alike_pairs(np.stack(prints))
        pairs = [(heard[a], heard[b]) for a, b in rows.tolist()]
        comparable = [p for p in pairs if _comparable(sounds[p[0]], sounds[p[1]])]
        for i, likeness in list(_compare(comparable, paths, groups, jobs, progress)):
            lowest[groups[i]] = min(lowest.get(groups[i], 1.0), likeness)
    copies = []
    for members in sorted(sorted(same) for same in groups.subsets() if len(same) > 1):
        digests = {sounds[i].digest for i in members}
        identical = len(digests) == 1 and digests != {""}
        copies.append(Copies(tuple(members), identical, 1.0 if identical else lowest[groups[members[0]]]))
    return copies, left_out


def _comparable(first: Sound, second: Sound) -> bool:
    if max(first.duration_s, second.duration_s) <= KEPT_S:
        return True
    return abs(first.duration_s - second.duration_s) <= SAME_LENGTH_S


def _compare(
    pairs: list[tuple[int, int]],
    paths: Sequence[str],
    groups: DisjointSet,
    jobs: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[int, float]]:
    """Join what correlates, and give one of the two and by how much; pairs that are joined by then are passed over."""
    for first in range(0, len(pairs), _ROUND):
        open_pairs = [pair for pair in pairs[first : first + _ROUND] if not groups.connected(*pair)]
        named = {(paths[a], paths[b]): (a, b) for a, b in open_pairs}
        with closing(in_processes(correlation_of, named, jobs, lambda _: TIMEOUT_S)) as compared:
            for done, (pair, result) in enumerate(compared, start=1):
                if not isinstance(result, Lost) and result >= SAME:
                    groups.merge(*named[pair])
                    yield named[pair][0], result
                if progress is not None:
                    progress(first + done, len(pairs))
    if progress is not None and pairs:
        progress(len(pairs), len(pairs))


def correlation_of(paths: tuple[str, str]) -> float:
    """The correlation of two files' sounds; 0 if one cannot be read any more."""
    try:
        first, second = (read_start(path).samples for path in paths)
    except (RecordingError, OSError):
        return 0.0
    return correlation(first, second)
