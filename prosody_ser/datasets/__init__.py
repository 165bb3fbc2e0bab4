"""Corpora: which recordings a folder holds, who speaks in them, and with which emotion."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import CorpusError
from . import audiofolder, crema_d, emodb, emovo, folder, kaggle_en, labels_csv, ravdess, savee, synthetic, tess
from .corpus import Corpus, Found, Utterance, recordings_below, what_is_said
from .vocabulary import EMOTIONS, common_emotion

_KNOWN = (kaggle_en, ravdess, tess, emodb, savee, crema_d, emovo, synthetic)
#: Any recordings of anybody's: two of these are two corpora.
_GENERIC = (folder, labels_csv, audiofolder)
#: Every corpus by name, in the order in which a folder is tried.
CORPORA: dict[str, Corpus] = {module.CORPUS.name: module.CORPUS for module in (*_KNOWN, *_GENERIC)}
#: Share of the recordings that a corpus must explain to be recognised.
RECOGNISED_SHARE = 0.5

__all__ = [
    "CORPORA",
    "EMOTIONS",
    "Corpus",
    "Found",
    "Utterance",
    "common_emotion",
    "find_all",
    "find_utterances",
]


def find_all(sources: Sequence[str | os.PathLike], corpus: str | None = None) -> list[Found]:
    """The clips of several sources, in the order given.

    Two folders of one known corpus are one corpus and its speakers; a clip that is in both counts once. Two folders
    that are only anybody's recordings are two corpora, ``folder:NAME`` each, so that no two people share a name.

    Parameters
    ----------
    sources : sequence of path_like
        As for :func:`find_utterances`.
    corpus : str, optional
        Of all of them.

    Returns
    -------
    list of Found

    Raises
    ------
    CorpusError
        As :func:`find_utterances`; if there is no source, or one is named twice.
    """
    if not sources:
        raise CorpusError("no folder of recordings is named")
    real = [os.path.realpath(source) for source in sources]
    twice = [source for source, path in zip(sources, real, strict=True) if real.count(path) > 1]
    if twice:
        raise CorpusError(f"{twice[0]}: named twice")
    found = [find_utterances(source, corpus) for source in sources]
    generic = {module.CORPUS.name for module in _GENERIC}
    taken: Counter = Counter(f.corpus.name for f in found)
    names: set[str] = set()
    seen: set[tuple] = set()
    for i, (source, one) in enumerate(zip(sources, found, strict=True)):
        if taken[one.corpus.name] < 2:
            continue
        if one.corpus.name in generic:
            name = _new_name(f"{one.corpus.name}:{Path(real[i]).stem or source}", names)
            renamed = [replace(u, corpus=name) if u.corpus == one.corpus.name else u for u in one.utterances]
            found[i] = replace(one, utterances=renamed)
        else:
            kept = [u for u in one.utterances if not u.label or what_is_said(u) not in seen]
            seen.update(map(what_is_said, kept))
            left_out = len(one.utterances) - len(kept)
            found[i] = replace(one, utterances=kept, passed_over=one.passed_over + left_out)
    return found


def _new_name(name: str, names: set[str]) -> str:
    number = 2
    unique = name
    while unique in names:
        unique = f"{name}-{number}"
        number += 1
    names.add(unique)
    return unique


def find_utterances(source: str | os.PathLike, corpus: str | None = None) -> Found:
    """The clips of a corpus folder, or of a CSV of labels.

    Parameters
    ----------
    source : path_like
        A folder, or a ``.csv`` as in :mod:`prosody_ser.datasets.labels_csv`.
    corpus : str, optional
        Name of the corpus; recognised from the file names if not given.

    Returns
    -------
    Found

    Raises
    ------
    CorpusError
        If the folder is missing or holds no recording, or no corpus explains the names, or the CSV cannot be used.
    """
    root = Path(source)
    if corpus is not None and corpus not in CORPORA:
        raise CorpusError(f"unknown corpus {corpus!r}; there are: {', '.join(CORPORA)}")
    if root.is_file() and root.suffix.lower() == ".csv" and corpus in (None, labels_csv.CORPUS.name):
        return _by_table(labels_csv.CORPUS, *labels_csv.read_labels(root))
    if not root.is_dir():
        raise CorpusError(f"{root}: {'not a folder' if root.exists() else 'no such folder'}")
    if corpus == labels_csv.CORPUS.name:
        raise CorpusError(f"{root}: a folder; name the CSV that holds the labels")
    if corpus == audiofolder.CORPUS.name or (corpus is None and audiofolder.metadata_below(root)):
        return _by_table(audiofolder.CORPUS, *audiofolder.read_audiofolder(root))
    files = recordings_below(root)
    if not files:
        raise CorpusError(f"{root}: no recordings found (looked for .wav, .flac, .mp3 and other audio files)")
    chosen = CORPORA[corpus] if corpus is not None else _recognise(root, files)
    if not chosen.explained(files):
        raise CorpusError(f"{root}: none of the {len(files)} recordings is named as in {chosen.name} (e.g. {files[0]})")
    try:
        utterances = chosen.utterances(files)
    except CorpusError as error:
        raise CorpusError(f"{root}: {error}") from error
    utterances = [replace(u, path=str(root / u.file)) for u in utterances]
    return Found(chosen, utterances, len(files) - len(utterances))


def _by_table(corpus: Corpus, utterances: list[Utterance], notes: list[str]) -> Found:
    named = [u if u.corpus else replace(u, corpus=corpus.name) for u in utterances]
    return Found(corpus, sorted(named, key=lambda u: (u.file, u.start)), 0, tuple(notes))


def _recognise(root, files):
    known = [module.CORPUS for module in _KNOWN]
    named = {corpus.name: corpus.explained(files) for corpus in (*known, folder.CORPUS)}
    for corpus in known:
        if named[corpus.name] >= RECOGNISED_SHARE * len(files):
            return corpus
    several = {corpus.name: named[corpus.name] for corpus in known if named[corpus.name]}
    if sum(several.values()) >= RECOGNISED_SHARE * len(files):
        listed = ", ".join(f"{count} of {name}" for name, count in several.items())
        raise CorpusError(f"{root}: holds recordings of several corpora ({listed}); name the folder of each instead")
    if named[folder.CORPUS.name] >= RECOGNISED_SHARE * len(files):
        return folder.CORPUS
    raise CorpusError(
        f"{root}: the names of the {len(files)} recordings are of no known corpus (e.g. {files[0]}); "
        "name the folder that holds one folder for each emotion, the corpus with --corpus, or a CSV of labels"
    )
