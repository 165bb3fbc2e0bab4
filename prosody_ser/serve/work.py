"""The work of a worker process: it answers a request as JSON, by the functions that the command line calls."""

import io
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import soundfile

from ..audio.files.decode import open_recording
from ..audio.frames import SAMPLE_RATE_HZ
from ..catalogue import feature_set
from ..errors import ModelError, ProtocolError, RecordingError, none_of
from ..extraction.measure import measure_file
from ..measures.warm_up import BUZZ
from ..model.engine import engine_for
from ..model.speakers import BLIND, norm_of
from ..model.trained_model import TrainedModel
from ..prediction.recordings import predict_files
from ..prediction.writing import predictions_document
from ..results.jsonable import number
from .problems import Problem
from .readable import readable

SCHEMA, SCHEMA_VERSION = "prosody-ser/features", 1


@dataclass(frozen=True)
class Task:
    """A request, as a worker gets it."""

    what: str  #: ``predict`` or ``features``
    recordings: tuple[tuple[str, str], ...]  #: name and path of each recording
    enrolment: tuple[tuple[str, str], ...] = ()  #: name and path of each enrolment clip
    segment: str | None = None  #: how recordings are cut
    feature_set: str | None = None  #: to be used in place of the model's features
    longest_s: float = 600.0  #: largest duration of a recording


def answer(task: Task, model: TrainedModel) -> bytes | Problem:
    """Give the body of the response to a request, or the error."""
    try:
        for name, path in (*task.recordings, *task.enrolment):
            _check_duration(name, path, task.longest_s)
        content = _WORK[task.what](task, model)
    except Problem as problem:
        return problem
    except (ProtocolError, ModelError) as error:
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _named(str(error), task))
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def warm_up(model: TrainedModel) -> None:
    """Answer requests for a buzz, so that everything is loaded before the first real request."""
    file = io.BytesIO()
    soundfile.write(file, BUZZ, SAMPLE_RATE_HZ, format="WAV")
    with readable(file.getvalue()) as path, readable(file.getvalue()) as other:
        buzz = (("buzz", path),)
        enrolment = () if norm_of(model) == BLIND else (("another", other),)
        for task in (Task("features", buzz), Task("predict", buzz, enrolment)):
            answer(task, model)


def _check_duration(name: str, path: str, longest_s: float) -> None:
    """Refuse a recording that is too long, without decoding more than the limit; unreadable ones pass."""
    with suppress(RecordingError), open_recording(path) as recording:
        most = longest_s * recording.sample_rate_hz
        n_samples = recording.n_samples
        if n_samples is None:  # the header does not give the duration
            n_samples = 0
            for block in recording.blocks():
                n_samples += block.size
                if n_samples > most:
                    break
        if n_samples > most:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"{name}: the recording is longer than the limit of {longest_s:g} s; cut it into shorter ones",
            )


def _predict(task: Task, model: TrainedModel) -> dict[str, Any]:
    notes: list[str] = []
    predictions = predict_files(
        model,
        [path for _, path in task.recordings],
        segment=task.segment,
        enrol=[path for _, path in task.enrolment] or None,
        jobs=0,
        on_note=notes.append,
    )
    names = {path: name for name, path in task.recordings}
    predictions["file"] = [names[path] for path in predictions["file"]]
    _refuse_failed(predictions[["file", "status", "error"]].to_dict("records"))
    return predictions_document(predictions, model.card, tuple(_named(note, task) for note in notes))


def _features(task: Task, model: TrainedModel) -> dict[str, Any]:
    name = task.feature_set or model.feature_set
    units = {feature.name: feature.unit for feature in feature_set(name)}
    engine, _ = engine_for(model, None)
    if task.feature_set is None and not model.reads_frames:
        units = {feature: units[feature] for feature in model.features}
    recordings = [{"file": file, **_measured(path, name, engine, units)} for file, path in task.recordings]
    _refuse_failed(recordings)
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "feature_set": name,
        "engine": engine,
        "units": units,
        "recordings": recordings,
    }


def _measured(path: str, features: str, engine: str, names: Iterable[str]) -> dict[str, Any]:
    try:
        values = measure_file(path, features=features, engine=engine)
    except RecordingError as error:
        return {"status": error.status, "error": str(error).removeprefix(f"{path}: "), "values": None}
    return {"status": "ok", "error": "", "values": {name: number(values[name]) for name in names}}


def _refuse_failed(rows: list[dict[str, Any]]) -> None:
    """Refuse a request if none of its recordings could be measured."""
    if any(row["status"] == "ok" for row in rows):
        return
    unreadable = all(row["status"] == "unreadable" for row in rows)
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE if unreadable else HTTPStatus.UNPROCESSABLE_ENTITY
    detail = f"{rows[0]['file']}: {rows[0]['error']}"
    if len(rows) > 1:
        detail = f"{none_of(len(rows), 'recording', 'could', 'be measured')}; the first is {detail}"
    raise Problem(status, detail, errors=[{key: row[key] for key in ("file", "status", "error")} for row in rows])


def _named(text: str, task: Task) -> str:
    """Replace the paths of recordings in a message by the names under which they were uploaded."""
    for name, path in sorted((*task.recordings, *task.enrolment), key=lambda pair: -len(pair[1])):
        text = text.replace(path, name)
    return text


_WORK: dict[str, Callable[[Task, TrainedModel], dict[str, Any]]] = {"predict": _predict, "features": _features}
