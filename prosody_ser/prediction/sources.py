"""Recordings that a user names as files, folders or lists of paths, in the order given."""

import os
from collections.abc import Iterable

from ..datasets.corpus import Utterance
from ..datasets.files import files_below, no_recordings_error, recordings_among
from ..datasets.places import in_its_own_form
from ..errors import CorpusError
from ..paths import Paths, as_paths

#: The mark that some editors write at the start of a text file: decoded as UTF-8, and as ASCII with surrogate escapes.
_BYTE_ORDER_MARKS = ("\ufeff", "\udcef\udcbb\udcbf")


def recordings_of(sources: Paths) -> list[Utterance]:
    """List the recordings that the given files and folders name.

    A folder stands for every recording below it, sorted; their names begin with the folder's path. Any other path is
    taken as a recording, even if it does not exist: the row of that recording then holds the error.

    Raises
    ------
    CorpusError
        If no recording is named, or a folder contains none.
    """
    utterances = []
    for source in as_paths(sources):
        source = in_its_own_form(source)
        if not os.path.isdir(source):
            utterances.append(Utterance(file=source, path=source))
            continue
        files = files_below(source)
        recordings = recordings_among(source, files)
        if not recordings:
            raise no_recordings_error(source, files)
        paths = [os.path.join(source, *name.split("/")) for name in recordings]
        utterances += [Utterance(file=path, path=path) for path in paths]
    return utterances


def listed(lines: Iterable[str]) -> list[str]:
    """Read a list of paths, one per line. Empty lines and a byte order mark at the start are ignored.

    Raises
    ------
    CorpusError
        If the list contains a NUL character, which no path can contain.
    """
    paths = [line.strip("\r\n") for line in lines]
    if paths:
        mark = next((mark for mark in _BYTE_ORDER_MARKS if paths[0].startswith(mark)), "")
        paths[0] = paths[0].removeprefix(mark)
    if any("\0" in path for path in paths):
        raise CorpusError(
            "the list of paths contains NUL characters: write one path per line in UTF-8 (use find without -print0)"
        )
    return [path for path in paths if path.strip()]
