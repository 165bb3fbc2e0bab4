"""Decode a file to mono samples at its own sampling rate, block by block.

libsndfile recognises formats by their content, not by the file name's suffix; other formats are read by ffmpeg if it
is installed. Channels are averaged unless another mix is given. Integer PCM is scaled to float64 in [-1, 1], and so
are whole numbers in a float format. A size declared in a header is never allocated: long recordings are read in
blocks. Only regular files are opened, because opening a pipe would wait for its other end. A file that contains less
than its header declares is an error (``truncated``); if it contains more, all of it is read.
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

from ...errors import RecordingError
from .declared_size import DataSize, data_size, mpeg_says_length
from .full_scale import WholeNumbers
from .no_recording import TEXT, what_else
from .suffixes import HEADERLESS

#: A recording of up to so many values (about 40 s of stereo at 48 kHz) is read at once, a longer one in blocks.
ONE_READ_VALUES = 1 << 22
BLOCK_VALUES = 1 << 20
#: How much may be missing of the declared length: codecs pad, and some headers are rounded.
MISSING_SHARE, MISSING_S = 0.01, 0.010
#: How much shorter an MP3 may be than its size suggests: the encoder's delay, and an incomplete last frame.
MPEG_DELAY_S = 0.1
#: How far a segment may reach beyond the end of its file, because labels are often rounded to a tenth of a second.
BEYOND_S = 0.1
#: Time limit for one block, not for a whole file.
FFMPEG_TIMEOUT_S = 120
#: Formats that ffmpeg may read, by its names: only those that contain their sound in one file.
_FFMPEG_FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,matroska,mov,mp3,mpc,mpc8,"
    "mpeg,mpegts,ogg,oma,qcp,rm,shn,tak,tta,w64,wav,wv"
)
#: The number of samples that libsndfile returns if the header declares none.
_UNKNOWN = 1 << 62
#: Formats that libsndfile reads beyond the end of the file, with messages on stdout (MIDI sample dumps).
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
    """Average samples of shape (n, channels) over the channels, to shape (n,)."""
    if block.shape[1] == 2:  # ten times as fast, with bit-identical results
        return (block[:, 0] + block[:, 1]) / 2
    return block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)


class Recording:
    """An open recording, whose blocks are read in order; see :func:`open_recording`.

    Attributes
    ----------
    sample_rate_hz : int
        As declared in the header, unchecked.
    n_channels : int
    n_samples : int or None
        Number of samples in each channel, as declared in the header; None if it does not declare it.
    container, subtype : str
        Names used by libsndfile (``WAV``, ``PCM_16``); empty if it cannot read the file.
    notes : tuple of str
        What a user should know about how the file was read, one sentence each.
    """

    sample_rate_hz: int
    n_channels: int
    n_samples: int | None
    container = subtype = ""
    notes: tuple[str, ...] = ()
    _position = 0

    def sample_at(self, time_s: float) -> int:
        """Return the index of the sample at a time."""
        return round(time_s * self.sample_rate_hz)

    def blocks(
        self, start: int = 0, stop: int | None = None, mix: Callable[[np.ndarray], np.ndarray] = mean_of_channels
    ) -> Iterator[np.ndarray]:
        """Yield the samples from `start` up to `stop` or the end, in blocks.

        Parameters
        ----------
        start, stop : int
            In samples of the recording. `start` must not lie before the samples that were already read.
        mix : callable
            Called with samples of shape (n, channels).

        Yields
        ------
        ndarray of float64, shape (n,)
            What `mix` returns; by default the mean over the channels.

        Raises
        ------
        RecordingError
            With status ``out_of_range`` if the segment lies beyond the end, ``truncated`` if the file is shorter than
            its header declares, or ``unreadable``. A file that is too short raises after its last block.
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
        """Raise if a segment lies outside the recording."""
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
                f"only the first {read_s:.2f} s of the {declared_s:.2f} s that the header declares can be read",
            )

    def _go_to(self, start: int) -> None:
        """Skip the samples before `start`."""
        while self._position < start:
            block = self._read(min(BLOCK_VALUES // self.n_channels, start - self._position))
            if not len(block):
                break
            self._position += len(block)

    def _read(self, n: int) -> np.ndarray:
        """Read the next `n` samples, fewer at the end, shape (n, channels)."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
        raise NotImplementedError


@contextlib.contextmanager
def open_recording(path: str | os.PathLike) -> Iterator[Recording]:
    """Open a recording for reading; a context manager.

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
        with open(path, "rb") as file:  # its error is clearer than libsndfile's "system error"
            size = data_size(file, about.st_size)
        return _Sound(path, about.st_size, size)
    except OSError as error:
        raise RecordingError("unreadable", f"the file cannot be opened ({error.strerror or error})") from error
    except ValueError as error:  # an impossible file name
        raise RecordingError("unreadable", f"the file cannot be opened ({error})") from error
    except soundfile.LibsndfileError as error:
        suffix = Path(path).suffix.lower()
        if suffix in HEADERLESS:
            raise RecordingError("unreadable", f"{suffix} files have no header, so {_CONVERT}") from error
        reason = str(error.error_string).strip().rstrip(".") or f"libsndfile's error {error.code}"
        what = what_else(path)
        if what and (what != TEXT or shutil.which("ffmpeg") is None):  # ffmpeg might read text that is none
            raise RecordingError("unreadable", f"not a recording that can be read: {what}") from error
        return _Converted(path, reason)


class _Sound(Recording):
    """A recording that libsndfile reads."""

    def __init__(self, path: str | os.PathLike, file_size: int, size: DataSize | None) -> None:
        # File names on POSIX are bytes, which need not be UTF-8.
        self._name = os.fsencode(path) if os.name == "posix" else os.fspath(path)
        self._view: _View | None = None
        if size and size.mend:
            self._view = _View(self._name, ((0, size.parts[0][0]), *size.parts), size.at, size.mend)
        elif Path(path).suffix.lower() == ".raw":  # for this suffix soundfile would require the format
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
        self.notes = (*self._notes_on_reading(size), *numbers.notes)

    def _expected_samples(self, size: DataSize | None) -> int | None:
        n = self._file.frames
        expected = n
        if size and size.present < size.expected:
            if n == 0:
                self.close()
                missing = size.expected - size.present
                raise RecordingError(
                    "truncated", f"the file contains no complete sample; {missing} of its declared bytes are missing"
                )
            expected = n * size.expected // size.present
        if self.subtype.startswith("MPEG") and expected - n < MPEG_DELAY_S * self.sample_rate_hz:
            with open(self._name, "rb") as file:
                if not mpeg_says_length(file, size.parts[0][0] if size else 0):
                    return None
        return None if n >= _UNKNOWN else expected

    def _notes_on_reading(self, size: DataSize | None) -> Iterator[str]:
        """Yield the notes on how the file is read."""
        if size and size.declared is not None:
            present_s = self._file.frames / self.sample_rate_hz
            declared_s = present_s * size.declared / max(size.present, 1)
            yield f"the header declares {declared_s:.2f} s, but the file contains {present_s:.2f} s; all of it was read"
        if size and len(size.parts) > 1:
            yield f"the samples are stored in {len(size.parts)} chunks; all of them were read, in this order"
        if size and size.other:
            yield "the file also contains a second recording in another format, which was not read"
        if self.container == "RAW":
            encoding = f"{self._file.subtype_info} at {self.sample_rate_hz} Hz"
            yield f"the file has no header; because of its name it was read as {encoding}"

    def _numbers(self) -> WholeNumbers:
        """Find the full scale of samples in a float format; usually the first few samples show that it is 1."""
        numbers, size = WholeNumbers(), 4096
        while (block := self._file.read(size // self.n_channels + 1, always_2d=True)).size and numbers.add(block):
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
        """Read what can be decoded of a block; soundfile seeks after reading, which fails in a truncated FLAC file."""
        wanted = self._position
        self._reopen()
        super()._go_to(wanted)  # seeking may fail in such a file, but reading up to here worked
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
        except soundfile.LibsndfileError as error:  # the file was removed or replaced
            raise RecordingError("unreadable", "the file changed while it was being read") from error

    def _go_to(self, start: int) -> None:
        if start == self._position:
            return
        if self._file.seekable():
            try:
                self._position = self._file.seek(start)
            except soundfile.LibsndfileError:  # the file ends earlier or is damaged: read as far as possible
                self._reopen()
        super()._go_to(start)

    def close(self) -> None:
        self._file.close()
        self._close_view()

    def _close_view(self) -> None:
        if self._view is not None:
            self._view.close()


class _Forwards(soundfile.SoundFile):
    """A sound file that reads an MP3 only forwards.

    soundfile seeks after every read. After a seek, an MP3 decoder lacks the previous frames that the next ones depend
    on, so the samples would depend on the sizes of the reads.
    """

    def seekable(self) -> bool:
        """Return whether the samples are the same after a seek."""
        return super().seekable() and self.format != "MP3"


class _View(io.RawIOBase):
    """Parts of a file, presented as a whole file, with the bytes of its header corrected at one place."""

    name = ""  # empty, because soundfile would choose a format by it

    def __init__(self, name: str | bytes, parts: Sequence[tuple[int, int]], at: int = 0, mend: bytes = b"") -> None:
        self._file = open(name, "rb")  # noqa: SIM115 - closed with this
        self._ends = list(accumulate(end - start for start, end in parts))
        self._parts, self._at, self._mend, self._position = parts, at, mend, 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position, as in any file."""
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._ends[-1]}[whence]
        return self._position

    def tell(self) -> int:
        """Return the position, as in any file."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read as from any file, at most up to the end of a part."""
        position = self._position
        which = bisect_right(self._ends, position)
        if which == len(self._ends):
            return 0
        left = self._ends[which] - position
        self._file.seek(self._parts[which][1] - left)
        read = self._file.read(min(left, len(buffer)))
        buffer[: len(read)] = read
        first, last = max(position, self._at), min(position + len(read), self._at + len(self._mend))
        if first < last:
            buffer[first - position : last - position] = self._mend[first - self._at : last - self._at]
        self._position += len(read)
        return len(read)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


class _Converted(Recording):
    """A recording that libsndfile cannot read (m4a, webm, wma), decoded by ffmpeg to 32-bit floats through a pipe."""

    n_samples = None

    def __init__(self, path: str | os.PathLike, reason: str) -> None:
        ffmpeg = shutil.which("ffmpeg")
        if ffmpeg is None:
            raise RecordingError(
                "unreadable", f"not a recording that can be read ({reason}); install ffmpeg to read other formats"
            )
        self._reason = reason
        # A playlist that is named like a recording must not open the network or other files.
        command = [ffmpeg, "-nostdin", "-v", "quiet", "-protocol_whitelist", "file,pipe"]
        command += ["-format_whitelist", _FFMPEG_FORMATS, "-i", f"file:{path}"]
        # AU has the simplest header of all formats.
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
        """Read the next `n` bytes, fewer at the end; raise if they do not come in time or ffmpeg fails."""
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
