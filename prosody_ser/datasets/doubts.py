"""Doubts about a recognised corpus: it may be another one, or its folders contradict the names of its clips."""

import os
import shlex
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path, PurePosixPath

from ..errors import CorpusError, counted
from .corpora.compound_folders import other_and_emotion
from .corpus import Corpus, Utterance
from .emotions import common_emotion, known

#: Share of the clips with codes that a corpus lacks, above which they are taken for another corpus.
_FOREIGN_SHARE = 0.05


def refuse_another_corpus(root: Path, corpus: Corpus, files: Sequence[str]) -> None:
    """Raise if many clips have the form of the corpus's names with codes that it lacks, because their meaning differs.

    Raises
    ------
    CorpusError
    """
    foreign = [file for file in files if corpus.resembles(PurePosixPath(file))]
    if len(foreign) > _FOREIGN_SHARE * len(files):
        raise CorpusError(
            f"{root}: {counted(len(foreign), 'recording')} of {len(files)} have names of the form of {corpus.name} "
            f"with numbers that {corpus.name} does not use (e.g. {foreign[0]}), so this may be another corpus, in "
            "which the numbers mean other emotions; give a list (.csv, .tsv or .txt) with the columns file, speaker, "
            f"emotion, or --corpus {corpus.name} if it is {corpus.name} after all"
        )


def several_corpora_error(root: Path, corpora: Sequence[Corpus], files: Sequence[str]) -> CorpusError:
    """Make the error for a folder with recordings of several corpora, which says what to give in its place."""
    of = {corpus.name: [file for file in files if corpus.explained([file])] for corpus in corpora}
    counts = ", ".join(f"{len(those)} of {name}" for name, those in of.items())
    if others := len(files) - sum(map(len, of.values())):
        counts += f", {others} of no known corpus"
    folders = [os.path.commonpath([*map(os.path.dirname, those)]) for those in of.values()]
    apart = all(one and not f"{other}/".startswith(f"{one}/") for one, other in permutations(folders, 2))
    if apart:
        sources = " ".join(shlex.quote(str(root / folder)) for folder in folders)
        give = f"give their folders one by one, as in: prosody-ser extract {sources} OUT.csv"
    else:
        patterns = sorted({"*/" * file.count("/") + "*" + PurePosixPath(file).suffix for file in files})
        sources = " ".join(f"{shlex.quote(str(root))}/{one}" for one in patterns)
        give = (
            "give the recordings themselves in place of the folder, so that each is read as a clip of its own corpus, "
            f"as in: prosody-ser extract {sources} OUT.csv"
        )
    return CorpusError(f"{root}: the folder contains recordings of several corpora ({counts}); {give}")


def contradictions(root: Path, corpus: Corpus, utterances: Sequence[Utterance], asked: bool) -> Iterator[str]:
    """Yield a note if folders name other emotions than the names of the clips do.

    Parameters
    ----------
    root : Path
    corpus : Corpus
    utterances : sequence of Utterance
    asked : bool
        Whether the user chose the corpus; if not, contradictions in most clips are an error.

    Raises
    ------
    CorpusError
        If most of the clips in folders of emotions are in the folder of another emotion.
    """
    named = [(u, word) for u in utterances if u.emotion and (word := _emotion_of_folder(u.file))]
    wrong = [(u, word) for u, word in named if common_emotion(word) != u.emotion]
    if not wrong or len({common_emotion(word) for _, word in named}) < 2:  # one folder may have its name by chance
        return
    clip, word = wrong[0]
    example = f"e.g. {clip.file} means {clip.emotion} in {corpus.name}"
    if len(wrong) > len(named) / 2 and not asked:
        raise CorpusError(
            f"{root}: {counted(len(wrong), 'clip')} of {len(named)} have names of {corpus.name}, but are in folders "
            f"of other emotions ({example}), so this may be another corpus; --corpus {corpus.name} takes the emotions "
            "from the names, and --corpus folder takes them from the folders"
        )
    yield (
        f"{root}: {counted(len(wrong), 'clip')} of {len(named)} {'is' if len(wrong) == 1 else 'are'} in a folder of "
        f"another emotion ({example}); the names of the clips were used, and --corpus folder uses the folders"
    )


def _emotion_of_folder(file: str) -> str:
    """Return the emotion of the innermost folder that names one, alone or beside a speaker; empty without one."""
    for folder in reversed(PurePosixPath(file).parts[:-1]):
        divided = other_and_emotion(folder)
        word = divided[1] if divided else folder
        if known(word):
            return word
    return ""
