"""What `evaluate` costs beyond the fits it needs: its time over that of a bare scikit-learn loop, in one run.

Both leave one speaker out with the same steps and the same folds; the bare loop fits and predicts plain arrays and
keeps nothing else. They are measured in turn, in CPU seconds of one thread, so that other work on the machine disturbs
both alike; the ratio is that of the medians.

    python benchmarks/bench_evaluate.py ravdess_full.parquet --repeats 7
"""

import argparse
import statistics
import time

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline as bare_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

import prosody_ser as ser
from prosody_ser.learn.audit import audit
from prosody_ser.learn.evaluation.fitting import work_folds
from prosody_ser.learn.speakers.names import speakers_of


def fitted(fold, held_out):
    """The fold as it is."""
    return fold


def bare_fits(X, y, groups, predict=False):
    """The same fits, and predictions, as short as scikit-learn allows."""
    said = np.empty(len(y), dtype=object)
    for train, test in LeaveOneGroupOut().split(X, y, groups):
        steps = SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), SVC(break_ties=True)
        fitted = bare_pipeline(*steps).fit(X[train], y[train])
        if predict:
            said[test] = fitted.predict(X[test])
    return said


def main():
    """Measure all ways in turn and print their medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    table = ser.read_table(options.table)
    X, y, groups = table.X.to_numpy(), table.y.to_numpy(), speakers_of(table.X)
    pipeline = ser.make_pipeline("svm")
    ways = {
        "bare fits": lambda: bare_fits(X, y, groups),
        "bare fits and predictions": lambda: bare_fits(X, y, groups, predict=True),
        "folds fitted": lambda: list(
            work_folds(table.X, table.y, pipeline, ser.EvaluationPlan.of(table, "loso").folds, fitted)
        ),
        "evaluate, audit included": lambda: ser.evaluate(table, pipeline, folds="loso"),
        "the audit alone": lambda: audit(table, "loso"),
    }
    taken = {name: [] for name in ways}
    with threadpool_limits(1):
        for way in ways.values():
            way()
        for _ in range(options.repeats):
            for name, way in ways.items():
                begin = time.process_time()
                way()
                taken[name].append(time.process_time() - begin)
    median = {name: statistics.median(seconds) for name, seconds in taken.items()}
    whole, bare = median["evaluate, audit included"], median["bare fits and predictions"]
    print(f"{len(y)} clips, {len(set(groups))} speakers, {X.shape[1]} features; medians of {options.repeats}, CPU s")
    for name, seconds in median.items():
        print(f"{seconds:7.3f}  {name}")
    print(f"{median['folds fitted'] / median['bare fits']:7.2f}  folds fitted / bare fits")
    print(f"{(whole - median['the audit alone']) / bare:7.2f}  evaluate without audit / bare fits and predictions")
    print(f"{whole / bare:7.2f}  evaluate / bare fits and predictions")


if __name__ == "__main__":
    main()
