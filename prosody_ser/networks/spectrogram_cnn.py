"""``cnn``: two-dimensional convolutions over the log-mel spectrogram."""

import torch
from torch import Tensor, nn

from .layers import SpecAugment, masked_max, masked_mean
from .sequence_classifier import SequenceClassifier

N_FILTERS = (16, 32, 64)
N_DENSE = 64
#: Strides of each convolution, in bands and frames.
STRIDES = ((2, 2), (2, 2), (2, 1))


class SpectrogramCNN(nn.Module):
    """Three strided convolutions with batch normalisation, mean and maximum over time, two dense layers.

    Padding is set to 0 before each convolution and ignored in pooling over time, so that the scores of a clip do not
    depend on the other clips of its batch.

    Parameters
    ----------
    n_bands, n_classes : int
    dropout : float
    """

    def __init__(self, n_bands: int, n_classes: int, dropout: float):
        super().__init__()
        self.augment = SpecAugment()
        self.convolutions, self.norms = nn.ModuleList(), nn.ModuleList()
        n_in = 1
        for n_out, (bands, frames) in zip(N_FILTERS, STRIDES, strict=True):
            self.convolutions.append(nn.Conv2d(n_in, n_out, 3, stride=(bands, frames), padding=1, bias=False))
            self.norms.append(nn.BatchNorm2d(n_out))
            n_bands = -(-n_bands // bands)
            n_in = n_out
        self.dense = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(2 * n_in * n_bands, N_DENSE),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(N_DENSE, n_classes),
        )

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        """Compute logits, shape (n_clips, n_classes), from frames (n_clips, n_bands, n_frames) and their mask."""
        values = self.augment(frames, mask)[:, None].contiguous(memory_format=torch.channels_last)
        for convolution, norm, (_, step) in zip(self.convolutions, self.norms, STRIDES, strict=True):
            mask = mask[:, ::step]
            values = norm(convolution(values)).relu() * mask[:, None, None]
        values = values.flatten(1, 2)
        return self.dense(torch.cat([masked_mean(values, mask), masked_max(values, mask)], dim=1))


class SpectrogramCNNClassifier(SequenceClassifier):
    """Convolutions over bands and time (:class:`SpectrogramCNN`), with :class:`SpecAugment` during training.

    Parameters and attributes are those of :class:`prosody_ser.networks.classifier.NetworkClassifier`.
    """

    def network(self, n_features: int, n_classes: int) -> SpectrogramCNN:
        """Make an untrained network."""
        return SpectrogramCNN(n_features, n_classes, self.dropout)
