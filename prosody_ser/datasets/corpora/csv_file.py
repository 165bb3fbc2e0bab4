"""A CSV of the user that lists recordings: ``file[,start,end],speaker,emotion``, and any other columns."""

from collections import Counter
from pathlib import Path

from ...errors import CorpusError
from ..corpus import Corpus, Utterance
from ..labels import Asked, read_labels

#: Name of the file, if only its folder is given.
IN_FOLDER = "metadata.csv"


def read(source: Path, asked: Asked | None = None) -> tuple[list[Utterance], list[str], Counter[str]]:
    """Return the utterances in a CSV, notes, and the rows left out by cause."""
    path = source / IN_FOLDER if source.is_dir() else source
    if not path.is_file():
        raise CorpusError(f"{source}: the folder contains no {IN_FOLDER}; give the CSV file itself")
    return read_labels(path.parent, [path], asked)


CORPUS = Corpus(
    name="csv",
    title="Any recordings listed in a CSV: file[,start,end],speaker,emotion and other columns",
    read=read,
    note="Give the list (.csv, .tsv, .tab, .txt or .jsonl), or a folder that contains metadata.csv. Paths are relative "
    "to the folder of the list; start and end are in s. The columns sex, age, language, sentence, take, intensity, "
    "label and corpus are known; others are kept as metadata. Some other column names, such as path, speaker_id and "
    "gender, are recognised; --columns emotion=NAME,speaker=NAME chooses any column.",
)
