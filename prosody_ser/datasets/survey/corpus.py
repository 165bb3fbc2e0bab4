"""Survey a corpus folder: its clips, missing clips, duplicates, and unusual files."""

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ...errors import ProtocolError
from ...parallel.worker_pool import Lost, in_processes
from .. import CorpusContents, find_utterances
from ..files import recordings_below
from .duplicates import find_copies, same_size
from .labels import described_copies
from .oddities import left_out_files, odd_files
from .overview import Clip, Odd, Survey
from .sound import Sound, examine

#: Time limit for one file; reading an hour of sound takes a few seconds.
TIMEOUT_S = 120.0


def survey(
    source: str | os.PathLike,
    corpus: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Survey:
    """Survey a corpus.

    Every file is read to its end. Files with the same sound are found even if their container, bit depth, channels,
    sampling rate, gain or silence at the ends differ, as long as the correlation of the sounds is at least 0.95.

    Parameters
    ----------
    source : path_like
        A corpus folder, or another source for :func:`prosody_ser.datasets.find_utterances`.
    corpus : str, optional
        Name of the corpus; by default recognised from the file names.
    columns : mapping of str to str, optional
        As for :func:`prosody_ser.datasets.find_utterances`.
    jobs : int, optional
        Number of processes; all cores by default.
    progress : callable, optional
        Called as ``progress(done, total)``, first for the files, then for the pairs that may be copies.
    timeout_s : float
        Time limit for reading one file.

    Raises
    ------
    CorpusError
        If the source is missing or contains no recordings, or its names match no known corpus.
    ProtocolError
        If `jobs` is less than 1.
    """
    if jobs is not None and jobs < 1:
        raise ProtocolError(f"`jobs` must be at least 1 (got {jobs}); omit it to use all cores")
    n_jobs = jobs or os.cpu_count() or 1
    contents = find_utterances(source, corpus, columns)
    paths = list(dict.fromkeys(u.path for u in contents.utterances))
    sounds = _examined(paths, n_jobs, timeout_s, progress)
    copies, n_not_compared = find_copies(paths, sounds, n_jobs, progress)
    by_path = {path: replace(sound, fingerprint=None) for path, sound in zip(paths, sounds, strict=True)}
    clips = tuple(Clip(utterance, by_path[utterance.path]) for utterance in contents.utterances)
    notes = list(contents.notes)
    if n_not_compared:
        notes.append(f"{n_not_compared} more pairs of similar clips were not compared, because there are too many")
    return Survey(
        corpus=contents.corpus.name,
        title=contents.corpus.title,
        source=str(source),
        clips=clips,
        n_expected=contents.corpus.n_clips,
        missing=contents.corpus.missing(contents.utterances),
        duplicates=tuple(described_copies(copies, paths, clips)),
        odd=tuple(odd_files(contents.corpus, clips) + _left_out(contents, Path(source))),
        left_out=contents.left_out,
        unused=contents.unused,
        notes=tuple(notes),
    )


def _examined(
    paths: list[str], jobs: int, timeout_s: float, progress: Callable[[int, int], None] | None
) -> list[Sound]:
    sounds = [Sound()] * len(paths)
    place = {item: i for i, item in enumerate(zip(paths, same_size(paths), strict=True))}
    with closing(in_processes(examine, place, jobs, lambda _: timeout_s)) as examined:
        for done, (item, sound) in enumerate(examined, start=1):
            sounds[place[item]] = Sound(sound.status, sound.error) if isinstance(sound, Lost) else sound
            if progress is not None:
                progress(done, len(paths))
    return sounds


def _left_out(contents: CorpusContents, folder: Path) -> list[Odd]:
    """Return the unused recordings of a folder; for a labels file, the notes contain them."""
    if not contents.n_left_out or not folder.is_dir() or contents.corpus.read is not None:
        return []
    return left_out_files(contents.corpus, folder, recordings_below(folder), contents.utterances)
