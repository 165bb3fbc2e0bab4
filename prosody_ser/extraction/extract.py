"""Measure folders of recordings into a feature table, in parallel. A clip that fails becomes a row with its error.

Results go to the row cache (:mod:`prosody_ser.extraction.row_cache`) immediately, and from there, block by block, to
the table. So an interrupted run can be resumed, and memory use does not grow with the corpus.
"""

import math
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from ..atomic_write import check_outputs
from ..catalogue import DEFAULT_SET, FAST, FRAMES_SET, checked_engine, feature_set
from ..datasets import CorpusContents, Utterance, find_all
from ..errors import ProsodySerError, ProtocolError, listed, none_of, whole_number
from ..paths import OnePath, Paths, as_paths
from ..tables.feature_table import (
    CLIP_END,
    CLIP_START,
    CLIPS,
    FRAMES,
    ORIGINAL,
    SYNTHETIC,
    SYNTHETIC_NOTICE,
    FeatureTable,
)
from ..tables.file import check_table_suffix, table_description, table_writer
from .row_store import row_store
from .run import Progress, Run

#: Number of clips in a block of the table, and in a block of a table of frames.
_BLOCK, _FRAMES_BLOCK = 500, 50
#: Largest number of sources that an error names.
_NAMED = 5


class Extraction:
    """A plan to measure every recording of one or more corpora.

    Parameters
    ----------
    sources : path_like or iterable of path_like
        One or more corpus folders, label tables and recordings; see :mod:`prosody_ser.datasets`.
    corpus : str, optional
        Name of the corpus; recognised from the file names if not given.
    columns : mapping of str to str, optional
        Names of columns in label tables that differ from the usual ones: ``{"emotion": "gt_emotion"}``.
    features : str, optional
        Name of the feature set; by default ``prosody_v1``, or ``full_v1`` for frames, which has all contours.
    level : {"clips", "frames"}
        One row for each clip with its features, or one row for each 10 ms of speech with the contours.
    plugin : str, optional
        Module with your own features; see :mod:`prosody_ser.plugin`.
    segment : str or float, optional
        How to cut long recordings into several rows: a length in s, or ``vad`` for segments between pauses.
    engine : {"fast", "reference"}
        What computes the contours: the package's own kernels, or Praat and librosa themselves.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Which channel of several to use, as for :func:`prosody_ser.read_audio`. The table names the channel used.
    pitch_floor_hz, pitch_ceiling_hz : float, optional
        Limits of the pitch search for all clips; by default a first pass estimates both for each clip.
    augment : str or sequence of str, optional
        Augmented copies to measure besides every recording, such as ``"noise:10..30,speed:0.93,speed:1.07"``; see
        :mod:`prosody_ser.augment`. They are used for training, together with their originals, but never for testing.
    seed : int
        Seed of the strengths that are drawn for copies, and of noise.
    contents : sequence of CorpusContents, optional
        What the sources contain, if that is already known; they are not searched then.

    Attributes
    ----------
    where : str
        The sources, as text.
    utterances : list of Utterance
    names : tuple of str
        Names of the measured columns.
    notes : list of str
        Notes on the sources, such as rows of label tables that cannot be used.
    tally : Tally
        Counts of results, filled by :meth:`blocks`.

    Raises
    ------
    CorpusError
        If no source is given, a path does not exist, or a folder contains no recordings or matches no known corpus.
    ProtocolError
        If the feature set, level, segmentation, engine or channel is invalid.
    PluginError
        If `plugin` cannot be used.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("03a01Fa.wav", np.sin(2 * np.pi * 220 * np.arange(16000) / 16000), 16000)
    >>> [(clip.corpus, clip.speaker, clip.emotion) for clip in ser.Extraction("03a01Fa.wav").utterances]
    [('emodb', '03', 'happiness')]
    """

    def __init__(
        self,
        sources: Paths,
        corpus: str | None = None,
        *,
        columns: Mapping[str, str] | None = None,
        features: str | None = None,
        level: str = CLIPS,
        plugin: str | None = None,
        segment: str | float | None = None,
        engine: str = FAST,
        channel: str | int = "auto",
        pitch_floor_hz: float | None = None,
        pitch_ceiling_hz: float | None = None,
        augment: str | Sequence[str] | None = None,
        seed: int = 0,
        contents: Sequence[CorpusContents] | None = None,
    ):
        # Imported here, because importing Praat and librosa takes seconds.
        from ..audio.channels import parse_channel
        from ..audio.segments import parse_segmentation
        from ..augment import parse_augmentations
        from ..contours import PitchRange
        from ..features import Job, column_names, provenance
        from .summary import Tally

        if level not in (CLIPS, FRAMES):
            raise ProtocolError(f"invalid level {level!r}: choose {CLIPS} or {FRAMES}")
        self.level = level
        features = features or (FRAMES_SET if level == FRAMES else DEFAULT_SET)
        whole_number("seed", seed, 0)
        self.augmentations, self.seed = () if augment is None else parse_augmentations(augment), seed
        feature_set(features)
        checked_engine(engine)
        segment = None if segment is None else str(segment)
        segmentation = None if segment is None else parse_segmentation(segment)
        PitchRange(pitch_floor_hz, pitch_ceiling_hz)  # raises if they are invalid
        self.job = Job(
            features,
            level == FRAMES,
            plugin,
            segmentation,
            engine,
            pitch_range_hz=(pitch_floor_hz, pitch_ceiling_hz),
            channel=parse_channel(channel),
        )
        self.names = column_names(self.job)
        self.where = ""
        if contents is None:
            paths = as_paths(sources)
            self.where = listed(paths, _NAMED)
            contents = find_all(paths, corpus, columns)
        self.contents: list[CorpusContents] = list(contents)
        self.utterances: list[Utterance] = [u for one in self.contents for u in one.utterances]
        self.notes = [note for one in self.contents for note in one.notes]
        self.left_out: Counter[str] = sum((one.left_out for one in self.contents), Counter())
        corpora = list(dict.fromkeys(u.corpus for u in self.utterances))
        about: dict[str, Any] = {"feature_set": features, "level": level, **provenance(self.job)}
        about |= {"segment": segment, "corpora": corpora, "n_left_out": self.left_out.total()}
        if self.augmentations:
            about["augmentation"] = {"copies": [str(wanted) for wanted in self.augmentations], "seed": seed}
        self.about = table_description(about, self.names, SYNTHETIC_NOTICE if SYNTHETIC in corpora else None)
        self.extra_names = self._extra_names()
        self.tally = Tally()
        if segment and any(u.start or not math.isnan(u.end) for u in self.utterances):
            raise ProtocolError("the labels already give segments of the recordings, so --segment cannot be used")
        if segment and self.augmentations:
            raise ProtocolError("--segment and --augment cannot be combined; list the segments in a file of labels")

    @property
    def other_columns(self) -> tuple[str, ...]:
        """Columns besides metadata and features: those of label tables, and start and end of the clips of frames."""
        return (*self.extra_names, *((CLIP_START, CLIP_END) if self.level == FRAMES else ()))

    @property
    def n_measured(self) -> int:
        """Number of recordings and augmented copies that are measured."""
        return len(self.utterances) * (1 + len(self.augmentations))

    def blocks(
        self,
        *,
        jobs: int | None = None,
        timeout_s: float | None = None,
        scheduler: str | None = None,
        cache: bool = True,
        progress: Progress | None = None,
    ) -> Iterator[FeatureTable]:
        """Measure everything, then yield the table in blocks.

        Parameters
        ----------
        jobs : int, optional
            Number of worker processes; all cores by default.
        timeout_s : float, optional
            Time limit for each started minute of a recording; 60 by default.
        scheduler : str, optional
            Address of a Dask scheduler whose workers measure in place of processes here; they must see the files.
        cache : bool
            Whether to reuse rows of earlier runs, and keep those of this one for later runs.
        progress : callable, optional
            Called as ``progress(done, total)`` after each clip.

        Yields
        ------
        FeatureTable
            Sorted by file within each source. A clip that cannot be read or measured is one row with NaN features, a
            `status` other than ``ok`` and a sentence in `error`.

        Raises
        ------
        ProtocolError
            If `jobs` is not a whole number of at least 1, or `timeout_s` is not greater than 0.
        CacheError, WorkerError
            If the cache, worker processes or the cluster cannot be used.
        """
        check_jobs(jobs, 1)
        for frame in self.frames(jobs=jobs, timeout_s=timeout_s, scheduler=scheduler, cache=cache, progress=progress):
            yield FeatureTable(frame, self.names, self.about, self.other_columns)

    def frames(
        self,
        *,
        jobs: int | None = None,
        timeout_s: float | None = None,
        scheduler: str | None = None,
        cache: bool = True,
        progress: Progress | None = None,
    ) -> Iterator[pd.DataFrame]:
        """Yield the blocks as plain DataFrames: for a clip or two, making tables takes as long as measuring.

        Parameters
        ----------
        jobs, timeout_s, scheduler, cache, progress
            As for :meth:`blocks`. ``jobs=0`` measures in this process, which is faster for a clip or two. But then a
            clip that hangs or crashes its process does this to the calling process, and `timeout_s` has no effect.

        Yields
        ------
        DataFrame
        """
        check_jobs(jobs, 0)
        if timeout_s is not None and not timeout_s > 0:
            raise ProtocolError(f"the timeout must be more than 0 s (got {timeout_s})")
        started = time.monotonic()
        size = _FRAMES_BLOCK if self.level == FRAMES else _BLOCK
        size = max(1, size // (1 + len(self.augmentations)))
        with row_store(cache, len(self.utterances) <= size) as store:
            run = Run(self, store, progress)
            run.measure((os.cpu_count() or 1) if jobs is None else jobs, timeout_s, scheduler)
            for first in range(0, len(self.utterances), size):
                yield self._frame(run, range(first, min(first + size, len(self.utterances))))
                self.tally.seconds = time.monotonic() - started

    def _extra_names(self) -> list[str]:
        names = list(dict.fromkeys(name for u in self.utterances for name, _ in u.extra))
        taken = sorted(set(names) & set(self.names))
        if taken:
            raise ProtocolError(
                f"the labels have a column {taken[0]!r}, which is the name of a feature; rename the column"
            )
        return names

    def _frame(self, run: Run, indices: range) -> pd.DataFrame:
        """Return the rows of some clips: positions, facts and values side by side."""
        places, values = [], []
        for i in indices:
            utterance = self.utterances[i]
            place = _place(utterance, self.extra_names)
            for variant, rows in run.rows(i):
                if variant is None:
                    self.tally.add(utterance, rows)
                else:
                    place |= {"variant": str(variant), "parent": place["file"]}
                    self.tally.add_copy(utterance, rows)
                places += [place | row.facts for row in rows]
                values += [np.full((1, len(self.names)), np.nan) if r.values is None else r.values for r in rows]
        frame = pd.DataFrame(places)
        if self.level == FRAMES:
            frame = _repeated(frame, [len(block) for block in values])
        numbers = pd.DataFrame(np.concatenate(values), columns=list(self.names))
        self.tally.rows += len(numbers)
        return pd.concat([frame, numbers], axis=1)


def check_jobs(jobs: object, least: int) -> None:
    """Raise a ProtocolError unless a number of processes is a whole number and large enough; None means all cores."""
    whole = isinstance(jobs, Integral) and not isinstance(jobs, bool)
    if jobs is not None and not (whole and jobs >= least):  # type: ignore[operator]
        raise ProtocolError(
            f"`jobs` must be a whole number of at least {least} (got {jobs!r}); omit it to use all cores"
        )


def extract_table(
    sources: Paths,
    corpus: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    features: str | None = None,
    level: str = CLIPS,
    plugin: str | None = None,
    segment: str | float | None = None,
    engine: str = FAST,
    channel: str | int = "auto",
    pitch_floor_hz: float | None = None,
    pitch_ceiling_hz: float | None = None,
    augment: str | Sequence[str] | None = None,
    seed: int = 0,
    jobs: int | None = None,
    timeout_s: float | None = None,
    scheduler: str | None = None,
    cache: bool = True,
    progress: Progress | None = None,
) -> FeatureTable:
    """Measure every recording of one or more corpora into a table in memory.

    Parameters
    ----------
    sources : path_like or iterable of path_like
        One or more corpus folders, label tables and recordings.
    corpus, columns, features, level, plugin, segment, engine, channel, pitch_floor_hz, pitch_ceiling_hz, augment, seed
        As for :class:`Extraction`.
    jobs, timeout_s, scheduler, cache, progress
        As for :meth:`Extraction.blocks`.

    Returns
    -------
    FeatureTable
        Sorted by file within each source. A clip that cannot be read or measured is one row with NaN features, a
        `status` other than ``ok`` and a sentence in `error`.

    Raises
    ------
    ProsodySerError
        As for :class:`Extraction` and its :meth:`~Extraction.blocks`.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(16000) / 16000), 16000)
    >>> table = ser.extract_table("tone.wav", jobs=1, cache=False)
    >>> table.frame["f0_p50_st"].round(1).tolist()
    [36.0]
    """
    extraction = Extraction(
        sources,
        corpus,
        columns=columns,
        features=features,
        level=level,
        plugin=plugin,
        segment=segment,
        engine=engine,
        channel=channel,
        pitch_floor_hz=pitch_floor_hz,
        pitch_ceiling_hz=pitch_ceiling_hz,
        augment=augment,
        seed=seed,
    )
    blocks = extraction.blocks(jobs=jobs, timeout_s=timeout_s, scheduler=scheduler, cache=cache, progress=progress)
    frame = pd.concat([block.frame for block in blocks], ignore_index=True)
    return FeatureTable(frame, extraction.names, extraction.about, extraction.other_columns)


def extract_to_file(extraction: Extraction, out: OnePath, **how: Any) -> None:
    """Measure every recording into a table file; memory use does not grow with the corpus.

    Parameters
    ----------
    extraction : Extraction
        Its `tally` is filled.
    out : path_like
        ``.csv`` or ``.parquet``; an existing file is replaced only when the new one is complete.
    **how
        As for :meth:`Extraction.blocks`.

    Raises
    ------
    ProsodySerError
        If no recording could be measured, or the table cannot be written. Nothing is written then.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(16000) / 16000), 16000)
    >>> ser.extract_to_file(ser.Extraction("tone.wav"), "table.csv", jobs=1, cache=False)
    >>> ser.read_table("table.csv").frame["f0_p50_st"].round(1).tolist()
    [36.0]
    """
    check_table_suffix(out)
    check_outputs(out, force=True)
    blocks = extraction.blocks(**how)
    first = next(blocks)  # measures everything, so that an interrupted run leaves no incomplete table
    with table_writer(out, extraction.about) as add:
        for block in chain([first], blocks):
            add(block)
        if not extraction.tally.ok:
            n_clips = extraction.tally.clips
            raise ProsodySerError(
                f"{extraction.where}: {none_of(n_clips, 'recording', 'could', 'be measured')}, so {out} was not written"
            )


def _place(utterance: Utterance, extra_names: Iterable[str]) -> dict[str, Any]:
    """Return the metadata of a clip that is known before measuring."""
    facts = asdict(utterance)
    del facts["path"], facts["extra"]
    facts |= {"variant": ORIGINAL} | dict.fromkeys(extra_names, "") | dict(utterance.extra)
    return _printable(facts)


def _repeated(places: pd.DataFrame, n_frames: list[int]) -> pd.DataFrame:
    """Repeat the metadata of each clip over its frames, with the start and end of each frame."""
    from ..audio.frames import FRAME_STEP_S

    ends = places["end"] if "end" in places.columns else math.nan
    places = places.assign(**{CLIP_START: places["start"], CLIP_END: ends})
    frame = places.loc[np.repeat(places.index, n_frames)].reset_index(drop=True)
    measured = (frame["status"] == "ok").to_numpy()
    if not measured.any():
        return frame
    index = np.concatenate([np.arange(n) for n in n_frames])[measured]
    start_s = frame.loc[measured, "start"] + frame.loc[measured, "lead"] + index * FRAME_STEP_S
    frame.loc[measured, "start"] = np.round(start_s, 6)
    frame.loc[measured, "end"] = np.round(start_s + FRAME_STEP_S, 6)
    return frame


def _printable(facts: dict[str, Any]) -> dict[str, Any]:
    """Escape bytes of file names that are not UTF-8, because tables must be UTF-8."""
    return {
        name: os.fsencode(fact).decode("utf-8", "backslashreplace") if isinstance(fact, str) else fact
        for name, fact in facts.items()
    }
