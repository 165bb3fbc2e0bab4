"""Notes on a corpus that is sorted into folders: missing emotions and copies of clips."""

import filecmp
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ..errors import CorpusError, counted, listed
from .corpus import Utterance
from .delimited import LABELS_SUFFIXES, read_rows
from .emotions import named_none
from .label_words import notes_on
from .labels import names_of_files

#: Largest number of folders or lists that a note names.
_NAMED = 8
#: Largest size of a file that is examined.
_LARGEST = 50_000_000


def notes_on_folders(root: Path, utterances: Sequence[Utterance]) -> Iterator[str]:
    """Yield notes for the user on the emotions of a folder.

    Parameters
    ----------
    root : Path
    utterances : sequence of Utterance
        Their `label` is the word of the folder.

    Yields
    ------
    str
    """
    folders = sorted({folder for u in utterances for folder in PurePosixPath(u.file).parts[:-1]})
    nameless = [u for u in utterances if not u.emotion]
    if len(nameless) == len(utterances):
        yield (
            f"{root}: the names of its folders contain no emotions ({listed(folders, _NAMED)}); the clips are measured "
            f"without emotions, and 'cv' cannot evaluate them. To have emotions, give {what_to_name(root)}"
        )
        return
    yield from notes_on(root, (u.label for u in utterances))
    unsaid = [u.file for u in nameless if not named_none(u.label)]
    if unsaid:
        some = f"{len(unsaid)} of {counted(len(utterances), 'clip')}"
        yield f"{root}: no folder names the emotion of {some} (e.g. {unsaid[0]})"


def what_to_name(root: Path) -> str:
    """Say what the user can give in place of a folder whose names contain no emotion."""
    lists = list(_lists_in(root))
    if lists:
        return f"the list in this folder, {listed(lists, _NAMED)}"
    return (
        "the folder that contains one folder for each emotion, or a list (.csv, .tsv or .txt) with the columns file, "
        "speaker, emotion (--columns chooses columns with other names)"
    )


def _lists_in(root: Path) -> Iterator[Path]:
    """Yield the labels files in a folder."""
    try:
        there = sorted(path for path in root.iterdir() if path.suffix.lower() in LABELS_SUFFIXES and path.is_file())
    except OSError:
        return
    yield from filter(is_list, there)


def is_list(path: Path) -> bool:
    """Return whether a file is text with a column that names recordings and at least one more column."""
    try:
        return path.stat().st_size <= _LARGEST and len(read_rows(path, names_of_files()).columns) > 1
    except (CorpusError, OSError):
        return False


def without_nested_copies(utterances: Sequence[Utterance]) -> tuple[list[Utterance], list[str]]:
    """Use each clip once if a download contains a folder twice, one inside the other; return the clips and notes.

    Copies have the same name, emotion, speaker and bytes. The one in fewer folders is used.
    """
    alike = defaultdict(list)
    for utterance in sorted(utterances, key=lambda u: (len(PurePosixPath(u.file).parts), u.file)):
        alike[PurePosixPath(utterance.file).name, utterance.emotion, utterance.speaker].append(utterance)
    first_of: dict[str, str] = {}
    for group in alike.values():
        taken: list[Utterance] = []
        for utterance in group:
            same = next((one for one in taken if _same_bytes(one.path, utterance.path)), None)
            if same is None:
                taken.append(utterance)
            else:
                first_of[utterance.file] = same.file
    kept = [utterance for utterance in utterances if utterance.file not in first_of]
    if not first_of:
        return kept, []
    copy, first = min(first_of.items())
    return kept, [
        f"{counted(len(first_of), 'recording')} with the bytes and the name of another one "
        f"{'was' if len(first_of) == 1 else 'were'} left out (e.g. {copy}, a copy of {first})"
    ]


def _same_bytes(first: str, second: str) -> bool:
    try:
        size = os.path.getsize(first)
        return size > 0 and size == os.path.getsize(second) and filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False
