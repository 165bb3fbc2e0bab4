"""One recording, or sound in memory, to its features."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..audio.channels import AUTO, parse_channel
from ..catalogue import DEFAULT_SET, ENGINES, FAST, feature_set
from ..contours import PitchRange
from ..errors import CorpusError, RecordingError, chosen
from ..features import Job, Measured, column_names, measure_samples
from ..features import measure_file as measure_stretch
from ..parallel.one_thread import one_thread
from ..paths import OnePath, as_paths


def measure_file(
    path: OnePath,
    *,
    features: str = DEFAULT_SET,
    plugin: str | None = None,
    engine: str = FAST,
    channel: str | int = AUTO,
    pitch_floor_hz: float | None = None,
    pitch_ceiling_hz: float | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> pd.Series:
    """Measure one recording; the values are those of its row in :func:`extract_table`.

    Parameters
    ----------
    path : path_like
        Any file that libsndfile can read; others need ffmpeg on the PATH.
    features : str
        Name of the feature set.
    plugin : str, optional
        Module with features of your own; see :mod:`prosody_ser.plugin`.
    engine : {"fast", "reference"}
        What computes the contours: the package's own kernels, or Praat and librosa themselves.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Of a recording with several channels; a number counts from 1. ``auto`` takes the mean where they agree, else the
        louder one; see :mod:`prosody_ser.audio.channels`.
    pitch_floor_hz, pitch_ceiling_hz : float, optional
        Where the pitch is searched, if you know the voice better than the first pass, which finds both for each clip.
    start_s, end_s : float
        The stretch to measure, in s; to the end if `end_s` is None.

    Returns
    -------
    Series of float64, shape (n_features,)
        Named by feature. A feature that is undefined for this recording is NaN.

    Raises
    ------
    RecordingError
        If it cannot be read or measured; its `status` is what a table's row would say.
    ProtocolError
        If there is no such feature set, engine or channel.
    PluginError
        If `plugin` cannot be used.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(16000) / 16000), 16000)
    >>> print(round(ser.measure_file("tone.wav")["f0_p50_st"], 1))
    36.0
    """
    named = as_paths(path)
    if len(named) > 1:
        raise CorpusError(f"{len(named)} recordings were given, but measure_file takes one; use extract_table")
    end = math.nan if end_s is None else end_s
    job = _job(features, plugin, engine, channel, (pitch_floor_hz, pitch_ceiling_hz))
    values, _ = _measured(lambda: measure_stretch(named[0], job, start_s, end), f"{named[0]}: ")
    return pd.Series(values[0], index=list(column_names(job)))


def measure_signal(
    samples: ArrayLike | bytes,
    sample_rate_hz: int | None = None,
    *,
    features: str = DEFAULT_SET,
    plugin: str | None = None,
    engine: str = FAST,
    channel: str | int = AUTO,
    pitch_floor_hz: float | None = None,
    pitch_ceiling_hz: float | None = None,
) -> pd.Series:
    """Measure sound in memory; the values are those of the same sound in a file.

    Parameters
    ----------
    samples : array_like, shape (n,) or (n, channels), or bytes
        Floats in [-1, 1]; or int16, int32 or uint8 as in a WAV file, scaled by their full scale to the same range, as
        are floats that are whole numbers beyond 100. Or the bytes of an audio file.
    sample_rate_hz : int, optional
        Needed for samples; of an audio file its header says it.
    features, plugin, engine, channel, pitch_floor_hz, pitch_ceiling_hz
        As for :func:`measure_file`.

    Returns
    -------
    Series of float64, shape (n_features,)
        As :func:`measure_file`.

    Raises
    ------
    RecordingError
        If it cannot be measured.
    ProtocolError, PluginError
        As :func:`measure_file`.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 220 * np.arange(16000) / 16000)
    >>> print(round(ser.measure_signal(tone, 16000)["f0_p50_st"], 1))
    36.0
    """
    job = _job(features, plugin, engine, channel, (pitch_floor_hz, pitch_ceiling_hz))
    values, _ = _of_signal(samples, sample_rate_hz, job)
    return pd.Series(values[0], index=list(column_names(job)))


def _of_signal(samples: ArrayLike | bytes, sample_rate_hz: int | None, job: Job) -> tuple[np.ndarray, dict[str, Any]]:
    if not isinstance(samples, bytes | bytearray | memoryview):
        if sample_rate_hz is None:
            raise RecordingError("unreadable", "sample_rate_hz is missing; samples in memory need it")
        rate_hz = sample_rate_hz
        return _measured(lambda: measure_samples(samples, rate_hz, job))
    with TemporaryDirectory(prefix="prosody-ser-") as folder:  # the one way in which files are read
        path = Path(folder) / "recording"
        path.write_bytes(samples)
        return _measured(lambda: measure_stretch(str(path), job))


def measured_signal(
    samples: ArrayLike | bytes,
    sample_rate_hz: int | None = None,
    *,
    features: str,
    engine: str = FAST,
    channel: str | int = AUTO,
    frames: bool = False,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Sound in memory as the same sound in a file is measured, and what a table's row would say of it.

    Parameters
    ----------
    samples, sample_rate_hz, features, engine, channel
        As for :func:`measure_signal`.
    frames : bool
        Whether the contours themselves are wanted, every 10 ms.

    Returns
    -------
    values : DataFrame of float64, shape (1, n_features) or (n_frames, n_contours)
    facts : dict
        ``start, end, lead, trail``, in s, and others; see :class:`prosody_ser.features.Measured`.

    Raises
    ------
    RecordingError
        If it cannot be measured.
    """
    job = replace(_job(features, None, engine, channel, (None, None)), frames=frames)
    values, facts = _of_signal(samples, sample_rate_hz, job)
    return pd.DataFrame(values, columns=list(column_names(job))), facts


def _job(
    features: str,
    plugin: str | None,
    engine: str,
    channel: str | int,
    pitch_range_hz: tuple[float | None, float | None],
) -> Job:
    feature_set(features)
    chosen("engine", engine, ENGINES)
    PitchRange(*pitch_range_hz)  # refuses what is none
    return Job(features, plugin=plugin, engine=engine, pitch_range_hz=pitch_range_hz, channel=parse_channel(channel))


def _measured(measure: Callable[[], Measured], where: str = "") -> tuple[np.ndarray, dict[str, Any]]:
    with one_thread():  # as in the workers: on several threads BLAS rounds differently
        measured = measure()
    if measured.values is None:
        raise RecordingError(measured.facts["status"], f"{where}{measured.facts['error']}")
    return measured.values, measured.facts
