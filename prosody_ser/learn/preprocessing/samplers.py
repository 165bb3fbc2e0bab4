"""Samplers of imbalanced-learn, extended so that they also work with the small classes of a training fold.

imbalanced-learn's samplers need more clips in a class than they have neighbours, but a training fold may have a single
clip. The docstring of each sampler says what it does in this case. Only training clips are ever sampled, because a
Pipeline skips its sampler when it predicts.
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
    """Support for Polars frames, which scikit-learn's transformers may return and imbalanced-learn does not accept."""

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Resample, and return the same type of frame or array as X."""
        sampler: Any = super()
        if type(X).__module__.partition(".")[0] != "polars":
            return sampler.fit_resample(X, y, **params)
        values, named = sampler.fit_resample(X.to_numpy(), y, **params)
        return type(X)(values, schema=X.columns), named


class FoldOverSampler(_OfAnyFrame, RandomOverSampler):
    """:class:`imblearn.over_sampling.RandomOverSampler`: repeat clips until all classes are equally frequent.

    The parameters are those of RandomOverSampler.
    """


class FoldUnderSampler(_OfAnyFrame, BaseUnderSampler):
    """Remove clips at random until each class has as many as the rarest, but keep at least `min_clips`.

    With a class of two clips, plain undersampling would keep only two clips of every class, which is too little to
    learn from.

    Parameters
    ----------
    sampling_strategy : "auto"
        Required by imbalanced-learn; all classes are treated the same.
    random_state : int, RandomState or None
    min_clips : int
        Number of clips that a class keeps, if it has as many.
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
        resampled = sampler.fit_resample(X, y)
        self.sample_indices_ = sampler.sample_indices_
        return resampled


class FoldSMOTE(_OfAnyFrame, BaseOverSampler):
    """SMOTE with as many neighbours as the smallest class of this fold allows.

    Plain SMOTE fails if a class has fewer than ``k_neighbors + 1`` clips. Here the number of neighbours is reduced to
    what the fold has. A single clip, which has no neighbour for interpolation, is repeated.

    Parameters
    ----------
    sampling_strategy : str, dict or callable
        As in :class:`imblearn.over_sampling.SMOTE`.
    random_state : int, RandomState or None
    k_neighbors : int
        Largest number of neighbours for interpolation.

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
    """Fill up one class after the other by `_method`, or by SMOTE if that fails."""

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        random_state = check_random_state(self.random_state)
        labels, counts = np.unique(y, return_counts=True)
        missing = dict(self.sampling_strategy_)  # number of clips to be made, by class
        single = {label: 2 for label in labels[counts == 1] if missing.get(label, 0) > 0}
        if single:  # a single clip has no neighbour for interpolation, so it is repeated once
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
        except (ValueError, RuntimeError):  # ADASYN fails if no neighbour belongs to another class
            named = y
        if len(named) == len(y):
            smote = SMOTE(sampling_strategy=target, k_neighbors=k_neighbors, random_state=random_state)
            more, named = smote.fit_resample(X, y)
        return more[len(y) :], named[len(y) :]

    def _method(self, target: dict[Any, int], k_neighbors: int, n_rows: int, random_state: Any) -> Any:
        raise NotImplementedError


class FoldBorderlineSMOTE(_FoldOverSampler):
    """Borderline SMOTE: new clips are made from those clips of a class that lie near other classes.

    If a class has fewer clips than `k_neighbors`, the number of neighbours is reduced; a single clip is repeated. A
    class without clips near the border, which Borderline SMOTE does not fill up, is filled up by plain SMOTE.

    Parameters
    ----------
    sampling_strategy, random_state, k_neighbors
        As in :class:`FoldSMOTE`.
    m_neighbors : int
        Largest number of neighbours that decide whether a clip is near the border.

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
    """ADASYN: more new clips are made from those clips of a class that have more clips of other classes around them.

    If a class has fewer clips than `k_neighbors`, the number of neighbours is reduced; a single clip is repeated. A
    class whose clips have no other class around them, for which ADASYN fails, is filled up by plain SMOTE. Because
    ADASYN rounds, the classes become nearly but not exactly equal.

    The parameters are those of :class:`FoldSMOTE`.

    References
    ----------
    He, H., Bai, Y., Garcia, E. A. & Li, S. (2008). ADASYN: adaptive synthetic sampling approach for imbalanced
        learning. IJCNN, 1322-1328.
    """

    def _method(self, target: dict[Any, int], k_neighbors: int, n_rows: int, random_state: Any) -> Any:
        return ADASYN(sampling_strategy=target, n_neighbors=k_neighbors, random_state=random_state)


class FoldSMOTETomek(FoldSMOTE):
    """SMOTE, followed by removal of both clips of each Tomek link (nearest neighbours of different classes).

    Small classes are handled as in :class:`FoldSMOTE`. If the removal would delete a whole class, nothing is removed.

    The parameters are those of :class:`FoldSMOTE`.

    References
    ----------
    Batista, G., Bazzan, A. & Monard, M. (2003). Balancing training data for automated annotation of keywords: a case
        study. WOB, 10-18.
    """

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        filled, named = super()._fit_resample(X, y)
        cleaned, left = TomekLinks(sampling_strategy="all").fit_resample(filled, named)
        return (cleaned, left) if np.unique(left).size == np.unique(named).size else (filled, named)
