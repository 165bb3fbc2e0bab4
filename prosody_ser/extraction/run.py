"""One run over the recordings of an extraction: each is measured unless its rows are stored already."""

import hashlib
import math
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from ..errors import CacheError

if TYPE_CHECKING:
    from ..augment import Variant
    from .extract import Extraction
    from .row_cache import RowCache
    from .row_store import Memory

Progress = Callable[[int, int], None]

#: Number of clips in one query of the cache.
_LOOKUP = 32
#: Statuses that depend on the recording alone, so that they can be cached.
_LASTING = frozenset(
    {"ok", "empty", "non_finite", "silent", "too_short", "truncated", "out_of_range", "too_long", "no_channel"}
)
#: Assumed bytes per second of audio, if the header does not give them.
_BYTES_PER_S = 16_000


class Run:
    """One run over the clips of an extraction: cached rows, rows measured now, and failures."""

    def __init__(self, extraction: "Extraction", store: "RowCache | Memory", progress: Progress | None):
        self._extraction, self._store, self._progress = extraction, store, progress
        #: For every clip, the variants (None for the original) and the cache keys of their rows.
        self._keys: list[list[tuple[Variant | None, bytes]]] = []
        #: Rows that are not cached, because another run may succeed, by key.
        self._passing: dict[bytes, list] = {}
        #: Number of clips that wait for the rows of a key: identical files are measured once.
        self._waiting: dict[bytes, int] = {}
        self._measured: set[bytes] = set()
        self._n_done = 0

    def measure(self, jobs: int, timeout_s: float | None, scheduler: str | None) -> None:
        """Measure everything that is not in the cache."""
        from .workers import BATCH, TIMEOUT_S, measure_all, measure_here

        timeout_s = timeout_s or TIMEOUT_S
        n_clips = self._extraction.n_measured
        batch = max(1, min(BATCH, n_clips // (4 * max(jobs, 1))))
        if scheduler is None and jobs == 0:
            outcomes = measure_here(self._tasks(), self._extraction.job)
        elif scheduler is not None:
            from .dask_cluster import measure_on_cluster

            outcomes = measure_on_cluster(self._tasks(), self._extraction.job, scheduler, timeout_s)
        else:
            outcomes = measure_all(self._tasks(), self._extraction.job, min(jobs, n_clips), timeout_s, batch)
        with closing(outcomes):  # otherwise the processes live as long as a reference to an error
            for task, rows in outcomes:
                if task.stamp is not None and all(row.facts["status"] in _LASTING for row in rows):
                    self._store.put([(task.key, rows)])
                else:
                    self._passing[task.key] = rows
                self._measured.add(task.key)
                self._done(self._waiting.pop(task.key))

    def rows(self, i: int) -> Iterator[tuple["Variant | None", list]]:
        """Yield the rows of a clip and of its copies."""
        for variant, key in self._keys[i]:
            rows = self._passing.get(key) or self._store.get(key)
            if rows is None:
                raise CacheError(f"{self._store.path}: the cache was emptied during this run; run the command again")
            yield variant, rows

    def _tasks(self) -> Iterator:
        """Yield what is to be measured, and store the keys of all clips."""
        from ..audio.files.content import content_digest
        from ..augment import draw
        from ..features import Task, file_stamp, recording_key

        extraction = self._extraction
        digests: dict[str, tuple] = {}
        for first in range(0, len(extraction.utterances), _LOOKUP):
            tasks = []
            for u in extraction.utterances[first : first + _LOOKUP]:
                if u.path not in digests:
                    # Only the last file is remembered, because the segments of a file follow each other.
                    digests = {u.path: (file_stamp(u.path), content_digest(u.path), _minutes(u.path))}
                stamp, content, minutes = digests[u.path]
                content, stamp = (content, stamp) if content else (hashlib.sha256(os.fsencode(u.path)).digest(), None)
                minutes = minutes if math.isnan(u.end) else max(1, math.ceil((u.end - u.start) / 60))
                self._keys.append([])
                for variant in (None, *draw(extraction.augmentations, content, extraction.seed, u.start, u.end)):
                    key = recording_key(extraction.job, content, u.start, u.end, variant)
                    self._keys[-1].append((variant, key))
                    tasks.append(Task(u.path, u.start, u.end, stamp, minutes, variant, key))
            known = self._store.known([task.key for task in tasks])
            for task in tasks:
                if task.key in self._waiting:
                    self._waiting[task.key] += 1
                elif task.key in self._measured or task.key in known:
                    extraction.tally.cached += task.key not in self._measured and task.variant is None
                    self._done(1)
                else:
                    self._waiting[task.key] = 1
                    yield task

    def _done(self, n: int) -> None:
        for _ in range(n):
            self._n_done += 1
            if self._progress is not None:
                self._progress(self._n_done, self._extraction.n_measured)


def _minutes(path: str) -> int:
    """Estimate the started minutes of a recording from its size and, for a WAV, the rate in its header."""
    try:
        size = os.stat(path).st_size
        with open(path, "rb") if stat.S_ISREG(os.stat(path).st_mode) else open(os.devnull, "rb") as file:
            head = file.read(36)
    except OSError:
        return 1
    is_wav = head[:4] == b"RIFF" and head[8:16] == b"WAVEfmt "
    rate = int.from_bytes(head[28:32], "little") if is_wav else _BYTES_PER_S
    return max(1, math.ceil(size / max(rate, _BYTES_PER_S // 8) / 60))
