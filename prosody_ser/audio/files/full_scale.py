"""Find the full scale of float samples: 1, unless they are evidently whole numbers from an integer format.

Programs that read integer PCM and write floats without scaling produce files that are 90 dB or more too loud.
"""

import numpy as np

#: Mixing and resampling can make float samples exceed full scale, but not by this factor.
LARGEST = 100.0
#: Full scale of 16, 24 and 32 bits. Samples of 24 bits that are stored in 32 bits are multiples of 256.
_16_BIT, _24_BIT, LARGEST_INTEGER = (float(1 << bits) for bits in (15, 23, 31))


class WholeNumbers:
    """Find from block to block whether samples are whole numbers, and their full scale."""

    def __init__(self) -> None:
        self._whole, self._fine, self._peak = True, False, 0.0

    def add(self, block: np.ndarray) -> bool:
        """Add float samples of any shape; return whether all have been whole numbers so far."""
        self._whole = self._whole and bool((block == np.rint(block)).all())
        if self._whole:
            self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
            self._fine = self._fine or bool((block % 256).any())
        return self._whole

    @property
    def full_scale(self) -> float:
        """The full scale: 1, or 2 to the power of 15, 23 or 31."""
        evident = self._whole and LARGEST < self._peak <= LARGEST_INTEGER
        return nearest_full_scale(self._peak, self._fine) if evident else 1.0

    @property
    def notes(self) -> tuple[str, ...]:
        """A note for the user if the samples are scaled."""
        divided = f"the samples are whole numbers stored as floats; they were divided by {self.full_scale:.0f}"
        return (divided,) if self.full_scale != 1 else ()


def nearest_full_scale(peak: float, fine: bool = True) -> float:
    """Return the full scale of the integer format for this peak; `fine`: not all samples are multiples of 256."""
    return _16_BIT if peak <= _16_BIT else _24_BIT if fine and peak <= _24_BIT else LARGEST_INTEGER
