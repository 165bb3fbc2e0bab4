"""Texts, schemas and examples of each path for the OpenAPI document."""

from http import HTTPStatus
from typing import Any

from ..catalogue import FEATURE_SETS
from .limits import MOST_FILES
from .problems import MEDIA_TYPE
from .uploads import ENROLMENT, FILES

SERVICE = (
    "Predicts the emotion in recordings of speech, with a confidence and the features that decided. The model judges "
    "how something is said, not what a person feels; /model describes its training data, its scores and what it must "
    "not be used for."
)
SEGMENT = "Cut recordings into segments, one row each: a length in seconds, or vad to cut at pauses."
SET = f"Feature set to measure in place of the model's features: {', '.join(FEATURE_SETS)}."

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong, and what to do"},
        "errors": {
            "type": "array",
            "description": "for each recording or segment, why it could not be measured",
            "items": {
                "type": "object",
                "required": ["file", "status", "error"],
                "properties": {name: {"type": "string"} for name in ("file", "status", "error")},
            },
        },
    },
}
_CAUSES = {
    400: "The request contains no recording, or its form cannot be read.",
    408: "The request was not received within the time limit.",
    413: "The request is too large.",
    415: "None of the files is a readable recording; their names and declared types do not matter.",
    422: "No recording could be measured (empty, silent, too short, truncated or too long), or a query parameter or "
    "form field is unknown.",
    429: "The service is handling too many requests; Retry-After gives the time to wait.",
    503: "The service is being stopped, or no worker process is available; Retry-After gives the time to wait.",
    504: "The work was not finished within the time limit.",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": _CAUSES[status], "content": {MEDIA_TYPE: _as_example(status)}} for status in statuses
    }


def _as_example(status: int) -> dict[str, Any]:
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": _CAUSES[status]}
    return {"schema": _PROBLEM, "example": example}


def _answer(description: str, schema: dict[str, Any], example: Any) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {200: {"description": description, "content": content}}


_BINARY = {"type": "string", "format": "binary"}
_MANY = {"type": "array", "items": _BINARY}
_BODY = {
    "requestBody": {
        "required": True,
        "description": f"One recording as the body, or up to {MOST_FILES} as files of a form.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": [FILES],
                    "properties": {
                        FILES: {**_MANY, "minItems": 1, "description": "recordings"},
                        ENROLMENT: {
                            **_MANY,
                            "description": "enrolment clips of the person who speaks in all recordings, for a model "
                            "that normalises speakers",
                        },
                    },
                }
            },
            "application/octet-stream": {"schema": _BINARY},
            "audio/*": {"schema": _BINARY},
        },
    }
}
_NUMBER_OR_NULL = {"type": ["number", "null"]}
_ROW = {
    "type": "object",
    "description": "a recording or a segment of it; if it could not be measured, status and error give the cause",
    "required": ["file", "start", "end", "status", "error", "label", "confidence", "abstain", "novelty", "reasons"],
    "properties": {
        "file": {"type": "string", "description": "name under which the recording was sent"},
        "start": {**_NUMBER_OR_NULL, "description": "start of the segment, in s"},
        "end": {**_NUMBER_OR_NULL, "description": "end of the segment, in s"},
        "status": {"type": "string", "description": "ok, or the kind of failure"},
        "error": {"type": "string", "description": "the failure in a sentence; empty if there was none"},
        "label": {"type": "string", "description": "most probable emotion, also if the model abstains"},
        "confidence": {**_NUMBER_OR_NULL, "description": "calibrated probability of the label"},
        "abstain": {
            "type": ["boolean", "null"],
            "description": "whether the model abstains; the label should then not be relied on",
        },
        "novelty": {
            **_NUMBER_OR_NULL,
            "description": "share of the training clips that are more similar to the training speech, from 0 to 1",
        },
        "reasons": {"type": "string", "description": "families of features that decided, with their contributions"},
    },
    "additionalProperties": {"description": "p_<label>: probability of each emotion"},
}
_PREDICTIONS = {
    "type": "object",
    "required": ["schema", "schema_version", "model", "notes", "predictions"],
    "properties": {
        "schema": {"const": "prosody-ser/predictions"},
        "schema_version": {"type": "integer"},
        "model": {"type": "object"},
        "notice": {"type": ["string", "null"]},
        "notes": {"type": "array", "items": {"type": "string"}},
        "predictions": {"type": "array", "items": _ROW},
    },
}
_VALUES = {
    "type": "object",
    "required": ["schema", "schema_version", "feature_set", "engine", "units", "recordings"],
    "properties": {
        "schema": {"const": "prosody-ser/features"},
        "schema_version": {"type": "integer"},
        "feature_set": {"type": "string"},
        "engine": {"type": "string"},
        "units": {"type": "object", "additionalProperties": {"type": "string"}},
        "recordings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["file", "status", "error", "values"],
                "properties": {
                    "file": {"type": "string"},
                    "status": {"type": "string"},
                    "error": {"type": "string"},
                    "values": {
                        "type": ["object", "null"],
                        "description": "values by feature; null if undefined for the recording",
                        "additionalProperties": _NUMBER_OR_NULL,
                    },
                },
            },
        },
    },
}
_PREDICTED = {
    "schema": "prosody-ser/predictions",
    "schema_version": 1,
    "model": {"name": "lda", "labels": ["anger", "happiness"], "threshold": 0.7},
    "notes": [],
    "predictions": [
        {"file": "my.wav", "start": 0.0, "end": 1.9, "status": "ok", "error": "", "label": "happiness"}
        | {"confidence": 0.88, "abstain": False, "novelty": 0.25, "reasons": "spectrum +1.3, pitch +1.1"}
        | {"p_anger": 0.12, "p_happiness": 0.88}
    ],
}
_MEASURED = {
    "schema": "prosody-ser/features",
    "schema_version": 1,
    "feature_set": "prosody_v1",
    "engine": "fast",
    "units": {"f0_p50_st": "st"},
    "recordings": [{"file": "my.wav", "status": "ok", "error": "", "values": {"f0_p50_st": 36.0}}],
}
_OF_WORK = _problems(400, 408, 413, 415, 422, 429, 503, 504)

PREDICT: dict[str, Any] = {
    "summary": "Predict the emotion in recordings",
    "description": "One row for each recording, or with ?segment= for each segment. If one of several recordings "
    "cannot be measured, its row gives the cause; if none can be measured, the response is an error.",
    "openapi_extra": _BODY,
    "responses": _answer(
        "The predictions, as 'prosody-ser predict --out x.json' writes them.", _PREDICTIONS, _PREDICTED
    )
    | _OF_WORK,
}
FEATURES: dict[str, Any] = {
    "summary": "Measure the features of recordings",
    "description": "The features that the model uses, or all features of a set; 'prosody-ser features' defines them.",
    "openapi_extra": _BODY,
    "responses": _answer("The values of each recording, and the units of the features.", _VALUES, _MEASURED) | _OF_WORK,
}
MODEL: dict[str, Any] = {
    "summary": "Get the model's card",
    "description": "Training data, scores on held-out speakers, and what the model must not be used for.",
    "responses": _answer("The card.", {"type": "object"}, {"labels": ["anger", "happiness"], "not_for": ["..."]})
    | _problems(422),
}
HEALTH: dict[str, Any] = {
    "summary": "Ask whether the service is ready",
    "responses": _answer(
        "The service is ready: worker processes run, with the model loaded and all code compiled.",
        {"type": "object", "required": ["status", "version", "workers", "requests"]},
        {"status": "ok", "version": "0.1.0", "workers": 2, "requests": 0},
    )
    | _problems(422, 503),
}
