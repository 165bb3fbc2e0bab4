"""Any corpus that is sorted into folders by emotion, by speaker, or by both.

The layouts are ``DIR/<emotion>/<speaker>_....wav``, ``DIR/<emotion>/<speaker>/....wav``,
``DIR/<speaker>/<emotion>/....wav`` and ``DIR/<speaker>_<emotion>/....wav``. The level of the emotion is recognised by
known words for emotions. Folders that only contain recordings (``wav``, ``data``) or are a part of a corpus (``train``,
``test``) are neither an emotion nor a speaker. If nothing names a speaker, the speaker is unknown, because a wrong one
would hide a leak.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ...errors import counted, listed
from ...tables.spellings import is_container, is_number, part_of_corpus, sex_named
from ..corpus import Corpus, Utterance
from ..emotions import emotion_of, is_emotion, no_emotion
from .compound_folders import divided, other_and_emotion

#: Position of the first word of the file name, after the positions of the folders.
_NAME = 1_000
#: Source of a speaker: a folder below or above the emotion, or the file name.
_BELOW, _ABOVE, _IN_NAME = "below", "above", "name"
#: Words for the sources that a note names, because a folder may be something else than a speaker.
_NOTED = (_ABOVE, _BELOW)
#: Largest number of speakers that a note names.
_NAMED = 8
#: Turns of IEMOCAP: the two people of a session speak in all its recordings, in Ses01F as in Ses01M; the last letter
#: tells which of them speaks.
_IEMOCAP = re.compile(r"(?P<session>Ses\d\d)[FM]_\w+_(?P<speaker>[FM])\d{3}", re.ASCII)
#: Words that are no people, with or without a number: they number conversations, grade intensity, name the change that
#: made an augmented copy or the program that recorded, or are a date. The same people speak in several of each.
_NOT_PEOPLE = re.compile(
    r"(dia|dialog(ue)?s?|conversations?|conv|turns?|scenes?|episodes?|trials?|chunks?|prompts?|items?|stim(ulus|uli)?"
    r"|low|medium|high|weak|strong|mild|intense|faible|fort|schwach|stark|intensity|level"
    r"|nois[ey]|aug(mented)?|copy|pitch(ed)?|stretch(ed)?|shift(ed)?|speed|slow|fast|reverb|echo"
    r"|vid|aud|img|mvi|memo)[\s_-]*\d*|(19|20)\d\d-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])",
    re.ASCII,
)
#: How file managers begin the name of a copy or of one of several files.
_COPY_OF = re.compile(r"((copy of|kopie von|copia de|copie de)\s+|\(\d+\)\s*)", re.IGNORECASE)


@dataclass(frozen=True)
class _Words:
    """The words of a path by position: its folders, except those that name nothing, and the first word of its name."""

    at: dict[int, str]
    part: str  #: part of the corpus: ``train``, ``test``

    @property
    def emotions(self) -> list[int]:
        """Positions of the words that are known emotions."""
        return [place for place, word in self.at.items() if is_emotion(word)]


@dataclass(frozen=True)
class _ReadClip:
    """An utterance, and the source of its speaker."""

    utterance: Utterance
    speaker_from: str = ""

    @property
    def nameless(self) -> "_ReadClip":
        """A copy without the speaker."""
        return _ReadClip(replace(self.utterance, speaker=""))


def _words(path: PurePosixPath, parts_of: Mapping[str, tuple[str, str]] | None = None) -> _Words:
    """Return the words of a path; `parts_of` divides folders such as ``ann_happy``."""
    whole = [folder.strip() for folder in path.parts[:-1]]
    folders = [word for folder in whole for word in (parts_of or {}).get(folder, (folder,))]
    named = [folder for folder in folders if is_emotion(folder) or not is_container(folder)]
    at = dict(enumerate(folder for folder in named if folder))
    turn = _IEMOCAP.fullmatch(path.stem)
    token = f"{turn['session']}_{turn['speaker']}" if turn else _COPY_OF.sub("", path.stem.partition("_")[0]).strip()
    if "_" in path.stem and token:
        at[_NAME] = token
    return _Words(at, next((part for folder in reversed(folders) if (part := part_of_corpus(folder))), ""))


def parse(path: PurePosixPath) -> Utterance | None:
    """Return the utterance of a single path, or None; :func:`read` uses all paths together."""
    words = _words(path)
    emotions = words.emotions or any(map(other_and_emotion, path.parts[:-1]))
    if len(path.parts) < 2 or (len(path.parts) > 3 and not emotions):
        return None
    return _read_clip(str(path), words, _place_of_emotions([words]), set()).utterance


def read(utterances: list[Utterance]) -> tuple[list[Utterance], list[str]]:
    """Return the utterances according to all paths together, and notes for the user."""
    parts_of = divided({folder.strip() for u in utterances for folder in PurePosixPath(u.file).parts[:-1]})
    words = {u.file: _words(PurePosixPath(u.file), parts_of) for u in utterances}
    place = _place_of_emotions(list(words.values()))
    no_people: set[str] = set()
    while True:
        clips_read = [_read_clip(file, of_path, place, no_people) for file, of_path in words.items()]
        above = {one.utterance.speaker for one in clips_read if one.speaker_from == _ABOVE}
        if len(above) != 1:
            break
        no_people |= above  # a folder that contains all others is not a speaker
    clips_read, why = _without_counters(_without_labels_that_are_none(clips_read))
    if len({one.utterance.speaker for one in clips_read}) == 1 and not any(one.utterance.emotion for one in clips_read):
        clips_read = [one.nameless for one in clips_read]  # a folder of all clips
    clips = [one.utterance for one in clips_read]
    people = {
        w: sorted({one.utterance.speaker for one in clips_read if one.speaker_from == w}) for w in (*_NOTED, _IN_NAME)
    }
    return clips, [*_notes(clips, people, why)]


def _place_of_emotions(paths: Sequence[_Words]) -> int:
    """Return the position at which most words are known emotions; the first folder if no word is."""
    known = Counter(place for words in paths for place in words.emotions)
    return min(known, key=lambda place: (-known[place], place), default=0)


def _read_clip(file: str, words: _Words, place: int, no_people: set[str]) -> _ReadClip:
    """Return the utterance of a path, if emotions are usually at position `place`."""
    known = [i for i in words.emotions if i != _NAME or place == _NAME]  # "joy" in "joy_1.wav" may be a person
    at = place if place in known or not known else known[0]
    label = words.at.get(at, "")
    folders = [i for i in words.at if i != _NAME and (i != at or no_emotion(label))]
    below = [(i, _BELOW) for i in folders if i > at]
    above = [(i, _ABOVE) for i in reversed(folders) if i <= at]
    places = [*below, *above, *([(_NAME, _IN_NAME)] if at != _NAME and _NAME in words.at else [])]
    people = [(words.at[i], where) for i, where in places if _is_person(words.at[i]) and words.at[i] not in no_people]
    speaker, where = people[0] if people else ("", "")
    sexes = (sex_named(words.at[i]) for i, _ in places)
    utterance = Utterance(
        file=file,
        speaker=speaker,
        emotion="" if is_number(label) else emotion_of(label),
        label=label,
        sex=next(filter(None, sexes), ""),
        extra=(("split", words.part),) if words.part else (),
    )
    return _ReadClip(utterance, where)


def _is_person(word: str) -> bool:
    return not (
        is_emotion(word) or is_container(word) or sex_named(word) or _NOT_PEOPLE.fullmatch(word.strip().lower())
    )


def _without_labels_that_are_none(clips_read: Sequence[_ReadClip]) -> list[_ReadClip]:
    """Remove labels that cannot be emotions: no word is known, and there is only one, or all are codes (s01)."""
    labels = {one.utterance.emotion for one in clips_read} - {""}
    no_words = len(labels) == 1 or all(sex_named(word) or any(map(str.isdigit, word)) for word in labels)
    if any(map(is_emotion, labels)) or not no_words:
        return list(clips_read)
    return [replace(one, utterance=_without_emotion(one.utterance)) for one in clips_read]


def _without_emotion(utterance: Utterance) -> Utterance:
    return replace(utterance, emotion="", sex=utterance.sex or sex_named(utterance.label))


def _without_counters(clips_read: Sequence[_ReadClip]) -> tuple[list[_ReadClip], str]:
    """Remove speakers that are clip numbers or emotions; return the rest, and the reason."""
    by_name = [one.utterance for one in clips_read if one.speaker_from == _IN_NAME]
    why, wrong = "", ""
    if _are_counters([(u.emotion, u.speaker) for u in by_name]):
        why, wrong = "the file names begin with a clip number", _IN_NAME
    elif _tell_the_emotion([(u.label, u.speaker) for u in by_name]):
        why, wrong = "the file names begin with the emotion", _IN_NAME
    return [one.nameless if wrong and one.speaker_from == wrong else one for one in clips_read], why


def _are_counters(pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether names like ``0001_hello.wav`` number the clips. As speakers, the numbers would hide a leak.

    They do if the first word of each name is unique, or if all are numbers that are unique within an emotion. Without
    emotions, numbers are never taken for speakers.
    """
    tokens = {token for _, token in pairs}
    each_its_own = len(tokens) == len(pairs)
    numbers = all(token.isdigit() for token in tokens)
    numbers_once = len(set(pairs)) == len(pairs) or not any(emotion for emotion, _ in pairs)
    return len(pairs) > 2 and (each_its_own or (numbers and numbers_once))


