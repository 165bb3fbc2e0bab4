"""What the networks over frames share: a layer that hides parts of a clip, and pooling over time."""

import torch
from torch import Tensor, nn


class SpecAugment(nn.Module):
    """Hide random bands and stretches of time, while training: the mean of all frames stands in their place.

    Parameters
    ----------
    n_bands, n_times : int
        How many of each are hidden in every clip.
    widest_band : float
        The widest band hidden, as a share of all bands.
    longest_s : float
        The longest stretch hidden, in frames; never more than a third of the clip.

    References
    ----------
    Park, D. S. et al. (2019). SpecAugment: a simple data augmentation method for automatic speech recognition.
        Interspeech, 2613-2617.
    """

    def __init__(self, n_bands: int = 1, widest_band: float = 0.2, n_times: int = 1, longest: int = 20):
        super().__init__()
        self.n_bands, self.widest_band, self.n_times, self.longest = n_bands, widest_band, n_times, longest

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        """Frames of shape (n_clips, n_contours, n_frames) with parts of them put to 0."""
        if not self.training:
            return frames
        n_clips, n_contours, n_frames = frames.shape
        lengths = mask.sum(dim=1)
        kept = torch.ones_like(frames)
        for _ in range(self.n_bands):
            hidden = _stretches(torch.full((n_clips,), float(n_contours)), self.widest_band * n_contours, n_contours)
            kept = kept * (1 - hidden[:, :, None].to(frames))
        for _ in range(self.n_times):
            longest = torch.minimum(lengths.cpu() / 3, torch.tensor(float(self.longest)))
            kept = kept * (1 - _stretches(lengths.cpu(), longest, n_frames)[:, None, :].to(frames))
        return frames * kept


def _stretches(lengths: Tensor, longest: Tensor | float, size: int) -> Tensor:
    """One random stretch of each row, 1 inside, shape (n_rows, size)."""
    width = torch.floor(torch.rand(len(lengths)) * (longest + 1))
    start = torch.floor(torch.rand(len(lengths)) * (lengths - width + 1))
    place = torch.arange(size)[None]
    return ((place >= start[:, None]) & (place < (start + width)[:, None])).float()


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean over the frames that there are: values (n_clips, n_channels, n_frames), mask (n_clips, n_frames)."""
    return (values * mask[:, None]).sum(dim=2) / mask.sum(dim=1).clamp(min=1)[:, None]


def masked_max(values: Tensor, mask: Tensor) -> Tensor:
    """Maximum over the frames that there are, shapes as for :func:`masked_mean`."""
    return values.masked_fill(mask[:, None] == 0, -1e4).amax(dim=2)
