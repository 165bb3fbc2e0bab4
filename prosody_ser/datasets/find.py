"""Find the utterances of folders and labels files: recognise the corpus, and use each clip once."""

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from ..audio.files.suffixes import HEADERLESS, PICTURES, SUFFIXES
from ..errors import CorpusError, chosen, counted, listed, none_of
from ..paths import Paths, as_paths
from ..tables.spellings import COLUMNS, plain_name
from .corpora import audiofolder, csv_file, ser_en
from .corpora.registry import CORPORA
from .corpus import Corpus, Utterance
from .delimited import LABELS_SUFFIXES, MissingColumnError, read_rows
from .doubts import contradictions, refuse_another_corpus, several_corpora_error
from .emotions import is_emotion
from .files import counts_by_suffix, files_below, no_recordings_error, recordings_among, suffix
from .first_few import SHOWN
from .folder_words import is_list, notes_on_folders, what_to_name, without_nested_copies
from .label_words import interpreted
from .labels import names_of_files, refused
from .left_out import TWICE, causes_of
from .places import did_you_mean, in_its_own_form, is_absolute

#: Share of the recordings whose names must match a corpus, for it to be recognised.
RECOGNISED_SHARE = 0.5
MIX = ser_en.CORPUS.name
#: Suffixes of other tables and lists, which are not read although users keep labels in them.
OTHER_TABLES = frozenset(
    {".json", ".xml", ".xls", ".xlsx", ".ods", ".numbers", ".parquet", ".feather", ".pkl", ".dat", ".lst"}
    | {".list", ".md", ".yaml", ".yml", ".arff", ".mat", ".rds", ".sav", ".psv", ".ssv", ".tex", ".html"}
)
#: Columns by which a list beside recordings is recognised as a labels file.
NAMES_OF_EMOTIONS = frozenset({"emotion", "label", *COLUMNS["emotion"], *COLUMNS["label"]})


@dataclass(frozen=True)
class CorpusContents:
    """The contents of a source: its corpus and utterances."""

    corpus: Corpus
    utterances: list[Utterance]  #: sorted by file
    #: number of recordings or rows left out, by cause; see :mod:`prosody_ser.datasets.left_out`
    left_out: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()  #: notes for the user, one line each
    #: number of unused files of a folder, by suffix
    unused: dict[str, int] = field(default_factory=dict)

    @property
    def n_left_out(self) -> int:
        """Number of recordings or rows left out."""
        return self.left_out.total()


def find_utterances(
    source: str | os.PathLike, corpus: str | None = None, columns: Mapping[str, str] | None = None
) -> CorpusContents:
    """Return the clips of a corpus folder or of a labels file.

    Parameters
    ----------
    source : path_like
        A folder, or a labels file: ``.csv``, ``.tsv``, ``.tab``, ``.txt`` or ``.jsonl`` (see
        :mod:`prosody_ser.datasets.corpora.csv_file`).
    corpus : str, optional
        Name of the corpus; by default recognised from a ``metadata.csv`` or ``metadata.jsonl`` with labels, or from the
        file names.
    columns : mapping of str to str, optional
        Names of columns in a labels file that differ from the usual ones: ``{"emotion": "gt_emotion"}``.

    Raises
    ------
    CorpusError
        If the source is missing or has no recordings, the names match no corpus, or the labels cannot be used.
    """
    root = Path(in_its_own_form(os.fsdecode(source)))
    kind = None if corpus is None else chosen("corpus", corpus, CORPORA, error=CorpusError)
    _refuse_other_sources(root, kind)
    notes: list[str] = []
    if kind is None:
        kind, notes = _labelled(root, columns)
    if kind is not None and kind.read is not None:
        as_written, notes_read, left_out = kind.read(root, columns)
        utterances, about_words = interpreted(root, as_written)
        _refuse_if_all_are_gone(root, utterances, [*notes_read, *about_words])
        return CorpusContents(kind, _sorted(utterances, kind), left_out, (*notes_read, *about_words))
    if columns:
        raise CorpusError(f"{root}: --columns needs a file that lists recordings; this folder has none")
    return _read_by_names(root, kind, notes)


