"""How far a clip lies from the speech that a model was trained on, as a share of speech that is known not to be far.

A feature that could not be measured is filled with the training median, which is where nothing is novel at all. So each
missing feature adds to the distance as if it lay twice as far out as is usual, unless training clips lack it, too.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .file_format.parts import FLOAT, Part, Taken
from .scaled_rows import IMPUTE, scaled_rows

#: Directions whose own variance is kept; all others share one. More make a file of wide_v1 large and find no more of
#: EMO-DB's clips that were changed by noise, rooms or another voice (``benchmarks/abstention.md``).
MOST_DIRECTIONS = 8
#: That files of format version 1 may have.
_MOST_STORED = 256
#: How many times as far out as is usual a missing feature is taken to be.
MISSING_IS_FAR = 2.0
N_QUANTILES = 1001
_LARGE = 1e100


@dataclass(frozen=True, eq=False)
class Shape:
    """Centre and spread of clips in the space of scaled features.

    Mahalanobis distance with the covariance shrunk as Ledoit and Wolf (2004) say, so that it can be inverted whatever
    the number of clips. In its eigenvectors v with variances s²:
    ``d² = sum((v · (x - m))² / s²)`` over the leading directions, plus what is left of ``|x - m|²`` divided by the
    mean variance of the rest (as in probabilistic PCA; Tipping & Bishop 1999).

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
    #: ndarray of shape (n_features,): the share of clips that have each feature; 0 where gaps are not looked at
    present: np.ndarray
    gap: float  #: what a missing feature that all clips have adds to the squared distance

    @classmethod
    def of(cls, values: np.ndarray, gaps: np.ndarray | None = None) -> "Shape":
        """The shape of clips.

        Parameters
        ----------
        values : ndarray of shape (n_clips, n_features)
            Without gaps.
        gaps : ndarray of bool, shape (n_clips, n_features), optional
            Where they were filled.
        """
        n_features = values.shape[1]
        centre = values.mean(axis=0)
        centred = values - centre
        shrinkage = _shrinkage(centred)
        singular, directions = _singular(centred)
        raw = np.zeros(n_features)
        raw[: singular.size] = singular**2 / len(values)
        variances = (1 - shrinkage) * raw + shrinkage * raw.mean()
        least = max(1e-6 * float(raw.mean()), 1e-12)  # of clips that are all the same
        variances = np.maximum(variances, least)
        kept = len(directions)
        rest = float(variances[kept:].mean()) if kept < n_features else float(variances.mean())
        present = np.zeros(n_features) if gaps is None else 1 - gaps.mean(axis=0)
        found = cls(centre, directions, variances[:kept], rest, present, 0.0)
        usual = float(np.median(found.distances(values) ** 2)) / n_features
        return replace(found, gap=MISSING_IS_FAR**2 * usual)

    def distances(self, values: np.ndarray, gaps: np.ndarray | None = None) -> np.ndarray:
        """Distance of each row, shape (n_clips,); of rows whose gaps, as :meth:`of` takes them, were filled."""
        # Row by row: what is said of a clip must not depend, in its last bit, on which others are asked about.
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is as far as can be
            squared = np.array([self._squared(row - self.centre) for row in values])
            if gaps is not None:
                squared += self.gap * np.array([self.present[row].sum() for row in gaps])
            found = np.sqrt(squared)
        return np.where(np.isfinite(found), found, np.inf)

    def _squared(self, row: np.ndarray) -> float:
        along = self.directions @ row
        left = max(float(row @ row - along @ along), 0.0)
        return float(along @ (along / self.variances) + left / self.rest)


def _shrinkage(centred: np.ndarray) -> float:
    """How far the covariance is shrunk; of fewer clips than features by sums over pairs of clips."""
    if len(centred) >= centred.shape[1]:
        from sklearn.covariance import ledoit_wolf_shrinkage

        return float(ledoit_wolf_shrinkage(centred, assume_centered=True))
    from ..learn.classifiers.lda import ledoit_wolf_of_few

    return float(ledoit_wolf_of_few(centred)[0])


def _singular(centred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All singular values of some rows, the largest first, and the directions that are kept of them."""
    n_rows, n_features = centred.shape
    if n_rows >= n_features:
        _, singular, directions = np.linalg.svd(centred, full_matrices=False)
        return singular, directions[:MOST_DIRECTIONS]
    squared, rows = np.linalg.eigh(centred @ centred.T)  # a hundredth of the time where features are many
    singular = np.sqrt(np.maximum(squared[::-1], 0.0))
    directions = rows[:, ::-1][:, :MOST_DIRECTIONS].T @ centred
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    # Fewer different clips than directions: what is left over points nowhere.
    return singular, np.divide(directions, lengths, out=np.zeros_like(directions), where=lengths > 1e-9 * singular[0])


@dataclass(frozen=True, eq=False)
class Novelty:
    """Novelty of clips: the share of clips of speakers unheard in training that lie nearer."""

    shape: Shape  #: of all training clips
    #: ndarray of shape (n_quantiles,): of the distances of training clips to the shape of the clips of *other*
    #: speakers, at equal steps from 0 to 1. They are what a new speaker's distances compare with: a clip of a training
    #: speaker lies nearer than those.
    quantiles: np.ndarray
    prepare: Any = field(repr=False)  #: the pipeline's steps up to the scaler

    @property
    def usual(self) -> float:
        """The median distance of a new speaker's clips."""
        return float(self.quantiles[self.quantiles.size // 2])

    def distances(self, X: Any) -> np.ndarray:
        """Distance of each row of X, shape (n_rows,), X being as :meth:`score` takes it."""
        return self.shape.distances(*prepared(self.prepare, X))

    def score(self, X: Any) -> np.ndarray:
        """Novelty of each row of X, 0 to 1, X being as :meth:`prosody_ser.model.TrainedModel.columns_of` gives it.

        0.99: farther than 99 % of the training corpus's clips, each compared with speakers other than its own.
        """
        return self.of_distances(self.distances(X))

    def of_distances(self, distances: np.ndarray) -> np.ndarray:
        """Novelty of clips at these distances, 0 to 1."""
        return np.interp(distances, self.quantiles, np.linspace(0, 1, self.quantiles.size))


def prepared(prepare: Any, X: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Rows as they were scaled, and which of their values were missing and have been filled.

    Parameters
    ----------
    prepare : Pipeline
        Fitted; steps up to the scaler.
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
    """What is stored."""
    shape = novelty.shape
    arrays = {"centre": shape.centre, "directions": shape.directions, "variances": shape.variances}
    arrays |= {"present": shape.present, "quantiles": novelty.quantiles}
    numbers = {"rest": shape.rest, "gap": shape.gap}
    return Part("Novelty", numbers, {name: np.ascontiguousarray(a) for name, a in arrays.items()})


def from_part(part: Part, prepare: Any, n_features: int) -> Novelty:
    """The novelty of a part of any file; a ModelError if a field is not what it must be."""
    taken = Taken(part)
    if part.type != "Novelty" or part.parts:
        taken.refuse("it is another type")
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
        taken.refuse("its quantiles fall")
    taken.done()
    return Novelty(shape, quantiles, prepare)
