"""Circumstances of the recordings that nearly determine the emotion: sentence, corpus, language, channel."""

import numpy as np
import pandas as pd

from ..finding import WARNING, Finding
from ..material import Material
from .effects import cramers_v

CHECK = "confounded emotions"
#: Cramér's V from which emotions are confounded: 0 if each sentence has the same share of each emotion, 1 if one
#: determines the other.
LEAST_V = 0.5
_LEAST_ROWS = 20
_COLUMNS = ("sentence", "corpus", "language", "channel")
#: Columns in which an empty cell is a value: a mono recording, and a corpus without a name.
_EMPTY_SAYS_SOMETHING = ("channel", "corpus")


def find(material: Material) -> list[Finding]:
    """Find such columns of the metadata, unless the folds keep their values apart, as some do with sentences."""
    findings = []
    for name in _COLUMNS:
        values = material.frame[name].to_numpy(dtype=object)
        rows = np.flatnonzero((values != "") | (name in _EMPTY_SAYS_SOMETHING))
        group = np.full(len(values), -1)
        group[rows] = pd.factorize(values[rows])[0]
        if rows.size < _LEAST_ROWS or rows.size < len(values) / 2 or group.max() < 1:
            continue
        if not np.setdiff1d(material.split_groups(group + 1), [0]).size:
            continue
        tied = cramers_v(group[rows], np.unique(material.label[rows], return_inverse=True)[1])
        if tied < LEAST_V:
            continue
        sentence = (
            f"The {name} and the emotion are confounded (Cramér's V {tied:.2f}): many values of the column {name} "
            "have few of the emotions."
        )
        effect = (
            f"The model may recognise the {name} instead of the emotion, because both are in train and test. The score "
            "may be too high."
        )
        if name == "sentence":
            effect += " Use '--folds speaker-sentence', which also keeps sentences apart, and compare the scores."
        findings.append(Finding(WARNING, CHECK, sentence, effect, {"column": name, "cramers_v": round(tied, 3)}))
    return findings
