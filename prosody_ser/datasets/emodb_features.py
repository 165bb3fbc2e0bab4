"""The built-in table: features of the 535 clips of EMO-DB, measured by this package. It contains no audio.

``scripts/make_emodb_features DIR`` makes the file from the recordings. The Berlin database of emotional speech:
ten German actors, seven emotions, ten sentences; CC0.

References
----------
Burkhardt, F., Paeschke, A., Rolfes, M., Sendlmeier, W. & Weiss, B. (2005). A database of German emotional speech.
    Interspeech 2005, 1517-1520.
"""

from pathlib import Path

from ..catalogue import DEFAULT_SET, feature_set
from ..tables.columns import with_features
from ..tables.feature_table import FeatureTable
from ..tables.file import read_table

#: Contours whose means are included besides `prosody_v1`, because many student projects use them.
MEANS_OF = ("mfcc", "mel", "chroma")
PATH = Path(__file__).with_name("emodb_features.parquet")


def load_emodb_features(features: str | list[str] | None = DEFAULT_SET) -> FeatureTable:
    """Load the features of the 535 clips of EMO-DB, which are included in the package.

    Parameters
    ----------
    features : str or list of str, optional
        As for :func:`prosody_ser.tables.columns.with_features`: by default ``prosody_v1``; also ``mfcc``, ``mel`` and
        ``chroma`` (means); None for all features.

    Returns
    -------
    FeatureTable
        535 rows with speaker, sex, age, sentence and emotion.

    Raises
    ------
    ProtocolError
        If the table has no such features.

    Examples
    --------
    >>> ser.load_emodb_features()
    <FeatureTable: 535 clips (0 left out), 10 speakers, 7 emotions, 132 features of prosody_v1>
    """
    words = [features] if isinstance(features, str) else features
    return with_features(read_table(PATH), words)


def names_kept() -> tuple[str, ...]:
    """Return the columns of the built-in table: `prosody_v1`, and the means of :data:`MEANS_OF`."""
    names = [feature.name for feature in feature_set(DEFAULT_SET)]
    for feature in feature_set("full_v1"):
        if feature.contour is None or feature.functional is None or feature.name in names:
            continue
        if feature.functional.name == "mean" and feature.contour.descriptor.rstrip("0123456789") in MEANS_OF:
            names.append(feature.name)
    return tuple(names)