def _read_by_names(root: Path, kind: Corpus | None, notes: list[str]) -> CorpusContents:
    """Read the clips of a folder by their names; `notes` are existing notes."""
    there = files_below(root)
    recordings = recordings_among(root, there)
    asked = kind is not None
    kind = kind or _recognise(root, recordings, there)
    if not asked:
        refuse_another_corpus(root, kind, recordings)
    files = [file for file in recordings if kind.generic or suffix(file) not in PICTURES or kind.explained([file])]
    if files and not kind.explained(files):
        raise CorpusError(
            f"{root}: {none_of(len(files), 'recording', 'is', f'named as in {kind.name}')}: "
            f"{_how_named(files[0], kind)}"
        )
    utterances, notes_on_names = kind.utterances_and_notes(files)
    if not utterances:
        raise no_recordings_error(root, there)
    utterances = [replace(u, path=str(root / u.file)) for u in utterances]
    if kind.generic:
        utterances, about_copies = without_nested_copies(utterances)
        about_names = [f"{root}: {note}" for note in (*about_copies, *notes_on_names)]
        notes = [*notes, *about_names, *notes_on_folders(root, utterances)]
    else:
        notes = [*notes, *contradictions(root, kind, utterances, asked)]
    strays = [] if kind.generic else [u.file for u in utterances if not u.speaker]
    if strays:
        stray = strays[0]
        notes = [
            *notes,
            f"{root}: {counted(len(strays), 'clip')} without labels: not named as in {kind.name} (e.g. {stray})",
        ]
    unused = counts_by_suffix(set(there) - {u.file for u in utterances})
    left_out = Counter(causes_of(kind, recordings, (u.file for u in utterances)))
    return CorpusContents(kind, _sorted(utterances, kind), left_out, tuple(notes), unused)


def _how_named(file: str, corpus: Corpus) -> str:
    return (
        f"yours is {file}, but a clip of {corpus.name} is named like {corpus.example}; leave out --corpus, or name the "
        "right one"
    )


def _refuse_other_sources(root: Path, kind: Corpus | None) -> None:
    """Raise if a source does not exist, or is a file that is not a readable labels file."""
    if not root.exists():
        is_file = suffix(root.name) in LABELS_SUFFIXES | OTHER_TABLES | SUFFIXES | HEADERLESS
        raise CorpusError(f"{root}: no such {'file' if is_file else 'folder'}{did_you_mean(root)}")
    if root.is_dir():
        return
    if suffix(root.name) in SUFFIXES | HEADERLESS or (kind is not None and kind.read is None):
        raise CorpusError(f"{root}: this is not a folder")
    if suffix(root.name) not in LABELS_SUFFIXES:
        raise CorpusError(
            f"{root}: a list of recordings must be a text file that ends in .csv, .tab, .tsv, .txt, with commas, "
            "semicolons or tabs between the columns, or in .jsonl, with a JSON object on each line; save it as one of "
            "these"
        )


def _refuse_if_all_are_gone(root: Path, utterances: Sequence[Utterance], notes: Sequence[str]) -> None:
    """Raise if all of many listed files are missing, because the list is in the wrong folder; few have a note each."""
    if len(utterances) <= SHOWN or any(os.path.exists(u.path) for u in utterances):
        return
    start = os.path.abspath(root if root.is_dir() else root.parent)
    if absolute := next((u.file for u in utterances if is_absolute(u.file)), ""):
        raise refused(
            f"{root}: none of the {len(utterances)} listed files exists. Their paths are absolute, such as {absolute}, "
            "and there are no such files on this computer; write the paths relative to the folder of the list, "
            f"{start}",
            notes,
        )
    raise refused(
        f"{root}: none of the {len(utterances)} listed files exists; their paths are relative to the folder of the "
        f"list, {start}. Move the list to the folder where its paths begin, or correct the paths",
        notes,
    )


def _sorted(utterances: list[Utterance], corpus: Corpus) -> list[Utterance]:
    named = (replace(u, corpus=u.corpus or corpus.name) for u in utterances)
    return sorted(named, key=lambda u: (u.file, u.start, math.inf if math.isnan(u.end) else u.end))


