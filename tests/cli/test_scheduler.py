"""The option ``--scheduler``: every command writes the same bytes with it and without it."""

import os

import pytest

from prosody_ser.parallel import dask_cluster, dask_jobs
from prosody_ser.tables.file import write_table
from tests.support.command_line import assert_refused
from tests.support.dask_processes import DaskProcesses
from tests.support.folders import files_in
from tests.support.tables import acted_table

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

COMMANDS = {
    "cv": ("cv", "a.csv", "--model", "lda", "--folds", "2", "--speaker-norm", "both", "--permutations", "2"),
    "tune": ("tune", "a.csv", "--model", "lda", "--folds", "2", "--inner-folds", "2"),
    "compare": ("compare", "a.csv", "--models", "svm,lda", "--folds", "2", "--keep", "runs"),
    "importances": ("importances", "a.csv", "--model", "lda", "--folds", "2", "--repeats", "2", "--json", "all.json"),
    "cross": ("cross", "a.csv", "b.csv", "--model", "lda", "--folds", "2"),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a scheduler with two workers."""
    with DaskProcesses(tmp_path_factory.mktemp("dask")) as processes:
        for _ in range(2):
            processes.worker()
        yield processes.address


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_writes_the_same_bytes_with_a_scheduler(cli, monkeypatch, address, name):
    written, asked = [], []
    outcomes = dask_cluster.Cluster.outcomes
    monkeypatch.setattr(dask_cluster.Cluster, "outcomes", lambda *a, **b: asked.append(where) or outcomes(*a, **b))
    for where in ("here", "there"):
        folder = cli.folder / where
        folder.mkdir()
        monkeypatch.chdir(folder)
        for seed, corpus in enumerate("ab"):
            table = acted_table(seed=seed, n_speakers=4, rows_each=20, n_sentences=2, n_features=4, signal=1.0)
            table.frame["file"] = corpus + table.frame["file"]
            table.frame["speaker"] = corpus + table.frame["speaker"]
            table.frame["corpus"] = corpus
            write_table(table, f"{corpus}.csv")
        done = cli(*COMMANDS[name], *(("--scheduler", address) if where == "there" else ()))
        assert done.status == 0, done.err
        written.append((done.out, files_in(folder)))
    assert len(written[0][1]) > 2, "it wrote more than the tables"
    assert written[0] == written[1]
    assert set(asked) == {"there"}


def test_a_missing_scheduler_is_one_line(cli, monkeypatch):
    monkeypatch.setattr(dask_cluster, "CONNECT_S", 1)
    write_table(acted_table(), "t.csv")
    assert_refused(cli("cv", "t.csv", "--scheduler", "tcp://127.0.0.1:9"), "tcp://127.0.0.1:9: no Dask scheduler")
    assert not os.path.exists("result.json")
    assert dask_jobs.current() is None


def test_results_need_no_scheduler(cli):
    (cli.folder / "a.json").write_text("{}")
    (cli.folder / "b.json").write_text("{}")
    refused = cli("compare", "a.json", "b.json", "--scheduler", "tcp://127.0.0.1:9")
    assert_refused(refused, "--scheduler can be used with tables only")
