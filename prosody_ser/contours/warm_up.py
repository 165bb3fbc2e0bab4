"""Compile the kernels in up to four processes at the first use after installation; later runs load them from disk.

numba compiles under one lock, so only other processes can share the work. The kernels that they compile are handed over
through the cache on disk.
"""

import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Sequence
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

#: Half a second of a sawtooth at 100 Hz, in which pitch and formants can be measured.
BUZZ = np.arange(SAMPLE_RATE_HZ // 2) % (SAMPLE_RATE_HZ // 100) / SAMPLE_RATE_HZ

#: Time limit for the other process: compiling takes seconds, but a fork beside a thread may hang.
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
    n_processes = min(len(_GROUPS), os.cpu_count() or 1)
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    shares = [_GROUPS[k::n_processes] for k in range(n_processes)]
    others = [context.Process(target=_compile, args=(share,), daemon=True) for share in shares[1:]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about a fork beside the thread of a progress bar
        for other in others:
            other.start()
    _compile(shares[0])
    for other in others:
        other.join(_LONGEST_S)  # if it failed, the missing kernels are compiled when they are needed
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
    lfilter(RASTA_ZEROS, RASTA_POLES, BUZZ[None])


#: Each takes about as long to compile as any other.
_GROUPS = (_pitch, _pulses, _formants, _periodicity)


def _compile(groups: Sequence[Callable[[], None]]) -> None:
    for group in groups:
        group()
