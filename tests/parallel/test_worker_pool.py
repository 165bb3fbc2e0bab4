"""If a process hangs or dies, only its item is lost; each item is processed once, unless it failed."""

import os
import time

import pytest

from prosody_ser.parallel.worker_pool import ItemQueue, Lost, in_processes


def misbehave(item):
    if item.startswith("hang"):
        time.sleep(60)
    if item.startswith("die"):
        os._exit(7)
    return item.upper()


def note(path):
    """Leave a mark of each call."""
    with open(path, "a") as file:
        file.write("x")
    if path.endswith("die"):
        os._exit(7)


@pytest.mark.parametrize("batch", [1, 3, 100])
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_hangs_or_dies_costs_itself_only(jobs, batch):
    items = ["a", "hang", "b", "die", "c", "die again", "d"]
    results = dict(in_processes(misbehave, items, jobs, lambda item: 0.5, batch=batch))
    assert [results[item] for item in "abcd"] == ["A", "B", "C", "D"]
    assert results["hang"] == Lost("timed_out", "it did not finish within 0.5 s")
    assert results["die"] == results["die again"] == Lost("crashed", "the worker process died (exit code 7)")


def test_only_what_failed_is_tried_again(tmp_path):
    paths = [str(tmp_path / name) for name in ("a", "b", "die", "c")]
    list(in_processes(note, paths, 2, lambda item: 10))
    assert [len((tmp_path / name).read_text()) for name in ("a", "b", "die", "c")] == [1, 1, 2, 1]


def test_items_are_taken_as_they_are_needed():
    taken = []

    def items():
        for i in range(1000):
            taken.append(i)
            yield str(i)

    for done, _ in enumerate(in_processes(str, items(), 2, lambda item: 10, batch=4), start=1):
        assert len(taken) <= done + 2 * 4 * 2 + 4
    assert done == 1000


def test_a_long_one_goes_alone():
    queue = ItemQueue(range(10), batch=5, ahead=2, alone=lambda item: item == 3)
    batches = []
    while queue:
        batches.append(queue.take())
    assert batches == [([3], False), ([0, 1, 2, 4, 5], False), ([6, 7, 8, 9], False)]


@pytest.mark.parametrize("limit_s", [1e8, 1e300, float("inf")])
def test_a_limit_may_be_longer_than_the_system_can_wait(limit_s):
    assert list(in_processes(str, [1], 1, lambda item: limit_s)) == [(1, "1")]


def test_nothing_to_do():
    assert list(in_processes(str, [], 2, lambda item: 10)) == []


def test_a_bug_is_not_hidden():
    with pytest.raises(TypeError):
        list(in_processes(len, [3], 1, lambda item: 10))
