"""The feature table: one row a clip, metadata apart from features.

Columns
-------
=================  ==========================================================================================
file               path below the corpus folder, with ``/``
start, end         stretch of the file that the row describes, in s
variant            ``original``, or the name of an augmentation
corpus             name of the corpus
speaker            who speaks; empty if unknown
sex, age           of the speaker, where the corpus says so (``female``, ``male``; years)
language           ISO 639-1 code
sentence, take     what is said, and which repetition
intensity          acted strength, where the corpus has it
emotion            label in the common vocabulary
parent             for an augmented row, the file it was made from
lead, trail        silence cut at the ends, in s
pitch_floor_hz, pitch_ceiling_hz
                   the pitch search range used for this clip
status, error      ``ok`` or a short cause; a sentence
...                the features, named as in :mod:`prosody_ser.catalogue`
=================  ==========================================================================================

None of the metadata ever enters a model. A CSV has a companion ``<name>.csv.json`` with the feature set, its
parameters and the versions of all that computed it; a Parquet file carries the same inside.
"""

import hashlib
import json
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .catalogue import FEATURES
from .errors import ProsodySerError, TableError
from .whole_file import whole_file, write_text

INDEX_COLUMNS = ("file", "start", "end", "variant")
METADATA_COLUMNS = (
    *("corpus", "speaker", "sex", "age", "language", "sentence", "take", "intensity", "emotion", "parent"),
    *("lead", "trail", "pitch_floor_hz", "pitch_ceiling_hz", "status", "error"),
)
_NUMERIC_METADATA = ("start", "end", "age", "lead", "trail", "pitch_floor_hz", "pitch_ceiling_hz")
_TEXT_COLUMNS = tuple(c for c in INDEX_COLUMNS + METADATA_COLUMNS if c not in _NUMERIC_METADATA)

#: What `status` can say.
STATUSES = {
    "ok": "measured",
    "unreadable": "not a recording that can be decoded",
    "empty": "no samples",
    "non_finite": "NaN or infinite samples",
    "silent": "no sound at all",
    "too_short": "less than 0.1 s of sound",
    "unmeasurable": "decoded, but a measure failed",
    "timed_out": "the measuring took too long",
    "crashed": "the process measuring it died",
}

_ABOUT_KEY = b"prosody_ser"
_NUMBER_GAPS = ["", "nan", "NaN", "NA"]
ORIGINAL = "original"
#: Name of the built-in corpus; a table with its rows is synthetic.
SYNTHETIC = "synthetic"
SYNTHETIC_NOTICE = "Synthetic speech: emotions imposed by rule on a synthesiser. Its scores say nothing about people."


