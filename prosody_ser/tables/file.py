"""Read and write tables as Parquet files, or as CSV files with a companion file.

The companion ``<name>.csv.json`` of a CSV file contains the feature set, its parameters and the versions of everything
that computed it. A Parquet file contains the same as metadata.
"""

import csv
import hashlib
import json
import math
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..atomic_write import check_suffix, whole_file, write_text
from ..catalogue import all_features
from ..errors import ProsodySerError, TableError, listed
from ..file_errors import why_unreadable
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
#: Columns whose other names are recognised automatically; other names for start or age could be those of features.
_OTHERWISE_NAMED = ("file", "speaker", "emotion", "sex", "label")
#: All columns that are recognised automatically, whatever their case, with the other names.
_READ_UNASKED = {
    **{ours: COLUMNS[ours] for ours in _OTHERWISE_NAMED},
    **{ours: () for ours in (*INDEX_COLUMNS, *METADATA_COLUMNS) if ours not in _OTHERWISE_NAMED},
}
_TEXTS = (*TEXT_COLUMNS, "split")
#: Columns with the part of the corpus (train, test; 1 to 5), which are never features.
SPLIT_COLUMNS = ("split", *COLUMNS["split"])
_NUMBER_GAPS = ["", "nan", "NaN", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None"]
#: A column with at most this share of cells that are not numbers seems to be meant as numbers, which is reported.
LARGEST_SHARE_OF_WORDS = 0.1
#: A numeric column that is constant within groups in this share of the rows is a label of these groups.
DISGUISED_SHARE = 0.95
#: Number of columns that are compared with labels at once, because this needs several times their memory.
_COLUMNS_AT_ONCE = 256


@contextmanager
def table_writer(path: OnePath, about: dict[str, Any]) -> Iterator[Callable[[FeatureTable], None]]:
    """Write a table block by block to ``.csv`` (with its ``.csv.json``) or ``.parquet``, completely or not at all.

    The context gives a function that takes the blocks, at least one table with the same columns. `about` says how the
    values were made. A TableError is raised for another suffix, a ProsodySerError if the file cannot be written.
    """
    path = Path(path)
    path = Path(os.path.realpath(path)) if os.path.islink(path) else path  # the companion is beside the real file
    write = _parquet_blocks if check_table_suffix(path) == ".parquet" else _csv_blocks
    with whole_file(path) as temporary:
        with write(temporary, about) as add:
            yield add
        if write is _csv_blocks:
            # Written before the table itself; if only one of the two files is written, the digest shows it.
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
    """Write a table to ``.csv`` (with its ``.csv.json``) or ``.parquet``, completely or not at all.

    Parameters
    ----------
    table : FeatureTable
    path : path_like

    Raises
    ------
    TableError
        If the suffix is neither of these.
    ProsodySerError
        If the file cannot be written.

    Examples
    --------
    >>> ser.write_table(ser.load_emodb_features("chroma"), "chroma.parquet")
    >>> len(ser.read_table("chroma.parquet"))
    535
    """
    with table_writer(path, table_description(table.about, table.feature_names, table.notice)) as add:
        add(table)


def table_description(about: dict[str, Any], feature_names: Sequence[str], notice: str | None) -> dict[str, Any]:
    """Return the description of a table: how it was made, its features, and its notice."""
    return about | {"features": list(feature_names), "notice": notice}


def read_table(path: OnePath, columns: Mapping[str, str] | None = None) -> FeatureTable:
    r"""Read a table written by :func:`write_table`, or any CSV or Parquet with `file`, `speaker`, `emotion`.

    The features are the columns that the companion names; otherwise those in the catalogue; otherwise all numeric
    columns, except row numbers (distinct whole numbers) and disguised labels (columns with one value for nearly all
    rows of each speaker, emotion or sentence). All other columns are set aside. Some other names, such as `speaker_id`,
    `gender` and `path`, are recognised and renamed to `speaker`, `sex` and `file`.

    Parameters
    ----------
    path : path_like
        ``.csv`` or ``.parquet``.
    columns : mapping of str to str, optional
        Names of columns that differ from the usual ones: ``{"emotion": "gt_emotion", "split": "partition"}``.

    Returns
    -------
    FeatureTable

    Raises
    ------
    TableError
        If the file cannot be read, lacks a required column or has no feature; if a feature is not a number, all
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
        if frame.empty:
            raise TableError(
                "the table has no rows below its header; measure recordings with 'prosody-ser extract DIR OUT.csv'"
            )
        _check_labels(frame)
        _refuse_unmarked_frames(frame, about)
        names, other_columns, guessed = _split_columns(frame, about)
        for name in names:
            frame[name] = as_numbers(frame[name])
        notes = [f"columns read: {renamed}"] if renamed else []
        notes += [note for name in other_columns if guessed and (note := _nearly_numbers(frame[name]))]
        return FeatureTable(frame, names, about, other_columns, guessed, tuple(notes))


def _with_our_names(frame: pd.DataFrame, asked: Mapping[str, str] | None) -> tuple[pd.DataFrame, str]:
    """Rename columns to the usual names; return the frame, and a text of what was renamed."""
    mapping = _mapped(list(map(str, frame.columns)), asked)
    others = {theirs: ours for ours, theirs in mapping.items() if theirs != ours}
    replaced = [ours for ours in others.values() if ours in frame.columns]  # replaced on request
    return frame.drop(columns=replaced).rename(columns=others), renamed_text(mapping)


def _mapped(columns: Sequence[str], asked: Mapping[str, str] | None) -> dict[str, str]:
    return mapped_columns(columns, asked, known=_READ_UNASKED)


def _check_labels(frame: pd.DataFrame) -> None:
    """Raise if the emotions are numbers or the speakers are not people, because a score would be meaningless."""
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
    """Turn errors while reading a table into a TableError that names its file."""
    try:
        if not path.is_file():
            raise TableError("this is a folder, not a table" if path.is_dir() else "no such table")
        if not path.stat().st_size:
            raise TableError("the file is empty")
        yield
    except ProsodySerError as error:
        raise TableError(f"{path}: {error}") from error
    except (OSError, ValueError, pd.errors.ParserWarning) as error:  # parsing errors of pandas are ValueErrors
        raise TableError(f"{path}: {why_unreadable(error)}") from error


def check_table_suffix(path: OnePath) -> str:
    """Return the suffix of a table; raise if it is neither ``.csv`` nor ``.parquet``."""
    check_suffix(path, "a table", ".csv", ".parquet", error=TableError)
    return Path(path).suffix.lower()


def _read_csv(path: Path, asked: Mapping[str, str] | None) -> tuple[pd.DataFrame, dict[str, Any]]:
    header = _header(path)
    texts = {*TEXT_COLUMNS, *(theirs for ours, theirs in _mapped(header, asked).items() if ours in _TEXTS)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # otherwise long rows would shift columns
            frame = pd.read_csv(
                path,
                dtype=dict.fromkeys(texts, str),
                keep_default_na=False,
                # "NA" stays text in text columns (initials of a speaker) and is undefined in numeric ones.
                na_values={c: _NUMBER_GAPS for c in header if c not in texts},
                index_col=False,
                encoding="utf-8-sig",
            )
    except pd.errors.ParserWarning as error:
        raise TableError(f"some rows have more cells than the header, which has {len(header)}") from error
    return frame, _read_companion(path)


def _header(path: Path) -> list[str]:
    """Read the original header, because pandas would rename a duplicate column."""
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
        # The CSV was edited. Only the names of remaining features and the level are still valid.
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
    """Turn errors of pyarrow into a TableError of one line."""
    import pyarrow as pa

    try:
        yield
    except pa.ArrowException as error:
        raise TableError(f"the file is not a Parquet file ({' '.join(str(error).split())[:120]})") from error


def _parse_about(content: bytes, where: str) -> dict[str, Any]:
    try:
        about = json.loads(content)
    except ValueError as error:
        raise TableError(f"{where} is not valid JSON; repair or remove it") from error
    features = about.get("features", []) if isinstance(about, dict) else None
    if not isinstance(features, list) or not all(isinstance(name, str) for name in features):
        raise TableError(f"{where} does not describe a feature table; repair or remove it")
    return about


def _split_columns(frame: pd.DataFrame, about: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Return the names of the features and of the other columns, and whether the features were guessed."""
    others = [c for c in frame.columns if c not in INDEX_COLUMNS + METADATA_COLUMNS]
    named = about.pop("features", None)
    names = [c for c in named if c in others] if named else [c for c in others if c in all_features()]
    guessed = not names
    if guessed:
        numeric = [c for c in others if pd.api.types.is_numeric_dtype(frame[c])]
        measured = [c for c in numeric if plain_name(str(c)) not in SPLIT_COLUMNS]
        disguised = _labels_in_disguise(frame, measured)
        names = [c for c in measured if c not in disguised]
    if not names:
        raise TableError(
            "the table has no column with a feature ('prosody-ser features' lists them); if it is a CSV of labels, "
            "measure its recordings first with 'prosody-ser extract LABELS.csv OUT.csv'"
        )
    kept = set(names)
    return tuple(names), tuple(c for c in others if c not in kept), guessed


def _refuse_unmarked_frames(frame: pd.DataFrame, about: dict[str, Any]) -> None:
    """Raise a TableError if the rows are frames without a description, because each would count as a clip."""
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


def _nearly_numbers(column: pd.Series) -> str:
    """Return a note on a column that is not used because of a few words among its numbers; empty for other columns."""
    column = column.reset_index(drop=True)
    cells = column[[isinstance(cell, str) for cell in column]]
    wrong = np.flatnonzero(pd.to_numeric(cells, errors="coerce").isna())
    if not 0 < wrong.size <= LARGEST_SHARE_OF_WORDS * column.notna().sum():
        return ""
    line, cell = int(cells.index[wrong[0]]) + 2, cells.iloc[wrong[0]]
    return f"line {line}: the column {column.name} contains {cell!r}, not a number; it is not used as a feature"


def _labels_in_disguise(frame: pd.DataFrame, columns: list[str]) -> set[str]:
    """Return the columns that number rows, or have one value for nearly all rows of a speaker, emotion or sentence."""
    found = {column for column in columns if str(column).startswith("Unnamed:")}  # saved indices of pandas
    labels = [frame[name] for name in ("speaker", "emotion", "sentence") if name in frame.columns]
    labels = [label for label in labels if 1 < label.nunique() <= len(frame) / 2]
    for first in range(0, len(columns), _COLUMNS_AT_ONCE):
        values = frame[columns[first : first + _COLUMNS_AT_ONCE]].astype(float)
        values = values.replace([math.inf, -math.inf], math.nan)  # infinities are refused later
        whole = values.columns[(values % 1 == 0).all()]
        found |= {column for column in whole if values[column].nunique() == len(values) > 2}
        for label in labels:
            usual = values.groupby(label).transform("median")
            same = (values - usual).abs() <= 1e-6 * values.std()
            alike = same.columns[same.mean() >= DISGUISED_SHARE]
            found |= {column for column in alike if usual[column].nunique() > 1}
    return found


def about_of(path: Path) -> dict[str, Any]:
    """Return the description of a table without reading its rows; empty if there is none.

    A TableError is raised if the description is damaged, an OSError if it cannot be read.
    """
    if check_table_suffix(path) == ".csv":
        companion = companion_of(path)
        return _parse_about(companion.read_bytes(), companion.name) if companion.is_file() else {}
    import pyarrow.parquet as pq

    with parquet_errors():
        metadata = pq.read_schema(path).metadata or {}
    return _parse_about(metadata.get(_ABOUT_KEY, b"{}"), "its metadata")


def is_as_written(path: Path) -> bool:
    """Return whether a file is an unchanged table that this package wrote."""
    about = _about_if_ours(path)
    return bool(about.get("features")) and not about.get("edited")


def is_edited(path: Path) -> bool:
    """Return whether a file is a table that this package wrote and that was changed later."""
    return bool(_about_if_ours(path).get("edited"))


def _about_if_ours(path: Path) -> dict[str, Any]:
    """Return the description of a table; empty if there is none."""
    if not os.path.isfile(path):  # Path.is_file raises where the name is too long
        return {}
    try:
        return _read_companion(path) if check_table_suffix(path) == ".csv" else about_of(path)
    except (OSError, TableError):
        return {}


def companion_of(path: Path) -> Path:
    """Return the path of the companion file that describes a CSV."""
    return path.with_name(path.name + ".json")


def _sha256(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
