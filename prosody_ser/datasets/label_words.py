"""Interpret labels of the user: find the emotions, and write notes on doubtful labels.

A word that may be an emotion (in another language, or of a project) becomes a class, with a note. A label that
certainly names no single emotion (missing, ``xxx``, ``happy;surprised``, ``female``) makes the emotion unknown, with a
note; the label itself is kept. Numbers are ratings, unless they are codes of a known corpus.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ..errors import CorpusError, TableError, listed
from ..tables.spellings import are_ratings, is_number, no_people, ratings_text
from .corpora.registry import CORPORA
from .corpus import Utterance
from .emotions import emotion_of, gives_no_answer, is_emotion, is_missing, labels_in, nearest, no_emotion

#: Largest number of words that a note names.
_NAMED = 12
#: Names of scales on which listeners rate speech.
SCALES = frozenset({"arousal", "valence", "dominance", "activation", "evaluation", "pleasure", "engagement"})


def interpreted(source: object, utterances: Sequence[Utterance]) -> tuple[list[Utterance], list[str]]:
    """Replace labels as written in a labels file by the emotions that they mean.

    Parameters
    ----------
    source : object
        Name of the source, for the notes.
    utterances : sequence of Utterance

    Returns
    -------
    utterances : list of Utterance
    notes : list of str
        Notes for the user.

    Raises
    ------
    CorpusError
        If all labels are numbers that are not codes of a known corpus.
    """
    utterances, about_speakers = _with_speakers_of_names(source, utterances)
    uncoded = [_decoded(utterance) for utterance in utterances]
    words = {u.emotion for u in uncoded if u.emotion and not is_missing(u.emotion)}
    if are_ratings(words):
        raise CorpusError(
            f"{source}: the emotion column contains only {ratings_text(words)}, so it holds ratings or codes, not "
            "emotions; replace them with words, or choose another column with --columns emotion=NAME. A column of "
            "ratings is kept beside the features if it has its own name, such as arousal"
        )
    meant = [replace(u, emotion=emotion_of(u.emotion)) for u in uncoded]
    people = [u.speaker for u in meant if u.speaker]
    notes = [*about_speakers, *notes_on(source, (u.emotion for u in uncoded))]
    if what := no_people(people, all(emotion_of(u.speaker) == u.emotion for u in meant if u.speaker)):
        called = listed(sorted(set(people)), _NAMED)
        notes.append(f"{source}: the speaker column contains {called}: {what}, not people; the speakers are unknown")
        meant = [replace(u, speaker="") for u in meant]
    if not words and (note := _scales(source, meant)):
        notes.append(note)
    return meant, notes


def _with_speakers_of_names(source: object, utterances: Sequence[Utterance]) -> tuple[list[Utterance], list[str]]:
    """Name the speakers, if a list names none, of the recordings that are named as in a known corpus; add a note.

    Such a recording also gets that corpus, because two corpora may use the same name for two speakers.
    """
    if any(u.speaker for u in utterances):
        return list(utterances), []
    named: Counter[str] = Counter()
    whole = []
    for utterance in utterances:
        known = next(_clips_of_name(utterance), None)
        if known is None:
            whole.append(utterance)
            continue
        kind, meant = known
        named[kind] += 1
        of = utterance.corpus or kind
        whole.append(replace(utterance, corpus=of, speaker=meant.speaker, sex=utterance.sex or meant.sex))
    if not named:
        return whole, []
    return whole, [
        f"{source}: the list names no speakers; those of {named.total()} of {len(whole)} clips were read from the "
        f"names of the recordings, as in {listed(sorted(named), _NAMED)}"
    ]


def _clips_of_name(utterance: Utterance) -> Iterator[tuple[str, Utterance]]:
    """Yield each known corpus in which a recording has its name, and the clip that it is there."""
    path = PurePosixPath(utterance.file)
    for name, corpus in CORPORA.items():
        if not corpus.generic and (clip := corpus.parse(path)) is not None:
            yield clip.corpus or name, clip


def _decoded(utterance: Utterance) -> Utterance:
    """Replace a code of a known corpus (by the name of the clip or by `corpus`) by its emotion."""
    label = utterance.emotion
    if not label or is_emotion(label):
        return utterance
    codes = CORPORA[utterance.corpus].emotions if utterance.corpus in CORPORA else {}
    if label in codes:
        return replace(utterance, emotion=codes[label])
    clips = _clips_of_name(utterance)
    meant = next((clip.emotion for _, clip in clips if label in (clip.label, clip.label.lstrip("0"))), label)
    return replace(utterance, emotion=meant)


def notes_on(source: object, words: Iterable[str]) -> list[str]:
    """Return notes on labels that are not emotions, and on labels that are not known emotions.

    Parameters
    ----------
    source : object
    words : iterable of str
        The label of each clip.

    Returns
    -------
    list of str
    """
    counts = Counter(word for word in words if word and not is_missing(word) and not is_emotion(word))
    joint = {word: count for word, count in counts.items() if labels_in(word)}
    silent = {word: count for word, count in counts.items() if gives_no_answer(word)}
    none = {word: count for word, count in counts.items() if no_emotion(word)}
    unknown = {word: count for word, count in counts.items() if not (word in joint or word in silent or word in none)}
    notes = []
    if silent:
        notes.append(f"{source}: these labels state that no emotion is known, so it is missing: {_counted(silent)}")
    if joint:
        notes.append(
            f"{source}: these labels name several emotions, so the emotion is missing: {_counted(joint)}; give each "
            "clip one emotion, or use one word for the mixture"
        )
    if none:
        notes.append(f"{source}: these labels do not name an emotion, so it is missing: {_counted(none)}")
    if unknown:
        notes.append(
            f"{source}: these labels are not known emotions; each is its own class: {_counted(unknown, near=True)}. "
            "For the usual classes, rename the folders or labels to English words such as anger, sadness or happiness"
        )
    return notes


def doubtful_classes(source: object, words: Iterable[str]) -> list[str]:
    """Return notes on doubtful classes of a finished table, which are not changed.

    Parameters
    ----------
    source : object
    words : iterable of str
        The emotion of each row.

    Returns
    -------
    list of str

    Raises
    ------
    TableError
        If no class can be an emotion (for example female and male).
    """
    counts = Counter(word for word in words if word)
    if counts and all(map(no_emotion, counts)):
        raise TableError(f"{source}: the emotion column contains no emotions: {listed(sorted(counts), _NAMED)}")
    doubtful = {word: n for word, n in counts.items() if not is_emotion(word) and _is_doubtful(word)}
    if not doubtful:
        return []
    return [f"{source}: these classes may not be separate emotions: {_counted(doubtful, near=True)}"]


def _is_doubtful(word: str) -> bool:
    return bool(labels_in(word) or no_emotion(word) or nearest(word))


def _counted(words: dict[str, int], near: bool = False) -> str:
    """Format words with counts, most frequent first: ``wut (30 clips), hapy (2 clips; did you mean happiness?)``."""

    def counted(word: str, count: int) -> str:
        meant = nearest(word) if near and not labels_in(word) else ""
        clips = f"{count} clip{'s' * (count != 1)}"
        return f"{word} ({clips}; did you mean {emotion_of(meant)}?)" if meant else f"{word} ({clips})"

    by_count = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return listed((counted(word, count) for word, count in by_count), _NAMED)


def _scales(source: object, utterances: Sequence[Utterance]) -> str:
    """Return a note on ratings in labels without emotions; empty if there are none."""
    ratings: dict[str, list[str]] = {}
    for utterance in utterances:
        for name, cell in utterance.extra:
            if name.lower() in SCALES and is_number(cell):
                ratings.setdefault(name, []).append(cell)
    if not ratings:
        return ""
    scales = ", ".join(f"{name} ({ratings_text(set(cells))})" for name, cells in ratings.items())
    return f"{source}: {scales}: these numbers are ratings, not emotions; they are kept beside the features"
