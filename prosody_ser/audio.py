"""A recording as analysed: decoded, mixed to mono, resampled, checked, its speech located.

One path for every file: whatever libsndfile reads (by content, not by extension), else ffmpeg where it is
installed; channels are averaged; integer PCM is scaled to [-1, 1] as float64; analysis runs at 16 kHz.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
import soxr

from .errors import RecordingError

SAMPLE_RATE_HZ = 16000
#: Suffixes looked for in folders. What a file really holds is decided by its content.
SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64"}
    | {".m4a", ".aac", ".webm", ".wma"}
)

#: Outside, a broken header would make hours of seconds or seconds of hours.
MIN_RATE_HZ, MAX_RATE_HZ = 2000, 1_000_000
#: Floats may exceed full scale (1), but not like this.
LARGEST_SAMPLE = 1e6
MIN_SPEECH_S = 0.1
ENDPOINT_RANGE_DB = 35.0
ENDPOINT_WINDOW_S = 0.050
#: One step for all that is measured in frames, endpoints too: added silence moves no frame against the speech.
FRAME_STEP_S = 0.010
FRAME_STEP = round(FRAME_STEP_S * SAMPLE_RATE_HZ)
FFMPEG_TIMEOUT_S = 120


@dataclass(frozen=True, eq=False)
class Audio:
    """A recording, mono at 16 kHz, and where its speech lies.

    Attributes
    ----------
    samples : ndarray of float64, shape (n,)
        The whole recording in [-1, 1], the mean of its speech removed.
    start, end : int
        First sample of the speech and the one after its last, whole frames of 10 ms apart.
    sample_rate_hz : int
        Always 16000.
    native_rate_hz : int
        Sample rate of the recording itself.
    """

    samples: np.ndarray
    start: int
    end: int
    sample_rate_hz: int = SAMPLE_RATE_HZ
    native_rate_hz: int = SAMPLE_RATE_HZ

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

    def around(self, margin: int) -> np.ndarray:
        """The speech with `margin` samples of the recording before and after it, zeros beyond the recording.

        A window at the first frame so sees what was there, not an edge; and silence added to a recording is
        what would have been assumed beyond it.
        """
        first, last = self.start - margin, self.end + margin
        inside = self.samples[max(first, 0) : last]
        if inside.size == last - first:
            return inside
        return np.pad(inside, (max(-first, 0), max(last - self.samples.size, 0)))


def read_audio(path: str | os.PathLike, start_s: float = 0.0, end_s: float | None = None) -> Audio:
    """Read a recording and locate its speech.

    Parameters
    ----------
    path : path_like
        Any file that libsndfile can read; others need ffmpeg on the PATH.

    Returns
    -------
    Audio

    Raises
    ------
    RecordingError
        With status ``unreadable``, ``empty``, ``non_finite``, ``silent`` or ``too_short``.
    """
    samples, native_rate_hz = _decode(Path(path))
    samples = samples[round(start_s * native_rate_hz) : None if end_s is None else round(end_s * native_rate_hz)]
    return prepare_audio(samples, native_rate_hz)


def prepare_audio(samples, sample_rate_hz: int) -> Audio:
    """Mix, check, resample and find the speech in samples that are already in memory.

    Parameters
    ----------
    samples : array_like of float, shape (n,) or (n, channels)
        Amplitudes in [-1, 1].
    sample_rate_hz : int
        Their sample rate.

    Returns
    -------
    Audio

    Raises
    ------
    RecordingError
        With status ``unreadable`` (impossible sample rate), ``empty``, ``non_finite``, ``silent`` or ``too_short``.
    """
    samples = np.asarray(samples, dtype=np.float64)
    mono = samples.mean(axis=1) if samples.ndim == 2 else samples
    if mono.size == 0:
        raise RecordingError("empty", "the recording holds no samples")
    if not MIN_RATE_HZ <= sample_rate_hz <= MAX_RATE_HZ:
        raise RecordingError("unreadable", f"a sample rate of {sample_rate_hz} Hz: the header must be wrong")
    if not (np.abs(mono) <= LARGEST_SAMPLE).all():
        raise RecordingError(
            "non_finite", f"the recording holds samples that are NaN, infinite or over {LARGEST_SAMPLE:g}"
        )
    if sample_rate_hz != SAMPLE_RATE_HZ:
        mono = soxr.resample(mono, sample_rate_hz, SAMPLE_RATE_HZ, quality="HQ")
    start, end = find_endpoints(mono, SAMPLE_RATE_HZ)
    if (end - start) / SAMPLE_RATE_HZ < MIN_SPEECH_S:
        raise RecordingError("too_short", f"less than {MIN_SPEECH_S} s of sound: nothing can be measured")
    return Audio(mono - mono[start:end].mean(), start, end, native_rate_hz=sample_rate_hz)


def find_endpoints(samples: np.ndarray, sample_rate_hz: int) -> tuple[int, int]:
    """First and last sample of the speech, silence at either end left out.

    The level is the mean square over 50 ms (its mean, so DC, removed from the whole), every 10 ms. Speech
    lasts from the first to the last frame within 35 dB of the loudest one; the reference is a maximum, not a
    quantile, so that longer silence at the ends moves nothing.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
    sample_rate_hz : int

    Returns
    -------
    start, end : int
        Sample indices, ``end`` exclusive, whole frames apart.

    Raises
    ------
    RecordingError
        With status ``silent`` if every sample has the same value.
    """
    step = round(FRAME_STEP_S * sample_rate_hz)
    frames_per_window = round(ENDPOINT_WINDOW_S / FRAME_STEP_S)
    power = (samples - samples.mean()) ** 2
    if power.max() <= 1e-20:
        raise RecordingError("silent", "the recording is silent: all samples are equal once channels are averaged")
    n_frames = power.size // step
    if n_frames < frames_per_window:
        return 0, n_frames * step
    frame_power = power[: n_frames * step].reshape(n_frames, step).sum(axis=1)
    smooth = np.convolve(frame_power, np.ones(frames_per_window), mode="same")
    loud = np.flatnonzero(smooth >= smooth.max() * 10 ** (-ENDPOINT_RANGE_DB / 10))
    return int(loud[0] * step), int((loud[-1] + 1) * step)


def _decode(path: Path) -> tuple[np.ndarray, int]:
    if path.is_dir():
        raise RecordingError("unreadable", "is a folder, not a recording")
    try:
        with open(path, "rb") as file:  # says "permission denied" where libsndfile says "system error"
            if not file.read(1):
                raise RecordingError("empty", "the file is empty (0 bytes)")
        # As bytes where names are bytes: they need not be UTF-8.
        name = os.fsencode(path) if os.name == "posix" else path
        return soundfile.read(name, dtype="float64", always_2d=True)
    except OSError as error:
        raise RecordingError("unreadable", f"cannot be opened ({error.strerror or error})") from error
    except soundfile.LibsndfileError as error:
        return _decode_with_ffmpeg(path, reason=str(error.error_string).rstrip("."))


def _decode_with_ffmpeg(path: Path, reason: str) -> tuple[np.ndarray, int]:
    """What libsndfile refuses (m4a, webm, wma), as 32-bit float WAV through a pipe."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise RecordingError("unreadable", f"not a recording that can be read ({reason}); other formats need ffmpeg")
    # The "file" protocol only: a playlist posing as a recording must not reach the network.
    command = [ffmpeg, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=FFMPEG_TIMEOUT_S, check=True)
        return soundfile.read(BytesIO(done.stdout), dtype="float64", always_2d=True)
    except (subprocess.SubprocessError, soundfile.LibsndfileError) as error:
        raise RecordingError("unreadable", f"not a recording that can be read ({reason}; ffmpeg: no audio)") from error
