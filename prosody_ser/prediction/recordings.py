"""Predict emotions for recordings, which are measured in the same way as the model's training clips."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..datasets import CORPORA, CorpusContents
from ..datasets.corpus import Utterance
from ..errors import ModelError, ProtocolError, counted, listed, none_of
from ..extraction.extract import Extraction, Progress
from ..extraction.measure import measured_signal
from ..learn.speakers.enrolment import DEFAULT_CLIPS, with_enrolment
from ..model.answers import COLUMNS
from ..model.engine import engine_for
from ..model.file import as_model
from ..model.predictions import Predictions
from ..model.speakers import ALL_CLIPS, BLIND, ENROLMENT, norm_of
from ..model.trained_model import TrainedModel
from ..paths import OnePath, Paths, as_paths
from ..tables.feature_table import CLIPS, FRAMES, INDEX_COLUMNS, ORIGINAL, SEQUENCE, sequence_rows, speech_s_of
from ..tables.sequences import frames_in_memory, sequence_table
from .enrolment_names import notes_on_enrolment
from .own_enrolment import without_judged
from .sources import recordings_of

OnNote = Callable[[str], None]

#: Columns before those of :meth:`TrainedModel.predict`.
PLACES = ("file", "start", "end", "status", "error")
_TEXTS = ("label", "abstain_reason", "reasons")
#: Speaker name given to all rows of a call, so that a model that normalises speakers treats them as one speaker.
_ONE_SPEAKER = "the speaker"
#: Up to this many recordings, frames are kept in memory instead of in a temporary file.
_IN_MEMORY = 500
#: Versions that do not affect the values of features.
_NOT_MEASURING = ("python", "prosody-ser")


def predict_files(
    model: TrainedModel | OnePath,
    sources: Paths,
    *,
    segment: str | float | None = None,
    enrol: Paths | None = None,
    engine: str | None = None,
    channel: str | int = "auto",
    jobs: int | None = None,
    timeout_s: float | None = None,
    cache: bool = False,
    progress: Progress | None = None,
    on_note: OnNote = lambda note: None,
) -> Predictions:
    """Predict the emotion of each recording.

    Parameters
    ----------
    model : TrainedModel or path_like
    sources : path_like or iterable of path_like
        One or more recordings or folders of recordings.
    segment : str or float, optional
        How to cut each recording into segments, each of which gives one row: a length in seconds, or ``vad`` to cut at
        pauses (voice activity detection).
    enrol : path_like or iterable of path_like, optional
        Enrolment clips: recordings, or folders of them, of the person who speaks in all `sources`. They serve to
        normalise the speaker (see :mod:`prosody_ser.model.speakers`) and get no prediction themselves. A clip that
        is also among the `sources` (by its path or its content) is not used for enrolment, and `on_note` receives a
        note.
    engine : {"fast", "reference"}, optional
        The engine that measures the recordings; by default the one that the model was trained with. For another
        engine, `on_note` receives a note about the effect on the score.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Which channel of a multi-channel recording to use, as for :func:`prosody_ser.read_audio`.
    jobs, timeout_s, cache, progress
        As for :meth:`prosody_ser.Extraction.blocks`. ``jobs=0`` is fastest for one or two clips.
    on_note : callable, optional
        Called with each note for the user: how the speaker was normalised, which versions differ, notes about
        recordings.

    Returns
    -------
    Predictions
        The columns ``file, start, end, status, error``, then those of :meth:`TrainedModel.predict`. A recording that
        is missing or cannot be measured gives one row with its `status` and a sentence in `error`; the other columns
        are empty.

    Raises
    ------
    ModelError
        If the model does not exist, or its features cannot be measured as they were for training.
    ProtocolError
        If the model normalises speakers and has too few clips of the speaker, if every enrolment clip is also to be
        judged, or if enrolment clips are given and the model does not normalise speakers.
    CorpusError
        If there is no recording.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(16000) / 16000), 16000)
    >>> ser.predict_files(ser.default_model_path(), "tone.wav", jobs=0)["status"].tolist()
    ['ok']
    """
    model = as_model(model)
    check_measurable(model, on_note)
    engine = _engine(model, engine, on_note)
    how = {"jobs": jobs, "timeout_s": timeout_s, "cache": cache}
    measured_by: dict[str, Any] = {"engine": engine, "channel": channel}
    recordings = recordings_of(sources)
    clips = _enrolment(model, enrol, [one.path for one in recordings], measured_by, how, on_note)
    frame = _measured(model, recordings, segment, measured_by, how, progress)
    _report_notes(frame, on_note)
    done = (frame["status"] == "ok").to_numpy()
    measured = frame if done.all() else frame[done]
    X, speech_s = _rows(measured, model), speech_s_of(measured)
    if norm_of(model) == ALL_CLIPS and clips is None:
        if len(X) == 1:
            failed = frame[~done]
            more = ""
            if len(failed):
                first = failed.iloc[0]
                more = f" ({len(failed)} more could not be measured: {first['file']}: {first['error']})"
            raise ProtocolError(
                f"the model normalises each speaker with that speaker's own clips, and one clip is too few{more}: "
                "add more clips of the same speaker, or pass a folder of them with --enrol FOLDER"
            )
        if len(X):
            on_note(
                f"all {counted(len(X), 'clip')} are taken as one speaker and normalised by their mean and standard "
                "deviation; if there are several speakers, run the prediction once for each speaker"
            )
    _note_long_recordings(measured["file"], speech_s, segment, model, on_note)
    predictions = _predictions(model, X, speech_s, clips) if len(X) else None
    return _joined(frame, done, predictions, model)


def predict_signal(
    model: TrainedModel | OnePath,
    samples: ArrayLike | bytes,
    sample_rate_hz: int | None = None,
    *,
    enrol: Paths | None = None,
    engine: str | None = None,
    channel: str | int = "auto",
    on_note: OnNote = lambda note: None,
) -> Predictions:
    """Predict the emotion of sound in memory; the result is the same as for that sound in a file.

    Parameters
    ----------
    model : TrainedModel or path_like
    samples, sample_rate_hz
        As for :func:`prosody_ser.measure_signal`: samples and their sampling rate, or the bytes of an audio file.
    enrol, engine, channel, on_note
        As for :func:`predict_files`. An enrolment clip is recognised as the sound itself by the bytes of its file only,
        not by samples.

    Returns
    -------
    Predictions
        One row with the columns of :meth:`TrainedModel.predict`.

    Raises
    ------
    RecordingError
        If the sound cannot be measured.
    ModelError, ProtocolError, CorpusError
        As for :func:`predict_files`.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 220 * np.arange(16000) / 16000)
    >>> predictions = ser.predict_signal(ser.default_model_path(), tone, 16000)
    >>> len(predictions), bool(predictions["confidence"].between(0, 1).all())
    (1, True)
    """
    model = as_model(model)
    check_measurable(model, on_note)
    engine = _engine(model, engine, on_note)
    measured_by: dict[str, Any] = {"engine": engine, "channel": channel}
    judged = [bytes(samples)] if isinstance(samples, bytes | bytearray | memoryview) else []
    clips = _enrolment(model, enrol, judged, measured_by, {"jobs": 0}, on_note)
    measured_by |= {"features": model.feature_set, "frames": model.reads_frames}
    frame, facts = measured_signal(samples, sample_rate_hz, **measured_by)
    if model.reads_frames:
        frame = pd.DataFrame({SEQUENCE: [frames_in_memory(frame)]})
    known = {name: facts[name] for name in ("start", "end", "lead", "trail")}
    frame = frame.assign(**known, file="", variant=ORIGINAL)
    return Predictions(_predictions(model, _rows(frame, model), speech_s_of(frame), clips).reset_index(drop=True))


def check_measurable(model: TrainedModel, on_note: OnNote = lambda note: None) -> None:
    """Check that recordings can be measured as the model's training clips were; report versions that differ.

    Raises
    ------
    ModelError
        If the model's features belong to no feature set, or were extracted with other parameters than this release's.
    """
    from ..features import Job, feature_parameters, provenance

    if not model.feature_set:
        raise ModelError(
            "the model's features do not belong to a feature set of this package, so it can predict from tables only, "
            "not from recordings"
        )
    parameters = feature_parameters()
    for name in sorted({*parameters, *model.parameters}):
        if parameters.get(name) != model.parameters.get(name):
            maker = model.card["made_by"]["prosody-ser"]
            raise ModelError(
                f"the model's training recordings were measured with {name} = {model.parameters.get(name)}, but this "
                f"release uses {parameters.get(name)}: use prosody-ser {maker}, or train the model again"
            )
    here = provenance(Job(model.feature_set))["versions"]
    known = model.card["features"]["versions"]
    differ = [
        f"{name} {here[name]} (the model's: {known[name]})"
        for name in here
        if name in known and name not in _NOT_MEASURING and here[name] != known[name]
    ]
    if differ:
        on_note(
            "feature values may differ slightly from those that the model was trained on, because they are measured "
            f"with other versions: {', '.join(differ)}"
        )


def _report_notes(frame: pd.DataFrame, on_note: OnNote) -> None:
    """Report the first note about how a recording was read, and how many other recordings have a note."""
    if "note" not in frame:
        return
    noted = frame.loc[frame["note"].notna() & (frame["note"] != ""), ["file", "note"]].drop_duplicates("file")
    if len(noted):
        more = f" (recordings with a note besides this one: {len(noted) - 1})" if len(noted) > 1 else ""
        on_note(f"{noted['file'].iloc[0]}: {noted['note'].iloc[0]}{more}")


def _engine(model: TrainedModel, requested: str | None, on_note: OnNote) -> str:
    engine, note = engine_for(model, requested)
    if note:
        on_note(note)
    return engine


def _measured(
    model: TrainedModel,
    recordings: list[Utterance],
    segment: str | float | None,
    measured_by: dict[str, Any],
    how: dict[str, Any],
    progress: Progress | None,
) -> pd.DataFrame:
    """Measure all recordings: one row per recording or segment, with the model's features."""
    files = [CorpusContents(CORPORA["folder"], recordings)]
    level = FRAMES if model.reads_frames else CLIPS
    extraction = Extraction([], features=model.feature_set, level=level, segment=segment, **measured_by, contents=files)
    blocks = extraction.frames(**how, progress=progress)
    if not model.reads_frames:
        first, *others = blocks
        return pd.concat([first, *others], ignore_index=True) if others else first
    few = len(extraction.utterances) <= _IN_MEMORY
    return sequence_table(blocks, model.features, extraction.about, in_memory=few).frame


