"""Compile the kernels in up to four processes at the first use after installation; later runs load them from disk.

numba compiles under one lock, so only other processes can share the work. The kernels that they compile are handed over
through the cache on disk.
"""

import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numba.core.compiler_lock import global_compiler_lock

from ..audio.filters import lfilter
from ..audio.frames import FRAME_STEP_S, SAMPLE_RATE_HZ
from ..audio.prepare import prepare_audio
from ..contours.analysis import Analysis
from ..contours.harmonics import harmonic_contours
from ..contours.kernels import autocorrelation
from ..contours.kernels.burg import burg_formants
from ..contours.kernels.cross_correlation import periodicity
from ..contours.kernels.pulses import glottal_pulses
from ..contours.mel import RASTA_POLES, RASTA_ZEROS
from ..parallel.worker_pool import STARTING
from .perturbation import jitter_measures, shimmer_measures

#: Half a second of a sawtooth at 100 Hz, in which pitch and formants can be measured.
BUZZ = np.arange(SAMPLE_RATE_HZ // 2) % (SAMPLE_RATE_HZ // 100) / SAMPLE_RATE_HZ

#: More would mainly repeat what each process has to do before it compiles anything.
_MOST_PROCESSES = 4
#: Time limit for the other processes: compiling takes seconds, but a fork beside a thread may hang.
_LONGEST_S = 60.0

if hasattr(os, "register_at_fork"):
    # A process that is forked while another thread compiles would wait forever for a lock that no thread there holds.
    os.register_at_fork(
        before=global_compiler_lock.acquire,
        after_in_parent=global_compiler_lock.release,
        after_in_child=global_compiler_lock.release,
    )


def compile_kernels() -> None:
    """Compile the kernels unless they are on disk; if several threads call it, one compiles and the others wait."""
    with STARTING:
        _compile_once()


@cache  # forked processes inherit the result
def _compile_once() -> None:
    if is_compiled() or multiprocessing.current_process().daemon:  # a daemon must not have children
        return
    n_others = min(_MOST_PROCESSES, os.cpu_count() or 1) - 1
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    try:
        folder = tempfile.TemporaryDirectory()
    except OSError:  # without a place for temporary files, each kernel is compiled when it is needed
        return
    with folder as claims:
        others = [context.Process(target=_help_compiling, args=(claims,), daemon=True) for _ in range(n_others)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # about a fork beside the thread of a progress bar
            for other in others:
                other.start()
        try:
            _compile_unclaimed(claims)
            for other in others:
                other.join(_LONGEST_S)  # if it failed, the missing kernels are compiled when they are needed
        finally:
            for other in others:
                other.kill()


@cache  # the check itself compiles the kernel
def is_compiled() -> bool:
    """Return whether numba finds the smallest kernel on disk; then the others usually are there, too."""
    autocorrelation.vertex(0.0, 1.0, 0.0)
    stats = getattr(autocorrelation.vertex, "stats", None)  # missing if numba is disabled
    return stats is None or bool(stats.cache_hits)


def _pitch() -> None:
    _ = Analysis(prepare_audio(BUZZ, SAMPLE_RATE_HZ)).pitch


def _pulses() -> None:
    glottal_pulses(BUZZ, SAMPLE_RATE_HZ, np.full(40, 100.0), 0.05, FRAME_STEP_S)


def _formants() -> None:
    burg_formants(BUZZ, SAMPLE_RATE_HZ, np.linspace(0.1, 0.4, 4), 5000.0)


def _periodicity() -> None:
    harmonic_contours(BUZZ, SAMPLE_RATE_HZ, np.linspace(0.1, 0.4, 4), np.full(4, 100.0), np.full((3, 4), 500.0))
    periodicity(BUZZ, SAMPLE_RATE_HZ, np.linspace(0.1, 0.4, 4), 75.0)


def _perturbation() -> None:
    pulses_s = np.arange(0.1, 0.4, 0.01)
    jitter_measures(pulses_s)
    shimmer_measures(BUZZ, SAMPLE_RATE_HZ, pulses_s)


def _rasta() -> None:
    lfilter(RASTA_ZEROS, RASTA_POLES, BUZZ[None])


#: The longest to compile comes first, so that all processes end at about the same time.
_GROUPS: tuple[Callable[[], None], ...] = (_pulses, _formants, _pitch, _periodicity, _perturbation, _rasta)


def _help_compiling(claims: str) -> None:
    """Compile in another process, which the first one ends if Ctrl-C is pressed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _compile_unclaimed(claims)


def _compile_unclaimed(claims: str) -> None:
    """Compile one group after another that no other process has claimed by a file in the folder `claims`."""
    collecting = gc.isenabled()
    gc.disable()  # it would take a seventh of the time and free next to nothing
    try:
        for group in _unclaimed(Path(claims)):
            group()
    finally:
        if collecting:
            gc.enable()


def _unclaimed(claims: Path) -> Iterator[Callable[[], None]]:
    for k, group in enumerate(_GROUPS):
        try:
            (claims / str(k)).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield group
