"""Read a recording to its end, but keep only its start, at 16 kHz."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr

from ...audio.files.decode import Recording, open_recording
from ...audio.frames import SAMPLE_RATE_HZ
from ...audio.prepare import check_sample_rate, checked

#: Duration that is kept and compared, to limit memory.
KEPT_S = 120


@dataclass(frozen=True, eq=False)
class Start:
    """The first two minutes of a recording."""

    samples: np.ndarray  #: ndarray of float64, shape (n,): mono at 16 kHz
    rate_hz: int  #: sampling rate of the recording
    n_samples: int  #: number of samples of the whole recording, in each channel
    whole: bool  #: whether `samples` is all of it


def read_start(
    path: str,
    take: Callable[[np.ndarray], None] = lambda block: None,
    opened: Callable[[Recording], None] = lambda recording: None,
) -> Start:
    """Read a recording to its end and keep its start.

    `opened` is called first, with the recording; then `take` is called with every block, mono at its own rate.

    Raises
    ------
    RecordingError
        With status ``unreadable``, ``empty``, ``non_finite`` or another one from reading.
    """
    kept, n_samples = [], 0
    with open_recording(path) as recording:
        opened(recording)
        rate_hz = recording.sample_rate_hz
        check_sample_rate(rate_hz)
        for block in checked(recording.blocks()):
            take(block)
            room = max(0, KEPT_S * rate_hz - n_samples)
            n_samples += block.size
            if room:
                kept.append(block[:room])
    samples = np.concatenate(kept)
    if rate_hz != SAMPLE_RATE_HZ:
        samples = soxr.resample(samples, rate_hz, SAMPLE_RATE_HZ, quality="HQ")
    return Start(samples, rate_hz, n_samples, n_samples <= KEPT_S * rate_hz)
