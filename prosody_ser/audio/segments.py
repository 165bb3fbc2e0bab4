"""Cut a long recording into segments, each prepared like a clip, in bounded memory.

The segments are either pieces of one length (a rest shorter than 1 s belongs to the last piece), or the segments in
which :mod:`prosody_ser.audio.voice_activity` finds sound. The file is read twice: first to find the boundaries, then
to cut. The first pass keeps 16 bytes for each 10 ms, 6 MB per hour. All boundaries are at whole frames of 10 ms,
except for the end of the recording.
"""

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import ProtocolError, RecordingError
from .channels import AUTO, Mixing, mixing_of_recording
from .files.decode import Recording, open_recording
from .prepare import Audio, check_sample_rate, prepare_blocks
from .voice_activity import FRAMES_PER_S, MIN_SOUND_S, VAD_VERSION, frame_power, voice_activity

#: A last piece that is shorter is joined to the piece before it.
MIN_PIECE_S = 1.0
#: Below this power, all samples of a frame are equal.
_SILENCE = 1e-20

#: Start and end in s, and the error if the segment is already known to be unusable.
Planned = tuple[float, float, RecordingError | None]


@dataclass(frozen=True)
class Segmentation:
    """The way in which recordings are cut into segments."""

    seconds: float | None  #: length of the pieces; None for voice activity

    def __str__(self) -> str:
        """Return the text from which :func:`parse_segmentation` makes the same object."""
        return "vad" if self.seconds is None else f"{self.seconds:.2f}".rstrip("0").rstrip(".")

    @property
    def key(self) -> str:
        """A stable text for cache keys, which changes whenever the segments may change."""
        return f"vad{VAD_VERSION}" if self.seconds is None else str(self)


def parse_segmentation(text: str) -> Segmentation:
    """Parse a segmentation that a user typed: a number of seconds, or ``vad``.

    Raises
    ------
    ProtocolError
        If it is neither, or the number is below 1 or has more than two decimal places.
    """
    if text.strip().lower() == "vad":
        return Segmentation(None)
    try:
        seconds = float(text)
    except ValueError:
        raise ProtocolError(f"invalid segment length {text!r}: use a number of seconds, or vad") from None
    if not MIN_PIECE_S <= seconds < 1e9:
        raise ProtocolError(f"invalid segment length {text}: use {MIN_PIECE_S:g} s or more, or vad")
    if abs(seconds - round(seconds, 2)) > 1e-9 * seconds:
        raise ProtocolError(f"invalid segment length {text}: use at most two decimal places")
    return Segmentation(round(seconds, 2))


def segments(
    path: str | os.PathLike, segmentation: Segmentation, channel: str | int = AUTO
) -> Iterator[tuple[float, float, Audio | RecordingError]]:
    """Yield the segments of a recording, in order.

    Parameters
    ----------
    path : path_like
        As for :func:`prosody_ser.audio.prepare.read_audio`.
    segmentation : Segmentation
    channel : str or int
        As for :func:`prosody_ser.audio.prepare.read_audio`; the same channel for all segments.

    Yields
    ------
    start_s, end_s : float
        Position in the file; the end is NaN if the file cannot be read and its length is unknown.
    audio : Audio or RecordingError
        The segment as :func:`prosody_ser.audio.prepare.read_audio` returns it, or the reason why it cannot be
        measured. A recording that cannot be read, or in which no sound is found, gives one error; so does the missing
        part of a truncated file.
    """
    try:
        with open_recording(path) as recording:
            check_sample_rate(recording.sample_rate_hz)
            mix = mixing_of_recording(recording, path, channel)
        # Voice activity reads the whole file before it is opened again, so that only one file is open.
        plan: Iterable[Planned]
        plan = list(_spoken(path, mix)) if segmentation.seconds is None else _pieces(path, segmentation.seconds)
        with open_recording(path) as recording:
            for start_s, end_s, error in plan:
                audio = error or _prepared(recording, start_s, end_s, mix)
                cut_off = isinstance(audio, RecordingError) and audio.status in ("truncated", "unreadable")
                if cut_off and recording.n_samples is not None:
                    end_s = recording.n_samples / recording.sample_rate_hz
                yield start_s, end_s, audio
                if cut_off:  # all further segments would have the same error
                    return
    except RecordingError as error:
        yield 0.0, math.nan, error


def _prepared(recording: Recording, start_s: float, end_s: float, mix: Mixing) -> Audio | RecordingError:
    try:
        blocks = recording.blocks(recording.sample_at(start_s), recording.sample_at(end_s), mix)
        return prepare_blocks(blocks, recording.sample_rate_hz, (*recording.notes, *mix.notes), mix.channel)
    except RecordingError as error:
        return error


def _pieces(path: str | os.PathLike, seconds: float) -> Iterator[Planned]:
    """Yield the start and end of pieces of one length."""
    with open_recording(path) as recording:
        n_samples, rate_hz = recording.n_samples, recording.sample_rate_hz
        if n_samples is None:  # not in the header
            n_samples = sum(block.size for block in recording.blocks())
    if not n_samples:
        raise RecordingError("empty", "the recording contains no samples")
    end_s = n_samples / rate_hz
    n_pieces = max(1, math.floor((end_s - MIN_PIECE_S) / seconds) + 1)
    for i in range(n_pieces):
        yield round(i * seconds, 2), round((i + 1) * seconds, 2) if i + 1 < n_pieces else end_s, None


def _spoken(path: str | os.PathLike, mix: Mixing) -> Iterator[Planned]:
    """Yield the start and end of the segments with sound, and an error for silence or a missing part."""
    cut_off = None

    def blocks() -> Iterator[np.ndarray]:
        nonlocal cut_off
        try:
            yield from recording.blocks(mix=mix)
        except RecordingError as error:
            if error.status != "truncated":
                raise
            cut_off = error

    with open_recording(path) as recording:
        power = frame_power(blocks(), recording.sample_rate_hz)
    end_s = power.size / FRAMES_PER_S
    silent = power.size and power.max() <= _SILENCE
    spoken = [] if silent else voice_activity(power)
    for start, end in spoken:
        yield start / FRAMES_PER_S, end / FRAMES_PER_S, None
    if cut_off:
        yield end_s, end_s, cut_off
    elif not power.size:
        yield 0.0, end_s, RecordingError("empty", "the recording is shorter than 10 ms, too short to be measured")
    elif silent:
        yield 0.0, end_s, RecordingError("silent", "the recording is silent: all samples have the same value")
    elif not spoken:
        yield (
            0.0,
            end_s,
            RecordingError(
                "too_short", f"the recording contains no sound of {MIN_SOUND_S} s or longer, too little to be measured"
            ),
        )