def check_request(
    model: TrainedModel,
    recordings: list[Utterance],
    *,
    segment: str | float | None = None,
    enrol: Paths | None = None,
    engine: str | None = None,
    channel: str | int = "auto",
) -> None:
    """Check the arguments of :func:`predict_files` before anything is measured; raise the same errors.

    In place of the sources it takes the recordings that they name, which the caller has listed already.
    """
    from ..audio.channels import parse_channel  # imported here, as in Extraction
    from ..audio.segments import parse_segmentation

    check_measurable(model)
    engine_for(model, engine)
    parse_channel(channel)
    if segment is not None:
        parse_segmentation(str(segment))
    _check_enrolment(model, enrol)
    if enrol is not None:
        without_judged(enrol, [one.path for one in recordings])


def _check_enrolment(model: TrainedModel, enrol: Paths | None) -> None:
    """Raise a ProtocolError if a model needs enrolment clips and gets none, or the other way round."""
    norm = norm_of(model)
    if norm == BLIND and enrol is not None:
        raise ProtocolError(
            "the model judges each clip independently, so enrolment would change nothing: leave out the enrolment "
            "clips, or train a model with --speaker-norm enrol or speaker"
        )
    if norm == ENROLMENT and enrol is None:
        raise ProtocolError(
            "the model needs a few enrolment clips of the speaker: pass a folder of them with --enrol FOLDER"
        )


