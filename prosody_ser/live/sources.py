"""Sources of live sound, which give it block by block: the protocol that all of them follow, and files."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Lock
from typing import Protocol

import numpy as np

from ..audio.files.decode import open_recording
from ..audio.prepare import check_sample_rate
from ..errors import RecordingError

#: Length of the blocks of a file and of a microphone.
BLOCK_S = 0.05


class Source(Protocol):
    """A source that :class:`prosody_ser.live.Listener` can listen to.

    Attributes
    ----------
    title : str
        Name of the source, for people.
    sample_rate_hz : int
    waits : bool
        Whether the source waits until the next block is requested. Otherwise blocks arrive at any time: a thread of
        its own takes them, and sound that is not analysed in time is dropped.
    overruns : int
        Number of times that the source itself has lost sound.
    """

    title: str
    sample_rate_hz: int
    waits: bool
    overruns: int

    def blocks(self) -> Iterator[np.ndarray]:
        """Give mono samples in [-1, 1], float64, in order, until the source ends."""

    def close(self) -> None:
        """Release the source, from any thread: it gives no more blocks."""


class FileSource:
    """A recording as a source of live sound.

    Parameters
    ----------
    path : path_like
        As for :func:`prosody_ser.audio.prepare.read_audio`.
    fast : bool
        Whether to give blocks as fast as they can be analysed, instead of at the recording's own pace.

    Raises
    ------
    RecordingError
        If the recording cannot be read.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("silence.wav", np.zeros(1600), 16000)
    >>> source = ser.FileSource("silence.wav", fast=True)
    >>> source.sample_rate_hz, sum(block.size for block in source.blocks())
    (16000, 1600)
    """

    overruns = 0

    def __init__(self, path: str | os.PathLike, *, fast: bool = False):
        self.title = Path(path).name
        self.waits = fast
        self._closed, self._reading = Event(), Lock()
        self._path = path
        with self._named_errors(), contextlib.ExitStack() as stack:
            self._recording = stack.enter_context(open_recording(path))
            check_sample_rate(self._recording.sample_rate_hz)
            self._open = stack.pop_all()
        self._blocks_read = self._recording.blocks()
        self.sample_rate_hz: int = self._recording.sample_rate_hz

    def blocks(self) -> Iterator[np.ndarray]:
        """Give the mean over the channels, each block at the time when it would be heard.

        Yields
        ------
        ndarray of float64, shape (n_samples,)
            In [-1, 1].

        Raises
        ------
        RecordingError
            If the recording cannot be read to its end; the blocks before are yielded first.
        """
        with self._named_errors():
            yield from self._blocks()

    def _blocks(self) -> Iterator[np.ndarray]:
        size = max(1, round(BLOCK_S * self.sample_rate_hz))
        started, position = time.monotonic(), 0
        while (read := self._next()) is not None:
            for first in range(0, read.size, size):
                block = read[first : first + size]
                position += block.size
                if not self.waits:
                    due = started + position / self.sample_rate_hz
                    if self._closed.wait(max(0.0, due - time.monotonic())):
                        return
                yield block

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except RecordingError as error:
            raise RecordingError(error.status, f"{self._path}: {error}") from error

    def _next(self) -> np.ndarray | None:
        with self._reading:
            return None if self._closed.is_set() else next(self._blocks_read, None)

    def close(self) -> None:
        """Close the file."""
        self._closed.set()
        with self._reading:  # wait for a read in another thread
            self._open.close()
