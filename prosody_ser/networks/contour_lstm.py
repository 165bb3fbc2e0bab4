"""``lstm``: a bidirectional LSTM over contours and MFCC, with attention over time."""

import torch
from torch import Tensor, nn

from .layers import SpecAugment, masked_max
from .sequence_classifier import SequenceClassifier

N_FILTERS = 64
N_UNITS = 48
_KERNEL, _POOLING = 5, 2


class ContourLSTM(nn.Module):
    """A convolution over time and a bidirectional LSTM, whose outputs are pooled over the frames by attention.

    The attention weights of the frames of a clip add up to 1; padding has no weight. The weighted mean and the maximum
    of each unit over time are concatenated.

    Parameters
    ----------
    n_contours, n_classes : int
    dropout : float

    References
    ----------
    Mirsamadi, S., Barsoum, E. & Zhang, C. (2017). Automatic speech emotion recognition using recurrent neural networks
        with local attention. ICASSP, 2227-2231.
    """

    def __init__(self, n_contours: int, n_classes: int, dropout: float):
        super().__init__()
        self.augment = SpecAugment(widest_band=1 / 3)
        self.convolution = nn.Conv1d(n_contours, N_FILTERS, _KERNEL, padding=_KERNEL // 2)
        self.norm = nn.BatchNorm1d(N_FILTERS)
        self.lstm = nn.LSTM(N_FILTERS, N_UNITS, bidirectional=True, batch_first=True)
        self.attention = nn.Linear(2 * N_UNITS, 1)
        self.dense = nn.Sequential(nn.Dropout(dropout), nn.Linear(4 * N_UNITS, n_classes))

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        """Compute logits, shape (n_clips, n_classes), from frames (n_clips, n_contours, n_frames) and their mask."""
        values = self.norm(self.convolution(self.augment(frames, mask))).relu() * mask[:, None]
        values = nn.functional.max_pool1d(values, _POOLING, ceil_mode=True)
        mask = nn.functional.max_pool1d(mask[:, None], _POOLING, ceil_mode=True)[:, 0]
        lengths = mask.sum(dim=1).long().cpu()
        packed = nn.utils.rnn.pack_padded_sequence(
            values.transpose(1, 2), lengths, batch_first=True, enforce_sorted=False
        )
        packed_outputs, _ = self.lstm(packed)
        outputs, _ = nn.utils.rnn.pad_packed_sequence(packed_outputs, batch_first=True, total_length=mask.shape[1])
        weights = self.attention(outputs)[..., 0].masked_fill(mask == 0, -1e4).softmax(dim=1)
        pooled = (outputs * weights[..., None]).sum(dim=1)
        return self.dense(torch.cat([pooled, masked_max(outputs.transpose(1, 2), mask)], dim=1))


class ContourLSTMClassifier(SequenceClassifier):
    """A bidirectional LSTM over contours (:class:`ContourLSTM`).

    Parameters and attributes are those of :class:`prosody_ser.networks.classifier.NetworkClassifier`.
    """

    def network(self, n_features: int, n_classes: int) -> ContourLSTM:
        """Make an untrained network."""
        return ContourLSTM(n_features, n_classes, self.dropout)
