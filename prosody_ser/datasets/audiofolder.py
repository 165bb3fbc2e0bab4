"""Hugging Face's audiofolder: a ``metadata.csv`` with ``file_name`` beside the recordings, or beside each split's."""

from pathlib import Path

from ..errors import CorpusError
from .corpus import Corpus, Utterance
from .labels_csv import read_labels

METADATA = "metadata.csv"


def metadata_below(root: Path) -> list[Path]:
    """Every ``metadata.csv`` of a folder and the folders in it that name their files as audiofolder does."""
    return [path for path in (root / METADATA, *sorted(root.glob(f"*/{METADATA}"))) if _is_audiofolder(path)]


def _is_audiofolder(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            return b"file_name" in file.readline(100_000).replace(b"\0", b"")
    except OSError:
        return False


def read_audiofolder(root: Path) -> tuple[list[Utterance], list[str]]:
    """The utterances of all splits, and what a user must be told.

    Raises
    ------
    CorpusError
        If there is no ``metadata.csv`` with ``file_name``, or one cannot be used.
    """
    found = metadata_below(root)
    if not found:
        raise CorpusError(f"{root}: no {METADATA} with a column file_name")
    utterances: list[Utterance] = []
    notes: list[str] = []
    for path in found:
        some, told = read_labels(path, path.parent.relative_to(root).as_posix())
        utterances += some
        notes += told
    return utterances, notes


CORPUS = Corpus(
    name="audiofolder",
    title="Any recordings, as Hugging Face's audiofolder: metadata.csv with file_name, speaker, emotion",
    citation="your own",
    licence="your own",
    url="https://huggingface.co/docs/datasets/audio_dataset",
    languages=(),
    emotions={},
    parse=lambda path: None,
    note="A label column counts as the emotion where there is no column of that name. Otherwise as 'csv'.",
)