def _labelled(source: Path, asked: Mapping[str, str] | None) -> tuple[Corpus | None, list[str]]:
    """Return the kind of labels file that a source is or contains, and notes if it is not used."""
    paths = audiofolder.metadata_files(source) if source.is_dir() else [source]
    if not paths:
        return None, []
    try:
        columns = {plain_name(name) for name in read_rows(paths[0], names_of_files(asked)).columns}
    except MissingColumnError as error:
        if source.is_dir():
            return None, [f"{error}; the file was not used"]
        raise
    if source.is_dir() and "emotion" not in (asked or {}) and columns.isdisjoint(NAMES_OF_EMOTIONS):
        return None, [f"{paths[0]}: the file has no column emotion or label and was not used"]
    return CORPORA["audiofolder" if "file_name" in columns and "file" not in columns else "csv"], []


def find_all(
    sources: Paths, corpus: str | None = None, columns: Mapping[str, str] | None = None
) -> list[CorpusContents]:
    """Return the clips of one or more sources, each clip once: first folders and labels files, then recordings.

    Two folders of one known corpus are one corpus with the same speakers. Two sources of a generic kind (``folder``)
    are two corpora, named ``folder:NAME`` after the folder, so that their speakers stay separate. Recordings that are
    given one by one keep the given path; a recording that is not named as in a known corpus has no labels.

    Parameters
    ----------
    sources : path_like or iterable of path_like
        Folders, labels files and recordings.
    corpus : str, optional
        Name of the corpus of all sources; by default each is recognised separately.
    columns : mapping of str to str, optional
        As for :func:`find_utterances`, for every labels file.

    Returns
    -------
    list of CorpusContents
        One for each folder and labels file, then one for all recordings that are given one by one.

    Raises
    ------
    CorpusError
        If no source is given; also as for :func:`find_utterances`.
    """
    if corpus is not None:
        chosen("corpus", corpus, CORPORA, error=CorpusError)
    paths = list(map(in_its_own_form, as_paths(sources)))
    recordings = [path for path in paths if _is_recording(path, corpus)]
    others = [path for path in paths if not _is_recording(path, corpus)]
    contents = [find_utterances(source, corpus, columns) for source in others]
    names = _corpus_names(others, contents)
    if recordings:
        contents.append(_named_recordings(recordings, corpus))
        names.append(contents[-1].corpus.name)
    seen: set[tuple] = set()
    unique = [_unseen(one, name, seen) for one, name in zip(contents, names, strict=True)]
    if recordings:
        about_folders = _in_folders_of_emotions(unique[-1].utterances) if corpus is None else ()
        about_names = (*_in_named_folders(recordings, unique, others), *about_folders)
        unique[-1] = replace(unique[-1], notes=(*unique[-1].notes, *about_names))
    return unique


def _is_recording(path: str, corpus: str | None) -> bool:
    labels = suffix(path) in LABELS_SUFFIXES | OTHER_TABLES or (corpus in CORPORA and CORPORA[corpus].read is not None)
    if labels or not os.path.isfile(path):
        return False
    return suffix(path) in SUFFIXES | HEADERLESS or not is_list(Path(path))


def _named_recordings(paths: Sequence[str], corpus: str | None) -> CorpusContents:
    """Return recordings that are given one by one, in this order, with the labels of their names."""
    of = CORPORA["folder" if corpus is None else corpus]
    known = [one for one in CORPORA.values() if not one.generic] if corpus is None else [of]
    utterances = []
    for path in paths:
        name = PurePosixPath(path.replace(os.sep, "/"))
        matches = ((one, parsed) for one in known if (parsed := one.parse(name)) is not None)
        kind, utterance = next(matches, (of, Utterance(file=path)))
        utterances.append(replace(utterance, file=str(name), path=path, corpus=utterance.corpus or kind.name))
    if corpus is not None and not of.explained([utterance.file for utterance in utterances]):
        raise CorpusError(f"{paths[0]}: the recording is not named as in {corpus}: {_how_named(paths[0], of)}")
    notes: list[str] = []
    if corpus is not None and of.generic:  # all paths together tell which folders are speakers
        refined, notes = of.refine(utterances)
        read = {clip.file: clip for clip in refined}
        utterances = [replace(read[u.file], path=u.path, corpus=u.corpus) for u in utterances]
    return CorpusContents(of, utterances, notes=tuple(f"{listed(paths, 1)}: {note}" for note in notes))


