"""Prepare a recording for analysis: mono at 16 kHz, checked, with its speech located.

All files take the same path: :mod:`prosody_ser.audio.files.decode` reads them, and they are checked and resampled block
by block.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real

import numpy as np
import soxr
from numpy.typing import ArrayLike

from ..errors import RecordingError
from .bandwidth import bandwidth_hz, held_rate_hz
from .channels import AUTO, mixing, mixing_of_recording
from .endpoints import find_endpoints
from .files.decode import open_recording
from .files.full_scale import LARGEST, LARGEST_INTEGER, WholeNumbers, nearest_full_scale
from .frames import FRAME_STEP, FRAME_STEP_S, SAMPLE_RATE_HZ
from .high_pass import high_passed
from .hum import without_hum
from .noise_floor import noise_floor_db

#: A sampling rate outside this range means a damaged header, which would turn hours into seconds or the reverse.
MIN_RATE_HZ, MAX_RATE_HZ = 2000, 1_000_000
MIN_SPEECH_S = 0.1
#: A function of mono samples and their rate in Hz that returns other samples at the same rate.
Change = Callable[[np.ndarray, int], np.ndarray]
#: The zero level and the full scale of each integer type.
_FULL_SCALE = {np.dtype(np.int16): (0, 1 << 15), np.dtype(np.int32): (0, 1 << 31), np.dtype(np.uint8): (128, 128)}


@dataclass(frozen=True, eq=False)
class Audio:
    """A recording, mono at 16 kHz, with its endpoints.

    Attributes
    ----------
    samples : ndarray of float64, shape (n,)
        The whole recording in [-1, 1], minus the mean of its speech.
    start, end : int
        First sample of the speech and the one after its last; a whole number of 10 ms frames apart.
    sample_rate_hz : int
        Always 16000.
    native_rate_hz : int
        Sampling rate of the recording itself.
    frame_power : ndarray of float64, shape (n_frames,), or None
        Power of each 10 ms of the speech above 120 Hz, mean over 50 ms.
    voice : ndarray of float64, shape (n,), or None
        The samples without mains hum and without frequencies below 50 Hz, for level and pitch.
    bandwidth_hz : float
        The highest frequency at which it contains sound, at most 8000; see :mod:`prosody_ser.audio.bandwidth`.
    noise_power : float
        Power of the steady noise in the recording, on the scale of `frame_power`; 0 if unknown.
    noise_floor_db : float
        Level of the quietest parts of the recording; see :mod:`prosody_ser.audio.noise_floor`.
    notes : tuple of str
        What a user should know about how it was read, one sentence each.
    channel : str
        The channel that was used: ``mean``, or a number from 1; empty if the recording has one channel.
    """

    samples: np.ndarray
    start: int
    end: int
    sample_rate_hz: int = SAMPLE_RATE_HZ
    native_rate_hz: int = SAMPLE_RATE_HZ
    voice: np.ndarray | None = None
    bandwidth_hz: float = SAMPLE_RATE_HZ / 2
    frame_power: np.ndarray | None = None
    noise_power: float = 0.0
    noise_floor_db: float = math.nan
    notes: tuple[str, ...] = ()
    channel: str = ""

    @property
    def held_rate_hz(self) -> float:
        """The sampling rate that matches its bandwidth, at most `native_rate_hz`."""
        return held_rate_hz(self.bandwidth_hz, self.native_rate_hz)

    @property
    def duration_s(self) -> float:
        """Duration of the whole recording, silence included."""
        return self.samples.size / self.sample_rate_hz

    @property
    def speech_s(self) -> float:
        """Duration of the speech, from endpoint to endpoint."""
        return (self.end - self.start) / self.sample_rate_hz

    @property
    def lead_s(self) -> float:
        """Silence before the speech: a fact about the recording, never a feature."""
        return self.start / self.sample_rate_hz

    @property
    def trail_s(self) -> float:
        """Silence after the speech."""
        return (self.samples.size - self.end) / self.sample_rate_hz

    @property
    def n_frames(self) -> int:
        """Number of 10 ms frames in the speech."""
        return (self.end - self.start) // FRAME_STEP

    @property
    def times_s(self) -> np.ndarray:
        """Centres of the frames in s from the start of the speech, shape (n_frames,)."""
        return (np.arange(self.n_frames) + 0.5) * FRAME_STEP_S

    def around(self, margin: int, *, voice: bool = False) -> np.ndarray:
        """Return the speech with `margin` samples of the recording before and after it, zeros beyond the recording.

        With `voice`, the samples of the attribute `voice` are returned. Because of the margin, a window at the first
        frame contains the real sound before it and not an edge. Silence that is added to a recording changes nothing.
        """
        first, last = self.start - margin, self.end + margin
        samples = self.voice if voice and self.voice is not None else self.samples
        inside = samples[max(first, 0) : last]
        if inside.size == last - first:
            return inside
        return np.pad(inside, (max(-first, 0), max(last - self.samples.size, 0)))

    def _repr_html_(self) -> str:
        from .recording_view import recording_view

        return recording_view(self)


def read_audio(
    path: str | os.PathLike,
    start_s: float = 0.0,
    end_s: float | None = None,
    *,
    channel: str | int = AUTO,
    change: Change | None = None,
) -> Audio:
    """Read a recording, or a segment of it, and locate its speech.

    Parameters
    ----------
    path : path_like
        Any file that libsndfile can read; others need ffmpeg on the PATH.
    start_s, end_s : float
        The segment, in s; to the end of the recording if `end_s` is None or NaN. It is read like a separate file, but
        with the channel that is chosen for the whole recording.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Which channel of several to use; a number counts from 1. ``auto`` uses the mean if the channels agree, otherwise
        the loudest one; see :mod:`prosody_ser.audio.channels`.
    change : callable, optional
        Called with the mono samples and their rate in Hz before the analysis; returns the samples to analyse instead,
        as an augmentation does (:mod:`prosody_ser.augment`).

    Returns
    -------
    Audio

    Raises
    ------
    RecordingError
        With status ``unreadable``, ``truncated``, ``empty``, ``out_of_range``, ``non_finite``, ``silent``,
        ``too_short`` or ``no_channel``.
    ProtocolError
        If `channel` is invalid.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("noise.wav", np.random.default_rng(0).uniform(-0.5, 0.5, 44100), 44100)
    >>> audio = ser.read_audio("noise.wav")
    >>> audio.sample_rate_hz, audio.native_rate_hz, audio.duration_s
    (16000, 44100, 1.0)
    """
    with _open_segment(path, start_s, end_s, channel) as (blocks, rate_hz, notes, heard):
        if change is not None:
            blocks = [change(_joined(blocks), rate_hz)]
        return prepare_blocks(blocks, rate_hz, notes, heard)


def read_mono(
    path: str | os.PathLike, start_s: float = 0.0, end_s: float | None = None, *, channel: str | int = AUTO
) -> tuple[np.ndarray, int]:
    """Read the mono samples of a recording as :func:`read_audio` does, but at their own rate.

    Returns
    -------
    samples : ndarray of float64, shape (n,)
    sample_rate_hz : int

    Raises
    ------
    RecordingError, ProtocolError
        As :func:`read_audio`, except that silent or short recordings are allowed.
    """
    with _open_segment(path, start_s, end_s, channel) as (blocks, rate_hz, _, _):
        return _joined(blocks), rate_hz


@contextmanager
def _open_segment(
    path: str | os.PathLike, start_s: float, end_s: float | None, channel: str | int
) -> Iterator[tuple[Iterable[np.ndarray], int, tuple[str, ...], str]]:
    """Open a segment; give its blocks of mono samples, their rate, the notes on reading it, and its channel."""
    if end_s is not None and end_s != end_s:
        end_s = None
    if not (0 <= start_s < np.inf and (end_s is None or start_s < end_s < np.inf)):
        until = "the end" if end_s is None else f"{end_s:g} s"
        raise RecordingError(
            "out_of_range",
            f"invalid segment from {start_s:g} s to {until}: the start must be 0 or later and come before the end",
        )
    with open_recording(path) as recording:
        check_sample_rate(recording.sample_rate_hz)
        mix = mixing_of_recording(recording, path, channel)
        start, stop = recording.sample_at(start_s), None if end_s is None else recording.sample_at(end_s)
        notes = (*recording.notes, *mix.notes)
        yield recording.blocks(start, stop, mix), recording.sample_rate_hz, notes, mix.channel


def prepare_audio(samples: ArrayLike, sample_rate_hz: int, *, channel: str | int = AUTO) -> Audio:
    """Mix, check and resample samples in memory, and locate the speech in them.

    Parameters
    ----------
    samples : array_like, shape (n,) or (n, channels)
        Floats in [-1, 1]; or int16, int32 or uint8 as in a WAV file, which are scaled to that range. Floats that are
        whole numbers beyond 100 are scaled, too.
    sample_rate_hz : int
        Their sampling rate.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        As for :func:`read_audio`.

    Raises
    ------
    RecordingError
        With status ``unreadable`` (not samples, or an impossible sampling rate), ``empty``, ``non_finite``, ``silent``,
        ``too_short`` or ``no_channel``.
    ProtocolError
        If `channel` is invalid.

    Examples
    --------
    >>> prepare_audio(np.sin(np.arange(8000)), 8000).duration_s
    1.0
    """
    return prepare_blocks(*_mixed(samples, sample_rate_hz, channel))


def mono(samples: ArrayLike, sample_rate_hz: int, *, channel: str | int = AUTO) -> np.ndarray:
    """Mix samples in memory to float64 of shape (n,), at their own rate.

    Raises
    ------
    RecordingError, ProtocolError
        As :func:`prepare_audio`, except that silent or short samples are allowed.
    """
    blocks, *_ = _mixed(samples, sample_rate_hz, channel)
    return _joined(blocks)


def _joined(blocks: Iterable[np.ndarray]) -> np.ndarray:
    """Check blocks and join them to one array."""
    return np.concatenate(list(checked(blocks)))


def _mixed(
    samples: ArrayLike, sample_rate_hz: int, channel: str | int
) -> tuple[list[np.ndarray], int, tuple[str, ...], str]:
    """Return the arguments of :func:`prepare_blocks` for samples in memory."""
    check_sample_rate(sample_rate_hz)
    scaled, notes = _scaled(np.asarray(samples))
    scaled = scaled if scaled.ndim == 2 else scaled[:, np.newaxis]
    mix = mixing(lambda: [scaled], scaled.shape[1], sample_rate_hz, channel)
    return [mix(scaled)], sample_rate_hz, (*notes, *mix.notes), mix.channel


def _scaled(samples: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Convert samples to float64 and scale integers, also integers stored as floats; return them and notes."""
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] > max(samples.shape[0], 1)):
        raise RecordingError(
            "unreadable", f"invalid samples of shape {samples.shape}: the shape must be (n,) or (n, channels)"
        )
    if samples.dtype in _FULL_SCALE:
        zero, full = _FULL_SCALE[samples.dtype]
        return (samples.astype(np.float64) - zero) / full, ()
    if samples.size and samples.dtype.kind != "f":
        raise RecordingError(
            "unreadable", f"invalid samples of type {samples.dtype}: use floats in [-1, 1], int16, int32 or uint8"
        )
    numbers, floats = WholeNumbers(), samples.astype(np.float64)
    numbers.add(floats)
    return floats / numbers.full_scale, numbers.notes