@dataclass(eq=False)
class FeatureTable:
    """Features and metadata of many clips.

    Parameters
    ----------
    frame : DataFrame
        One row a clip: index, metadata and feature columns, all flat. `file`, `speaker` and `emotion` are needed;
        what else is missing is filled with its default.
    feature_names : sequence of str
        The columns of `frame` that are features.
    about : dict
        Feature set, parameters, versions: what the values were made with.
    set_aside : sequence of str
        Columns that are neither known metadata nor features; kept, never used.
    """

    frame: pd.DataFrame
    feature_names: tuple[str, ...]
    about: dict[str, Any] = field(default_factory=dict)
    set_aside: tuple[str, ...] = ()

    def __post_init__(self):
        _check_needed(self.frame)
        metadata = [c for c in self.feature_names if c in INDEX_COLUMNS + METADATA_COLUMNS]
        if metadata:
            raise TableError(f"{', '.join(metadata)}: metadata, never a feature")
        defaults = {"start": 0.0, "variant": ORIGINAL, "status": "ok"}
        added = {
            c: defaults.get(c, np.nan if c in _NUMERIC_METADATA else "")
            for c in INDEX_COLUMNS + METADATA_COLUMNS
            if c not in self.frame.columns
        }
        order = [*INDEX_COLUMNS, *METADATA_COLUMNS, *self.feature_names, *self.set_aside]
        frame = pd.concat([self.frame, pd.DataFrame(added, index=self.frame.index)], axis=1)[order]
        for column in _TEXT_COLUMNS:
            # "s01 " and "s01" are one speaker: apart, they would be in train and test.
            frame[column] = frame[column].astype(object).where(frame[column].notna(), "").astype(str).str.strip()
        for column in _NUMERIC_METADATA:
            frame[column] = _numbers(_seconds(frame[column]))
        self.frame = frame.reset_index(drop=True)
        self.feature_names = tuple(self.feature_names)

    def __len__(self):
        return len(self.frame)

    @property
    def usable(self) -> pd.Series:
        """Boolean mask of the rows an evaluation can use: measured, with speaker and emotion."""
        return self._reason_left_out() == ""

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows an evaluation leaves out, by cause."""
        reasons = self._reason_left_out()
        return dict(sorted(Counter(reasons[reasons != ""]).items()))

    def _reason_left_out(self) -> pd.Series:
        frame = self.frame
        reason = frame["status"].mask(frame["status"] == "ok", "")
        reason = reason.mask((reason == "") & (frame["emotion"] == ""), "no emotion label")
        return reason.mask((reason == "") & (frame["speaker"] == ""), "speaker unknown")

    @property
    def X(self) -> pd.DataFrame:
        """Features of the usable rows, float64; the index carries file, start, end, variant and speaker."""
        usable = self.frame[self.usable]
        return usable[list(self.feature_names)].astype(float).set_axis(self._index(usable), axis=0)

    @property
    def y(self) -> pd.Series:
        """Emotion of the usable rows, on the index of :attr:`X`."""
        usable = self.frame[self.usable]
        return pd.Series(usable["emotion"].to_numpy(dtype=object), index=self._index(usable), name="emotion")

    def _index(self, usable) -> pd.MultiIndex:
        """File, start, end, variant and speaker; over several corpora the speaker is ``corpus:speaker``."""
        index = usable[[*INDEX_COLUMNS, "speaker"]]
        if usable["corpus"].nunique() > 1:  # two corpora's speakers 03 are two people
            index = index.assign(speaker=usable["corpus"] + ":" + usable["speaker"])
        return pd.MultiIndex.from_frame(index)

    @property
    def synthetic(self) -> bool:
        """Whether any row is of the built-in synthetic corpus."""
        return bool((self.frame["corpus"] == SYNTHETIC).any())

    @property
    def notice(self) -> str | None:
        """What must be said wherever a score of this table appears, or None."""
        return SYNTHETIC_NOTICE if self.synthetic else None


def write_table(table: FeatureTable, path) -> None:
    """Write a table to ``.csv`` (with its ``.csv.json``) or ``.parquet``, whole or not at all.

    Raises
    ------
    TableError
        If the suffix is another.
    ProsodySerError
        If the file cannot be written.
    """
    path = Path(path)
    about = table.about | {"features": list(table.feature_names), "notice": table.notice}
    if check_table_suffix(path) == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        arrow = pa.Table.from_pandas(table.frame, preserve_index=False)
        arrow = arrow.replace_schema_metadata({**arrow.schema.metadata, _ABOUT_KEY: json.dumps(about).encode()})
        with whole_file(path) as temporary:
            pq.write_table(arrow, temporary)
        return
    with whole_file(path) as temporary:
        table.frame.to_csv(temporary, index=False, encoding="utf-8", lineterminator="\n")
        about["sha256"] = _sha256(temporary)
        # Before the table itself is moved into place: should only one of the two get there, the digest tells.
        write_text(_companion(path), json.dumps(about, indent=1) + "\n")


def read_table(path) -> FeatureTable:
    """Read a table written by :func:`write_table`, or any CSV or Parquet with `file`, `speaker`, `emotion`.

    Which columns are features: those that the companion names; else those the catalogue knows; else every
    numeric column, except a row counter or one with a single value for each speaker, emotion or sentence (such
    a column is a label in disguise). All other columns are set aside.

    Returns
    -------
    FeatureTable

    Raises
    ------
    TableError
        If the file cannot be read, lacks a needed column or any feature, or a feature is not a number.
    """
    path = Path(path)
    suffix = check_table_suffix(path)
    if not path.is_file():
        raise TableError(f"{path}: no such table")
    try:
        frame, about = _read_parquet(path) if suffix == ".parquet" else _read_csv(path)
        _check_needed(frame)
        names, set_aside = _split_columns(frame, about)
        for name in names:
            frame[name] = _numbers(frame[name])
        return FeatureTable(frame, names, about, set_aside)
    except ProsodySerError as error:
        raise TableError(f"{path}: {error}") from error
    except (OSError, ValueError, pd.errors.ParserWarning) as error:  # pandas' parsing errors are ValueErrors
        raise TableError(f"{path}: not a table that can be read ({' '.join(str(error).split())[:200]})") from error


def check_table_suffix(path) -> str:
    """The suffix of a table, or an error if it is neither ``.csv`` nor ``.parquet``."""
    suffix = Path(path).suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise TableError(f"{path}: a table ends in .csv or .parquet")
    return suffix


def _check_needed(frame):
    missing = [c for c in ("file", "speaker", "emotion") if c not in frame.columns]
    if missing:
        raise TableError(f"the table lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}")


def _read_csv(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header would shift columns
        header = pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns
        frame = pd.read_csv(
            path,
            dtype=dict.fromkeys(_TEXT_COLUMNS, str),
            keep_default_na=False,
            # Texts keep "NA" (a speaker's initials); numbers read it as undefined.
            na_values={c: _NUMBER_GAPS for c in header if c not in _TEXT_COLUMNS},
            index_col=False,
            encoding="utf-8-sig",
        )
    return frame, _read_companion(path)


def _read_companion(path):
    companion = _companion(path)
    if not companion.is_file():
        return {}
    about = _parse_about(companion.read_bytes(), companion.name)
    if about.pop("sha256", None) != _sha256(path):
        # The CSV was edited since: the names of its features still hold, where they are still there.
        about = {"features": about.get("features", []), "edited": True}
    return about


def _read_parquet(path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        arrow = pq.read_table(path)
    except pa.ArrowException as error:
        raise TableError(f"not a Parquet file ({' '.join(str(error).split())[:120]})") from error
    about = _parse_about((arrow.schema.metadata or {}).get(_ABOUT_KEY, b"{}"), "its metadata")
    frame = arrow.to_pandas()
    return (frame if frame.index.names == [None] else frame.reset_index()), about


def _parse_about(content, where):
    try:
        about = json.loads(content)
    except ValueError as error:
        raise TableError(f"{where} is not JSON ({error}); mend or remove it") from error
    features = about.get("features", []) if isinstance(about, dict) else None
    if not isinstance(features, list) or not all(isinstance(name, str) for name in features):
        raise TableError(f"{where} does not describe a feature table; mend or remove it")
    return about


def _split_columns(frame, about):
    if frame.columns.duplicated().any():
        raise TableError(f"the column {frame.columns[frame.columns.duplicated()][0]!r} stands there twice")
    others = [c for c in frame.columns if c not in INDEX_COLUMNS + METADATA_COLUMNS]
    named = about.pop("features", None)
    names = [c for c in named if c in others] if named else [c for c in others if c in FEATURES]
    if not names:
        names = [c for c in others if pd.api.types.is_numeric_dtype(frame[c]) and not _label_in_disguise(frame, c)]
    if not names:
        raise TableError("no column is a feature; see 'prosody-ser features'")
    kept = set(names)
    return tuple(names), tuple(c for c in others if c not in kept)


def _label_in_disguise(frame, column):
    """True for a row counter, or for several values of which each speaker, emotion or sentence has one only."""
    values = frame[column]
    if values.nunique() < 2:
        return False
    if len(values) > 2 and pd.api.types.is_integer_dtype(values) and values.diff().iloc[1:].eq(1).all():
        return True
    labels = [c for c in ("speaker", "emotion", "sentence", "file") if c in frame.columns]
    return any(
        frame[label].nunique() < len(frame) and (frame.groupby(label)[column].nunique() <= 1).all() for label in labels
    )


def _seconds(column):
    """Times as in audformat (Timedelta, or its text) as seconds; anything else as it is."""
    if pd.api.types.is_timedelta64_dtype(column):
        return column.dt.total_seconds()
    if not pd.api.types.is_numeric_dtype(column) and column.astype(str).str.contains("day").any():
        return pd.to_timedelta(column, errors="coerce").dt.total_seconds()
    return column


def _numbers(column):
    if not pd.api.types.is_numeric_dtype(column):
        parsed = pd.to_numeric(column, errors="coerce")
        wrong = column.notna() & parsed.isna()
        row = int(np.flatnonzero(wrong)[0]) if wrong.any() else 0
        if wrong.any():
            raise TableError(f"row {row + 1}: {column.name} is {column.iloc[row]!r}, not a number")
        column = parsed
    column = column.astype(float)
    if np.isinf(column).any():
        raise TableError(f"row {int(np.flatnonzero(np.isinf(column))[0]) + 1}: {column.name} is infinite")
    return column


def _companion(path):
    return path.with_name(path.name + ".json")


def _sha256(path):
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
