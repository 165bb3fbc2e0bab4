"""Linear algebra is limited to one thread, and the limit is removed afterwards."""

import numpy  # noqa: F401 - brings a library that has threads
from threadpoolctl import threadpool_info, threadpool_limits

from prosody_ser.parallel.one_thread import one_thread


def n_threads():
    return [library["num_threads"] for library in threadpool_info()]


def test_one_thread_inside_and_as_many_as_before_after():
    with threadpool_limits(2):
        before = n_threads()
        assert 2 in before
        for _ in range(2):
            with one_thread():
                assert set(n_threads()) == {1}
            assert n_threads() == before
