"""Recordings to what a model says of them, measured as those that it was trained on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..datasets import CORPORA, Found
from ..errors import ModelError, ProtocolError
from ..extraction.extract import Extraction, Progress
from ..extraction.measure import measured_signal
from ..learn.speakers.enrolment import with_enrolment
from ..model.answers import COLUMNS
from ..model.engine import engine_for
from ..model.file import as_model
from ..model.predictions import Predictions
from ..model.speakers import ALL_CLIPS, BLIND, ENROLMENT, norm_of
from ..model.trained_model import TrainedModel
from ..paths import OnePath, Paths, as_paths
from ..tables.feature_table import CLIPS, FRAMES, INDEX_COLUMNS, ORIGINAL, SEQUENCE, sequence_rows, speech_s_of
from ..tables.sequences import frames_in_memory, sequence_table
from .sources import recordings_of

Say = Callable[[str], None]

#: Columns before those of :meth:`TrainedModel.predict`.
PLACES = ("file", "start", "end", "status", "error")
#: All rows of a call: a model that normalises speakers must know who is one.
_ONE_SPEAKER = "the speaker"
#: Fewer tell little of a speaker.
_FEW_CLIPS = 5
#: The frames of so many recordings, at the most, stay in memory.
_IN_MEMORY = 500
#: Beside these a value cannot differ.
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
    say: Say = lambda said: None,
) -> Predictions:
    """What a model says of recordings.

    Parameters
    ----------
    model : TrainedModel or path_like
    sources : path_like or iterable of path_like
        Recordings and folders of them, one or many.
    segment : str or float, optional
        Cut each: seconds, or ``vad`` at pauses; several rows a recording.
    enrol : path_like or iterable of path_like, optional
        Recordings, or folders of them, of the one who speaks in all `sources`: they set the speaker's zero (see
        :mod:`prosody_ser.model.speakers`), and nothing is said of them.
    engine : {"fast", "reference"}, optional
        What measures them; the model's own engine if not given. `say` is told what another one does to the score.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Of recordings with several channels, as for :func:`prosody_ser.read_audio`.
    jobs, timeout_s, cache, progress
        As for :meth:`prosody_ser.Extraction.blocks`. ``jobs=0`` is quickest for a clip or two.
    say : callable, optional
        Called with what a user should know: how the speaker was normalised, which versions differ, notes of recordings.

    Returns
    -------
    Predictions
        ``file, start, end, status, error``, then as :meth:`TrainedModel.predict` says. A recording that cannot be
        measured, or is not there, is one row with its `status`, a sentence in `error`, and nothing else.

    Raises
    ------
    ModelError
        If there is no such model, or its features cannot be measured as they were for it.
    ProtocolError
        If the model normalises speakers and too little is known of the one who speaks, or it does not and there are
        enrolment clips.
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
    check_measurable(model, say)
    engine = _engine(model, engine, say)
    how = {"jobs": jobs, "timeout_s": timeout_s, "cache": cache}
    measured_by: dict[str, Any] = {"engine": engine, "channel": channel}
    clips = _enrolment(model, enrol, measured_by, how, say)
    frame = _measured(model, sources, segment, measured_by, how, progress)
    _say_notes(frame, say)
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
                f"the model normalises a speaker by their own clips, and one clip is too few{more}: "
                "name more of the same speaker, or a folder of them with --enrol FOLDER"
            )
        if len(X):
            say(
                f"all {len(X)} clips are taken as one speaker's, whose mean and deviation set the zero and the scale; "
                "several speakers: once for each"
            )
    _say_long(measured["file"], speech_s, segment, model, say)
    said = _said(model, X, speech_s, clips) if len(X) else None
    return _joined(frame, done, said, model)


