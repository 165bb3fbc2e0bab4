"""What a worker process does with a request: the functions of the command line, and their answer as JSON."""

import io
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import soundfile

from ..audio.decode import open_recording
from ..audio.frames import SAMPLE_RATE_HZ
from ..catalogue import feature_set
from ..contours.warm_up import BUZZ
from ..errors import ModelError, ProtocolError, RecordingError
from ..extraction.measure import measure_file
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
class Asked:
    """A request, for a worker."""

    what: str  #: ``predict`` or ``features``
    recordings: tuple[tuple[str, str], ...]  #: name and path of each
    enrolment: tuple[tuple[str, str], ...] = ()  #: the same of clips that tell how the speaker sounds
    segment: str | None = None  #: how recordings are cut
    feature_set: str | None = None  #: in place of the model's own
    longest_s: float = 600.0  #: that a recording may be


def answer(asked: Asked, model: TrainedModel) -> bytes | Problem:
    """The body of the answer to a request, or what is wrong with it."""
    try:
        for name, path in (*asked.recordings, *asked.enrolment):
            _check_duration(name, path, asked.longest_s)
        found = _WHAT[asked.what](asked, model)
    except Problem as problem:
        return problem
    except (ProtocolError, ModelError) as error:
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _named(str(error), asked))
    return json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def warm_up(model: TrainedModel) -> None:
    """Answer requests for a buzz, so that the first real one finds all that it needs loaded."""
    file = io.BytesIO()
    soundfile.write(file, BUZZ, SAMPLE_RATE_HZ, format="WAV")
    with readable(file.getvalue()) as path, readable(file.getvalue()) as other:
        buzz = (("buzz", path),)
        enrolment = () if norm_of(model) == BLIND else (("another", other),)
        for asked in (Asked("features", buzz), Asked("predict", buzz, enrolment)):
            answer(asked, model)


def _check_duration(name: str, path: str, longest_s: float) -> None:
    """Refuse a recording that is too long, before more of it is decoded than may be; others are not looked at."""
    with suppress(RecordingError), open_recording(path) as recording:
        most = longest_s * recording.sample_rate_hz
        n_samples = recording.n_samples
        if n_samples is None:  # the header does not say
            n_samples = 0
            for block in recording.blocks():
                n_samples += block.size
                if n_samples > most:
                    break
        if n_samples > most:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"{name}: is longer than {longest_s:g} s, the most that this service takes; cut it",
            )


def _predict(asked: Asked, model: TrainedModel) -> dict[str, Any]:
    notes: list[str] = []
    found = predict_files(
        model,
        [path for _, path in asked.recordings],
        segment=asked.segment,
        enrol=[path for _, path in asked.enrolment] or None,
        jobs=0,
        say=notes.append,
    )
    names = {path: name for name, path in asked.recordings}
    found["file"] = [names[path] for path in found["file"]]
    _refuse_failed(found[["file", "status", "error"]].to_dict("records"))
    return predictions_document(found, model.card, tuple(_named(note, asked) for note in notes))


def _features(asked: Asked, model: TrainedModel) -> dict[str, Any]:
    name = asked.feature_set or model.feature_set
    units = {feature.name: feature.unit for feature in feature_set(name)}
    engine, _ = engine_for(model, None)
    if asked.feature_set is None and not model.reads_frames:
        units = {feature: units[feature] for feature in model.features}
    recordings = [{"file": file, **_measured(path, name, engine, units)} for file, path in asked.recordings]
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
    """Refuse a request of whose recordings none could be measured; else the row of each says what became of it."""
    if any(row["status"] == "ok" for row in rows):
        return
    unreadable = all(row["status"] == "unreadable" for row in rows)
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE if unreadable else HTTPStatus.UNPROCESSABLE_ENTITY
    detail = f"{rows[0]['file']}: {rows[0]['error']}"
    if len(rows) > 1:
        detail = f"none of the {len(rows)} could be measured; the first of them is {detail}"
    raise Problem(status, detail, errors=[{key: row[key] for key in ("file", "status", "error")} for row in rows])


def _named(text: str, asked: Asked) -> str:
    """A message in which recordings are called as they were uploaded."""
    for name, path in sorted((*asked.recordings, *asked.enrolment), key=lambda one: -len(one[1])):
        text = text.replace(path, name)
    return text


_WHAT: dict[str, Callable[[Asked, TrainedModel], dict[str, Any]]] = {"predict": _predict, "features": _features}
