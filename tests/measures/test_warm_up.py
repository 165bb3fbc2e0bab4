"""The kernels are compiled at once, and a process that starts while another thread compiles does not hang."""

import multiprocessing
import subprocess
import sys
import threading
import time

import pytest
from numba.core.compiler_lock import global_compiler_lock

from prosody_ser.measures import warm_up  # noqa: F401 - it sees to it
from tests.support.processes import PATIENCE_S


def take_the_lock():
    with global_compiler_lock:
        pass


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_fork_beside_a_thread_that_compiles_can_compile():
    compiling = threading.Event()

    def compile_something():
        with global_compiler_lock:
            compiling.set()
            time.sleep(0.3)

    thread = threading.Thread(target=compile_something)
    thread.start()
    compiling.wait()
    child = multiprocessing.get_context("fork").Process(target=take_the_lock, daemon=True)
    child.start()
    child.join(PATIENCE_S)
    exit_code = child.exitcode
    child.kill()
    thread.join()
    assert exit_code == 0
    take_the_lock()  # and it is free here again


ALL_KERNELS = """
import gc
from numba.core.dispatcher import Dispatcher
from prosody_ser.audio.frames import SAMPLE_RATE_HZ
from prosody_ser.features import Job, measure_samples
from prosody_ser.measures import warm_up

def signatures():
    kernels = [each for each in gc.get_objects() if isinstance(each, Dispatcher)]
    own = [kernel for kernel in kernels if kernel.py_func.__module__.startswith("prosody_ser")]
    return {kernel.py_func.__qualname__: len(kernel.signatures) for kernel in own}

for group in warm_up._GROUPS:
    group()
before = signatures()
for features in ("full_v1", "wide_v1"):
    measured = measure_samples(warm_up.BUZZ, SAMPLE_RATE_HZ, Job(features))
    assert measured.values is not None
print(len(before), {name for name, n in signatures().items() if n != before.get(name)})
"""


def test_measuring_a_clip_needs_no_kernel_beyond_those():
    done = subprocess.run([sys.executable, "-c", ALL_KERNELS], capture_output=True, text=True, check=True)
    n_kernels, compiled_later = done.stdout.split(maxsplit=1)
    assert int(n_kernels) > 20
    assert compiled_later == "set()\n"
