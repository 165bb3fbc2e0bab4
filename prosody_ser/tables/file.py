"""Tables in files: CSV with a companion, or Parquet.

A CSV has a companion ``<name>.csv.json`` with the feature set, its parameters and the versions of all that computed
it; a Parquet file carries the same inside.
"""

import csv
import hashlib
import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ..atomic_write import whole_file, write_text
from ..catalogue import all_features
from ..errors import ProsodySerError, TableError, listed
from ..paths import OnePath
from .feature_table import (
    CLIP_END,
    CLIP_START,
    INDEX_COLUMNS,
    METADATA_COLUMNS,
    STEP_S,
    TEXT_COLUMNS,
    FeatureTable,
    as_numbers,
    check_needed,
)
from .spellings import COLUMNS, MISSING, are_ratings, mapped_columns, no_people, plain_name, ratings_text, renamed_text

_ABOUT_KEY = b"prosody_ser"
#: Of these alone another name is read unasked: where a recording begins, or who is how old, could be a feature's name.
_READ_UNASKED = {ours: COLUMNS[ours] for ours in ("file", "speaker", "emotion", "sex", "label")}
_TEXTS = (*TEXT_COLUMNS, "split")
#: Columns of parts (train, test; 1 to 5): never a feature.
SPLIT_COLUMNS = ("split", *COLUMNS["split"])
_NUMBER_GAPS = ["", "nan", "NaN", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None"]
#: A column that holds its group's one value in this share of the rows is that group's label under another name.
DISGUISED_SHARE = 0.95


@contextmanager
def table_writer(path: OnePath, about: dict[str, Any]) -> Iterator[Callable[[FeatureTable], None]]:
    """Write a table block by block to ``.csv`` (with its ``.csv.json``) or ``.parquet``, whole or not at all.

    Gives what takes the blocks, tables of the same columns; at least one. `about` is what the values were made with.
    A TableError if the suffix is another, a ProsodySerError if the file cannot be written.
    """
    path = Path(path)
    path = Path(os.path.realpath(path)) if os.path.islink(path) else path  # the companion belongs beside the file
    write = _parquet_blocks if check_table_suffix(path) == ".parquet" else _csv_blocks
    with whole_file(path) as temporary:
        with write(temporary, about) as add:
            yield add
        if write is _csv_blocks:
            # Before the table itself is moved into place: should only one of the two get there, the digest tells.
            write_text(companion_of(path), json.dumps(about | {"sha256": _sha256(temporary)}, indent=1) + "\n")


@contextmanager
def _csv_blocks(path: Path, about: dict[str, Any]) -> Iterator[Callable[[FeatureTable], None]]:
    with open(path, "w", encoding="utf-8", newline="") as file:

        def add(block: FeatureTable) -> None:
            block.frame.to_csv(file, index=False, header=file.tell() == 0, lineterminator="\n")

        yield add


@contextmanager
def _parquet_blocks(path: Path, about: dict[str, Any]) -> Iterator[Callable[[FeatureTable], None]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None

    def add(block: FeatureTable) -> None:
        nonlocal writer
        arrow = pa.Table.from_pandas(block.frame, preserve_index=False)
        if writer is None:
            metadata = {**arrow.schema.metadata, _ABOUT_KEY: json.dumps(about).encode()}
            writer = pq.ParquetWriter(path, arrow.schema.with_metadata(metadata))
        writer.write_table(arrow.replace_schema_metadata(writer.schema.metadata))

    try:
        yield add
    finally:
        if writer is not None:
            writer.close()


def write_table(table: FeatureTable, path: OnePath) -> None:
    """Write a table to ``.csv`` (with its ``.csv.json``) or ``.parquet``, whole or not at all.

    Parameters
    ----------
    table : FeatureTable
    path : path_like

    Raises
    ------
    TableError
        If the suffix is another.
    ProsodySerError
        If the file cannot be written.

    Examples
    --------
    >>> ser.write_table(ser.load_emodb_features("chroma"), "chroma.parquet")
    >>> len(ser.read_table("chroma.parquet"))
    535
    """
    with table_writer(path, described(table.about, table.feature_names, table.notice)) as add:
        add(table)


def described(about: dict[str, Any], feature_names: Sequence[str], notice: str | None) -> dict[str, Any]:
    """What is kept beside a table: what made it, its features, and what must be said wherever it is used."""
    return about | {"features": list(feature_names), "notice": notice}


def read_table(path: OnePath, columns: Mapping[str, str] | None = None) -> FeatureTable:
    r"""Read a table written by :func:`write_table`, or any CSV or Parquet with `file`, `speaker`, `emotion`.

    Which columns are features: those that the companion names; else those the catalogue knows; else every
    numeric column, except what counts rows or is a label in disguise: distinct whole numbers, or a column that
    holds one value for nearly all rows of each speaker, emotion or sentence. All other columns are set aside. Other
    known names, such as `speaker_id`, `gender` and `path`, are read as `speaker`, `sex` and `file`.

    Parameters
    ----------
    path : path_like
        ``.csv`` or ``.parquet``.
    columns : mapping of str to str, optional
        Which column stands for ours: ``{"emotion": "gt_emotion", "split": "partition"}``.

    Returns
    -------
    FeatureTable

    Raises
    ------
    TableError
        If the file cannot be read, lacks a needed column or any feature, or a feature is not a number; if all
        emotions are numbers, or all speakers are parts of a corpus (train, test).

    Examples
    --------
    >>> ser.write_table(ser.load_emodb_features("chroma"), "chroma.csv")
    >>> ser.read_table("chroma.csv")
    <FeatureTable: 535 clips (0 left out), 10 speakers, 7 emotions, 12 features of full_v1>
    """
    path = Path(path)
    suffix = check_table_suffix(path)
    with reading(path):
        frame, about = _read_parquet(path) if suffix == ".parquet" else _read_csv(path, columns)
        frame, renamed = _with_our_names(frame, columns)
        check_needed(frame)
        _check_labels(frame)
        _refuse_unmarked_frames(frame, about)
        names, set_aside, guessed = _split_columns(frame, about)
        for name in names:
            frame[name] = as_numbers(frame[name])
        return FeatureTable(frame, names, about, set_aside, guessed, (f"columns read: {renamed}",) if renamed else ())


def _with_our_names(frame: pd.DataFrame, asked: Mapping[str, str] | None) -> tuple[pd.DataFrame, str]:
    """A frame whose columns have our names, and what was renamed, as a text."""
    mapping = _mapped(list(map(str, frame.columns)), asked)
    others = {theirs: ours for ours, theirs in mapping.items() if theirs != ours}
    replaced = [ours for ours in others.values() if ours in frame.columns]  # as was asked for
    return frame.drop(columns=replaced).rename(columns=others), renamed_text(mapping)


def _mapped(columns: Sequence[str], asked: Mapping[str, str] | None) -> dict[str, str]:
    return mapped_columns(columns, asked, known=_READ_UNASKED)


def _check_labels(frame: pd.DataFrame) -> None:
    """Raise where the emotions are numbers, or the speakers no people: a score would mean nothing."""
    emotions = {str(word).strip() for word in frame["emotion"].dropna()}
    emotions = {word for word in emotions if word.lower() not in MISSING}
    if are_ratings(emotions):
        raise TableError(
            f"the emotion column contains only {ratings_text(emotions)}, so it holds ratings or codes, not emotions; "
            "replace them with words, or choose another column with --columns emotion=NAME"
        )
    speakers = sorted({str(word).strip() for word in frame["speaker"].dropna()} - {""})
    words = frame[[c for c in ("speaker", "emotion", "label") if c in frame]].astype(str)
    lowered = words.apply(lambda column: column.str.strip().str.lower())[frame["speaker"].notna()]
    repeats_a_label = lowered.drop(columns="speaker").eq(lowered["speaker"], axis=0).any(axis=1)
    if what := no_people(speakers, bool(repeats_a_label.all())):
        raise TableError(
            f"the speaker column contains {listed(speakers, 5)}, which are {what}, not people; "
            "replace them with speakers, or choose another column with --columns speaker=NAME"
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say which table an error is about, and what is wrong with its file."""
    try:
        if not path.is_file():
            raise TableError("this is a folder, not a table" if path.is_dir() else "no such table")
        yield
    except ProsodySerError as error:
        raise TableError(f"{path}: {error}") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: the file is not UTF-8; save it as CSV UTF-8") from error
    except OSError as error:
        raise TableError(f"{path}: the file cannot be read ({error.strerror or error})") from error
    except (ValueError, pd.errors.ParserWarning) as error:  # pandas' parsing errors are ValueErrors
        raise TableError(f"{path}: not a table that can be read ({' '.join(str(error).split())[:200]})") from error


def check_table_suffix(path: OnePath) -> str:
    """The suffix of a table, or an error if it is neither ``.csv`` nor ``.parquet``."""
    suffix = Path(path).suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise TableError(f"{path}: the name of a table must end in .csv or .parquet")
    return suffix


def _read_csv(path: Path, asked: Mapping[str, str] | None) -> tuple[pd.DataFrame, dict[str, Any]]:
    header = _header(path)
    texts = {*TEXT_COLUMNS, *(theirs for ours, theirs in _mapped(header, asked).items() if ours in _TEXTS)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header would shift columns
            frame = pd.read_csv(
                path,
                dtype=dict.fromkeys(texts, str),
                keep_default_na=False,
                # Texts keep "NA" (a speaker's initials); numbers read it as undefined.
                na_values={c: _NUMBER_GAPS for c in header if c not in texts},
                index_col=False,
                encoding="utf-8-sig",
            )
    except pd.errors.ParserWarning as error:
        raise TableError(f"some rows have more cells than the header, which has {len(header)}") from error
    return frame, _read_companion(path)


def _header(path: Path) -> list[str]:
    """The header as it stands in the file: pandas would rename a column that stands there twice."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and separator in header[0]:
            raise TableError(f"the columns are separated by {name}; save the file with commas (and decimal points)")
    twice = [c for c in header if c and header.count(c) > 1]
    if twice:
        raise TableError(f"the column {twice[0]!r} appears twice")
    return header


def _read_companion(path: Path) -> dict[str, Any]:
    companion = companion_of(path)
    if not companion.is_file():
        return {}
    about = _parse_about(companion.read_bytes(), companion.name)
    if about.pop("sha256", None) != _sha256(path):
        # The CSV was edited since: the names of its features still hold, where they are still there, and what a row is.
        level = {"level": about["level"]} if "level" in about else {}
        about = {"features": about.get("features", []), "edited": True} | level
    return about


def _read_parquet(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    import pyarrow.parquet as pq

    with parquet_errors():
        arrow = pq.read_table(path)
    about = _parse_about((arrow.schema.metadata or {}).get(_ABOUT_KEY, b"{}"), "its metadata")
    frame = arrow.to_pandas()
    return (frame if frame.index.names == [None] else frame.reset_index()), about


@contextmanager
def parquet_errors() -> Iterator[None]:
    """Say in a line what is wrong with a file that is no Parquet."""
    import pyarrow as pa

    try:
        yield
    except pa.ArrowException as error:
        raise TableError(f"the file is not a Parquet file ({' '.join(str(error).split())[:120]})") from error


def _parse_about(content: bytes, where: str) -> dict[str, Any]:
    try:
        about = json.loads(content)
    except ValueError as error:
        raise TableError(f"{where} is not valid JSON ({error}); repair or remove it") from error
    features = about.get("features", []) if isinstance(about, dict) else None
    if not isinstance(features, list) or not all(isinstance(name, str) for name in features):
        raise TableError(f"{where} does not describe a feature table; repair or remove it")
    return about


def _split_columns(frame: pd.DataFrame, about: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Names of the features, of what is set aside, and whether the features had to be guessed."""
    others = [c for c in frame.columns if c not in INDEX_COLUMNS + METADATA_COLUMNS]
    named = about.pop("features", None)
    names = [c for c in named if c in others] if named else [c for c in others if c in all_features()]
    guessed = not names
    if guessed:
        numeric = [c for c in others if pd.api.types.is_numeric_dtype(frame[c])]
        names = [c for c in numeric if plain_name(str(c)) not in SPLIT_COLUMNS and not _label_in_disguise(frame, c)]
    if not names:
        raise TableError("the table has no feature column; 'prosody-ser features' lists the known features")
    kept = set(names)
    return tuple(names), tuple(c for c in others if c not in kept), guessed


def _refuse_unmarked_frames(frame: pd.DataFrame, about: dict[str, Any]) -> None:
    """Raise a TableError if the rows are frames, but nothing beside them says so: each would be taken for a clip."""
    if "level" in about or not {"start", "end", CLIP_START, CLIP_END} <= {*frame.columns}:
        return
    lengths_s = (pd.to_numeric(frame[c], errors="coerce") for c in ("end", "start"))
    if abs(next(lengths_s).sub(next(lengths_s)).median() - STEP_S) < STEP_S / 10:
        raise TableError(
            "the rows are frames of 10 ms, but the description that 'extract' wrote with them is missing (pandas does "
            "not keep it; for a CSV it is the file that ends in .csv.json). Run 'extract --level frames' again. To "
            "select clips in Python, change the attribute `frame` of the table that read_table returns, and save the "
            "table with write_table"
        )


def _label_in_disguise(frame: pd.DataFrame, column: str) -> bool:
    """Whether a column counts rows, or holds one value for nearly all rows of each speaker, emotion or sentence."""
    values = frame[column].astype(float)
    if str(column).startswith("Unnamed:"):  # pandas' index, saved along
        return True
    if values.nunique() == len(values) > 2 and (values % 1 == 0).all():
        return True
    for label in ("speaker", "emotion", "sentence"):
        if label not in frame.columns or not 1 < frame[label].nunique() <= len(frame) / 2:
            continue
        usual = values.groupby(frame[label]).transform("median")
        same = (values - usual).abs() <= 1e-6 * values.std()
        if usual.nunique() > 1 and same.mean() >= DISGUISED_SHARE:
            return True
    return False


def about_of(path: Path) -> dict[str, Any]:
    """What a table's file says of how it was made, its rows unread; empty for a file that nothing is known of.

    A TableError if what should say so is damaged, an OSError if it cannot be read.
    """
    if check_table_suffix(path) == ".csv":
        companion = companion_of(path)
        return _parse_about(companion.read_bytes(), companion.name) if companion.is_file() else {}
    import pyarrow.parquet as pq

    with parquet_errors():
        metadata = pq.read_schema(path).metadata or {}
    return _parse_about(metadata.get(_ABOUT_KEY, b"{}"), "its metadata")


def is_as_written(path: Path) -> bool:
    """Whether a file is a table that this package wrote, and that nobody has changed since."""
    if not os.path.isfile(path):  # Path.is_file raises where the name is too long
        return False
    try:
        about = _read_companion(path) if check_table_suffix(path) == ".csv" else about_of(path)
    except (OSError, TableError):
        return False
    return bool(about.get("features")) and not about.get("edited")


def companion_of(path: Path) -> Path:
    """The file beside a CSV that says what made it."""
    return path.with_name(path.name + ".json")


def _sha256(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
