"""The sentence spoken in each row of X, read from the index level named `sentence`.

Like the speaker, the sentence is in the index. Therefore it stays with X in any subset that a scikit-learn tool makes,
and it is never a feature.
"""

from typing import Any

import numpy as np

from ...errors import ProtocolError, counted
from ..speakers.names import has_level

SENTENCE_LEVEL = "sentence"


def sentences_of(X: Any) -> np.ndarray:
    """Sentence of each row, from X's index.

    Raises
    ------
    ProtocolError
        If X has no sentences, or the sentence of a row is missing.
    """
    if not has_level(X, SENTENCE_LEVEL):
        raise ProtocolError(
            f"X carries no sentences: pass a DataFrame whose index has a level named {SENTENCE_LEVEL!r}, such as "
            "FeatureTable.X"
        )
    sentences = X.index.get_level_values(SENTENCE_LEVEL).to_numpy(dtype=object)
    unknown = np.flatnonzero([not isinstance(sentence, str) or not sentence for sentence in sentences])
    if unknown.size:
        first = X.index[unknown[0]]
        name = dict(zip(X.index.names, first, strict=True)).get("file", first)
        raise ProtocolError(
            f"{counted(unknown.size, 'clip')} without a sentence (e.g. {name}): these folds need to know which "
            "sentences the model was trained on; fill the table's column 'sentence', or use other folds"
        )
    return sentences
