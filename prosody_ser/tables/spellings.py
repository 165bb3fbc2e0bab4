"""Alternative names in tables and lists of users: columns, missing values, parts of a corpus."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from ..errors import ProsodySerError, TableError, did_you_mean

#: Columns that `--columns` can set, with other names that are recognised; of several, the first one counts.
COLUMNS: dict[str, tuple[str, ...]] = {
    "file": (
        *("file_name", "filename", "file_path", "filepath", "path", "file_id", "fileid", "fname"),
        *("audio_file", "audio_path", "audiofile", "wav_file", "wav_path", "wav", "audio", "clip", "recording"),
    ),
    "start": ("start_time", "start_s"),  # not "offset", which can mean start or end
    "end": ("end_time", "end_s"),
    "speaker": (
        *("speaker_id", "speakerid", "speaker_name", "spk", "spk_id", "spkid", "talker"),
        *("actor", "actor_id", "actorid", "subject", "subject_id", "participant", "participant_id", "person"),
    ),
    "emotion": (
        *("emotion_label", "emotion_name", "emotion_class", "emotional_state", "gt_emotion", "true_emotion"),
        *("target_emotion", "emo", "emotions", "emotion_expressed", "expressed_emotion", "intended_emotion"),
    ),
    "sex": ("gender",),
    "age": ("speaker_age",),
    "language": ("lang",),
    "sentence": ("sentence_id",),
    "take": ("repetition",),
    "intensity": (),
    "vocal_channel": (),
    "label": ("labels",),
    "corpus": (),
    "split": ("partition", "subset", "data_split", "fold"),
}
#: Cells that mean a missing value.
MISSING = frozenset(
    {"", "nan", "nat", "na", "<na>", "n/a", "#n/a", "none", "null", "<null>", "nil", "-", "--", "---", "?", "."}
)
#: Labels that mean that there is no label; IEMOCAP uses ``xxx`` for clips without a majority.
NO_ANSWER = frozenset(
    {"xxx", "unknown", "unk", "missing", "undefined", "undecided", "unlabeled", "unlabelled", "unclear"}
    | {"no agreement", "no label", "not known", "no majority"}
)
#: Missing speakers, without "NA", which may be the initials of a speaker.
MISSING_SPEAKER = (MISSING | {"unknown", "unk", "missing", "undefined", "anonymous"}) - {"na", "."}
#: Names of the parts of a corpus for training and testing.
_PARTS = {
    "train": ("train", "training", "trn", "trainset"),
    "validation": ("val", "valid", "validation", "dev", "devel", "development"),
    "test": ("test", "testing", "tst", "testset", "eval", "evaluation", "holdout"),
}
_PART_OF = {word: part for part, words in _PARTS.items() for word in words}
_NUMBERED_PART = re.compile(r"(fold|split|part|partition|batch)[\s_-]*(\d*)", re.ASCII)
#: Sound formats in names of folders: ``wav_16k``, ``mp3``, ``24bit``.
_FORMAT = re.compile(r"\d+\s*k(hz|bps)?(?![a-z\d])|\d+\s*(hz|bit)(?![a-z\d])|mp3", re.ASCII)
_SEXES = {
    **dict.fromkeys(("f", "female", "females", "woman", "women", "girl", "girls"), "female"),
    **dict.fromkeys(("m", "male", "males", "man", "men", "boy", "boys"), "male"),
}
_TOKENS = re.compile(r"[^\W\d_]+")
_GAPS = re.compile(r"[\s_.-]+")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def plain_name(column: str) -> str:
    """Normalise the name of a column for comparison: lower case, words joined by ``_``."""
    return _GAPS.sub("_", column.strip()).strip("_").lower()


def mapped_columns(
    columns: Sequence[str],
    asked: Mapping[str, str] | None = None,
    *,
    error: type[ProsodySerError] = TableError,
    known: Mapping[str, Sequence[str]] = COLUMNS,
) -> dict[str, str]:
    """Map the usual column names to the columns of a file: as requested, by the same name, or by a known other name.

    Parameters
    ----------
    columns : sequence of str
        The columns of the file.
    asked : mapping, optional
        Usual name to the name in the file, as in ``--columns``.
    error : type
        Type of the error.
    known : mapping
        Usual names, with the other names of each.

    Returns
    -------
    dict
        Usual name to the name in the file, without columns that the file lacks. No column is used twice.

    Raises
    ------
    ProsodySerError
        If a requested name is unknown, or the file lacks the column; the message suggests the nearest names.
    """
    mapping: dict[str, str] = {}
    by_name = {plain_name(column): column for column in reversed(columns) if column.strip()}
    for ours, theirs in (asked or {}).items():
        if ours not in COLUMNS and theirs in COLUMNS and ours in columns:  # as for pandas' rename
            raise error(f"the names in --columns are the wrong way round: write {theirs}={ours}, the usual name first")
        if ours not in COLUMNS:
            raise error(
                f"unknown column {ours!r} in --columns{did_you_mean(ours, COLUMNS) or '.'} "
                f"It must be one of {', '.join(COLUMNS)}"
            )
        column = theirs if theirs in columns else by_name.get(plain_name(theirs))
        if column is None:
            there = ", ".join(map(repr, columns[:12]))
            near = did_you_mean(theirs, columns) or "."
            raise error(f"there is no column {theirs!r} for {ours}{near} The file has the columns {there}")
        mapping[ours] = column
    for named_as_ours in (True, False):
        for ours, others in known.items():
            names = (ours,) if named_as_ours else others
            free = (by_name[name] for name in names if name in by_name and by_name[name] not in mapping.values())
            if ours not in mapping and (column := next(free, None)) is not None:
                mapping[ours] = column
    if "emotion" not in mapping and "label" in mapping:  # beside "emotion", it is the original label of the corpus
        mapping["emotion"] = mapping.pop("label")
    return mapping


def renamed_text(mapping: Mapping[str, str]) -> str:
    """List the columns with other names, as ``'gt_emotion' as emotion``; empty if there are none."""
    return ", ".join(f"{theirs!r} as {ours}" for ours, theirs in mapping.items() if plain_name(theirs) != ours)


def part_of_corpus(word: str) -> str:
    """Return the part of a corpus that a word names: ``train``, ``validation``, ``test`` or ``fold1``; else empty.

    Such a word is not a speaker, because the same people may speak in all parts.

    Examples
    --------
    >>> part_of_corpus("Train"), part_of_corpus("test_wav"), part_of_corpus("fold_3"), part_of_corpus("ann")
    ('train', 'test', 'fold3', '')
    """
    plain = _FORMAT.sub("wav", word.strip().lower())
    numbered = _NUMBERED_PART.fullmatch(plain)
    if numbered:
        return numbered[1] + numbered[2]
    tokens = _TOKENS.findall(plain)
    parts = {_PART_OF[token] for token in tokens if token in _PART_OF}
    named = all(token in _PART_OF or token in _CONTAINERS for token in tokens)
    return parts.pop() if len(parts) == 1 and named else ""


#: Words in names of folders that name neither a speaker nor an emotion, including languages and corpora.
_CONTAINERS = frozenset(
    """
    data dataset datasets database corpus corpora archive download downloads audio audios sound sounds wav wavs wave
    waves flac ogg aac opus pcm aif aiff sample samples sampled recording recordings recorded record records rec clip
    clips file files speech voice voices utterance utterances utt segment segments segmented sentence sentences
    raw original originals processed preprocessed clean cleaned normalized normalised trimmed cut resampled converted
    set split splits part parts all full complete main new final output outputs input inputs media content folder
    mono stereo zip session sessions take takes batch
    ravdess emodb tess savee crema cremad emovo iemocap librispeech kaggle
    english german french italian spanish portuguese dutch danish swedish polish russian turkish greek arabic persian
    hindi urdu chinese mandarin japanese korean
    """.split()  # noqa: SIM905 -- one word a line would be 100 lines
)


@lru_cache(maxsize=10_000)  # a corpus repeats the few words of its folders in each path
def is_container(word: str) -> bool:
    """Return whether the name of a folder only means recordings (``wav``, ``audio_16k``) or a part of a corpus.

    Examples
    --------
    >>> is_container("samples"), is_container("wav_16khz"), is_container("train"), is_container("ann")
    (True, True, True, False)
    """
    tokens = _TOKENS.findall(_FORMAT.sub("wav", word.lower()))
    return bool(part_of_corpus(word)) or (bool(tokens) and all(token in _CONTAINERS for token in tokens))


def sex_named(word: str) -> str:
    """Return ``female`` or ``male`` if a word means it, otherwise an empty text."""
    return _SEXES.get(word.strip().lower(), "")


def no_people(speakers: Collection[str], emotions_of_rows: bool) -> str:
    """Return what the words in a speaker column are if none of them can be a person; otherwise an empty text.

    With such words as speakers, the same people would be in training and test.

    Parameters
    ----------
    speakers : collection of str
    emotions_of_rows : bool
        Whether each row has its emotion as the speaker. The same words in both columns are not enough, because RAVDESS
        uses the same numbers for people and emotions.

    Examples
    --------
    >>> [no_people(words, False) for words in (["Train", "test"], ["female", "male"], ["F", "M"])]
    ['parts of a corpus', 'sexes', '']
    """
    words = {word.strip().lower() for word in speakers} - {""}
    if not words:
        return ""
    if all(map(is_container, words)):
        return "parts of a corpus"
    if all(len(word) > 1 and sex_named(word) for word in words):  # "F" and "M" may be two speakers
        return "sexes"
    return "emotions" if len(words) > 1 and emotions_of_rows else ""


def is_number(word: str) -> bool:
    """Return whether a cell is a number, with a decimal point or comma."""
    return _NUMBER.fullmatch(word.strip()) is not None


def are_ratings(words: Collection[str]) -> bool:
    """Return whether all labels are numbers, that is, ratings or codes; False without labels."""
    return bool(words) and all(map(is_number, words))


def ratings_text(words: Iterable[str]) -> str:
    """Describe numbers by their range: ``numbers from 1 to 5``."""
    values = sorted(float(word.strip().replace(",", ".")) for word in words)
    return f"numbers from {values[0]:g} to {values[-1]:g}" if values[0] < values[-1] else f"the number {values[0]:g}"
