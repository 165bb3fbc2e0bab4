"""How far a clip lies from the speech that a model was trained on, relative to clips of new but comparable speakers.

A feature that could not be measured is filled with the training median, which is the least novel value there is.
Therefore each missing feature increases the distance as if its value lay twice as far out as usual, unless training
clips lack it too.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..file_format.parts import FLOAT, Part, Taken
from ..scaled_rows import IMPUTE, scaled_rows

#: Number of directions whose own variance is kept; all others share one. More directions make a model file of wide_v1
#: large without detecting more of the EMO-DB clips changed by noise, rooms or another voice
#: (``benchmarks/abstention.md``).
MOST_DIRECTIONS = 8
#: Number of directions that files of format version 1 may have.
_MOST_STORED = 256
#: Assumed distance of a missing feature, as a multiple of the usual distance.
MISSING_IS_FAR = 2.0
N_QUANTILES = 1001
_LARGE = 1e100


@dataclass(frozen=True, eq=False)
class Shape:
    """Centre and spread of clips in the space of scaled features.

    Distances are Mahalanobis distances with a covariance shrunk as in Ledoit and Wolf (2004), so that it can be
    inverted for any number of clips. With its eigenvectors v and variances s²:
    ``d² = sum((v · (x - m))² / s²)`` over the leading directions, plus the remainder of ``|x - m|²`` divided by the
    mean variance of the other directions (as in probabilistic PCA; Tipping & Bishop 1999).

    References
    ----------
    Ledoit, O. & Wolf, M. (2004). A well-conditioned estimator for large-dimensional covariance matrices. Journal of
        Multivariate Analysis 88, 365-411.
    Tipping, M. E. & Bishop, C. M. (1999). Probabilistic principal component analysis. Journal of the Royal Statistical
        Society B 61, 611-622.
    """

    centre: np.ndarray  #: ndarray of shape (n_features,)
    directions: np.ndarray  #: ndarray of shape (n_directions, n_features)
    variances: np.ndarray  #: ndarray of shape (n_directions,)
    rest: float  #: variance of every other direction
    #: ndarray of shape (n_features,): share of clips in which each feature is defined; 0 if gaps are not considered
    present: np.ndarray
    gap: float  #: increase of the squared distance for a missing feature that all clips have

    @classmethod
    def of(cls, values: np.ndarray, gaps: np.ndarray | None = None) -> "Shape":
        """Estimate the shape from clips.

        Parameters
        ----------
        values : ndarray of shape (n_clips, n_features)
            Scaled features, with missing values filled.
        gaps : ndarray of bool, shape (n_clips, n_features), optional
            True where a value was missing.
        """
        n_features = values.shape[1]
        centre = values.mean(axis=0)
        centred = values - centre
        shrinkage = _shrinkage(centred)
        singular, directions = _singular(centred)
        raw = np.zeros(n_features)
        raw[: singular.size] = singular**2 / len(values)
        variances = (1 - shrinkage) * raw + shrinkage * raw.mean()
        least = max(1e-6 * float(raw.mean()), 1e-12)  # identical clips have no variance
        variances = np.maximum(variances, least)
        kept = len(directions)
        rest = float(variances[kept:].mean()) if kept < n_features else float(variances.mean())
        present = np.zeros(n_features) if gaps is None else 1 - gaps.mean(axis=0)
        shape = cls(centre, directions, variances[:kept], rest, present, 0.0)
        usual = float(np.median(shape.distances(values) ** 2)) / n_features
        return replace(shape, gap=MISSING_IS_FAR**2 * usual)

    def distances(self, values: np.ndarray, gaps: np.ndarray | None = None) -> np.ndarray:
        """Distance of each row, shape (n_clips,); `values` and `gaps` are as in :meth:`of`."""
        # Computed row by row, so that the result for a clip does not depend, even in its last bit, on the other clips.
        with np.errstate(over="ignore", invalid="ignore"):  # an overflow becomes an infinite distance
            squared = np.array([self._squared(row - self.centre) for row in values])
            if gaps is not None:
                squared += self.gap * np.array([self.present[row].sum() for row in gaps])
            distances = np.sqrt(squared)
        return np.where(np.isfinite(distances), distances, np.inf)

    def _squared(self, row: np.ndarray) -> float:
        along = self.directions @ row
        left = max(float(row @ row - along @ along), 0.0)
        return float(along @ (along / self.variances) + left / self.rest)


def _shrinkage(centred: np.ndarray) -> float:
    """Shrinkage of the covariance; with fewer clips than features it is computed from sums over pairs of clips."""
    if len(centred) >= centred.shape[1]:
        from sklearn.covariance import ledoit_wolf_shrinkage

        return float(ledoit_wolf_shrinkage(centred, assume_centered=True))
    from ...learn.classifiers.lda import ledoit_wolf_of_few

    return float(ledoit_wolf_of_few(centred)[0])


def _singular(centred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All singular values of the rows, the largest first, and the leading directions that are kept."""
    n_rows, n_features = centred.shape
    if n_rows >= n_features:
        _, singular, directions = np.linalg.svd(centred, full_matrices=False)
        return singular, directions[:MOST_DIRECTIONS]
    squared, rows = np.linalg.eigh(centred @ centred.T)  # with many features a hundred times faster than the SVD
    singular = np.sqrt(np.maximum(squared[::-1], 0.0))
    directions = rows[:, ::-1][:, :MOST_DIRECTIONS].T @ centred
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    # With fewer different clips than directions, the surplus directions are zero vectors.
    return singular, np.divide(directions, lengths, out=np.zeros_like(directions), where=lengths > 1e-9 * singular[0])