def prepare_blocks(
    blocks: Iterable[np.ndarray], sample_rate_hz: int, notes: tuple[str, ...] = (), channel: str = ""
) -> Audio:
    """Prepare mono samples that come in blocks; the result does not depend on how they are cut.

    Parameters
    ----------
    blocks : iterable of ndarray of float64, shape (n,)
    sample_rate_hz : int
    notes : tuple of str
        Notes on how they were read.
    channel : str
        The channel that was used, for :attr:`Audio.channel`.
    """
    check_sample_rate(sample_rate_hz)
    resampled = list(_resampled(checked(blocks), sample_rate_hz))
    mono = resampled[0] if len(resampled) == 1 else np.concatenate(resampled)
    del resampled  # for an hour it takes half a gigabyte
    if mono.size < FRAME_STEP:
        raise RecordingError("too_short", "the recording is shorter than 10 ms, too short to be measured")
    voice, hum_hz = without_hum(high_passed(mono))
    if hum_hz is not None:
        notes = (*notes, f"mains hum at {hum_hz:.1f} Hz was removed before level and pitch were measured")
    endpoints = find_endpoints(voice)
    if (endpoints.end - endpoints.start) / SAMPLE_RATE_HZ < MIN_SPEECH_S:
        raise RecordingError(
            "too_short", f"the recording contains less than {MIN_SPEECH_S} s of sound, too little to be measured"
        )
    return Audio(
        mono - mono[endpoints.start : endpoints.end].mean(),
        endpoints.start,
        endpoints.end,
        voice=voice,
        native_rate_hz=sample_rate_hz,
        bandwidth_hz=min(bandwidth_hz(mono[endpoints.start : endpoints.end]), sample_rate_hz / 2),
        frame_power=endpoints.power,
        noise_power=endpoints.noise_power,
        noise_floor_db=noise_floor_db(voice),
        notes=notes,
        channel=channel,
    )