def _tell_the_emotion(pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether the words mean the emotions: they are their beginnings, or map one to one to at least three."""
    labels_of = defaultdict(set)
    for label, token in pairs:
        labels_of[token].add(label)
    if len(labels_of) < 2 or any(len(labels) > 1 for labels in labels_of.values()):
        return False
    beginnings = all(label.lower().startswith(token.rstrip("0123456789").lower()) for label, token in pairs)
    return beginnings or len({label for label, _ in pairs}) == len(labels_of) > 2


def _notes(utterances: Sequence[Utterance], people: Mapping[str, Sequence[str]], why: str) -> Iterator[str]:
    parts = sorted({part for u in utterances for name, part in u.extra if name == "split"})
    if parts:
        yield (
            f"folders named {', '.join(parts)} are parts of the corpus, not speakers; the column 'split' names the "
            "part of each clip"
        )
    for where in _NOTED:
        if people[where] and any(u.emotion for u in utterances):
            yield (
                f"the folders {where} the emotions are used as speakers: {listed(people[where], _NAMED)}; if they are "
                "not speakers, list the recordings in a file with the columns file, speaker, emotion"
            )
    numbers = people[_IN_NAME]
    if any(u.emotion for u in utterances) and numbers and all(word.split()[-1].isdigit() for word in numbers):
        yield (
            f"the numbers at the beginning of the file names are used as speakers: {listed(numbers, _NAMED)}; if they "
            "number takes or sentences, list the recordings in a file with the columns file, speaker, emotion"
        )
    nameless = [u for u in utterances if not u.speaker]
    if not nameless or not any(u.emotion for u in utterances):  # without emotions, nothing can be evaluated anyway
        return
    if not why and any(is_emotion(PurePosixPath(u.file).stem.partition("_")[0]) for u in nameless):
        why = "the file names begin with the emotion"
    because = f" ({why}, e.g. {nameless[0].file})" if why else ""
    yield (
        f"the speaker of {len(nameless)} of {counted(len(utterances), 'clip')} is unknown{because}; 'cv' leaves "
        "these clips out, because they cannot be evaluated speaker-independently. List the recordings in a file with "
        "the columns file, speaker, emotion, and give that file instead"
    )


CORPUS = Corpus(
    name="folder",
    example="anger/ann_1.wav",
    title="Any recordings sorted as DIR/<emotion>/<speaker>_*.wav, DIR/<emotion>/<speaker>/*.wav or "
    "DIR/<speaker>/<emotion>/*.wav",
    parse=parse,
    refine=read,
    note="The name of the folder is the label: words for the common emotions are known (happy, 01_angry); other words "
    "are kept in lower case and reported. Folders such as wav, data, train, test, female are neither emotions nor "
    "speakers. The speaker is unknown if the path does not name one, or if <speaker> is the emotion (angry_001) or a "
    "clip number (001_).",
)
