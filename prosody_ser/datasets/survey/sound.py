"""Examine one file: its format, level and silence, and a fingerprint of its sound."""

import hashlib
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...audio.bandwidth import bandwidth_hz
from ...audio.endpoints import find_endpoints
from ...audio.files.decode import Recording
from ...audio.frames import SAMPLE_RATE_HZ
from ...audio.high_pass import high_passed
from ...errors import RecordingError
from .fingerprint import fingerprint
from .reading import read_start

#: Largest sample of a format, if it is clearly below 1.
_FULL_SCALE = {"PCM_U8": 127 / 128, "PCM_S8": 127 / 128, "ULAW": 0.98, "ALAW": 0.98}
_FULL_SCALE_16_BIT = 32767 / 32768


@dataclass(frozen=True, slots=True)
class Sound:
    """The contents of a file, whatever its name."""

    status: str = "ok"  #: ``ok``, or why it cannot be used, as in a table
    error: str = ""  #: a sentence if the status is not ``ok``
    note: str = ""  #: what a user should know about how it was read
    #: `container`, `subtype`: names used by libsndfile (``WAV``, ``PCM_16``); empty if it cannot read the file
    container: str = ""
    subtype: str = ""
    #: `rate_hz`, `channels`, `size_bytes`: 0 if unknown
    rate_hz: int = 0
    channels: int = 0
    size_bytes: int = 0
    #: `duration_s`, `lead_s`, `trail_s`: whole length, and the silence before and after the speech. NaN if unknown; the
    #: silence is also unknown for recordings of more than two minutes.
    duration_s: float = float("nan")
    lead_s: float = float("nan")
    trail_s: float = float("nan")
    peak: float = float("nan")  #: largest absolute sample; full scale is 1
    full_scale: float = float("nan")  #: share of the samples at full scale, 0 to 1
    dc: float = float("nan")  #: mean of the samples
    bandwidth_hz: float = float("nan")  #: highest frequency with sound
    digest: str = ""  #: SHA-256 of the file, if requested
    fingerprint: np.ndarray | None = None  #: see :func:`prosody_ser.datasets.survey.fingerprint.fingerprint`


def examine(item: tuple[str, bool]) -> Sound:
    """Examine a file, with its digest if requested; if it cannot be read, the status says why."""
    known: dict = {}
    try:
        _examine(*item, known)
    except RecordingError as error:
        return Sound(**{"status": error.status, "error": str(error)} | known)
    except OSError as error:
        return Sound(
            **{"status": "unreadable", "error": f"the file cannot be opened ({error.strerror or error})"} | known
        )
    return Sound(**known)


def _examine(path: str, with_digest: bool, known: dict[str, Any]) -> None:
    if os.path.isfile(path):  # other files are not opened, because a named pipe would wait
        known["size_bytes"] = os.stat(path).st_size
        if with_digest:
            with open(path, "rb") as file:
                known["digest"] = hashlib.file_digest(file, "sha256").hexdigest()
    levels = _Levels()

    def opened(recording: Recording) -> None:
        known.update(container=recording.container, subtype=recording.subtype, note="; ".join(recording.notes))
        known.update(rate_hz=recording.sample_rate_hz, channels=recording.n_channels)
        levels.limit = _FULL_SCALE.get(recording.subtype, _FULL_SCALE_16_BIT) - 1e-6

    start = read_start(path, levels.add, opened)
    known["duration_s"] = start.n_samples / start.rate_hz
    known |= {"peak": levels.peak, "full_scale": levels.n_full / start.n_samples, "dc": levels.sum / start.n_samples}
    speech = find_endpoints(high_passed(start.samples))
    known["bandwidth_hz"] = min(bandwidth_hz(start.samples[speech.start : speech.end]), start.rate_hz / 2)
    if start.whole:
        known["lead_s"] = speech.start / SAMPLE_RATE_HZ
        known["trail_s"] = (start.samples.size - speech.end) / SAMPLE_RATE_HZ
    known["fingerprint"] = fingerprint(start.samples)


class _Levels:
    """Peak, sum and number of samples at full scale, updated block by block."""

    def __init__(self) -> None:
        self.limit, self.peak, self.n_full, self.sum = 1.0, 0.0, 0, 0.0

    def add(self, block: np.ndarray) -> None:
        sizes = np.abs(block)
        self.peak = max(self.peak, float(sizes.max(initial=0)))
        self.n_full += int((sizes >= self.limit).sum())
        self.sum += float(block.sum())
