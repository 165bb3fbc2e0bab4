"""Parts of the networks over frames: a layer that masks parts of a clip, and pooling over time."""

import torch
from torch import Tensor, nn


class SpecAugment(nn.Module):
    """Mask random bands and time spans during training; they are replaced by 0, the mean of scaled frames.

    Parameters
    ----------
    n_bands, n_times : int
        Number of bands and of time spans that are masked in every clip.
    widest_band : float
        Width of the widest masked band, as a share of all bands.
    longest : int
        Length of the longest masked time span, in frames; never more than a third of the clip.

    References
    ----------
    Park, D. S. et al. (2019). SpecAugment: a simple data augmentation method for automatic speech recognition.
        Interspeech, 2613-2617.
    """

    def __init__(self, n_bands: int = 1, widest_band: float = 0.2, n_times: int = 1, longest: int = 20):
        super().__init__()
        self.n_bands, self.widest_band, self.n_times, self.longest = n_bands, widest_band, n_times, longest

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        """Give frames of shape (n_clips, n_contours, n_frames), with parts of them set to 0 during training."""
        if not self.training:
            return frames
        n_clips, n_contours, n_frames = frames.shape
        lengths = mask.sum(dim=1)
        kept = torch.ones_like(frames)
        for _ in range(self.n_bands):
            masked = _spans(torch.full((n_clips,), float(n_contours)), self.widest_band * n_contours, n_contours)
            kept = kept * (1 - masked[:, :, None].to(frames))
        for _ in range(self.n_times):
            longest = torch.minimum(lengths.cpu() / 3, torch.tensor(float(self.longest)))
            kept = kept * (1 - _spans(lengths.cpu(), longest, n_frames)[:, None, :].to(frames))
        return frames * kept


def _spans(lengths: Tensor, longest: Tensor | float, size: int) -> Tensor:
    """Draw one span for each row, 1 inside and 0 outside, shape (n_rows, size)."""
    width = torch.floor(torch.rand(len(lengths)) * (longest + 1))
    start = torch.floor(torch.rand(len(lengths)) * (lengths - width + 1))
    position = torch.arange(size)[None]
    return ((position >= start[:, None]) & (position < (start + width)[:, None])).float()


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean over all frames but padding: values (n_clips, n_channels, n_frames), mask (n_clips, n_frames)."""
    return (values * mask[:, None]).sum(dim=2) / mask.sum(dim=1).clamp(min=1)[:, None]


def masked_max(values: Tensor, mask: Tensor) -> Tensor:
    """Maximum over all frames but padding; shapes as for :func:`masked_mean`."""
    return values.masked_fill(mask[:, None] == 0, -1e4).amax(dim=2)