@dataclass(frozen=True, eq=False)
class Novelty:
    """Novelty of clips: the share of clips of speakers not heard in training that lie nearer to the training speech."""

    shape: Shape  #: the shape of all training clips
    #: ndarray of shape (n_quantiles,): quantiles, in equal steps from 0 to 1, of the distance of training clips to the
    #: shape of the clips of *other* speakers. A new speaker's distances are compared with these, because a training
    #: speaker's own clips would lie nearer.
    quantiles: np.ndarray
    prepare: Any = field(repr=False)  #: the pipeline's steps up to the scaler

    @property
    def usual(self) -> float:
        """The median distance of a new speaker's clips."""
        return float(self.quantiles[self.quantiles.size // 2])

    def distances(self, X: Any) -> np.ndarray:
        """Distance of each row of X, shape (n_rows,); X is as for :meth:`score`."""
        return self.shape.distances(*prepared(self.prepare, X))

    def score(self, X: Any) -> np.ndarray:
        """Novelty of each row of X, 0 to 1; X is as :meth:`prosody_ser.model.TrainedModel.columns_of` returns it.

        A novelty of 0.99 means: farther away than 99 % of the training clips, each compared with speakers other than
        its own.
        """
        return self.of_distances(self.distances(X))

    def of_distances(self, distances: np.ndarray) -> np.ndarray:
        """Novelty of clips at these distances, 0 to 1."""
        return np.interp(distances, self.quantiles, np.linspace(0, 1, self.quantiles.size))


def prepared(prepare: Any, X: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Scale rows, and mark the values that were missing and have been filled.

    Parameters
    ----------
    prepare : Pipeline
        The fitted steps up to the scaler.
    X : DataFrame or ndarray of shape (n_rows, n_features), or SequenceRows

    Returns
    -------
    values : ndarray of float64, shape (n_rows, n_columns)
    gaps : ndarray of bool of the same shape, or None
        None for clips that are read frame by frame.
    """
    names = [name for name, _ in prepare.steps]
    if IMPUTE not in names:
        return np.asarray(prepare.transform(X), dtype=float), None
    first = names.index(IMPUTE)
    rows = np.asarray(prepare[:first].transform(X) if first else X, dtype=float)
    return scaled_rows(prepare, rows), np.isnan(rows)


def as_part(novelty: Novelty) -> Part:
    """The novelty as plain data, to be stored."""
    shape = novelty.shape
    arrays = {"centre": shape.centre, "directions": shape.directions, "variances": shape.variances}
    arrays |= {"present": shape.present, "quantiles": novelty.quantiles}
    numbers = {"rest": shape.rest, "gap": shape.gap}
    return Part("Novelty", numbers, {name: np.ascontiguousarray(a) for name, a in arrays.items()})


def from_part(part: Part, prepare: Any, n_features: int) -> Novelty:
    """The novelty from a part of a model file; a ModelError if a field is not valid."""
    taken = Taken(part)
    if part.type != "Novelty" or part.parts:
        taken.refuse("it has another type")
    directions = taken.array("directions", FLOAT, (None, n_features), -1.001, 1.001)
    n_kept = len(directions)
    if not 1 <= n_kept <= _MOST_STORED:
        taken.refuse(f"it has {n_kept} directions")
    knows_gaps = taken.has("present")  # format version 1 does not
    shape = Shape(
        taken.array("centre", FLOAT, (n_features,), -_LARGE, _LARGE),
        directions,
        taken.array("variances", FLOAT, (n_kept,), 1e-30, _LARGE),
        taken.number("rest", 1e-30, _LARGE),
        taken.array("present", FLOAT, (n_features,), 0.0, 1.0) if knows_gaps else np.zeros(n_features),
        taken.number("gap", 0.0, _LARGE) if knows_gaps else 0.0,
    )
    quantiles = taken.array("quantiles", FLOAT, (N_QUANTILES,), 0.0, _LARGE)
    if (np.diff(quantiles) < 0).any():
        taken.refuse("its quantiles are not in ascending order")
    taken.done()
    return Novelty(shape, quantiles, prepare)
