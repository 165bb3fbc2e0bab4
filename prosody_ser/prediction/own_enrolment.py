"""Leave out enrolment clips that are judged themselves: a clip must not tell the model how its own speaker sounds."""

import hashlib
import os
from collections.abc import Iterable

from ..audio.files.content import content_digest
from ..errors import ProtocolError, listed
from ..paths import Paths, as_paths
from .sources import recordings_of

#: Largest number of paths that a message names.
_NAMED = 3


def without_judged(enrol: Paths, judged: Iterable[str | bytes]) -> tuple[list[str], list[str]]:
    """Divide enrolment clips into those to use and those that are judged themselves.

    Parameters
    ----------
    enrol : path_like or iterable of path_like
        Recordings, or folders of them.
    judged : iterable of str or bytes
        Paths of the recordings to be judged, or the content of their files. A clip is the same as one of them if it has
        its path or its content.

    Returns
    -------
    kept, left_out : list of str
        Paths of recordings.

    Raises
    ------
    ProtocolError
        If no clip is kept.
    CorpusError
        If there is no recording.
    """
    judged = list(judged)
    contents = [one for one in judged if isinstance(one, bytes)]
    paths = [one for one in judged if isinstance(one, str)]
    places = {os.path.realpath(path) for path in paths}
    sizes = {_size(path) for path in paths} | {len(content) for content in contents}
    clips = [clip.path for clip in recordings_of(enrol)]
    alike = [clip for clip in clips if _size(clip) in sizes]  # only these can have the same content
    digests: set[bytes | None] = {hashlib.sha256(content).digest() for content in contents}
    sizes_alike = {_size(clip) for clip in alike}
    digests |= {content_digest(path) for path in paths if _size(path) in sizes_alike}
    same = {clip for clip in alike if content_digest(clip) in digests - {None}}
    same |= {clip for clip in clips if os.path.realpath(clip) in places}
    kept = [clip for clip in clips if clip not in same]
    if not kept:
        raise ProtocolError(
            f"{listed(as_paths(enrol), _NAMED)}: every enrolment clip is also to be judged, and a clip must not be its "
            "own enrolment: give other clips of the same speaker"
        )
    return kept, [clip for clip in clips if clip in same]


def _size(path: str) -> int | None:
    try:
        return os.path.getsize(path)
    except (OSError, ValueError):
        return None
