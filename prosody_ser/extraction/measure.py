"""Measure the features of one recording, or of sound in memory."""

import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..audio.channels import AUTO, parse_channel
from ..catalogue import DEFAULT_SET, FAST, checked_engine, feature_set
from ..contours import PitchRange
from ..errors import CorpusError, RecordingError
from ..features import Job, Measured, column_names, measure_samples
from ..features import measure_file as measure_segment
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
    """Measure one recording; the values are the same as in a table of :func:`extract_table`.

    Parameters
    ----------
    path : path_like
        Any file that libsndfile can read; others need ffmpeg on the PATH.
    features : str
        Name of the feature set.
    plugin : str, optional
        Module with your own features; see :mod:`prosody_ser.plugin`.
    engine : {"fast", "reference"}
        What computes the contours: the package's own kernels, or Praat and librosa themselves.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Which channel of several to use; a number counts from 1. ``auto`` uses the mean if the channels agree, otherwise
        the loudest one; see :mod:`prosody_ser.audio.channels`.
    pitch_floor_hz, pitch_ceiling_hz : float, optional
        Limits of the pitch search; by default a first pass estimates both.
    start_s, end_s : float
        The segment to measure, in s; to the end if `end_s` is None.

    Returns
    -------
    Series of float64, shape (n_features,)
        Indexed by feature name. A feature that is undefined for this recording is NaN.

    Raises
    ------
    RecordingError
        If the recording cannot be read or measured; `status` is the same as in a table.
    ProtocolError
        If the feature set, engine or channel is invalid.
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
    values, _ = _measured(lambda: measure_segment(named[0], job, start_s, end), f"{named[0]}: ")
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
    """Measure sound in memory; the values are the same as for a file with this sound.

    Parameters
    ----------
    samples : array_like, shape (n,) or (n, channels), or bytes
        Floats in [-1, 1]; or int16, int32 or uint8 as in a WAV file, which are scaled to that range. Floats that are
        whole numbers beyond 100 are scaled, too. Or the bytes of an audio file.
    sample_rate_hz : int, optional
        Required for samples; read from the header for an audio file.
    features, plugin, engine, channel, pitch_floor_hz, pitch_ceiling_hz
        As for :func:`measure_file`.

    Returns
    -------
    Series of float64, shape (n_features,)
        As from :func:`measure_file`.

    Raises
    ------
    RecordingError
        If the sound cannot be measured.
    ProtocolError, PluginError
        As for :func:`measure_file`.

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
        if isinstance(samples, str | os.PathLike):
            raise RecordingError(
                "unreadable", f"{os.fspath(samples)!r} is a path, not a sound: use measure_file or predict_files"
            )
        if hasattr(samples, "read"):
            raise RecordingError("unreadable", "an open file is not a sound: give its bytes, file.read()")
        if sample_rate_hz is None:
            raise RecordingError("unreadable", "sample_rate_hz is missing; samples in memory need it")
        rate_hz = sample_rate_hz
        return _measured(lambda: measure_samples(samples, rate_hz, job))
    with TemporaryDirectory(prefix="prosody-ser-") as folder:  # read like any other file
        path = Path(folder) / "recording"
        path.write_bytes(samples)
        return _measured(lambda: measure_segment(str(path), job))


def measured_signal(
    samples: ArrayLike | bytes,
    sample_rate_hz: int | None = None,
    *,
    features: str,
    engine: str = FAST,
    channel: str | int = AUTO,
    frames: bool = False,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Measure sound in memory; return the values, and the facts that a table contains about a recording.

    Parameters
    ----------
    samples, sample_rate_hz, features, engine, channel
        As for :func:`measure_signal`.
    frames : bool
        Whether to return the contours, every 10 ms, instead of the features.

    Returns
    -------
    values : DataFrame of float64, shape (1, n_features) or (n_frames, n_contours)
    facts : dict
        ``start, end, lead, trail``, in s, and others; see :class:`prosody_ser.features.Measured`.

    Raises
    ------
    RecordingError
        If the sound cannot be measured.
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
    checked_engine(engine)
    PitchRange(*pitch_range_hz)  # raises if they are invalid
    return Job(features, plugin=plugin, engine=engine, pitch_range_hz=pitch_range_hz, channel=parse_channel(channel))


def _measured(measure: Callable[[], Measured], where: str = "") -> tuple[np.ndarray, dict[str, Any]]:
    with one_thread():  # as in the workers, because BLAS rounds differently on several threads
        measured = measure()
    if measured.values is None:
        raise RecordingError(measured.facts["status"], f"{where}{measured.facts['error']}")
    return measured.values, measured.facts
