"""``cnn-features``: one-dimensional convolutions over a row of features, as in many published notebooks."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import validate_data
from torch import Tensor, nn

from .batches import SimilarLengths, vectors
from .classifier import NetworkClassifier

N_FILTERS = (32, 64)
#: Number of positions after pooling, before the dense layer.
N_POOLED = 16
N_DENSE = 64
_KERNEL = 5


class FeatureCNN(nn.Module):
    """Two convolutions over neighbouring features, pooling, and a dense layer.

    The convolutions assume that neighbouring features are related. The columns of a table are in the order of its
    feature set, in which the statistics of one contour are neighbours.

    Parameters
    ----------
    n_features, n_classes : int
    dropout : float
    """

    def __init__(self, n_features: int, n_classes: int, dropout: float):
        super().__init__()
        layers: list[nn.Module] = []
        n_in, length = 1, n_features
        for n_out in N_FILTERS:
            layers += [nn.Conv1d(n_in, n_out, _KERNEL, padding=_KERNEL // 2), nn.BatchNorm1d(n_out), nn.ReLU()]
            if length >= 2 * N_POOLED:
                layers.append(nn.MaxPool1d(2))
                length //= 2
            n_in = n_out
        self.convolutions = nn.Sequential(*layers)
        self.n_pooled = min(N_POOLED, length)
        self.dense = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(n_in * self.n_pooled, N_DENSE),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(N_DENSE, n_classes),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Compute logits, shape (n_clips, n_classes), from features, shape (n_clips, n_features)."""
        values = self.convolutions(features[:, None])
        return self.dense(_pooled(values, self.n_pooled).flatten(1))


def _pooled(values: Tensor, n: int) -> Tensor:
    """Means of n parts of about the same length, like adaptive pooling, which is not deterministic on a GPU."""
    edges = [round(i * values.shape[2] / n) for i in range(n + 1)]
    return torch.stack([values[:, :, a:b].mean(dim=2) for a, b in pairwise(edges)], dim=2)


class FeatureCNNClassifier(NetworkClassifier):
    """One-dimensional convolutions over a row of features (:class:`FeatureCNN`).

    It takes scaled rows of any feature table. Parameters and attributes are those of
    :class:`prosody_ser.networks.classifier.NetworkClassifier`.
    """

    collate = staticmethod(vectors)

    def network(self, n_features: int, n_classes: int) -> FeatureCNN:
        """Make an untrained network."""
        return FeatureCNN(n_features, n_classes, self.dropout)

    def batches(self, rows: np.ndarray) -> SimilarLengths:
        """Make the sampler that draws the batches of an epoch."""
        return SimilarLengths(np.ones(len(rows)), self.batch_size)

    def _checked(self, X: Any, y: Any) -> tuple[Any, np.ndarray]:
        rows, y = validate_data(self, X, y, dtype=np.float64)
        return rows.astype(np.float32), super()._checked(X, y)[1]

    def _rows(self, X: Any) -> np.ndarray:
        return validate_data(self, X, dtype=np.float64, reset=False).astype(np.float32)