def _enrolment(
    model: TrainedModel,
    enrol: Paths | None,
    judged: list[Any],
    measured_by: dict[str, Any],
    how: dict[str, Any],
    on_note: OnNote,
) -> pd.DataFrame | None:
    """Measured enrolment clips, without those that are judged; None if there are none."""
    _check_enrolment(model, enrol)
    if enrol is None:
        return None
    enrol = as_paths(enrol)
    kept, left_out = without_judged(enrol, judged)
    if left_out:
        are = (
            "this clip is judged itself, so it is"
            if len(left_out) == 1
            else "these clips are judged themselves, so they are"
        )
        on_note(f"{listed(left_out, 3)}: {are} not used for enrolment")
    frame = _measured(model, recordings_of(kept), None, measured_by, how, None)
    done = frame["status"] == "ok"
    where = ", ".join(enrol)
    if not done.any():
        first_error = frame["error"].iloc[0]
        raise ProtocolError(f"{where}: {none_of(len(frame), 'enrolment clip', 'could', 'be measured')} ({first_error})")
    n = int(done.sum())
    failed = f" ({len(frame) - n} could not be measured)" if n < len(frame) else ""
    advice = "; five or more clips of mixed emotions would be better" if n < DEFAULT_CLIPS else ""
    basis = "these clips only" if norm_of(model) == ENROLMENT else "these clips and the clip itself"
    on_note(f"speaker normalised by {counted(n, 'clip')} of {where}{failed}, using {basis}{advice}")
    for note in notes_on_enrolment(kept):
        on_note(note)
    return _rows(frame[done], model)


