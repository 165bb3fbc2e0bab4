"""Corpora: which recordings a folder holds, who speaks in them, and with which emotion."""

import os
from dataclasses import replace
from pathlib import Path

from ..errors import CorpusError
from . import emodb, folder, ravdess, synthetic
from .corpus import EMOTIONS, Corpus, Found, Utterance, recordings_below

#: Every corpus by name, in the order in which a folder is tried; `folder` takes what no other knows.
CORPORA: dict[str, Corpus] = {module.CORPUS.name: module.CORPUS for module in (ravdess, emodb, synthetic, folder)}
#: Share of the recordings that a corpus must explain to be recognised.
RECOGNISED_SHARE = 0.5

__all__ = ["CORPORA", "EMOTIONS", "Corpus", "Found", "Utterance", "find_all", "find_utterances"]


def find_all(sources, corpus: str | None = None) -> list[Found]:
    """The clips of several sources, in the order given."""
    return [find_utterances(source, corpus) for source in sources]


def find_utterances(directory: str | os.PathLike, corpus: str | None = None) -> Found:
    """The clips of a corpus folder.

    Parameters
    ----------
    directory : path_like
    corpus : str, optional
        Name of the corpus; recognised from the file names if not given.

    Returns
    -------
    Found

    Raises
    ------
    CorpusError
        If the folder is missing or holds no recording, or no corpus explains the names.
    """
    root = Path(directory)
    if corpus is not None and corpus not in CORPORA:
        raise CorpusError(f"unknown corpus {corpus!r}; there are: {', '.join(CORPORA)}")
    if not root.is_dir():
        raise CorpusError(f"{root}: {'not a folder' if root.exists() else 'no such folder'}")
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
    utterances = [replace(u, corpus=chosen.name, path=str(root / u.file)) for u in utterances]
    return Found(chosen, utterances, len(files) - len(utterances))


def _recognise(root, files):
    named = {name: corpus.explained(files) for name, corpus in CORPORA.items()}
    for name, count in named.items():
        if name != folder.CORPUS.name and count >= RECOGNISED_SHARE * len(files):
            return CORPORA[name]
    several = {name: count for name, count in named.items() if name != folder.CORPUS.name and count}
    if sum(several.values()) >= RECOGNISED_SHARE * len(files):
        listed = ", ".join(f"{count} of {name}" for name, count in several.items())
        raise CorpusError(f"{root}: holds recordings of several corpora ({listed}); name the folder of one")
    if named[folder.CORPUS.name] >= RECOGNISED_SHARE * len(files):
        return folder.CORPUS
    raise CorpusError(
        f"{root}: the names of the {len(files)} recordings are of no known corpus (e.g. {files[0]}); "
        "name the folder that holds one folder for each emotion, or the corpus with --corpus"
    )
