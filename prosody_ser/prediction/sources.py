"""Which recordings are meant: files, folders, and lists of them, in the order given."""

import os
from collections.abc import Iterable

from ..datasets.corpus import Utterance
from ..datasets.files import files_below, no_recordings_error, recordings_among
from ..datasets.places import in_its_own_form
from ..errors import CorpusError
from ..paths import Paths, as_paths

#: As some editors put it at the beginning of a text, decoded as UTF-8, and as ASCII with its bytes kept.
_BYTE_ORDER_MARKS = ("\ufeff", "\udcef\udcbb\udcbf")


def recordings_of(sources: Paths) -> list[Utterance]:
    """The recordings that files and folders name, called as they were named; below a folder, with the folder in front.

    Of a folder, every recording below it, sorted. Whatever else is named is taken as a recording, whether it is there
    or not: that is said in its row.

    Raises
    ------
    CorpusError
        If there is none, or a folder holds none.
    """
    found = []
    for source in as_paths(sources):
        source = in_its_own_form(source)
        if not os.path.isdir(source):
            found.append(Utterance(file=source, path=source))
            continue
        there = files_below(source)
        below = recordings_among(source, there)
        if not below:
            raise no_recordings_error(source, there)
        paths = [os.path.join(source, *name.split("/")) for name in below]
        found += [Utterance(file=path, path=path) for path in paths]
    return found


def listed(lines: Iterable[str]) -> list[str]:
    """The paths of a list, one a line; empty lines are passed over, and a byte order mark at its beginning.

    A NUL, which no path can hold, is a CorpusError.
    """
    found = [line.strip("\r\n") for line in lines]
    if found:
        mark = next((mark for mark in _BYTE_ORDER_MARKS if found[0].startswith(mark)), "")
        found[0] = found[0].removeprefix(mark)
    if any("\0" in path for path in found):
        raise CorpusError("the list has NUL characters: take one path a line in UTF-8 (of find, without -print0)")
    return [path for path in found if path.strip()]
