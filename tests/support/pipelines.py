"""Small models, and steps that record their input."""

from collections import Counter

from sklearn.base import BaseEstimator, TransformerMixin

from prosody_ser.learn.evaluation.fitting import work_folds
from prosody_ser.learn.splits.plan import check_normalisable, plan_folds
from prosody_ser.learn.splits.splitters import SpeakerSplitter

#: What makes each model small enough to be fitted a thousand times; all else stays as in the registry.
QUICK = {
    "rf": {"model__n_estimators": 4},
    "mlp": {"model__hidden_layer_sizes": (4,), "model__max_iter": 15},
    "hgb": {"model__max_iter": 3, "model__min_samples_leaf": 5},
    "cnn-features": {"model__max_epochs": 2, "model__learning_rate": 0.01},
    "cnn": {"model__max_epochs": 2, "model__learning_rate": 0.01, "model__n_members": 1},
    "lstm": {"model__max_epochs": 2, "model__learning_rate": 0.01, "model__n_members": 1},
    "ensemble": {"model__rf__n_estimators": 4, "model__mlp": "drop"},
}


def quick_pipeline(model, **options):
    """Make a pipeline with a small model."""
    from prosody_ser import make_pipeline

    pipeline = make_pipeline(model, **options)
    inner = "estimator__" if options.get("calibrate") else ""
    return pipeline.set_params(**{inner + name: value for name, value in QUICK.get(model, {}).items()})


class Spy(TransformerMixin, BaseEstimator):
    """A step that counts its rows."""

    seen: list = []  # noqa: RUF012 - shared by all clones, which is what it is for

    def __init__(self, place=""):
        self.place = place

    def fit(self, X, y=None):
        Spy.seen.append((self.place, "fit", len(X), None if y is None else Counter(y)))
        return self

    def transform(self, X):
        Spy.seen.append((self.place, "pass", len(X), None))
        return X


def fit_folds(X, y, pipeline, folds="auto", seed=0, n_jobs=1):
    """Record the folds that a scorer fits."""
    planned = plan_folds(X, y, folds, seed)
    check_normalisable(X, pipeline, planned)
    return work_folds(X, y, pipeline, planned, _fold_itself, n_jobs=n_jobs)


def _fold_itself(fold, held_out):
    return fold


def as_planned(X, y, folds, number=0):
    """One of the folds made from the clean labels; other labels may give other folds, which is not a leak."""

    class Planned(SpeakerSplitter):
        partial = True

        def folds(self, *_):
            yield planned

    planned = plan_folds(X, y, folds=folds)[number]
    return Planned()
