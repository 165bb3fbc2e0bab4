"""How far a clip lies from the speech that a model was trained on, as a share of speech that is known not to be far."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .file_format.parts import FLOAT, Part, Taken

#: Directions whose own variance is kept; all others share one. More would make a file of full_v1 too large.
MOST_DIRECTIONS = 256
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

    @classmethod
    def of(cls, values: np.ndarray) -> "Shape":
        """The shape of clips, an array of (n_clips, n_features) without gaps."""
        from sklearn.covariance import ledoit_wolf_shrinkage

        n_features = values.shape[1]
        centre = values.mean(axis=0)
        centred = values - centre
        shrinkage = ledoit_wolf_shrinkage(centred, assume_centered=True)
        _, singular, directions = np.linalg.svd(centred, full_matrices=False)
        raw = np.zeros(n_features)
        raw[: singular.size] = singular**2 / len(values)
        variances = (1 - shrinkage) * raw + shrinkage * raw.mean()
        least = max(1e-6 * float(raw.mean()), 1e-12)  # of clips that are all the same
        variances = np.maximum(variances, least)
        kept = min(MOST_DIRECTIONS, singular.size)
        rest = float(variances[kept:].mean()) if kept < n_features else float(variances.mean())
        return cls(centre, directions[:kept], variances[:kept], rest)

    def distances(self, values: np.ndarray) -> np.ndarray:
        """Distance of each row, shape (n_clips,)."""
        # Row by row: what is said of a clip must not depend, in its last bit, on which others are asked about.
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is as far as can be
            found = np.array([self._distance(row - self.centre) for row in values])
        return np.where(np.isfinite(found), found, np.inf)

    def _distance(self, row: np.ndarray) -> float:
        along = self.directions @ row
        left = max(float(row @ row - along @ along), 0.0)
        return float(np.sqrt(along @ (along / self.variances) + left / self.rest))


@dataclass(frozen=True, eq=False)
class Novelty:
    """Novelty of clips: the share of clips of speakers unheard in training that lie nearer."""

    shape: Shape  #: of all training clips
    #: ndarray of shape (n_quantiles,): of the distances of training clips to the shape of the clips of *other*
    #: speakers, at equal steps from 0 to 1. They are what a new speaker's distances compare with: a clip of a training
    #: speaker lies nearer than those.
    quantiles: np.ndarray
    prepare: Any = field(repr=False)  #: the pipeline's steps up to the scaler

    def score(self, X: Any) -> np.ndarray:
        """Novelty of each row of X, 0 to 1, X being as :meth:`prosody_ser.model.TrainedModel.columns_of` gives it.

        0.99: farther than 99 % of the training corpus's clips, each compared with speakers other than its own. What is
        undefined is filled by the imputer, and so not novel.
        """
        distances = self.shape.distances(self.prepare.transform(X))
        return np.interp(distances, self.quantiles, np.linspace(0, 1, self.quantiles.size))


def as_part(novelty: Novelty) -> Part:
    """What is stored."""
    shape = novelty.shape
    arrays = {"centre": shape.centre, "directions": shape.directions, "variances": shape.variances}
    arrays |= {"quantiles": novelty.quantiles}
    return Part("Novelty", {"rest": shape.rest}, {name: np.ascontiguousarray(a) for name, a in arrays.items()})


def from_part(part: Part, prepare: Any, n_features: int) -> Novelty:
    """The novelty of a part of any file; a ModelError if a field is not what it must be."""
    taken = Taken(part)
    if part.type != "Novelty" or part.parts:
        taken.refuse("it is another type")
    directions = taken.array("directions", FLOAT, (None, n_features), -1.001, 1.001)
    n_kept = len(directions)
    if not 1 <= n_kept <= MOST_DIRECTIONS:
        taken.refuse(f"it has {n_kept} directions")
    shape = Shape(
        taken.array("centre", FLOAT, (n_features,), -_LARGE, _LARGE),
        directions,
        taken.array("variances", FLOAT, (n_kept,), 1e-30, _LARGE),
        taken.number("rest", 1e-30, _LARGE),
    )
    quantiles = taken.array("quantiles", FLOAT, (N_QUANTILES,), 0.0, _LARGE)
    if (np.diff(quantiles) < 0).any():
        taken.refuse("its quantiles fall")
    taken.done()
    return Novelty(shape, quantiles, prepare)
