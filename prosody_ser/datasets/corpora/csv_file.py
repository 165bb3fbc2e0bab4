"""A CSV of one's own: ``file[,start,end],speaker,emotion``, and any other columns."""

from pathlib import Path

from ...errors import CorpusError
from ..corpus import Corpus, Utterance
from ..labels import Asked, read_labels

#: What the file is called where only its folder is named.
IN_FOLDER = "metadata.csv"


def read(source: Path, asked: Asked | None = None) -> tuple[list[Utterance], list[str], int]:
    """The utterances that a CSV lists, notes and the number of rows left out."""
    path = source / IN_FOLDER if source.is_dir() else source
    if not path.is_file():
        raise CorpusError(f"{source}: holds no {IN_FOLDER}; name the CSV itself")
    return read_labels(path.parent, [path], asked)


CORPUS = Corpus(
    name="csv",
    title="Any recordings listed in a CSV: file[,start,end],speaker,emotion and other columns",
    read=read,
    note="Name the CSV (.csv, .tsv, .tab or .txt), or a folder with a metadata.csv. Paths are relative to the CSV's "
    "folder; start and end in s. Columns sex, age, language, sentence, take, intensity, label and corpus are known, "
    "others are kept as metadata. Known other names, such as path, speaker_id and gender, are read; --columns "
    "emotion=NAME,speaker=NAME names any other.",
)
