"""From a folder of recordings to a feature table, in parallel. A clip that fails becomes a row that says why."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from .catalogue import DEFAULT_SET, feature_set
from .datasets import find_utterances
from .errors import ProtocolError, RecordingError
from .table import ORIGINAL, FeatureTable
from .versions import library_versions

_STOPPING = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
#: For one clip; an hour of speech takes about a minute.
TIMEOUT_S = 600
_LIBRARIES = ("praat-parselmouth", "librosa", "numpy", "scipy", "soundfile", "soxr")


def extract_table(
    directory: str | os.PathLike,
    corpus: str | None = None,
    *,
    features: str = DEFAULT_SET,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FeatureTable:
    """Measure every recording of a folder.

    Parameters
    ----------
    directory : path_like
        A corpus folder; see :mod:`prosody_ser.datasets`.
    corpus : str, optional
        Name of the corpus; recognised from the file names if not given.
    features : str
        Name of the feature set.
    jobs : int, optional
        Worker processes; all cores if not given, 1 to stay in this process.
    progress : callable, optional
        Called as ``progress(done, total)`` after each clip.

    Returns
    -------
    FeatureTable
        One row a clip, sorted by file. A clip that cannot be read or measured has NaN features, a `status`
        other than ``ok`` and a sentence in `error`.

    Raises
    ------
    CorpusError
        If the folder holds no recordings or its names are of no known corpus.
    ProtocolError
        If there is no such feature set, or `jobs` is less than 1.
    """
    wanted = feature_set(features)
    if jobs is not None and jobs < 1:
        raise ProtocolError(f"jobs is {jobs}: take 1 or more, or none for all cores")
    found, utterances, passed_over = find_utterances(directory, corpus)
    # Before the workers start: what this imports, forked workers need not import again.
    about = {"feature_set": features, **_provenance(), "corpus": found.name, "passed_over": passed_over}
    tasks = [(str(Path(directory) / utterance.file), features) for utterance in utterances]
    rows: list[dict] = [{}] * len(tasks)
    for done, (i, values) in enumerate(_measure_all(tasks, jobs or os.cpu_count() or 1), start=1):
        place = {"corpus": found.name, "start": 0.0, "variant": ORIGINAL}
        rows[i] = _printable(asdict(utterances[i])) | place | values
        if progress is not None:
            progress(done, len(tasks))
    names = tuple(feature.name for feature in wanted)
    return FeatureTable(pd.DataFrame(rows).reindex(columns=_columns(rows, names)), names, about)


def _printable(facts: dict[str, Any]) -> dict[str, Any]:
    """File names need not be UTF-8, tables must be: what cannot be printed becomes an escape."""
    return {
        name: os.fsencode(fact).decode("utf-8", "backslashreplace") if isinstance(fact, str) else fact
        for name, fact in facts.items()
    }


def _columns(rows, names):
    """All columns that occur, and every feature even where no clip could be measured."""
    return [*dict.fromkeys(column for row in rows for column in row if column not in names), *names]


def measure_file(path: str, features: str = DEFAULT_SET) -> dict[str, Any]:
    """Features and facts of one recording; never raises for a bad one.

    Parameters
    ----------
    path : str
    features : str
        Name of the feature set.

    Returns
    -------
    dict
        `status` and `error`; where measured also `end`, `lead`, `trail`, the pitch range and every feature.
    """
    # Imported here, since Praat and librosa take seconds: whoever only asks for the module need not wait.
    from .audio import read_audio
    from .contours import Analysis
    from .features import compute_row

    facts: dict[str, Any] = {}
    try:
        audio = read_audio(path)
        facts = {"end": audio.duration_s, "lead": audio.lead_s, "trail": audio.trail_s}
        facts["sample_rate_hz"] = audio.native_rate_hz
        analysis = Analysis(audio)
        values = compute_row(analysis, feature_set(features))
        facts |= {"pitch_floor_hz": analysis.pitch.floor_hz, "pitch_ceiling_hz": analysis.pitch.ceiling_hz}
    except RecordingError as error:
        return {"status": error.status, "error": str(error)}
    except Exception as error:  # one clip must not stop the run, whatever a library finds wrong with it
        first_line = str(error).strip().partition("\n")[0]
        return facts | {"status": "unmeasurable", "error": f"{type(error).__name__}: {first_line}"}
    return facts | {"status": "ok", "error": ""} | values


def _measure_all(tasks: Sequence[tuple[str, str]], jobs: int) -> Iterator[tuple[int, dict]]:
    """Results as they come, each with its task's index."""
    if jobs == 1 or len(tasks) < 2:
        with threadpool_limits(1):  # as in the workers: BLAS rounds differently on several threads
            for i, task in enumerate(tasks):
                yield i, measure_file(*task)
        return
    from pebble import ProcessPool

    pool = ProcessPool(max_workers=min(jobs, len(tasks)), initializer=_prepare_worker, context=_start_method())
    try:
        with _signals_wait():
            pending: dict[Any, int] = {
                pool.schedule(measure_file, args=task, timeout=TIMEOUT_S): i for i, task in enumerate(tasks)
            }
        for future in as_completed(pending):
            yield pending[future], _outcome(future)
        pool.close()
    finally:  # also when interrupted: no worker is left behind
        pool.stop()
        pool.join()


@contextmanager
def _signals_wait():
    """Hold signals back while workers start: Python drops what a handler raises in the middle of a fork."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _outcome(future: Future) -> dict:
    from pebble import ProcessExpired

    try:
        return future.result()
    except TimeoutError:
        return {"status": "timed_out", "error": f"not measured within {TIMEOUT_S} s"}
    except ProcessExpired as died:
        return {"status": "crashed", "error": f"the process measuring it died (exit code {died.exitcode})"}


def _start_method():
    # fork needs no `if __name__ == "__main__"` in a user's script and starts at once; only Linux does it safely.
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _prepare_worker() -> None:
    """One thread, open to signals, silent: decoders print notes of their own, and each clip's row says what failed."""
    threadpool_limits(1)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)


def _provenance() -> dict[str, dict]:
    """What the values depend on: parameters and versions."""
    from parselmouth import PRAAT_VERSION

    from .features import feature_parameters

    versions = {"praat": PRAAT_VERSION} | library_versions(*_LIBRARIES)
    return {"parameters": feature_parameters(), "versions": versions}
