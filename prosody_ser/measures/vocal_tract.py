"""Apparent length of the vocal tract, from the median formants of a clip.

A uniform tube, closed at the glottis, of length L resonates at ``F_k = (2k - 1) dF / 2`` with the spacing
``dF = c / 2L``. The dF that fits F1 to F4 best (least squares through the origin) gives L.

References
----------
Fitch, W. T. (1997). Vocal tract length and formant frequency dispersion correlate with body size in rhesus
    macaques. Journal of the Acoustical Society of America 102(2), 1213-1222.
Reby, D. & McComb, K. (2003). Anatomical constraints generate honesty: acoustic cues to age and weight in the roars
    of red deer stags. Animal Behaviour 65, 519-530. (The least-squares spacing.)
"""

import numpy as np

from ..contours import Analysis
from ..functionals.contour_matrix import MIN_FRAMES

SPEED_OF_SOUND_CM_PER_S = 35000.0


def vocal_tract_measures(analysis: Analysis) -> dict[str, float]:
    """Compute length in cm and formant dispersion in Hz; NaN if a formant has fewer than three frames."""
    frequency, _ = analysis.formants
    if (np.isfinite(frequency).sum(axis=1) < MIN_FRAMES).any():
        return {"vocal_tract_length_cm": np.nan, "formant_dispersion_hz": np.nan}
    formants_hz = np.nanmedian(frequency, axis=1)
    tube = (2 * np.arange(1, formants_hz.size + 1) - 1) / 2
    spacing_hz = formants_hz @ tube / (tube @ tube)
    return {
        "vocal_tract_length_cm": SPEED_OF_SOUND_CM_PER_S / (2 * spacing_hz),
        "formant_dispersion_hz": (formants_hz[-1] - formants_hz[0]) / (formants_hz.size - 1),
    }
