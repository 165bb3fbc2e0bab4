"""The feature table: one row for each clip, with metadata separate from the features.

Columns
-------
=================  ==========================================================================================
file               path below the corpus folder, with ``/``
start, end         segment of the file that the row describes, in s
variant            ``original``, or the name of an augmentation
corpus             name of the corpus
speaker            name of the speaker; empty if unknown
sex, age           of the speaker, if the corpus gives them (``female``, ``male``; years)
language           ISO 639-1 code
sentence, take     the spoken text, and the number of its repetition
intensity          acted strength, if the corpus gives it
emotion            label in the common vocabulary
label              original label of the corpus
vocal_channel      ``speech`` or ``song``, if the corpus has both
parent             for an augmented copy, the file from which it was made
lead, trail        silence before and after the speech, in s
sample_rate_hz     sampling rate of the recording
channel            channel that was measured: ``mean``, or a number from 1; empty for a mono recording
bandwidth_hz       highest frequency with sound; features that need higher ones are NaN
noise_floor_db     5 % quantile of the level, dB re full scale
pitch_floor_hz, pitch_ceiling_hz
                   the pitch search range used for this clip
formant_ceiling_hz
                   ceiling of the search for this clip's five formants
status, error      ``ok`` or a short cause, and a sentence on it
note               what a user should know about how the recording was read; mostly empty
...                the features, named as in :mod:`prosody_ser.catalogue`
=================  ==========================================================================================

Metadata is never used as a feature.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..catalogue import FAST
from ..errors import TableError, counted, did_you_mean
from .families import ORIGINAL, SEVERAL, is_augmented, originals_of_copies, root_of
from .spellings import MISSING, MISSING_SPEAKER, NO_ANSWER

INDEX_COLUMNS = ("file", "start", "end", "variant")
METADATA_COLUMNS = (
    *("corpus", "speaker", "sex", "age", "language", "sentence", "take", "intensity", "emotion"),
    *("label", "vocal_channel", "parent"),
    *("lead", "trail", "sample_rate_hz", "channel", "bandwidth_hz", "noise_floor_db"),
    *("pitch_floor_hz", "pitch_ceiling_hz", "formant_ceiling_hz", "status", "error"),
    "note",
)
NUMERIC_METADATA = (
    *("start", "end", "age", "lead", "trail", "sample_rate_hz", "bandwidth_hz", "noise_floor_db"),
    *("pitch_floor_hz", "pitch_ceiling_hz", "formant_ceiling_hz"),
)
TEXT_COLUMNS = tuple(c for c in INDEX_COLUMNS + METADATA_COLUMNS if c not in NUMERIC_METADATA)

#: The values of `status`, with their meaning.
STATUSES = {
    "ok": "measured",
    "unreadable": "the file cannot be decoded as a recording",
    "truncated": "the file ends before its header says so",
    "empty": "no samples",
    "out_of_range": "the segment lies beyond the end of the recording",
    "no_channel": "the recording does not have the channel that was requested",
    "non_finite": "NaN, infinite or absurdly large samples",
    "silent": "no sound at all",
    "too_short": "less than 0.1 s of sound",
    "too_long": "more than 10 minutes of speech in one row",
    "unmeasurable": "decoded, but a measure failed",
    "changed": "the file changed while it was being measured",
    "timed_out": "measuring took too long",
    "crashed": "the process that measured it died",
}

#: Largest allowed value; squares of larger values overflow, and such values are errors.
LARGEST = 1e100
#: A number as programs in German or French write it.
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*", re.ASCII)
SONG = "song"
#: Reason why a row is not scored although it is not left out, because it can be used for training.
COPY = "augmented copy"
#: The level of a table, which is what one row contains: a clip, a frame of a clip, or a clip with its frames.
CLIPS, FRAMES, SEQUENCES = "clips", "frames", "sequences"
#: Columns of a table of frames with the start and end of the whole clip in its file, in s.
CLIP_START, CLIP_END = "clip_start", "clip_end"
#: Time from one frame to the next.
STEP_S = 0.01
#: The column with the frames of a clip, see :mod:`prosody_ser.tables.sequences`.
SEQUENCE = "sequence"
#: Name of the built-in synthetic corpus.
SYNTHETIC = "synthetic"
SYNTHETIC_NOTICE = "Synthetic speech: emotions imposed by rule on a synthesiser. Its scores say nothing about people."


@dataclass(eq=False, repr=False)
class FeatureTable:
    """Features and metadata of many clips.

    Parameters
    ----------
    frame : DataFrame
        One row for each clip, with index, metadata and feature columns. `file`, `speaker` and `emotion` are required;
        other missing columns are filled with defaults.
    feature_names : sequence of str
        The columns of `frame` that are features.
    about : dict
        How the values were made: feature set, parameters, versions.
    other_columns : sequence of str
        Columns that are neither known metadata nor features; they are kept but never used.
    guessed : bool
        Whether `feature_names` are all numeric columns, because nothing names the features.
    notes : sequence of str
        Messages to the user about how the table was read.

    Raises
    ------
    TableError
        If a required column or a feature is missing or there twice, or metadata is named as a feature; later, if a
        value of a feature is not a finite number or NaN.

    Examples
    --------
    >>> clips = pd.DataFrame({"file": ["a.wav"], "speaker": ["ann"], "emotion": ["Anger"], "f0_mean_st": [36.0]})
    >>> table = ser.FeatureTable(clips, ("f0_mean_st",))
    >>> table.X.shape, table.y.tolist()
    ((1, 1), ['anger'])
    """

    frame: pd.DataFrame
    feature_names: tuple[str, ...]
    about: dict[str, Any] = field(default_factory=dict)
    other_columns: tuple[str, ...] = ()
    guessed: bool = False
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_needed(self.frame)
        self.feature_names = _as_names(self.feature_names, self.frame)
        metadata = [c for c in self.feature_names if c in INDEX_COLUMNS + METADATA_COLUMNS]
        if metadata:
            raise TableError(f"metadata cannot be used as features: {', '.join(metadata)}")
        defaults = {"start": 0.0, "variant": ORIGINAL, "status": "ok"}
        added = {
            c: defaults.get(c, np.nan if c in NUMERIC_METADATA else "")
            for c in INDEX_COLUMNS + METADATA_COLUMNS
            if c not in self.frame.columns
        }
        order = [*INDEX_COLUMNS, *METADATA_COLUMNS, *self.feature_names, *self.other_columns]
        frame = pd.concat([self.frame, pd.DataFrame(added, index=self.frame.index)], axis=1)[order]
        given = [column for column in order if column not in added]
        for column in (column for column in given if column in TEXT_COLUMNS):
            # "s01 " and "s01" are one speaker; as two, this speaker could be in training and test.
            frame[column] = frame[column].astype(object).where(frame[column].notna(), "").astype(str).str.strip()
        as_recorded = frame["variant"].str.lower().isin(["", ORIGINAL])
        frame["variant"] = frame["variant"].mask(as_recorded, ORIGINAL)
        frame["variant"] = frame["variant"].mask(as_recorded & is_augmented(frame), "copy")  # has a parent file
        frame["speaker"] = frame["speaker"].mask(frame["speaker"].str.lower().isin(MISSING_SPEAKER), "")
        frame["emotion"] = frame["emotion"].str.normalize("NFC").str.lower()  # "Anger" and "anger" are one class
        frame["emotion"] = frame["emotion"].mask(frame["emotion"].isin(MISSING | NO_ANSWER), "")
        for column in (column for column in given if column in NUMERIC_METADATA):
            frame[column] = as_numbers(_seconds(frame[column]))
        self.frame = frame.reset_index(drop=True).copy()  # few blocks of memory, for fast selection

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def usable(self) -> pd.Series:
        """Mask of the rows that an evaluation can use: measured, with speaker and emotion, and not augmented."""
        return self._reason_left_out() == ""

    @property
    def left_out(self) -> dict[str, int]:
        """Number of rows that an evaluation leaves out, by cause."""
        reasons = self._reason_left_out()
        return dict(sorted(Counter(reasons[~reasons.isin(["", COPY])]).items()))

    @property
    def copies(self) -> pd.Series:
        """Mask of the augmented copies of usable rows, which can be used for training and are never scored."""
        return self._reason_left_out() == COPY

    @property
    def copies_made(self) -> dict[str, int]:
        """Number of :attr:`copies` by augmentation, without its strength."""
        kinds = Counter(variant.partition(":")[0] for variant in self.frame["variant"][self.copies])
        return dict(sorted(kinds.items()))

    def _reason_left_out(self) -> pd.Series:
        names = ("status", "emotion", "speaker", "vocal_channel")
        status, emotion, speaker, channel = (self.frame[name].to_numpy(dtype=object) for name in names)
        reason = np.where(status == "ok", "", status)
        reason[(reason == "") & (emotion == "")] = "no emotion label"
        reason[(reason == "") & (speaker == "")] = "speaker unknown"
        sung = channel == SONG
        # Speech and song are two tasks, so song is only used if the table contains nothing else.
        if not sung.all():
            reason[(reason == "") & sung] = "song"
        copied = is_augmented(self.frame)
        if copied.any():
            used = (reason == "") & ~copied
            measured = copied & (status == "ok")
            reason[measured] = "augmented (column 'variant' or 'parent') without a usable original"
            if self.level == FRAMES:  # a row is a frame and not a clip
                root = root_of(self.frame)
                reason[measured & np.isin(root, root[used])] = COPY
            else:
                parent = originals_of_copies(self.frame)
                reason[measured & (parent == SEVERAL)] = "augmented copy of which several clips could be the original"
                reason[measured & (parent >= 0) & used[parent]] = COPY
        return pd.Series(reason, index=self.frame.index, dtype=object)

    @property
    def X(self) -> pd.DataFrame:
        """Features of the usable rows, float64; the index has file, start, end, variant, speaker and sentence.

        Augmented copies are not included: see :mod:`prosody_ser.learn.splits.copies`. In a table of sequences, every
        cell refers to the frames of a contour (:class:`prosody_ser.tables.sequences.ClipFrames`).
        """
        return self.inputs_of(self.usable)

    @property
    def speech_s(self) -> pd.Series:
        """Duration of the speech in each row of `frame` in s, without silence at the ends; NaN if unknown."""
        return speech_s_of(self.frame)

    def inputs_of(self, rows: pd.Series) -> pd.DataFrame:
        """Return the inputs of a model for some rows: their features or references to their frames, as in :attr:`X`.

        Parameters
        ----------
        rows : Series of bool
            Mask on the index of `frame`.

        Returns
        -------
        DataFrame of shape (n_rows, n_features)
        """
        if self.level != SEQUENCES:
            return self.features_of(rows)
        chosen = self.frame[rows]
        return sequence_rows(chosen[SEQUENCE], self.feature_names).set_axis(self._index(chosen))

    def features_of(self, rows: pd.Series) -> pd.DataFrame:
        """Return features of some rows, indexed like :attr:`X`; for sequences the mean of each contour.

        Parameters
        ----------
        rows : Series of bool
            Mask on the index of `frame`.

        Returns
        -------
        DataFrame of float64, shape (n_rows, n_features)
        """
        chosen = self.frame[rows]
        # One block of memory, not one for each column, because folds are selected many times.
        values = _numbers(chosen[list(self.feature_names)])
        return pd.DataFrame(values, index=self._index(chosen), columns=list(self.feature_names))

    @property
    def y(self) -> pd.Series:
        """Emotion of the usable rows, indexed like :attr:`X`."""
        usable = self.frame[self.usable]
        return pd.Series(usable["emotion"].to_numpy(dtype=object), index=self._index(usable), name="emotion")

    @property
    def clips(self) -> pd.DataFrame:
        """Metadata of the usable rows, numbered from 0, in the order of :attr:`X`."""
        return self.frame.loc[self.usable, [*INDEX_COLUMNS, *METADATA_COLUMNS]].reset_index(drop=True)

    def _index(self, usable: pd.DataFrame) -> pd.MultiIndex:
        """Return an index of file, start, end, variant, speaker, sentence; with several corpora ``corpus:speaker`` etc.

        The splitters and the speaker normaliser need speaker and sentence. They are in the index, because scikit-learn
        keeps the index of X in every subset, and nothing else.
        """
        index = usable[[*INDEX_COLUMNS, "speaker", "sentence"]]
        if usable["corpus"].nunique() > 1:  # speakers 03 of two corpora are two people
            prefix = usable["corpus"] + ":"
            sentence = usable["sentence"].mask(usable["sentence"] != "", prefix + usable["sentence"])
            index = index.assign(speaker=prefix + usable["speaker"], sentence=sentence)
        return pd.MultiIndex.from_frame(index)

    @property
    def level(self) -> str:
        """What one row contains: one of ``clips``, ``frames`` (10 ms each), or ``sequences`` (clips with frames)."""
        return self.about.get("level", CLIPS)

    @property
    def engine(self) -> str | None:
        """The engine that computed the contours, one of :data:`prosody_ser.catalogue.ENGINES`; None if unknown."""
        made_here = bool(self.about.get("parameters"))
        return self.about.get("engine", FAST if made_here else None)  # old tables do not name it

    @property
    def corpora(self) -> list[str]:
        """Names of the corpora in the table."""
        return sorted(set(self.frame["corpus"]) - {""})

    @property
    def synthetic(self) -> bool:
        """Whether any row belongs to the built-in synthetic corpus."""
        return bool((self.frame["corpus"] == SYNTHETIC).any())

    @property
    def notice(self) -> str | None:
        """A notice that must accompany every score of this table, or None."""
        return SYNTHETIC_NOTICE if self.synthetic else None

    def __repr__(self) -> str:
        usable = self.frame[self.usable]
        n_speakers = usable[["corpus", "speaker"]].drop_duplicates().shape[0]
        of_set = f" of {self.about['feature_set']}" if self.about.get("feature_set") else ""
        n_copies = int(is_augmented(self.frame).sum())
        copies = f" and {counted(n_copies, 'augmented copy', 'augmented copies')}" if n_copies else ""
        return (
            f"<FeatureTable: {len(self) - n_copies} {self.level}{copies} ({sum(self.left_out.values())} left out), "
            f"{counted(n_speakers, 'speaker')}, "
            f"{counted(usable['emotion'].nunique(), 'emotion')}, {counted(len(self.feature_names), 'feature')}{of_set}>"
        )

    def _repr_html_(self) -> str:
        from .table_view import table_view

        return table_view(self)


def sequence_rows(clips: pd.Series, contours: Sequence[str]) -> pd.DataFrame:
    """Return X for clips that are read frame by frame: a reference to the frames in each column."""
    cells = np.repeat(clips.to_numpy(dtype=object)[:, None], len(contours), axis=1)
    return pd.DataFrame(cells, index=clips.index, columns=list(contours), dtype=object)


def speech_s_of(frame: pd.DataFrame) -> pd.Series:
    """Compute the duration of the speech in each row in s; see :attr:`FeatureTable.speech_s`."""
    known = frame.reindex(columns=["start", "end", "lead", "trail"]).apply(pd.to_numeric, errors="coerce")
    return known["end"] - known["start"] - known["lead"] - known["trail"]


def check_needed(frame: pd.DataFrame) -> None:
    """Raise a TableError if `file`, `speaker` or `emotion` is missing."""
    missing = [c for c in ("file", "speaker", "emotion") if c not in frame.columns]
    if missing:
        asked = ",".join(f"{name}=NAME" for name in missing)
        raise TableError(
            f"the table lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; "
            f"columns with other names are chosen with --columns {asked}"
        )


def as_numbers(column: pd.Series) -> pd.Series:
    """Convert a column to float64; raise a TableError that names the first line without a valid number."""
    if not pd.api.types.is_numeric_dtype(column):
        parsed = pd.to_numeric(column, errors="coerce")
        wrong = np.flatnonzero(column.notna() & parsed.isna())
        if wrong.size:
            cell = column.iloc[wrong[0]]
            advice = "; use a decimal point, as in 34.12" if _DECIMAL_COMMA.fullmatch(str(cell)) else ""
            raise TableError(f"line {wrong[0] + 2}: the column {column.name} contains {cell!r}, not a number{advice}")
        column = parsed
    column = column.astype(float)
    huge = np.flatnonzero(column.abs() > LARGEST)
    if huge.size:
        value = column.iloc[huge[0]]
        raise TableError(
            f"line {huge[0] + 2}: the column {column.name} contains {value:g}, which is infinite or beyond {LARGEST:g}"
        )
    return column


def _as_names(given: Iterable[str], frame: pd.DataFrame) -> tuple[str, ...]:
    """The names of the features, after checking that each is the name of exactly one column."""
    names = (given,) if isinstance(given, str) else tuple(given)
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise TableError(f"the table lacks the feature {absent[0]!r}{did_you_mean(absent[0], frame.columns)}")
    used = {*names, *INDEX_COLUMNS, *METADATA_COLUMNS}
    twice = [name for name, count in Counter(names).items() if count > 1]
    twice += [name for name in frame.columns[frame.columns.duplicated()] if name in used]
    if twice:
        raise TableError(f"the column {twice[0]!r} is there twice: leave out one of the two")
    return names


def _numbers(columns: pd.DataFrame) -> np.ndarray:
    """Values of columns in one block of float64; raise a TableError if one is not a number, or is infinite."""
    try:
        values = columns.to_numpy(dtype=float)
    except (TypeError, ValueError):
        values = np.column_stack([as_numbers(columns[name]) for name in columns])
    infinite = np.isinf(values)
    if infinite.any():
        row, column = np.argwhere(infinite)[0]
        raise TableError(
            f"row {columns.index[row]}: the feature {columns.columns[column]} is infinite; an undefined value is NaN"
        )
    return values


def _seconds(column: pd.Series) -> pd.Series:
    """Convert times as in audformat (Timedelta, or its text) to seconds; return other columns unchanged."""
    if pd.api.types.is_timedelta64_dtype(column):
        return column.dt.total_seconds()
    if not pd.api.types.is_numeric_dtype(column) and column.astype(str).str.contains("day").any():
        return pd.to_timedelta(column, errors="coerce").dt.total_seconds()
    return column