def predict_signal(
    model: TrainedModel | OnePath,
    samples: ArrayLike | bytes,
    sample_rate_hz: int | None = None,
    *,
    enrol: Paths | None = None,
    engine: str | None = None,
    channel: str | int = "auto",
    say: Say = lambda said: None,
) -> Predictions:
    """What a model says of sound in memory: the same as of that sound in a file.

    Parameters
    ----------
    model : TrainedModel or path_like
    samples, sample_rate_hz
        As for :func:`prosody_ser.measure_signal`: samples and their rate, or the bytes of an audio file.
    enrol, engine, channel, say
        As for :func:`predict_files`.

    Returns
    -------
    Predictions
        One row, as :meth:`TrainedModel.predict` says.

    Raises
    ------
    RecordingError
        If the sound cannot be measured.
    ModelError, ProtocolError, CorpusError
        As :func:`predict_files`.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 220 * np.arange(16000) / 16000)
    >>> said = ser.predict_signal(ser.default_model_path(), tone, 16000)
    >>> len(said), bool(said["confidence"].between(0, 1).all())
    (1, True)
    """
    model = as_model(model)
    check_measurable(model, say)
    engine = _engine(model, engine, say)
    measured_by: dict[str, Any] = {"engine": engine, "channel": channel}
    clips = _enrolment(model, enrol, measured_by, {"jobs": 0}, say)
    measured_by |= {"features": model.feature_set, "frames": model.reads_frames}
    frame, facts = measured_signal(samples, sample_rate_hz, **measured_by)
    if model.reads_frames:
        frame = pd.DataFrame({SEQUENCE: [frames_in_memory(frame)]})
    known = {name: facts[name] for name in ("start", "end", "lead", "trail")}
    frame = frame.assign(**known, file="", variant=ORIGINAL)
    return Predictions(_said(model, _rows(frame, model), speech_s_of(frame), clips).reset_index(drop=True))


def check_measurable(model: TrainedModel, say: Say = lambda said: None) -> None:
    """Raise if recordings cannot be measured as the model's were; say which versions differ.

    Raises
    ------
    ModelError
        If its features are of no set, or were extracted with other parameters than this release's.
    """
    from ..features import Job, feature_parameters, provenance

    if not model.feature_set:
        raise ModelError("the model's features are not of a set of this package: it takes tables, no recordings")
    own = feature_parameters()
    for name in sorted({*own, *model.parameters}):
        if own.get(name) != model.parameters.get(name):
            maker = model.card["made_by"]["prosody-ser"]
            raise ModelError(
                f"the model's recordings were measured with {name} = {model.parameters.get(name)}, this release "
                f"has {own.get(name)}: take prosody-ser {maker}, or train again"
            )
    here = provenance(Job(model.feature_set))["versions"]
    known = model.card["features"]["versions"]
    differ = [
        f"{name} {here[name]} (the model's: {known[name]})"
        for name in here
        if name in known and name not in _NOT_MEASURING and here[name] != known[name]
    ]
    if differ:
        say(f"values may differ slightly from those the model was trained on: measured with {', '.join(differ)}")


def _say_notes(frame: pd.DataFrame, say: Say) -> None:
    """Say what a user should know of how a recording was read, and of how many others there is something to say."""
    known = frame.reindex(columns=["file", "note"]).astype(object).fillna("")
    noted = known[known["note"] != ""].drop_duplicates("file")
    if len(noted):
        more = f" (and {len(noted) - 1} more with a note)" if len(noted) > 1 else ""
        say(f"{noted['file'].iloc[0]}: {noted['note'].iloc[0]}{more}")


def _engine(model: TrainedModel, told: str | None, say: Say) -> str:
    engine, note = engine_for(model, told)
    if note:
        say(note)
    return engine


def _measured(
    model: TrainedModel,
    sources: Paths,
    segment: str | float | None,
    measured_by: dict[str, Any],
    how: dict[str, Any],
    progress: Progress | None,
) -> pd.DataFrame:
    """The frame of all recordings, values of the model's features with it."""
    found = [Found(CORPORA["folder"], recordings_of(sources))]
    level = FRAMES if model.reads_frames else CLIPS
    extraction = Extraction([], features=model.feature_set, level=level, segment=segment, **measured_by, contents=found)
    blocks = extraction.frames(**how, progress=progress)
    if not model.reads_frames:
        return pd.concat(blocks, ignore_index=True)
    few = len(extraction.utterances) <= _IN_MEMORY
    return sequence_table(blocks, model.features, extraction.about, in_memory=few).frame


