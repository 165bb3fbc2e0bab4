"""A file to mono samples at its own rate, block by block.

Whatever libsndfile reads is told by content, not by extension; else ffmpeg reads it where it is installed. Channels
are averaged if not told otherwise; integer PCM is scaled to [-1, 1] as float64. Nothing is allocated because a header
says so: what is long, or says that it is, is read in blocks. Anything but a regular file is refused before it is
opened, so that nothing waits for the other end of a pipe. A file that holds less than its header says is truncated.
"""

import contextlib
import io
import os
import shutil
import stat
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import IO, Any, cast

import numpy as np
import soundfile

from ..errors import RecordingError
from .declared_size import DataSize, data_size

#: Up to so many values (about 40 s of stereo at 48 kHz) a recording is read at once, else in blocks of a quarter.
ONE_READ_VALUES = 1 << 22
BLOCK_VALUES = 1 << 20
#: What may be missing of what a header says: codecs pad, and some headers round.
MISSING_SHARE, MISSING_S = 0.01, 0.010
#: How far a wanted stretch may reach beyond the end of its file: labels are often written to a tenth of a second.
BEYOND_S = 0.1
#: For one block, not for a file: whoever asks for blocks may take their time.
FFMPEG_TIMEOUT_S = 120
#: libsndfile's number of samples where the header says none.
_UNKNOWN = 1 << 62
#: Of what libsndfile reads, what it reads on beyond the end of the file (MIDI sample dumps), with notes on stdout.
_REFUSED = {"SDS"}
_OTHER_KINDS = {
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a named pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}


def mean_of_channels(block: np.ndarray) -> np.ndarray:
    """The mean over the channels, shape (n,), of samples of shape (n, channels)."""
    if block.shape[1] == 2:  # the same to the last bit, ten times as fast
        return (block[:, 0] + block[:, 1]) / 2
    return block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)


