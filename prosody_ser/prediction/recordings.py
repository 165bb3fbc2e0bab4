"""Recordings to what a model says of them, measured as those that it was trained on."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..datasets import CORPORA, Found
from ..errors import ModelError, ProtocolError
from ..extraction import Extraction
from ..learn.speakers.enrolment import with_enrolment
from ..model.trained_model import TrainedModel
from ..tables.feature_table import INDEX_COLUMNS
from .rows import COLUMNS, predict_table
from .sources import recordings_of
from .speakers import ALL_CLIPS, BLIND, ENROLMENT, norm_of

#: Columns before those of :func:`predict_table`.
PLACES = ("file", "start", "end", "status", "error")
#: All rows of a call: a model that normalises speakers must know who is one.
_ONE_SPEAKER = "the speaker"
#: Fewer tell little of a speaker.
_FEW_CLIPS = 5
#: Beside these a value cannot differ.
_NOT_MEASURING = ("python", "prosody-ser")


def predict_files(
    model: TrainedModel,
    sources: Sequence[str | os.PathLike],
    *,
    segment: str | None = None,
    enrol: Sequence[str | os.PathLike] | None = None,
    jobs: int | None = None,
    timeout_s: float | None = None,
    cache: bool = False,
    progress: Callable[[int, int], None] | None = None,
    say: Callable[[str], None] = lambda said: None,
) -> pd.DataFrame:
    """What a model says of recordings.

    Parameters
    ----------
    model : TrainedModel
    sources : sequence of path_like
        Recordings and folders of them.
    segment : str, optional
        Cut each: seconds, or ``vad`` at pauses; several rows a recording.
    enrol : sequence of path_like, optional
        Recordings, or folders of them, of the one who speaks in all `sources`: they set the speaker's zero (see
        :mod:`prosody_ser.prediction.speakers`), and nothing is said of them.
    jobs, timeout_s, cache, progress
        As for :meth:`prosody_ser.Extraction.blocks`. ``jobs=0`` is quickest for a clip or two.
    say : callable, optional
        Called with what a user should know: how the speaker was normalised, which versions differ.

    Returns
    -------
    DataFrame
        ``file, start, end, status, error``, then as :func:`predict_table` says. A recording that cannot be measured
        is one row with its `status`, a sentence in `error`, and nothing else.

    Raises
    ------
    ModelError
        If the model's features cannot be measured as they were for it.
    ProtocolError
        If the model normalises speakers and too little is known of the one who speaks, or it does not and there are
        enrolment clips.
    CorpusError
        If there is no recording.
    """
    check_measurable(model, say)
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
    how = {"jobs": jobs, "timeout_s": timeout_s, "cache": cache}
    clips = None if enrol is None else _enrolment(model, enrol, how, say)
    frame = _measured(model, sources, segment, how, progress)
    done = (frame["status"] == "ok").to_numpy()
    X = _rows(frame[done], model)
    if norm == ALL_CLIPS and clips is None:
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
    said = predict_table(model, X if clips is None else with_enrolment(X, clips)) if len(X) else None
    return _joined(frame, done, said, model)


def check_measurable(model: TrainedModel, say: Callable[[str], None] = lambda said: None) -> None:
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


def _measured(model, sources, segment, how, progress):
    """The frame of all recordings, values of the model's features with it."""
    found = [Found(CORPORA["folder"], recordings_of(sources))]
    extraction = Extraction([], features=model.feature_set, segment=segment, found=found)
    return pd.concat(extraction.frames(**how, progress=progress), ignore_index=True)


def _enrolment(model, enrol, how, say):
    frame = _measured(model, enrol, None, how, None)
    done = frame["status"] == "ok"
    where = ", ".join(map(str, enrol))
    if not done.any():
        raise ProtocolError(f"{where}: none of its {len(frame)} clips could be measured ({frame['error'].iloc[0]})")
    n = int(done.sum())
    left = f" ({len(frame) - n} could not be measured)" if n < len(frame) else ""
    few = "; few: ten of mixed emotions serve better" if n < _FEW_CLIPS else ""
    what = "these" if norm_of(model) == ENROLMENT else "these and the clip itself"
    say(f"speaker normalised by {n} clips of {where}{left}: {what} set the zero{few}")
    return _rows(frame[done], model)


def _rows(frame, model):
    index = [*(frame[name] for name in INDEX_COLUMNS), [_ONE_SPEAKER] * len(frame), [""] * len(frame)]
    names = [*INDEX_COLUMNS, "speaker", "sentence"]
    values = frame[list(model.features)].to_numpy(dtype=float)
    return pd.DataFrame(values, index=pd.MultiIndex.from_arrays(index, names=names), columns=list(model.features))


def _joined(frame, done, said, model):
    """One row each, in order; of what failed, its place and cause."""
    columns = [*COLUMNS, *(f"p_{label}" for label in model.labels)]
    found: dict[str, Any] = {name: frame[name] for name in PLACES}
    for name in columns:
        values = np.full(len(frame), np.nan, dtype=object if name in COLUMNS else float)
        if name in ("label", "reasons"):
            values[:] = ""
        if said is not None:
            values[done] = said[name].to_numpy()
        found[name] = values
    found["abstain"] = pd.array([None if v != v else bool(v) for v in found["abstain"]], dtype="boolean")
    for name in ("confidence", "novelty"):
        found[name] = found[name].astype(float)
    return pd.DataFrame(found)
