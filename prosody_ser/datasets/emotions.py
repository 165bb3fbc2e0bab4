"""The common vocabulary of emotions, and the words for them in names of folders and in labels files.

The adapter of a corpus maps its own labels. Labels that a user writes (the name of a folder, a column of a CSV) are
looked up here. A word that is not here is its own class, in lower case.
"""

import re
from difflib import get_close_matches
from functools import lru_cache

from ..tables.spellings import MISSING, NO_ANSWER, is_container, is_number, sex_named

#: The common vocabulary. Other labels are kept in lower case.
EMOTIONS = ("neutral", "calm", "happiness", "sadness", "anger", "fear", "disgust", "surprise", "boredom")

#: Synonyms of each emotion. Excitement, frustration and contempt are separate emotions, and so are not here.
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
#: Other known emotions, which are separate classes and need no note.
OTHERS = frozenset(
    """
    admiration affection aggression aggressive amused amusement annoyance annoyed anxiety anxious apologetic arrogance
    arrogant assertive awe compassion concern concerned confused confusion contempt contemptuous content contentment
    curiosity curious delight depressed desire despair desperate disappointed disappointment distress doubt elated
    elation embarrassed embarrassment empathy encouraging enjoyment enthusiasm enthusiastic envy exc excited excitement
    fru frustrated frustration gratitude grief guilt guilty hate hatred helpless hope hopeful hostile hostility
    impatience impatient interest interested irritated irritation ironic irony jealous jealousy longing love melancholy
    nervous nervousness nostalgia optimism pain panic pensive pessimism playful pleased pleasure pride proud rage regret
    relaxed relief relieved remorse sarcasm sarcastic satisfaction satisfied scorn serene serenity shame shy sleepiness
    sleepy stress stressed sympathy tender tenderness tense tension tired tiredness triumph trust worried worry
    """.split()  # noqa: SIM905 -- one word a line would be 130 lines
)
#: Words that name a person or a session, with or without a number, and never an emotion.
_PEOPLE = re.compile(
    r"(actor|actress|speaker|spk|subject|subj|participant|person|patient|session|ses|id)s?([\s_-]+\w{1,4}|\d{1,4})?"
)
_COMMON = {word: emotion for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])}
_GAPS = re.compile(r"[\s_-]+")
#: A word with a number, by which folders are sorted: ``01Neutral``, ``2_happy``, ``angry-03``.
_COUNTED = re.compile(r"\d+[\s_.)-]*(?P<before>\D.*)|(?P<behind>.*\D)[\s_.(-]*\d+", re.ASCII)
_SEVERAL = re.compile(r"\s*[;,/|+&]\s*|\s+and\s+", re.IGNORECASE)


def known(word: str) -> bool:
    """Return whether a word means an emotion of the common vocabulary; numbers at its ends are ignored."""
    return _plain(word) in _COMMON


@lru_cache(maxsize=10_000)  # a corpus repeats the few words of its folders in each path
def is_emotion(word: str) -> bool:
    """Return whether a word names an emotion, of the common vocabulary or another one (contempt, excited)."""
    return known(word) or _plain(word) in OTHERS


def common_emotion(word: str) -> str:
    """Return the emotion that a word means; an unknown word is kept in lower case.

    Case is ignored, and so are the kind of separator between words (space, ``_`` or ``-``) and a number before or after
    a known word.

    Examples
    --------
    >>> common_emotion("Angry"), common_emotion("pleasant_surprise"), common_emotion("Excited"), common_emotion("01Sad")
    ('anger', 'surprise', 'excited', 'sadness')
    """
    plain = _plain(word)
    return _COMMON.get(plain, plain if plain in OTHERS else word.strip().lower())


def no_emotion(word: str) -> bool:
    """Return whether a word certainly means something else: a sex, a part of a corpus, a folder, a person."""
    plain = word.strip().lower()
    sex = len(plain) > 1 and bool(sex_named(plain))  # "f" and "m" may be codes of emotions
    return not is_emotion(word) and (sex or is_container(word) or _PEOPLE.fullmatch(plain) is not None)


def is_missing(word: str) -> bool:
    """Return whether a label means a missing value."""
    return word.strip().lower() in MISSING


def gives_no_answer(word: str) -> bool:
    """Return whether a label means that there is no label (``xxx``, ``unknown``)."""
    return _GAPS.sub(" ", word).strip().lower() in NO_ANSWER


def labels_in(word: str) -> list[str]:
    """Return the emotions in a label of several (``happy;surprised``); empty for other labels."""
    parts = [part.strip() for part in _SEVERAL.split(word) if part.strip()]
    joint = len(parts) > 1 and any(map(is_emotion, parts)) and not is_emotion(word)
    return parts if joint and all(is_emotion(part) or nearest(part) for part in parts) else []


def named_none(word: str) -> bool:
    """Return whether a label certainly names no single emotion: no answer, several, or something else."""
    return gives_no_answer(word) or bool(labels_in(word)) or no_emotion(word)


def emotion_of(label: str) -> str:
    """Return the emotion that a label of a user means; empty if it certainly names none."""
    return "" if is_missing(label) or named_none(label) else common_emotion(label)


def nearest(word: str) -> str:
    """Return the known word of which a word may be a misspelling, or an empty text."""
    plain = _plain(word)
    if len(plain) < 4 or is_number(plain):
        return ""
    near = get_close_matches(plain, [name for name in (*_COMMON, *OTHERS) if len(name) > 3], 1, 0.8)
    return near[0] if near else ""


def _plain(word: str) -> str:
    plain = _GAPS.sub(" ", word).strip().lower()
    counted = _COUNTED.fullmatch(plain)
    if plain in _COMMON or plain in OTHERS or counted is None:
        return plain
    bare = (counted["before"] or counted["behind"]).strip()
    return bare if bare in _COMMON or bare in OTHERS else plain
