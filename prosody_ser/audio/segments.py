"""A long recording as a sequence of stretches, each prepared as a clip, in bounded memory.

Either pieces of one length, of which the last is what is left and belongs to the piece before if it is shorter than
1 s; or the stretches in which :mod:`prosody_ser.audio.voice_activity` finds sound. The file is gone through twice, once
to see where to cut and once to cut; of the first pass 16 bytes are kept for each 10 ms, 6 MB an hour. All boundaries
are whole frames of 10 ms, but for the end of the recording.
"""

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import ProtocolError, RecordingError
from .channels import AUTO, Mixing, mixing_of_recording
from .decode import Recording, open_recording
from .prepare import Audio, check_sample_rate, prepare_blocks
from .voice_activity import FRAMES_PER_S, MIN_SOUND_S, VAD_VERSION, frame_power, voice_activity

#: A last piece that is shorter belongs to the one before.
MIN_PIECE_S = 1.0
#: Below, all samples of a frame are equal.
_SILENCE = 1e-20

#: Start and end in s, and what is wrong if that is known already.
Planned = tuple[float, float, RecordingError | None]


@dataclass(frozen=True)
class Segmentation:
    """How recordings are cut."""

    seconds: float | None  #: length of the pieces; None for voice activity

    def __str__(self) -> str:
        """As it is typed: :func:`parse_segmentation` takes it back."""
        return "vad" if self.seconds is None else f"{self.seconds:.2f}".rstrip("0").rstrip(".")

    @property
    def key(self) -> str:
        """A stable text, another wherever the stretches may be others."""
        return f"vad{VAD_VERSION}" if self.seconds is None else str(self)


def parse_segmentation(text: str) -> Segmentation:
    """A segmentation from what a user types: a number of seconds, or ``vad``.

    Raises
    ------
    ProtocolError
        If it is neither, or the seconds are fewer than 1 or not whole hundredths.
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
    """The stretches of a recording, in order.

    Parameters
    ----------
    path : path_like
        As for :func:`prosody_ser.audio.prepare.read_audio`.
    segmentation : Segmentation
    channel : str or int
        As for :func:`prosody_ser.audio.prepare.read_audio`; one for all stretches.

    Yields
    ------
    start_s, end_s : float
        Within the file; the end is NaN where nothing can be read that would tell it.
    audio : Audio or RecordingError
        As :func:`prosody_ser.audio.prepare.read_audio` gives the stretch, or why it cannot be measured. For a recording
        that cannot be read, or in which voice activity finds no sound, there is one error; where the file is truncated,
        one stands for all that is missing.
    """
    try:
        with open_recording(path) as recording:
            check_sample_rate(recording.sample_rate_hz)
            mix = mixing_of_recording(recording, path, channel)
        # One file at a time: voice activity is through with it before it is read again.
        plan: Iterable[Planned]
        plan = list(_spoken(path, mix)) if segmentation.seconds is None else _pieces(path, segmentation.seconds)
        with open_recording(path) as recording:
            for start_s, end_s, error in plan:
                audio = error or _prepared(recording, start_s, end_s, mix)
                cut_off = isinstance(audio, RecordingError) and audio.status in ("truncated", "unreadable")
                if cut_off and recording.n_samples is not None:
                    end_s = recording.n_samples / recording.sample_rate_hz
                yield start_s, end_s, audio
                if cut_off:  # the same would be said of all that follows
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
    """Start and end of pieces of one length."""
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
    """Start and end of the stretches with sound; with an error, of what is silent or missing."""
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
    stretches = [] if silent else voice_activity(power)
    for start, end in stretches:
        yield start / FRAMES_PER_S, end / FRAMES_PER_S, None
    if cut_off:
        yield end_s, end_s, cut_off
    elif not power.size:
        yield 0.0, end_s, RecordingError("empty", "the recording is shorter than 10 ms, too short to be measured")
    elif silent:
        yield 0.0, end_s, RecordingError("silent", "the recording is silent: all samples have the same value")
    elif not stretches:
        yield (
            0.0,
            end_s,
            RecordingError(
                "too_short", f"the recording contains no sound of {MIN_SOUND_S} s or longer, too little to be measured"
            ),
        )
