"""One recording to its numbers: never raises for a bad one, but says what failed."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..audio.channels import AUTO
from ..audio.prepare import Audio, prepare_audio, read_audio
from ..audio.segments import Segmentation, segments
from ..augment import Variant
from ..catalogue import FAST, Feature, feature_set
from ..catalogue.contours import FORMANT_BAND_HZ
from ..contours import Analysis, PitchRange, contour_matrix
from ..errors import RecordingError
from ..plugin import Plugin, load_plugin
from .engine import engine_of
from .row import RowPlan, frame_contours

#: Memory and time grow with the length and more; statistics over more than that say little.
LONGEST_S = 600.0


@dataclass(frozen=True)
class Job:
    """What to measure, in words: it crosses to worker processes."""

    features: str  #: name of the feature set
    frames: bool = False  #: whether the contours themselves are wanted, not their statistics
    plugin: str | None = None  #: module with features of the user's own
    segmentation: Segmentation | None = None  #: how long recordings are cut; None to measure each as a whole
    engine: str = FAST  #: what computes the contours, one of :data:`prosody_ser.catalogue.ENGINES`
    #: floor and ceiling of the pitch search; None for what the first pass finds
    pitch_range_hz: tuple[float | None, float | None] = (None, None)
    channel: str = AUTO  #: of recordings with several, from :func:`prosody_ser.audio.channels.parse_channel`


@dataclass(frozen=True, slots=True)
class Task:
    """One recording, or a stretch of it, to be measured."""

    path: str
    #: `start_s`, `end_s`: the stretch; NaN for the recording's end
    start_s: float = 0.0
    end_s: float = math.nan
    #: what :func:`file_stamp` said when the file was looked at. If that has changed afterwards, so may the sound have.
    stamp: tuple[int, int] | None = None
    minutes: int = 1  #: approximate duration in minutes, rounded up; scales the timeout
    variant: Variant | None = None  #: how the sound is changed before it is measured
    key: bytes = b""  #: under which its rows are kept


def file_stamp(path: str) -> tuple[int, int] | None:
    """Size and time of the last change of a file in ns; None where there is none."""
    try:
        info = os.stat(path)
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns


@dataclass(frozen=True, eq=False)
class Measured:
    """What came of one recording."""

    #: `status` and `error`; where measured also `end`, `lead`, `trail`, sample rate, channel, pitch range and ceiling
    facts: dict[str, Any]
    #: ndarray of float64, shape (1, n_features) or (n_frames, n_contours), or None: in the order of
    #: :func:`column_names`; None where the recording could not be measured
    values: np.ndarray | None = None


def column_names(job: Job) -> tuple[str, ...]:
    """Names of the columns that a job measures."""
    features, _ = _wanted(job)
    return tuple(wanted.name for wanted in (frame_contours(features) if job.frames else features))


def measure_task(task: Task, job: Job) -> list[Measured]:
    """Measure a recording: one result, or one for each segment."""
    if job.segmentation is None:
        rows = [measure_file(task.path, job, task.start_s, task.end_s, task.variant)]
    else:
        rows = _measure_segments(task.path, job, job.segmentation)
    if task.stamp is not None and file_stamp(task.path) != task.stamp:
        return [Measured({"status": "changed", "error": "the file changed while it was being measured"})]
    files = load_plugin(job.plugin).files
    if files is not None:
        files.check()  # else rows of other code would be kept under the digest of this one
    return rows


def measure_file(
    path: str, job: Job, start_s: float = 0.0, end_s: float = math.nan, variant: Variant | None = None
) -> Measured:
    """Measure one recording, or the stretch of it between two times (NaN for its end), or a changed copy of it."""
    end = None if math.isnan(end_s) else end_s
    return _measure(lambda: read_audio(path, start_s, end, channel=job.channel, change=variant), job, start_s)


def measure_samples(samples: ArrayLike, sample_rate_hz: int, job: Job) -> Measured:
    """Measure samples that are already in memory, as :func:`prosody_ser.audio.prepare.prepare_audio` takes them."""
    return _measure(lambda: prepare_audio(samples, sample_rate_hz, channel=job.channel), job)


def _measure_segments(path: str, job: Job, segmentation: Segmentation) -> list[Measured]:
    rows = []
    try:
        for start_s, _, segment in segments(path, segmentation, job.channel):
            rows.append(_measure(partial(_audio, segment), job, start_s))
    except Exception as error:  # as for whole recordings
        rows.append(_failure(error, {}))
    return rows


def _audio(segment: Audio | RecordingError) -> Audio:
    if isinstance(segment, RecordingError):
        raise segment
    return segment


def _measure(open_audio: Callable[[], Audio], job: Job, start_s: float = 0.0) -> Measured:
    values_of = _way(job)
    facts: dict[str, Any] = {"start": start_s}
    try:
        audio = open_audio()
        facts |= {"end": start_s + audio.duration_s, "lead": audio.lead_s, "trail": audio.trail_s}
        facts |= {"sample_rate_hz": audio.native_rate_hz, "channel": audio.channel, "bandwidth_hz": audio.bandwidth_hz}
        facts["noise_floor_db"] = audio.noise_floor_db
        facts["note"] = "; ".join(audio.notes)
        if audio.speech_s > LONGEST_S:
            raise RecordingError(
                "too_long", f"the speech lasts {audio.speech_s / 60:.0f} minutes; cut it into segments with --segment"
            )
        analysis = engine_of(job.engine).analyse(audio, PitchRange(*job.pitch_range_hz))
        values = values_of(analysis)
        facts |= {"pitch_floor_hz": analysis.pitch.floor_hz, "pitch_ceiling_hz": analysis.pitch.ceiling_hz}
        facts["note"] = "; ".join([*audio.notes, *analysis.pitch.notes])
        facts["formant_ceiling_hz"] = analysis.formant_ceiling_hz
        if audio.held_rate_hz < FORMANT_BAND_HZ:
            facts["formant_ceiling_hz"] = math.nan  # nothing is measured below it
    except Exception as error:  # one clip must not stop the run, whatever a library finds wrong with it
        return _failure(error, facts)
    return Measured(facts | {"status": "ok", "error": ""}, values)


def _failure(error: Exception, facts: dict[str, Any]) -> Measured:
    if isinstance(error, RecordingError):
        return Measured(facts | {"status": error.status, "error": str(error)})
    first_line = str(error).strip().partition("\n")[0]
    return Measured(facts | {"status": "unmeasurable", "error": f"{type(error).__name__}: {first_line}"})


@cache
def _wanted(job: Job) -> tuple[tuple[Feature, ...], Plugin]:
    plugin = load_plugin(job.plugin)
    return feature_set(job.features) + plugin.features, plugin


@cache
def _way(job: Job) -> Callable[[Analysis], np.ndarray]:
    """What makes the values of a clip; worked out once for a job."""
    features, plugin = _wanted(job)
    if job.frames:
        contours = frame_contours(features)
        groups = {**engine_of(job.engine).contour_groups, **plugin.contour_groups}
        return lambda analysis: np.ascontiguousarray(contour_matrix(analysis, contours, groups).T)
    plan = RowPlan(features, plugin, job.engine)
    return lambda analysis: plan.compute(analysis)[np.newaxis]