def _predictions(model: TrainedModel, X: pd.DataFrame, speech_s: pd.Series, clips: pd.DataFrame | None) -> Predictions:
    """Predictions for measured recordings; `clips` are the speaker's enrolment clips, if any."""
    if clips is None:
        return model.predict(X, speech_s=speech_s)
    return model.predict(with_enrolment(X, clips), speech_s=np.append(speech_s, np.full(len(clips), np.nan)))


def _note_long_recordings(
    files: pd.Series, speech_s: pd.Series, segment: str | float | None, model: TrainedModel, on_note: OnNote
) -> None:
    """Recommend cutting into segments if a recording has more speech than any clip that the model was trained on."""
    longest_s = model.limits.longest_s if model.limits else None
    if segment is not None or longest_s is None:
        return
    long = files[speech_s > longest_s]
    if len(long):
        others = f" (other recordings above this limit: {len(long) - 1})" if len(long) > 1 else ""
        on_note(
            f"{long.iloc[0]}: {speech_s[long.index[0]]:.0f} s of speech are judged as one clip, but no "
            f"training clip was longer than {longest_s:.0f} s{others}; use --segment vad to judge each segment "
            "between pauses separately"
        )


def _rows(frame: pd.DataFrame, model: TrainedModel) -> pd.DataFrame:
    columns = [*(frame[name] for name in INDEX_COLUMNS), [_ONE_SPEAKER] * len(frame), [""] * len(frame)]
    index = pd.MultiIndex.from_arrays(columns, names=[*INDEX_COLUMNS, "speaker", "sentence"])
    if not model.reads_frames:
        return model.columns_of(frame).astype(float).set_axis(index)
    return sequence_rows(frame[SEQUENCE], model.features).set_axis(index)


def _joined(frame: pd.DataFrame, done: np.ndarray, predictions: Predictions | None, model: TrainedModel) -> Predictions:
    """One row per recording or segment, in order; rows that failed keep only their place, status and error."""
    joined: dict[str, Any] = {name: frame[name] for name in PLACES}
    if predictions is not None:
        predictions = predictions.reset_index(drop=True)  # its MultiIndex would be copied with every column
    for name in (*COLUMNS, *(f"p_{label}" for label in model.labels)):
        if name in _TEXTS:
            values: Any = np.full(len(frame), "", dtype=object)
        elif name == "abstain":
            values = pd.array([pd.NA] * len(frame), dtype="boolean")
        else:
            values = np.full(len(frame), np.nan)
        if predictions is not None:
            values[done] = predictions[name].to_numpy()
        joined[name] = pd.Series(values, index=frame.index, dtype=values.dtype)
    return Predictions(joined)
