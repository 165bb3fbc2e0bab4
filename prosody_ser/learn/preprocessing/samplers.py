"""Samplers that cope with the small classes of a training fold: imbalanced-learn's, with a way out where they fail.

imbalanced-learn's samplers want more clips of a class than they have neighbours; a training fold may have one. What
each does then is said in its docstring. Training clips only are ever sampled: a Pipeline skips its sampler when it
predicts.
"""

from collections import Counter
from typing import Any

import numpy as np
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.under_sampling import RandomUnderSampler, TomekLinks
from imblearn.under_sampling.base import BaseUnderSampler
from sklearn.utils import check_random_state


class _OfAnyFrame:
    """A sampler that takes Polars frames, which scikit-learn's transformers may give: imbalanced-learn does not."""

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Resample, and return what X was."""
        sampler: Any = super()
        if type(X).__module__.partition(".")[0] != "polars":
            return sampler.fit_resample(X, y, **params)
        values, named = sampler.fit_resample(X.to_numpy(), y, **params)
        return type(X)(values, schema=X.columns), named


class FoldOverSampler(_OfAnyFrame, RandomOverSampler):
    """:class:`imblearn.over_sampling.RandomOverSampler`: clips are repeated until all classes are as frequent.

    Parameters are those of RandomOverSampler.
    """


class FoldUnderSampler(_OfAnyFrame, BaseUnderSampler):
    """Drop clips at random until each class has as many as the rarest, but never fewer than `min_clips`.

    With a class of two clips, plain undersampling would throw away all but two of every class, and with them what
    there is to learn.

    Parameters
    ----------
    sampling_strategy : "auto"
        Kept for imbalanced-learn; every class is treated alike.
    random_state : int, RandomState or None
    min_clips : int
        A class keeps this many, if it has them.
    """

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: Any = None, min_clips: int = 10) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.random_state = random_state
        self.min_clips = min_clips

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        labels, counts = np.unique(y, return_counts=True)
        kept = np.minimum(counts, max(counts.min(), self.min_clips))
        target = dict(zip(labels, kept.tolist(), strict=True))
        sampler = RandomUnderSampler(sampling_strategy=target, random_state=self.random_state)
        found = sampler.fit_resample(X, y)
        self.sample_indices_ = sampler.sample_indices_
        return found


class FoldSMOTE(_OfAnyFrame, BaseOverSampler):
    """SMOTE with as many neighbours as the smallest class of this fold allows.

    Plain SMOTE fails where a class has fewer than ``k_neighbors + 1`` clips. Here the neighbours shrink to what
    the fold has; a class with a single clip, which has no neighbour to interpolate to, is repeated.

    Parameters
    ----------
    sampling_strategy : str, dict or callable
        As in :class:`imblearn.over_sampling.SMOTE`.
    random_state : int, RandomState or None
    k_neighbors : int
        Neighbours to interpolate to, at most.

    References
    ----------
    Chawla, N. V., Bowyer, K. W., Hall, L. O. & Kegelmeyer, W. P. (2002). SMOTE: synthetic minority over-sampling
        technique. JAIR 16, 321-357.
    """

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: Any = None, k_neighbors: int = 5) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.random_state = random_state
        self.k_neighbors = k_neighbors

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        counts = Counter(y)
        single = {label: 2 for label, count in counts.items() if count == 1}
        if single:
            X, y = RandomOverSampler(sampling_strategy=single, random_state=self.random_state).fit_resample(X, y)
        smallest = max(min(counts.values()), 2)
        smote = SMOTE(
            sampling_strategy=self.sampling_strategy,
            random_state=self.random_state,
            k_neighbors=min(self.k_neighbors, smallest - 1),
        )
        return smote.fit_resample(X, y)


class _FoldOverSampler(FoldSMOTE):
    """Fill up class after class by `_method`; a class that it cannot fill up, by SMOTE."""

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        random_state = check_random_state(self.random_state)
        labels, counts = np.unique(y, return_counts=True)
        missing = dict(self.sampling_strategy_)  # clips to be made, by class
        single = {label: 2 for label in labels[counts == 1] if missing.get(label, 0) > 0}
        if single:  # it has no neighbour to interpolate to: it is repeated once
            X, y = RandomOverSampler(sampling_strategy=single, random_state=random_state).fit_resample(X, y)
            missing |= {label: missing[label] - 1 for label in single}
        values, truth = [X], [y]
        for label, n_missing in missing.items():
            if n_missing > 0:
                made, named = self._made(X, y, label, n_missing, random_state)
                values.append(made)
                truth.append(named)
        return np.vstack(values), np.hstack(truth)

    def _made(self, X: Any, y: np.ndarray, label: Any, n_missing: int, random_state: Any) -> tuple[Any, np.ndarray]:
        n_clips = int(np.sum(y == label))
        target = {label: n_clips + n_missing}
        k_neighbors = min(self.k_neighbors, n_clips - 1)
        try:
            more, named = self._method(target, k_neighbors, len(y), random_state).fit_resample(X, y)
        except (ValueError, RuntimeError):  # ADASYN: no neighbour of another class
            named = y
        if len(named) == len(y):
            smote = SMOTE(sampling_strategy=target, k_neighbors=k_neighbors, random_state=random_state)
            more, named = smote.fit_resample(X, y)
        return more[len(y) :], named[len(y) :]

    def _method(self, target: dict[Any, int], k_neighbors: int, n_rows: int, random_state: Any) -> Any:
        raise NotImplementedError


class FoldBorderlineSMOTE(_FoldOverSampler):
    """Borderline SMOTE, made from the clips of a class that lie near other classes.

    With fewer clips in a class than neighbours are asked for, its neighbours are as many as it has; a single clip is
    repeated; a class with no clip near the border, which Borderline SMOTE leaves as rare as it is, is filled up by
    plain SMOTE.

    Parameters
    ----------
    sampling_strategy, random_state, k_neighbors
        As in :class:`FoldSMOTE`.
    m_neighbors : int
        Neighbours that tell whether a clip is near the border, at most.

    References
    ----------
    Han, H., Wang, W.-Y. & Mao, B.-H. (2005). Borderline-SMOTE: a new over-sampling method in imbalanced data sets
        learning. ICIC, 878-887.
    """

    def __init__(
        self, *, sampling_strategy: Any = "auto", random_state: Any = None, k_neighbors: int = 5, m_neighbors: int = 10
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state, k_neighbors=k_neighbors)
        self.m_neighbors = m_neighbors

    def _method(self, target: dict[Any, int], k_neighbors: int, n_rows: int, random_state: Any) -> Any:
        return BorderlineSMOTE(
            sampling_strategy=target,
            k_neighbors=k_neighbors,
            m_neighbors=min(self.m_neighbors, n_rows - 1),
            random_state=random_state,
        )


class FoldADASYN(_FoldOverSampler):
    """ADASYN, which makes more of those clips of a class that have more of other classes around them.

    With fewer clips in a class than neighbours are asked for, its neighbours are as many as it has; a single clip is
    repeated; a class that has no other around it, of which ADASYN can make nothing, is filled up by plain SMOTE. The
    classes end up nearly, not exactly, equal, as ADASYN rounds.

    Parameters are those of :class:`FoldSMOTE`.

    References
    ----------
    He, H., Bai, Y., Garcia, E. A. & Li, S. (2008). ADASYN: adaptive synthetic sampling approach for imbalanced
        learning. IJCNN, 1322-1328.
    """

    def _method(self, target: dict[Any, int], k_neighbors: int, n_rows: int, random_state: Any) -> Any:
        return ADASYN(sampling_strategy=target, n_neighbors=k_neighbors, random_state=random_state)


class FoldSMOTETomek(FoldSMOTE):
    """SMOTE, then both clips of each Tomek link (nearest neighbours of different classes) are removed.

    SMOTE is :class:`FoldSMOTE`, small classes as there. If the cleaning would remove a class, nothing is cleaned.

    Parameters are those of :class:`FoldSMOTE`.

    References
    ----------
    Batista, G., Bazzan, A. & Monard, M. (2003). Balancing training data for automated annotation of keywords: a case
        study. WOB, 10-18.
    """

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        filled, named = super()._fit_resample(X, y)
        cleaned, left = TomekLinks(sampling_strategy="all").fit_resample(filled, named)
        return (cleaned, left) if np.unique(left).size == np.unique(named).size else (filled, named)