class Recording:
    """An open recording. Blocks are read forwards; see :func:`open_recording`.

    Attributes
    ----------
    sample_rate_hz : int
        As the header says, however absurd.
    n_channels : int
    n_samples : int or None
        How many there are by the header, in each channel; None if it does not say.
    """

    sample_rate_hz: int
    n_channels: int
    n_samples: int | None
    _position = 0

    def sample_at(self, time_s: float) -> int:
        """The first sample from a time on."""
        return round(time_s * self.sample_rate_hz)

    def blocks(
        self, start: int = 0, stop: int | None = None, mix: Callable[[np.ndarray], np.ndarray] = mean_of_channels
    ) -> Iterator[np.ndarray]:
        """Samples from `start` up to `stop` or the end.

        Parameters
        ----------
        start, stop : int
            In samples of the recording. `start` may not lie before what was already read.
        mix : callable
            Given samples of shape (n, channels).

        Yields
        ------
        ndarray of float64, shape (n,)
            What `mix` gives: the mean over the channels if not told otherwise.

        Raises
        ------
        RecordingError
            With status ``out_of_range`` if the stretch lies beyond the end, ``truncated`` if the file ends before its
            header says so, or ``unreadable``. Those of the end come after the last block.
        """
        self._refuse_beyond(start, stop, self.n_samples)
        ends = [n for n in (stop, self.n_samples) if n is not None]
        end = min(ends) if ends else None
        self._go_to(start)
        size = BLOCK_VALUES // self.n_channels
        if end is not None and (end - start) * self.n_channels <= ONE_READ_VALUES:
            size = end - start
        while end is None or self._position < end:
            block = self._read(size if end is None else min(size, end - self._position))
            if not len(block):
                break
            self._position += len(block)
            block = mix(block)
            yield block
        if self.n_samples is None:
            self._refuse_beyond(start, stop, self._position)
        elif end is not None:
            self._refuse_truncated(start, end)

    def _refuse_beyond(self, start: int, stop: int | None, n_samples: int | None) -> None:
        """Refuse a stretch that the recording does not hold."""
        if not n_samples or (start == 0 and stop is None):
            return
        if start >= n_samples or (stop or 0) - n_samples > BEYOND_S * self.sample_rate_hz:
            seconds = [f"{n / self.sample_rate_hz:.2f}" for n in (start, n_samples)]
            until = "the end" if stop is None else f"{stop / self.sample_rate_hz:.2f}"
            raise RecordingError("out_of_range", f"{seconds[0]} to {until} s is wanted of {seconds[1]} s")

    def _refuse_truncated(self, start: int, end: int) -> None:
        missing = end - max(self._position, start)
        if missing > MISSING_SHARE * (end - start) and missing > MISSING_S * self.sample_rate_hz:
            there, said = (n / self.sample_rate_hz for n in (self._position, self.n_samples or end))
            raise RecordingError(
                "truncated", f"only the first {there:.2f} of the {said:.2f} s that the header says can be read"
            )

    def _go_to(self, start: int) -> None:
        """Read on to `start` and drop what comes before."""
        while self._position < start:
            block = self._read(min(BLOCK_VALUES // self.n_channels, start - self._position))
            if not len(block):
                break
            self._position += len(block)

    def _read(self, n: int) -> np.ndarray:
        """The next `n` samples, fewer at the end, shape (n, channels)."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the file."""
        raise NotImplementedError


@contextlib.contextmanager
def open_recording(path: str | os.PathLike) -> Iterator[Recording]:
    """Open a recording for reading.

    Parameters
    ----------
    path : path_like
        Any regular file that libsndfile can read; others need ffmpeg on the PATH.

    Yields
    ------
    Recording

    Raises
    ------
    RecordingError
        With status ``unreadable``, ``empty`` or ``truncated``.
    """
    recording = _open(Path(path))
    try:
        yield recording
    finally:
        recording.close()


def _open(path: str | os.PathLike) -> Recording:
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode):
            kind = next((name for is_kind, name in _OTHER_KINDS.items() if is_kind(about.st_mode)), "something else")
            raise RecordingError("unreadable", f"is {kind}, not a recording")
        if not about.st_size:
            raise RecordingError("empty", "the file is empty (0 bytes)")
        with open(path, "rb") as file:  # says "permission denied" where libsndfile says "system error"
            size = data_size(file, about.st_size)
        return _Sound(path, size)
    except OSError as error:
        raise RecordingError("unreadable", f"cannot be opened ({error.strerror or error})") from error
    except ValueError as error:  # a name that no file can have
        raise RecordingError("unreadable", f"cannot be opened ({error})") from error
    except soundfile.LibsndfileError as error:
        reason = str(error.error_string).strip().rstrip(".") or f"libsndfile's error {error.code}"
        return _Converted(path, reason)


class _Sound(Recording):
    """What libsndfile reads."""

    def __init__(self, path: str | os.PathLike, size: DataSize | None) -> None:
        # As bytes where names are bytes: they need not be UTF-8.
        self._name = os.fsencode(path) if os.name == "posix" else os.fspath(path)
        self._mended = _Mended(self._name, size.at) if size and size.is_placeholder and not size.said else None
        try:
            self._file = self._opened()
        except soundfile.LibsndfileError:
            self._close_mended()
            raise
        if self._file.format in _REFUSED:
            self._file.close()
            raise RecordingError("unreadable", f"not a recording that can be read ({self._file.format_info})")
        self.sample_rate_hz, self.n_channels = self._file.samplerate, self._file.channels
        n = self._file.frames
        self.n_samples = None if n >= _UNKNOWN else n
        if size and not size.is_placeholder and size.present < size.said:
            if n == 0:
                self._file.close()
                raise RecordingError(
                    "truncated",
                    f"the file ends where its samples begin: {size.said - size.present} bytes of them are missing",
                )
            self.n_samples = n * size.said // max(size.present, 1)

    def _opened(self) -> "_Forwards":
        if self._mended is None:
            return _Forwards(self._name)
        self._mended.seek(0)
        return _Forwards(self._mended)

    def _read(self, n: int) -> np.ndarray:
        try:
            return self._file.read(n, always_2d=True)
        except soundfile.LibsndfileError:
            return self._read_to_the_break(n)

    def _read_to_the_break(self, n: int) -> np.ndarray:
        """What can be decoded of a block: after reading, soundfile seeks, which fails where a FLAC file ends early."""
        wanted = self._position
        self._reopen()
        super()._go_to(wanted)  # seeking in such a file may fail, reading up to here did not
        block = np.full((n, self.n_channels), np.nan)
        if self._position < wanted:
            return block[:0]
        with contextlib.suppress(soundfile.LibsndfileError):
            return self._file.read(out=block)
        decoded = np.flatnonzero(~np.isnan(block[:, 0]))
        return block[: decoded[-1] + 1 if decoded.size else 0]

    def _reopen(self) -> None:
        self._file.close()
        try:
            self._file, self._position = self._opened(), 0
        except soundfile.LibsndfileError as error:  # gone, or another, since
            raise RecordingError("unreadable", "changed while it was read") from error

    def _go_to(self, start: int) -> None:
        if start == self._position:
            return
        if self._file.seekable():
            try:
                self._position = self._file.seek(start)
            except soundfile.LibsndfileError:  # the file ends before, or is broken on the way: see how far it goes
                self._reopen()
        super()._go_to(start)

    def close(self) -> None:
        self._file.close()
        self._close_mended()

    def _close_mended(self) -> None:
        if self._mended is not None:
            self._mended.close()


class _Forwards(soundfile.SoundFile):
    """Reads an MP3 from its start on only.

    soundfile seeks after every read, and after a seek an MP3's decoder has forgotten what the next frames build on: its
    samples would depend on how they were cut into reads.
    """

    def seekable(self) -> bool:
        """Whether samples are the same after a seek."""
        return super().seekable() and self.format != "MP3"


class _Mended(io.FileIO):
    """A WAV whose header says 0 bytes of samples, as if it said what pipes say: as many as there are."""

    def __init__(self, name: str | bytes, at: int) -> None:
        super().__init__(name)
        self._at = at

    def readinto(self, buffer: Any) -> int:
        position = self.tell()
        n = super().readinto(buffer) or 0
        first, last = max(position, self._at), min(position + n, self._at + 4)
        if first < last:
            buffer[first - position : last - position] = b"\xff" * (last - first)
        return n


class _Converted(Recording):
    """What libsndfile refuses (m4a, webm, wma), as 32-bit floats through a pipe from ffmpeg."""

    n_samples = None

    def __init__(self, path: str | os.PathLike, reason: str) -> None:
        ffmpeg = shutil.which("ffmpeg")
        if ffmpeg is None:
            raise RecordingError(
                "unreadable", f"not a recording that can be read ({reason}); other formats need ffmpeg"
            )
        self._reason = reason
        # The "file" protocol only: a playlist posing as a recording must not reach the network.
        command = [ffmpeg, "-nostdin", "-v", "quiet", "-protocol_whitelist", "file,pipe", "-i", f"file:{path}"]
        # AU has the simplest of all headers.
        command += ["-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._out = cast(IO[bytes], self._process.stdout)
        try:
            head = self._bytes(24)
            if head[:4] != b".snd" or len(head) < 24:
                raise RecordingError("unreadable", f"not a recording that can be read ({reason}; ffmpeg: no audio)")
            first, _, _, self.sample_rate_hz, self.n_channels = struct.unpack(">5I", head[4:])
            self._bytes(max(0, first - 24))
        except BaseException:
            self.close()
            raise

    def _bytes(self, n: int) -> bytes:
        """The next `n` bytes, fewer at the end; an error if they do not come in time or ffmpeg fails."""
        timer = Timer(FFMPEG_TIMEOUT_S, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            read = self._out.read(n)
            if len(read) < n and self._process.wait():
                slow = not timer.is_alive()
                why = f"not within {FFMPEG_TIMEOUT_S} s" if slow else "no audio"
                raise RecordingError("unreadable", f"not a recording that can be read ({self._reason}; ffmpeg: {why})")
        finally:
            timer.cancel()
        return read

    def _read(self, n: int) -> np.ndarray:
        width = 4 * self.n_channels
        read = self._bytes(n * width)
        values = np.frombuffer(read, dtype=">f4", count=len(read) // width * self.n_channels)
        return values.reshape(-1, self.n_channels).astype(np.float64)

    def close(self) -> None:
        self._process.kill()
        self._out.close()
        self._process.wait()
