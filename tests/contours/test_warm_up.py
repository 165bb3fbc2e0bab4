"""A process that starts while another thread compiles does not hang."""

import multiprocessing
import threading
import time

import pytest
from numba.core.compiler_lock import global_compiler_lock

from prosody_ser.contours import warm_up  # noqa: F401 - it sees to it


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
    child.join(20)
    exit_code = child.exitcode
    child.kill()
    thread.join()
    assert exit_code == 0
    take_the_lock()  # and it is free here again
