"""Find files with the same sound, either with identical bytes or with a high correlation."""

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

#: Least correlation of two copies. It is 0.98 for MP3, Vorbis and Opus and 0.999 for lossless copies; different
#: recordings of EMO-DB, RAVDESS or TESS have at most 0.4.
SAME = 0.95
LOSSLESS = 0.999
#: Largest difference in length of recordings of which only the first two minutes are compared.
SAME_LENGTH_S = 0.1
TIMEOUT_S = 60
#: Number of comparisons before results are used to skip pairs that are already known to be copies.
_ROUND = 256


@dataclass(frozen=True)
class Copies:
    """Files with the same sound."""

    indices: tuple[int, ...]  #: indices of the files, ascending; two or more
    identical: bool  #: whether all files have the same bytes
    correlation: float  #: lowest correlation by which a copy was found; 1 if identical


def same_size(paths: Sequence[str]) -> list[bool]:
    """Return for each file whether another one has the same size; only such files can be identical."""
    sizes = [os.path.getsize(path) if os.path.exists(path) else 0 for path in paths]
    counts = Counter(sizes)
    return [counts[size] > 1 for size in sizes]


def find_copies(
    paths: Sequence[str], sounds: Sequence[Sound], jobs: int, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Copies], int]:
    """Return groups of copies, sorted, and the number of similar pairs that were not compared.

    `sounds` has the contents of the files, with digests (see :func:`same_size`) and fingerprints. `progress` is called
    as ``progress(done, total)`` after each comparison.
    """
    groups = DisjointSet(range(len(paths)))
    first_of: dict[str, int] = {}
    for i, sound in enumerate(sounds):
        if sound.digest and sound.size_bytes:
            groups.merge(first_of.setdefault(sound.digest, i), i)
    # Only one of several identical files is compared.
    with_print = [i for i, s in enumerate(sounds) if s.fingerprint is not None and first_of.get(s.digest, i) == i]
    lowest: dict[int, float] = {}
    left_out = 0
    if len(with_print) > 1:
        prints = [mark for i in with_print if (mark := sounds[i].fingerprint) is not None]
        rows, left_out = alike_pairs(np.stack(prints))
        pairs = [(with_print[a], with_print[b]) for a, b in rows.tolist()]
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
    """Join pairs with a high correlation; yield one index and the correlation. Skip pairs that are joined already."""
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
    """Compute the correlation of the sounds of two files; 0 if one cannot be read any more."""
    try:
        first, second = (read_start(path).samples for path in paths)
    except (RecordingError, OSError):
        return 0.0
    return correlation(first, second)
