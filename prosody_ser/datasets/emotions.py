"""The common vocabulary of emotions, and the words by which folders and labels files mean one of them.

A corpus with labels of its own maps them in its adapter. Where a user writes the label (a folder's name, a column
of a CSV), the word is looked up here. A word that is not here is a class of its own, in lower case.
"""

import re

#: The common vocabulary. Labels of other corpora are kept as they are, in lower case.
EMOTIONS = ("neutral", "calm", "happiness", "sadness", "anger", "fear", "disgust", "surprise", "boredom")

#: Other words for each. Excitement, frustration or contempt are not here: they are no other word for any of these.
SYNONYMS = {
    "neutral": ("neutrality", "neu"),
    "calm": ("calmness", "cal"),
    "happiness": ("happy", "joy", "joyful", "hap"),
    "sadness": ("sad",),
    "anger": ("angry", "ang"),
    "fear": ("fearful", "afraid", "scared", "fea"),
    "disgust": ("disgusted", "dis"),
    "surprise": ("surprised", "pleasant surprise", "pleasant surprised", "pleasantly surprised", "ps", "sur"),
    "boredom": ("bored", "bor"),
}
_COMMON = {word: emotion for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])}
_GAPS = re.compile(r"[\s_-]+")


def known(word: str) -> bool:
    """Whether a word means an emotion of the common vocabulary."""
    return _plain(word) in _COMMON


def common_emotion(word: str) -> str:
    """The emotion that a word means; a word that is not known is kept, in lower case.

    Case does not count, nor whether words are joined by spaces, ``_`` or ``-``.

    Examples
    --------
    >>> common_emotion("Angry"), common_emotion("pleasant_surprise"), common_emotion("Excited")
    ('anger', 'surprise', 'excited')
    """
    return _COMMON.get(_plain(word), word.strip().lower())


def _plain(word: str) -> str:
    return _GAPS.sub(" ", word).strip().lower()
