"""What is said in each row of X: read from the index level named `sentence`.

The sentence travels as the speaker does, in the index: it follows X into any subset that a scikit-learn tool takes of
it, and never is a feature.
"""

from typing import Any

import numpy as np

from ...errors import ProtocolError, counted
from ..speakers.names import has_level

SENTENCE_LEVEL = "sentence"


def sentences_of(X: Any) -> np.ndarray:
    """Sentence of each row, from X's index; refused where X carries none, or that of a row is unknown."""
    if not has_level(X, SENTENCE_LEVEL):
        raise ProtocolError(
            f"X carries no sentences: pass a DataFrame whose index has a level named {SENTENCE_LEVEL!r} "
            "(FeatureTable.X does)"
        )
    sentences = X.index.get_level_values(SENTENCE_LEVEL).to_numpy(dtype=object)
    unknown = np.flatnonzero([not isinstance(sentence, str) or not sentence for sentence in sentences])
    if unknown.size:
        first = X.index[unknown[0]]
        name = dict(zip(X.index.names, first, strict=True)).get("file", first)
        raise ProtocolError(
            f"{counted(unknown.size, 'clip')} without a sentence (e.g. {name}): these folds must know which "
            "sentences the model has heard; fill the table's column 'sentence', or use other folds"
        )
    return sentences
