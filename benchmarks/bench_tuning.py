"""Nested tuning and scikit-learn's GridSearchCV with the same fits: ``python benchmarks/bench_tuning.py TABLE``.

One search on all clips of the table, the same candidates, inner folds and final fit, in turn (A B A B), in CPU seconds
of one core; classifiers and the imputer that are faster here are scikit-learn's own there. The ratio is the median over
the rounds (default 3: ``... TABLE 3``). Both must choose the same parameters: scores are pooled here and means over
folds there, so where they differ it is said.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import sys
import time
import warnings
from statistics import median

import numpy as np
from sklearn.base import clone
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV

from prosody_ser import make_tuned_pipeline, read_table
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.grouped import grouped_folds

CASES = (
    ("svm", {}),
    ("svm", {"balance": "smote"}),
    ("svm", {"select": "mi:0.25"}),
    ("svm", {"select": "mi"}),
    ("lda", {"balance": "smote-tomek", "speaker_norm": "speaker"}),
    ("logreg", {"select": "rfe:0.25"}),
)
N_INNER = 5


def as_scikit_learn_has_it(pipeline):
    """Make the same steps from scikit-learn's classes, without the faster ones of this package."""
    plain = clone(pipeline).set_params(impute=SimpleImputer(strategy="median", keep_empty_features=True))
    model = pipeline[-1]
    original = type(model).__mro__[1] if type(model).__module__.startswith("prosody_ser.") else type(model)
    return plain.set_params(model=original(**model.get_params()))


def main(path, n_rounds=3):
    """Time both on each case and print the seconds and their ratio."""
    warnings.simplefilter("ignore")
    table = read_table(path)
    X, y = table.X, table.y.to_numpy(dtype=object)
    fold_of = grouped_folds(y, speakers_of(X), N_INNER, 0)
    folds = [(np.flatnonzero(fold_of != i), np.flatnonzero(fold_of == i)) for i in range(N_INNER)]
    print(f"{path}: {len(X)} clips, {X.shape[1]} features, {N_INNER} inner folds")
    for model, options in CASES:
        ours = make_tuned_pipeline(model, inner_folds=N_INNER, **options)
        space = {name: list(values) for name, values in ours.space.items()}
        theirs = GridSearchCV(as_scikit_learn_has_it(ours.estimator), space, scoring="balanced_accuracy", cv=folds)
        rounds = []
        for _ in range(n_rounds):
            fitted, seconds = [], []
            for search in (ours, theirs):
                started = time.process_time()
                fitted.append(clone(search).fit(X, y))
                seconds.append(time.process_time() - started)
            rounds.append(seconds)
        mine, plain = (median(column) for column in zip(*rounds, strict=True))
        ratio = median(b / a for a, b in rounds)
        settings = ", ".join(f"{name} {value}" for name, value in options.items()) or "plain"
        same = "" if fitted[0].best_params_ == fitted[1].best_params_ else "   (another candidate is best by mean)"
        print(
            f"  {model:7} {settings:45} {len(fitted[0].candidates_):3} candidates"
            f"   ours {mine:6.2f} s   GridSearchCV {plain:6.2f} s   {ratio:5.2f} times as fast{same}"
        )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