def _in_named_folders(
    recordings: Sequence[str], contents: Sequence[CorpusContents], folders: Sequence[str]
) -> Iterator[str]:
    """Yield a note for the user on each recording that is named one by one although a named folder contains it."""
    kept = {u.path for u in contents[-1].utterances}
    for path in recordings:
        if path in kept:
            continue
        place = Path(os.path.realpath(path))
        above = next((folder for folder in folders if place.is_relative_to(os.path.realpath(folder))), None)
        if above is not None:
            yield f"{path}: the recording is already in {above} and counts once"


def _in_folders_of_emotions(utterances: Sequence[Utterance]) -> tuple[str, ...]:
    """Return a note for the user if recordings without labels are in folders that name an emotion."""
    named = [u.path for u in utterances if not u.emotion and is_emotion(Path(os.path.abspath(u.path)).parent.name)]
    if not named:
        return ()
    above = os.path.normpath(os.path.join(os.path.dirname(named[0]), ".."))
    return (
        f"{named[0]}: speakers and emotions are not read from the folders of recordings that are named one by one; to "
        f"have them, name the folder {above} in place of the recordings",
    )


def _corpus_names(sources: Sequence[str | os.PathLike], contents: Sequence[CorpusContents]) -> list[str]:
    """Return the name of the corpus of each source, unique for sources of the same generic kind."""
    real = [os.path.realpath(source) for source in sources]
    kinds = Counter(kind for kind, _ in {(one.corpus.name, place) for one, place in zip(contents, real, strict=True)})
    named: dict[tuple[str, str], str] = {}
    for one, place in zip(contents, real, strict=True):
        kind = one.corpus.name
        if (kind, place) in named:  # the same source again
            continue
        name = kind
        if one.corpus.generic and kinds[kind] > 1:
            name = base = f"{kind}:{_own_name(Path(place))}"
            number = 1
            while name in named.values():
                number += 1
                name = f"{base}-{number}"
        named[kind, place] = name
    return [named[one.corpus.name, place] for one, place in zip(contents, real, strict=True)]


def _own_name(place: Path) -> str:
    """Return the name of a source for users: of a folder, or of a file without its suffix."""
    if place.name == csv_file.IN_FOLDER:
        return place.parent.name
    return place.stem if place.suffix.lower() in LABELS_SUFFIXES else place.name


def _unseen(content: CorpusContents, name: str, seen: set[tuple]) -> CorpusContents:
    """Remove the utterances of a source that an earlier one contains, and add the others to `seen`."""
    kept = []
    for utterance in content.utterances:
        corpus = utterance.corpus if utterance.corpus != content.corpus.name else name
        keys: set[tuple] = {(os.path.realpath(utterance.path), utterance.start, str(utterance.end))}
        if not content.corpus.generic and utterance.speaker:
            keys.add(content.corpus.identity(utterance))
        if seen.isdisjoint(keys):
            kept.append(replace(utterance, corpus=corpus))
        seen |= keys
    twice = Counter({TWICE: len(content.utterances) - len(kept)})
    return replace(content, utterances=kept, left_out=content.left_out + twice)


def _recognise(root: Path, recordings: list[str], there: list[str]) -> Corpus:
    """Return the corpus that most names match, or the collection of corpora if it matches as many as they do together.

    Videos only count if there is nothing else.
    """
    if not recordings:
        raise no_recordings_error(root, there)
    files = [file for file in recordings if suffix(file) not in PICTURES] or recordings
    named = {name: corpus.explained(files) for name, corpus in CORPORA.items() if not corpus.generic}
    mixed = named.pop(MIX)
    several = {name: count for name, count in named.items() if count}
    if sum(several.values()) >= RECOGNISED_SHARE * len(files):
        if len(several) == 1:
            return CORPORA[next(iter(several))]
        if mixed == sum(several.values()):
            return CORPORA[MIX]
        raise several_corpora_error(root, [CORPORA[name] for name in several], files)
    if CORPORA["folder"].explained(files) >= RECOGNISED_SHARE * len(files):
        return CORPORA["folder"]
    raise CorpusError(
        f"{root}: the file names match no known corpus ({counted(len(files), 'recording')}, e.g. {files[0]}); "
        f"give {what_to_name(root)}, or choose the corpus with --corpus"
    )
