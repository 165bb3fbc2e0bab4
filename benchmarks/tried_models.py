"""The models tried on the way to `best`, built from parts of scikit-learn; recognition_ledger.py evaluates them.

Each is a step, or the last steps, of the package's pipeline, after imputing and scaling, and is given a frame: the
names of its columns say, by the catalogue, what they describe.
"""

from functools import cache

import numpy as np
from scipy import linalg
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.metrics.pairwise import rbf_kernel

import prosody_ser as ser
from prosody_ser.catalogue import FEATURE_SETS, column
from prosody_ser.learn.classifiers.city_block import city_block
from prosody_ser.learn.classifiers.family_ridge import unit_rows

#: Kernels between clips, each (weight, kind, columns, families): the kind is "linear", "rbf" or "laplacian", `columns`
#: a word of :func:`columns_of`, `families` one of :func:`family_of`, and each family has a kernel of its own.
Kernels = tuple[tuple[float, str, str, str], ...]


def columns_of(words: str, names: tuple[str, ...]) -> list[str]:
    """Give the columns for a word, or for several joined by +.

    Parameters
    ----------
    words : str
        A feature set; ``relative``, the columns of `full_v1` with levels over the clip's own in place of levels;
        ``spectral motion``, what `wide_v1` adds of RASTA bands and MFCC; ``other motion``, what it adds of pitch,
        intensity, formants, voice quality and the shape of the spectrum; ``no levels``, `prosody_v1` without levels.
    names : tuple of str
        Of the table, which decides their order.
    """
    wanted = set().union(*(_members(word.strip()) for word in words.split("+")))
    return [name for name in names if name in wanted]


@cache
def _members(word: str) -> frozenset[str]:
    sets = {name: {feature.name: feature for feature in ser.feature_set(name)} for name in FEATURE_SETS}
    if word in sets:
        return frozenset(sets[word])
    if word == "no levels":
        return frozenset(n for n, f in sets["prosody_v1"].items() if not _is_level(f))
    in_full = {feature.functional.name for feature in sets["full_v1"].values() if feature.contour}
    parts: dict[str, set[str]] = {"relative": set(), "spectral motion": set(), "other motion": set()}
    for name, feature in sets["wide_v1"].items():
        about = feature.contour.descriptor if feature.contour else ""
        if name in sets["full_v1"] or ("_rel" in about and feature.functional.name in in_full):
            parts["relative"].add(name)
        elif about.startswith(("rasta", "mfcc")):
            parts["spectral motion"].add(name)
        else:
            parts["other motion"].add(name)
    return frozenset(parts[word])


def _is_level(feature) -> bool:
    return bool(feature.contour and feature.contour.level and feature.functional.unit == "value")


def family_of(name: str, families: str) -> str:
    """The family of a column: of ``one`` family, of the catalogue's ``six``, of ``eight`` or of ``eleven``.

    Eight: spectral columns are mel bands (RASTA too), MFCC or the rest. Eleven: changes of MFCC are apart as well, and
    so is what `wide_v1` adds of RASTA bands and of MFCC.
    """
    feature = column(name)
    if families == "one":
        return "all"
    if families == "six" or feature.family != "spectrum":
        return feature.family
    about = feature.contour.descriptor
    if families == "eleven" and name in _members("spectral motion"):
        return "added of RASTA bands" if about.startswith("rasta") else "added of MFCC"
    if families == "eleven" and about.endswith("_delta"):
        return "change of MFCC"
    return {"rasta": "mel", "mel": "mel", "mfcc": "MFCC"}.get(about.split("_")[0].rstrip("0123456789"), "shape")