def _enrolment(
    model: TrainedModel, enrol: Paths | None, measured_by: dict[str, Any], how: dict[str, Any], say: Say
) -> pd.DataFrame | None:
    """Rows of the clips that tell how the speaker sounds, where the model takes such clips and they are named."""
    norm = norm_of(model)
    if norm == BLIND and enrol is not None:
        raise ProtocolError(
            "the model judges each clip by itself, enrolment would change nothing; "
            "train one with --speaker-norm enrol or speaker"
        )
    if norm == ENROLMENT and enrol is None:
        raise ProtocolError(
            "the model knows a speaker by a few of their own clips: name a folder of them with --enrol FOLDER"
        )
    if enrol is None:
        return None
    enrol = as_paths(enrol)
    frame = _measured(model, enrol, None, measured_by, how, None)
    done = frame["status"] == "ok"
    where = ", ".join(enrol)
    if not done.any():
        raise ProtocolError(f"{where}: none of its {len(frame)} clips could be measured ({frame['error'].iloc[0]})")
    n = int(done.sum())
    left = f" ({len(frame) - n} could not be measured)" if n < len(frame) else ""
    few = "; few: ten of mixed emotions serve better" if n < _FEW_CLIPS else ""
    what = "these" if norm == ENROLMENT else "these and the clip itself"
    say(f"speaker normalised by {n} clips of {where}{left}: {what} set the zero{few}")
    return _rows(frame[done], model)


def _said(model: TrainedModel, X: pd.DataFrame, speech_s: pd.Series, clips: pd.DataFrame | None) -> Predictions:
    """What a model says of measured recordings, with the clips that tell how their speaker sounds."""
    if clips is None:
        return model.predict(X, speech_s=speech_s)
    return model.predict(with_enrolment(X, clips), speech_s=np.append(speech_s, np.full(len(clips), np.nan)))


def _say_long(
    files: pd.Series, speech_s: pd.Series, segment: str | float | None, model: TrainedModel, say: Say
) -> None:
    """Say what cutting a recording would do, where one is longer than what the model was trained on."""
    longest_s = model.limits.longest_s if model.limits else None
    if segment is not None or longest_s is None:
        return
    long = files[speech_s > longest_s]
    if len(long):
        others = f" (and {len(long) - 1} more recordings are as long)" if len(long) > 1 else ""
        say(
            f"{long.iloc[0]}: {speech_s[long.index[0]]:.0f} s of speech are judged as one clip, and no "
            f"training clip was longer than {longest_s:.0f} s{others}; --segment vad judges each stretch between "
            "pauses by itself"
        )


def _rows(frame: pd.DataFrame, model: TrainedModel) -> pd.DataFrame:
    index = pd.MultiIndex.from_frame(frame[list(INDEX_COLUMNS)].assign(speaker=_ONE_SPEAKER, sentence=""))
    if not model.reads_frames:
        return frame[list(model.features)].astype(float).set_axis(index)
    return sequence_rows(frame[SEQUENCE], model.features).set_axis(index)


def _joined(frame: pd.DataFrame, done: np.ndarray, said: Predictions | None, model: TrainedModel) -> Predictions:
    """One row each, in order; of what failed, its place and cause."""
    columns = [*COLUMNS, *(f"p_{label}" for label in model.labels)]
    known = pd.DataFrame(columns=columns, dtype=object) if said is None else said.set_axis(frame.index[done])
    types = dict.fromkeys(columns, "float") | {
        "label": "object",
        "abstain": "boolean",
        "abstain_reason": "object",
        "reasons": "object",
    }
    return Predictions(
        frame[list(PLACES)].join(known).fillna({"label": "", "abstain_reason": "", "reasons": ""}).astype(types)
    )
