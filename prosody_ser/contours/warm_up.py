"""The first use after installation: kernels compiled in two processes, for half the wait. Later ones find them on disk.

numba compiles under one lock, so that only another process can share the work; the disk's cache hands it over.
"""

import multiprocessing
import os
import sys
import warnings
from functools import cache
from typing import Any

import numpy as np
from numba.core.compiler_lock import global_compiler_lock

from ..audio.filters import lfilter
from ..audio.frames import FRAME_STEP_S, SAMPLE_RATE_HZ
from ..audio.prepare import prepare_audio
from ..parallel.worker_pool import STARTING
from .analysis import Analysis
from .harmonics import harmonic_contours
from .kernels import autocorrelation
from .kernels.burg import burg_formants
from .kernels.cross_correlation import periodicity
from .kernels.pulses import glottal_pulses
from .mel import RASTA_POLES, RASTA_ZEROS

#: Half a second at 100 Hz, in which there is something to find.
BUZZ = np.arange(SAMPLE_RATE_HZ // 2) % (SAMPLE_RATE_HZ // 100) / SAMPLE_RATE_HZ

#: Compiling takes seconds; a fork beside a thread may hang.
_LONGEST_S = 60.0

if hasattr(os, "register_at_fork"):
    # A process that is forked while another thread compiles would wait for ever for a lock that nobody there holds.
    os.register_at_fork(
        before=global_compiler_lock.acquire,
        after_in_parent=global_compiler_lock.release,
        after_in_child=global_compiler_lock.release,
    )


def compile_kernels() -> None:
    """Compile what is on no disk yet; milliseconds where it is. Of several threads one does, and the others wait."""
    with STARTING:
        _compile_once()


@cache  # forked processes have it from their start
def _compile_once() -> None:
    if is_compiled() or multiprocessing.current_process().daemon:  # which may have no children
        return
    other: Any = None
    if (os.cpu_count() or 1) > 1:
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        other = context.Process(target=_other_kernels, daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of fork beside a progress bar's thread
            other.start()
    _pitch_kernels()
    if other is not None:
        other.join(_LONGEST_S)  # whatever became of it: what is missing is compiled when it is needed
        other.kill()


@cache  # having looked, numba has compiled it
def is_compiled() -> bool:
    """Whether numba finds the smallest kernel on the disk; if so, all were there, or their module has changed."""
    autocorrelation.vertex(0.0, 1.0, 0.0)
    stats = getattr(autocorrelation.vertex, "stats", None)  # none where numba is switched off
    return stats is None or bool(stats.cache_hits)


def _pitch_kernels() -> None:
    _ = Analysis(prepare_audio(BUZZ, SAMPLE_RATE_HZ)).pitch
    harmonic_contours(BUZZ, SAMPLE_RATE_HZ, np.linspace(0.1, 0.4, 4), np.full(4, 100.0), np.full((3, 4), 500.0))
    periodicity(BUZZ, SAMPLE_RATE_HZ, np.linspace(0.1, 0.4, 4), 75.0)


def _other_kernels() -> None:
    lfilter(RASTA_ZEROS, RASTA_POLES, BUZZ[None])
    burg_formants(BUZZ, SAMPLE_RATE_HZ, np.linspace(0.1, 0.4, 4), 5000.0)
    glottal_pulses(BUZZ, SAMPLE_RATE_HZ, np.full(40, 100.0), 0.05, FRAME_STEP_S)
