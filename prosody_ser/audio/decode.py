"""A file to mono samples at its own rate, block by block.

Whatever libsndfile reads is told by content, not by extension; else ffmpeg reads it where it is installed. Channels
are averaged if not told otherwise; integer PCM is scaled to [-1, 1] as float64, and so are whole numbers in a float
format. Nothing is allocated because a header says so: what is long, or says that it is, is read in blocks. Anything
but a regular file is refused before it is opened, so that nothing waits for the other end of a pipe. A file that
holds less than its header says is truncated; of one that holds more, all is read.
"""

import contextlib
import io
import os
import shutil
import stat
import struct
import subprocess
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from threading import Timer
from typing import IO, Any, cast

import numpy as np
import soundfile

from ..errors import RecordingError
from .declared_size import DataSize, data_size, mpeg_says_length
from .full_scale import WholeNumbers
from .suffixes import HEADERLESS

#: Up to so many values (about 40 s of stereo at 48 kHz) a recording is read at once, else in blocks of a quarter.
ONE_READ_VALUES = 1 << 22
BLOCK_VALUES = 1 << 20
#: What may be missing of what a header says: codecs pad, and some headers round.
MISSING_SHARE, MISSING_S = 0.01, 0.010
#: What an MP3 may lack of what its bytes make expect: its coder's delay, and a last frame that is not whole.
MPEG_DELAY_S = 0.1
#: How far a wanted stretch may reach beyond the end of its file: labels are often written to a tenth of a second.
BEYOND_S = 0.1
#: For one block, not for a file: whoever asks for blocks may take their time.
FFMPEG_TIMEOUT_S = 120
#: What ffmpeg may read, by its own names: what holds its sound in itself.
_FFMPEG_FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,matroska,mov,mp3,mpc,mpc8,"
    "mpeg,mpegts,ogg,oma,qcp,rm,shn,tak,tta,w64,wav,wv"
)
#: libsndfile's number of samples where the header says none.
_UNKNOWN = 1 << 62
#: Of what libsndfile reads, what it reads on beyond the end of the file (MIDI sample dumps), with notes on stdout.
_REFUSED = {"SDS"}
_CONVERT = (
    "their sample rate and format are unknown; convert the file with 'ffmpeg -f s16le -ar 16000 -ac 1 -i IN out.wav' "
    "or 'sox -t raw -e signed -b 16 -r 16000 -c 1 IN out.wav', giving the format and sample rate that it really has"
)
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
    container, subtype : str
        As libsndfile names them (``WAV``, ``PCM_16``); empty where it cannot read the file.
    notes : tuple of str
        What a user should know of how it was read, a sentence each.
    """

    sample_rate_hz: int
    n_channels: int
    n_samples: int | None
    container = subtype = ""
    notes: tuple[str, ...] = ()
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
            start_s, length_s = (f"{n / self.sample_rate_hz:.2f}" for n in (start, n_samples))
            span = f"from {start_s} s on" if stop is None else f"{start_s}-{stop / self.sample_rate_hz:.2f} s"
            raise RecordingError("out_of_range", f"the segment {span} is outside the recording of {length_s} s")

    def _refuse_truncated(self, start: int, end: int) -> None:
        missing = end - max(self._position, start)
        if missing > MISSING_SHARE * (end - start) and missing > MISSING_S * self.sample_rate_hz:
            read_s, declared_s = (n / self.sample_rate_hz for n in (self._position, self.n_samples or end))
            raise RecordingError(
                "truncated",
                f"only the first {read_s:.2f} s of the {declared_s:.2f} s that its header declares can be read",
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
            raise RecordingError("unreadable", f"this is {kind}, not a recording")
        if not about.st_size:
            raise RecordingError("empty", "the file is empty (0 bytes)")
        with open(path, "rb") as file:  # says "permission denied" where libsndfile says "system error"
            size = data_size(file, about.st_size)
        return _Sound(path, about.st_size, size)
    except OSError as error:
        raise RecordingError("unreadable", f"the file cannot be opened ({error.strerror or error})") from error
    except ValueError as error:  # a name that no file can have
        raise RecordingError("unreadable", f"the file cannot be opened ({error})") from error
    except soundfile.LibsndfileError as error:
        suffix = Path(path).suffix.lower()
        if suffix in HEADERLESS:
            raise RecordingError("unreadable", f"{suffix} files have no header, so {_CONVERT}") from error
        reason = str(error.error_string).strip().rstrip(".") or f"libsndfile's error {error.code}"
        return _Converted(path, reason)


class _Sound(Recording):
    """What libsndfile reads."""

    def __init__(self, path: str | os.PathLike, file_size: int, size: DataSize | None) -> None:
        # As bytes where names are bytes: they need not be UTF-8.
        self._name = os.fsencode(path) if os.name == "posix" else os.fspath(path)
        self._view: _View | None = None
        if size and size.mend:
            self._view = _View(self._name, ((0, size.stretches[0][0]), *size.stretches), size.at, size.mend)
        elif Path(path).suffix.lower() == ".raw":  # by that name soundfile would ask for the format
            self._view = _View(self._name, ((0, file_size),))
        try:
            self._file = self._opened()
        except soundfile.LibsndfileError:
            self._close_view()
            raise
        self.container, self.subtype = self._file.format, self._file.subtype
        if self.container in _REFUSED:
            self.close()
            raise RecordingError("unreadable", f"not a recording that can be read ({self._file.format_info})")
        self.sample_rate_hz, self.n_channels = self._file.samplerate, self._file.channels
        numbers = self._numbers() if self.subtype in ("FLOAT", "DOUBLE") else WholeNumbers()
        self._full_scale = numbers.full_scale
        self.n_samples = self._expected_samples(size)
        self.notes = (*self._told(size), *numbers.notes)

    def _expected_samples(self, size: DataSize | None) -> int | None:
        n = self._file.frames
        expected = n
        if size and size.present < size.expected:
            if n == 0:
                self.close()
                missing = size.expected - size.present
                raise RecordingError(
                    "truncated", f"the file contains no samples, but its header declares {missing} more bytes of them"
                )
            expected = n * size.expected // size.present
        if self.subtype.startswith("MPEG") and expected - n < MPEG_DELAY_S * self.sample_rate_hz:
            with open(self._name, "rb") as file:
                if not mpeg_says_length(file, size.stretches[0][0] if size else 0):
                    return None
        return None if n >= _UNKNOWN else expected

    def _told(self, size: DataSize | None) -> Iterator[str]:
        """The notes."""
        if size and size.declared is not None:
            present_s = self._file.frames / self.sample_rate_hz
            declared_s = present_s * size.declared / max(size.present, 1)
            yield f"the header declares {declared_s:.2f} s, but the file contains {present_s:.2f} s; all of it was read"
        if size and len(size.stretches) > 1:
            yield f"the samples are stored in {len(size.stretches)} chunks; all of them were read, in this order"
        if size and size.other:
            yield "the file also contains a second recording in another format, which was not read"
        if self.container == "RAW":
            encoding = f"{self._file.subtype_info} at {self.sample_rate_hz} Hz"
            yield f"the file has no header; because of its name it was read as {encoding}"

    def _numbers(self) -> WholeNumbers:
        """What the samples of a float format tell of their full scale: mostly the first few tell that it is 1."""
        numbers, size = WholeNumbers(), 4096
        while (block := self._file.read(size // self.n_channels + 1, always_2d=True)).size and numbers.hear(block):
            size = BLOCK_VALUES
        self._file.seek(0) if self._file.seekable() else self._reopen()
        return numbers

    def _opened(self) -> "_Forwards":
        if self._view is None:
            return _Forwards(self._name)
        self._view.seek(0)
        return _Forwards(self._view)

    def _read(self, n: int) -> np.ndarray:
        try:
            block = self._file.read(n, always_2d=True)
        except soundfile.LibsndfileError:
            block = self._read_to_the_break(n)
        return block if self._full_scale == 1 else block / self._full_scale

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
            raise RecordingError("unreadable", "the file changed while it was being read") from error

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
        self._close_view()

    def _close_view(self) -> None:
        if self._view is not None:
            self._view.close()


class _Forwards(soundfile.SoundFile):
    """Reads an MP3 from its start on only.

    soundfile seeks after every read, and after a seek an MP3's decoder has forgotten what the next frames build on: its
    samples would depend on how they were cut into reads.
    """

    def seekable(self) -> bool:
        """Whether samples are the same after a seek."""
        return super().seekable() and self.format != "MP3"


class _View(io.RawIOBase):
    """Stretches of a file as if they were all of it, with other bytes at one place: a header as it should have been."""

    name = ""  # by which soundfile would choose a format

    def __init__(self, name: str | bytes, stretches: Sequence[tuple[int, int]], at: int = 0, mend: bytes = b"") -> None:
        self._file = open(name, "rb")  # noqa: SIM115 - closed with this
        self._ends = list(accumulate(end - start for start, end in stretches))
        self._stretches, self._at, self._mend, self._position = stretches, at, mend, 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As of any file."""
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._ends[-1]}[whence]
        return self._position

    def tell(self) -> int:
        """As of any file."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """As of any file, up to the end of a stretch."""
        position = self._position
        which = bisect_right(self._ends, position)
        if which == len(self._ends):
            return 0
        left = self._ends[which] - position
        self._file.seek(self._stretches[which][1] - left)
        read = self._file.read(min(left, len(buffer)))
        buffer[: len(read)] = read
        first, last = max(position, self._at), min(position + len(read), self._at + len(self._mend))
        if first < last:
            buffer[first - position : last - position] = self._mend[first - self._at : last - self._at]
        self._position += len(read)
        return len(read)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()


class _Converted(Recording):
    """What libsndfile refuses (m4a, webm, wma), as 32-bit floats through a pipe from ffmpeg."""

    n_samples = None

    def __init__(self, path: str | os.PathLike, reason: str) -> None:
        ffmpeg = shutil.which("ffmpeg")
        if ffmpeg is None:
            raise RecordingError(
                "unreadable", f"not a recording that can be read ({reason}); install ffmpeg to read other formats"
            )
        self._reason = reason
        # A playlist posing as a recording must reach neither the network nor other files.
        command = [ffmpeg, "-nostdin", "-v", "quiet", "-protocol_whitelist", "file,pipe"]
        command += ["-format_whitelist", _FFMPEG_FORMATS, "-i", f"file:{path}"]
        # AU has the simplest of all headers.
        command += ["-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._out = cast(IO[bytes], self._process.stdout)
        try:
            head = self._bytes(24)
            if head[:4] != b".snd" or len(head) < 24:
                raise RecordingError(
                    "unreadable", f"not a recording that can be read ({reason}; ffmpeg found no audio in it)"
                )
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
                why = f"did not finish within {FFMPEG_TIMEOUT_S} s" if slow else "found no audio in it"
                raise RecordingError("unreadable", f"not a recording that can be read ({self._reason}; ffmpeg {why})")
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
