"""Jobs in a process of their own give the results of the library, and end when they are cancelled or forgotten."""

import gc
import sys
import tempfile

import pytest

from prosody_ser import evaluate, make_pipeline, read_table, write_table
from prosody_ser.page.jobs import Job
from prosody_ser.results import Result
from tests.support.processes import alive, gone
from tests.support.tables import random_table


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "small.parquet"
    write_table(random_table(seed=1), path)
    return path


def wait_until(condition, job):
    while job.running and not condition():
        job.wait(0.02)
    assert condition(), job.error


def test_a_job_gives_the_result_of_evaluate_and_its_progress(small):
    job = Job("compare", table=str(small), models=["lda", "logreg"], speaker_norm="none")
    job.wait()
    assert (job.error, job.files) == (None, ["comparison.json", "result.json"])
    expected = evaluate(read_table(small), make_pipeline("lda"))
    assert Result.read(job.path("result.json")).uar == expected.uar
    assert job.done == job.total == 2 * len({clip["speaker"] for clip in expected.data["clips"]})


def test_a_run_that_is_cancelled_is_gone_and_leaves_nothing():
    job = Job("cv", table=None, models=["mlp"], speaker_norm="none")
    wait_until(lambda: job.done > 0, job)
    pid = job._process.pid
    job.cancel()
    assert not job.running
    assert job.error is None
    assert gone([pid])


def test_the_files_of_a_job_go_with_it():
    job = Job("nothing")
    folder = job.path("x").parent
    assert folder.exists()
    del job
    gc.collect()
    assert not folder.exists()
    job = Job("nothing")
    folder = job.path("x").parent
    job.close()
    assert not folder.exists()


def test_a_job_that_cannot_start_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(FileNotFoundError):
        Job("cv")
    assert list(tmp_path.iterdir()) == []


def test_a_run_ends_with_whoever_asked_for_it():
    job = Job("cv", table=None, models=["mlp"], speaker_norm="none")
    wait_until(lambda: job.done > 0, job)
    pid = job._process.pid
    assert alive(pid)
    job._process.stdin.close()
    assert gone([pid])


def test_an_error_is_a_sentence(tmp_path):
    job = Job("cv", table=str(tmp_path / "none.csv"), models=["lda"], speaker_norm="none")
    job.wait()
    assert "none.csv" in job.error
    assert job.files is None