class KernelCoordinates(TransformerMixin, BaseEstimator):
    """Coordinates of clips whose products are a sum of kernels, so that linear models become those of the kernel.

    Parameters
    ----------
    kernels : Kernels
        A linear kernel is of signed square roots of length 1; an RBF kernel has scikit-learn's ``gamma="scale"``; a
        Laplacian one is ``exp(-d / m)``, d the sum of absolute differences and m its median in training.
    """

    def __init__(self, kernels: Kernels) -> None:
        self.kernels = kernels

    def fit(self, X, y=None):
        """Learn the coordinates from the training clips."""
        self.parts_ = []
        for weight, kind, words, families in self.kernels:
            names = columns_of(words, tuple(X.columns))
            of_family: dict[str, list[str]] = {}
            for name in names:
                of_family.setdefault(family_of(name, families), []).append(name)
            self.parts_ += [(weight / len(of_family), kind, columns) for columns in of_family.values()]
        self.rows_ = [X[columns].to_numpy() for _, _, columns in self.parts_]
        self.scales_ = [_scale(kind, rows) for (_, kind, _), rows in zip(self.parts_, self.rows_, strict=True)]
        values, vectors = linalg.eigh(self._kernel(X))
        kept = values > 1e-9 * values[-1]
        self.to_coordinates_ = vectors[:, kept] / np.sqrt(values[kept])
        return self

    def transform(self, X):
        """Coordinates, shape (n_clips, n_dimensions)."""
        return self._kernel(X) @ self.to_coordinates_

    def _kernel(self, X):
        parts = zip(self.parts_, self.rows_, self.scales_, strict=True)
        return sum(w * _kernel(kind, X[columns].to_numpy(), rows, scale) for (w, kind, columns), rows, scale in parts)


def _scale(kind: str, rows: np.ndarray) -> float:
    if kind == "laplacian":
        return float(np.median(_distances(rows, rows)[np.tril_indices(len(rows), -1)]))
    return 1 / (rows.shape[1] * rows.var()) if kind == "rbf" else 1.0


def _kernel(kind: str, one: np.ndarray, other: np.ndarray, scale: float) -> np.ndarray:
    if kind == "linear":
        return unit_rows(one) @ unit_rows(other).T
    return rbf_kernel(one, other, scale) if kind == "rbf" else np.exp(-_distances(one, other) / scale)


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    one, other = (np.ascontiguousarray(rows, dtype=np.float32) for rows in (one, other))
    return city_block(one, other).astype(np.float64)


class EmphasisOfTelling(TransformerMixin, BaseEstimator):
    """Features multiplied by a power of the separation of the emotions in them.

    Parameters
    ----------
    power : float
        Of the share of variance between classes, less what chance gives, over its mean. It is doubled, as the signed
        square root that follows halves it again.
    """

    def __init__(self, power: float = 0.5) -> None:
        self.power = power

    def fit(self, X, y):
        """Learn the weights from the training clips."""
        X = np.asarray(X)
        _, named, counts = np.unique(y, return_inverse=True, return_counts=True)
        means = np.array([X[named == number].mean(axis=0) for number in range(counts.size)])
        total = np.maximum(((X - X.mean(axis=0)) ** 2).sum(axis=0), 1e-12)
        share = counts @ (means - X.mean(axis=0)) ** 2 / total
        share = np.maximum(share - (counts.size - 1) / (len(X) - 1), 0)
        self.weights_ = (share / share.mean()) ** (2 * self.power)
        return self

    def transform(self, X):
        """Give the weighted features."""
        return np.asarray(X) * self.weights_


class ScoreBlend(ClassifierMixin, BaseEstimator):
    """Several models' class scores, centred and divided by their standard deviation in each clip, and added.

    Parameters
    ----------
    members : sequence of (str, estimator)
        The columns of each, as of :func:`columns_of`, and the model.
    """

    def __init__(self, members) -> None:
        self.members = members

    def fit(self, X, y):
        """Fit each member."""
        self.classes_ = np.unique(y)
        names = tuple(X.columns)
        members = [(columns_of(which, names), model) for which, model in self.members]
        self.fitted_ = [(columns, clone(model).fit(X[columns], y)) for columns, model in members]
        return self

    def predict(self, X):
        """Predict the class with the largest sum."""
        total = 0.0
        for columns, model in self.fitted_:
            scores = model.decision_function(X[columns])
            scores = scores - scores.mean(axis=1, keepdims=True)
            total = total + scores / scores.std(axis=1, keepdims=True)
        return self.classes_[total.argmax(axis=1)]