def check_sample_rate(sample_rate_hz: int) -> None:
    """Raise a RecordingError (``unreadable``) for an impossible sampling rate."""
    if not isinstance(sample_rate_hz, Real):
        raise RecordingError("unreadable", f"invalid sample rate {sample_rate_hz!r}: it must be a number, in Hz")
    if not MIN_RATE_HZ <= sample_rate_hz <= MAX_RATE_HZ:
        raise RecordingError(
            "unreadable", f"invalid sample rate of {sample_rate_hz} Hz: it must be {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz"
        )


def checked(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the blocks; raise if there are none, or if a block contains impossible samples."""
    empty = True
    for block in blocks:
        if not block.size:
            continue
        empty = False
        peak = float(np.abs(block).max())
        if not peak <= LARGEST_INTEGER:
            raise RecordingError(
                "non_finite",
                f"the recording contains samples that are NaN, infinite or larger than {LARGEST_INTEGER:g}",
            )
        if peak > LARGEST:
            by = f"{nearest_full_scale(peak):.0f}"
            raise RecordingError(
                "non_finite", f"the samples reach {peak:.0f}, but full scale is 1: divide them by {by}"
            )
        yield block
        del block
    if empty:
        raise RecordingError("empty", "the recording contains no samples")


def _resampled(blocks: Iterable[np.ndarray], sample_rate_hz: int) -> Iterator[np.ndarray]:
    """Resample blocks to 16 kHz, bit-identical to resampling all of them at once."""
    if sample_rate_hz == SAMPLE_RATE_HZ:
        yield from blocks
        return
    blocks = iter(blocks)
    held = next(blocks)
    following = next(blocks, None)
    if following is None:  # one block, as of most recordings: resampling it at once is faster
        yield soxr.resample(held, sample_rate_hz, SAMPLE_RATE_HZ, quality="HQ")
        return
    stream = soxr.ResampleStream(sample_rate_hz, SAMPLE_RATE_HZ, 1, dtype="float64", quality="HQ")
    while following is not None:
        yield stream.resample_chunk(held)
        held, following = following, next(blocks, None)
    yield stream.resample_chunk(held, last=True)
