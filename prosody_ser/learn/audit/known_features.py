"""Which columns are known to be measured from sound, by their names: nobody vouches for any other."""

import re

import numpy as np

from ...catalogue import all_features
from .material import Material

#: What openSMILE's eGeMAPS and ComParE call nearly all of their functionals, and the few names without it.
_OPENSMILE = re.compile(
    r"_sma(3|3nz|_de)?(nz)?([_\[]|$)|^(loudnessPeaksPerSec|VoicedSegmentsPerSec|equivalentSoundLevel_dBp"
    r"|(Mean|Stddev)(Voiced|Unvoiced)SegmentLength(Sec)?)$"
)


def measured_from_sound(material: Material) -> np.ndarray:
    """Mask over the features: of the catalogue, of openSMILE, or of a plugin that the table was extracted with."""
    known = all_features()
    plugin = bool(material.about.get("plugin"))
    return np.array([plugin or name in known or bool(_OPENSMILE.search(name)) for name in material.features], bool)
