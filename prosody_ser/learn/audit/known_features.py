"""Which columns are known, by their names, to be measured from sound; any other column may hold anything."""

import re

import numpy as np

from ...catalogue import all_features
from .material import Material

#: The suffix in the names of nearly all functionals of openSMILE's eGeMAPS and ComParE, and the few other names.
_OPENSMILE = re.compile(
    r"_sma(3|3nz|_de)?(nz)?([_\[]|$)|^(loudnessPeaksPerSec|VoicedSegmentsPerSec|equivalentSoundLevel_dBp"
    r"|(Mean|Stddev)(Voiced|Unvoiced)SegmentLength(Sec)?)$"
)


def measured_from_sound(material: Material) -> np.ndarray:
    """Mask of the features from the catalogue, from openSMILE, or from a plugin with which the table was extracted."""
    known = all_features()
    plugin = bool(material.about.get("plugin"))
    return np.array([plugin or name in known or bool(_OPENSMILE.search(name)) for name in material.features], bool)
