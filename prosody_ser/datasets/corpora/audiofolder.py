"""Hugging Face's audiofolder: a ``metadata.csv`` or ``.jsonl`` with ``file_name``, in the folder or in each split."""

from collections import Counter
from pathlib import Path

from ...errors import CorpusError, counted
from ..corpus import Corpus, Utterance
from ..files import recordings_below
from ..labels import Asked, read_labels
from ..left_out import UNLISTED
from .csv_file import IN_FOLDER

#: Names of the file, in the order in which they are looked for.
NAMES = (IN_FOLDER, "metadata.jsonl")


def metadata_files(folder: Path) -> list[Path]:
    """Return the metadata file of a folder, or those of its splits (``train/metadata.csv`` ...)."""
    for pattern in (*NAMES, *(f"*/{name}" for name in NAMES)):
        if paths := sorted(path for path in folder.glob(pattern) if path.is_file()):
            return paths
    return []


def read(source: Path, asked: Asked | None = None) -> tuple[list[Utterance], list[str], Counter[str]]:
    """Return the utterances that are listed in the folder, notes, and the recordings and rows left out by cause."""
    if not source.is_dir():
        return read_labels(source.parent, [source], asked)
    paths = metadata_files(source)
    if not paths:
        raise CorpusError(f"{source}: the folder contains no {' or '.join(NAMES)}")
    utterances, notes, left_out = read_labels(source, paths, asked)
    unlisted = sorted(set(recordings_below(source)) - {utterance.file for utterance in utterances})
    if unlisted:
        notes.append(
            f"{source}: {counted(len(unlisted), 'recording')} not listed in {paths[0].name} "
            f"{'was' if len(unlisted) == 1 else 'were'} left out (e.g. {unlisted[0]})"
        )
    return utterances, notes, left_out + Counter({UNLISTED: len(unlisted)})


CORPUS = Corpus(
    name="audiofolder",
    title="A Hugging Face audiofolder: metadata.csv or .jsonl with file_name, emotion or label, speaker or speaker_id",
    url="https://huggingface.co/docs/datasets/audio_dataset",
    read=read,
    note="Columns are read as for csv. Recordings that are not listed are left out.",
)
