"""Measure one recording; a recording that cannot be measured gives a result with its error and does not raise."""

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

#: Longest speech in one row: memory and time grow faster than the length, and statistics over more say little.
LONGEST_S = 600.0


@dataclass(frozen=True)
class Job:
    """What to measure; it can be pickled for worker processes."""

    features: str  #: name of the feature set
    frames: bool = False  #: whether to return the contours instead of their statistics
    plugin: str | None = None  #: the user's module with more features
    segmentation: Segmentation | None = None  #: how recordings are cut into segments; None to measure whole recordings
    engine: str = FAST  #: the engine, one of :data:`prosody_ser.catalogue.ENGINES`
    #: floor and ceiling of the pitch search; None for the estimates of the first pass
    pitch_range_hz: tuple[float | None, float | None] = (None, None)
    channel: str = AUTO  #: from :func:`prosody_ser.audio.channels.parse_channel`


@dataclass(frozen=True, slots=True)
class Task:
    """A recording, or a segment of it, that is to be measured."""

    path: str
    #: `start_s`, `end_s`: the segment; NaN for the end of the recording
    start_s: float = 0.0
    end_s: float = math.nan
    #: result of :func:`file_stamp` before measuring; if it differs afterwards, the file has changed
    stamp: tuple[int, int] | None = None
    minutes: int = 1  #: approximate duration in minutes, rounded up; scales the timeout
    variant: Variant | None = None  #: the augmentation that is applied before measuring
    key: bytes = b""  #: cache key of its rows


def file_stamp(path: str) -> tuple[int, int] | None:
    """Return size and modification time (ns) of a file; None if it does not exist."""
    try:
        info = os.stat(path)
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns


@dataclass(frozen=True, eq=False)
class Measured:
    """The result of measuring one recording."""

    #: `status` and `error`; if measured also `end`, `lead`, `trail`, sampling rate, channel, pitch range and ceiling
    facts: dict[str, Any]
    #: ndarray of float64, shape (1, n_features) or (n_frames, n_contours), in the order of :func:`column_names`;
    #: None if the recording could not be measured
    values: np.ndarray | None = None


def column_names(job: Job) -> tuple[str, ...]:
    """Return the names of the columns that a job measures."""
    features, _ = _features_of(job)
    return tuple(column.name for column in (frame_contours(features) if job.frames else features))


def measure_task(task: Task, job: Job) -> list[Measured]:
    """Measure a recording; return one result, or one for each segment."""
    if job.segmentation is None:
        rows = [measure_file(task.path, job, task.start_s, task.end_s, task.variant)]
    else:
        rows = _measure_segments(task.path, job, job.segmentation)
    if task.stamp is not None and file_stamp(task.path) != task.stamp:
        return [Measured({"status": "changed", "error": "the file changed while it was being measured"})]
    files = load_plugin(job.plugin).files
    if files is not None:
        files.check()  # otherwise rows of changed code would be cached under the old digest
    return rows


def measure_file(
    path: str, job: Job, start_s: float = 0.0, end_s: float = math.nan, variant: Variant | None = None
) -> Measured:
    """Measure one recording, the segment of it between two times (NaN for its end), or an augmented copy."""
    end = None if math.isnan(end_s) else end_s
    return _measure(lambda: read_audio(path, start_s, end, channel=job.channel, change=variant), job, start_s)


def measure_samples(samples: ArrayLike, sample_rate_hz: int, job: Job) -> Measured:
    """Measure samples in memory, in the form that :func:`prosody_ser.audio.prepare.prepare_audio` takes."""
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
    compute_values = _value_function(job)
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
        values = compute_values(analysis)
        facts |= {"pitch_floor_hz": analysis.pitch.floor_hz, "pitch_ceiling_hz": analysis.pitch.ceiling_hz}
        facts["note"] = "; ".join([*audio.notes, *analysis.pitch.notes])
        facts["formant_ceiling_hz"] = analysis.formant_ceiling_hz
        if audio.held_rate_hz < FORMANT_BAND_HZ:
            facts["formant_ceiling_hz"] = math.nan  # no formants are measured
    except Exception as error:  # whatever a library raises, one clip must not stop the run
        return _failure(error, facts)
    return Measured(facts | {"status": "ok", "error": ""}, values)


def _failure(error: Exception, facts: dict[str, Any]) -> Measured:
    if isinstance(error, RecordingError):
        return Measured(facts | {"status": error.status, "error": str(error)})
    first_line = str(error).strip().partition("\n")[0]
    return Measured(facts | {"status": "unmeasurable", "error": f"{type(error).__name__}: {first_line}"})


@cache
def _features_of(job: Job) -> tuple[tuple[Feature, ...], Plugin]:
    plugin = load_plugin(job.plugin)
    return feature_set(job.features) + plugin.features, plugin


@cache
def _value_function(job: Job) -> Callable[[Analysis], np.ndarray]:
    """Return the function that computes the values of a clip, prepared once for each job."""
    features, plugin = _features_of(job)
    if job.frames:
        contours = frame_contours(features)
        groups = {**engine_of(job.engine).contour_groups, **plugin.contour_groups}
        return lambda analysis: np.ascontiguousarray(contour_matrix(analysis, contours, groups).T)
    plan = RowPlan(features, plugin, job.engine)
    return lambda analysis: plan.compute(analysis)[np.newaxis]
