"""One recording to its numbers: never raises for a bad one, but says what failed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..audio import Audio, prepare_audio, read_audio
from ..catalogue import Feature, feature_set
from ..contours import Analysis, contour_matrix
from ..errors import RecordingError
from ..plugin import Plugin, load_plugin
from .row import RowPlan, frame_contours


@dataclass(frozen=True)
class Job:
    """What to measure, in words: it crosses to worker processes.

    Attributes
    ----------
    features : str
        Name of the feature set.
    frames : bool
        Whether the contours themselves are wanted, not their statistics.
    plugin : str or None
        Module with features of the user's own.
    """

    features: str
    frames: bool = False
    plugin: str | None = None


@dataclass(frozen=True, eq=False)
class Measured:
    """What came of one recording.

    Attributes
    ----------
    facts : dict
        `status` and `error`; where measured also `end`, `lead`, `trail`, sample rate, pitch range and ceiling.
    values : ndarray of float64, shape (1, n_features) or (n_frames, n_contours), or None
        In the order of :func:`column_names`; None where the recording could not be measured.
    """

    facts: dict[str, Any]
    values: np.ndarray | None = None


def column_names(job: Job) -> tuple[str, ...]:
    """Names of the columns that a job measures."""
    features, _ = _wanted(job)
    return tuple(wanted.name for wanted in (frame_contours(features) if job.frames else features))


def measure_file(path: str, job: Job) -> Measured:
    """Measure one recording."""
    return _measure(lambda: read_audio(path), job)


def measure_samples(samples: np.ndarray, sample_rate_hz: int, job: Job) -> Measured:
    """Measure samples that are already in memory, as :func:`prosody_ser.audio.prepare_audio` takes them."""
    return _measure(lambda: prepare_audio(samples, sample_rate_hz), job)


def _measure(open_audio: Callable[[], Audio], job: Job) -> Measured:
    values_of = _way(job)
    facts: dict[str, Any] = {}
    try:
        audio = open_audio()
        facts = {"end": audio.duration_s, "lead": audio.lead_s, "trail": audio.trail_s}
        facts["sample_rate_hz"] = audio.native_rate_hz
        analysis = Analysis(audio)
        values = values_of(analysis)
        facts |= {"pitch_floor_hz": analysis.pitch.floor_hz, "pitch_ceiling_hz": analysis.pitch.ceiling_hz}
        facts["formant_ceiling_hz"] = analysis.formant_ceiling_hz
    except RecordingError as error:
        return Measured({"status": error.status, "error": str(error)})
    except Exception as error:  # one clip must not stop the run, whatever a library finds wrong with it
        first_line = str(error).strip().partition("\n")[0]
        return Measured(facts | {"status": "unmeasurable", "error": f"{type(error).__name__}: {first_line}"})
    return Measured(facts | {"status": "ok", "error": ""}, values)


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
        return lambda analysis: np.ascontiguousarray(contour_matrix(analysis, contours, plugin.contour_groups).T)
    plan = RowPlan(features, plugin)
    return lambda analysis: plan.compute(analysis)[np.newaxis]
