"""`evaluate` and `tune` with svm compared with bare scikit-learn in one run: CPU time of all, and of the fits alone.

Both leave one speaker out with the same steps, folds and inner folds. The bare loops fit and predict plain arrays, and
keep nothing else. They are measured in turn, in CPU seconds of one thread, so that other work on the machine disturbs
both alike; the ratio is that of the medians. `--tuned 0` leaves out the search, which takes minutes.

    python benchmarks/bench_evaluate.py ravdess_full.parquet --repeats 7 --tuned 3
"""

import argparse
import statistics
import time

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

import prosody_ser as ser
from prosody_ser.learn.audit import audit
from prosody_ser.learn.evaluation.predictions import predict_held_out
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.inner import inner_folds
from prosody_ser.learn.tuning.spaces import SMALL, SPACES


def bare_pipeline():
    """Make the pipeline from scikit-learn's own steps."""
    impute = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("impute", impute), ("scale", StandardScaler()), ("model", SVC(break_ties=True))])


def bare_predictions(X, y, groups):
    """Fit and predict with as little code as scikit-learn allows."""
    predicted = np.empty(len(y), dtype=object)
    for train, test in LeaveOneGroupOut().split(X, y, groups):
        predicted[test] = bare_pipeline().fit(X[train], y[train]).predict(X[test])
    return predicted


def bare_search(table, y):
    """Run the same search in each fold and on all clips; give its predictions."""
    X, predicted = table.X.to_numpy(), np.empty(len(y), dtype=object)
    space = {name: list(values) for name, values in SPACES["svm"][SMALL].items()}

    def searched(rows):
        folds, _ = inner_folds(table.X.iloc[rows], y[rows], 5, 0, without_speakers="error", what="")
        return GridSearchCV(bare_pipeline(), space, scoring="balanced_accuracy", cv=folds).fit(X[rows], y[rows])

    for train, test in LeaveOneGroupOut().split(X, y, speakers_of(table.X)):
        predicted[test] = searched(train).predict(X[test])
    searched(np.arange(len(y)))
    return predicted


def in_turn(ways, repeats):
    """Median CPU seconds of each function, and its result."""
    taken = {name: [] for name in ways}
    for _ in range(repeats):
        given = {}
        for name, way in ways.items():
            begin = time.process_time()
            given[name] = way()
            taken[name].append(time.process_time() - begin)
    median = {name: statistics.median(seconds) for name, seconds in taken.items()}
    for name, seconds in median.items():
        print(f"{seconds:8.3f} s  {name}")
    return median, given


def predicted(result):
    """Predicted labels of all clips, in order."""
    return [clip["predicted"] for clip in result.data["clips"]]


def main():
    """Measure all functions in turn and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--tuned", type=int, default=3, help="how often to measure the search")
    options = parser.parse_args()
    table = ser.read_table(options.table)
    X, y, groups = table.X.to_numpy(), table.y.to_numpy(dtype=object), speakers_of(table.X)
    pipeline, tuned = ser.make_pipeline("svm"), ser.make_tuned_pipeline("svm")
    plan = ser.EvaluationPlan.of(table, "loso")
    bare, fits, whole = "bare fits and predictions", "fits and predictions", "evaluate, audit included"
    ways = {
        bare: lambda: bare_predictions(X, y, groups),
        fits: lambda: predict_held_out(plan, pipeline),
        whole: lambda: ser.evaluate(table, pipeline, folds="loso"),
        "the audit alone": lambda: audit(table, "loso"),
    }
    print(f"{len(y)} clips, {len(set(groups))} speakers, {X.shape[1]} features; medians in CPU seconds")
    with threadpool_limits(1):
        once = {name: way() for name, way in ways.items()}  # imports, and fills caches
        print(f"evaluate and the bare loop say the same of {sum(predicted(once[whole]) == once[bare])}")
        median, _ = in_turn(ways, options.repeats)
        print(f"{median[fits] / median[bare]:8.2f}    fits and predictions / bare")
        print(f"{median[whole] / median[bare]:8.2f}    evaluate / bare")
        if options.tuned:
            bare, whole = "bare search in each fold", "tune"
            ways = {bare: lambda: bare_search(table, y), whole: lambda: ser.tune(table, tuned, folds="loso")}
            median, given = in_turn(ways, options.tuned)
            print(f"{median[whole] / median[bare]:8.2f}    tune / bare")
            # here scores are pooled, there averaged over folds, so that a fold may choose another candidate
            print(f"both say the same of {sum(predicted(given[whole][0]) == given[bare])}")


if __name__ == "__main__":
    main()
