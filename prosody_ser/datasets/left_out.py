"""Why recordings and rows of labels are left out, with the number of each."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from ..audio.files.suffixes import PICTURES
from ..errors import counted
from .corpus import Corpus
from .files import suffix

VIDEO = "video"
PART = "recording of a part of the corpus that is not used"
COPY = "second copy of a clip"
TWICE = "clip that is named twice"
WRONG_LENGTH = "row with too few or too many cells"
NO_FILE = "row that names no file"
NO_SEGMENT = "row with an invalid start or end"
REPEATED = "row that repeats an earlier one"
UNLISTED = "recording that the metadata file does not list"
_PLURALS = {
    VIDEO: "videos",
    PART: "recordings of a part of the corpus that is not used",
    COPY: "second copies of clips",
    TWICE: "clips that are named twice",
    WRONG_LENGTH: "rows with too few or too many cells",
    NO_FILE: "rows that name no file",
    NO_SEGMENT: "rows with an invalid start or end",
    REPEATED: "rows that repeat an earlier one",
    UNLISTED: "recordings that the metadata file does not list",
}


def causes_text(left_out: Mapping[str, int]) -> str:
    """Format the numbers of what is left out, by cause.

    Examples
    --------
    >>> causes_text({VIDEO: 2, REPEATED: 1})
    '2 videos, 1 row that repeats an earlier one'
    """
    return ", ".join(counted(count, cause, _PLURALS.get(cause)) for cause, count in left_out.items() if count)


def causes_of(corpus: Corpus, files: Sequence[str], used: Iterable[str]) -> list[str]:
    """Return the cause for each of the recordings of a folder (`files`) that is not among those used."""
    taken = set(used)
    return [_cause(corpus, file) for file in files if file not in taken]


def _cause(corpus: Corpus, file: str) -> str:
    if suffix(file) in PICTURES:
        return VIDEO
    return PART if corpus.parse(PurePosixPath(file)) is None and corpus.also(PurePosixPath(file)) else COPY
