"""One file as it lies there: its format, its level, its silences, and a fingerprint of its sound."""

import hashlib
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...audio.bandwidth import bandwidth_hz
from ...audio.decode import Recording
from ...audio.endpoints import find_endpoints
from ...audio.frames import SAMPLE_RATE_HZ
from ...audio.high_pass import high_passed
from ...errors import RecordingError
from .fingerprint import fingerprint
from .reading import read_start

#: The largest sample that a format can hold, where that is clearly below 1.
_FULL_SCALE = {"PCM_U8": 127 / 128, "PCM_S8": 127 / 128, "ULAW": 0.98, "ALAW": 0.98}
_FULL_SCALE_16_BIT = 32767 / 32768


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file holds, whatever its name says."""

    status: str = "ok"  #: ``ok``, or why it cannot be used, as in the column of a table
    error: str = ""  #: a sentence if it is not ``ok``
    note: str = ""  #: what a user should know of how it was read
    #: `container`, `subtype`: as libsndfile names them (``WAV``, ``PCM_16``); empty where it cannot read the file
    container: str = ""
    subtype: str = ""
    #: `rate_hz`, `channels`, `size_bytes`: 0 where unknown
    rate_hz: int = 0
    channels: int = 0
    size_bytes: int = 0
    #: `duration_s`, `lead_s`, `trail_s`: whole length, and the silence before and after the speech. NaN where unknown,
    #: the silences also of a recording of more than two minutes.
    duration_s: float = float("nan")
    lead_s: float = float("nan")
    trail_s: float = float("nan")
    peak: float = float("nan")  #: largest absolute sample, 1 being full scale
    full_scale: float = float("nan")  #: share of the samples at full scale, 0 to 1
    dc: float = float("nan")  #: mean of the samples
    bandwidth_hz: float = float("nan")  #: highest frequency that is heard
    digest: str = ""  #: SHA-256 of the file, where it was asked for
    fingerprint: np.ndarray | None = None  #: see :func:`prosody_ser.datasets.survey.fingerprint.fingerprint`


def hear(item: tuple[str, bool]) -> Sound:
    """Read a file, and take its digest if that is wanted too; one that cannot be read has a status that says why."""
    known: dict = {}
    try:
        _hear(*item, known)
    except RecordingError as error:
        return Sound(**{"status": error.status, "error": str(error)} | known)
    except OSError as error:
        return Sound(
            **{"status": "unreadable", "error": f"the file cannot be opened ({error.strerror or error})"} | known
        )
    return Sound(**known)


def _hear(path: str, with_digest: bool, known: dict[str, Any]) -> None:
    if os.path.isfile(path):  # nothing else is opened: a named pipe would wait for its other end
        known["size_bytes"] = os.stat(path).st_size
        if with_digest:
            with open(path, "rb") as file:
                known["digest"] = hashlib.file_digest(file, "sha256").hexdigest()
    levels = _Levels()

    def opened(recording: Recording) -> None:
        known.update(container=recording.container, subtype=recording.subtype, note="; ".join(recording.notes))
        known.update(rate_hz=recording.sample_rate_hz, channels=recording.n_channels)
        levels.limit = _FULL_SCALE.get(recording.subtype, _FULL_SCALE_16_BIT) - 1e-6

    start = read_start(path, levels.hear, opened)
    known["duration_s"] = start.n_samples / start.rate_hz
    known |= {"peak": levels.peak, "full_scale": levels.n_full / start.n_samples, "dc": levels.sum / start.n_samples}
    speech = find_endpoints(high_passed(start.samples))
    known["bandwidth_hz"] = min(bandwidth_hz(start.samples[speech.start : speech.end]), start.rate_hz / 2)
    if start.whole:
        known["lead_s"] = speech.start / SAMPLE_RATE_HZ
        known["trail_s"] = (start.samples.size - speech.end) / SAMPLE_RATE_HZ
    known["fingerprint"] = fingerprint(start.samples)


class _Levels:
    """Peak, sum and how many samples are at full scale, from block to block."""

    def __init__(self) -> None:
        self.limit, self.peak, self.n_full, self.sum = 1.0, 0.0, 0, 0.0

    def hear(self, block: np.ndarray) -> None:
        sizes = np.abs(block)
        self.peak = max(self.peak, float(sizes.max(initial=0)))
        self.n_full += int((sizes >= self.limit).sum())
        self.sum += float(block.sum())
