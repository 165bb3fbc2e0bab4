"""SMOTE that copes with the small classes of a training fold."""

from collections import Counter

from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.over_sampling.base import BaseOverSampler


class FoldSMOTE(BaseOverSampler):
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

    def __init__(self, *, sampling_strategy="auto", random_state=None, k_neighbors=5):
        super().__init__(sampling_strategy=sampling_strategy)
        self.random_state = random_state
        self.k_neighbors = k_neighbors

    def _fit_resample(self, X, y):
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
