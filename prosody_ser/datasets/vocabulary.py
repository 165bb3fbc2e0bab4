"""The common vocabulary of emotions, and the words by which recordings name them."""

#: The common vocabulary. Labels that are none of its words or their synonyms are kept as they are, in lower case.
EMOTIONS = ("neutral", "calm", "happiness", "sadness", "anger", "fear", "disgust", "surprise", "boredom")
#: Other words for them. What is a shade of its own (excited, frustrated, contempt) stays one.
SYNONYMS = {
    "happy": "happiness",
    "joy": "happiness",
    "joyful": "happiness",
    "sad": "sadness",
    "angry": "anger",
    "fearful": "fear",
    "afraid": "fear",
    "scared": "fear",
    "disgusted": "disgust",
    "surprised": "surprise",
    "ps": "surprise",
    "pleasant surprise": "surprise",
    "pleasant surprised": "surprise",
    "bored": "boredom",
    "calmness": "calm",
}
#: Words that are no synonyms, but by which folders of emotions are known too.
_OTHER_WORDS = ("excited", "excitement", "frustrated", "frustration", "contempt")
EMOTION_WORDS = frozenset((*EMOTIONS, *SYNONYMS, *_OTHER_WORDS))


def common_emotion(label: str) -> str:
    """The word of the common vocabulary for a label, else the label itself in lower case."""
    word = " ".join(label.lower().replace("_", " ").split())
    return SYNONYMS.get(word, word)
