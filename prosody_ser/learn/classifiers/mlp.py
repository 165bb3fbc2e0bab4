"""scikit-learn's multilayer perceptron with an additional parameter `class_weight`."""

from typing import Any

from sklearn.neural_network import MLPClassifier
from sklearn.utils.class_weight import compute_sample_weight


class WeightedMLPClassifier(MLPClassifier):
    """:class:`sklearn.neural_network.MLPClassifier` with a `class_weight`.

    Parameters
    ----------
    hidden_layer_sizes, alpha, max_iter, tol, n_iter_no_change, random_state
        As in MLPClassifier; its other parameters keep their defaults. There is no early stopping, because its
        validation part would be drawn at random and share speakers with the training part.
    class_weight : dict, "balanced" or None
        Weight of each class, as in :class:`sklearn.svm.SVC`.
    """

    def __init__(
        self,
        hidden_layer_sizes: tuple[int, ...] = (100,),
        alpha: float = 1e-4,
        max_iter: int = 200,
        tol: float = 1e-4,
        n_iter_no_change: int = 10,
        random_state: Any = None,
        class_weight: Any = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes=hidden_layer_sizes,
            alpha=alpha,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=n_iter_no_change,
            random_state=random_state,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "WeightedMLPClassifier":
        """Fit with each sample weighted by its class, and by `sample_weight` if it is given."""
        if self.class_weight is not None:
            weight = compute_sample_weight(self.class_weight, y)
            sample_weight = weight if sample_weight is None else weight * sample_weight
        return super().fit(X, y, sample_weight=sample_weight)
