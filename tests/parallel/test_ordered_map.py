"""Results of calls in other processes do not depend on what else the machine does."""

import time
import warnings

from prosody_ser.parallel.ordered_map import run_jobs

_held = []


def grow(megabytes, number):
    """Use more memory in each call, for longer than joblib waits before it checks a process."""
    _held.append(b"x" * (megabytes * 2**20))
    time.sleep(0.6)
    if number == 3:
        warnings.warn("of the work itself", UserWarning, stacklevel=1)
    return number


def test_a_process_that_is_renewed_because_it_grew_is_no_warning_of_the_work():
    """Otherwise a warning would be stored in results, whose bytes would depend on the memory of the machine."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert list(run_jobs(grow, range(8), given=(200,), n_jobs=2)) == list(range(8))
    assert [str(warning.message) for warning in caught] == ["of the work itself"]
